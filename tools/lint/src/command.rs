//! Parses the command line of `cargo xtask validate`.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use lexopt::prelude::*;

use crate::{Format, files, own, rules_page};

const USAGE: &str = "\
usage: cargo xtask validate [OPTIONS] [FILE]...

Lint OpenAPI 3.0 files. Each finding names its line, the consequence and a fix.

Arguments:
  [FILE]...              YAML or JSON files to lint [default: openapi/*.yaml]

Options:
      --format <FORMAT>  Output format: human, json, github or sarif [default: human]
      --timings          Print to stderr how long each file took
      --rules            Print all rules as Markdown and exit
  -h, --help             Print help

Exit codes:
  0  no errors (there may be warnings)
  1  errors found
  2  invalid arguments, or a file that cannot be read";

/// Lints the files that the arguments name. Returns the text to print, and whether there are errors.
///
/// # Errors
/// Fails if the arguments are invalid or a file cannot be read.
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
    // The report goes to stdout, where a program may parse it.
    if timings {
        eprint!("{}", linted.timings);
    }
    Ok((linted.report(format, std::io::stdout().is_terminal()), linted.has_errors()))
}
