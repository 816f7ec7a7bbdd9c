//! Tests that CONTRIBUTING.md shows the true result of an edit of a spec.
#![allow(clippy::unwrap_used, reason = "in a test, a panic is the failure")]

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use unloc_spec::Document;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap()
}

/// Returns the first block of a language in the guide.
fn block(language: &str) -> String {
    let text = std::fs::read_to_string(root().join("CONTRIBUTING.md")).unwrap();
    let (_, rest) = text.split_once(&format!("\n```{language}\n")).unwrap();
    rest.split("\n```").next().unwrap().to_owned() + "\n"
}

#[test]
fn the_diff_applies_at_its_lines() {
    let mut git = Command::new("git");
    let git = git.current_dir(root()).args(["apply", "--check", "--verbose", "-"]).stdin(Stdio::piped());
    let mut git = git.stderr(Stdio::piped()).spawn().unwrap();
    git.stdin.take().unwrap().write_all(block("diff").as_bytes()).unwrap();
    let output = git.wait_with_output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success() && !said.contains("offset") && !said.contains("fuzz"), "{said}");
}

#[test]
fn the_errors_match_those_of_the_build() {
    let file = Path::new("openapi/integrator.yaml");
    let text = std::fs::read_to_string(root().join(file)).unwrap();
    let edits = [("    get:\n", "    gett:\n"), ("LockHolderEnvelope'\n", "LockHolderEnvelop'\n")];
    let said = edits.map(|(from, to)| {
        let document = Document::parse(file, &text.replacen(from, to, 1)).unwrap();
        let mut errors = unloc_codegen::bindings(&document, "integrator", &[].into()).unwrap_err();
        errors.sort_by_key(|error| error.position);
        errors.iter().map(|error| format!("error: unloc@{}: {error}\n", env!("CARGO_PKG_VERSION"))).collect::<String>()
    });
    let guide = std::fs::read_to_string(root().join("CONTRIBUTING.md")).unwrap();
    assert!(guide.contains(&said.concat()), "{}", said.concat());
}
