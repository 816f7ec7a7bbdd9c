//! Two versions of a spec: every change that their operations can meet.
//!
//! Each pair of schemas is compared once, whoever refers to it, and which operations meet what was found there is told
//! from the graph of who led to whom. To walk on from each operation anew takes a time that grows with the square of the
//! spec: 337 s for a large public one.

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

/// Two schemas that are compared, by where they stand; and for whom, if an operation has them to itself.
type Pair = (Direction, String, String, Option<usize>);

/// Two components that are still to be compared.
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
    /// The schemas that answers can be made of.
    pub(crate) answers: BTreeSet<String>,
    pub(crate) same: Same<'a>,
    pub(crate) engine: Engine<'a>,
    /// The paths of the servers on both sides, where only what stands there has moved.
    pub(crate) prefixes: (String, String),
    /// The operations that have been turned to; the last one is looked at.
    operations: Vec<String>,
    changes: Vec<Change>,
    /// Where a change like this one is among the changes.
    known: HashMap<Likeness, usize>,
    nodes: HashMap<Pair, usize>,
    /// Who led to a pair: another pair, or an operation.
    parents: Vec<BTreeSet<Place>>,
    /// Which changes were found at a pair.
    found: Vec<BTreeSet<usize>>,
    /// Where the comparison stands.
    pub(crate) here: Option<usize>,
    pub(crate) tasks: Vec<Task<'a>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Operation(usize),
    Pair(usize),
}

/// What makes two changes one, met from another operation or in the other direction.
type Likeness = (Kind, String, Verdict, bool, String, String);

/// All changes from one version to the other, as they are on the wire.
pub(crate) fn compare(old: &Document, new: &Document) -> Vec<Change> {
    let (old, new) = (Side { document: old }, Side { document: new });
    let mut comparison = Comparison {
        old,
        new,
        direction: Direction::Request,
        answers: [old, new].into_iter().flat_map(|side| operations::answers(side, &Refs::of(side))).collect(),
        same: Same::between(old, new),
        engine: Engine::between(old, new),
        prefixes: (String::new(), String::new()),
        operations: Vec::new(),
        changes: Vec::new(),
        known: HashMap::new(),
        nodes: HashMap::new(),
        parents: Vec::new(),
        found: Vec::new(),
        here: None,
        tasks: Vec::new(),
    };
    comparison.servers();
    comparison.operations();
    comparison.spread();
    let mut changes = comparison.changes;
    changes.sort_by(|one, other| {
        let key = |change: &Change| (change.new_place.clone(), change.old_place.clone());
        key(one).cmp(&key(other))
    });
    changes
}

impl<'a> Comparison<'a> {
    /// Turns to another operation.
    pub(crate) fn turn_to(&mut self, operation: &str) {
        self.operations.push(operation.to_owned());
        self.here = None;
    }

    /// Compares the components that were met, and those that they lead to. They wait for it here, because a chain of
    /// references can be longer than the stack is deep.
    pub(crate) fn settle(&mut self) {
        let (direction, here) = (self.direction, self.here);
        while let Some(task) = self.tasks.pop() {
            (self.direction, self.here) = (task.direction, Some(task.node));
            self.content(&task.old, &task.new, (&task.spot, &task.outer));
        }
        (self.direction, self.here) = (direction, here);
    }

    /// What stands for these two among the pairs, and whether they are met for the first time. What an operation has to
    /// itself is told in its name, and so looked at for each.
    ///
    /// Only components, and what operations begin with, are pairs of their own; all within them is theirs. Otherwise there
    /// is one for each property, and to go through them for each operation takes longer than all the rest.
    pub(crate) fn meet(&mut self, old: &str, new: &str, spot: &Spot, is_component: bool) -> (usize, bool) {
        let owner = spot.is_of_operation().then_some(self.operations.len());
        let own = if is_component { None } else { self.here };
        let next = self.parents.len();
        let (node, is_first) = match self.nodes.entry((self.direction, old.to_owned(), new.to_owned(), owner)) {
            Entry::Occupied(known) => (*known.get(), false),
            Entry::Vacant(place) => (*place.insert(own.unwrap_or(next)), true),
        };
        if node == next {
            self.parents.push(BTreeSet::new());
            self.found.push(BTreeSet::new());
        }
        if self.here != Some(node) {
            let operation = self.operations.len().checked_sub(1);
            let parent = self.here.map(Place::Pair).or(operation.map(Place::Operation));
            self.parents[node].extend(parent);
        }
        (node, is_first)
    }

    /// Takes up a change, with where it stands on both sides.
    pub(crate) fn add(&mut self, mut change: Change, old: &str, new: &str) {
        (change.old_place, change.new_place) = (self.old.place(old), self.new.place(new));
        let place = |place: &Option<change::Place>| {
            place.as_ref().map_or(String::new(), |place| format!("{}:{}", place.at.line, place.at.column))
        };
        let (before, after) = (place(&change.old_place), place(&change.new_place));
        let likeness = (change.kind, change.what.clone(), change.wire, change.demands, before, after);
        if self.here.is_none() {
            change.operations.extend(self.operations.last().cloned());
        }
        let number = match self.known.get(&likeness) {
            Some(number) => {
                self.changes[*number].absorb(change);
                *number
            }
            None => {
                let number = self.changes.len();
                self.known.insert(likeness, number);
                self.changes.push(change);
                number
            }
        };
        if let Some(here) = self.here {
            self.found[here].insert(number);
        }
    }

    /// Tells each change which operations lead to it.
    fn spread(&mut self) {
        // Only pairs that lead to a change are gone through, so this takes as long as what is told is large.
        let mut children: Vec<Vec<usize>> = vec![Vec::new(); self.parents.len()];
        let mut roots: Vec<Vec<usize>> = vec![Vec::new(); self.operations.len()];
        let mut open: Vec<usize> = (0..self.found.len()).filter(|node| !self.found[*node].is_empty()).collect();
        let mut leads: BTreeSet<usize> = open.iter().copied().collect();
        while let Some(node) = open.pop() {
            for parent in &self.parents[node] {
                match *parent {
                    Place::Operation(operation) => roots[operation].push(node),
                    Place::Pair(parent) => {
                        children[parent].push(node);
                        open.extend(leads.insert(parent).then_some(parent));
                    }
                }
            }
        }
        // Which operation a pair was last reached from.
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
