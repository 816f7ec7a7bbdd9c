//! The commands: their arguments, what they call, how they end.

use std::io::{ErrorKind, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::str::FromStr;

use anyhow::{Error, Result, bail};
use lexopt::prelude::*;
use unloc_bench_record::report;
use unloc_diff::{Sides, Version};
use unloc_probe::Access;

use crate::ci;

const USAGE: &str = "\
usage: cargo xtask <command>

commands:
  ci                 every check that continuous integration runs
  soak               the random tests among them, a hundred times as long
  validate           says what is wrong with the specs, or with the files it is given
  diff               says what the changes of the specs do to those who use the bindings
  probe              holds a running service to the specs
  surface            writes the public API that the specs lead to into openapi/surface
  surface --check    says how it differs from what stands there
  package            packs the crates, with the bindings that builds without the feature `generate` take
  outside            builds the packages as their users do, and runs the examples of the guides with them
  outside --toolchain NAME   does so with another toolchain of rustup
  bench-report       puts what the benchmarks recorded into tables
  bench-report --check   says whether they agree with it";

/// How a command ends that could be carried out.
type Outcome = Result<ExitCode>;

/// An argument that is missing, or makes no sense: the command's usage explains more than this does.
#[derive(Debug, thiserror::Error)]
#[error("{why}\n\n{usage}")]
struct Misused {
    why: String,
    usage: &'static str,
}

/// Carries out the command that the arguments name. Exit code 1 says that something was found, or that a check failed, and
/// 2 that there was nothing to judge by.
pub(crate) fn run(mut arguments: lexopt::Parser) -> ExitCode {
    let ended = command(&mut arguments);
    ended.unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::from(2)
    })
}

fn command(arguments: &mut lexopt::Parser) -> Outcome {
    let root = root();
    let name = match arguments.next()? {
        Some(Value(name)) => name.string()?,
        Some(Short('h') | Long("help")) => return shown(&format!("{USAGE}\n")),
        Some(other) => return misused(USAGE, other.unexpected()),
        None => return misused(USAGE, "no command given"),
    };
    match name.as_str() {
        "validate" => validate(&root, arguments),
        "diff" => diff(&root, arguments),
        "probe" => probe(&root, arguments),
        "soak" => none(arguments).and_then(|()| found(ci::soak(&root))),
        "ci" => none(arguments).and_then(|()| found(ci::run(&root))),
        "package" => none(arguments).and_then(|()| package(&root)),
        "outside" => {
            let toolchain = toolchain(arguments)?;
            found(unloc_outside::check(&root, &|| cargo(&root), &|| by(toolchain.as_deref(), &root)))
        }
        "surface" => match is_check(arguments)? {
            true => found(surface(&root)),
            false => shown(&unloc_surface::write(&root)?),
        },
        "bench-report" => match is_check(arguments)? {
            true => found(ci::figures(&root).map(|skip| {
                skip.iter().for_each(|skip| print(&format!("SKIPPED: {} ({})\n", skip.reason, skip.remedy)));
            })),
            false => {
                let files = report::write(&root).map_err(Error::from_boxed)?;
                shown(&files.iter().map(|file| format!("{}\n", file.display())).collect::<String>())
            }
        },
        "help" => shown(&format!("{USAGE}\n")),
        other => misused(USAGE, format!("there is no command `{other}`")),
    }
}

/// Says how the public API differs from what is checked in.
pub(crate) fn surface(root: &Path) -> Result<()> {
    let differences = unloc_surface::differences(root)?;
    print(&differences);
    if differences.is_empty() {
        Ok(())
    } else {
        bail!("the public API differs from openapi/surface; if it should, run: cargo xtask surface")
    }
}

fn validate(root: &Path, arguments: &mut lexopt::Parser) -> Outcome {
    const USAGE: &str = unloc_lint::USAGE;
    let (mut format, mut timings, mut files) = (unloc_lint::Format::Human, false, Vec::new());
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("format") => format = parsed(USAGE, arguments)?,
            Long("timings") => timings = true,
            Long("rules") => return shown(&unloc_lint::rules_page()),
            Short('h') | Long("help") => return shown(&format!("{USAGE}\n")),
            Value(file) => files.push(PathBuf::from(file)),
            other => return misused(USAGE, other.unexpected()),
        }
    }
    let files = if files.is_empty() { unloc_lint::own(root)? } else { files };
    let linted = unloc_lint::files(&files)?;
    if timings {
        eprint!("{}", linted.timings);
    }
    print(&linted.report(format, std::io::stdout().is_terminal()));
    Ok(ExitCode::from(u8::from(linted.has_errors())))
}

fn diff(root: &Path, arguments: &mut lexopt::Parser) -> Outcome {
    const USAGE: &str = unloc_diff::USAGE;
    let (mut format, mut base, mut old, mut new, mut released) = (unloc_diff::Format::Human, None, None, None, None);
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("base") => base = Some(arguments.value()?.string()?),
            Long("old") => old = Some(PathBuf::from(arguments.value()?)),
            Long("new") => new = Some(PathBuf::from(arguments.value()?)),
            Long("format") => format = parsed(USAGE, arguments)?,
            Long("released") => released = Some(parsed::<Version>(USAGE, arguments)?),
            Short('h') | Long("help") => return shown(&format!("{USAGE}\n")),
            other => return misused(USAGE, other.unexpected()),
        }
    }
    let sides = match (old, new, base) {
        (Some(old), Some(new), None) => Sides::Files(old, new),
        (None, None, base) => Sides::Since(base),
        (Some(_), Some(_), Some(_)) => {
            return misused(USAGE, "`--base` names a revision, `--old` and `--new` two files: choose");
        }
        _ => return misused(USAGE, "`--old` and `--new` go together"),
    };
    let outcome = unloc_diff::compare(root, &sides, released)?;
    print(&outcome.report(format, std::io::stdout().is_terminal()));
    Ok(ExitCode::from(u8::from(outcome.is_too_small())))
}

fn probe(root: &Path, arguments: &mut lexopt::Parser) -> Outcome {
    const USAGE: &str = unloc_probe::USAGE;
    let (mut base_url, mut write, mut json) = (None, false, false);
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("base-url") => base_url = Some(arguments.value()?.string()?.trim_end_matches('/').to_owned()),
            Long("write") => write = true,
            Long("format") => match arguments.value()?.string()?.as_str() {
                "json" => json = true,
                "markdown" => json = false,
                _ => return misused(USAGE, "`--format` takes markdown or json"),
            },
            Short('h') | Long("help") => return shown(&format!("{USAGE}\n")),
            other => return misused(USAGE, other.unexpected()),
        }
    }
    let Some(base_url) = base_url else {
        return misused(USAGE, "`--base-url` is missing: the address of the service");
    };
    let credential = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let (Some(client_id), Some(client_secret)) = (credential("UNLOC_CLIENT_ID"), credential("UNLOC_CLIENT_SECRET"))
    else {
        return misused(USAGE, "UNLOC_CLIENT_ID and UNLOC_CLIENT_SECRET are not set");
    };
    let probed = unloc_probe::probe(root, Access { base_url, client_id, client_secret, write })?;
    print(&if json { probed.json() } else { probed.markdown() });
    if !probed.has_token() {
        bail!("no token was given: are base URL and credentials right?");
    }
    Ok(ExitCode::from(u8::from(probed.deviates())))
}

/// The repository, wherever one stands in it.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new(".")).to_path_buf()
}

fn package(root: &Path) -> Outcome {
    let folder = unloc_outside::packages::pack(root, &|| cargo(root))?;
    shown(&format!("{}: the packages, unpacked; their bindings are those of their specs\n", folder.display()))
}

fn toolchain(arguments: &mut lexopt::Parser) -> Result<Option<String>> {
    match arguments.next()? {
        None => Ok(None),
        Some(Long("toolchain")) => {
            let name = arguments.value()?.string()?;
            none(arguments).map(|()| Some(name))
        }
        Some(other) => Err(other.unexpected().into()),
    }
}

/// The cargo of a toolchain, or this one.
fn by(toolchain: Option<&str>, root: &Path) -> Command {
    let Some(name) = toolchain else { return cargo(root) };
    let mut command = Command::new("rustup");
    // What runs this program names its own toolchain to those that it starts.
    command.args(["run", name, "cargo"]).current_dir(root).env_remove("CARGO").env_remove("RUSTUP_TOOLCHAIN");
    command
}

pub(crate) fn cargo(root: &Path) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root);
    command
}

/// Prints to the standard output. Whoever reads it may have seen enough and gone, as `head` does: that is no failure, and
/// no reason to panic as `print!` does. The exit code stays what the command found.
pub(crate) fn print(text: &str) {
    let mut out = std::io::stdout().lock();
    if let Err(error) = out.write_all(text.as_bytes()).and_then(|()| out.flush())
        && error.kind() != ErrorKind::BrokenPipe
    {
        // Nobody is left to tell if this fails, too.
        let _ = writeln!(std::io::stderr(), "error: the output cannot be written: {error}");
    }
}

fn shown(text: &str) -> Outcome {
    print(text);
    Ok(ExitCode::SUCCESS)
}

/// What failed is told, and is no misuse.
fn found(ran: Result<()>) -> Outcome {
    Ok(ran.map_or_else(
        |error| {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        },
        |()| ExitCode::SUCCESS,
    ))
}

/// The value of an option that only takes some.
fn parsed<T: FromStr<Err: ToString>>(usage: &'static str, arguments: &mut lexopt::Parser) -> Result<T> {
    let value = arguments.value()?.string()?;
    value.parse().map_err(|why: T::Err| Misused { why: why.to_string(), usage }.into())
}

fn is_check(arguments: &mut lexopt::Parser) -> Result<bool> {
    match arguments.next()? {
        None => Ok(false),
        Some(Long("check")) => none(arguments).map(|()| true),
        Some(other) => Err(other.unexpected().into()),
    }
}

fn none(arguments: &mut lexopt::Parser) -> Result<()> {
    arguments.next()?.map_or(Ok(()), |other| Err(other.unexpected().into()))
}

fn misused(usage: &'static str, why: impl ToString) -> Outcome {
    Err(Misused { why: why.to_string(), usage }.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn why(arguments: &[&str]) -> String {
        command(&mut lexopt::Parser::from_args(arguments)).unwrap_err().to_string()
    }

    #[test]
    fn arguments_that_make_no_sense_are_told_and_nothing_is_done() {
        for (arguments, reason) in [
            (&["diff", "--old", "a.yaml"][..], "go together"),
            (&["diff", "--old", "a.yaml", "--new", "b.yaml", "--base", "main"], "choose"),
            (&["diff", "--base"], "missing argument for option '--base'"),
            (&["diff", "--format", "xml"], "human, markdown or json"),
            (&["diff", "--released", "new"], "no version"),
            (&["diff", "openapi"], "unexpected argument \"openapi\""),
            (&["validate", "--format", "xml"], "human, json, github or sarif"),
            (&["validate", "--speed"], "invalid option '--speed'"),
            (&["probe"], "`--base-url` is missing"),
            (&["probe", "--base-url", "https://example.com", "--format", "xml"], "markdown or json"),
            (&["surface", "--chekc"], "invalid option '--chekc'"),
            (&["ci", "fast"], "unexpected argument \"fast\""),
            (&["lint"], "there is no command `lint`"),
            (&[], "no command given"),
        ] {
            let why = why(arguments);
            assert!(why.contains(reason), "{arguments:?}: {why}");
        }
    }

    #[test]
    fn what_is_misused_says_how_it_is_used() {
        for (command, usage) in [("validate", unloc_lint::USAGE), ("diff", unloc_diff::USAGE)] {
            assert!(why(&[command, "--format", "xml"]).ends_with(usage), "{command}");
        }
        assert!(why(&["lint"]).ends_with(USAGE));
    }
}
