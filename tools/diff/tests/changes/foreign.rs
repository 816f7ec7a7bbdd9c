//! Tests foreign specs, and specs without bindings.

use unloc_diff::{Bump, Change, Verdict, check};

use crate::{compared, document, summary};

/// Is a foreign spec for which no bindings can be generated, because its operation has no id.
pub(crate) const FOREIGN: &str = "\
openapi: 3.0.3
info: {title: Doors, version: '1'}
servers: [{url: https://example.com}]
paths:
  /doors:
    get:
      responses:
        '200':
          description: All.
          content:
            application/json:
              schema:
                type: object
                required: [doors]
                properties:
                  doors: {type: array, items: {$ref: '#/components/schemas/Door'}}
components:
  schemas:
    Door:
      type: object
      required: [id]
      properties:
        id: {type: string}
        parent: {$ref: '#/components/schemas/Door'}
";

fn foreign(from: &str, to: &str) -> Vec<Change> {
    let new = FOREIGN.replacen(from, to, 1);
    assert_ne!(new, FOREIGN, "{from}");
    compared("doors", false, FOREIGN, &new).0
}

#[test]
fn without_bindings_only_the_wire_is_rated() {
    let changes = foreign("      required: [id]\n", "");
    assert_eq!(summary(&changes), ["property response: breaking / unknown"]);
    assert_eq!(changes[0].operations.iter().collect::<Vec<_>>(), ["GET /doors"]);
    assert_eq!(Bump::of(&changes), Bump::Breaking);
    let changes =
        foreign("        id: {type: string}\n", "        id: {type: string}\n        width: {type: integer}\n");
    assert_eq!(summary(&changes), ["property response: compatible / unknown"]);
}

#[test]
fn equivalent_schemas_are_not_reported() {
    let door = "items: {$ref: '#/components/schemas/Door'}";
    let wrapped = "items: {allOf: [{$ref: '#/components/schemas/Door'}]}";
    assert_eq!(foreign(door, wrapped), []);
    let written_out = "items: {type: object, required: [id], properties: {id: {type: string}, parent: {$ref: '#/components/schemas/Door'}}}";
    assert!(foreign(door, written_out).iter().all(|change| change.wire == Verdict::Compatible));
    assert_eq!(foreign("title: Doors", "title: All doors"), []);
}

#[test]
fn an_unresolved_reference_is_unknown() {
    let changes = foreign("items: {$ref: '#/components/schemas/Door'}", "items: {$ref: '#/components/schemas/Dor'}");
    assert_eq!(summary(&changes), ["type response: unknown / unknown"]);
}

/// Is a foreign spec for which bindings can be generated, after its `x-` keys are removed.
const PLAIN: &str = "\
openapi: 3.0.3
info: {title: Doors, version: '1', x-api-id: 7}
x-logo: {url: 'https://example.com/logo.svg'}
servers: [{url: 'https://example.com', x-internal: true}]
paths:
  /doors/:
    x-group: doors
    get:
      operationId: getDoor
      x-pagination: cursor
      x-codeSamples: [{lang: curl, source: 'curl https://example.com/doors/'}]
      responses:
        '200':
          description: It.
          content: {application/json: {schema: {$ref: '#/components/schemas/Door'}}}
components:
  schemas:
    Door:
      type: object
      x-tags: [doors]
      properties:
        id: {type: string, x-order: 1}
        x-color: {type: string}
";

#[test]
fn foreign_keys_do_not_prevent_bindings() {
    let (changes, note) =
        compared("doors", false, PLAIN, &PLAIN.replace("        id: {type: string, x-order: 1}\n", ""));
    assert_eq!(note, None);
    assert_eq!(changes.len(), 1, "{changes:#?}");
    assert!(
        changes[0].items.iter().any(|item| item == "- unloc::doors::types::Door.id: Option<String>"),
        "{:?}",
        changes[0].items
    );
    // In our own specs, the same keys are errors.
    let plain = PLAIN.replace("      x-pagination: cursor\n", "");
    assert!(compared("doors", true, &plain, &plain).1.unwrap().contains("unknown extension"));
}

#[test]
fn missing_bindings_are_explained_in_one_line() {
    let parameter = "      parameters: [{name: c, in: cookie, schema: {type: string}}]\n      responses:";
    let cookie = PLAIN.replace("      responses:", parameter);
    let (changes, note) = compared("doors", false, &cookie, &cookie.replace("  /doors/", "  /gates/"));
    let note = note.unwrap();
    assert!(note.contains("the bindings do not support cookies") && !note.contains('{'), "{note}");
    assert_eq!(note.lines().count(), 1);
    assert!(changes.iter().all(|change| change.rust == Verdict::Unknown));
    // If there were bindings before, the explanation is a change.
    let (changes, note) = compared("doors", false, PLAIN, &cookie);
    assert_eq!(note, None);
    let ends = changes.iter().find(|change| change.what.starts_with("bindings can no longer be generated")).unwrap();
    assert!(ends.what.lines().count() == 1 && ends.what.len() < 300, "{}", ends.what);
}

#[test]
fn refuses_an_unknown_type_with_one_line() {
    for (schema, part) in [
        ("{type: int}", "unknown `type` \"int\""),
        ("{type: object, properties: {a: {type: array, items: {type: str}}}}", "unknown `type` \"str\""),
        ("{allOf: [{type: 'null'}]}", "unknown `type` \"null\""),
        ("{type: [string, 'null']}", "lists of types require OpenAPI 3.1"),
        ("{type: object, additionalProperties: {type: file}}", "unknown `type` \"file\""),
    ] {
        let text = PLAIN.replace("{type: string, x-order: 1}", schema);
        let why = check(&document("doors.yaml", &text)).unwrap_err().to_string();
        assert!(why.contains(part) && why.starts_with("doors.yaml:22:") && why.lines().count() == 1, "{why}");
    }
    // `type` as a name, or in examples and data, is not a type.
    let names = "{type: object, properties: {type: {type: string}}, example: {type: int}, enum: [{type: int}], default: {type: int}}";
    check(&document("doors.yaml", &PLAIN.replace("{type: string, x-order: 1}", names))).unwrap();
}

#[test]
fn a_panic_of_the_generator_is_reported_as_a_reason() {
    let done = unloc_codegen::quietly(|| panic!("this panic must not be printed"));
    assert!(done.is_err());
    // The generator does not support references into a component.
    let into = PLAIN.replace("x-color: {type: string}", "twin: {$ref: '#/components/schemas/Door/properties/id'}");
    let (changes, note) = compared("doors", false, &into, &into);
    assert!(changes.is_empty());
    assert_eq!(note.unwrap().lines().count(), 1);
}
