//! Reads the table of awkward specs for the build and for the tests: each row's spec, and whether it is refused.
//!
//! A row has a name, a title, its spec, and one of two expectations:
//!
//! * `-> Operation.setter(value)… => "request"`: the bindings compile, and this call sends exactly these bytes. After
//!   a comma follow the response bodies, one for each request. Without any, a response has the body of its request.
//!   The decoded value has to equal the last response body, or what stands behind another `=>`. `=> "error: words"` is a call that fails before it sends
//!   anything.
//! * `! "words"`: the spec is refused at the one line that ends in `#!`, and nowhere else, with these words in the
//!   message.
//!
//! A request is written as method and target, a line for each header that not every request has, an empty line and
//! the body. Requests are separated by ` then `.
//!
//! `names!` writes one row for each name, `paged!` one for each pair of names. A row's name is a Rust name: in `names!`
//! it is the one that the bindings make of the name in the spec.
//!
//! `AWKWARD_ROWS=query::,-query::url$` in cargo's environment selects rows while you work on codegen: those whose names
//! begin with one of the prefixes, without those of a prefix after a dash; a `$` stands for the end of the name. The
//! build neither generates nor compiles the others.

use std::fmt;

/// A spec and its expectation.
pub(crate) struct Row {
    group: &'static str,
    ident: &'static str,
    /// Its title; in `names!`, the name in the spec.
    pub(crate) what: &'static str,
    /// The spec.
    pub(crate) yaml: String,
    /// The words of its refusal, if it is refused.
    pub(crate) refused: Option<&'static str>,
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [group, ident] = self.module();
        write!(f, "{group}::{ident}")
    }
}

impl Row {
    /// Whether this value of `AWKWARD_ROWS` selects it.
    pub(crate) fn is_selected(&self, rows: &str) -> bool {
        let name = format!("{self}$");
        let begins = |prefix: &&str| name.starts_with(prefix.trim_start_matches('-'));
        let (out, within): (Vec<&str>, Vec<&str>) = rows.split(',').partition(|prefix| prefix.starts_with('-'));
        (within.is_empty() || within.iter().any(begins)) && !out.iter().any(begins)
    }

    /// The modules around its bindings.
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
