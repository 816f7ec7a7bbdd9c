//! Tests requests, responses and servers.

use super::{DOOR, OK, of, spec, with_schemas};
use crate::found;

#[test]
fn named_successes_have_one_schema_and_default_is_none_of_them() {
    let body = |name: &str| {
        format!(
            "{{description: d, content: {{application/json: {{schema: {{$ref: '#/components/schemas/{name}'}}}}}}}}"
        )
    };
    let schemas = format!(
        "schemas:\n  {DOOR}\n  Other: {{type: object, description: d, properties: {{a: {{type: string, description: d}}}}}}"
    );
    let empty = "{description: d}".to_owned();
    let (door, other) = (body("Door"), body("Other"));
    for (responses, is_wrong) in [
        ([("'200'", &door), ("default", &other)], false),
        ([("2XX", &door), ("default", &other)], false),
        ([("'204'", &empty), ("default", &other)], false),
        ([("'201'", &door), ("default", &empty)], false),
        ([("'404'", &other), ("default", &door)], false),
        ([("'200'", &door), ("'202'", &other)], true),
        ([("'200'", &door), ("2XX", &other)], true),
        ([("'200'", &door), ("'204'", &empty)], true),
    ] {
        let responses: String = responses.iter().map(|(status, body)| format!("{status}: {body}\n")).collect();
        let found = of(&["single-success-type"], &spec(&responses, "", &schemas));
        assert_eq!(found.len(), usize::from(is_wrong), "{responses}: {found:?}");
    }
}

#[test]
fn a_request_example_needs_no_read_only_property_wherever_the_flag_is() {
    let body = |example: &str| {
        format!(
            "requestBody: {{content: {{application/json: {{schema: {{$ref: '#/components/schemas/New'}}, example: {example}}}}}}}"
        )
    };
    let stamp = "Stamp: {type: string, description: d, readOnly: true}\nText: {type: string, description: d}\n";
    for (new, is_wrong) in [
        (
            "{type: object, description: d, required: [id, made], properties: {id: {type: string, description: d}, made: {$ref: '#/components/schemas/Stamp'}}}",
            false,
        ),
        (
            "{description: d, allOf: [{type: object, properties: {id: {type: string, description: d}, made: {description: d, allOf: [{$ref: '#/components/schemas/Stamp'}]}}}, {required: [made]}]}",
            false,
        ),
        (
            "{description: d, required: [made], allOf: [{type: object, properties: {id: {type: string, description: d}, made: {type: string, description: d, readOnly: true}}}]}",
            false,
        ),
        (
            "{type: object, description: d, required: [id, made], properties: {id: {type: string, description: d}, made: {$ref: '#/components/schemas/Text'}}}",
            true,
        ),
        (
            "{description: d, allOf: [{type: object, properties: {id: {type: string, description: d}, made: {$ref: '#/components/schemas/Text'}}}, {required: [made]}]}",
            true,
        ),
        (
            "{type: object, description: d, required: [made], properties: {id: {type: string, description: d}, made: {type: string, description: d, writeOnly: true}}}",
            true,
        ),
    ] {
        let components = format!("schemas:\n  {DOOR}\n  {}  New: {new}", stamp.replace("\nText", "\n  Text"));
        let found = of(&["example-valid"], &spec(OK, &body("{id: a}"), &components));
        assert_eq!(found.len(), usize::from(is_wrong), "{new}: {found:?}");
    }
}

#[test]
fn messages_name_the_conflicting_keys_and_places() {
    let neither = spec(OK, "parameters: [{name: a, in: query, description: d}]", &format!("schemas:\n  {DOOR}"));
    assert!(of(&["parameter-schema-xor-content"], &neither)[0].contains("neither `schema` nor `content`"));
    let both = neither.replace(
        "description: d}]",
        "description: d, schema: {type: string}, content: {text/plain: {schema: {type: string}}}}]",
    );
    assert!(
        of(&["parameter-schema-xor-content"], &both)[0].contains("both"),
        "{:?}",
        of(&["parameter-schema-xor-content"], &both)
    );
    let twice = with_schemas("Held: {type: string, description: d, enum: [a, b, a]}");
    assert!(of(&["enum-unique"], &twice)[0].contains("the first one is at "), "{:?}", of(&["enum-unique"], &twice));
    let comments = found("{\n  // Doors\n  \"openapi\": \"3.0.3\" /* yes */\n}\n");
    assert_eq!(comments.len(), 1, "{comments:?}");
    assert!(comments[0].message.contains("comments") && comments[0].at.line == 2, "{comments:?}");
    for operation in [
        "parameters: [{$ref: 'other.yaml#/P'}]",
        "requestBody: {$ref: 'other.yaml#/P'}",
        "parameters: [{name: a, in: query, description: d, schema: {$ref: 'other.yaml#/P'}}]",
    ] {
        let found = found(&spec(OK, operation, &format!("schemas:\n  {DOOR}")));
        let about: Vec<_> = found.iter().filter(|finding| finding.rule != "error-response").collect();
        assert_eq!(about.len(), 1, "{operation}: {about:?}");
    }
}

#[test]
fn a_server_without_tls_is_reported_if_the_api_has_secrets() {
    let is_reported = |components: &str| {
        let text = format!(
            "openapi: 3.0.3\ninfo: {{title: Doors, version: '1'}}\nservers: [{{url: 'http://doors.example.com/v1'}}]\n\
             paths: {{}}\n{components}"
        );
        let findings = found(&text);
        findings.iter().any(|finding| finding.rule == "server-https")
    };
    for open in ["", "components: {schemas: {Door: {type: object}}}\n", "components: {securitySchemes: {}}\n"] {
        assert!(!is_reported(open), "{open}");
    }
    for scheme in ["{type: http, scheme: basic}", "{type: apiKey, in: query, name: key}"] {
        assert!(is_reported(&format!("components: {{securitySchemes: {{door: {scheme}}}}}\n")), "{scheme}");
    }
    // A token endpoint requires no token itself, but takes a password.
    assert!(is_reported("components: {schemas: {Code: {type: string, format: password}}}\n"));
}
