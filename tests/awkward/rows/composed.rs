// Schemas that consist of others, that have names the generator gives to others, or that map to a handwritten type.

rows! { composed:
    named_moment_in_path "a date-time by reference, in a path"
        { spec::get_with("/a/{x}", "- {name: x, in: path, required: true, schema: {$ref: '#/components/schemas/At'}}",
            "At: {type: string, format: date-time}") }
        -> GetThing.x(moment()) => "GET /a/2026-01-02T03%3A04%3A05.678Z";
    named_moment_in_header "a date-time by reference, in a header"
        { spec::get_with("/a", "- {name: x, in: header, schema: {allOf: [{$ref: '#/components/schemas/At'}]}}",
            "At: {type: string, format: date-time}") }
        -> GetThing.x(moment()) => "GET /a\nx: 2026-01-02T03:04:05.678Z";
    named_moment_in_query "a date-time by reference, in a query"
        { spec::get_with("/a", "- {name: x, in: query, schema: {$ref: '#/components/schemas/At'}}",
            "At: {type: string, format: date-time}") }
        -> GetThing.x(moment()) => "GET /a?x=2026-01-02T03%3A04%3A05.678Z";
    moments "a list of date-times"
        { spec::things("- {name: x, in: query, schema: {type: array, items: {type: string, format: date-time}}}") }
        -> GetThing.x(vec![moment()]) => "GET /things?x=2026-01-02T03%3A04%3A05.678Z";
    named_moments "a list by reference, of date-times by reference"
        { spec::get_with("/a", "- {name: x, in: query, schema: {$ref: '#/components/schemas/Ats'}}",
            "At: {type: string, format: date-time}\nAts: {type: array, items: {$ref: '#/components/schemas/At'}}") }
        -> GetThing.x(vec![moment()]) => "GET /a?x=2026-01-02T03%3A04%3A05.678Z";
    named_list "a list by reference"
        { spec::get_with("/a", "- {name: x, in: query, schema: {$ref: '#/components/schemas/Tags'}}",
            "Tags: {type: array, items: {type: string}}") }
        -> GetThing.x(types::Tags::from(vec!["a".to_owned(), "b".to_owned()])) => "GET /a?x=a&x=b";
    chain_in_path "a secret through two references, in a path"
        { spec::get_with("/a/{x}", "- {name: x, in: path, required: true, schema: {$ref: '#/components/schemas/Pin'}}",
            "Pin: {$ref: '#/components/schemas/Secret'}\nSecret: {type: string, x-sensitive: secret}") }
        -> GetThing.x(types::Pin::from(crate::Secret::from("1234"))) => "GET /a/1234";
    secret_in_header "a secret in an `allOf`, in a header"
        { spec::get_with("/a", "- name: x\n  in: header\n  schema: {allOf: [{$ref: '#/components/schemas/Pin'}]} #!",
            "Pin: {type: string, x-sensitive: secret}") }
        ! "sensitive";
    null_in_path "a nullable string in an `allOf`, in a path"
        { spec::get_with("/a/{x}",
            "- name: x\n  in: path\n  required: true\n  schema: {allOf: [{$ref: '#/components/schemas/Id'}]} #!",
            "Id: {type: string, nullable: true}") }
        ! "nullable";
    secret_given "a secret as a request body"
        { spec::make("Thing: {type: string, x-sensitive: secret}") }
        -> MakeThing.body("v") => "POST /things\n\n\"v\"";
    enum_or_null "a nullable enum, in a request"
        { spec::take(
            "Thing: {type: object, properties: {a: {nullable: true, allOf: [{$ref: '#/components/schemas/E'}]}}}\n\
             E: {type: string, enum: [p]}",
        ) }
        -> MakeThing.body(types::Thing::builder().a(types::E::P)) => "POST /things\n\n{\"a\":\"p\"}";
    secret_or_null "a nullable secret, in a request"
        { spec::take(
            "Thing: {type: object, properties: {a: {nullable: true, allOf: [{$ref: '#/components/schemas/Pin'}]}}}\n\
             Pin: {type: string, x-sensitive: secret}",
        ) }
        -> MakeThing.body(types::Thing::builder().a(crate::Secret::from("v"))) => "POST /things\n\n{\"a\":\"v\"}";
    list_or_null "a nullable list by reference, in a request"
        { spec::take(
            "Thing: {type: object, properties: {a: {nullable: true, allOf: [{$ref: '#/components/schemas/L'}]}}}\n\
             L: {type: array, items: {type: string}}",
        ) }
        -> MakeThing.body(types::Thing::builder().a(crate::Nullable::Null)) => "POST /things\n\n{\"a\":null}";
    moment_or_null "a required nullable date-time, in a request"
        { spec::take(
            "Thing: {type: object, required: [a], properties: {a: {type: string, format: date-time, nullable: true}}}",
        ) }
        -> MakeThing.body(types::Thing::builder().a(moment()))
        => "POST /things\n\n{\"a\":\"2026-01-02T03:04:05.678Z\"}";
    inner "a name that the generator gives to the inner type of a nullable object"
        { spec::make(
            "Thing: {type: object, properties: {a: {$ref: '#/components/schemas/T'}, b: {$ref: '#/components/schemas/TInner'}}}\n\
             T: {type: object, properties: {a: {type: string}}, nullable: true}\n\
             TInner: #!\n  type: object\n  properties: {b: {type: string}}",
        ) }
        ! "`TInner`";
    part "a name that the generator gives to an inline schema"
        { spec::make(
            "Thing: {type: object, properties: {it: {anyOf: [{type: string}, {type: integer}]}, b: {$ref: '#/components/schemas/ThingIt'}}}\n\
             ThingIt: #!\n  type: object\n  properties: {b: {type: string}}",
        ) }
        ! "`ThingIt`";
    merged "properties of two `allOf` parts with the same Rust name"
        { spec::make(
            "Thing:\n  allOf: [{$ref: '#/components/schemas/A'}, {$ref: '#/components/schemas/B'}]\n\
             A: {type: object, properties: {lockId: {type: string}}}\nB: {type: object, properties: {lock-id: {type: string}}} #!",
        ) }
        ! "`lock-id`";
    merged_send "a property of an `allOf` part named `send`"
        { spec::make(
            "Thing:\n  allOf: [{$ref: '#/components/schemas/A'}]\n\
             A:\n  type: object\n  properties:\n    send: {type: string} #!",
        ) }
        ! "`send()`";
    extra "a property named `extra` and `additionalProperties`"
        { spec::make(
            "Thing:\n  type: object\n  additionalProperties: {type: integer}\n  properties:\n    extra: {type: string} #!",
        ) }
        ! "`extra`";
    example_parameter "a parameter component named `example`"
        { format!("{}  parameters:\n    example: {{name: q, in: query, schema: {{type: string, format: uuid, pattern: '^a$'}}}}\n",
            spec::get_with("/a", "- {$ref: '#/components/parameters/example'}", spec::THING)) }
        -> GetThing.q("v") => "GET /a?q=v";
    schema_parameter "a parameter component named `schema`"
        { format!("{}  parameters:\n    schema: {{name: q, in: query, schema: {{type: string, format: uuid, pattern: '^a$'}}}}\n",
            spec::get_with("/a", "- {$ref: '#/components/parameters/schema'}", spec::THING)) }
        -> GetThing.q("v") => "GET /a?q=v";
    example_property "a property named `example` with a dangling reference"
        { spec::make("Thing:\n  type: object\n  properties:\n    example: {$ref: '#/components/schemas/No'} #!") }
        ! "does not resolve";
    cursor_required "a required cursor"
        { spec::paged("things", "after").replace("required: [\"things\"]", "required: [after, things]") }
        -> GetThings => "GET /things?limit=2", "{\"things\":[],\"after\":\"n\"}" => "{\"items\":[],\"cursor\":\"n\"}";
    limit_named "a limit by reference"
        { format!("{}    Limit: {{type: integer}}\n", spec::paged("things", "after").replace(
            "schema: {type: integer, format: int32}", "schema: {$ref: \"#/components/schemas/Limit\"}")) }
        -> GetThings.limit(3) => "GET /things?limit=3", "{\"things\":[]}" => "{\"items\":[]}";
    size_too_large "a page size above the maximum of the limit's type"
        { spec::paged("things", "after").replace("size: 2}", "size: 99999999999} #!") }
        ! "`size`";
    list_of_anything "a page with a list without an item type"
        { spec::paged("things", "after").replace("size: 2}", "size: 2} #!").replace(", items: {$ref: \"#/components/schemas/Thing\"}", "") }
        ! "not a list";
    page_or_null "a nullable page"
        { spec::paged("things", "after").replace("size: 2}", "size: 2} #!").replace("ThingList:\n      type: object", "ThingList:\n      nullable: true\n      type: object") }
        ! "nullable";
    tolerated_moment "a date-time with tolerance for numbers"
        { spec::make("Thing:\n  type: object\n  properties:\n    a:\n      type: string\n      format: date-time\n      x-tolerate: [number] #!") }
        ! "x-tolerate";
    tolerated_objects "a list of objects with tolerance for strings"
        { spec::make("Thing:\n  type: object\n  properties:\n    a:\n      type: array\n      items: {type: object}\n      x-tolerate: [string] #!") }
        ! "list of strings";
    day_of_length "a date and an integer with a length"
        { spec::take(
            "Thing: {type: object, properties: {a: {type: string, format: date, minLength: 1}, \
             b: {type: integer, maxLength: 3}}}",
        ) }
        -> MakeThing.body(types::Thing::builder().a(moment().date_naive()).b(7))
        => "POST /things\n\n{\"a\":\"2026-01-02\",\"b\":7}";
    own_kind_or_null "a nullable property of the object's own type, in a request"
        { spec::take(
            "Thing: {type: object, properties: {a: {nullable: true, allOf: [{$ref: '#/components/schemas/Thing'}]}, b: {type: string}}}",
        ) }
        -> MakeThing.body(types::Thing::builder().b("v")) => "POST /things\n\n{\"b\":\"v\"}";
    part_of_itself "a schema that is a part of itself"
        { spec::make("Thing: #!\n  allOf: [{$ref: '#/components/schemas/Thing'}]\n  description: A thing.") }
        ! "contains itself";
    formats_of_parts "formats and patterns in `anyOf` parts"
        { spec::make("Thing: {type: object, properties: {a: {anyOf: [{type: string, format: uuid, pattern: '^a$'}, {type: integer}]}}}") }
        -> MakeThing.body(types::Thing::builder()) => "POST /things\n\n{}";
    null_on_the_way "a nullable schema between a path parameter and its string"
        { spec::get_with("/a/{x}",
            "- name: x\n  in: path\n  required: true\n  schema: {allOf: [{$ref: '#/components/schemas/Id'}]} #!",
            "Id: {nullable: true, allOf: [{$ref: '#/components/schemas/Text'}]}\nText: {type: string}") }
        ! "nullable";
}
