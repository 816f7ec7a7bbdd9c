//! Edits of our own spec, and what is expected of each: the tables that the tests go through.

mod answers;
mod bodies;
mod elsewhere;
mod operations;

use anyhow::{Context, Result};

/// An edit, what `diff` has to say of it, and where it was worth compiling, a program that uses what it is about.
pub(crate) struct Edit {
    pub(crate) name: &'static str,
    /// Below which line, what, becomes what.
    pub(crate) replaced: &'static [(&'static str, &'static str, &'static str)],
    /// `kind direction: wire / rust` of each change, sorted.
    pub(crate) expected: &'static [&'static str],
    /// Compiles with the old bindings.
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
    /// The text of the spec after the edit; an edit that does not fit any more says so.
    pub(crate) fn apply(&self, spec: &str) -> Result<String> {
        let mut text = spec.to_owned();
        for (section, from, to) in self.replaced {
            let start = text.find(&format!("\n{section}\n")).with_context(|| format!("there is no `{section}`"))?;
            let at = text[start..].find(from).with_context(|| format!("there is no `{from}` below `{section}`"))?;
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

/// Edits after which a program may have to be changed, or fails, and some that only seem to be of that kind.
pub(crate) fn all() -> impl Iterator<Item = &'static Edit> {
    [operations::EDITS, bodies::EDITS, answers::EDITS, elsewhere::EDITS].into_iter().flatten()
}
