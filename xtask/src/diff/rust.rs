//! What changes do to Rust code: the public API of both versions, line by line, and which change each line belongs to.

use std::collections::{BTreeMap, BTreeSet};

use heck::{ToPascalCase, ToSnakeCase};
use unloc_codegen::load::Document;

use super::change::{Change, Direction, Item, Kind, Verdict};
use super::view::Side;

/// What a line of the public API is about: a type or an operation by its Rust name, and a member of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Owner {
    is_operation: bool,
    name: String,
    member: Option<String>,
}

impl Owner {
    fn of(item: &Item) -> Self {
        let (is_operation, name, member) = match item {
            Item::Type(name, member) => (false, name, member),
            Item::Operation(name, member) => (true, name, member),
        };
        // A keyword gets an underscore in Rust, which is no part of its name.
        Self { is_operation, name: name.to_pascal_case(), member: member.as_ref().map(|name| name.to_snake_case()) }
    }

    fn of_type(name: &str) -> Self {
        Self { is_operation: false, name: name.to_pascal_case(), member: None }
    }

    /// What this line is about.
    fn of_line(line: &str) -> Self {
        let line = match line.strip_prefix("impl ").and_then(|rest| rest.split_once(" for ")) {
            // A type of ours that becomes one of somebody else's.
            Some((of, target)) if is_foreign(target) => {
                let mut words = of.split(|letter: char| !(letter.is_alphanumeric() || letter == '_'));
                let name = words.rfind(|word| !word.is_empty() && !is_foreign(word));
                return Self::of_type(name.unwrap_or(of));
            }
            Some((_, target)) => target,
            None => line,
        };
        let line = ["async fn ", "fn ", "struct ", "enum ", "type ", "const ", "trait ", "use "]
            .iter()
            .find_map(|word| line.strip_prefix(word))
            .unwrap_or(line);
        let end = line.find(['(', '<', ',', ' ']).unwrap_or(line.len());
        let path = line[..end].trim_end_matches(':').replace('.', "::");
        let mut steps: Vec<&str> = path.split("::").filter(|step| !step.is_empty()).collect();
        let is_type = steps.first() == Some(&"types");
        steps.retain(|step| !matches!(*step, "types" | "builder" | "super"));
        let mut steps = steps.into_iter();
        let (first, second) = (steps.next().unwrap_or_default(), steps.next());
        if !is_type && matches!(first, "LockHolder" | "Unloc") {
            return Self { is_operation: true, name: second.unwrap_or_default().to_pascal_case(), member: None };
        }
        let member = second.map(|member| member.trim_end_matches('_').to_owned());
        Self { is_operation: !is_type, name: first.to_owned(), member }
    }

    /// Whether a change about this is a change about the other: the same, or a member of it.
    fn holds(&self, other: &Self) -> bool {
        self.is_operation == other.is_operation
            && self.name == other.name
            && self.member.as_ref().is_none_or(|member| other.member.as_ref() == Some(member))
    }
}

/// Whether a type is of the standard library or of the crate itself, and not of the bindings.
fn is_foreign(target: &str) -> bool {
    let path = target.trim_start_matches("types::").trim_start_matches("builder::");
    let first = path.split(|letter: char| !(letter.is_alphanumeric() || letter == '_')).next().unwrap_or_default();
    let foreign =
        ["String", "Option", "Vec", "BTreeMap", "Nullable", "Map", "From", "TryFrom", "serde_json", "crate", "std", ""];
    foreign.contains(&first) || first.starts_with(char::is_lowercase)
}

/// Lines that one version has and the other has not.
struct Lines {
    gone: Vec<String>,
    come: Vec<String>,
    /// Types that a program can match or put together without an ellipsis.
    closed: BTreeSet<String>,
    given: BTreeSet<String>,
}

impl Lines {
    fn between(old: &BTreeSet<String>, new: &BTreeSet<String>) -> Self {
        let closed = old.iter().filter(|line| line.starts_with("struct types::") || line.starts_with("enum types::"));
        let closed = closed.filter(|line| !line.contains("::builder::"));
        let closed = closed.filter(|line| !line.ends_with("non-exhaustive")).map(|line| Owner::of_line(line).name);
        Self {
            gone: old.difference(new).cloned().collect(),
            come: new.difference(old).cloned().collect(),
            closed: closed.collect(),
            given: BTreeSet::new(),
        }
    }

    /// Gives a change the lines that fit to it, those that go and those that come. Others may have them, too: they are
    /// taken away by [`settle`](Self::settle).
    fn give(&mut self, change: &mut Change, gone: impl Fn(&str) -> bool, come: impl Fn(&str) -> bool) {
        for (mark, lines, fits) in
            [('-', &self.gone, &gone as &dyn Fn(&str) -> bool), ('+', &self.come, &come as &dyn Fn(&str) -> bool)]
        {
            let fitting = lines.iter().filter(|line| fits(line)).map(|line| format!("{mark} {line}"));
            self.given.extend(fitting.clone());
            change.items.extend(fitting);
        }
    }

    /// What has been given is explained.
    fn settle(&mut self) {
        for (mark, lines) in [('-', &mut self.gone), ('+', &mut self.come)] {
            lines.retain(|line| !self.given.contains(&format!("{mark} {line}")));
        }
    }

    /// Pairs of lines that are equal but for a name.
    fn give_renamed(&mut self, change: &mut Change, (old, new): (&str, &str)) {
        let pairs: Vec<_> = self
            .gone
            .iter()
            .filter_map(|line| Some((line.clone(), renamed(line, old, new)?)))
            .filter(|(_, after)| self.come.contains(after))
            .collect();
        for (before, after) in pairs {
            self.give(change, |line| line == before, |line| line == after);
        }
    }
}

/// The line with a name replaced where it stands as a whole word; nothing if it does not stand there.
fn renamed(line: &str, old: &str, new: &str) -> Option<String> {
    let mut after = String::new();
    let mut found = false;
    for word in line.split_inclusive(|letter: char| !(letter.is_alphanumeric() || letter == '_')) {
        let end = word.trim_end_matches(|letter: char| !(letter.is_alphanumeric() || letter == '_'));
        found |= end == old;
        after.push_str(&if end == old { word.replacen(old, new, 1) } else { word.to_owned() });
    }
    found.then_some(after)
}

/// The public API that a version leads to, or why there is none.
pub(crate) type Surface = Result<BTreeSet<String>, String>;

pub(crate) fn surface(document: &Document, api: &str) -> Surface {
    let reason = |errors: Vec<unloc_codegen::Error>| errors.first().map(ToString::to_string).unwrap_or_default();
    unloc_codegen::surface(document, api).map_err(reason)
}

/// Says of each change what it does to Rust code, and adds those that only Rust code meets.
pub(crate) fn judge(
    (old, before): (&Document, &Surface),
    (new, after): (&Document, &Surface),
    changes: &mut Vec<Change>,
) {
    let why = match (before, after) {
        (Ok(before), Ok(after)) => return attribute(old, new, Lines::between(before, after), changes),
        (Err(why), _) | (_, Err(why)) => why,
    };
    changes.retain(|change| !change.is_quiet);
    for change in changes.iter_mut() {
        (change.rust, change.rust_why) =
            (Verdict::Unknown, "there are no bindings on both sides to compare".to_owned());
    }
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
}

fn attribute(old: &Document, new: &Document, mut lines: Lines, changes: &mut Vec<Change>) {
    let (old, new) = (Side { document: old }, Side { document: new });
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
    let own = |items: &BTreeSet<Item>, with_member: bool| {
        let owners = items.iter().map(Owner::of).filter(|owner| owner.member.is_some() == with_member);
        owners.collect::<Vec<_>>()
    };
    let users = |side: Side<'_>, items: &BTreeSet<Item>| {
        let types = items.iter().filter_map(|item| match item {
            Item::Type(name, None) => Some(name),
            _ => None,
        });
        types.flat_map(|name| side.users(name)).map(|item| Owner::of(&item)).collect::<Vec<_>>()
    };
    let brought = |names: &BTreeSet<String>| names.iter().map(|name| Owner::of_type(name)).collect::<Vec<_>>();
    let stages: [&Stage<'_>; 4] = [
        &|change| (own(&change.about.0, true), own(&change.about.1, true)),
        &|change| (own(&change.about.0, false), own(&change.about.1, false)),
        &|change| (users(old, &change.about.0), users(new, &change.about.1)),
        &|change| (brought(&change.brings.0), brought(&change.brings.1)),
    ];
    for stage in stages {
        for change in changes.iter_mut() {
            let (gone, come) = stage(change);
            let is_in = |owners: &[Owner], line: &str| owners.iter().any(|owner| owner.holds(&Owner::of_line(line)));
            lines.give(change, |line| is_in(&gone, line), |line| is_in(&come, line));
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
    let mut rest: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let (gone, come) = (std::mem::take(&mut lines.gone), std::mem::take(&mut lines.come));
    let marked = gone.into_iter().map(|line| ('-', line)).chain(come.into_iter().map(|line| ('+', line)));
    for (mark, line) in marked {
        rest.entry(Owner::of_line(&line).name).or_default().push(format!("{mark} {line}"));
    }
    for (name, items) in rest {
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
        let is_member = line.starts_with("+ types::") && owner.member.is_some();
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_public_api_is_about_something() {
        for (line, is_operation, name, member) in [
            (
                "async fn builder::GetKey::send(self) -> crate::Result<ResponseValue<types::Key>>",
                true,
                "GetKey",
                Some("send"),
            ),
            ("fn LockHolder::get_key(&self) -> builder::GetKey", true, "GetKey", None),
            ("fn types::builder::Lock::name<T>(self, _1: T) -> Self", false, "Lock", Some("name")),
            ("types::Lock.type_: Option<String>", false, "Lock", Some("type")),
            ("types::KeyState::Active", false, "KeyState", Some("Active")),
            ("impl From<super::Token> for types::builder::Token", false, "Token", None),
            ("impl TryFrom<Token> for types::builder::super::Token", false, "Token", None),
            ("struct types::Lock, non-exhaustive", false, "Lock", None),
            ("enum types::RequestedScope", false, "RequestedScope", None),
        ] {
            let owner = Owner { is_operation, name: name.to_owned(), member: member.map(str::to_owned) };
            assert_eq!(Owner::of_line(line), owner, "{line}");
        }
    }

    #[test]
    fn a_name_is_replaced_as_a_whole_word_only() {
        assert_eq!(
            renamed("types::KeyList.keys: Vec<types::Key>", "Key", "Access").as_deref(),
            Some("types::KeyList.keys: Vec<types::Access>")
        );
        assert_eq!(renamed("types::KeyList", "Key", "Access"), None);
    }
}
