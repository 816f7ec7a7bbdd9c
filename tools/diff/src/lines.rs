//! The lines of the public API that one version has and the other has not, by what they are about.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use unloc_spec::keys::{ENVELOPE, PAGINATION, RUST_NAME};
use unloc_spec::{At, Document, references};

use crate::change::{Change, Item};
use crate::operations;
use crate::owner::Owner;
use crate::parameters::parameters;
use crate::refs::{self, Refs};
use crate::side::Side;

/// Lines of one version, each until a change has taken it.
struct Pool {
    lines: Vec<(String, Owner)>,
    /// Where the lines of a type or an operation are.
    index: HashMap<(bool, String), Vec<usize>>,
    is_left: Vec<bool>,
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

    /// The lines about one of these that nobody has taken.
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

/// Lines that one version has and the other has not.
pub(crate) struct Lines {
    gone: Pool,
    come: Pool,
    /// Types that a program can match or put together without an ellipsis.
    pub(crate) closed: BTreeSet<String>,
}

impl Lines {
    pub(crate) fn between(old: &BTreeSet<String>, new: &BTreeSet<String>) -> Self {
        let is_type = |line: &&String| line.starts_with("struct ") || line.starts_with("enum ");
        let closed =
            old.iter().filter(is_type).filter(|line| line.contains("types::") && !line.contains("::builder::"));
        let closed = closed.filter(|line| !line.ends_with("non-exhaustive")).map(|line| Owner::of_line(line).name);
        Self { gone: Pool::new(old.difference(new)), come: Pool::new(new.difference(old)), closed: closed.collect() }
    }

    /// Gives a change the lines that are about these, those that go and those that come. Others may have them, too: they
    /// are taken away by [`settle`](Self::settle).
    pub(crate) fn give(&mut self, change: &mut Change, gone: &[Owner], come: &[Owner]) {
        for (mark, pool, owners) in [('-', &mut self.gone, gone), ('+', &mut self.come, come)] {
            let fitting = pool.fitting(owners);
            change.items.extend(fitting.iter().map(|place| format!("{mark} {}", pool.lines[*place].0)));
            pool.given.extend(fitting);
        }
    }

    /// What has been given is explained.
    pub(crate) fn settle(&mut self) {
        for pool in [&mut self.gone, &mut self.come] {
            for place in std::mem::take(&mut pool.given) {
                pool.is_left[place] = false;
            }
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.gone.left().next().is_none() && self.come.left().next().is_none()
    }

    /// Pairs of lines that are equal but for a name.
    pub(crate) fn give_renamed(&mut self, change: &mut Change, (old, new): (&str, &str)) {
        let come: HashMap<_, _> = self.come.left().map(|place| (self.come.lines[place].0.as_str(), place)).collect();
        let pairs: Vec<_> = self
            .gone
            .left()
            .filter_map(|place| Some((place, *come.get(renamed(&self.gone.lines[place].0, old, new)?.as_str())?)))
            .collect();
        for (before, after) in pairs {
            change.items.push(format!("- {}", self.gone.lines[before].0));
            change.items.push(format!("+ {}", self.come.lines[after].0));
            self.gone.given.insert(before);
            self.come.given.insert(after);
        }
    }

    /// What nobody has taken, with its marks, by the name of what it is about.
    pub(crate) fn rest(&self) -> BTreeMap<String, Vec<String>> {
        let mut rest: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (mark, pool) in [('-', &self.gone), ('+', &self.come)] {
            for place in pool.left() {
                let (line, owner) = &pool.lines[place];
                rest.entry(owner.name.clone()).or_default().push(format!("{mark} {line}"));
            }
        }
        rest
    }
}

/// The line with a name replaced where it stands as a whole word; nothing if it does not stand there.
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

/// The component that a body or a response consists of.
fn component(side: Side<'_>, at: At<'_>) -> Option<String> {
    let content = side.follow(at)?.get("content")?;
    content.entries().find_map(|(_, media)| refs::name(media.get("schema")?.reference()?))
}

/// Who uses a component of one version, and what a part of it leads to.
pub(crate) struct Uses<'a> {
    refs: Refs<'a>,
    users: HashMap<String, Vec<Owner>>,
    /// What builders of operations have for the properties of a body: schema and property.
    setters: HashMap<(String, String), Vec<Owner>>,
    /// The properties of the body of an operation, by its name.
    bodies: HashMap<String, Vec<Owner>>,
    /// The operations that give what is inside of an envelope, by its schema.
    envelopes: HashMap<String, Vec<Owner>>,
    /// What has another name in Rust by `x-rust-name`.
    renamed: HashMap<Item, Item>,
}

/// What gives the response of an operation.
const GIVING: [&str; 4] = ["send", "send_with_response", "items", "pages"];

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
                let giving = GIVING.iter().map(|member| Owner::of(&item.member(member)));
                envelopes.entry(schema).or_default().extend(giving.filter(|_| is_envelope));
            }
        }
        Self { refs: Refs::of(side), users, setters, bodies, envelopes, renamed }
    }

    /// What of the bindings this is: itself, under the name that it has in Rust, and what the builder of an operation has of
    /// a body.
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

    /// The functions that give what is inside of these, where they are envelopes.
    pub(crate) fn unwrapped(&self, items: &BTreeSet<Item>) -> Vec<Owner> {
        let types = items.iter().filter_map(|item| match item {
            Item::Type(name, _) => Some(name),
            Item::Operation(..) => None,
        });
        types.filter_map(|name| self.envelopes.get(name)).flatten().cloned().collect()
    }

    /// Properties and parameters that are of one of these types.
    pub(crate) fn users(&self, items: &BTreeSet<Item>) -> Vec<Owner> {
        let types = items.iter().filter_map(|item| match item {
            Item::Type(name, None) => Some(name),
            _ => None,
        });
        types.filter_map(|name| self.users.get(name)).flatten().cloned().collect()
    }

    /// The types that come or go with these, and with all that these references lead to.
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
    fn a_name_is_replaced_as_a_whole_word_only() {
        assert_eq!(
            renamed("types::KeyList.keys: Vec<types::Key>", "Key", "Access").as_deref(),
            Some("types::KeyList.keys: Vec<types::Access>")
        );
        assert_eq!(renamed("types::KeyList", "Key", "Access"), None);
    }
}
