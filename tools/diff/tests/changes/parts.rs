//! Schemas that are put together of parts, and compared as a whole.

use unloc_diff::on_the_wire;

use crate::document;

/// What the wire says of an edit of a schema that stands in answers, in requests, or in both.
fn of_schema(schema: &str, from: &str, to: &str, place: &str) -> Vec<String> {
    let both = |schema: &str| {
        let content = format!("content: {{application/json: {{schema: {schema}}}}}");
        let (body, answer) = match place {
            "request" => (format!("requestBody: {{{content}}}"), String::new()),
            _ => (String::new(), format!(", {content}")),
        };
        let node = "    Node: {type: object, required: [v], properties: {v: {type: integer}, next: {$ref: '#/components/schemas/Node'}}}";
        let loops = "    Loop: {allOf: [{$ref: '#/components/schemas/Loop'}, {$ref: '#/components/schemas/Loop'}]}";
        format!(
            "openapi: 3.0.3\ninfo: {{title: T, version: '1'}}\npaths:\n  /a/:\n    post:\n      {body}\n      responses:\n        \
             '200': {{description: it{answer}}}\ncomponents:\n  schemas:\n{node}\n{loops}\n"
        )
    };
    let (old, new) = (both(schema), both(&schema.replacen(from, to, 1)));
    let changes = on_the_wire(&document("doors.yaml", &old), &document("doors.yaml", &new));
    let mut told: Vec<_> = changes.iter().map(|change| change.wire.name().to_owned()).collect();
    told.sort();
    told.dedup();
    told
}

#[test]
fn what_is_put_together_of_parts_is_compared_as_a_whole() {
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
        let told = of_schema(schema, from, to, place);
        assert!(told.iter().any(|verdict| verdict == wire), "{schema}: {told:?}");
    }
    let many: Vec<_> = (0..16).map(|place| format!("p{place}: {node}")).collect();
    assert!(
        of_schema(&format!("{{type: object, properties: {{{}}}}}", many.join(", ")), "p0", "p0", "response").is_empty()
    );
    assert!(of_schema("{$ref: '#/components/schemas/Loop'}", "Loop", "Loop", "response").is_empty());
    // What the engine cannot tell apart is the same all the same if nothing has changed.
    let hard = "{oneOf: [{type: integer, multipleOf: 5}, {type: string, pattern: '^a'}]}";
    assert!(of_schema(hard, "5", "5", "request").is_empty());
}
