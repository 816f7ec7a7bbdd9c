//! What people and programs read. The snapshots are what people read of mistakes that are easy to tell badly; on purpose, run
//! `SNAPSHOTS=write cargo test -p unloc-lint snapshots` and read what has become of them.

use std::path::Path;

use serde_json::Value;
use unloc_lint::{Finding, Format, Linted, Timings};
use unloc_spec::Config;

use crate::large::Large;
use crate::{BASE, found};

/// What was found in a text, as it is written.
fn report(format: Format, findings: &[Finding], text: &str) -> String {
    let texts = vec![("doors.yaml".to_owned(), text.to_owned())];
    Linted { findings: findings.to_vec(), texts, timings: Timings::default() }.report(format, false)
}

/// File, and what is written in place of what.
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
        "paths-both-match",
        "components:\n  securitySchemes",
        "  /doors/{id}/:\n    summary: A door.\ncomponents:\n  securitySchemes",
    ),
    (
        "two-successes",
        "        '204':\n          description: It is gone.\n",
        "        '200':\n          description: The door.\n          content:\n            application/json:\n              schema:\n                $ref: '#/components/schemas/Door'\n        '202':\n          description: The doors.\n          content:\n            application/json:\n              schema:\n                $ref: '#/components/schemas/DoorList'\n",
    ),
    ("secret", "error: Unauthorized", "error: ghp_0123456789abcdef0123456789abcdef0123"),
    ("required-misspelt", "required: [doorId, name]", "required: [doorId, nam]"),
    (
        "exception-of-nothing",
        "          description: Its name.\n",
        "          description: Its name.\n          x-lint-allow: { description: it is plain }\n",
    ),
    (
        "type-of-newer-version",
        "          type: string\n          description: Its name.\n",
        "          type: [string, 'null']\n          description: Its name.\n",
    ),
    ("parameter-elsewhere", "      in: path\n", "      in: query\n"),
];

#[test]
fn snapshots_of_what_people_read_are_as_they_were() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rules/snapshots");
    let write = std::env::var("SNAPSHOTS").is_ok_and(|what| what == "write");
    let mut changed = Vec::new();
    for (name, old, new) in MISTAKES {
        let text = BASE.replacen(old, new, 1);
        assert_ne!(text, BASE, "{name}: nothing is changed by {new:?}");
        // What speaks of the generator is told where bindings are made.
        let config = Config { bindings: *name == "two-successes", house: false };
        let findings = unloc_lint::text(Path::new("doors.yaml"), &text, config);
        let found = report(Format::Human, &findings, &text);
        let file = folder.join(format!("{name}.txt"));
        if write {
            std::fs::write(&file, &found).unwrap();
        } else if std::fs::read_to_string(&file).unwrap_or_default() != found {
            changed.push(format!("{name}.txt is now:\n{found}"));
        }
    }
    let help = "if that is meant: SNAPSHOTS=write cargo test -p unloc-lint snapshots";
    assert!(changed.is_empty(), "{}\n{help}", changed.join("\n"));
}

#[test]
fn every_format_tells_the_rule_the_place_and_the_help() {
    let text = BASE.replacen("    get:", "    gett:", 1);
    let findings = found(&text);
    let human = report(Format::Human, &findings, &text);
    assert!(
        human.starts_with(
            "error[unknown-field]: a path has no field `gett`, so this is ignored\n  --> doors.yaml:16:5\n"
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
    assert!(github.starts_with("::error file=doors.yaml,line=16,col=5,title=unknown-field::a path"), "{github}");
    let sarif: Value = report(Format::Sarif, &findings, &text).parse().unwrap();
    let region = &sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"];
    assert_eq!((&region["startLine"], &region["endColumn"]), (&16.into(), &9.into()));
}

#[test]
fn a_long_line_is_shown_around_the_place_only() {
    let text = Large::of(20).minified().replace("\"maxItems\":100", "\"maxItmes\":100");
    let findings = found(&text);
    assert!(findings.len() > 50, "{}", findings.len());
    let told = report(Format::Human, &findings, &text);
    let widest = told.lines().map(|line| line.chars().count()).max().unwrap();
    assert!(widest < 400, "{widest}");
    let misspelt: Vec<_> = findings.into_iter().filter(|finding| finding.rule == "unknown-field").take(9).collect();
    let told = report(Format::Human, &misspelt[1..], &text);
    let column = misspelt[1].at.column;
    assert!(column > 1000 && told.contains(&format!("--> doors.yaml:1:{column}\n")), "{told}");
    let mut lines = told.lines().skip_while(|line| !line.starts_with("1 | ..."));
    let (line, marker) = (lines.next().unwrap(), lines.next().unwrap());
    assert!(line.chars().count() <= 130, "{line}");
    let start = marker.chars().position(|sign| sign == '^').unwrap();
    let width = marker.chars().filter(|sign| *sign == '^').count();
    let marked: String = line.chars().skip(start).take(width).collect();
    assert_eq!(marked, "\"maxItmes\"");
}

#[test]
fn a_line_that_goes_on_behind_the_place_is_cut_there_and_its_column_stays() {
    let text = BASE.replacen("maxLength: 40", &format!("maxLenght: 40 # {}", "long ".repeat(10_000)), 1);
    let told = report(Format::Human, &found(&text), &text);
    let at = text.lines().position(|line| line.contains("maxLenght")).unwrap() + 1;
    assert!(told.contains(&format!("--> doors.yaml:{at}:11\n")), "{told}");
    assert!(told.contains("   maxLenght: 40 # long ") && told.contains(" long...\n"), "{told}");
}

#[test]
fn what_stands_in_a_file_does_not_steer_a_terminal_and_is_marked_where_it_stands() {
    // Signs that take two columns, a tab, and the beginning of a command to the terminal.
    let text = "{\"openapi\": \"3.0.3\", \"info\": {\"title\": \"扉\", \"vers\\u001b[31mion\": \"1\", \"version\": \"1\"},\t\"pths\": {}}";
    let findings = found(text);
    let told = report(Format::Human, &findings, text);
    assert!(findings.iter().any(|finding| finding.message.contains('\x1b')), "{findings:#?}");
    assert!(!told.contains(|sign: char| sign.is_control() && sign != '\n'), "{told}");
    let mut lines = told.lines().skip_while(|line| !line.contains("no field `pths`")).skip(3);
    let (line, marker) = (lines.next().unwrap(), lines.next().unwrap());
    let columns = line.find("\"pths\"").map(|at| line[..at].chars().count()).unwrap();
    // The door is one sign more wide than it is long.
    assert_eq!(marker.find('^'), Some(columns + 1), "{told}");
}

#[test]
fn whatever_is_found_can_be_shown() {
    let crlf = BASE.replace('\n', "\r\n").replace("A door", "Eine T\u{fc}r \u{1f6aa}");
    let minified = Large::of(2).minified();
    for text in [BASE, &crlf, &minified] {
        let ends = (0..text.len()).step_by(text.len() / 40).filter(|end| text.is_char_boundary(*end));
        for text in ends.map(|end| &text[..end]) {
            let findings = found(text);
            let told = report(Format::Human, &findings, text);
            assert_eq!(told.matches(" = why: ").count(), findings.len(), "{text}");
            assert!(!told.contains('\r'), "{told}");
        }
    }
}
