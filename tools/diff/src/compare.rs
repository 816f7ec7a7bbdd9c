//! Walks two versions of a spec and collects every change that their operations can reach.
//!
//! Each pair of schemas is compared once, no matter how many references lead to it. The graph of references then tells
//! which operations each change affects. To walk the schemas again for each operation is quadratic in the size of the
//! spec: it took 337 s for a large public one.

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};

use unloc_spec::Document;

use crate::change::{self, Change, Direction, Kind, Verdict};
use crate::engine::Engine;
use crate::operations;
use crate::refs::{Refs, Same};
use crate::schemas::Spot;
use crate::side::Side;
use crate::view::View;

/// Identifies a pair of compared schemas by their places, and by the operation if they belong to one operation only.
type Pair = (Direction, String, String, Option<usize>);

/// Holds two components that are still to be compared.
pub(crate) struct Task<'a> {
    pub(crate) direction: Direction,
    pub(crate) node: usize,
    pub(crate) old: View<'a>,
    pub(crate) new: View<'a>,
    pub(crate) spot: Spot,
    pub(crate) outer: Spot,
}

pub(crate) struct Comparison<'a> {
    pub(crate) old: Side<'a>,
    pub(crate) new: Side<'a>,
    pub(crate) direction: Direction,
    /// Names the schemas that can occur in success responses.
    pub(crate) response_schemas: BTreeSet<String>,
    pub(crate) same: Same<'a>,
    pub(crate) engine: Engine<'a>,
    /// Holds the old and the new path of the servers, if part of the path moved between servers and operations.
    pub(crate) prefixes: (String, String),
    /// Names the operations visited so far; the last one is the current one.
    operations: Vec<String>,
    changes: Vec<Change>,
    /// Maps each known change to its index in `changes`.
    known: HashMap<Identity, usize>,
    nodes: HashMap<Pair, usize>,
    /// Lists for each pair the pairs or operations that led to it.
    parents: Vec<BTreeSet<Parent>>,
    /// Lists for each pair the changes that were found there.
    found: Vec<BTreeSet<usize>>,
    /// Is the pair that is being compared.
    pub(crate) current: Option<usize>,
    pub(crate) tasks: Vec<Task<'a>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Parent {
    Operation(usize),
    Pair(usize),
}

/// Identifies a change, so that it is reported once even if several operations or both directions lead to it.
type Identity = (Kind, String, Verdict, bool, String, String);

/// Returns all changes from one version to the other, with their effect on the wire.
pub(crate) fn compare(old: &Document, new: &Document) -> Vec<Change> {
    let (old, new) = (Side { document: old }, Side { document: new });
    let mut comparison = Comparison {
        old,
        new,
        direction: Direction::Request,
        response_schemas: [old, new]
            .into_iter()
            .flat_map(|side| operations::response_schemas(side, &Refs::of(side)))
            .collect(),
        same: Same::between(old, new),
        engine: Engine::between(old, new),
        prefixes: (String::new(), String::new()),
        operations: Vec::new(),
        changes: Vec::new(),
        known: HashMap::new(),
        nodes: HashMap::new(),
        parents: Vec::new(),
        found: Vec::new(),
        current: None,
        tasks: Vec::new(),
    };
    comparison.servers();
    comparison.operations();
    comparison.assign_operations();
    let mut changes = comparison.changes;
    changes.sort_by(|one, other| {
        let key = |change: &Change| (change.new_place.clone(), change.old_place.clone());
        key(one).cmp(&key(other))
    });
    changes
}

impl<'a> Comparison<'a> {
    /// Starts the comparison of another operation.
    pub(crate) fn begin_operation(&mut self, operation: &str) {
        self.operations.push(operation.to_owned());
        self.current = None;
    }

    /// Compares the queued components, and those that they refer to.
    ///
    /// They are queued because a chain of references can be deeper than the stack.
    pub(crate) fn run_tasks(&mut self) {
        let (direction, current) = (self.direction, self.current);
        while let Some(task) = self.tasks.pop() {
            (self.direction, self.current) = (task.direction, Some(task.node));
            self.content(&task.old, &task.new, (&task.spot, &task.outer));
        }
        (self.direction, self.current) = (direction, current);
    }

    /// Returns the node of these two schemas, and whether they are visited for the first time. Schemas of a single
    /// operation are reported under its name, so they are visited for each operation.
    ///
    /// Only components, and the schemas that operations refer to directly, have a node of their own; everything inside
    /// belongs to that node. With a node for each property, the walk over the operations took longer than all the rest.
    pub(crate) fn visit(&mut self, old: &str, new: &str, spot: &Spot, is_component: bool) -> (usize, bool) {
        let owner = spot.is_of_operation().then_some(self.operations.len());
        let own = if is_component { None } else { self.current };
        let next = self.parents.len();
        let (node, is_first) = match self.nodes.entry((self.direction, old.to_owned(), new.to_owned(), owner)) {
            Entry::Occupied(known) => (*known.get(), false),
            Entry::Vacant(place) => (*place.insert(own.unwrap_or(next)), true),
        };
        if node == next {
            self.parents.push(BTreeSet::new());
            self.found.push(BTreeSet::new());
        }
        if self.current != Some(node) {
            let operation = self.operations.len().checked_sub(1);
            let parent = self.current.map(Parent::Pair).or(operation.map(Parent::Operation));
            self.parents[node].extend(parent);
        }
        (node, is_first)
    }

    /// Adds a change with its places on both sides, or merges it with the same change found before.
    pub(crate) fn add(&mut self, mut change: Change, old: &str, new: &str) {
        (change.old_place, change.new_place) = (self.old.place(old), self.new.place(new));
        let place = |place: &Option<change::Place>| {
            place.as_ref().map_or(String::new(), |place| format!("{}:{}", place.at.line, place.at.column))
        };
        let (before, after) = (place(&change.old_place), place(&change.new_place));
        let identity = (change.kind, change.what.clone(), change.wire, change.fails_at_run_time, before, after);
        if self.current.is_none() {
            change.operations.extend(self.operations.last().cloned());
        }
        let number = match self.known.get(&identity) {
            Some(number) => {
                self.changes[*number].absorb(change);
                *number
            }
            None => {
                let number = self.changes.len();
                self.known.insert(identity, number);
                self.changes.push(change);
                number
            }
        };
        if let Some(current) = self.current {
            self.found[current].insert(number);
        }
    }

    /// Assigns to each change the operations that lead to it.
    fn assign_operations(&mut self) {
        // Only pairs that lead to a change are visited, so the time depends on the size of the report.
        let mut children: Vec<Vec<usize>> = vec![Vec::new(); self.parents.len()];
        let mut roots: Vec<Vec<usize>> = vec![Vec::new(); self.operations.len()];
        let mut open: Vec<usize> = (0..self.found.len()).filter(|node| !self.found[*node].is_empty()).collect();
        let mut leads: BTreeSet<usize> = open.iter().copied().collect();
        while let Some(node) = open.pop() {
            for parent in &self.parents[node] {
                match *parent {
                    Parent::Operation(operation) => roots[operation].push(node),
                    Parent::Pair(parent) => {
                        children[parent].push(node);
                        open.extend(leads.insert(parent).then_some(parent));
                    }
                }
            }
        }
        // Holds the operation from which each pair was last reached, so that cycles end.
        let mut reached = vec![usize::MAX; self.parents.len()];
        for (number, roots) in roots.into_iter().enumerate() {
            let mut open = roots;
            while let Some(node) = open.pop() {
                if std::mem::replace(&mut reached[node], number) == number {
                    continue;
                }
                for change in &self.found[node] {
                    self.changes[*change].operations.insert(self.operations[number].clone());
                }
                open.extend(&children[node]);
            }
        }
    }
}
