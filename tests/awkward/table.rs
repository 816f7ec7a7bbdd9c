//! The table of awkward specs, as the build and the tests read it: what each spec is, and whether it is refused.
//!
//! A row says its name, what it is about, its spec, and then either
//!
//! * `-> Operation.setter(value)… => "request"`: it works, and this call sends exactly these bytes. After a comma follow
//!   the bodies of the responses, one for each request; without any, the service answers with the body it was sent,
//!   or with nothing. What is decoded is the last of them. `=> "error: words"` is a call that fails before anything
//!   is sent;
//! * `! "words"`: it is refused at the one line that ends in `#!`, with these words in the message.
//!
//! A request is written as its method and target, a line for each header that not every request has, and after an empty
//! line the body. Several are parted by ` then `.
//!
//! `names! { place …: setter "name" …; }` is a row for each name: the Rust name that it gives, and the name in the spec.
//!
//! While one works on the generator, `AWKWARD_ROWS=query::,-query::url` in the environment of cargo selects rows by how
//! their names begin, all but those with a dash (`query::s$` is the one row of this name); of the others nothing is generated or compiled.

use std::fmt;

/// A spec and what is to become of it.
pub(crate) struct Row {
    group: &'static str,
    ident: &'static str,
    /// What it is about; a name, in the families of names.
    pub(crate) what: &'static str,
    /// The spec.
    pub(crate) yaml: String,
    /// What its refusal says, if it is refused.
    pub(crate) refused: Option<&'static str>,
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [group, ident] = self.module();
        write!(f, "{group}::{ident}")
    }
}

impl Row {
    /// Whether `AWKWARD_ROWS` leaves it in.
    pub(crate) fn is_selected(&self, rows: &str) -> bool {
        // A `$` after it stands for the end, as `query::s` begins other names.
        let name = format!("{self}$");
        let begins = |prefix: &&str| name.starts_with(prefix.trim_start_matches('-'));
        let (out, within): (Vec<&str>, Vec<&str>) = rows.split(',').partition(|prefix| prefix.starts_with('-'));
        (within.is_empty() || within.iter().any(begins)) && !out.iter().any(begins)
    }

    /// The modules that lead to its bindings.
    pub(crate) fn module(&self) -> [&'static str; 2] {
        [self.group, self.ident]
    }
}

macro_rules! rows {
    ($group:ident: $(
        $row:ident $what:literal { $yaml:expr }
        $(-> $operation:ident $(.$method:ident($($argument:tt)*))* => $sent:literal $(, $response:literal)*)?
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

/// The rows of all groups.
pub(crate) fn rows() -> Vec<Row> {
    all!(groups)
}
