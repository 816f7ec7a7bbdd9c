//! Tests that only this crate reads specs: no other source walks paths, follows references or parses path templates.
#![allow(clippy::unwrap_used, reason = "in a test, a panic is the failure")]

use std::fs;
use std::path::{Path, PathBuf};

/// Lists the exceptions: the file, the word of a spec that it contains, and the reason.
const ALLOWED: [(&str, &str, &str); 10] = [
    ("crates/codegen/src/generate/failure.rs", PATHS, "cuts a prepared spec into smaller specs"),
    ("crates/codegen/tests/bindings.rs", BRACE, "checks that a message shows no Rust"),
    ("crates/emulator/tests/service/control.rs", BRACE, "tests the emulator's own routes, which no spec describes"),
    (
        "src/error/redact/sent_values.rs",
        BRACE,
        "is compiled into programs, which have the table of operations and no spec",
    ),
    ("src/http/path.rs", BRACE, "is compiled into programs, which have the table of operations and no spec"),
    ("tools/diff/tests/changes/foreign.rs", BRACE, "checks that a message shows no Rust"),
    ("tools/diff/src/foreign.rs", PATHS, "has a document in a test"),
    ("tools/lint/tests/rules/large.rs", PATHS, "generates specs"),
    ("tools/lint/src/finding.rs", BRACE, "finds the end of a word in a line of YAML"),
    ("tools/lint/src/shape.rs", PATHS, "is the table of the objects of an OpenAPI document"),
];

const PATHS: &str = "the key of the paths";
const REFERENCE: &str = "the key of a reference";
const BRACE: &str = "a brace of a template";

/// Returns the words of a spec that a line of Rust contains.
fn words(line: &str) -> Vec<&'static str> {
    // A byte literal belongs to a parser of JSON.
    let line = line.replace("b'", "");
    let has = |all: &[&str]| all.iter().any(|text| line.contains(text));
    let is_cut = has(&["split", "strip", "find(", "replace", "trim"]);
    let found = [
        (PATHS, has(&[r#""paths""#, r#""/paths""#])),
        (REFERENCE, has(&[r#""$ref""#, r#"/$ref""#])),
        (BRACE, has(&["'{'", "'}'"]) || (is_cut && has(&[r#"("{""#, r#"("}""#]))),
    ];
    found.into_iter().filter(|(_, is_there)| *is_there).map(|(word, _)| word).collect()
}

/// Collects all Rust sources of the repository except those of this crate.
fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy();
        if path.is_dir() && name != "target" && !name.starts_with('.') && !path.ends_with("crates/spec") {
            sources(&path, found);
        } else if name.ends_with(".rs") {
            found.push(path);
        }
    }
}

#[test]
fn no_other_source_reads_a_spec() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap();
    let mut files = Vec::new();
    sources(root, &mut files);
    assert!(files.len() > 100, "{files:?}");
    let (mut wrong, mut needless) = (Vec::new(), ALLOWED.to_vec());
    for file in files {
        let name = file.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
        for (number, line) in fs::read_to_string(&file).unwrap().lines().enumerate() {
            for word in words(line) {
                let is_it = |(path, allowed, _): &(&str, &str, &str)| *path == name && *allowed == word;
                needless.retain(|entry| !is_it(entry));
                if !ALLOWED.iter().any(is_it) {
                    wrong.push(format!("{name}:{}: {word}, which only `unloc-spec` may use", number + 1));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(needless.is_empty(), "exceptions that are no longer needed: {needless:?}");
}

#[test]
fn recognizes_every_way_to_read_a_spec() {
    for (line, found) in [
        (r#"spec["paths"].as_object()"#, &[PATHS][..]),
        (r#"root.get("paths")"#, &[PATHS]),
        (r#"root.pointer("/paths")"#, &[PATHS]),
        (r#"node.get("$ref")"#, &[REFERENCE]),
        (r#"format!("{pointer}/$ref")"#, &[REFERENCE]),
        ("path.split(['{', '}'])", &[BRACE]),
        ("rest.split_once('{')", &[BRACE]),
        (r#"path.split("{")"#, &[BRACE]),
        (r#"text.replace("}", "")"#, &[BRACE]),
        (r#"let (paths, text) = (paths(root), "$ref: '#/components/schemas/Door'");"#, &[]),
        ("b'{' | b'[' => count += 1,", &[]),
    ] {
        assert_eq!(words(line), found, "{line}");
    }
}
