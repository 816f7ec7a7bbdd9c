// A name as that of a property that is required.

names! { property "POST /things\n\n":
    // Locals and imports of the generator, and fields of builders.
    url "url" => "{\"url\":\"v\"}";
    request "request" => "{\"request\":\"v\"}";
    response "response" => "{\"response\":\"v\"}";
    result "result" => "{\"result\":\"v\"}";
    info "info" => "{\"info\":\"v\"}";
    header_map "headerMap" => "{\"headerMap\":\"v\"}";
    client "client" => "{\"client\":\"v\"}";
    body "body" => "{\"body\":\"v\"}";
    value "value" => "{\"value\":\"v\"}";
    s "s" => "{\"s\":\"v\"}";
    v "v" => "{\"v\":\"v\"}";
    query "query" => "{\"query\":\"v\"}";
    builder "builder" => "{\"builder\":\"v\"}";
    types "types" => "{\"types\":\"v\"}";
    super_ "super" => "{\"super\":\"v\"}";
    inner "inner" => "{\"inner\":\"v\"}";
    baseurl "baseurl" => "{\"baseurl\":\"v\"}";
    error "error" => "{\"error\":\"v\"}";
    defaults "defaults" => "{\"defaults\":\"v\"}";
    deserializer "deserializer" => "{\"deserializer\":\"v\"}";
    serializer "serializer" => "{\"serializer\":\"v\"}";
    formatter "formatter" => "{\"formatter\":\"v\"}";
    // What Rust keeps for itself.
    type_ "type" => "{\"type\":\"v\"}";
    self_ "self" => "{\"self\":\"v\"}";
    fn_ "fn" => "{\"fn\":\"v\"}";
    gen_ "gen" => "{\"gen\":\"v\"}";
    async_ "async" => "{\"async\":\"v\"}";
    try_ "try" => "{\"try\":\"v\"}";
    union "union" => "{\"union\":\"v\"}";
    crate_ "crate" => "{\"crate\":\"v\"}";
    await_ "await" => "{\"await\":\"v\"}";
    dyn_ "dyn" => "{\"dyn\":\"v\"}";
    match_ "match" => "{\"match\":\"v\"}";
    move_ "move" => "{\"move\":\"v\"}";
    ref_ "ref" => "{\"ref\":\"v\"}";
    static_ "static" => "{\"static\":\"v\"}";
    struct_ "struct" => "{\"struct\":\"v\"}";
    true_ "true" => "{\"true\":\"v\"}";
    where_ "where" => "{\"where\":\"v\"}";
    yield_ "yield" => "{\"yield\":\"v\"}";
    // What every module has.
    option "Option" => "{\"Option\":\"v\"}";
    some "Some" => "{\"Some\":\"v\"}";
    none "None" => "{\"None\":\"v\"}";
    ok "Ok" => "{\"Ok\":\"v\"}";
    err "Err" => "{\"Err\":\"v\"}";
    vec "Vec" => "{\"Vec\":\"v\"}";
    string "String" => "{\"String\":\"v\"}";
    box_ "Box" => "{\"Box\":\"v\"}";
    default "Default" => "{\"Default\":\"v\"}";
    into "Into" => "{\"Into\":\"v\"}";
    try_into "TryInto" => "{\"TryInto\":\"v\"}";
    try_from "TryFrom" => "{\"TryFrom\":\"v\"}";
    clone "Clone" => "{\"Clone\":\"v\"}";
    debug "Debug" => "{\"Debug\":\"v\"}";
    to_string "ToString" => "{\"ToString\":\"v\"}";
    std "std" => "{\"std\":\"v\"}";
    core "core" => "{\"core\":\"v\"}";
    serde "serde" => "{\"serde\":\"v\"}";
    chrono "chrono" => "{\"chrono\":\"v\"}";
    // No names of Rust.
    api_version "api-version" => "{\"api-version\":\"v\"}";
    x_y "x y" => "{\"x y\":\"v\"}";
    its "it's" => "{\"it's\":\"v\"}";
    größe "größe" => "{\"größe\":\"v\"}";
    名前 "名前" => "{\"名前\":\"v\"}";
    x2fa "2fa" => "{\"2fa\":\"v\"}";
    plus1 "+1" => "{\"+1\":\"v\"}";
    minus1 "-1" => "{\"-1\":\"v\"}";
    x100 "100%" => "{\"100%\":\"v\"}";
    filter_x "filter[x]" => "{\"filter[x]\":\"v\"}";
    a_b "a.b" => "{\"a.b\":\"v\"}";
    back_slash "back\\slash" => "{\"back\\\\slash\":\"v\"}";
    é "é" => "{\"é\":\"v\"}";
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
