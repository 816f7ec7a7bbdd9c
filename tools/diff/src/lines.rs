//! Assigns the lines of the public API that differ between two versions to the changes that caused them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use unloc_spec::keys::{ENVELOPE, PAGINATION, RUST_NAME};
use unloc_spec::{At, Document, references};

use crate::change::{Change, Item};
use crate::operations;
use crate::owner::Owner;
use crate::parameters::parameters;
use crate::refs::{self, Refs};
use crate::side::Side;

/// Holds the lines of one version that are not yet assigned to a change.
struct Pool {
    lines: Vec<(String, Owner)>,
    /// Maps a type or an operation to the indexes of its lines.
    index: HashMap<(bool, String), Vec<usize>>,
    is_left: Vec<bool>,
    /// Holds the lines assigned in the current round; several changes may share them.
    given: BTreeSet<usize>,
}

impl Pool {
    fn new<'s>(lines: impl Iterator<Item = &'s String>) -> Self {
        let lines: Vec<_> = lines.map(|line| (line.clone(), Owner::of_line(line))).collect();
        let mut index: HashMap<_, Vec<_>> = HashMap::new();
        for (place, (_, owner)) in lines.iter().enumerate() {
            index.entry((owner.is_operation, owner.name.clone())).or_default().push(place);
        }
        Self { is_left: vec![true; lines.len()], lines, index, given: BTreeSet::new() }
    }

    /// Returns the unassigned lines that belong to one of these owners.
    fn fitting(&self, owners: &[Owner]) -> BTreeSet<usize> {
        let near = owners.iter().flat_map(|owner| {
            let known = self.index.get(&(owner.is_operation, owner.name.clone())).into_iter().flatten().copied();
            known.filter(|place| self.is_left[*place] && owner.holds(&self.lines[*place].1))
        });
        near.collect()
    }

    fn left(&self) -> impl Iterator<Item = usize> {
        (0..self.lines.len()).filter(|place| self.is_left[*place])
    }
}

/// Holds the lines that only one of the two versions has.
pub(crate) struct Lines {
    removed: Pool,
    added: Pool,
    /// Names the types that a program can match or construct without `..`.
    pub(crate) closed: BTreeSet<String>,
}

impl Lines {
    pub(crate) fn between(old: &BTreeSet<String>, new: &BTreeSet<String>) -> Self {
        let is_type = |line: &&String| line.starts_with("struct ") || line.starts_with("enum ");
        let closed =
            old.iter().filter(is_type).filter(|line| line.contains("types::") && !line.contains("::builder::"));
        let closed = closed.filter(|line| !line.ends_with("non-exhaustive")).map(|line| Owner::of_line(line).name);
        Self {
            removed: Pool::new(old.difference(new)),
            added: Pool::new(new.difference(old)),
            closed: closed.collect(),
        }
    }

    /// Assigns to a change the removed and the added lines of these owners.
    ///
    /// Other changes can still get the same lines until [`finish_round`](Self::finish_round) removes them.
    pub(crate) fn assign(&mut self, change: &mut Change, removed: &[Owner], added: &[Owner]) {
        for (mark, pool, owners) in [('-', &mut self.removed, removed), ('+', &mut self.added, added)] {
            let fitting = pool.fitting(owners);
            change.items.extend(fitting.iter().map(|place| format!("{mark} {}", pool.lines[*place].0)));
            pool.given.extend(fitting);
        }
    }

    /// Removes the lines that were assigned in this round.
    pub(crate) fn finish_round(&mut self) {
        for pool in [&mut self.removed, &mut self.added] {
            for place in std::mem::take(&mut pool.given) {
                pool.is_left[place] = false;
            }
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.removed.left().next().is_none() && self.added.left().next().is_none()
    }

    /// Assigns to a change the pairs of lines that differ only in this name.
    pub(crate) fn assign_renamed(&mut self, change: &mut Change, (old, new): (&str, &str)) {
        let added: HashMap<_, _> = self.added.left().map(|place| (self.added.lines[place].0.as_str(), place)).collect();
        let pairs: Vec<_> = self
            .removed
            .left()
            .filter_map(|place| Some((place, *added.get(renamed(&self.removed.lines[place].0, old, new)?.as_str())?)))
            .collect();
        for (before, after) in pairs {
            change.items.push(format!("- {}", self.removed.lines[before].0));
            change.items.push(format!("+ {}", self.added.lines[after].0));
            self.removed.given.insert(before);
            self.added.given.insert(after);
        }
    }

    /// Returns the unassigned lines, prefixed with a plus or a minus, by the name of their owner.
    pub(crate) fn unassigned(&self) -> BTreeMap<String, Vec<String>> {
        let mut unassigned: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (mark, pool) in [('-', &self.removed), ('+', &self.added)] {
            for place in pool.left() {
                let (line, owner) = &pool.lines[place];
                unassigned.entry(owner.name.clone()).or_default().push(format!("{mark} {line}"));
            }
        }
        unassigned
    }
}

/// Returns the line with a name replaced where it is a whole word, or `None` if it does not occur.
pub(crate) fn renamed(line: &str, old: &str, new: &str) -> Option<String> {
    if !line.contains(old) {
        return None;
    }
    let mut after = String::new();
    let mut found = false;
    for word in line.split_inclusive(|letter: char| !(letter.is_alphanumeric() || letter == '_')) {
        let end = word.trim_end_matches(|letter: char| !(letter.is_alphanumeric() || letter == '_'));
        found |= end == old;
        after.push_str(&if end == old { word.replacen(old, new, 1) } else { word.to_owned() });
    }
    found.then_some(after)
}

/// Returns the name of the component that a body or a response consists of.
fn component(side: Side<'_>, at: At<'_>) -> Option<String> {
    let content = side.follow(at)?.get("content")?;
    content.entries().find_map(|(_, media)| refs::name(media.get("schema")?.reference()?))
}

/// Knows which parts of the bindings use a component of one version, and what each reference leads to.
pub(crate) struct Uses<'a> {
    refs: Refs<'a>,
    users: HashMap<String, Vec<Owner>>,
    /// Maps schema and property of a body to the setters of the operation builders.
    setters: HashMap<(String, String), Vec<Owner>>,
    /// Maps the name of an operation to the properties of its body.
    bodies: HashMap<String, Vec<Owner>>,
    /// Maps the schema of an envelope to the functions that return its content.
    envelopes: HashMap<String, Vec<Owner>>,
    /// Maps items to their names in Rust, if `x-rust-name` sets one.
    renamed: HashMap<Item, Item>,
}

/// Names the functions of a builder that return the response of an operation.
const RETURNING: [&str; 4] = ["send", "send_with_response", "items", "pages"];

impl<'a> Uses<'a> {
    pub(crate) fn of(document: &'a Document) -> Self {
        let side = Side { document };
        let mut users: HashMap<String, Vec<Owner>> = HashMap::new();
        let mut add = |value: &serde_json::Value, item: &Item| {
            for name in references(value).collect::<BTreeSet<_>>().into_iter().filter_map(refs::name) {
                users.entry(name).or_default().push(Owner::of(item));
            }
        };
        let mut renamed = HashMap::new();
        let mut called = |item: &Item, at: &At<'a>| {
            if let Some(name) = at.text(RUST_NAME) {
                renamed.insert(item.clone(), item.owner().member(name));
            }
        };
        let mut properties_of: HashMap<String, Vec<(&str, At<'a>)>> = HashMap::new();
        for (owner, schema) in side.at("/components/schemas").into_iter().flat_map(|schemas| schemas.entries()) {
            let properties = schema.get("properties").into_iter().flat_map(|properties| properties.entries());
            for (property, node) in properties {
                let item = Item::Type(owner.to_owned(), Some(property.to_owned()));
                add(node.value, &item);
                called(&item, &node);
                properties_of.entry(owner.to_owned()).or_default().push((property, node));
            }
        }
        let (mut setters, mut bodies): (HashMap<_, Vec<Owner>>, HashMap<String, Vec<Owner>>) = Default::default();
        let mut envelopes: HashMap<String, Vec<Owner>> = HashMap::new();
        for operation in operations::all(side) {
            let item = operations::item(&operation);
            for ((_, parameter), at) in parameters(side, &operation) {
                let item = item.member(&parameter);
                add(at.value, &item);
                called(&item, &at);
            }
            let body = operation.at.get("requestBody").and_then(|body| component(side, body));
            let properties = body.iter().flat_map(|schema| Some((schema, properties_of.get(schema)?)));
            for (schema, (property, node)) in
                properties.flat_map(|(schema, all)| all.iter().map(move |one| (schema, one)))
            {
                let setter = item.member(property);
                let owner = Owner::of(&item.member(node.text(RUST_NAME).unwrap_or(property)));
                add(node.value, &setter);
                bodies.entry(operation.name()).or_default().push(owner.clone());
                setters.entry((schema.clone(), (*property).to_owned())).or_default().push(owner);
            }
            let responses = operation.at.get("responses").into_iter().flat_map(|at| at.entries());
            for schema in responses.filter_map(|(_, response)| component(side, response)) {
                let at = side.at(&format!("/components/schemas/{}", unloc_spec::escape(&schema)));
                let is_envelope =
                    at.is_some_and(|at| at.get(ENVELOPE).is_some()) || operation.get(PAGINATION).is_some();
                let returning = RETURNING.iter().map(|member| Owner::of(&item.member(member)));
                envelopes.entry(schema).or_default().extend(returning.filter(|_| is_envelope));
            }
        }
        Self { refs: Refs::of(side), users, setters, bodies, envelopes, renamed }
    }

    /// Returns the parts of the bindings that belong to an item: the item itself, its name in Rust, and the setters
    /// that an operation builder has for its body.
    pub(crate) fn owners(&self, item: &Item) -> Vec<Owner> {
        let mut owners = vec![Owner::of(item)];
        owners.extend(self.renamed.get(item).map(Owner::of));
        match item {
            Item::Type(schema, Some(property)) => {
                owners.extend(self.setters.get(&(schema.clone(), property.clone())).into_iter().flatten().cloned());
            }
            Item::Operation(name, Some(member)) if member == "body" => {
                owners.extend(self.bodies.get(name).into_iter().flatten().cloned());
            }
            _ => {}
        }
        owners
    }

    /// Returns the functions that return the content of these items, if they are envelopes.
    pub(crate) fn unwrapped(&self, items: &BTreeSet<Item>) -> Vec<Owner> {
        let types = items.iter().filter_map(|item| match item {
            Item::Type(name, _) => Some(name),
            Item::Operation(..) => None,
        });
        types.filter_map(|name| self.envelopes.get(name)).flatten().cloned().collect()
    }

    /// Returns the properties and parameters that have one of these types.
    pub(crate) fn users(&self, items: &BTreeSet<Item>) -> Vec<Owner> {
        let types = items.iter().filter_map(|item| match item {
            Item::Type(name, None) => Some(name),
            _ => None,
        });
        types.filter_map(|name| self.users.get(name)).flatten().cloned().collect()
    }

    /// Returns the types with these names, and those that these references lead to.
    pub(crate) fn brought(&self, names: &BTreeSet<String>, reaches: &BTreeSet<String>) -> Vec<Owner> {
        let reached = self.refs.reached(reaches.iter().map(String::as_str));
        let reached = reached.into_iter().filter_map(refs::name);
        names.iter().cloned().chain(reached).map(|name| Owner::of_type(&name)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replaces_a_name_only_as_a_whole_word() {
        assert_eq!(
            renamed("types::KeyList.keys: Vec<types::Key>", "Key", "Access").as_deref(),
            Some("types::KeyList.keys: Vec<types::Access>")
        );
        assert_eq!(renamed("types::KeyList", "Key", "Access"), None);
    }
}
