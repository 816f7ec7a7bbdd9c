//! Specs of others, and what keeps bindings away.

use unloc_diff::{Bump, Change, Verdict, check};

use crate::{document, summary, told_of};

/// A spec that is no spec of ours, and that no bindings can be made of.
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
    told_of("doors", false, FOREIGN, &new).0
}

#[test]
fn of_a_spec_without_bindings_the_wire_is_told_and_rust_is_unknown() {
    let changes = foreign("      required: [id]\n", "");
    assert_eq!(summary(&changes), ["property response: breaking / unknown"]);
    assert_eq!(changes[0].operations.iter().collect::<Vec<_>>(), ["GET /doors"]);
    assert_eq!(Bump::of(&changes), Bump::Breaking);
    let changes =
        foreign("        id: {type: string}\n", "        id: {type: string}\n        width: {type: integer}\n");
    assert_eq!(summary(&changes), ["property response: compatible / unknown"]);
}

#[test]
fn what_means_the_same_in_other_words_is_silent() {
    let door = "items: {$ref: '#/components/schemas/Door'}";
    let wrapped = "items: {allOf: [{$ref: '#/components/schemas/Door'}]}";
    assert_eq!(foreign(door, wrapped), []);
    let written_out = "items: {type: object, required: [id], properties: {id: {type: string}, parent: {$ref: '#/components/schemas/Door'}}}";
    assert!(foreign(door, written_out).iter().all(|change| change.wire == Verdict::Compatible));
    assert_eq!(foreign("title: Doors", "title: All doors"), []);
}

#[test]
fn a_reference_that_leads_nowhere_is_unknown_and_no_panic() {
    let changes = foreign("items: {$ref: '#/components/schemas/Door'}", "items: {$ref: '#/components/schemas/Dor'}");
    assert_eq!(summary(&changes), ["type response: unknown / unknown"]);
}

/// A spec that bindings can be made of but for its `x-` keys.
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
fn keys_of_others_do_not_keep_bindings_away() {
    let (changes, note) =
        told_of("doors", false, PLAIN, &PLAIN.replace("        id: {type: string, x-order: 1}\n", ""));
    assert_eq!(note, None);
    assert_eq!(changes.len(), 1, "{changes:#?}");
    assert!(
        changes[0].items.iter().any(|item| item == "- unloc::doors::types::Door.id: Option<String>"),
        "{:?}",
        changes[0].items
    );
    // In a spec of ours the same keys are slips.
    let plain = PLAIN.replace("      x-pagination: cursor\n", "");
    assert!(told_of("doors", true, &plain, &plain).1.unwrap().contains("means nothing here"));
}

#[test]
fn why_there_are_no_bindings_is_said_in_one_line() {
    let parameter = "      parameters: [{name: c, in: cookie, schema: {type: string}}]\n      responses:";
    let cookie = PLAIN.replace("      responses:", parameter);
    let (changes, note) = told_of("doors", false, &cookie, &cookie.replace("  /doors/", "  /gates/"));
    let note = note.unwrap();
    assert!(note.contains("the bindings know no cookies") && !note.contains('{'), "{note}");
    assert_eq!(note.lines().count(), 1);
    assert!(changes.iter().all(|change| change.rust == Verdict::Unknown));
    // And where there were some before, the line is that of a change.
    let (changes, note) = told_of("doors", false, PLAIN, &cookie);
    assert_eq!(note, None);
    let ends = changes.iter().find(|change| change.what.starts_with("no bindings can be made any more")).unwrap();
    assert!(ends.what.lines().count() == 1 && ends.what.len() < 300, "{}", ends.what);
}

#[test]
fn a_type_that_openapi_does_not_have_ends_the_comparison_in_one_line() {
    for (schema, said) in [
        ("{type: int}", "`type` is \"int\""),
        ("{type: object, properties: {a: {type: array, items: {type: str}}}}", "`type` is \"str\""),
        ("{allOf: [{type: 'null'}]}", "`type` is \"null\""),
        ("{type: [string, 'null']}", "lists of types are of OpenAPI 3.1"),
        ("{type: object, additionalProperties: {type: file}}", "`type` is \"file\""),
    ] {
        let text = PLAIN.replace("{type: string, x-order: 1}", schema);
        let why = check(&document("doors.yaml", &text)).unwrap_err().to_string();
        assert!(why.contains(said) && why.starts_with("doors.yaml:22:") && why.lines().count() == 1, "{why}");
    }
    // Names, examples and data are no types.
    let names = "{type: object, properties: {type: {type: string}}, example: {type: int}, enum: [{type: int}], default: {type: int}}";
    check(&document("doors.yaml", &PLAIN.replace("{type: string, x-order: 1}", names))).unwrap();
}

#[test]
fn a_panic_of_the_generator_is_a_reason() {
    let done = unloc_codegen::quietly(|| panic!("a panic that nobody shall see"));
    assert!(done.is_err());
    // A reference into a component is one that the generator does not follow.
    let into = PLAIN.replace("x-color: {type: string}", "twin: {$ref: '#/components/schemas/Door/properties/id'}");
    let (changes, note) = told_of("doors", false, &into, &into);
    assert!(changes.is_empty());
    assert_eq!(note.unwrap().lines().count(), 1);
}
