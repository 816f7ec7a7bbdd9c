//! Compares edits of our own specs with the expectations in the tables.

use std::collections::HashMap;
use std::sync::{LazyLock, OnceLock};

use anyhow::Result;
use unloc_diff::{Change, Direction, Edition, Place, Verdict, between};

use crate::edits::{self, Edit};
use crate::{compared, document, summary};

pub(crate) const SPEC: &str = include_str!("../../../../openapi/integrator.yaml");

fn edition(text: &str) -> Edition {
    Edition::new(document("integrator.yaml", text), "integrator", true)
}

/// Returns the changes of an edit. They are computed once for all tests, because generating bindings takes seconds.
pub(crate) fn changes(edit: &Edit) -> Result<&'static [Change]> {
    static OLD: LazyLock<Edition> = LazyLock::new(|| edition(SPEC));
    static KNOWN: LazyLock<HashMap<&str, OnceLock<Vec<Change>>>> =
        LazyLock::new(|| edits::all().map(|edit| (edit.name, OnceLock::new())).collect());
    let text = edit.apply(SPEC)?;
    Ok(KNOWN[edit.name].get_or_init(|| between(&OLD, &edition(&text)).0))
}

/// Returns a message for each edit with unexpected changes. Uses all cores.
fn mismatches(edits: &[&Edit]) -> Vec<String> {
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    std::thread::scope(|scope| {
        let chunks = edits.chunks(edits.len().div_ceil(threads)).map(|edits| {
            scope.spawn(move || {
                let mut wrong = Vec::new();
                for edit in edits {
                    match changes(edit) {
                        Ok(changes) if summary(changes) == edit.expected => {}
                        Ok(changes) => {
                            let found =
                                changes.iter().map(|one| format!("  {} ({}) {:?}\n", one.what, one.why, one.items));
                            let found = found.collect::<String>();
                            wrong.push(format!("{}:\n{:#?}\n{found}", edit.name, summary(changes)));
                        }
                        Err(why) => wrong.push(format!("{}: {why}", edit.name)),
                    }
                }
                wrong
            })
        });
        let chunks: Vec<_> = chunks.collect();
        chunks.into_iter().flat_map(|chunk| chunk.join().unwrap()).collect()
    })
}

#[test]
fn each_edit_has_the_expected_verdicts_on_the_wire_and_in_rust() {
    let edits: Vec<_> = edits::all().collect();
    let wrong = mismatches(&edits);
    assert!(wrong.is_empty(), "{} of {}\n{}", wrong.len(), edits.len(), wrong.join("\n"));
}

#[test]
fn a_change_names_its_places_values_operations_and_items() {
    let name = "an enum of requests and responses loses a value";
    let edit = edits::all().find(|edit| edit.name == name).unwrap();
    let changes = changes(edit).unwrap();
    let change = changes.iter().find(|change| change.direction == Direction::Request).unwrap();
    assert_eq!(change.lost, ["inactive"]);
    assert_eq!(change.items, ["- unloc::types::KeyState::Inactive"]);
    assert_eq!(change.operations.iter().collect::<Vec<_>>(), ["updateKey"]);
    let line = |text: &str| text.lines().position(|line| line == "    KeyState:").unwrap() + 1;
    let place = |place: &Option<Place>| place.as_ref().unwrap().at.line;
    assert_eq!(place(&change.old_place), line(SPEC) + 3);
    assert_eq!(place(&change.new_place), line(&edit.apply(SPEC).unwrap()) + 3);
}

/// Returns the changes of the Auth API's spec after one edit.
fn auth(from: &str, to: &str) -> Vec<Change> {
    let old = include_str!("../../../../openapi/auth.yaml");
    let new = old.replacen(from, to, 1);
    assert_ne!(new, old, "{from}");
    compared("auth", true, old, &new).0
}

#[test]
fn the_engine_decides_whether_values_of_alternatives_are_still_understood() {
    let more =
        auth("        - title: Many\n", "        - title: Count\n          type: integer\n        - title: Many\n");
    assert_eq!(summary(&more), ["type request: compatible / breaking"]);
    let one = "        - title: One\n          type: string\n          description: Holds a scope, or several separated by spaces.\n";
    let many = "        - title: Many\n          type: array\n          description: Holds one scope in each entry.\n          items:\n            \
                type: string\n            description: Holds a single scope.\n";
    let less = auth(one, "");
    assert!(summary(&less).contains(&"type request: breaking / breaking".to_owned()), "{:?}", summary(&less));
    let same = auth(&format!("{one}{many}"), &format!("{many}{one}"));
    assert!(same.iter().all(|change| change.wire == Verdict::Compatible), "{:?}", summary(&same));
}
