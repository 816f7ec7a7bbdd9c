// Names of query parameters.

names! { query "GET /things":
    // Locals and imports of generated code, and fields of builders.
    url "url" => "?url=v";
    request "request" => "?request=v";
    response "response" => "?response=v";
    result "result" => "?result=v";
    info "info" => "?info=v";
    header_map "headerMap" => "?headerMap=v";
    client "client" => "?client=v";
    body "body" => "?body=v";
    body_map "body_map" => "?body_map=v";
    value "value" => "?value=v";
    s "s" => "?s=v";
    v "v" => "?v=v";
    query "query" => "?query=v";
    pre "pre" => "?pre=v";
    exec "exec" => "?exec=v";
    post "post" => "?post=v";
    operations "operations" => "?operations=v";
    encode_path "encode_path" => "?encode_path=v";
    builder "builder" => "?builder=v";
    types "types" => "?types=v";
    super_ "super" => "?super=v";
    inner "inner" => "?inner=v";
    baseurl "baseurl" => "?baseurl=v";
    error "error" => "?error=v";
    request_builder_ext "RequestBuilderExt" => "?RequestBuilderExt=v";
    query_param "QueryParam" => "?QueryParam=v";
    operation_info "OperationInfo" => "?OperationInfo=v";
    client_hooks "ClientHooks" => "?ClientHooks=v";
    // Keywords.
    type_ "type" => "?type=v";
    self_ "self" => "?self=v";
    fn_ "fn" => "?fn=v";
    gen_ "gen" => "?gen=v";
    async_ "async" => "?async=v";
    try_ "try" => "?try=v";
    crate_ "crate" => "?crate=v";
    await_ "await" => "?await=v";
    ref_ "ref" => "?ref=v";
    struct_ "struct" => "?struct=v";
    // The prelude and crates.
    option "Option" => "?Option=v";
    none "None" => "?None=v";
    ok "Ok" => "?Ok=v";
    vec "Vec" => "?Vec=v";
    string "String" => "?String=v";
    box_ "Box" => "?Box=v";
    into "Into" => "?Into=v";
    try_into "TryInto" => "?TryInto=v";
    clone "Clone" => "?Clone=v";
    std "std" => "?std=v";
    serde "serde" => "?serde=v";
    reqwest "reqwest" => "?reqwest=v";
    // A header that progenitor sends by itself.
    api_version "api-version" => "?api-version=v";
    // Methods of builders, and names that later methods may have.
    send "send" ! "`send`";
    options "options" ! "`options`";
    send_with_response "send_with_response" ! "`send_with_response`";
    items "items" => "?items=v";
    pages "pages" => "?pages=v";
    new "new" => "?new=v";
    build "build" => "?build=v";
    // Names that Rust does not allow.
    x_y "x y" => "?x+y=v";
    its "it's" => "?it%27s=v";
    größe "größe" => "?gr%C3%B6%C3%9Fe=v";
    名前 "名前" => "?%E5%90%8D%E5%89%8D=v";
    x2fa "2fa" => "?2fa=v";
    plus1 "+1" => "?%2B1=v";
    filter_x "filter[x]" => "?filter%5Bx%5D=v";
    a_b "a.b" => "?a.b=v";
    x "#" => "?%23=v";
}
