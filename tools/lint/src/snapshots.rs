//! What people read, held to files: mistakes that are easy to tell badly. On purpose, run
//! `SNAPSHOTS=write cargo test -p unloc-lint snapshots` and read what has become of them.

use std::path::Path;

use super::report;
use unloc_spec::Config;

const BASE: &str = include_str!("base.yaml");

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
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/snapshots");
    let write = std::env::var("SNAPSHOTS").is_ok_and(|what| what == "write");
    let mut changed = Vec::new();
    for (name, old, new) in MISTAKES {
        let text = BASE.replacen(old, new, 1);
        assert_ne!(text, BASE, "{name}: nothing is changed by {new:?}");
        // What speaks of the generator is told where bindings are made.
        let config = Config { bindings: *name == "two-successes", house: false };
        let findings = crate::text(Path::new("doors.yaml"), &text, config);
        let found = report::human(&findings, &[("doors.yaml".to_owned(), text)], false);
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
