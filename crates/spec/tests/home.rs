//! What a spec says is read in this crate: no other source walks paths, follows references or takes templates apart.
#![allow(clippy::unwrap_used, reason = "in a test, a panic is the failure")]

use std::fs;
use std::path::{Path, PathBuf};

/// Where the words of a spec may stand all the same: in which file, which of them, and why.
const ALLOWED: [(&str, &str, &str); 10] = [
    ("crates/codegen/src/generate.rs", PATHS, "cuts a prepared spec into a spec for each path"),
    ("crates/codegen/tests/bindings.rs", BRACE, "looks whether a message shows Rust"),
    ("crates/emulator/tests/service/control.rs", BRACE, "the emulator's own routes, which no spec describes"),
    ("src/error/redact/sent.rs", BRACE, "is a part of programs, which hold the table of operations and no spec"),
    ("src/http/path.rs", BRACE, "is a part of programs, which hold the table of operations and no spec"),
    ("tools/diff/tests/changes/foreign.rs", BRACE, "looks whether a message shows Rust"),
    ("tools/diff/src/foreign.rs", PATHS, "the text of a document of its test"),
    ("tools/lint/tests/rules/large.rs", PATHS, "writes specs"),
    ("tools/lint/src/finding.rs", BRACE, "finds the end of a word in a line of YAML"),
    ("tools/lint/src/shape.rs", PATHS, "the table of what an OpenAPI document is made of"),
];

const PATHS: &str = "the key of the paths";
const REFERENCE: &str = "the key of a reference";
const BRACE: &str = "a brace of a template";

/// What of a spec's words is in a line of Rust.
fn words(line: &str) -> Vec<&'static str> {
    // A byte is one of JSON.
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

/// All Rust sources of the repository but those of this crate.
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
fn no_other_source_takes_a_spec_apart() {
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
                    wrong.push(format!("{name}:{}: {word}, which is for `unloc-spec` to know", number + 1));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(needless.is_empty(), "these are allowed for nothing: {needless:?}");
}

#[test]
fn every_way_to_take_a_spec_apart_is_known() {
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
