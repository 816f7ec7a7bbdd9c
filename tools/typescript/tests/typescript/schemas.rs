use crate::spec::{at, get, put, returns, spec, takes, written};

#[test]
fn writes_each_kind_of_schema() {
    let written = written(&get("
Thing:
  type: object
  description: Is a thing.
  required: [id, size]
  properties:
    id: {allOf: [{$ref: '#/components/schemas/ThingId'}], description: Identifies it.}
    size: {type: integer, format: int64}
    weight: {type: number}
    made: {type: string, format: date-time}
    day: {type: string, format: date}
    tags: {type: array, items: {type: string}}
    named: {type: object, additionalProperties: {$ref: '#/components/schemas/Color'}}
    any: {}
    more: {$ref: '#/components/schemas/More'}
    either: {$ref: '#/components/schemas/Either'}
    both: {$ref: '#/components/schemas/Both'}
ThingId: {type: string}
Color: {type: string, enum: [red, dark red], x-enum-descriptions: {red: Is red., dark red: Is dark.}}
More: {type: object, properties: {a: {type: boolean}}, additionalProperties: true}
Either: {oneOf: [{$ref: '#/components/schemas/More'}, {$ref: '#/components/schemas/Color'}]}
Both: {allOf: [{$ref: '#/components/schemas/More'}, {$ref: '#/components/schemas/Thing'}], required: [b], properties: {b: {type: string, nullable: true}}}
"));
    written.has(
        "export interface Thing { id: ThingId; size: number; weight?: number; made?: string; day?: string; \
         tags?: string[]; named?: { [name: string]: Color }; any?: unknown; more?: More; either?: Either; both?: Both; }",
    );
    written.has("export type ThingId = string;");
    written.has(r#"export type Color = "red" | "dark red" | (string & {});"#);
    written.has("export interface More { a?: boolean; [name: string]: unknown; }");
    written.has("export type Either = More | Color;");
    written.has("export type Both = More & Thing & { b?: string; };");
    assert_eq!(written.comment("  id:"), "Identifies it.");
    assert_eq!(written.comment("  made?:"), "ISO 8601 time, such as `2026-01-02T03:04:05.678Z`.");
    assert!(written.comment("export type Color").contains("- `dark red`: Is dark."), "{}", written.types);
    for never in ["bigint", "Map<", ": any"] {
        assert!(!written.code().contains(never), "{never}");
    }
}

#[test]
fn a_response_leaves_out_what_is_null() {
    let thing = "
Thing:
  type: object
  required: [a, b, list, color]
  properties:
    a: {type: string, nullable: true}
    b: {anyOf: [{$ref: '#/components/schemas/Inner'}, {type: string, nullable: true, enum: [null]}]}
    c: {type: string, nullable: true}
    list: {type: array, nullable: true, items: {type: integer, nullable: true}}
    color: {$ref: '#/components/schemas/Color'}
Inner: {type: object, properties: {x: {type: string, nullable: true}}}
Color: {type: string, nullable: true}
";
    let response = written(&get(thing));
    // A list that is null is read as the empty one. The entries of a list are kept as they are.
    response.has("Thing { a?: string; b?: Inner; c?: string; list: (number | null)[]; color: Color; }");
    response.has("export interface Inner { x?: string; }");
    response.has("export type Color = string | null;");
    let request = written(&put(thing));
    request.has(
        "Thing { a: string | null; b: Inner | null; c?: string | null; list: (number | null)[] | null; color: Color; }",
    );
    request.has("export interface Inner { x?: string | null; }");
    assert_eq!(request.comment("  a:"), "`null` is sent as null.");
    assert!(request.comment("  c?:").contains("Nothing is sent if the property is left out."));
    // A schema of both is the one of responses, since it has one Rust type.
    let lines = format!("operationId: changeThing\n{}\n{}", takes("Thing"), returns("Thing"));
    written(&spec(&at("/thing", "put", &lines), thing)).has("Thing { a?: string; b?: Inner; c?: string;");
}

#[test]
fn keeps_the_order_of_the_file() {
    let written = written(&get("
Zebra: {type: string}
Thing: {type: object, properties: {z: {$ref: '#/components/schemas/Zebra'}, b: {type: string}, a: {type: string}}}
"));
    written.has("export type Zebra = string; export interface Thing { z?: Zebra; b?: string; a?: string; }");
}

#[test]
fn names_the_limits() {
    let written = written(&put("
Thing:
  type: object
  required: [n]
  properties:
    n: {type: integer, minimum: 0, maximum: 24, description: Says when.}
    s: {type: string, minLength: 2, pattern: '^`*/$', deprecated: true}
    times: {type: array, maxItems: 3, items: {type: string, format: date-time}}
"));
    assert_eq!(written.comment("  n:"), "Says when. Integer; 0 to 24.");
    let pattern =
        "At least 2 characters; matches \\`^\\`*\\/$\\`. @deprecated The API's description marks it as deprecated.";
    assert_eq!(written.comment("  s?:"), pattern);
    let times = "At most 3 items. Each item: ISO 8601 time, such as `2026-01-02T03:04:05.678Z`.";
    assert_eq!(written.comment("  times?:"), times);
}

#[test]
fn envelopes_and_errors_have_no_types() {
    let lines = "operationId: getThing\nresponses:\n  '200': {description: It., content: {application/json: {schema: \
                 {$ref: '#/components/schemas/Envelope'}}}}\n  '404': {description: None., content: {application/json: \
                 {schema: {$ref: '#/components/schemas/Failure'}}}}";
    let schemas = "
Envelope: {type: object, x-envelope: thing, required: [thing], properties: {thing: {$ref: '#/components/schemas/Thing'}}}
Failure: {type: object, properties: {error: {type: string}}}
Thing: {type: object, properties: {a: {type: string}}}
";
    let hidden = written(&spec(&at("/thing", "get", lines), schemas));
    hidden.has("getThing(parameters?: GetThingParameters, options?: CallOptions): Call<Thing>;");
    assert!(!hidden.code().contains("Envelope") && !hidden.code().contains("Failure"), "{}", hidden.types);
    // A schema that another one refers to is seen there.
    let used = schemas.replace("{a: {type: string}}", "{a: {$ref: '#/components/schemas/Envelope'}}");
    written(&spec(&at("/thing", "get", lines), &used)).has("export interface Envelope { thing: Thing; }");
}
