// Names of headers, which HTTP compares without regard to case.

names! { header "GET /things":
    // Locals and imports of generated code, and fields of builders.
    url "_url" => "\n_url: v";
    request "request" => "\nrequest: v";
    result "result" => "\nresult: v";
    info "info" => "\ninfo: v";
    header_map "header_map" => "\nheader_map: v";
    client "client" => "\nclient: v";
    body "body" => "\nbody: v";
    value "value" => "\nvalue: v";
    builder "builder" => "\nbuilder: v";
    baseurl "baseurl" => "\nbaseurl: v";
    error "Error" => "\nerror: v";
    // Keywords, the prelude and crates.
    type_ "type" => "\ntype: v";
    self_ "Self" => "\nself: v";
    crate_ "crate" => "\ncrate: v";
    option "Option" => "\noption: v";
    none "None" => "\nnone: v";
    vec "Vec" => "\nvec: v";
    reqwest "reqwest" => "\nreqwest: v";
    // A header that progenitor sends by itself.
    api_version "api-version" => "\napi-version: v";
    // Other valid header names.
    x_url "X-Url" => "\nx-url: v";
    if_match "If-Match" => "\nif-match: v";
    x_y "x.y" => "\nx.y: v";
    x_its "x-it's" => "\nx-it's: v";
    x2fa "2fa" => "\n2fa: v";
    x_z "x!#$%&*+^`|~z" => "\nx!#$%&*+^`|~z: v";
    // Methods of builders.
    send "send" ! "`send`";
    options "options" ! "`options`";
    // Headers that the SDK or its HTTP client sets.
    accept "accept" ! "`accept`";
    authorization "authorization" ! "`authorization`";
    content_type "Content-Type" ! "`Content-Type`";
    content_length "CONTENT-LENGTH" ! "`CONTENT-LENGTH`";
    host "Host" ! "`Host`";
    user_agent "User-Agent" ! "`User-Agent`";
    connection "connection" ! "`connection`";
    transfer_encoding "transfer-encoding" ! "`transfer-encoding`";
    // Names that HTTP does not allow.
    x_y_z "x y z" ! "`x y z`";
    a_b "a:b" ! "`a:b`";
    p_q "p(q)" ! "`p(q)`";
    größe "größe" ! "`größe`";
    r_s "r/s" ! "`r/s`";
}
