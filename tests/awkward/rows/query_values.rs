// Values of query parameters, and their serialization.

rows! { query_values:
    texts "a list of strings" { spec::things("- {name: tag, in: query, schema: {type: array, items: {type: string}}}") }
        -> GetThing.tag(vec!["a".to_owned(), "b c".to_owned()]) => "GET /things?tag=a&tag=b+c";
    no_texts "an empty list"
        { spec::things("- {name: tag, in: query, schema: {type: array, items: {type: string}}}") }
        -> GetThing.tag(Vec::<String>::new()) => "GET /things";
    numbers "a list of integers"
        { spec::things("- {name: url, in: query, schema: {type: array, items: {type: integer, format: int32}}}") }
        -> GetThing.url(vec![1, -2]) => "GET /things?url=1&url=-2";
    booleans "a list of booleans"
        { spec::things("- {name: s, in: query, schema: {type: array, items: {type: boolean}}}") }
        -> GetThing.s(vec![true, false]) => "GET /things?s=true&s=false";
    values "a list of an enum's values"
        { spec::get_with(
            "/things",
            "- {name: value, in: query, schema: {type: array, items: {$ref: '#/components/schemas/State'}}}",
            "State: {type: string, enum: [open, half open]}",
        ) }
        -> GetThing.value(vec![types::State::HalfOpen, types::State::Open])
        => "GET /things?value=half+open&value=open";
    required_texts "a required list"
        { spec::things("- {name: tag, in: query, required: true, schema: {type: array, items: {type: string}}}") }
        -> GetThing.tag(vec!["a".to_owned()]) => "GET /things?tag=a";
    int32 "an integer" { spec::things("- {name: count, in: query, schema: {type: integer, format: int32}}") }
        -> GetThing.count(-5) => "GET /things?count=-5";
    int64 "a large integer" { spec::things("- {name: count, in: query, schema: {type: integer, format: int64}}") }
        -> GetThing.count(9_000_000_000_i64) => "GET /things?count=9000000000";
    number "a number" { spec::things("- {name: share, in: query, schema: {type: number}}") }
        -> GetThing.share(0.25) => "GET /things?share=0.25";
    boolean "a boolean" { spec::things("- {name: open, in: query, schema: {type: boolean}}") }
        -> GetThing.open(false) => "GET /things?open=false";
    moment "a date-time, truncated to milliseconds"
        { spec::things("- {name: since, in: query, schema: {type: string, format: date-time}}") }
        -> GetThing.since(moment()) => "GET /things?since=2026-01-02T03%3A04%3A05.678Z";
    day "a date" { spec::things("- {name: day, in: query, schema: {type: string, format: date}}") }
        -> GetThing.day(moment().date_naive()) => "GET /things?day=2026-01-02";
    uuid "a format without a Rust type"
        { spec::things("- {name: id, in: query, schema: {type: string, format: uuid}}") }
        -> GetThing.id("no uuid") => "GET /things?id=no+uuid";
    state "a value of an enum"
        { spec::get_with(
            "/things",
            "- {name: client, in: query, schema: {$ref: '#/components/schemas/State'}}",
            "State: {type: string, enum: [open, half open]}",
        ) }
        -> GetThing.client(types::State::HalfOpen) => "GET /things?client=half+open";
    named_text "a string by reference"
        { spec::get_with(
            "/things",
            "- {name: id, in: query, schema: {$ref: '#/components/schemas/Id'}}",
            "Id: {type: string}",
        ) }
        -> GetThing.id(types::Id::from("a/b".to_owned())) => "GET /things?id=a%2Fb";
    cursor "a cursor"
        { spec::get_with(
            "/things",
            "- {name: after, in: query, schema: {$ref: '#/components/schemas/Cursor'}}",
            "Cursor: {type: string, x-sensitive: cursor}",
        ) }
        -> GetThing.after("a+b") => "GET /things?after=a%2Bb";
    phone_number "a phone number"
        { spec::get_with(
            "/things",
            "- {name: info, in: query, schema: {$ref: '#/components/schemas/Phone'}}",
            "Phone: {type: string, x-sensitive: phone-number}",
        ) }
        -> GetThing.info("+12125550142") => "GET /things?info=%2B12125550142";
    reserved "all characters that are special in a URL"
        { spec::things("- {name: q, in: query, schema: {type: string}}") }
        -> GetThing.q("a&b=c d+e%20/?#;:@,[]'\"<>\\") =>
        "GET /things?q=a%26b%3Dc+d%2Be%2520%2F%3F%23%3B%3A%40%2C%5B%5D%27%22%3C%3E%5C";
    lines "line breaks and characters outside ASCII" { spec::things("- {name: q, in: query, schema: {type: string}}") }
        -> GetThing.q("ü\r\n名") => "GET /things?q=%C3%BC%0D%0A%E5%90%8D";
    empty "an empty string" { spec::things("- {name: q, in: query, schema: {type: string}}") }
        -> GetThing.q("") => "GET /things?q=";
    unset "an optional parameter, left out" { spec::things("- {name: url, in: query, schema: {type: string}}") }
        -> GetThing => "GET /things";
    default "a parameter with a default, left out"
        { spec::things("- {name: limit, in: query, schema: {type: integer, default: 5}}") }
        -> GetThing => "GET /things";
    missing "a required parameter, left out"
        { spec::things("- {name: url, in: query, required: true, schema: {type: string}}") }
        -> GetThing => "error: `url`";
    too_large "an integer out of range"
        { spec::things("- {name: count, in: query, schema: {type: integer, format: int32}}") }
        -> GetThing.count(9_000_000_000_i64) => "error: `count`";
    several "several parameters, in the order of the spec"
        { spec::things(
            "- {name: body, in: query, schema: {type: string}}\n\
             - {name: info, in: query, schema: {type: integer}}\n\
             - {name: request, in: query, schema: {type: boolean}}\n\
             - {name: result, in: query, required: true, schema: {type: string}}\n\
             - {name: url, in: query, schema: {type: string}}",
        ) }
        -> GetThing.url("u").request(true).info(1).body("b").result("r")
        => "GET /things?body=b&info=1&request=true&result=r&url=u";
    form "the default style, declared"
        { spec::things(
            "- {name: tag, in: query, style: form, explode: true, schema: {type: array, items: {type: string}}}",
        ) }
        -> GetThing.tag(vec!["a".to_owned(), "b".to_owned()]) => "GET /things?tag=a&tag=b";
    not_reserved "`allowReserved: false`"
        { spec::things("- {name: q, in: query, allowReserved: false, schema: {type: string}}") }
        -> GetThing.q("a/b") => "GET /things?q=a%2Fb";
    deprecated "a deprecated parameter"
        { spec::things("- {name: new, in: query, deprecated: true, schema: {type: string}}") }
        -> GetThing.new("v") => "GET /things?new=v";
    limits "a parameter with constraints, which the service checks"
        { spec::things("- {name: q, in: query, schema: {type: string, maxLength: 1, pattern: '^a$'}}") }
        -> GetThing.q("bb") => "GET /things?q=bb";
    one_text "a list in one string"
        { spec::things(
            "- name: tag\n  in: query\n  explode: false #!\n  schema: {type: array, items: {type: string}}",
        ) }
        ! "`explode`";
    by_spaces "a list separated by spaces"
        { spec::things(
            "- name: tag\n  in: query\n  style: spaceDelimited #!\n  schema: {type: array, items: {type: string}}",
        ) }
        ! "spaceDelimited";
    by_pipes "a list separated by pipes"
        { spec::things(
            "- name: tag\n  in: query\n  style: pipeDelimited #!\n  schema: {type: array, items: {type: string}}",
        ) }
        ! "pipeDelimited";
    deep "a deep object"
        { spec::get_with(
            "/things",
            "- name: f\n  in: query\n  style: deepObject #!\n  schema: {$ref: '#/components/schemas/Filter'}",
            "Filter: {type: object, properties: {low: {type: integer}}}",
        ) }
        ! "deepObject";
    object "an object, whose properties would become parameters"
        { spec::get_with(
            "/things",
            "- name: filter\n  in: query\n  schema: {$ref: '#/components/schemas/Filter'} #!",
            "Filter: {type: object, properties: {high: {type: integer}, low: {type: integer}}}",
        ) }
        ! "`filter`";
    raw "a parameter with `allowReserved`"
        { spec::things("- name: q\n  in: query\n  allowReserved: true #!\n  schema: {type: string}") }
        ! "`allowReserved`";
    content "a parameter with JSON content"
        { spec::things("- name: q\n  in: query\n  content: {application/json: {schema: {type: string}}} #!") }
        ! "`content`";
    unnamed_enum "an inline enum"
        { spec::things("- name: q\n  in: query\n  schema: {type: string, enum: [a]} #!") }
        ! "an enum without a name";
    cookie "a cookie" { spec::things("- name: url\n  in: cookie #!\n  schema: {type: string}") } ! "do not support cookies";
}
