// Properties of request bodies, which are setters of the operation's builder.

rows! { setters:
    scalars "all scalar types"
        { spec::take(
            "Thing: {type: object, required: [count, open, share, text], properties: {count: {type: integer, format: int32}, \
             open: {type: boolean}, share: {type: number}, text: {type: string}, unset: {type: string}}}",
        ) }
        -> MakeThing.text("v").share(0.25).open(true).count(7_u8)
        => "POST /things\n\n{\"count\":7,\"open\":true,\"share\":0.25,\"text\":\"v\"}";
    too_large "an integer out of range"
        { spec::take("Thing: {type: object, properties: {count: {type: integer, format: int32}}}") }
        -> MakeThing.count(9_000_000_000_i64) => "error: `count` is out of range";
    too_long "a string longer than `maxLength`"
        { spec::take("Thing: {type: object, properties: {url: {type: string, maxLength: 2}}}") }
        -> MakeThing.url("abc") => "error: `url` has 3 characters; the maximum is 2";
    twice "a property that is set twice"
        { spec::take("Thing: {type: object, properties: {url: {type: string}}}") }
        -> MakeThing.url("a").url("b") => "POST /things\n\n{\"url\":\"b\"}";
    missing "a required property, left out while another is set"
        { spec::take("Thing: {type: object, required: [a, b], properties: {a: {type: string}, b: {type: string}}}") }
        -> MakeThing.a("v") => "error: `b` is not set: call `.b(…)`";
    absent "a nullable property, left out"
        { spec::take("Thing: {type: object, properties: {end: {type: string, nullable: true}, id: {type: string}}}") }
        -> MakeThing.id("v") => "POST /things\n\n{\"id\":\"v\"}";
    null "a nullable property, set to null"
        { spec::take("Thing: {type: object, properties: {end: {type: string, nullable: true}}}") }
        -> MakeThing.end(None) => "POST /things\n\n{\"end\":null}";
    some "a nullable property, set to an `Option` with a value"
        { spec::take("Thing: {type: object, properties: {end: {type: string, nullable: true}}}") }
        -> MakeThing.end(Some("v".to_owned())) => "POST /things\n\n{\"end\":\"v\"}";
    not_null "a nullable property, set to a value"
        { spec::take("Thing: {type: object, properties: {end: {type: integer, format: int32, nullable: true}}}") }
        -> MakeThing.end(5_u8) => "POST /things\n\n{\"end\":5}";
    null_moment "a nullable date-time, set to a value"
        { spec::take("Thing: {type: object, properties: {end: {type: string, format: date-time, nullable: true}}}") }
        -> MakeThing.end("2026-01-02T04:04:05.678901+01:00")
        => "POST /things\n\n{\"end\":\"2026-01-02T03:04:05.678Z\"}";
    nested "an object from its builder"
        { spec::take(
            "Thing: {type: object, required: [value], properties: {value: {$ref: '#/components/schemas/Value'}}}\n\
             Value: {type: object, required: [s], properties: {s: {type: array, items: {type: integer}}}}",
        ) }
        -> MakeThing.value(types::Value::builder().s([1, 2])) => "POST /things\n\n{\"value\":{\"s\":[1,2]}}";
    required_null "a required nullable property, set to null"
        { spec::take("Thing: {type: object, required: [end], properties: {end: {type: string, nullable: true}}}") }
        -> MakeThing.end(None) => "POST /things\n\n{\"end\":null}";
    required_value "a required nullable property, set to a value"
        { spec::take("Thing: {type: object, required: [end], properties: {end: {type: string, nullable: true}}}") }
        -> MakeThing.end("v") => "POST /things\n\n{\"end\":\"v\"}";
    required_unset "a required nullable property, left out"
        { spec::take("Thing: {type: object, required: [end], properties: {end: {type: string, nullable: true}}}") }
        -> MakeThing => "error: `end` is not set: call `.end(…)`";
    count "an integer by reference, from a number"
        { spec::take(
            "Thing: {type: object, properties: {n: {$ref: '#/components/schemas/Count'}}}\nCount: {type: integer}",
        ) }
        -> MakeThing.n(5) => "POST /things\n\n{\"n\":5}";
    nested_missing "an object from its builder, with a required property left out"
        { spec::take(
            "Thing: {type: object, required: [value], properties: {value: {$ref: '#/components/schemas/Value'}}}\n\
             Value: {type: object, required: [s], properties: {s: {type: string}}}",
        ) }
        -> MakeThing.value(types::Value::builder()) => "error: `value`: `s` is not set: call `.s(…)`";
    nested_or_null "a nullable object from its builder"
        { spec::take(
            "Thing: {type: object, properties: {value: {nullable: true, allOf: [{$ref: '#/components/schemas/Value'}]}}}\n\
             Value: {type: object, required: [s], properties: {s: {type: string}}}",
        ) }
        -> MakeThing.value(types::Value::builder().s("v")) => "POST /things\n\n{\"value\":{\"s\":\"v\"}}";
    array "a list from an array"
        { spec::take("Thing: {type: object, properties: {s: {type: array, items: {type: string}}}}") }
        -> MakeThing.s(["a", "b"]) => "POST /things\n\n{\"s\":[\"a\",\"b\"]}";
    slice "a list from a slice"
        { spec::take("Thing: {type: object, properties: {s: {type: array, items: {type: integer, format: int32}}}}") }
        -> MakeThing.s(&[1, -2][..]) => "POST /things\n\n{\"s\":[1,-2]}";
    no_items "an empty list"
        { spec::take("Thing: {type: object, required: [s], properties: {s: {type: array, items: {type: string}}}}") }
        -> MakeThing.s(Vec::new()) => "POST /things\n\n{\"s\":[]}";
    builders "a list from builders"
        { spec::take(
            "Thing: {type: object, properties: {all: {type: array, items: {$ref: '#/components/schemas/Value'}}}}\n\
             Value: {type: object, required: [s], properties: {s: {type: string}}}",
        ) }
        -> MakeThing.all([types::Value::builder().s("a"), types::Value::builder().s("b")])
        => "POST /things\n\n{\"all\":[{\"s\":\"a\"},{\"s\":\"b\"}]}";
    id "a string by reference"
        { spec::take(
            "Thing: {type: object, required: [id], properties: {id: {$ref: '#/components/schemas/Id'}}}\nId: {type: string}",
        ) }
        -> MakeThing.id("a/b") => "POST /things\n\n{\"id\":\"a/b\"}";
    own_id "a string by reference, from its own type"
        { spec::take(
            "Thing: {type: object, required: [id], properties: {id: {$ref: '#/components/schemas/Id'}}}\nId: {type: string}",
        ) }
        -> MakeThing.id(&types::Id::from("v")) => "POST /things\n\n{\"id\":\"v\"}";
    ids "a list of strings by reference, and a nullable one"
        { spec::take(
            "Thing: {type: object, properties: {all: {type: array, items: {$ref: '#/components/schemas/Id'}}, \
             last: {nullable: true, allOf: [{$ref: '#/components/schemas/Id'}]}}}\nId: {type: string}",
        ) }
        -> MakeThing.all(["a", "b"]).last("c") => "POST /things\n\n{\"all\":[\"a\",\"b\"],\"last\":\"c\"}";
    state "a value of an enum, from a string"
        { spec::take(
            "Thing: {type: object, properties: {state: {$ref: '#/components/schemas/State'}}}\n\
             State: {type: string, enum: [open, half open]}",
        ) }
        -> MakeThing.state("half open") => "POST /things\n\n{\"state\":\"half open\"}";
    secret "a secret, from a string"
        { spec::take(
            "Thing: {type: object, properties: {pin: {$ref: '#/components/schemas/Pin'}}}\nPin: {type: string, x-sensitive: secret}",
        ) }
        -> MakeThing.pin("1234") => "POST /things\n\n{\"pin\":\"1234\"}";
    moment "a date-time, truncated to milliseconds"
        { spec::take("Thing: {type: object, required: [at], properties: {at: {type: string, format: date-time}}}") }
        -> MakeThing.at(moment()) => "POST /things\n\n{\"at\":\"2026-01-02T03:04:05.678Z\"}";
    text_moment "a date-time from a string, truncated to milliseconds"
        { spec::take("Thing: {type: object, required: [at], properties: {at: {type: string, format: date-time}}}") }
        -> MakeThing.at("2026-01-02T03:04:05.678901Z") => "POST /things\n\n{\"at\":\"2026-01-02T03:04:05.678Z\"}";
    no_moment "a string that is no date-time"
        { spec::take("Thing: {type: object, required: [at], properties: {at: {type: string, format: date-time}}}") }
        -> MakeThing.at("tomorrow") => "error: `at`: not an RFC 3339 time";
    beside_parameters "properties and parameters"
        { spec::sends_at("/things/{x}", &format!("{}\n{}", spec::X, spec::Q), "{body: {type: string, x-rust-name: text}, url: {type: string}}") }
        -> MakeThing.url("u").q("q").text("b").x("p") => "POST /things/p?q=q\n\n{\"body\":\"b\",\"url\":\"u\"}";
}
