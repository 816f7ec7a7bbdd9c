//! Tests schema changes, each in several forms, with the verdicts in requests and in responses.

mod alternatives;
mod properties;
mod values;

use unloc_diff::Verdict;

use crate::on_the_wire_of;

/// Returns a spec with this schema for a property of a request or response body.
fn spec(place: &str, schema: &str) -> String {
    let content = "{application/json: {schema: {$ref: '#/components/schemas/R'}}}";
    let (body, response) = match place {
        "request" => (format!("requestBody: {{required: true, content: {content}}}\n      "), String::new()),
        _ => (String::new(), format!(", content: {content}")),
    };
    format!(
        "openapi: 3.0.3\ninfo: {{title: T, version: '1'}}\npaths:\n  /doors/:\n    post:\n      operationId: a\n      {body}responses: \
         {{'200': {{description: it{response}}}}}\ncomponents:\n  schemas:\n    R: {{type: object, properties: {{x: {schema}}}}}\n    \
         Cat: {{type: object, required: [meow], properties: {{meow: {{type: string}}, lives: {{type: integer}}}}}}\n    \
         Dog: {{type: object, required: [bark], properties: {{bark: {{type: string}}}}}}\n    \
         Bird: {{type: object, required: [song], properties: {{song: {{type: string}}}}}}\n    \
         Text: {{type: string}}\n    NullText: {{type: string, nullable: true}}\n"
    )
}

/// Checks rows of `(old, new, verdict in requests, verdict in responses)`; an empty verdict means no change.
fn check(table: &[(&str, &str, &str, &str)]) {
    let mut wrong = Vec::new();
    for (old, new, request, response) in table {
        for (place, expected) in [("request", request), ("response", response)] {
            let (verdict, messages) = on_the_wire_of(&spec(place, old), &spec(place, new));
            if verdict.map_or("", Verdict::name) != *expected {
                wrong.push(format!("{place}, {old} to {new}: expected `{expected}`\n{messages}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
