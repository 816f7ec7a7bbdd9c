use crate::spec::{NOTHING, at, get, put, refused, returns, spec, takes, written};

#[test]
fn parameters_and_body_are_flat() {
    let lines = format!(
        "operationId: putThing\nparameters:\n- {{name: thingId, in: path, required: true, description: Names it., schema: \
         {{type: string}}}}\n- {{name: X-Trace, in: header, schema: {{type: string, maxLength: 9}}}}\n- {{name: tag, in: \
         query, schema: {{type: array, items: {{type: string}}}}}}\n{}\n{NOTHING}",
        takes("Thing")
    );
    let thing = "Thing: {type: object, required: [a], properties: {a: {type: string, description: Is it. Or not.}}}";
    let written = written(&spec(&at("/things/{thingId}", "put", &lines), thing));
    written.has("PutThingParameters extends Thing { thingId: string; \"X-Trace\"?: string; tag?: string[]; }");
    written.has("putThing(parameters: PutThingParameters, options?: CallOptions): Call<void>;");
    assert_eq!(written.comment("  thingId:"), "Names it.");
    assert_eq!(written.comment("  \"X-Trace\"?:"), "At most 9 characters.");
    let docs = written.comment("  putThing(");
    for part in ["- `thingId`: Names it.", "- `X-Trace` (optional):", "- `a`: Is it. @param options"] {
        assert!(docs.contains(part), "no `{part}` in: {docs}");
    }
}

#[test]
fn a_body_that_is_no_object_is_one_parameter() {
    for (schema, ty) in [
        ("Thing: {type: array, items: {type: string}}", "string[]"),
        ("Thing: {type: object, additionalProperties: {type: boolean}}", "{ [name: string]: boolean }"),
        ("Thing: {type: string, enum: [a]}", "\"a\" | (string & {})"),
    ] {
        let written = written(&put(schema));
        written.has(&format!("export type Thing = {ty};"));
        written.has("export interface PutThingParameters { body: Thing; }");
        written.has("putThing(parameters: PutThingParameters");
    }
}

#[test]
fn parameters_are_optional_if_none_is_required() {
    let none = written(&get("Thing: {type: object, properties: {a: {type: string}}}"));
    none.has("export interface GetThingParameters { [name: string]: never }");
    none.has("getThing(parameters?: GetThingParameters, options?: CallOptions)");
    let optional = written(&put("Thing: {type: object, properties: {a: {type: string}}}"));
    optional.has("export type PutThingParameters = Thing;");
    optional.has("putThing(parameters?: PutThingParameters");
    let required = written(&put("Thing: {type: object, required: [a], properties: {a: {type: string}}}"));
    required.has("putThing(parameters: PutThingParameters");
}

/// Returns the kind and the type of the result of `getThing`, with these schemas and further lines of the operation.
fn result(lines: &str, schemas: &str) -> (String, String) {
    let lines = format!("operationId: getThing\n{lines}\n{}", returns("Result"));
    let item = "Thing: {type: object, properties: {a: {type: string}}}\nNext: {type: string, x-sensitive: cursor}";
    let written = written(&spec(&at("/thing", "get", &lines), &format!("{item}\n{schemas}")));
    let kind = written.operations.split_once("getThing: \"").unwrap().1.split('"').next().unwrap().to_owned();
    (
        kind,
        written.code().split_once("options?: CallOptions").unwrap().1.split("): ").nth(1).unwrap().replace("; }", ""),
    )
}

#[test]
fn a_result_is_what_the_envelope_holds() {
    let list = "list: {type: array, items: {$ref: '#/components/schemas/Thing'}}";
    let next = "next: {$ref: '#/components/schemas/Next'}";
    let page = "parameters: [{name: next, in: query, schema: {$ref: '#/components/schemas/Next'}}, {name: limit, in: query, schema: {type: \
                integer, format: int32}}]\nx-pagination: {items: list, cursor: next, size: 50}";
    let thing = "{$ref: '#/components/schemas/Thing'}";
    for (lines, schema, kind, ty) in [
        ("", "type: object, properties: {a: {type: string}}".to_owned(), "value", "Call<Result>"),
        ("", format!("type: array, items: {thing}"), "list", "ListCall<Result, Thing>"),
        (
            "",
            format!("type: object, x-envelope: one, required: [one], properties: {{one: {thing}}}"),
            "value",
            "Call<Thing>",
        ),
        ("", format!("type: object, x-envelope: one, properties: {{one: {thing}}}"), "value", "Call<Thing | null>"),
        ("", format!("type: object, x-envelope: list, properties: {{{list}}}"), "list", "ListCall<Thing[], Thing>"),
        (
            "",
            format!("type: object, x-envelope: list, required: [list], properties: {{{list}, {next}}}"),
            "page",
            "ListCall<Page<Thing>, Thing>",
        ),
        (
            page,
            format!("type: object, x-envelope: list, required: [list], properties: {{{list}, {next}}}"),
            "paged",
            "ListCall<Page<Thing>, Thing>",
        ),
    ] {
        let found = result(lines, &format!("Result: {{{schema}}}"));
        assert_eq!(found, (kind.to_owned(), ty.to_owned()), "{schema}");
    }
}

#[test]
fn documents_what_is_known_of_an_operation() {
    let lines = format!(
        "operationId: getThing\nsummary: Gets it\ndescription: Reads a thing. `wait_for_thing` waits, and `a_b` stays.\n\
         x-evidence: inferred\nx-evidence-note: Seen once.\nx-response-evidence: inferred\nresponses:\n  '200': \
         {{description: It., {}}}\n  '404': {{description: Nothing has this id. It may be gone.}}",
        "content: {application/json: {schema: {$ref: '#/components/schemas/Thing'}}}"
    );
    let thing = "Thing: {type: object, properties: {a_b: {type: string}}}";
    let read = written(&spec(&at("/thing", "get", &lines), thing)).comment("  getThing(");
    for part in [
        "Gets it. Reads a thing. `waitForThing` waits, and `a_b` stays.",
        "Sends `GET /homes/{homeId}/thing`. Idempotent: retried after transient failures.",
        "The content of the response is inferred.",
        "Evidence: **Inferred in part.** Seen once.",
        "@param parameters - The operation has none. @param options - Settings of this call only. @returns The value",
        "@throws `UnlocError`. The service documents these errors: - 404: Nothing has this id.",
    ] {
        assert!(read.contains(part), "no `{part}` in: {read}");
    }
    let observed = lines.replace("evidence: inferred", "evidence: observed");
    let observed = written(&spec(&at("/thing", "get", &observed), thing)).comment("  getThing(");
    for part in
        ["Unloc does not document the content of the response.", "Evidence: **Observed, not documented.** Seen once."]
    {
        assert!(observed.contains(part) && !observed.contains("nferred"), "no `{part}` in: {observed}");
    }
    let made = written(&spec(&at("/thing", "post", &lines), thing)).comment("  getThing(");
    assert!(made.contains("**Not idempotent**: retried only while no request has reached the service"), "{made}");
}

#[test]
fn only_the_imports_that_are_used_are_written() {
    let written = written(&get("Thing: {type: object, description: Has a Page., properties: {a: {type: string}}}"));
    assert!(written.types.contains("\nimport type { Call, CallOptions } from \"../calls.js\";\n"), "{}", written.types);
}

#[test]
fn what_typescript_cannot_have_is_refused_at_its_line() {
    let thing = "Thing: {type: object, properties: {a: {type: string}}}";
    let named = |id: &str| spec(&at("/thing", "get", &format!("operationId: {id}\n{}", returns("Thing"))), thing);
    let both =
        "operationId: putThing\nparameters: [{name: a, in: query, x-rust-name: other, schema: {type: string}}]\n";
    let failing = "Thing: {type: object, properties: {p: {$ref: '#/components/schemas/Page'}}}\nPage: {type: string}";
    for (spec, place, part) in [
        (named("then"), "operationId", "`then` cannot be a method in TypeScript: `await` would take the client for a"),
        (named("constructor"), "operationId", "every class has one"),
        (
            get(failing),
            "Page: {type",
            "the schema `Page` gives the same TypeScript name `Page` as a type of the package",
        ),
        (
            get(&thing.replace("Thing:", "GetThingParameters:")).replace("schemas/Thing", "schemas/GetThingParameters"),
            "operationId",
            "the operation `getThing` gives the same TypeScript name `GetThingParameters` as the schema",
        ),
        (
            spec(&at("/thing", "put", &format!("{both}{}\n{NOTHING}", takes("Thing"))), thing),
            "put:",
            "two of its parameters and properties are named `a`",
        ),
        // The bindings refuse this one.
        (get("Thing: {type: object, properties: {a: {type: string, enum: [x]}}}"), "enum", "an enum without a name"),
    ] {
        let why = refused(&spec);
        let line = spec.lines().position(|line| line.contains(place)).unwrap() + 1;
        assert!(why.contains(part), "{why}");
        assert!(why.starts_with(&format!("homes.yaml:{line}:")), "{why}\n{spec}");
    }
}
