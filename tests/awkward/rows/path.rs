// A name as that of a parameter in the path.

names! { path "GET /things":
    // Locals and imports of the generator, and fields of builders.
    url "url" => "/v";
    request "request" => "/v";
    response "response" => "/v";
    result "result" => "/v";
    info "info" => "/v";
    header_map "headerMap" => "/v";
    client "client" => "/v";
    body "body" => "/v";
    value "value" => "/v";
    s "s" => "/v";
    query "query" => "/v";
    builder "builder" => "/v";
    types "types" => "/v";
    super_ "super" => "/v";
    inner "inner" => "/v";
    baseurl "baseurl" => "/v";
    error "error" => "/v";
    encode_path "encode_path" => "/v";
    path "path" => "/v";
    segment "segment" => "/v";
    // What Rust keeps for itself. What every module has.
    type_ "type" => "/v";
    self_ "self" => "/v";
    fn_ "fn" => "/v";
    gen_ "gen" => "/v";
    async_ "async" => "/v";
    crate_ "crate" => "/v";
    option "Option" => "/v";
    none "None" => "/v";
    ok "Ok" => "/v";
    vec "Vec" => "/v";
    string "String" => "/v";
    into "Into" => "/v";
    try_into "TryInto" => "/v";
    std "std" => "/v";
    reqwest "reqwest" => "/v";
    // No names of Rust.
    api_version "api-version" => "/v";
    x_y "x y" => "/v";
    its "it's" => "/v";
    größe "größe" => "/v";
    x2fa "2fa" => "/v";
    plus1 "+1" => "/v";
    a_b "a.b" => "/v";
    x "%" => "/v";
    // Methods of builders.
    send "send" ! "`send`";
    options "options" ! "`options`";
    build "build" => "/v";
    new "new" => "/v";
}
