// Values of headers.

rows! { header_values:
    int32 "an integer" { spec::things("- {name: x-count, in: header, schema: {type: integer, format: int32}}") }
        -> GetThing.x_count(7) => "GET /things\nx-count: 7";
    number "a number" { spec::things("- {name: x-share, in: header, schema: {type: number}}") }
        -> GetThing.x_share(0.25) => "GET /things\nx-share: 0.25";
    boolean "a boolean" { spec::things("- {name: x-open, in: header, schema: {type: boolean}}") }
        -> GetThing.x_open(true) => "GET /things\nx-open: true";
    moment "a date-time, truncated to milliseconds"
        { spec::things("- {name: x-since, in: header, schema: {type: string, format: date-time}}") }
        -> GetThing.x_since(moment()) => "GET /things\nx-since: 2026-01-02T03:04:05.678Z";
    state "a value of an enum"
        { spec::get_with(
            "/things",
            "- {name: x-state, in: header, schema: {$ref: '#/components/schemas/State'}}",
            "State: {type: string, enum: [open, half open]}",
        ) }
        -> GetThing.x_state(types::State::HalfOpen) => "GET /things\nx-state: half open";
    required "a required header" { spec::things("- {name: url, in: header, required: true, schema: {type: string}}") }
        -> GetThing.url("v") => "GET /things\nurl: v";
    missing "a required header, left out"
        { spec::things("- {name: info, in: header, required: true, schema: {type: string}}") }
        -> GetThing => "error: `info`";
    unset "an optional header, left out" { spec::things("- {name: X-Url, in: header, schema: {type: string}}") }
        -> GetThing => "GET /things";
    no_version "the header that progenitor sends by itself, left out"
        { spec::things("- {name: api-version, in: header, schema: {type: string}}") }
        -> GetThing => "GET /things";
    version "a required API version"
        { spec::things("- {name: api-version, in: header, required: true, schema: {type: string}}") }
        -> GetThing.api_version("2") => "GET /things\napi-version: 2";
    several "several headers and a query parameter"
        { spec::things(
            "- {name: headerMap, in: header, schema: {type: string}}\n\
             - {name: request, in: query, schema: {type: string}}\n\
             - {name: url, in: header, schema: {type: string}}",
        ) }
        -> GetThing.url("u").request("r").header_map("h") => "GET /things?request=r\nheadermap: h\nurl: u";
    reserved "special characters that are sent unchanged"
        { spec::things("- {name: x, in: header, schema: {type: string}}") }
        -> GetThing.x("a, b; c=\"d\" %20") => "GET /things\nx: a, b; c=\"d\" %20";
    line "a line break, which a header cannot contain"
        { spec::things("- {name: x-url, in: header, schema: {type: string}}") }
        -> GetThing.x_url("a\r\nb: c") => "error: x-url";
    simple "the default style, declared"
        { spec::things("- {name: x-a, in: header, style: simple, explode: false, schema: {type: string}}") }
        -> GetThing.x_a("v") => "GET /things\nx-a: v";
    list "a list"
        { spec::things("- name: x-tags\n  in: header\n  schema: {type: array, items: {type: string}} #!") }
        ! "`x-tags`";
    named_list "a list by reference"
        { spec::get_with(
            "/things",
            "- name: x-tags\n  in: header\n  schema: {$ref: '#/components/schemas/Tags'} #!",
            "Tags: {type: array, items: {type: string}}",
        ) }
        ! "`x-tags`";
    object "an object"
        { spec::get_with(
            "/things",
            "- name: x-filter\n  in: header\n  schema: {$ref: '#/components/schemas/Filter'} #!",
            "Filter: {type: object, properties: {low: {type: integer}}}",
        ) }
        ! "`x-filter`";
    sensitive "a sensitive header"
        { spec::get_with(
            "/things",
            "- name: x-phone\n  in: header\n  schema: {$ref: '#/components/schemas/Phone'} #!",
            "Phone: {type: string, x-sensitive: phone-number}",
        ) }
        ! "`x-phone`";
}
