// Values of path parameters, and their positions in the path.

rows! { path_values:
    int32 "an integer" { spec::get("/a/{url}", "- {name: url, in: path, required: true, schema: {type: integer}}") }
        -> GetThing.url(7) => "GET /a/7";
    boolean "a boolean" { spec::get("/a/{s}", "- {name: s, in: path, required: true, schema: {type: boolean}}") }
        -> GetThing.s(true) => "GET /a/true";
    moment "a date-time, truncated to milliseconds"
        { spec::get("/a/{at}", "- {name: at, in: path, required: true, schema: {type: string, format: date-time}}") }
        -> GetThing.at(moment()) => "GET /a/2026-01-02T03%3A04%3A05.678Z";
    state "a value of an enum"
        { spec::get_with(
            "/a/{state}",
            "- {name: state, in: path, required: true, schema: {$ref: '#/components/schemas/State'}}",
            "State: {type: string, enum: [open, half open]}",
        ) }
        -> GetThing.state(types::State::HalfOpen) => "GET /a/half%20open";
    named_text "a string by reference"
        { spec::get_with(
            "/a/{id}",
            "- {name: id, in: path, required: true, schema: {$ref: '#/components/schemas/Id'}}",
            "Id: {type: string}",
        ) }
        -> GetThing.id(types::Id::from("a/b".to_owned())) => "GET /a/a%2Fb";
    phone_number "a phone number"
        { spec::get_with(
            "/a/{value}/b",
            "- {name: value, in: path, required: true, schema: {$ref: '#/components/schemas/Phone'}}",
            "Phone: {type: string, x-sensitive: phone-number}",
        ) }
        -> GetThing.value("+12125550142") => "GET /a/%2B12125550142/b";
    reserved "all characters that are special in a URL" { spec::get("/a/{x}/b", spec::X) }
        -> GetThing.x("a/b?c#d%2Fe f;:@&=+$,\\") =>
        "GET /a/a%2Fb%3Fc%23d%252Fe%20f%3B%3A%40%26%3D%2B%24%2C%5C/b";
    letters "characters outside ASCII"
        { spec::get("/a/{x}", spec::X) } -> GetThing.x("ü名") => "GET /a/%C3%BC%E5%90%8D";
    up "a `..` segment" { spec::get("/a/{x}/b", spec::X) } -> GetThing.x("..") => "error: `x`";
    empty "an empty value" { spec::get("/a/{x}", spec::X) } -> GetThing.x("") => "error: `x`";
    missing "a parameter that is left out" { spec::get("/a/{x}", spec::X) } -> GetThing => "error: `x`";
    root "the first segment" { spec::get("/{x}", spec::X) } -> GetThing.x("v") => "GET /v";
    slash "a slash at the end" { spec::get("/a/{x}/", spec::X) } -> GetThing.x("v") => "GET /a/v/";
    ending "a suffix in the same segment" { spec::get("/a/{x}.json", spec::X) } -> GetThing.x("v") => "GET /a/v.json";
    beginning "a prefix in the same segment" { spec::get("/a/v{x}/b", spec::X) } -> GetThing.x("1") => "GET /a/v1/b";
    verb "a verb in the same segment" { spec::get("/a/{x}:open", spec::X) } -> GetThing.x("v") => "GET /a/v:open";
    pair "two parameters in one segment"
        { spec::get(
            "/a/{x}-{y}",
            "- {name: x, in: path, required: true, schema: {type: string}}\n\
             - {name: y, in: path, required: true, schema: {type: string}}",
        ) }
        -> GetThing.x("1-2").y("3") => "GET /a/1-2-3";
    order "two parameters in another order than listed"
        { spec::get(
            "/a/{url}/{info}",
            "- {name: info, in: path, required: true, schema: {type: string}}\n\
             - {name: url, in: path, required: true, schema: {type: string}}",
        ) }
        -> GetThing.info("i").url("u") => "GET /a/u/i";
    with_url "a path parameter and `url` in the query"
        { spec::get("/a/{x}/b", &format!("{}\n- {{name: url, in: query, schema: {{type: string}}}}", spec::X)) }
        -> GetThing.x("p").url("q") => "GET /a/p/b?url=q";
    with_info "a path parameter and `info` in the query"
        { spec::get("/a/{x}/b", &format!("{}\n- {{name: info, in: query, schema: {{type: string}}}}", spec::X)) }
        -> GetThing.x("p").info("q") => "GET /a/p/b?info=q";
    with_header_map "a path parameter and `headerMap` in the query"
        { spec::get("/a/{x}/b", &format!("{}\n- {{name: headerMap, in: query, schema: {{type: string}}}}", spec::X)) }
        -> GetThing.x("p").header_map("q") => "GET /a/p/b?headerMap=q";
    with_header "a path parameter, a header and a query parameter"
        { spec::get("/a/{x}/b", &format!(
            "- {{name: api-version, in: header, schema: {{type: string}}}}\n\
             - {{name: result, in: query, schema: {{type: string}}}}\n{}",
            spec::X
        )) }
        -> GetThing.api_version("h").result("q").x("p") => "GET /a/p/b?result=q\napi-version: h";
    words "spaces and characters outside ASCII in the path" { spec::get("/größe und/{x}", spec::X) }
        -> GetThing.x("v") => "GET /gr%C3%B6%C3%9Fe%20und/v";
    encoded "a percent-encoded path" { spec::get("/a%20b/{x}", spec::X) } -> GetThing.x("v") => "GET /a%20b/v";
    simple "the default style, declared"
        { spec::get("/a/{x}", "- {name: x, in: path, style: simple, required: true, schema: {type: string}}") }
        -> GetThing.x("v") => "GET /a/v";
    not_required "a path parameter with `required: false`"
        { spec::get("/a/{x}", "- name: x\n  in: path\n  required: false #!\n  schema: {type: string}") }
        ! "`x`";
    perhaps "a path parameter without `required`"
        { spec::get("/a/{x}", "- name: x #!\n  in: path\n  schema: {type: string}") }
        ! "`x`";
    label "the style `label`"
        { spec::get("/a/{x}", "- name: x\n  in: path\n  required: true\n  style: label #!\n  schema: {type: string}") }
        ! "label";
    matrix "the style `matrix`"
        { spec::get("/a/{x}", "- name: x\n  in: path\n  required: true\n  style: matrix #!\n  schema: {type: string}") }
        ! "matrix";
    list "a list"
        { spec::get(
            "/a/{x}",
            "- name: x\n  in: path\n  required: true\n  schema: {type: array, items: {type: string}} #!",
        ) }
        ! "`x`";
    object "an object"
        { spec::get_with(
            "/a/{x}",
            "- name: x\n  in: path\n  required: true\n  schema: {$ref: '#/components/schemas/Filter'} #!",
            "Filter: {type: object, properties: {low: {type: integer}}}",
        ) }
        ! "`x`";
    not_there "a path parameter that is not in the path"
        { spec::whole(
            "/a:\n  get:\n    operationId: getThing\n    parameters: #!\n      \
             - {name: url, in: path, required: true, schema: {type: string}}\n    \
             responses: {'204': {description: Done.}}",
            "",
        ) }
        ! "`url`";
    not_listed "a path parameter that is not declared"
        { spec::whole(
            "/a/{url}:\n  get: #!\n    operationId: getThing\n    responses: {'204': {description: Done.}}",
            "",
        ) }
        ! "`url`";
    query "a query in the path"
        { spec::whole(
            "/a?b=c: #!\n  get:\n    operationId: getThing\n    responses: {'204': {description: Done.}}",
            "",
        ) }
        ! "/a?b=c";
}
