//! What changes do to Rust code: the public API of both versions, line by line, and which change each line belongs to.

use std::collections::BTreeSet;

use heck::ToSnakeCase;
use unloc_spec::Document;

use crate::change::{Change, Direction, Item, Kind, Verdict};
use crate::edition::{Edition, surfaces};
use crate::lines::{Lines, Uses};
use crate::owner::Owner;

/// Says of each change what it does to Rust code, and adds those that only Rust code meets; and says why nothing is said, if
/// so.
pub(crate) fn judge(old: &Edition, new: &Edition, changes: &mut Vec<Change>) -> Option<String> {
    let (before, after) = surfaces(old, new);
    let why = match (before, after) {
        (Ok(before), Ok(after)) => {
            attribute(old.document(), new.document(), Lines::between(before, after), changes);
            return None;
        }
        (Err(why), _) | (_, Err(why)) => why,
    };
    leave_open(changes, "there are no bindings on both sides to compare");
    // Of a spec that is no spec of ours, none were made before, and that is all there is to say.
    if before.is_ok() {
        let change = Change::new(Kind::Type, Direction::Both, format!("no bindings can be made any more: {why}"));
        let change = change.wire(Verdict::Compatible, "says nothing of what travels");
        changes.push(Change { rust: Verdict::Breaking, rust_why: "the build ends there".to_owned(), ..change });
    } else if after.is_ok() {
        let change = Change::new(Kind::Type, Direction::Both, "bindings can be made now");
        let change = change.wire(Verdict::Compatible, "says nothing of what travels");
        changes.push(Change { rust_why: "there were none before".to_owned(), ..change });
    }
    before.is_err().then(|| format!("nothing is said of Rust code, because no bindings can be made: {why}"))
}

/// Says nothing of Rust code, and why.
pub(crate) fn leave_open(changes: &mut Vec<Change>, why: &str) {
    changes.retain(|change| !change.is_quiet);
    for change in changes {
        (change.rust, change.rust_why) = (Verdict::Unknown, why.to_owned());
    }
}

fn attribute(old: &Document, new: &Document, mut lines: Lines, changes: &mut Vec<Change>) {
    let (old, new) = (Uses::of(old), Uses::of(new));
    // A line belongs to the changes that are nearest: first those of a name, then what is about a member, then the whole,
    // then what is of a component elsewhere, and last whatever comes or goes with something else.
    for change in changes.iter_mut().filter(|change| change.kind == Kind::Rename) {
        let pairs: Vec<_> =
            change.about.0.iter().zip(&change.about.1).map(|(one, other)| (Owner::of(one), Owner::of(other))).collect();
        for (one, other) in pairs.into_iter().filter(|(one, _)| one.member.is_none()) {
            lines.give_renamed(change, (&one.name, &other.name));
            if one.is_operation {
                let words = (one.name.to_snake_case(), other.name.to_snake_case());
                lines.give_renamed(change, (&words.0, &words.1));
            }
        }
    }
    lines.settle();
    let own = |uses: &Uses<'_>, items: &BTreeSet<Item>, with_member: bool| {
        let owners = items.iter().flat_map(|item| uses.owners(item));
        owners.filter(|owner| owner.member.is_some() == with_member).collect::<Vec<_>>()
    };
    let stages: [&Stage<'_>; 5] = [
        &|change| (own(&old, &change.about.0, true), own(&new, &change.about.1, true)),
        &|change| (own(&old, &change.about.0, false), own(&new, &change.about.1, false)),
        &|change| {
            // What is inside may come out in another way because of what has come, or is gone, beside it.
            let both: BTreeSet<_> = change.about.0.union(&change.about.1).cloned().collect();
            let giving: Vec<_> = old.unwrapped(&both).into_iter().chain(new.unwrapped(&both)).collect();
            (giving.clone(), giving)
        },
        &|change| (old.users(&change.about.0), new.users(&change.about.1)),
        &|change| {
            let (gone, come) = (&change.brings, &change.reaches);
            (old.brought(&gone.0, &come.0), new.brought(&gone.1, &come.1))
        },
    ];
    for stage in stages {
        if lines.is_empty() {
            break;
        }
        for change in changes.iter_mut() {
            let (gone, come) = stage(change);
            lines.give(change, &gone, &come);
        }
        lines.settle();
    }
    left_over(&mut lines, changes);
    for change in changes.iter_mut() {
        verdict(change, &lines.closed);
    }
    // What is told for the sake of its items only is not told if another change has them.
    let loud = changes.iter().filter(|change| !change.is_quiet).flat_map(|change| change.items.iter().cloned());
    let loud: BTreeSet<_> = loud.collect();
    changes.retain(|change| !change.is_quiet || change.items.iter().any(|item| !loud.contains(item)));
}

/// What a change claims, among the lines that go and among those that come.
type Stage<'a> = dyn Fn(&Change) -> (Vec<Owner>, Vec<Owner>) + 'a;

/// Lines that no change on the wire explains are changes themselves.
fn left_over(lines: &mut Lines, changes: &mut Vec<Change>) {
    for (name, items) in lines.rest() {
        let what = format!("`{name}` is another in the bindings");
        let change = Change::new(Kind::Type, Direction::Both, what)
            .wire(Verdict::Compatible, "nothing was found that changes what travels");
        changes.push(Change { items, ..change });
    }
}

fn verdict(change: &mut Change, closed: &BTreeSet<String>) {
    let is_gone = |line: &&String| line.starts_with('-');
    // Only a type that a program may put together or match whole minds what comes.
    let breaks = |line: &&String| {
        let owner = Owner::of_line(line.trim_start_matches("+ "));
        let is_member = line.starts_with("+ unloc::") && owner.member.is_some();
        is_member && !owner.is_operation && closed.contains(&owner.name)
    };
    let gone = change.items.iter().filter(is_gone).count();
    (change.rust, change.rust_why) = if gone > 0 {
        let told = if gone == 1 {
            "1 item of the public API is gone or another".to_owned()
        } else {
            format!("{gone} items of the public API are gone or others")
        };
        (Verdict::Breaking, told)
    } else if change.items.iter().any(|line| breaks(&line)) {
        (Verdict::Breaking, "programs may match or put together this type whole".to_owned())
    } else if change.demands {
        (Verdict::FailsAtRunTime, reason(change).to_owned())
    } else {
        let told = match change.items.len() {
            0 => "nothing of the public API changes".to_owned(),
            1 => "1 item is new".to_owned(),
            count => format!("{count} items are new"),
        };
        (Verdict::Compatible, told)
    };
}

fn reason(change: &Change) -> &'static str {
    match change.kind {
        Kind::Rename => "a program that compiles calls another operation than before",
        Kind::Server => "a program compiles, and this environment has no address",
        Kind::Behaviour => "what the old bindings read may be an error for the new ones",
        Kind::Bounds => "a program compiles, and its builder refuses the values that are no longer taken",
        _ => "a program compiles without it, and its builder refuses to send",
    }
}
