//! Tests each tolerance.
#![allow(clippy::unwrap_used, reason = "in a test, a panic is the failure")]

use std::path::Path;

mod changes;

use changes::{Change, changes};
use serde_json::Value;
use unloc_codegen::prepare::{Marks, RULES, Reader, prepare};
use unloc_spec::Document;

/// Holds a spec after all rules, and what each rule changed.
struct Prepared {
    spec: Value,
    marks: Marks,
    changes: Vec<Change>,
}

/// Prepares a spec with one operation whose request is `Request` and whose response is `Response`.
fn prepared(schemas: &str) -> Prepared {
    let text = format!(
        "
openapi: 3.0.3
paths:
  /a/:
    post:
      operationId: a
      requestBody: {{content: {{application/json: {{schema: {{$ref: '#/components/schemas/Request'}}}}}}}}
      responses:
        '201': {{content: {{application/json: {{schema: {{$ref: '#/components/schemas/Response'}}}}}}}}
        '204': {{description: nothing}}
        '400': {{description: bad}}
components:
  schemas:
{schemas}
"
    );
    let before = Document::parse(Path::new("spec.yaml"), &text).unwrap().value;
    let done = prepare(RULES, &before, "crate::types");
    Prepared { spec: done.spec, marks: done.marks, changes: changes(&before) }
}

fn property<'a>(prepared: &'a Prepared, schema: &str, name: &str) -> &'a Value {
    prepared.spec.pointer(&format!("/components/schemas/{schema}/properties/{name}")).unwrap()
}

/// Returns the changes that a rule makes.
fn announced(prepared: &Prepared, rule: &str) -> Vec<String> {
    let made = prepared.changes.iter().filter(|change| change.rule == rule);
    made.map(|Change { schema, property, before, after, .. }| format!("{schema}.{property}: {before} -> {after}"))
        .collect()
}

const EMPTY: &str = "    Request: {type: object}\n    Response: {type: object}\n";

#[test]
fn every_rule_has_a_unique_name_and_a_reason() {
    let mut names: Vec<_> = RULES.iter().map(|rule| rule.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), RULES.len());
    assert!(RULES.iter().all(|rule| rule.reason.ends_with('.') && rule.reason.len() > 60));
}

#[test]
fn the_readme_of_the_specs_lists_every_rule() {
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../openapi/README.md")).unwrap();
    for rule in RULES {
        assert!(readme.contains(&format!("| `{}` |", rule.name)), "openapi/README.md does not list `{}`", rule.name);
    }
}

#[test]
fn drops_errors_and_keeps_the_success_with_content() {
    let prepared = prepared(&format!("{EMPTY}    Mishap: {{type: object, properties: {{error: {{type: string}}}}}}\n"));
    let responses = prepared.spec.pointer("/paths/~1a~1/post/responses").unwrap().as_object().unwrap();
    assert_eq!(responses.keys().collect::<Vec<_>>(), ["200"]);
    assert!(responses["200"].get("content").is_some());
    // A schema that only errors use is dropped.
    assert_eq!(announced(&prepared, "errors-stay-raw"), ["Mishap.error: string, optional -> absent"]);
}

#[test]
fn marks_envelopes_and_whether_they_are_required() {
    let prepared = prepared(
        "    Request: {type: object}
    Response: {type: object, x-envelope: key, properties: {key: {$ref: '#/components/schemas/Other'}}}
    Other: {type: object, x-envelope: key, required: [key], properties: {key: {type: string}}}
",
    );
    assert!(!prepared.marks.envelopes["Response"].required && prepared.marks.envelopes["Other"].required);
    assert_eq!(prepared.marks.envelopes["Response"].property, "key");
}

#[test]
fn marks_aliases_and_loose_scalars_in_responses() {
    let prepared = prepared(
        "    Request: {type: object}
    Response:
      type: object
      properties:
        holders: {type: array, items: {type: string}, x-aliases: [old-holders]}
        share: {type: boolean, x-tolerate: [string]}
        code: {type: string, x-tolerate: [number]}
        count: {type: integer, format: int32, x-tolerate: [string]}
        scope: {type: array, items: {type: string}, x-tolerate: [string]}
        any: {type: integer, format: int64, x-tolerate: [string, any]}
        any32: {type: integer, format: int32, x-tolerate: [string, any]}
        word: {type: string, x-tolerate: [number, any]}
        can: {type: boolean, x-tolerate: [string, any]}
        words: {type: array, items: {type: string}, x-tolerate: [string, any]}
",
    );
    let key = |name: &str| ("Response".to_owned(), name.to_owned());
    assert_eq!(prepared.marks.aliases[&key("holders")], ["old-holders"]);
    let reader = |name: &str| prepared.marks.lenient[&key(name)].path();
    assert_eq!(["share", "code", "count", "scope"].map(reader), ["boolean", "text", "integer32", "list"]);
    // With `any`, every other value is read as absent.
    let readers = ["any", "any32", "word", "can", "words"].map(reader);
    let optional = ["integer", "integer32", "text", "boolean", "list"].map(|name| format!("optional::{name}"));
    assert_eq!(readers, optional);
}

#[test]
fn replaces_nullable_properties_of_requests_with_nullable() {
    let prepared = prepared(
        "    Request:
      type: object
      properties:
        end: {type: string, format: date-time, nullable: true, description: The end.}
        skip: {type: boolean, nullable: true}
        where: {allOf: [{$ref: '#/components/schemas/Place'}], nullable: true}
    Place: {type: object, properties: {street: {type: string}}}
    Response: {type: object, properties: {end: {type: string, format: date-time, nullable: true}}}
",
    );
    assert_eq!(
        prepared.marks.replaced["NullableDateTime"],
        "crate::model::Nullable<::chrono::DateTime<::chrono::Utc>>"
    );
    assert_eq!(prepared.marks.replaced["NullableBoolean"], "crate::model::Nullable<bool>");
    assert_eq!(prepared.marks.replaced["NullablePlace"], "crate::model::Nullable<crate::types::Place>");
    assert_eq!(property(&prepared, "Request", "end")["description"], "The end.");
    assert!(property(&prepared, "Response", "end").get("allOf").is_none(), "responses keep their Option");
    assert!(announced(&prepared, "null-or-absent").is_empty(), "the JSON type is the same");
}

#[test]
fn opens_enums_and_keeps_values_and_descriptions() {
    let prepared = prepared(
        "    Request: {type: object}
    Response: {type: object, required: [state], properties: {state: {$ref: '#/components/schemas/State'}}}
    State:
      type: string
      description: How it is.
      enum: [on, off]
      x-case-insensitive: true
      x-enum-descriptions: {on: It is on., off: It is off.}
",
    );
    let state = &prepared.marks.enums["State"];
    assert_eq!(state.values[1], ("off".to_owned(), "It is off.".to_owned()));
    assert!(state.case_insensitive && state.description == "How it is.");
    assert_eq!(announced(&prepared, "open-enum"), ["Response.state: enum -> string"]);
}

#[test]
fn replaces_sensitive_strings_with_redacting_types() {
    let prepared = prepared(
        "    Request: {type: object}
    Response:
      type: object
      properties:
        phone: {$ref: '#/components/schemas/Phone'}
        password: {$ref: '#/components/schemas/Password'}
        cursor: {$ref: '#/components/schemas/Cursor'}
    Phone: {type: string, x-sensitive: phone-number}
    Password: {type: string, x-sensitive: secret}
    Cursor: {type: string, x-sensitive: cursor}
",
    );
    let replaced: Vec<_> = prepared.marks.replaced.values().collect();
    assert_eq!(replaced, ["crate::model::Cursor", "crate::model::Secret", "crate::model::PhoneNumber"]);
}

#[test]
fn gives_a_named_string_a_type_of_its_own() {
    let prepared = prepared(
        "    Request: {type: object, properties: {id: {$ref: '#/components/schemas/DoorId'}}}
    Response:
      type: object
      properties:
        old: {$ref: '#/components/schemas/OldId'}
        state: {$ref: '#/components/schemas/State'}
        password: {$ref: '#/components/schemas/Password'}
        day: {$ref: '#/components/schemas/Day'}
        perhaps: {$ref: '#/components/schemas/Perhaps'}
        count: {$ref: '#/components/schemas/Count'}
    DoorId: {type: string, description: The id of a door.}
    OldId: {type: string, format: uuid}
    State: {type: string, enum: [open]}
    Password: {type: string, x-sensitive: secret}
    Day: {type: string, format: date}
    Perhaps: {type: string, nullable: true}
    Count: {type: integer}
",
    );
    let texts = prepared.marks.texts.iter().map(|(name, description)| (name.as_str(), description.as_str()));
    assert_eq!(texts.collect::<Vec<_>>(), [("DoorId", "The id of a door."), ("OldId", "")]);
}

#[test]
fn keeps_formats_of_dates_and_times_only() {
    let prepared = prepared(
        "    Request: {type: object}
    Response:
      type: object
      required: [id, at]
      properties: {id: {type: string, format: uuid}, at: {type: string, format: date-time}}
",
    );
    assert_eq!(announced(&prepared, "plain-format"), ["Response.id: string(uuid) -> string"]);
}

#[test]
fn removes_limits_and_marks_lengths_for_setters() {
    let prepared = prepared(
        "    Request:
      type: object
      properties:
        name: {type: string, minLength: 4, pattern: '^a'}
        pattern: {type: string}
        count: {type: integer, minimum: 1}
    Response: {type: object, properties: {name: {type: string, minLength: 4, maxLength: 9}}}
",
    );
    let name = property(&prepared, "Request", "name");
    assert!(name.get("minLength").is_none() && name.get("pattern").is_none());
    let lengths: Vec<_> = prepared.marks.lengths.iter().collect();
    assert_eq!(lengths, [(&("Request".to_owned(), "name".to_owned()), &(4, u64::MAX))], "not those of responses");
    assert!(property(&prepared, "Request", "count").get("minimum").is_none());
    assert!(property(&prepared, "Request", "pattern").is_object(), "a property may have a keyword's name");
    assert!(property(&prepared, "Response", "name").get("minLength").is_none());
}

#[test]
fn removes_defaults() {
    let prepared = prepared(
        "    Request: {type: object, properties: {default: {type: boolean, default: true}}}
    Response: {type: object}
",
    );
    assert_eq!(property(&prepared, "Request", "default").get("default"), None);
}

#[test]
fn reads_null_as_an_empty_list_or_map_in_responses() {
    let prepared = prepared(
        "    Request: {type: object}
    Response:
      type: object
      required: [list]
      properties:
        list: {type: array, nullable: true, items: {type: string}}
        map: {type: object, additionalProperties: {type: string}}
",
    );
    assert_eq!(prepared.marks.lenient.values().collect::<Vec<_>>(), [&Reader::NullIsEmpty; 2]);
    assert_eq!(announced(&prepared, "null-list"), ["Response.list: [string]|null -> [string]"]);
}

#[test]
fn allows_missing_nullable_and_null_optional_properties_in_responses() {
    let prepared = prepared(
        "    Request: {type: object, properties: {both: {type: string}}}
    Response:
      type: object
      required: [end, id]
      properties: {end: {type: string, nullable: true}, id: {type: string}, name: {type: string}}
",
    );
    assert_eq!(announced(&prepared, "missing-nullable"), ["Response.end: string|null -> string|null, optional"]);
    assert_eq!(
        announced(&prepared, "null-for-optional"),
        [
            "Request.both: string, optional -> string|null, optional",
            "Response.name: string, optional -> string|null, optional"
        ]
    );
}

#[test]
fn marks_times_of_requests_and_not_those_of_responses() {
    let prepared = prepared(
        "    Request:
      type: object
      required: [from]
      properties:
        from: {type: string, format: date-time}
        until: {type: string, format: date-time, nullable: true}
        pauses: {type: array, items: {type: string, format: date-time}}
        day: {type: string, format: date}
        within: {$ref: '#/components/schemas/Span'}
    Span: {type: object, properties: {until: {type: string, format: date-time}}}
    Response: {type: object, properties: {created: {type: string, format: date-time}}}
",
    );
    let marked: Vec<_> = prepared.marks.times.iter().map(|(schema, name)| format!("{schema}.{name}")).collect();
    assert_eq!(marked, ["Request.from", "Request.pauses", "Request.until", "Span.until"]);
    assert!(announced(&prepared, "whole-milliseconds").is_empty(), "no type changes");
}

#[test]
fn treats_null_as_the_only_alternative_like_the_flag_nullable() {
    for place in [
        "allOf: [{$ref: '#/components/schemas/Place'}], nullable: true",
        "anyOf: [{$ref: '#/components/schemas/Place'}, {type: string, nullable: true, enum: [null]}]",
        "oneOf: [{type: object, nullable: true, enum: [null]}, {$ref: '#/components/schemas/Place'}]",
    ] {
        let prepared = prepared(&format!(
            "    Request: {{type: object, properties: {{where: {{{place}, description: Where.}}}}}}
    Place: {{type: object, properties: {{street: {{type: string}}}}}}
    Response: {{type: object, properties: {{where: {{{place}}}}}}}
"
        ));
        assert_eq!(prepared.marks.replaced["NullablePlace"], "crate::model::Nullable<crate::types::Place>", "{place}");
        assert_eq!(property(&prepared, "Request", "where")["description"], "Where.", "{place}");
        let response = property(&prepared, "Response", "where");
        assert_eq!(
            (&response["nullable"], response.get("anyOf"), response.get("oneOf")),
            (&true.into(), None, None),
            "{place}"
        );
    }
    // Null among other values, or among several alternatives, is left alone.
    for place in [
        "anyOf: [{$ref: '#/components/schemas/Place'}, {type: string, nullable: true, enum: [nowhere, null]}]",
        "anyOf: [{$ref: '#/components/schemas/Place'}, {type: string}, {type: string, nullable: true, enum: [null]}]",
    ] {
        let prepared = prepared(&format!(
            "    Request: {{type: object}}
    Place: {{type: object, properties: {{street: {{type: string}}}}}}
    Response: {{type: object, required: [where], properties: {{where: {{{place}}}}}}}
"
        ));
        let response = property(&prepared, "Response", "where");
        assert!(response.get("anyOf").is_some() && response.get("nullable").is_none(), "{place}");
    }
}
