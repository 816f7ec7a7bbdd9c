//! Kinds of changes of a schema, each in several forms: what is said of them where they are sent and where they come back.

mod alternatives;
mod properties;
mod values;

use unloc_diff::Verdict;

use crate::told;

/// A spec in which a schema is that of a property of a body.
fn spec(place: &str, schema: &str) -> String {
    let content = "{application/json: {schema: {$ref: '#/components/schemas/R'}}}";
    let (body, answer) = match place {
        "request" => (format!("requestBody: {{required: true, content: {content}}}\n      "), String::new()),
        _ => (String::new(), format!(", content: {content}")),
    };
    format!(
        "openapi: 3.0.3\ninfo: {{title: T, version: '1'}}\npaths:\n  /doors/:\n    post:\n      operationId: a\n      {body}responses: \
         {{'200': {{description: it{answer}}}}}\ncomponents:\n  schemas:\n    R: {{type: object, properties: {{x: {schema}}}}}\n    \
         Cat: {{type: object, required: [meow], properties: {{meow: {{type: string}}, lives: {{type: integer}}}}}}\n    \
         Dog: {{type: object, required: [bark], properties: {{bark: {{type: string}}}}}}\n    \
         Bird: {{type: object, required: [song], properties: {{song: {{type: string}}}}}}\n    \
         Text: {{type: string}}\n    NullText: {{type: string, nullable: true}}\n"
    )
}

/// Goes through `(old, new, where it is sent, where it comes back)`; an empty verdict is that nothing is said.
fn check(table: &[(&str, &str, &str, &str)]) {
    let mut wrong = Vec::new();
    for (old, new, request, response) in table {
        for (place, expected) in [("request", request), ("response", response)] {
            let (verdict, said) = told(&spec(place, old), &spec(place, new));
            if verdict.map_or("", Verdict::name) != *expected {
                wrong.push(format!("{place}, {old} to {new}: expected `{expected}`\n{said}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
