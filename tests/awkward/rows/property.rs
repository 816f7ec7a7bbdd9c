// Names of required properties.

names! { property "POST /things\n\n":
    // Locals and imports of generated code, and fields of builders.
    url "url" => "{\"url\":\"v\"}";
    request "request" => "{\"request\":\"v\"}";
    value "value" => "{\"value\":\"v\"}";
    s "s" => "{\"s\":\"v\"}";
    builder "builder" => "{\"builder\":\"v\"}";
    baseurl "baseurl" => "{\"baseurl\":\"v\"}";
    error "error" => "{\"error\":\"v\"}";
    defaults "defaults" => "{\"defaults\":\"v\"}";
    // Keywords.
    type_ "type" => "{\"type\":\"v\"}";
    self_ "self" => "{\"self\":\"v\"}";
    fn_ "fn" => "{\"fn\":\"v\"}";
    gen_ "gen" => "{\"gen\":\"v\"}";
    try_ "try" => "{\"try\":\"v\"}";
    crate_ "crate" => "{\"crate\":\"v\"}";
    static_ "static" => "{\"static\":\"v\"}";
    // The prelude and crates.
    option "Option" => "{\"Option\":\"v\"}";
    none "None" => "{\"None\":\"v\"}";
    ok "Ok" => "{\"Ok\":\"v\"}";
    string "String" => "{\"String\":\"v\"}";
    box_ "Box" => "{\"Box\":\"v\"}";
    default "Default" => "{\"Default\":\"v\"}";
    into "Into" => "{\"Into\":\"v\"}";
    try_into "TryInto" => "{\"TryInto\":\"v\"}";
    clone "Clone" => "{\"Clone\":\"v\"}";
    std "std" => "{\"std\":\"v\"}";
    serde "serde" => "{\"serde\":\"v\"}";
    // Names that Rust does not allow.
    api_version "api-version" => "{\"api-version\":\"v\"}";
    x_y "x y" => "{\"x y\":\"v\"}";
    its "it's" => "{\"it's\":\"v\"}";
    größe "größe" => "{\"größe\":\"v\"}";
    名前 "名前" => "{\"名前\":\"v\"}";
    x2fa "2fa" => "{\"2fa\":\"v\"}";
    minus1 "-1" => "{\"-1\":\"v\"}";
    filter_x "filter[x]" => "{\"filter[x]\":\"v\"}";
    a_b "a.b" => "{\"a.b\":\"v\"}";
    back_slash "back\\slash" => "{\"back\\\\slash\":\"v\"}";
    // Keys of specs and of serde.
    properties "properties" => "{\"properties\":\"v\"}";
    required "required" => "{\"required\":\"v\"}";
    example "example" => "{\"example\":\"v\"}";
    all_of "allOf" => "{\"allOf\":\"v\"}";
    rename "rename" => "{\"rename\":\"v\"}";
    flatten "flatten" => "{\"flatten\":\"v\"}";
    // A method of builders of values.
    build "build" ! "`build`";
}
