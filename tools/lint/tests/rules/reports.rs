//! Tests the output formats. The snapshots show the human format for mistakes that are hard to explain well. After an
//! intended change, run `SNAPSHOTS=write cargo test -p unloc-lint snapshots` and review the diff.

use std::path::Path;

use serde_json::Value;
use unloc_lint::{Finding, Format, Linted, Timings};
use unloc_spec::Config;

use crate::large::Large;
use crate::{BASE, found};

/// Formats the findings of a text.
fn report(format: Format, findings: &[Finding], text: &str) -> String {
    let texts = vec![("doors.yaml".to_owned(), text.to_owned())];
    Linted { findings: findings.to_vec(), texts, timings: Timings::default() }.report(format, false)
}

/// Lists the name of the snapshot, and which text of the base spec is replaced by which.
const MISTAKES: &[(&str, &str, &str)] = &[
    (
        "ref-sibling",
        "              schema:\n                $ref: '#/components/schemas/Door'\n",
        "              schema:\n                $ref: '#/components/schemas/Door'\n                description: As it is now.\n",
    ),
    ("nullable-enum", "      enum: [open, shut]", "      nullable: true\n      enum: [open, shut]"),
    ("misspelt-method", "    delete:\n", "    delte:\n"),
    (
        "duplicate-key",
        "      operationId: deleteDoor\n",
        "      operationId: deleteDoor\n      operationId: removeDoor\n",
    ),
    ("tab", "      operationId: deleteDoor\n", "\toperationId: deleteDoor\n"),
    ("merge-conflict", "  title: Doors\n", "<<<<<<< HEAD\n  title: Doors\n=======\n  title: Gates\n>>>>>>> gates\n"),
    ("example-deep", "                    state: open\n", "                    state: ajar\n"),
    (
        "example-misspelt",
        "                    openedAt: '2024-05-02T10:35:24Z'\n",
        "                    openedAd: '2024-05-02T10:35:24Z'\n",
    ),
    (
        "same-path-twice",
        "components:\n  securitySchemes",
        "  /doors/{id}/:\n    summary: A door.\ncomponents:\n  securitySchemes",
    ),
    (
        "different-success-schemas",
        "        '204':\n          description: The door is removed.\n",
        "        '200':\n          description: The door.\n          content:\n            application/json:\n              schema:\n                $ref: '#/components/schemas/Door'\n        '202':\n          description: The doors.\n          content:\n            application/json:\n              schema:\n                $ref: '#/components/schemas/DoorList'\n",
    ),
    ("secret", "error: Unauthorized", "error: ghp_0123456789abcdef0123456789abcdef0123"),
    ("required-misspelt", "required: [doorId, name]", "required: [doorId, nam]"),
    (
        "unused-exception",
        "          description: Its name.\n",
        "          description: Its name.\n          x-lint-allow: { description: it is plain }\n",
    ),
    (
        "type-list-of-openapi-3-1",
        "          type: string\n          description: Its name.\n",
        "          type: [string, 'null']\n          description: Its name.\n",
    ),
    ("path-parameter-in-query", "      in: path\n", "      in: query\n"),
];

#[test]
fn human_reports_match_their_snapshots() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rules/snapshots");
    let write = std::env::var("SNAPSHOTS").is_ok_and(|what| what == "write");
    let mut changed = Vec::new();
    for (name, old, new) in MISTAKES {
        let text = BASE.replacen(old, new, 1);
        assert_ne!(text, BASE, "{name}: {old:?} is not in the base spec");
        // `single-success-type` is a rule for bindings.
        let config = Config { bindings: *name == "different-success-schemas", house: false };
        let findings = unloc_lint::text(Path::new("doors.yaml"), &text, config);
        let found = report(Format::Human, &findings, &text);
        let file = folder.join(format!("{name}.txt"));
        if write {
            std::fs::write(&file, &found).unwrap();
        } else if std::fs::read_to_string(&file).unwrap_or_default() != found {
            changed.push(format!("{name}.txt is now:\n{found}"));
        }
    }
    let help = "if this is intended, run: SNAPSHOTS=write cargo test -p unloc-lint snapshots";
    assert!(changed.is_empty(), "{}\n{help}", changed.join("\n"));
}

#[test]
fn every_format_has_the_rule_the_place_and_the_message() {
    let text = BASE.replacen("    get:", "    gett:", 1);
    let findings = found(&text);
    let human = report(Format::Human, &findings, &text);
    assert!(
        human.starts_with(
            "error[unknown-field]: unknown field `gett` in a path item; it is ignored\n  --> doors.yaml:16:5\n"
        ),
        "{human}"
    );
    assert!(
        human.contains("16 |     gett:\n   |     ^^^^\n") && human.contains("help: did you mean `get`?"),
        "{human}"
    );
    let json: Value = report(Format::Json, &findings, &text).parse().unwrap();
    let first = &json["findings"][0];
    assert_eq!((&first["rule"], &first["line"], &first["column"]), (&"unknown-field".into(), &16.into(), &5.into()));
    let github = report(Format::Github, &findings, &text);
    assert!(
        github.starts_with("::error file=doors.yaml,line=16,col=5,title=unknown-field::unknown field `gett`"),
        "{github}"
    );
    let sarif: Value = report(Format::Sarif, &findings, &text).parse().unwrap();
    let region = &sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"];
    assert_eq!((&region["startLine"], &region["endColumn"]), (&16.into(), &9.into()));
}

#[test]
fn a_long_line_is_cut_on_both_sides_of_the_finding() {
    let text = Large::of(20).minified().replace("\"maxItems\":100", "\"maxItmes\":100");
    let findings = found(&text);
    assert!(findings.len() > 50, "{}", findings.len());
    let shown = report(Format::Human, &findings, &text);
    let widest = shown.lines().map(|line| line.chars().count()).max().unwrap();
    assert!(widest < 400, "{widest}");
    let misspelt: Vec<_> = findings.into_iter().filter(|finding| finding.rule == "unknown-field").take(9).collect();
    let shown = report(Format::Human, &misspelt[1..], &text);
    let column = misspelt[1].at.column;
    assert!(column > 1000 && shown.contains(&format!("--> doors.yaml:1:{column}\n")), "{shown}");
    let mut lines = shown.lines().skip_while(|line| !line.starts_with("1 | ..."));
    let (line, marker) = (lines.next().unwrap(), lines.next().unwrap());
    assert!(line.chars().count() <= 130, "{line}");
    let start = marker.chars().position(|c| c == '^').unwrap();
    let width = marker.chars().filter(|c| *c == '^').count();
    let marked: String = line.chars().skip(start).take(width).collect();
    assert_eq!(marked, "\"maxItmes\"");
}

#[test]
fn a_line_with_a_long_end_is_cut_and_keeps_its_column() {
    let text = BASE.replacen("maxLength: 40", &format!("maxLenght: 40 # {}", "long ".repeat(10_000)), 1);
    let shown = report(Format::Human, &found(&text), &text);
    let at = text.lines().position(|line| line.contains("maxLenght")).unwrap() + 1;
    assert!(shown.contains(&format!("--> doors.yaml:{at}:11\n")), "{shown}");
    assert!(shown.contains("   maxLenght: 40 # long ") && shown.contains(" long...\n"), "{shown}");
}

#[test]
fn control_characters_are_escaped_and_wide_ones_do_not_move_the_marker() {
    // A character that is two columns wide, a tab, and an ANSI escape sequence.
    let text = "{\"openapi\": \"3.0.3\", \"info\": {\"title\": \"扉\", \"vers\\u001b[31mion\": \"1\", \"version\": \"1\"},\t\"pths\": {}}";
    let findings = found(text);
    let shown = report(Format::Human, &findings, text);
    assert!(findings.iter().any(|finding| finding.message.contains('\x1b')), "{findings:#?}");
    assert!(!shown.contains(|c: char| c.is_control() && c != '\n'), "{shown}");
    let mut lines = shown.lines().skip_while(|line| !line.contains("unknown field `pths`")).skip(3);
    let (line, marker) = (lines.next().unwrap(), lines.next().unwrap());
    let columns = line.find("\"pths\"").map(|at| line[..at].chars().count()).unwrap();
    // The character for "door" is one character and two columns.
    assert_eq!(marker.find('^'), Some(columns + 1), "{shown}");
}

#[test]
fn findings_of_truncated_files_can_be_reported() {
    let crlf = BASE.replace('\n', "\r\n").replace("A door", "Eine T\u{fc}r \u{1f6aa}");
    let minified = Large::of(2).minified();
    for text in [BASE, &crlf, &minified] {
        let ends = (0..text.len()).step_by(text.len() / 40).filter(|end| text.is_char_boundary(*end));
        for text in ends.map(|end| &text[..end]) {
            let findings = found(text);
            let shown = report(Format::Human, &findings, text);
            assert_eq!(shown.matches(" = why: ").count(), findings.len(), "{text}");
            assert!(!shown.contains('\r'), "{shown}");
        }
    }
}
