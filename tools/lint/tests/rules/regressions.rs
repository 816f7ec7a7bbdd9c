//! Tests specs that were once judged wrongly: several of each kind, and a similar one that is still an error.

mod alternatives;
mod operations;
mod references;

use crate::found_for_bindings;

/// Returns a spec with one operation, which has these responses, these further keys and these components.
fn spec(responses: &str, operation: &str, components: &str) -> String {
    let indented =
        |text: &str, by: usize| -> String { text.lines().map(|line| format!("{}{line}\n", " ".repeat(by))).collect() };
    format!(
        "openapi: 3.0.3\ninfo: {{title: Doors, version: '1', description: All doors.}}\n\
         servers: [{{url: 'https://api.example.com/v1'}}]\ntags: [{{name: Doors, description: Doors.}}]\npaths:\n  /doors/:\n    post:\n\
         \x20     operationId: setDoor\n      summary: Set a door\n      description: Sets a door.\n      tags: [Doors]\n{}      responses:\n{}\
         components:\n{}",
        indented(operation, 6),
        indented(responses, 8),
        indented(components, 2),
    )
}

/// Lists the findings of these rules as `rule message`.
pub(crate) fn of(rules: &[&str], text: &str) -> Vec<String> {
    let found = found_for_bindings(text);
    let unreadable = found.iter().find(|finding| finding.rule == "yaml");
    assert_eq!(unreadable, None, "{text}");
    let found = found.iter().filter(|finding| rules.contains(&finding.rule));
    found.map(|finding| format!("{} {}", finding.rule, finding.message)).collect()
}

const DOOR: &str = "Door: {type: object, description: d, properties: {id: {type: string, description: d}}}";
const OK: &str = "'200': {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/Door'}}}}";

pub(crate) fn with_schemas(schemas: &str) -> String {
    let indented: String = schemas.lines().map(|line| format!("  {line}\n")).collect();
    spec(OK, "", &format!("schemas:\n  {DOOR}\n{indented}"))
}
