// Request bodies.

rows! { bodies:
    text "a string" { spec::make("Thing: {type: string}") }
        -> MakeThing.body(types::Thing::from("v".to_owned())) => "POST /things\n\n\"v\"";
    integer "an integer" { spec::make("Thing: {type: integer}") }
        -> MakeThing.body(types::Thing::from(7)) => "POST /things\n\n7";
    boolean "a boolean" { spec::make("Thing: {type: boolean}") }
        -> MakeThing.body(types::Thing::from(false)) => "POST /things\n\nfalse";
    state "a value of an enum" { spec::make("Thing: {type: string, enum: [open, half open]}") }
        -> MakeThing.body(types::Thing::HalfOpen) => "POST /things\n\n\"half open\"";
    texts "a list of strings" { spec::make("Thing: {type: array, items: {type: string}}") }
        -> MakeThing.body(types::Thing::from(vec!["a".to_owned(), "b".to_owned()])) => "POST /things\n\n[\"a\",\"b\"]";
    no_texts "an empty list" { spec::make("Thing: {type: array, items: {type: string}}") }
        -> MakeThing.body(types::Thing::from(Vec::new())) => "POST /things\n\n[]";
    map "a map" { spec::make("Thing: {type: object, additionalProperties: {type: integer}}") }
        -> MakeThing.body(types::Thing::from(std::collections::BTreeMap::from([("url".to_owned(), 7)])))
        => "POST /things\n\n{\"url\":7}";
    empty "an object without properties" { spec::take("Thing: {type: object, additionalProperties: false}") }
        -> MakeThing.body(types::Thing::builder()) => "POST /things\n\n{}";
    empty_unset "an object without properties, left out"
        { spec::take("Thing: {type: object, additionalProperties: false}") }
        -> MakeThing => "POST /things\n\n{}";
    open "an object without a declared structure" { spec::make("Thing: {type: object}") }
        -> MakeThing.body(types::Thing::from(serde_json::Map::new())) => "POST /things\n\n{}";
    left_out "an object with optional properties only, left out"
        { spec::make("Thing: {type: object, properties: {url: {type: string}}}") }
        -> MakeThing => "POST /things\n\n{}";
    nothing_set "an object with optional properties only, empty"
        { spec::make("Thing: {type: object, properties: {url: {type: string}}}") }
        -> MakeThing.body(types::Thing::builder()) => "POST /things\n\n{}";
    changed "an object with a property set after it"
        { spec::make("Thing: {type: object, properties: {s: {type: string}, url: {type: string}}}") }
        -> MakeThing.body(types::Thing::builder().s("a").url("u")).s("b")
        => "POST /things\n\n{\"s\":\"b\",\"url\":\"u\"}";
    replaced "an object set after one of its properties"
        { spec::make("Thing: {type: object, properties: {s: {type: string}, url: {type: string}}}") }
        -> MakeThing.s("b").body(types::Thing::builder().url("u")) => "POST /things\n\n{\"url\":\"u\"}";
    missing "an object with a required property, left out"
        { spec::make("Thing: {type: object, required: [url], properties: {url: {type: string}}}") }
        -> MakeThing => "error: `url` is not set: call `.url(…)`";
    missing_property "a required property, left out"
        { spec::make("Thing: {type: object, required: [url], properties: {url: {type: string}}}") }
        -> MakeThing.body(types::Thing::builder()) => "error: `url`";
    nested "objects in objects"
        { spec::make(
            "Thing: {type: object, required: [value], properties: {value: {$ref: '#/components/schemas/Value'}}}\n\
             Value: {type: object, required: [s], properties: {s: {type: array, items: {type: integer}}}}",
        ) }
        -> MakeThing.body(types::Thing::builder().value(types::Value::builder().s(vec![1, 2])))
        => "POST /things\n\n{\"value\":{\"s\":[1,2]}}";
    order "properties in the order of their names"
        { spec::make(
            "Thing: {type: object, properties: {client: {type: integer}, s: {type: boolean}, url: {type: string}}}",
        ) }
        -> MakeThing.body(types::Thing::builder().url("u").s(true).client(1))
        => "POST /things\n\n{\"client\":1,\"s\":true,\"url\":\"u\"}";
    absent "a nullable property, left out"
        { spec::take("Thing: {type: object, properties: {end: {type: string, nullable: true}}}") }
        -> MakeThing.body(types::Thing::builder()) => "POST /things\n\n{}";
    null "a nullable property, set to null"
        { spec::take("Thing: {type: object, properties: {end: {type: string, nullable: true}}}") }
        -> MakeThing.body(types::Thing::builder().end(crate::Nullable::Null)) => "POST /things\n\n{\"end\":null}";
    not_null "a nullable property, set to a value"
        { spec::take("Thing: {type: object, properties: {end: {type: string, nullable: true}}}") }
        -> MakeThing.body(types::Thing::builder().end(crate::Nullable::Value("v".to_owned())))
        => "POST /things\n\n{\"end\":\"v\"}";
    moment "a date-time, truncated to milliseconds"
        { spec::take("Thing: {type: object, required: [at], properties: {at: {type: string, format: date-time}}}") }
        -> MakeThing.body(types::Thing::builder().at(moment()))
        => "POST /things\n\n{\"at\":\"2026-01-02T03:04:05.678Z\"}";
    letters "a string with characters that JSON escapes"
        { spec::make("Thing: {type: object, properties: {url: {type: string}}}") }
        -> MakeThing.body(types::Thing::builder().url("\"ü\\\n名"))
        => "POST /things\n\n{\"url\":\"\\\"ü\\\\\\n名\"}";
    too_long "a string longer than `maxLength`"
        { spec::take("Thing: {type: object, properties: {url: {type: string, maxLength: 2}}}") }
        -> MakeThing.body(types::Thing::builder().url("abc")) => "error: `url`";
    referred "a request body by reference"
        { format!(
            "{}  requestBodies:\n    Made: {{required: true, content: {}}}\n",
            spec::post(
                "requestBody: {$ref: '#/components/requestBodies/Made'}",
                "Thing: {type: object, properties: {request: {type: string}}}",
            ),
            spec::json(&spec::to("Thing")),
        ) }
        -> MakeThing.body(types::Thing::builder().request("v")) => "POST /things\n\n{\"request\":\"v\"}";
    put "PUT" { spec::by("put") } -> MakeThing.body(types::Thing::builder().id("v")) => "PUT /things\n\n{\"id\":\"v\"}";
    patch "PATCH" { spec::by("patch") }
        -> MakeThing.body(types::Thing::builder().id("v")) => "PATCH /things\n\n{\"id\":\"v\"}";
    delete "DELETE without a body" { spec::without_body("delete") } -> DoThing => "DELETE /things";
    head "HEAD" { spec::without_body("head") } -> DoThing => "HEAD /things";
    method_options "OPTIONS, for which the HTTP client has no function"
        { format!("{} #!\n", spec::without_body("options").trim_end()) }
        ! "OPTIONS";
    post "POST without a body" { spec::without_body("post") } -> DoThing => "POST /things";
    optional "an optional request body"
        { spec::post(&format!("requestBody: #!\n  content: {}", spec::json(&spec::to("Thing"))), spec::THING) }
        ! "required";
    not_required "a request body with `required: false`"
        { spec::post(
            &format!("requestBody:\n  required: false #!\n  content: {}", spec::json(&spec::to("Thing"))),
            spec::THING,
        ) }
        ! "required";
    form "a form"
        { spec::post(
            &format!(
                "requestBody:\n  required: true\n  content:\n    application/x-www-form-urlencoded: {{schema: {}}} #!",
                spec::to("Thing")
            ),
            spec::THING,
        ) }
        ! "application/json only";
    unnamed "a request body with an inline schema"
        { spec::post(&format!("requestBody:\n  required: true\n  content: {} #!", spec::json("{type: object}")), "") }
        ! "a body without a name";
}
