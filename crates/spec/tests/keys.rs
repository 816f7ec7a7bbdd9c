//! Tests the table of `x-` keys, and that `openapi/README.md` has the same one.
#![allow(clippy::unwrap_used, reason = "in a test, a panic is the failure")]

use std::path::{Path, PathBuf};

use unloc_spec::keys::{self, KEYS};
use unloc_spec::{Document, Operation};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

#[test]
fn the_readme_has_the_same_table() {
    let page = std::fs::read_to_string(root().join("openapi/README.md")).unwrap();
    let rows: Vec<_> = page.lines().filter(|line| line.starts_with("| `x-")).collect();
    let expected: Vec<_> = KEYS
        .iter()
        .map(|key| {
            let places: Vec<_> = key.places.iter().map(|place| place.name()).collect();
            format!("| `{}` | {} | {} | {} |", key.name, places.join(", "), key.values.described(), key.meaning)
        })
        .collect();
    assert_eq!(rows, expected, "the table of openapi/README.md should be:\n{}", expected.join("\n"));
}

/// Tests that code uses the constants of the table and not the names of keys. Tests may write YAML with these.
#[test]
fn names_of_keys_are_literals_only_in_the_table() {
    let is_test = |file: &Path| {
        let name = file.to_string_lossy();
        ["/tests.rs", "/tests/", "/spec/src/keys.rs"].iter().any(|part| name.contains(part))
    };
    let mut folders =
        ["crates/spec/src", "crates/codegen/src", "tools", "src"].map(|folder| root().join(folder)).to_vec();
    let (mut files, mut found) = (0, Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let file = entry.unwrap().path();
            if file.is_dir() {
                folders.push(file);
                continue;
            }
            if file.extension().is_none_or(|extension| extension != "rs") || is_test(&file) {
                continue;
            }
            files += 1;
            let text = std::fs::read_to_string(&file).unwrap();
            let code = text.split("#[cfg(test)]").next().unwrap_or_default();
            let names = KEYS.iter().map(|key| format!("\"{}\"", key.name)).filter(|name| code.contains(name));
            found.extend(names.map(|name| format!("{}: {name}", file.display())));
        }
    }
    assert!(files > 150, "{files}");
    assert!(found.is_empty(), "{found:#?}");
}

const SOUND: &str = "\
openapi: 3.0.3
info: {title: Doors, version: '1'}
servers: [{url: https://example.com/v1, x-environment: production}]
paths:
  /doors/{doorId}:
    get:
      operationId: getDoor
      x-rust-name: read_door
      x-idempotent: true
      parameters:
        - {name: doorId, in: path, required: true, x-rust-name: id, schema: {type: string}}
      responses:
        '200':
          description: It.
          content: {application/json: {schema: {$ref: '#/components/schemas/Door'}}}
components:
  schemas:
    Door:
      type: object
      properties:
        x-colour: {type: string, x-tolerate: [number, any]}
";

/// Returns the errors of a spec with one edit.
fn errors(from: &str, to: &str) -> Vec<String> {
    let text = SOUND.replace(from, to);
    assert!(from.is_empty() || text != SOUND, "{from}");
    let document = Document::parse(Path::new("doors.yaml"), &text).unwrap();
    let flaws = keys::check(&document);
    let errors = flaws.into_iter().map(|flaw| document.error(&flaw.pointer, flaw.message).helped(flaw.help));
    errors.map(|error| error.to_string()).collect()
}

#[test]
fn reports_invalid_and_misplaced_keys_with_their_place() {
    let sound = Document::parse(Path::new("doors.yaml"), SOUND).unwrap();
    let door = Operation::all(&sound).unwrap().remove(0);
    assert_eq!(door.rust_name.as_deref(), Some("read_door"));
    assert_eq!(door.parameters[0].rust_name.as_deref(), Some("id"));
    let rust_name = "x-rust-name must be a Rust identifier in snake or camel case";
    for (from, to, place, reason) in [
        ("read_door", "readDoor", "", ""),
        ("read_door", "read2", "", ""),
        ("read_door", "read-door", "8:7", rust_name),
        ("read_door", "ReadDoor", "8:7", rust_name),
        ("read_door", "read_Door", "8:7", rust_name),
        ("read_door", "read__door", "8:7", rust_name),
        ("read_door", "_door", "8:7", rust_name),
        ("read_door", "2doors", "8:7", rust_name),
        ("read_door", "[door]", "8:7", rust_name),
        ("read_door", "''", "8:7", rust_name),
        ("read_door", "move", "8:7", "x-rust-name must not be the keyword `move`"),
        ("x-rust-name: id", "x-rust-name: i d", "11:52", rust_name),
        ("[number, any]}", "[number, any], x-rust-name: colour}", "", ""),
        ("[number, any]}", "[number, any], x-rust-name: x-colour}", "21:61", rust_name),
        (
            "    Door:\n",
            "    Door:\n      x-rust-name: gate\n",
            "19:7",
            "the extension `x-rust-name` is not allowed here",
        ),
        ("x-idempotent: true", "x-idempotent: 'yes'", "9:7", "x-idempotent must be `true` or `false`"),
        ("x-idempotent: true", "x-repeatable: true", "9:7", "unknown extension `x-repeatable`; remove it"),
        ("x-idempotent: true", "x-idempotant: true", "9:7", "did you mean `x-idempotent`?"),
        (
            "x-idempotent: true",
            "x-echoes: name",
            "9:7",
            "the extension `x-echoes` is not allowed here; it is allowed at a property",
        ),
        (
            "x-idempotent: true",
            "x-evidence: maybe",
            "9:7",
            "x-evidence must be one of `documented`, `observed`, `inferred`, not `maybe`",
        ),
        ("x-idempotent: true", "x-lint-allow: {description: ''}", "9:22", "`description` has no reason"),
        ("'200':", "'200':\n          x-note: new", "14:11", "unknown extension `x-note`"),
        (
            "'200':",
            "x-note: new\n        default: {description: no}\n        '200':",
            "13:9",
            "unknown extension `x-note`",
        ),
        ("'200':", "default: {description: no, x-note: new}\n        '200':", "13:36", "unknown extension `x-note`"),
        ("info: {", "x-note: new\ninfo: {", "2:1", "these extensions are allowed here: x-clients"),
        ("[number, any]", "[any]", "21:34", "x-tolerate must be `[number]` or `[number, any]` for this type"),
        ("properties:\n", "required: [x-colour]\n      properties:\n", "22:34", "`any` is for an optional property"),
    ] {
        let found = errors(from, to);
        if place.is_empty() {
            assert!(found.is_empty(), "{to}: {found:?}");
        } else {
            let begins = format!("doors.yaml:{place}: ");
            assert!(found.len() == 1 && found[0].starts_with(&begins) && found[0].contains(reason), "{to}: {found:?}");
        }
    }
}

#[test]
fn ignores_names_and_data_that_look_like_keys() {
    assert!(errors("x-colour: {type: string", "x-tolerate: {type: string").is_empty());
    assert!(errors("  schemas:\n", "  headers: {x-trace: {schema: {type: string}}}\n  schemas:\n").is_empty());
    assert!(errors("type: string, x-tolerate", "type: string, example: {x-a: 1}, x-tolerate").is_empty());
}

#[test]
fn refuses_properties_next_to_an_envelope_that_would_be_lost() {
    for (properties, lost) in [
        ("door: {type: string}", None),
        ("door: {type: array, items: {type: string}}, next: {$ref: '#/components/schemas/Cursor'}", None),
        ("door: {type: string}, next: {$ref: '#/components/schemas/Cursor'}", Some("next")),
        ("door: {type: array, items: {type: string}}, next: {type: string}", Some("next")),
        (
            "after: {$ref: '#/components/schemas/Cursor'}, door: {type: array, items: {type: string}}, count: {type: integer}",
            Some("count"),
        ),
    ] {
        let to = format!(
            "    Cursor: {{type: string, x-sensitive: cursor}}\n    Door:\n      type: object\n      x-envelope: door\n      \
             properties: {{{properties}}}\n    Other:\n"
        );
        let found = errors("    Door:\n", &to);
        match lost {
            None => assert!(found.is_empty(), "{properties}: {found:?}"),
            Some(name) => {
                let begins = format!("doors.yaml:21:7: x-envelope: `{name}` next to `door` would be lost");
                assert!(found.len() == 1 && found[0].starts_with(&begins), "{properties}: {found:?}");
            }
        }
    }
}

#[test]
fn checks_the_filters_without_which_everything_is_meant() {
    let to = |filter: &str| {
        format!(
            "x-required-filter: {filter}\n      parameters:\n        - {{name: colour, in: query, schema: {{type: string}}}}\n        \
             - {{name: size, in: query, required: true, schema: {{type: string}}}}"
        )
    };
    let from = "x-idempotent: true\n      parameters:";
    let sound = SOUND.replace(from, &to("{parameters: [colour], all: allDoors}"));
    let door = Operation::all(&Document::parse(Path::new("doors.yaml"), &sound).unwrap()).unwrap().remove(0);
    let filter = door.required_filter.unwrap();
    assert_eq!((filter.parameters, filter.all), (vec!["colour".to_owned()], "allDoors".to_owned()));
    for (filter, reason) in [
        ("{parameters: [color], all: allDoors}", "has no query parameter `color`"),
        ("{parameters: [doorId], all: allDoors}", "has no query parameter `doorId`"),
        ("{parameters: [size], all: allDoors}", "the query parameter `size` must be optional"),
        ("{parameters: [colour, colour], all: allDoors}", "`colour` is named twice"),
        ("{parameters: [colour], all: all doors}", "`all` must be a Rust identifier"),
        ("{parameters: [colour], all: doorId}", "has a parameter `doorId` already"),
        ("{parameters: [colour], all: allDoors, some: a}", "unknown key `some`"),
        ("{parameters: [], all: allDoors}", "must have `parameters`"),
        ("{parameters: [1], all: allDoors}", "must have `parameters`"),
        ("{parameters: [colour]}", "must have `parameters`"),
        ("colour", "must have `parameters`"),
    ] {
        let found = errors(from, &to(filter));
        assert!(found.len() == 1 && found[0].contains(reason), "{filter}: {found:?}");
    }
}
