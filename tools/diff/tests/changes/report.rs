//! Tests the report in each format.

use serde_json::Value;
use unloc_diff::{Format, Outcome};

use crate::edits;
use crate::own_specs::changes;

fn outcome_of(edit: &str) -> Outcome {
    let edit = edits::all().find(|one| one.name == edit).unwrap();
    let changes = changes(edit).unwrap().to_vec();
    let version: Option<unloc_diff::Version> = "0.1.0".parse().ok();
    Outcome {
        sides: "before -> after".into(),
        changes,
        texts: 3,
        notes: Vec::new(),
        base: version.clone(),
        now: version,
    }
}

#[test]
fn the_report_ends_with_the_version_and_a_draft_for_the_changelog() {
    let outcome = outcome_of("a response property is renamed");
    assert!(outcome.is_too_small());
    let human = outcome.report(Format::Human, false);
    for part in [
        "rename: the property `createdKeys` of `Role` was renamed to `keysCreated`",
        "- integrator.yaml:",
        "on the wire: unknown: the old bindings read it as absent; whether programs can handle that is unknown",
        "    - unloc::types::Role.created_keys: Option<i32>",
        "response: createOrUpdateRole, getRoles, getRolesForLock, getRolesForUser",
        "1 change. On the wire: 1 unknown. For Rust code: 1 breaking; 3 descriptions or examples changed",
        "required version bump: breaking (0.1.0 to 0.2.0); Cargo.toml has 0.1.0, which is too low: set it to 0.2.0",
        "### Changed\n\n* **Breaking:** The property `createdKeys` of `Role` was renamed to `keysCreated`.",
    ] {
        assert!(human.contains(part), "{part}\n{human}");
    }
    let markdown = outcome.report(Format::Markdown, false);
    assert!(
        markdown.contains("| rename: the property `createdKeys` of `Role` was renamed to `keysCreated` | **unknown**")
    );
    let json: Value = serde_json::from_str(&outcome.report(Format::Json, false)).unwrap();
    for (pointer, value) in [
        ("/changes/0/wire", "unknown"),
        ("/changes/0/rust", "breaking"),
        ("/changes/0/kind", "rename"),
        ("/changes/0/direction", "response"),
        ("/changes/0/lost/0", "createdKeys"),
        ("/changes/0/new/0", "keysCreated"),
        ("/version/needed", "0.2.0"),
    ] {
        assert_eq!(json.pointer(pointer).and_then(Value::as_str), Some(value), "{pointer}");
    }
    assert!(!outcome_of("descriptions change").is_too_small());
    assert!(outcome_of("a response property is added").is_too_small());
}
