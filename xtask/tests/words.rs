//! Searches the tree for words that the house rules of CONTRIBUTING.md replace, and checks the form of guides.
//!
//! Only phrases that have no other meaning here are searched for. "answer", "around" or "kept" are left to reviewers.
#![allow(clippy::unwrap_used, reason = "in a test, a panic is the failure")]

use std::path::Path;
use std::process::Command;

/// Lists phrases with the word that takes their place. They are matched as whole words, whatever their case.
const REPLACED: [(&str, &str); 24] = [
    ("made again", "retried"),
    ("sent once more", "retried"),
    ("sent twice", "not idempotent"),
    ("what passes", "transient"),
    ("drawn by chance", "jitter"),
    ("waits that grow", "exponential backoff"),
    ("dead token", "expired token"),
    ("dead tokens", "expired tokens"),
    ("renewed", "refreshed"),
    ("pilot", "in-flight request"),
    ("landing", "result of a fetch"),
    ("blot", "redact"),
    ("blotted", "redacted"),
    ("scrub", "redact"),
    ("scrubbed", "redacted"),
    ("riddle", "error"),
    ("mend", "fix"),
    ("mended", "fixed"),
    ("scissors", "connection"),
    ("gone or another", "removed or changed"),
    ("in a box", "emulator"),
    ("unloc-sandbox", "unloc-emulator"),
    ("unloc_sandbox", "unloc_emulator"),
    ("anew", "again"),
];

/// Lists the files that may name the old words: their table, the history of names, and this list.
const EXEMPT: [&str; 3] = ["CONTRIBUTING.md", "CHANGELOG.md", "xtask/tests/words.rs"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// Returns the text files of the repository, by their paths.
fn files() -> Vec<(String, String)> {
    let output = Command::new("git").current_dir(root()).args(["ls-files", "-z"]).output().unwrap();
    assert!(output.status.success());
    let names = String::from_utf8(output.stdout).unwrap();
    let names = names.split('\0').filter(|name| !name.is_empty() && *name != "Cargo.lock");
    // A file may be deleted but not committed yet, and a picture is no text.
    names.filter_map(|name| Some((name.to_owned(), std::fs::read_to_string(root().join(name)).ok()?))).collect()
}

/// Returns the places of a phrase in a text: its lines, counted from 1.
fn lines_with(text: &str, phrase: &str) -> Vec<usize> {
    let is_word = |letter: Option<char>| letter.is_some_and(|letter| letter.is_alphanumeric() || letter == '_');
    let found = |line: &str| {
        let line = line.to_lowercase();
        line.match_indices(phrase).any(|(start, _)| {
            !is_word(line[..start].chars().next_back()) && !is_word(line[start + phrase.len()..].chars().next())
        })
    };
    text.lines().enumerate().filter(|(_, line)| found(line)).map(|(index, _)| index + 1).collect()
}

#[test]
fn the_tree_uses_the_words_of_the_field() {
    let files = files();
    assert!(files.len() > 400, "{} files", files.len());
    let mut found = Vec::new();
    for (name, text) in files.iter().filter(|(name, _)| !EXEMPT.contains(&name.as_str())) {
        for (phrase, word) in REPLACED {
            found
                .extend(lines_with(text, phrase).iter().map(|line| format!("{name}:{line}: `{phrase}`: say `{word}`")));
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn guides_are_wrapped_at_100_columns() {
    let mut long = Vec::new();
    for (name, text) in files().iter().filter(|(name, _)| name.ends_with(".md")) {
        let (mut is_code, mut is_recorded) = (false, false);
        for (index, line) in text.lines().enumerate() {
            is_code ^= line.trim_start().starts_with("```");
            // `cargo xtask bench-report` writes each paragraph as one line.
            is_recorded = (is_recorded || line.starts_with("<!-- recorded: ")) && !line.starts_with("<!-- end: ");
            // A table's row and a link cannot be wrapped.
            let is_whole =
                is_code || is_recorded || line.starts_with(['|', '!']) || line.contains("](") || line.contains("://");
            if !is_whole && line.chars().count() > 100 {
                long.push(format!("{name}:{}", index + 1));
            }
        }
    }
    assert!(long.is_empty(), "{long:#?}");
}

#[test]
fn the_readme_is_short_and_can_be_pasted_from() {
    let text = std::fs::read_to_string(root().join("README.md")).unwrap();
    let words = text.split_whitespace().count();
    assert!(words <= 1200, "{words} words");
    let hidden: Vec<_> = text.lines().filter(|line| line.starts_with("# ") && *line != "# unloc").collect();
    assert!(hidden.is_empty() && text.contains("cargo add unloc"), "{hidden:?}");
}

#[test]
fn a_phrase_is_found_as_whole_words_and_in_any_case() {
    assert_eq!(lines_with("a\nIt is Made again.\nremade again\nmade_again", "made again"), [2]);
    assert_eq!(lines_with("amend, recommend\nmend it", "mend"), [2]);
}
