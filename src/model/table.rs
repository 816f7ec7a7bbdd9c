//! Describes the parameters, requests and responses of all operations, as data.
//!
//! They are enough to make a call and to decode its response without the generated types. The build writes them from
//! the prepared spec that the types are generated from, tolerances included. They are separate from [`Operation`], so
//! that the linker drops them from a program that makes no such call.
#![allow(dead_code, reason = "no call is made without types so far: only the tests use a part of this")]

use std::fmt;

use super::operation::{Operation, Sensitive};

/// Describes what an operation takes and returns.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) operation: &'static Operation,
    /// Lists the parameters, in the order of the spec.
    pub(crate) parameters: &'static [Parameter],
    /// Describes the request body.
    pub(crate) body: Option<Shape>,
    /// Describes the body of a successful response.
    pub(crate) response: Option<Shape>,
    /// Describes how the response is paginated, if it is.
    pub(crate) paging: Option<Paging>,
}

/// Describes a parameter of an operation.
#[derive(Debug)]
pub(crate) struct Parameter {
    /// Holds the wire name.
    pub(crate) name: &'static str,
    pub(crate) place: Place,
    pub(crate) required: bool,
    /// Is set when the client fills it in, such as the lock holder's id, and the caller does not.
    pub(crate) filled_in: bool,
    pub(crate) shape: Shape,
}

/// Says where in a request a parameter is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Path,
    Query,
    Header,
}

/// Describes the pagination of a list.
#[derive(Debug)]
pub(crate) struct Paging {
    /// Names the property of the response that lists the items.
    pub(crate) items: &'static str,
    /// Names the parameter, and the property of the response, that hold the cursor.
    pub(crate) cursor: &'static str,
    /// Holds the page size that is requested unless the caller says otherwise.
    pub(crate) size: u64,
}

/// Describes a value.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    pub(crate) kind: Kind,
    pub(crate) nullable: bool,
}

/// Describes a value that is not null.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    /// The value is any JSON. Alternatives (`oneOf`, `anyOf`) and combinations (`allOf`) are not described further.
    Any,
    Boolean,
    Integer {
        bits: u32,
        signed: bool,
    },
    Number,
    Text,
    /// The value is an RFC 3339 date and time.
    Time,
    Date,
    /// The value is a string that is redacted.
    Sensitive(Sensitive),
    /// The value is one of these strings, or one that the spec does not list.
    Choice {
        values: &'static [&'static str],
        case_insensitive: bool,
    },
    List(&'static Shape),
    Map(&'static Shape),
    /// The value is an object with these properties, in the order of their names.
    Object(&'static [Property]),
    Component(&'static Component),
}

/// Describes a schema with a name.
pub(crate) struct Component {
    pub(crate) name: &'static str,
    pub(crate) shape: Shape,
}

/// Writes the name only, since the schema may refer to itself.
impl fmt::Debug for Component {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// Describes a property of an object.
#[derive(Debug)]
pub(crate) struct Property {
    pub(crate) name: &'static str,
    /// Lists the aliases in responses.
    pub(crate) aliases: &'static [&'static str],
    pub(crate) required: bool,
    pub(crate) reading: Reading,
    pub(crate) shape: Shape,
}

/// Says how a property of a response is deserialized.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reading {
    /// It must have its shape.
    Strict,
    /// It must have its shape, or be null, which is read as the empty list or map.
    NullIsEmpty,
    /// It may have another JSON type that `x-tolerate` names.
    Loose,
    /// It may have another JSON type that `x-tolerate` names, and counts as absent if it cannot be read.
    OrAbsent,
}

impl Table {
    /// Returns the tables of all operations.
    pub(crate) fn all() -> impl Iterator<Item = &'static Self> {
        super::TABLES.iter().copied().flatten()
    }

    /// Returns the table of an operation.
    pub(crate) fn of(operation: &Operation) -> Option<&'static Self> {
        // By address, since every operation is one static; comparing all fields would only take longer.
        Self::all().find(|table| std::ptr::eq(table.operation, operation))
    }
}
