//! What the specs say of what operations take and give, as data: enough to make a call, and to read its response, without
//! the types of the bindings.
//!
//! The build writes it from what the types are made of, tolerances included. It stands apart from [`Operation`], so that a
//! program that makes no such call has none of it.
#![allow(
    dead_code,
    reason = "no call is made without types so far: the tests read a part of this, and nothing else does"
)]

use std::fmt;

use super::operation::{Operation, Sensitive};

/// What an operation takes and gives.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) operation: &'static Operation,
    /// Its parameters, in the order of the spec.
    pub(crate) parameters: &'static [Parameter],
    /// What its request holds.
    pub(crate) body: Option<Shape>,
    /// What a successful response holds.
    pub(crate) response: Option<Shape>,
    pub(crate) paging: Option<Paging>,
}

/// A parameter of an operation.
#[derive(Debug)]
pub(crate) struct Parameter {
    /// Its name on the wire.
    pub(crate) name: &'static str,
    pub(crate) place: Place,
    pub(crate) required: bool,
    /// Whether the operation's client gives it, and the caller does not.
    pub(crate) filled_in: bool,
    pub(crate) shape: Shape,
}

/// Where a parameter stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Path,
    Query,
    Header,
}

/// How a list comes in pages.
#[derive(Debug)]
pub(crate) struct Paging {
    /// The property of the response that lists the items.
    pub(crate) items: &'static str,
    /// The parameter, and the property of the response, that hold the cursor.
    pub(crate) cursor: &'static str,
    /// How many items are asked for at once if nobody says.
    pub(crate) size: u64,
}

/// What a value is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    pub(crate) kind: Kind,
    pub(crate) nullable: bool,
}

/// What a value is that is not null.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    /// Whatever JSON there is: of alternatives, and of parts that have to hold together, the table says no more.
    Any,
    Boolean,
    Integer {
        bits: u32,
        signed: bool,
    },
    Number,
    Text,
    /// A date and a time after RFC 3339.
    Time,
    Date,
    /// A text that is not to be shown.
    Sensitive(Sensitive),
    /// One of these texts, or one that the spec does not know.
    Choice {
        values: &'static [&'static str],
        case_insensitive: bool,
    },
    List(&'static Shape),
    Map(&'static Shape),
    /// In the order of their names.
    Object(&'static [Property]),
    Component(&'static Component),
}

/// A schema with a name.
pub(crate) struct Component {
    pub(crate) name: &'static str,
    pub(crate) shape: Shape,
}

/// By its name, since it may lead back to itself.
impl fmt::Debug for Component {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// A property of an object.
#[derive(Debug)]
pub(crate) struct Property {
    pub(crate) name: &'static str,
    /// Its other names in responses.
    pub(crate) aliases: &'static [&'static str],
    pub(crate) required: bool,
    pub(crate) reading: Reading,
    pub(crate) shape: Shape,
}

/// How a property of a response is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reading {
    /// As its shape says.
    Strict,
    /// The same, with null for the empty list or map.
    NullIsEmpty,
    /// With the other JSON types of `x-tolerate`.
    Loose,
    /// The same, and what cannot be read so is as good as absent.
    OrAbsent,
}

impl Table {
    /// Those of all operations.
    pub(crate) fn all() -> impl Iterator<Item = &'static Self> {
        super::TABLES.iter().copied().flatten()
    }

    /// That of an operation.
    pub(crate) fn of(operation: &Operation) -> Option<&'static Self> {
        Self::all().find(|table| std::ptr::eq(table.operation, operation))
    }
}
