//! Defines the marks that the rules leave for the finishing passes.

use std::collections::{BTreeMap, BTreeSet};

/// Holds what the finishing passes have to know about schemas and properties.
#[derive(Clone, Debug, Default)]
pub struct Marks {
    /// Holds the string enums by schema name.
    pub enums: BTreeMap<String, OpenEnum>,
    /// Holds the descriptions of the strings that get a type of their own, by schema name.
    pub texts: BTreeMap<String, String>,
    /// Holds the handwritten Rust types that replace schemas, by schema name.
    pub replaced: BTreeMap<String, String>,
    /// Holds the further spellings of properties, by schema and property.
    pub aliases: BTreeMap<(String, String), Vec<String>>,
    /// Says how a property of a response is read leniently, by schema and property.
    pub lenient: BTreeMap<(String, String), Reader>,
    /// Holds the envelopes by schema name.
    pub envelopes: BTreeMap<String, Envelope>,
    /// Holds the least and greatest length of strings in requests, by schema and property.
    pub lengths: BTreeMap<(String, String), (u64, u64)>,
    /// Holds the properties of requests that are times, by schema and property.
    pub times: BTreeSet<(String, String)>,
}

/// Says how a property of a response is read leniently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    /// Null is read as the empty list or map.
    NullIsEmpty,
    /// Other JSON types are read as well.
    Loose {
        /// Is the function that reads them.
        function: &'static str,
        /// Is set if a value that the function cannot read counts as absent: an optional property that nobody needs
        /// must not make the whole response unreadable.
        or_absent: bool,
    },
}

impl Reader {
    /// Returns the path of the function that reads the property, below `crate::model::lenient`.
    #[must_use]
    pub fn path(self) -> String {
        match self {
            Self::NullIsEmpty => "null_is_empty".to_owned(),
            Self::Loose { function, or_absent: false } => function.to_owned(),
            Self::Loose { function, or_absent: true } => format!("optional::{function}"),
        }
    }
}

/// Describes the property in which a response wraps its object or list, and which older documents leave out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// Is the name of the property.
    pub property: String,
    /// Is set if the response always has the property.
    pub required: bool,
    /// Holds the properties of the object inside. A response without envelope is recognized by them.
    pub inside: Vec<String>,
}

/// Describes a string enum that keeps unknown values.
#[derive(Clone, Debug)]
pub struct OpenEnum {
    /// Is the description of the schema.
    pub description: String,
    /// Holds the values with their descriptions, in the order of the YAML.
    pub values: Vec<(String, String)>,
    /// Is set if values are compared without regard to case.
    pub case_insensitive: bool,
}
