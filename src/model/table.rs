//! Describes the parameters, requests and responses of all operations, as data.
//!
//! They are enough to make a call and to decode its response without the generated types. The build writes them from
//! the prepared spec that the types are generated from, tolerances included. They are separate from [`Operation`], so
//! that the linker drops them from a program that makes no such call.

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
    /// Describes what callers get of the response, if that is only a part of it.
    pub(crate) unwrapped: Option<Unwrapped>,
    /// Describes how the response is paginated, if it is.
    pub(crate) paging: Option<Paging>,
    /// Describes the filter without which the operation acts on everything, if it needs one.
    pub(crate) filter: Option<Filter>,
}

/// Describes the part of a response that callers get.
#[derive(Debug)]
pub(crate) struct Unwrapped {
    /// Names the property that holds the value or the list.
    pub(crate) property: &'static str,
    /// Names the property that holds the cursor of the next page.
    pub(crate) cursor: Option<&'static str>,
    pub(crate) is_list: bool,
}

/// Describes the filter of an operation that acts on everything without one.
#[derive(Debug)]
pub(crate) struct Filter {
    /// Names the parameters of which one has to be set.
    pub(crate) parameters: &'static [&'static str],
    /// Names the argument that says that everything is meant. It is not sent.
    pub(crate) all: &'static str,
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
    /// Names the parameter that holds the cursor.
    pub(crate) cursor: &'static str,
    /// Names the parameter that limits the items of a page.
    pub(crate) limit: &'static str,
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
#[allow(dead_code, reason = "the specs of this repository have neither numbers with a fraction nor dates")]
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
    /// Is set if a request may contain null for it.
    pub(crate) sends_null: bool,
    /// Limits the characters of a string in a request: at least, at most.
    pub(crate) length: Option<(u64, u64)>,
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
