//! Tests composed schemas, which are compared as a whole.

use unloc_diff::on_the_wire;

use crate::document;

/// Returns the verdicts on the wire for an edit of a schema in requests or in responses.
fn of_schema(schema: &str, from: &str, to: &str, place: &str) -> Vec<String> {
    let both = |schema: &str| {
        let content = format!("content: {{application/json: {{schema: {schema}}}}}");
        let (body, response) = match place {
            "request" => (format!("requestBody: {{{content}}}"), String::new()),
            _ => (String::new(), format!(", {content}")),
        };
        let node = "    Node: {type: object, required: [v], properties: {v: {type: integer}, next: {$ref: '#/components/schemas/Node'}}}";
        let loops = "    Loop: {allOf: [{$ref: '#/components/schemas/Loop'}, {$ref: '#/components/schemas/Loop'}]}";
        format!(
            "openapi: 3.0.3\ninfo: {{title: T, version: '1'}}\npaths:\n  /a/:\n    post:\n      {body}\n      responses:\n        \
             '200': {{description: it{response}}}\ncomponents:\n  schemas:\n{node}\n{loops}\n"
        )
    };
    let (old, new) = (both(schema), both(&schema.replacen(from, to, 1)));
    let changes = on_the_wire(&document("doors.yaml", &old), &document("doors.yaml", &new));
    let mut verdicts: Vec<_> = changes.iter().map(|change| change.wire.name().to_owned()).collect();
    verdicts.sort();
    verdicts.dedup();
    verdicts
}

#[test]
fn compares_composed_schemas_as_a_whole() {
    let node = "{$ref: '#/components/schemas/Node'}";
    let twice = format!(
        "{{type: object, properties: {{a: {{allOf: [{node}]}}, b: {{allOf: [{node}, {{properties: {{l: {{type: string}}}}}}]}}}}}}"
    );
    for (schema, from, to, place, wire) in [
        (
            twice.as_str(),
            "{properties: {l: {type: string}}}",
            "{required: [m], properties: {m: {type: integer}}}",
            "request",
            "breaking",
        ),
        ("{allOf: [{type: string, maxLength: 64}, {maxLength: 32}]}", "64", "5", "request", "breaking"),
        ("{type: string, not: {enum: [a]}}", "[a]", "[a, b]", "request", "breaking"),
        (
            "{oneOf: [{type: integer}, {type: string, format: date-time}]}",
            ", format: date-time",
            "",
            "response",
            "breaking",
        ),
        (
            "{oneOf: [{type: boolean}, {type: integer}]}",
            "{type: integer}",
            "{type: integer, multipleOf: 5}",
            "request",
            "breaking",
        ),
        (
            "{type: object, properties: {p: {type: string}, q: {type: string}}, oneOf: [{required: [p]}, {required: [q]}]}",
            "p: {type: string}",
            "p: {type: integer}",
            "request",
            "breaking",
        ),
        ("{type: object}", "{type: object}", "{type: object, additionalProperties: false}", "request", "breaking"),
        ("{type: integer}", "{type: integer}", "{type: number, maximum: 10}", "request", "breaking"),
        ("{type: array, items: {type: string}}", ", items: {type: string}", "", "response", "breaking"),
        ("{enum: [1, 2]}", "[1, 2]", "['1', '2']", "request", "breaking"),
        ("{type: object, properties: {a: {$ref: '#/components/schemas/Loop'}}}", "a:", "b:", "response", "unknown"),
    ] {
        let verdicts = of_schema(schema, from, to, place);
        assert!(verdicts.iter().any(|verdict| verdict == wire), "{schema}: {verdicts:?}");
    }
    let many: Vec<_> = (0..16).map(|place| format!("p{place}: {node}")).collect();
    assert!(
        of_schema(&format!("{{type: object, properties: {{{}}}}}", many.join(", ")), "p0", "p0", "response").is_empty()
    );
    assert!(of_schema("{$ref: '#/components/schemas/Loop'}", "Loop", "Loop", "response").is_empty());
    // The engine cannot decide this schema, but equal schemas need no decision.
    let hard = "{oneOf: [{type: integer, multipleOf: 5}, {type: string, pattern: '^a'}]}";
    assert!(of_schema(hard, "5", "5", "request").is_empty());
}
