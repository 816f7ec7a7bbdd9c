//! The commands: their arguments, what they call, how they end.

use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Error, Result, bail};
use lexopt::prelude::*;
use unloc_bench_record::report;

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
        Some(other) => bail!("{}\n\n{USAGE}", other.unexpected()),
        None => bail!("no command given\n\n{USAGE}"),
    };
    let explains_itself = ["validate", "diff", "probe"].contains(&name.as_str());
    if !explains_itself && matches!(arguments.clone().next()?, Some(Short('h') | Long("help"))) {
        return shown(&format!("{USAGE}\n"));
    }
    match name.as_str() {
        "validate" => told(unloc_lint::command(&root, arguments)?),
        "diff" => told(unloc_diff::command(&root, arguments)?),
        "probe" => told(unloc_probe::command(&root, arguments)?),
        "soak" => none(arguments).and_then(|()| found(ci::soak(&root))),
        "ci" => none(arguments).and_then(|()| found(ci::run(&root))),
        "package" => none(arguments).and_then(|()| found(package(&root))),
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
        other => bail!("there is no command `{other}`\n\n{USAGE}"),
    }
}

/// Says how the public API differs from what is checked in.
pub(crate) fn surface(root: &Path) -> Result<()> {
    let differences = unloc_surface::differences(root)?;
    print(&differences);
    if differences.is_empty() {
        print("the public API is as openapi/surface has it\n");
        Ok(())
    } else {
        bail!("the public API differs from openapi/surface; if it should, run: cargo xtask surface")
    }
}

/// The repository, wherever one stands in it: as cargo says that runs this, since a program in a target folder that two
/// checkouts share may have been compiled in the other.
fn root() -> PathBuf {
    let own = std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    own.parent().unwrap_or(Path::new(".")).to_path_buf()
}

fn package(root: &Path) -> Result<()> {
    let folder = unloc_outside::packages::pack(root, &|| cargo(root))?;
    print(&format!("{}: the packages, unpacked; their bindings are those of their specs\n", folder.display()));
    Ok(())
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

/// What a tool says, and whether it found something.
fn told((text, found): (String, bool)) -> Outcome {
    print(&text);
    Ok(ExitCode::from(u8::from(found)))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_has_a_help_that_does_nothing_else() {
        for name in ["ci", "soak", "validate", "diff", "probe", "surface", "package", "outside", "bench-report"] {
            assert!(USAGE.contains(&format!("\n  {name} ")), "{name}");
            assert!(command(&mut lexopt::Parser::from_args([name, "--help"])).is_ok(), "{name}");
        }
    }

    #[test]
    fn arguments_that_make_no_sense_are_told_and_nothing_is_done() {
        for (arguments, reason, is_explained) in [
            (&["diff", "--old", "a.yaml"][..], "go together", true),
            (&["diff", "--old", "a.yaml", "--new", "b.yaml", "--base", "main"], "choose", true),
            (&["diff", "--base"], "missing argument for option '--base'", false),
            (&["diff", "--format", "xml"], "human, markdown or json", true),
            (&["diff", "--released", "new"], "no version", true),
            (&["diff", "openapi"], "unexpected argument \"openapi\"", true),
            (&["validate", "--format", "xml"], "human, json, github or sarif", true),
            (&["validate", "--speed"], "invalid option '--speed'", true),
            (&["probe"], "`--base-url` is missing", true),
            (&["probe", "--base-url", "https://example.com", "--format", "xml"], "markdown or json", true),
            (&["surface", "--chekc"], "invalid option '--chekc'", false),
            (&["outside", "--toolchain"], "missing argument for option '--toolchain'", false),
            (&["ci", "fast"], "unexpected argument \"fast\"", false),
            (&["lint"], "there is no command `lint`", true),
            (&[], "no command given", true),
        ] {
            let why = command(&mut lexopt::Parser::from_args(arguments)).unwrap_err().to_string();
            assert!(why.contains(reason), "{arguments:?}: {why}");
            assert_eq!(why.contains("\n\nusage: cargo xtask "), is_explained, "{arguments:?}: {why}");
        }
    }
}
