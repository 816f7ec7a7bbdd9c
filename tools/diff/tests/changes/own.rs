//! Edits of our own specs, against what the tables say of them.

use std::collections::HashMap;
use std::sync::{LazyLock, OnceLock};

use anyhow::Result;
use unloc_diff::{Change, Direction, Edition, Place, Verdict, between};

use crate::edits::{self, Edit};
use crate::{document, summary, told_of};

pub(crate) const SPEC: &str = include_str!("../../../../openapi/integrator.yaml");

fn edition(text: &str) -> Edition {
    Edition::new(document("integrator.yaml", text), "integrator", true)
}

/// What an edit of our spec changes. The bindings of all of them take a while, so they are made once for all tests.
pub(crate) fn changes(edit: &Edit) -> Result<&'static [Change]> {
    static OLD: LazyLock<Edition> = LazyLock::new(|| edition(SPEC));
    static KNOWN: LazyLock<HashMap<&str, OnceLock<Vec<Change>>>> =
        LazyLock::new(|| edits::all().map(|edit| (edit.name, OnceLock::new())).collect());
    let text = edit.apply(SPEC)?;
    Ok(KNOWN[edit.name].get_or_init(|| between(&OLD, &edition(&text)).0))
}

/// What is wrong with each of these edits, on all cores.
fn wrong(edits: &[&Edit]) -> Vec<String> {
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    std::thread::scope(|scope| {
        let chunks = edits.chunks(edits.len().div_ceil(threads)).map(|edits| {
            scope.spawn(move || {
                let mut wrong = Vec::new();
                for edit in edits {
                    match changes(edit) {
                        Ok(changes) if summary(changes) == edit.expected => {}
                        Ok(changes) => {
                            let said =
                                changes.iter().map(|one| format!("  {} ({}) {:?}\n", one.what, one.why, one.items));
                            let said = said.collect::<String>();
                            wrong.push(format!("{}:\n{:#?}\n{said}", edit.name, summary(changes)));
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
fn what_an_edit_does_is_told_apart_on_the_wire_and_in_rust() {
    let edits: Vec<_> = edits::all().collect();
    let wrong = wrong(&edits);
    assert!(wrong.is_empty(), "{} of {}\n{}", wrong.len(), edits.len(), wrong.join("\n"));
}

#[test]
fn a_change_names_its_places_values_operations_and_items() {
    let name = "an enum of requests and answers has a value less";
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

/// The changes of the Auth API's spec after one edit.
fn auth(from: &str, to: &str) -> Vec<Change> {
    let old = include_str!("../../../../openapi/auth.yaml");
    let new = old.replacen(from, to, 1);
    assert_ne!(new, old, "{from}");
    told_of("auth", true, old, &new).0
}

#[test]
fn of_alternatives_an_engine_tells_whether_what_travels_is_still_understood() {
    let more =
        auth("        - title: Many\n", "        - title: Count\n          type: integer\n        - title: Many\n");
    assert_eq!(summary(&more), ["type request: compatible / breaking"]);
    let one =
        "        - title: One\n          type: string\n          description: A scope, or several parted by blanks.\n";
    let many = "        - title: Many\n          type: array\n          description: One scope in each entry.\n          items:\n            \
                type: string\n            description: A single scope.\n";
    let less = auth(one, "");
    assert!(summary(&less).contains(&"type request: breaking / breaking".to_owned()), "{:?}", summary(&less));
    let same = auth(&format!("{one}{many}"), &format!("{many}{one}"));
    assert!(same.iter().all(|change| change.wire == Verdict::Compatible), "{:?}", summary(&same));
}
