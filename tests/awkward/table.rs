//! Reads the table of awkward specs for the build and for the tests: each row's spec, and whether it is refused.
//!
//! A row has a name, a title, its spec, and one of two expectations:
//!
//! * `-> Operation.setter(value)… => "request"`: the bindings compile, and this call sends exactly these bytes. The
//!   response bodies follow after a comma, one for each request. Without any, a response has the body of its request.
//!   The decoded value has to equal the last response body, or the value after a second `=>`. `=> "error: words"`
//!   expects a call that fails before it sends anything.
//! * `! "words"`: the spec is refused only at the one line that ends in `#!`, with these words in the message.
//!
//! A request consists of the method and target, a line for each header that not every request has, an empty line and
//! the body. Requests are separated by ` then `.
//!
//! `names!` writes one row for each name, `paged!` one for each pair of names. A row's name is a Rust name. In `names!`
//! it is the name that the bindings derive from the name in the spec.
//!
//! Set `AWKWARD_ROWS=query::,-query::url$` in cargo's environment to select rows while you work on codegen. It selects
//! rows whose names start with one of the prefixes, except those with a prefix after a dash. A `$` marks the end of a
//! name. The build neither generates nor compiles the other rows.

use std::fmt;

/// Holds a spec and its expectation.
pub(crate) struct Row {
    group: &'static str,
    ident: &'static str,
    /// Is the title of the row, or in `names!` the name in the spec.
    pub(crate) what: &'static str,
    /// Holds the spec.
    pub(crate) yaml: String,
    /// Holds a part of the expected error if the spec is refused.
    pub(crate) refused: Option<&'static str>,
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [group, ident] = self.module();
        write!(f, "{group}::{ident}")
    }
}

impl Row {
    /// Returns whether this value of `AWKWARD_ROWS` selects the row.
    pub(crate) fn is_selected(&self, rows: &str) -> bool {
        let name = format!("{self}$");
        let matches = |prefix: &&str| name.starts_with(prefix.trim_start_matches('-'));
        let (out, within): (Vec<&str>, Vec<&str>) = rows.split(',').partition(|prefix| prefix.starts_with('-'));
        (within.is_empty() || within.iter().any(matches)) && !out.iter().any(matches)
    }

    /// Returns the names of the two modules that contain the row's bindings.
    pub(crate) fn module(&self) -> [&'static str; 2] {
        [self.group, self.ident]
    }
}

macro_rules! rows {
    ($group:ident: $(
        $row:ident $what:literal { $yaml:expr }
        $(-> $operation:ident $(.$method:ident($($argument:tt)*))* => $sent:literal $(, $response:literal)*
            $(=> $decoded:literal)?)?
        $(! $words:literal)?;
    )*) => {
        fn $group() -> Vec<Row> {
            vec![$(Row {
                group: stringify!($group),
                ident: stringify!($row),
                what: $what,
                yaml: $yaml,
                refused: None$(.or(Some($words)))?,
            }),*]
        }
    };
}

macro_rules! names {
    ($group:ident $start:literal: $($row:ident $name:literal $(=> $rest:literal)? $(! $words:literal)?;)*) => {
        rows! { $group: $($row $name { spec::$group($name) } $(! $words)?;)* }
    };
}

macro_rules! paged {
    ($group:ident: $($row:ident $what:literal ($items:literal, $cursor:literal) => $sent:literal;)*) => {
        rows! { $group: $($row $what { spec::paged($items, $cursor) };)* }
    };
}

macro_rules! groups {
    ($($group:ident)*) => {
        [$($group()),*].into_iter().flatten().collect()
    };
}

#[path = "spec.rs"]
mod spec;

include!("rows/all.rs");

/// Returns the rows of all groups.
pub(crate) fn rows() -> Vec<Row> {
    all!(groups)
}
