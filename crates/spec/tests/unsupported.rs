//! Tests that each construct that cannot be bound is found at its line, and that the specs of this repository have
//! none.
#![allow(clippy::unwrap_used, reason = "in a test, a panic is the failure")]

use std::path::Path;

use unloc_spec::{Document, UNSUPPORTED, unsupported_in};

/// Is a spec that can be bound, with parameters, bodies and schemas of all kinds.
const SOUND: &str = "\
openapi: 3.0.3
paths:
  /doors/{door}:
    parameters:
      - {name: door, in: path, required: true, schema: {type: string}}
      - name: list
        in: query
        schema: {type: array, nullable: true, items: {type: string}}
      - name: X-Trace
        in: header
        schema: {type: string}
    post:
      operationId: setDoor
      requestBody:
        required: true
        content:
          application/json: {schema: {$ref: '#/components/schemas/Door'}}
      responses:
        '204': {description: Done.}
    head:
      responses:
        '200': {description: It is there.}
components:
  schemas:
    Door:
      type: object
      properties:
        name: {type: string}
        state: {$ref: '#/components/schemas/State'}
    State:
      type: string
      enum:
        - open
        - shut
";

/// Lists edits: the old text, the new text, and the part of the message that names the construct. The mistake is in the
/// line that ends with `#!`.
const MISTAKES: [(&str, &str, &str); 38] = [
    ("      - name: list\n        in: query", "      - in: query #!", "a parameter whose name is not a string"),
    ("        in: query", "        in: cookie #!", "a cookie parameter"),
    ("        in: query", "        in: query\n        style: pipeDelimited #!", "a `style` other than"),
    ("        in: header", "        in: header\n        style: form #!", "a `style` other than"),
    ("        in: query", "        in: query\n        explode: false #!", "`explode: false`"),
    ("        in: query", "        in: query\n        allowReserved: true #!", "`allowReserved: true`"),
    (
        "        schema: {type: array, nullable: true, items: {type: string}}",
        "        content: {application/json: {schema: {type: string}}} #!",
        "a parameter with `content`",
    ),
    (
        "      - name: X-Trace\n        in: header\n        schema: {type: string}",
        "      - name: X-Trace #!\n        in: header",
        "a parameter without `schema`",
    ),
    ("items: {type: string}}", "items: {type: object}} #!", "neither a scalar nor"),
    ("items: {type: string}}", "items: {type: array, items: {type: string}}} #!", "neither a scalar nor"),
    (
        "in: header\n        schema: {type: string}",
        "in: header\n        schema: {type: array, items: {type: string}} #!",
        "neither a scalar nor",
    ),
    (
        "in: header\n        schema: {type: string}",
        "in: header\n        schema: {type: string, nullable: true} #!",
        "a nullable parameter",
    ),
    ("in: path, required: true, schema: {type: string}}", "in: path, schema: {type: string}} #!", "a path parameter"),
    ("required: true, schema: {type: string}}", "required: false, schema: {type: string}} #!", "a path parameter"),
    ("X-Trace", "X Trace #!", "with an invalid name"),
    ("X-Trace", "Größe #!", "with an invalid name"),
    ("X-Trace", "Content-Length #!", "sets itself"),
    ("X-Trace", "user-agent #!", "sets itself"),
    (
        "in: header\n        schema: {type: string}",
        "in: header\n        schema: {type: string, x-sensitive: secret} #!",
        "a sensitive header",
    ),
    ("      requestBody:\n        required: true", "      requestBody: #!", "a request body that is not"),
    ("        required: true\n", "        required: false #!\n", "a request body that is not"),
    (
        "          application/json: {schema: {$ref: '#/components/schemas/Door'}}",
        "          application/json:\n            encoding: {name: {}} #!\n            \
         schema: {$ref: '#/components/schemas/Door'}",
        "`encoding`",
    ),
    ("    post:", "    servers: [{url: /v2}] #!\n    post:", "`servers`"),
    ("    post:", "    post:\n      servers: [{url: /v2}] #!", "`servers`"),
    ("    head:", "    options: #!", "OPTIONS or TRACE"),
    (
        "        '200': {description: It is there.}",
        "        '200':\n          description: It is there.\n          \
         content: {application/json: {schema: {$ref: '#/components/schemas/Door'}}} #!",
        "a response to HEAD",
    ),
    ("  /doors/{door}:", "  /doors/{door}/a#b: #!", "characters that a URL cannot have"),
    ("  /doors/{door}:", "  /doors/../{door}: #!", "characters that a URL cannot have"),
    ("    post:", "    $ref: '#/paths/~1gates' #!\n    post:", "a path that is a reference"),
    ("application/json: {schema", "text/plain: #!\n            {schema", "a body that is not JSON"),
    ("{schema: {$ref: '#/components/schemas/Door'}}", "{schema: {type: object}} #!", "a body without a name"),
    ("{schema: {$ref: '#/components/schemas/Door'}}", "{} #!", "a body without a name"),
    ("name: {type: string}", "name: {type: string, enum: [a]} #!", "an enum without a name"),
    ("name: {type: string}", "name: {type: array, items: {type: string, enum: [a]}} #!", "an enum without a name"),
    ("name: {type: string}", "name: {type: object, properties: {}} #!", "an object without a name"),
    ("        - shut", "        - 7 #!", "an enum value that is not a string"),
    (
        "      type: string\n      enum:\n        - open\n        - shut",
        "      type: integer\n      enum:\n        - 7 #!",
        "an enum value that is not a string",
    ),
    ("name: {type: string}", "name: {$ref: '#/components/schemas/Door/properties/state'} #!", "not a component schema"),
];

fn found(text: &str) -> Vec<(usize, String)> {
    let document = Document::parse(Path::new("doors.yaml"), text).unwrap();
    let flaws = unsupported_in(&document);
    flaws.into_iter().map(|flaw| (document.position(&flaw.pointer).unwrap().line, flaw.message)).collect()
}

#[test]
fn finds_each_construct_once_and_at_its_line() {
    assert_eq!(found(SOUND), []);
    for (old, new, what) in MISTAKES {
        assert_eq!(SOUND.matches(old).count(), 1, "{old:?}");
        let text = SOUND.replacen(old, new, 1);
        let line = text.lines().position(|line| line.ends_with("#!")).unwrap() + 1;
        let found = found(&text);
        assert!(
            matches!(found.as_slice(), [(at, message)] if *at == line && message.contains(what)),
            "{new}: {found:?}"
        );
    }
}

#[test]
fn every_construct_of_the_table_is_tested() {
    for one in UNSUPPORTED {
        assert!(MISTAKES.iter().any(|(.., what)| one.what.contains(what)), "{}", one.what);
        assert!(!one.reason.is_empty() && !one.help.is_empty(), "{}", one.what);
    }
}

#[test]
fn checks_components_that_no_operation_uses() {
    let unused = "components:\n  parameters:\n    Crumb:\n      name: crumb\n      in: cookie #!\n      \
                  schema: {type: string}\n";
    let text = SOUND.replacen("components:\n", unused, 1);
    let line = text.lines().position(|line| line.ends_with("#!")).unwrap() + 1;
    assert_eq!(found(&text).iter().map(|(at, _)| *at).collect::<Vec<_>>(), [line]);
}

#[test]
fn our_own_specs_have_none() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../openapi");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut specs = 0;
    for file in files.filter(|file| file.extension().is_some_and(|end| end == "yaml")) {
        let document = Document::read(&file).unwrap();
        specs += usize::from(document.value.get("openapi").is_some());
        assert_eq!(unsupported_in(&document), [], "{}", file.display());
    }
    assert!(specs > 0);
}
