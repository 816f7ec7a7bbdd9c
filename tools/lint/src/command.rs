//! The command line of `cargo xtask validate`.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use lexopt::prelude::*;

use crate::{Format, files, own, rules_page};

const USAGE: &str = "\
usage: cargo xtask validate [--format human|json|github|sarif] [--timings] [FILE ...]
       cargo xtask validate --rules

Without a file, all of openapi/*.yaml. Exit codes: 0 clean, or warnings only; 1 errors found; 2 not usable.";

/// Lints what the arguments name: what is to be printed, and whether there is an error among it.
///
/// # Errors
/// Says what is wrong with the arguments, or what cannot be read.
pub fn command(root: &Path, arguments: &mut lexopt::Parser) -> Result<(String, bool)> {
    let (mut format, mut timings, mut named) = (Format::Human, false, Vec::new());
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("format") => match arguments.value()?.string()?.parse() {
                Ok(parsed) => format = parsed,
                Err(why) => bail!("{why}\n\n{USAGE}"),
            },
            Long("timings") => timings = true,
            Long("rules") => return Ok((rules_page(), false)),
            Short('h') | Long("help") => return Ok((format!("{USAGE}\n"), false)),
            Value(file) => named.push(PathBuf::from(file)),
            other => bail!("{}\n\n{USAGE}", other.unexpected()),
        }
    }
    let linted = files(&if named.is_empty() { own(root)? } else { named })?;
    if timings {
        eprint!("{}", linted.timings);
    }
    Ok((linted.report(format, std::io::stdout().is_terminal()), linted.has_errors()))
}
