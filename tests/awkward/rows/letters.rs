// Names and texts with characters that are special in a format string, an attribute, a comment, a URL or a line.

rows! { letters:
    braces_in_query "braces around a parameter's name"
        { spec::things("- {name: '{x}', in: query, schema: {type: integer}}") }
        -> GetThing.x(5) => "GET /things?%7Bx%7D=5";
    brace_in_query "a brace in a parameter's name"
        { spec::things("- {name: 'a{b', in: query, schema: {type: string}}") }
        -> GetThing.a_b("v") => "GET /things?a%7Bb=v";
    blanks_in_query "spaces around a parameter's name"
        { spec::things("- {name: ' q ', in: query, schema: {type: string}}") }
        -> GetThing.q("v") => "GET /things?+q+=v";
    quote_in_query "a quote in a parameter's name"
        { spec::things("- {name: 'a\"b', in: query, schema: {type: string}}") }
        -> GetThing.a_b("v") => "GET /things?a%22b=v";
    nothing_in_query "a parameter with an empty name"
        { spec::things("- {name: '', in: query, schema: {type: string}}") }
        -> GetThing.x("v") => "GET /things?=v";
    nameless "a parameter without a name" { spec::things("- in: query #!\n  schema: {type: string}") } ! "not a string";
    number_as_name "a parameter with a number as its name"
        { spec::things("- name: 5 #!\n  in: query\n  schema: {type: string}") }
        ! "not a string";
    braces_in_property "braces around a property's name"
        { spec::make("Thing: {type: object, required: ['{0}'], properties: {'{0}': {type: string}}}") }
        -> MakeThing.body(types::Thing::builder().x0("v")) => "POST /things\n\n{\"{0}\":\"v\"}";
    brace_in_property "a brace in a property's name"
        { spec::make("Thing: {type: object, properties: {'a}': {type: integer}}}") }
        -> MakeThing.body(types::Thing::builder().a(5)) => "POST /things\n\n{\"a}\":5}";
    quote_can_be_null "a quote in the name of a nullable property"
        { spec::take("Thing: {type: object, properties: {'a\"b': {type: string, nullable: true}}}") }
        -> MakeThing.body(types::Thing::builder().a_b(crate::Nullable::Null)) => "POST /things\n\n{\"a\\\"b\":null}";
    slash_can_be_null "a backslash in the name of a nullable property"
        { spec::take("Thing: {type: object, properties: {'a\\b': {type: string, nullable: true}}}") }
        -> MakeThing.body(types::Thing::builder().a_b("v".to_owned())) => "POST /things\n\n{\"a\\\\b\":\"v\"}";
    unset_with_quote "a quote in the name of a property that is left out"
        { spec::take("Thing: {type: object, required: ['a\"b'], properties: {'a\"b': {type: string}}}") }
        -> MakeThing.body(types::Thing::builder()) => "error: `a\"b`";
    default_in_name "`default` in the name of a date-time"
        { spec::make("Thing: {type: object, properties: {x-default: {type: string, format: date-time}}}") }
        -> MakeThing.body(types::Thing::builder()) => "POST /things\n\n{}";
    direction_in_name "a bidirectional control character in a parameter's name"
        { spec::things("- {name: \"a\\u202Eb\", in: query, schema: {type: string}}") }
        -> GetThing.a_b("v") => "GET /things?a%E2%80%AEb=v";
    direction_in_id "a bidirectional control character in an `operationId`"
        { spec::whole("/a:\n  get: {operationId: \"a\\u202Eb\", responses: {'204': {description: Done.}}}", "") }
        -> AB => "GET /a";
    direction_in_path "a bidirectional control character in a path"
        { spec::get("/a|b", spec::Q).replace('|', "\u{202e}") } -> GetThing => "GET /a%E2%80%AEb";
    direction_in_texts "bidirectional control characters and a carriage return in documentation of operations"
        { spec::whole(
            "/a:\n  get:\n    operationId: getThing\n    summary: \"a\\u202Eb\\rc\"\n    description: \"a\\u2066b\\rc\"\n    \
             parameters: [{name: q, in: query, description: \"a\\rb\\u202E\", schema: {type: string}}]\n    \
             responses: {'204': {description: \"a\\rb\\u202E\"}}",
            "",
        ) }
        -> GetThing.q("v") => "GET /a?q=v";
    direction_in_types "bidirectional control characters and a carriage return in documentation of types"
        { spec::make(
            "Thing: {description: \"a\\rb\\u202E\", type: object, properties: {a: {description: \"a\\rb\\u202E\", \
             allOf: [{$ref: '#/components/schemas/E'}]}}}\n\
             E: {description: \"a\\rb\\u202E\", type: string, enum: [p, \"a\\rb\"], x-enum-descriptions: {p: \"a\\rb\\u202E\"}}",
        ) }
        -> MakeThing.body(types::Thing::builder().a(types::E::AB)) => "POST /things\n\n{\"a\":\"a\\rb\"}";
    place_holder "names that become the generator's own names in Rust"
        { spec::whole(
            "/a:\n  get:\n    operationId: place-holder\n    parameters: [{name: \"place'holder\", in: query, schema: \
             {$ref: '#/components/schemas/PLACE HOLDER'}}]\n    responses: {'204': {description: Done.}}",
            "PLACE HOLDER: {type: string, enum: [place holder]}",
        ) }
        -> PlaceHolder.placeholder(types::PlaceHolder::PlaceHolder) => "GET /a?place%27holder=place+holder";
    root "the root path" { spec::get("/", spec::Q) } -> GetThing => "GET /";
    two_slashes "two consecutive slashes" { spec::get("/a//b", spec::Q) } -> GetThing => "GET /a//b";
    only_slashes "a path of slashes only" { spec::get("//", spec::Q) } -> GetThing => "GET //";
    host "a path that looks like a host"
        { spec::get("//a.example.com/b", spec::Q) } -> GetThing => "GET //a.example.com/b";
    blank_end "a space at the end" { spec::get("/a ", spec::Q) } -> GetThing => "GET /a%20";
    signs "characters that are percent-encoded in a path"
        { spec::get("/a\"b<c>`d", spec::Q) } -> GetThing => "GET /a%22b%3Cc%3E%60d";
    colon "a drive letter" { spec::get("/C:/x", spec::Q) } -> GetThing => "GET /C:/x";
    codes "percent-encoding in lower case" { spec::get("/a%2fb/%c3%a4", spec::Q) } -> GetThing => "GET /a%2fb/%c3%a4";
    dots "segments with dots that are no dot segments"
        { spec::get("/.../.a/b..", spec::Q) } -> GetThing => "GET /.../.a/b..";
    matrix "a semicolon" { spec::get("/a;b=c/..;", spec::Q) } -> GetThing => "GET /a;b=c/..;";
    twice "the same parameter twice in a path" { spec::get("/{x}/b/{x}", spec::X) } -> GetThing.x("v") => "GET /v/b/v";
    pair_of_dots "two parameters that form a dot segment"
        { spec::get("/a/{x}{y}/b", &format!("{}\n{}", spec::X, spec::X.replace("x,", "y,"))) }
        -> GetThing.x(".").y(".") => "error: changes the path";
    dot_before "a dot and a parameter that form a dot segment"
        { spec::get("/a/.{x}", spec::X) } -> GetThing.x(".") => "error: changes the path";
    nul "a NUL character" { spec::get("/a/{x}", spec::X) } -> GetThing.x("\0") => "GET /a/%00";
    encoded_dots "a percent-encoded dot segment, as a value" { spec::get("/a/{x}", spec::X) }
        -> GetThing.x("%2e%2E") => "GET /a/%252e%252E";
    encoded_dot "a percent-encoded `.` segment, in a path"
        { spec::whole("/a/%2e/b: #!\n  get: {operationId: getThing, responses: {'204': {description: Done.}}}", "") }
        ! "/a/%2e/b";
    encoded_up "a half percent-encoded `..` segment, in a path"
        { spec::whole("/a/.%2E: #!\n  get: {operationId: getThing, responses: {'204': {description: Done.}}}", "") }
        ! "/a/.%2E";
}
