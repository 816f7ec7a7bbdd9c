// Names of path parameters.

names! { path "GET /things":
    // Locals and imports of generated code, and fields of builders.
    url "url" => "/v";
    request "request" => "/v";
    header_map "headerMap" => "/v";
    value "value" => "/v";
    builder "builder" => "/v";
    baseurl "baseurl" => "/v";
    error "error" => "/v";
    encode_path "encode_path" => "/v";
    path "path" => "/v";
    segment "segment" => "/v";
    // Keywords, the prelude and crates.
    type_ "type" => "/v";
    self_ "self" => "/v";
    crate_ "crate" => "/v";
    option "Option" => "/v";
    vec "Vec" => "/v";
    try_into "TryInto" => "/v";
    // Names that Rust does not allow.
    api_version "api-version" => "/v";
    x_y "x y" => "/v";
    its "it's" => "/v";
    größe "größe" => "/v";
    a_b "a.b" => "/v";
    x "%" => "/v";
    // Methods of builders.
    send "send" ! "`send`";
    options "options" ! "`options`";
}
