//! Parses the command line of `cargo xtask diff` and runs the comparison.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use anyhow::{Result, anyhow, bail};
use lexopt::prelude::*;

use crate::{Format, Sides, Version, compare};

const USAGE: &str = "\
usage: cargo xtask diff [--base REV] [--format human|markdown|json] [--released VERSION]
       cargo xtask diff --old FILE --new FILE [--format …] [--released VERSION]

Compares the OpenAPI 3.0 specs (openapi/*.yaml) at a git revision with the working tree, or two files. The default
revision is where this branch left `main`. For each change, the report gives two verdicts: on the wire, for programs
built with the old bindings; and for Rust code, when it is compiled against the new bindings.

  compatible         no action is needed
  unknown            cannot be decided automatically; review by hand
  fails at run time  the code compiles, but a builder refuses its values, or it calls something else (Rust only)
  breaking           programs fail, or do not compile

readOnly properties are not part of requests, and writeOnly properties are not part of responses. Of a discriminator,
only the mapping is used, to match alternatives. Not compared: deprecated properties and parameters, callbacks, links,
and servers of single paths. The bindings are named after the file: integrator.yaml becomes the module `integrator`.
If there is no lint.yaml with `bindings: true` in the same folder, foreign `x-` keys are ignored. If no bindings can
be generated, the report says why and covers only the wire.

`--released` is the version that the old side was released with, if it differs from the one in Cargo.toml there. For
two files, the default is the version of this workspace. Exit codes: 0 success; 1 the version in Cargo.toml is too low
for the changes, breaking or not; 2 the specs could not be compared.";

/// Runs the comparison that the arguments select; returns the report, and whether the version is too low for the
/// changes.
///
/// # Errors
/// Fails if the arguments are wrong, or if the specs cannot be compared.
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
            bail!("`--base` cannot be combined with `--old` and `--new`\n\n{USAGE}")
        }
        _ => bail!("`--old` and `--new` must be used together\n\n{USAGE}"),
    };
    let outcome = compare(root, &sides, released)?;
    Ok((outcome.report(format, std::io::stdout().is_terminal()), outcome.is_too_small()))
}

fn parsed<T: FromStr<Err = anyhow::Error>>(arguments: &mut lexopt::Parser) -> Result<T> {
    arguments.value()?.string()?.parse().map_err(|error| anyhow!("{error}\n\n{USAGE}"))
}
