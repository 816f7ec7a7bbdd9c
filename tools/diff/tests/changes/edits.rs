//! Defines the tables of edits of our own spec, with the expected changes of each.

mod names_and_servers;
mod operations;
mod request_bodies;
mod responses;

use anyhow::{Context, Result};

/// Describes an edit, the changes that `diff` must report, and optionally a program to compile with it.
pub(crate) struct Edit {
    /// Names the edit; other tests find it by this name.
    pub(crate) name: &'static str,
    /// Lists the replacements: below this line, this text, by this text.
    pub(crate) replaced: &'static [(&'static str, &'static str, &'static str)],
    /// Lists the expected changes as `kind direction: wire / rust`, sorted.
    pub(crate) expected: &'static [&'static str],
    /// Holds code that compiles with the old bindings and uses the edited part.
    pub(crate) program: &'static str,
}

type Replaced = &'static [(&'static str, &'static str, &'static str)];

const fn edit(name: &'static str, replaced: Replaced, expected: &'static [&'static str]) -> Edit {
    Edit { name, replaced, expected, program: "" }
}

const fn with(
    name: &'static str,
    replaced: Replaced,
    expected: &'static [&'static str],
    program: &'static str,
) -> Edit {
    Edit { name, replaced, expected, program }
}

impl Edit {
    /// Returns the text of the spec after the edit. Fails if a replaced text no longer exists.
    pub(crate) fn apply(&self, spec: &str) -> Result<String> {
        let mut text = spec.to_owned();
        for (section, from, to) in self.replaced {
            let start =
                text.find(&format!("\n{section}\n")).with_context(|| format!("the spec has no line `{section}`"))?;
            let at = text[start..].find(from).with_context(|| format!("the spec has no `{from}` below `{section}`"))?;
            text.replace_range(start + at..start + at + from.len(), to);
        }
        Ok(text)
    }
}

const LOCK: &str = "    Lock:";
const ROLE: &str = "    Role:";
const CREATE_KEY: &str = "    CreateKeyRequest:";
const CREATE_HOLDER: &str = "    CreateLockHolderRequest:";
const GET_LOCK: &str = "      operationId: getLock";
const GET_LOCKS: &str = "      operationId: getLocks";
const CREATE_ROLE: &str = "      operationId: createOrUpdateRole";

/// Returns all edits: breaking ones, and harmless ones that look similar.
pub(crate) fn all() -> impl Iterator<Item = &'static Edit> {
    [operations::EDITS, request_bodies::EDITS, responses::EDITS, names_and_servers::EDITS].into_iter().flatten()
}
