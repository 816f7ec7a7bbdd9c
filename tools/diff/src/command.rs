//! The command line of `cargo xtask diff`.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use anyhow::{Result, anyhow, bail};
use lexopt::prelude::*;

use crate::{Format, Sides, Version, compare};

const USAGE: &str = "\
usage: cargo xtask diff [--base REV] [--format human|markdown|json] [--released VERSION]
       cargo xtask diff --old FILE --new FILE [--format …] [--released VERSION]

Compares the specs (OpenAPI 3.0, openapi/*.yaml) at a git revision, where this branch left `main` unless `--base` names
another, with the working tree; or two files. Of each change it says what happens on the wire to programs that were built
with the old bindings, and to Rust code that is compiled against the new ones:

  compatible         nothing has to be done
  unknown            a person has to look: what is said is not enough to tell
  fails at run time  the code compiles, and what it builds is refused, or it calls something else (Rust only)
  breaking           programs fail, or do not compile

A property that is readOnly is no part of a request, and one that is writeOnly no part of an answer. Of a discriminator
only its mapping is looked at, to tell which alternatives are the same. Not looked at: deprecated properties and
parameters, callbacks, links, servers of single paths. The bindings are named after the file: integrator.yaml gives the
module `integrator`. Of a file without `bindings: true` in a lint.yaml beside it, `x-` keys of others are no matter; where
no bindings can be made of it, the report says why and goes on with the wire.

`--released` is the version that the old side came with, if it is not the one in Cargo.toml there; two files are held to
the one in this workspace. Exit codes: 0 fine; 1 the version in Cargo.toml is too small for the changes, breaking or not;
2 the specs could not be compared.";

/// Compares what the arguments name: what is to be printed, and whether the version is too small for it.
///
/// # Errors
/// Says what is wrong with the arguments, or what cannot be compared.
pub fn command(root: &Path, arguments: &mut lexopt::Parser) -> Result<(String, bool)> {
    let (mut format, mut base, mut old, mut new, mut released) = (Format::Human, None, None, None, None);
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("base") => base = Some(arguments.value()?.string()?),
            Long("old") => old = Some(PathBuf::from(arguments.value()?)),
            Long("new") => new = Some(PathBuf::from(arguments.value()?)),
            Long("format") => format = parsed(arguments)?,
            Long("released") => released = Some(parsed::<Version>(arguments)?),
            Short('h') | Long("help") => return Ok((format!("{USAGE}\n"), false)),
            other => bail!("{}\n\n{USAGE}", other.unexpected()),
        }
    }
    let sides = match (old, new, base) {
        (Some(old), Some(new), None) => Sides::Files(old, new),
        (None, None, base) => Sides::Since(base),
        (Some(_), Some(_), Some(_)) => {
            bail!("`--base` names a revision, `--old` and `--new` two files: choose\n\n{USAGE}")
        }
        _ => bail!("`--old` and `--new` go together\n\n{USAGE}"),
    };
    let outcome = compare(root, &sides, released)?;
    Ok((outcome.report(format, std::io::stdout().is_terminal()), outcome.is_too_small()))
}

fn parsed<T: FromStr<Err = anyhow::Error>>(arguments: &mut lexopt::Parser) -> Result<T> {
    arguments.value()?.string()?.parse().map_err(|why| anyhow!("{why}\n\n{USAGE}"))
}
