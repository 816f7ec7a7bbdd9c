//! Rates what changes do to Rust code: compares the public APIs of both versions and assigns each line to a change.

use std::collections::BTreeSet;

use heck::ToSnakeCase;
use unloc_spec::Document;

use crate::change::{Change, Direction, Item, Kind, Verdict};
use crate::edition::{Edition, surfaces};
use crate::lines::{Lines, Uses};
use crate::owner::Owner;

/// Rates the effect of each change on Rust code, and adds changes that only Rust code notices.
///
/// Returns a note if Rust code could not be checked.
pub(crate) fn judge(old: &Edition, new: &Edition, changes: &mut Vec<Change>) -> Option<String> {
    let (before, after) = surfaces(old, new);
    let why = match (before, after) {
        (Ok(before), Ok(after)) => {
            attribute(old.document(), new.document(), Lines::between(before, after), changes);
            return None;
        }
        (Err(why), _) | (_, Err(why)) => why,
    };
    leave_open(changes, "bindings cannot be generated for both sides");
    // If bindings existed before, their loss is a change. Otherwise only the note says that there are none.
    if before.is_ok() {
        let change = Change::new(Kind::Type, Direction::Both, format!("bindings can no longer be generated: {why}"));
        let change = change.wire(Verdict::Compatible, "affects only the bindings");
        changes.push(Change { rust: Verdict::Breaking, rust_why: "the build fails".to_owned(), ..change });
    } else if after.is_ok() {
        let change = Change::new(Kind::Type, Direction::Both, "bindings can now be generated");
        let change = change.wire(Verdict::Compatible, "affects only the bindings");
        changes.push(Change { rust_why: "there were none before".to_owned(), ..change });
    }
    before.is_err().then(|| format!("Rust code was not checked, because bindings cannot be generated: {why}"))
}

/// Sets the verdict for Rust code to unknown, with a reason.
pub(crate) fn leave_open(changes: &mut Vec<Change>, why: &str) {
    changes.retain(|change| !change.is_quiet);
    for change in changes {
        (change.rust, change.rust_why) = (Verdict::Unknown, why.to_owned());
    }
}

fn attribute(old: &Document, new: &Document, mut lines: Lines, changes: &mut Vec<Change>) {
    let (old, new) = (Uses::of(old), Uses::of(new));
    // A line belongs to the nearest changes. The order is: renames, changes of a member, changes of the whole type or
    // operation, users of a changed component, and last types that are added or removed with something else.
    for change in changes.iter_mut().filter(|change| change.kind == Kind::Rename) {
        let pairs: Vec<_> =
            change.about.0.iter().zip(&change.about.1).map(|(one, other)| (Owner::of(one), Owner::of(other))).collect();
        for (one, other) in pairs.into_iter().filter(|(one, _)| one.member.is_none()) {
            lines.assign_renamed(change, (&one.name, &other.name));
            if one.is_operation {
                let words = (one.name.to_snake_case(), other.name.to_snake_case());
                lines.assign_renamed(change, (&words.0, &words.1));
            }
        }
    }
    lines.finish_round();
    let own = |uses: &Uses<'_>, items: &BTreeSet<Item>, with_member: bool| {
        let owners = items.iter().flat_map(|item| uses.owners(item));
        owners.filter(|owner| owner.member.is_some() == with_member).collect::<Vec<_>>()
    };
    let stages: [&Stage<'_>; 5] = [
        &|change| (own(&old, &change.about.0, true), own(&new, &change.about.1, true)),
        &|change| (own(&old, &change.about.0, false), own(&new, &change.about.1, false)),
        &|change| {
            // A property added to an envelope, or removed from it, changes what the operations return.
            let both: BTreeSet<_> = change.about.0.union(&change.about.1).cloned().collect();
            let returning: Vec<_> = old.unwrapped(&both).into_iter().chain(new.unwrapped(&both)).collect();
            (returning.clone(), returning)
        },
        &|change| (old.users(&change.about.0), new.users(&change.about.1)),
        &|change| {
            let (brings, reaches) = (&change.brings, &change.reaches);
            (old.brought(&brings.0, &reaches.0), new.brought(&brings.1, &reaches.1))
        },
    ];
    for stage in stages {
        if lines.is_empty() {
            break;
        }
        for change in changes.iter_mut() {
            let (removed, added) = stage(change);
            lines.assign(change, &removed, &added);
        }
        lines.finish_round();
    }
    add_unassigned(&mut lines, changes);
    for change in changes.iter_mut() {
        verdict(change, &lines.closed);
    }
    // A quiet change is dropped if other changes list all of its items.
    let loud = changes.iter().filter(|change| !change.is_quiet).flat_map(|change| change.items.iter().cloned());
    let loud: BTreeSet<_> = loud.collect();
    changes.retain(|change| !change.is_quiet || change.items.iter().any(|item| !loud.contains(item)));
}

/// Returns the owners that a change claims among the removed and among the added lines.
type Stage<'a> = dyn Fn(&Change) -> (Vec<Owner>, Vec<Owner>) + 'a;

/// Adds a change for each owner whose lines no change on the wire explains.
fn add_unassigned(lines: &mut Lines, changes: &mut Vec<Change>) {
    for (name, items) in lines.unassigned() {
        let what = format!("`{name}` changed in the bindings");
        let change =
            Change::new(Kind::Type, Direction::Both, what).wire(Verdict::Compatible, "no change on the wire was found");
        changes.push(Change { items, ..change });
    }
}

fn verdict(change: &mut Change, closed: &BTreeSet<String>) {
    let is_removed = |line: &&String| line.starts_with('-');
    // An added member breaks only types that programs can construct or match exhaustively.
    let breaks = |line: &&String| {
        let owner = Owner::of_line(line.trim_start_matches("+ "));
        let is_member = line.starts_with("+ unloc::") && owner.member.is_some();
        is_member && !owner.is_operation && closed.contains(&owner.name)
    };
    let removed = change.items.iter().filter(is_removed).count();
    (change.rust, change.rust_why) = if removed > 0 {
        let reason = if removed == 1 {
            "1 item of the public API was removed or changed".to_owned()
        } else {
            format!("{removed} items of the public API were removed or changed")
        };
        (Verdict::Breaking, reason)
    } else if change.items.iter().any(|line| breaks(&line)) {
        (Verdict::Breaking, "programs may match or construct this type exhaustively".to_owned())
    } else if change.fails_at_run_time {
        (Verdict::FailsAtRunTime, run_time_failure(change).to_owned())
    } else {
        let reason = match change.items.len() {
            0 => "the public API is unchanged".to_owned(),
            1 => "1 item was added".to_owned(),
            count => format!("{count} items were added"),
        };
        (Verdict::Compatible, reason)
    };
}

/// Says how a program fails at run time although it compiles.
fn run_time_failure(change: &Change) -> &'static str {
    match change.kind {
        Kind::Rename => "the code compiles, but calls another operation than before",
        Kind::Server => "the code compiles, but this environment has no address",
        Kind::Behaviour => "the new bindings may fail to read what the old bindings read",
        Kind::Bounds => "the code compiles, but the builder refuses values that are no longer accepted",
        _ => "the code compiles without it, but the builder refuses to send",
    }
}
