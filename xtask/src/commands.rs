//! Parses the arguments of each command, calls its tool and maps the result to an exit code.

use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Error, Result, bail};
use lexopt::prelude::*;
use unloc_bench_record::report;

use crate::{ci, js, release};

const USAGE: &str = "\
usage: cargo xtask <COMMAND> [OPTIONS]

Commands:
  ci            Run every check of continuous integration
  soak          Run the randomized tests a hundred times as long (about 25 minutes)
  validate      Lint the specs, or the given OpenAPI files
  diff          Report what changes of the specs do to users of the bindings
  probe         Compare a running service with the specs
  surface       Write the public API of the bindings to openapi/surface
  package       Build the packages, including the bindings for builds without the feature `generate`
  outside       Build the packages and run the examples of the guides, outside of the workspace
  js            Build the npm package
  release       With --dry-run: check everything that a release needs, and print what publishes it
  bench-report  Write the recorded benchmark results into the tables of the documents
  help          Print this help

Options of `ci`:
      --beside            Run only the checks that it runs beside the others: instructions, JavaScript

Options of `surface` and `bench-report`:
      --check             Report differences instead of writing

Options of `js`:
      --test              Run its tests as well, with an emulator
      --record            Measure its size and cost as well, and write benches/recorded/javascript.json

Options of `outside`:
      --toolchain <NAME>  Use another rustup toolchain

Options:
  -h, --help  Print help; `validate`, `diff` and `probe` have their own

Exit codes:
  0  success
  1  something was found, or a check failed
  2  invalid arguments, or the command could not run";

/// Is the exit code of a command that ran, or the error why it could not.
type Outcome = Result<ExitCode>;

/// Runs the command that the arguments name. Exit code 1 means that something was found or a check failed, 2 that the
/// command could not run.
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
    let has_own_help = ["validate", "diff", "probe"].contains(&name.as_str());
    if !has_own_help && matches!(arguments.clone().next()?, Some(Short('h') | Long("help"))) {
        return shown(&format!("{USAGE}\n"));
    }
    match name.as_str() {
        "validate" => reported(unloc_lint::command(&root, arguments)?),
        "diff" => reported(unloc_diff::command(&root, arguments)?),
        "probe" => reported(unloc_probe::command(&root, arguments)?),
        "soak" => none(arguments).and_then(|()| checked(ci::soak(&root))),
        "ci" => match flag(arguments, "beside")? {
            true => checked(ci::beside::run(&root)),
            false => checked(ci::run(&root)),
        },
        "js" => match arguments.next()? {
            None => checked(js::run(&root, false)),
            Some(Long("test")) => none(arguments).and_then(|()| checked(js::run(&root, true))),
            Some(Long("record")) => none(arguments).and_then(|()| checked(js::record(&root))),
            Some(other) => Err(other.unexpected().into()),
        },
        "release" => match arguments.next()? {
            Some(Long("dry-run")) => none(arguments).and_then(|()| checked(release::rehearse(&root))),
            None => bail!("publishing is left to you: run with --dry-run, which prints the commands (RELEASING.md)"),
            Some(other) => Err(other.unexpected().into()),
        },
        "package" => none(arguments).and_then(|()| checked(package(&root))),
        "outside" => {
            let toolchain = toolchain(arguments)?;
            checked(unloc_outside::check(&root, &|| cargo(&root), &|| cargo_of(toolchain.as_deref(), &root)))
        }
        "surface" => match flag(arguments, "check")? {
            true => checked(surface(&root)),
            false => shown(&unloc_surface::write(&root)?),
        },
        "bench-report" => match flag(arguments, "check")? {
            true => checked(ci::figures(&root).map(|skip| {
                skip.iter().for_each(|skip| print(&format!("SKIPPED: {} ({})\n", skip.reason, skip.remedy)));
            })),
            false => {
                let files = report::write(&root).map_err(Error::from_boxed)?;
                shown(&files.iter().map(|file| format!("{}\n", file.display())).collect::<String>())
            }
        },
        "help" => shown(&format!("{USAGE}\n")),
        other => bail!("unknown command `{other}`\n\n{USAGE}"),
    }
}

/// Prints how the public API differs from `openapi/surface`, and fails if it does.
pub(crate) fn surface(root: &Path) -> Result<()> {
    let differences = unloc_surface::differences(root)?;
    print(&differences);
    if differences.is_empty() {
        print("the public API matches openapi/surface\n");
        Ok(())
    } else {
        bail!("the public API differs from openapi/surface; if intended, run: cargo xtask surface")
    }
}

/// Returns the root of the repository, also when called from a subfolder. Asks the environment first: two checkouts may
/// share a target folder, and then the path at compile time may be that of the other checkout.
fn root() -> PathBuf {
    let own = std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    own.parent().unwrap_or(Path::new(".")).to_path_buf()
}

/// Builds the packages and prints where they are.
fn package(root: &Path) -> Result<()> {
    let folder = unloc_outside::packages::pack(root, &|| cargo(root))?;
    print(&format!("{}: unpacked packages; their bindings match their specs\n", folder.display()));
    Ok(())
}

/// Parses the only option of `outside`.
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

/// Returns the cargo of a toolchain, or the current one.
fn cargo_of(toolchain: Option<&str>, root: &Path) -> Command {
    let Some(name) = toolchain else { return cargo(root) };
    let mut command = Command::new("rustup");
    // rustup and cargo pass their own toolchain on to child processes by these variables.
    command.args(["run", name, "cargo"]).current_dir(root).env_remove("CARGO").env_remove("RUSTUP_TOOLCHAIN");
    command
}

/// Returns a command that runs the current cargo in the root of the repository.
pub(crate) fn cargo(root: &Path) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root);
    command
}

/// Prints to stdout. The reader may close the pipe early, as `head` does. `print!` would panic then; this ignores it,
/// and the exit code stays that of the command.
pub(crate) fn print(text: &str) {
    let mut out = std::io::stdout().lock();
    if let Err(error) = out.write_all(text.as_bytes()).and_then(|()| out.flush())
        && error.kind() != ErrorKind::BrokenPipe
    {
        // If stderr fails as well, there is no way left to report it.
        let _ = writeln!(std::io::stderr(), "error: cannot write to stdout: {error}");
    }
}

/// Prints a text and succeeds.
fn shown(text: &str) -> Outcome {
    print(text);
    Ok(ExitCode::SUCCESS)
}

/// Prints the report of a tool. Returns exit code 1 if the tool found something.
fn reported((text, found): (String, bool)) -> Outcome {
    print(&text);
    Ok(ExitCode::from(u8::from(found)))
}

/// Prints the error of a failed check. Returns exit code 1, because the command itself could run.
fn checked(ran: Result<()>) -> Outcome {
    Ok(ran.map_or_else(
        |error| {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        },
        |()| ExitCode::SUCCESS,
    ))
}

/// Parses the only option of a command.
fn flag(arguments: &mut lexopt::Parser, name: &str) -> Result<bool> {
    match arguments.next()? {
        None => Ok(false),
        Some(Long(given)) if given == name => none(arguments).map(|()| true),
        Some(other) => Err(other.unexpected().into()),
    }
}

/// Refuses further arguments.
fn none(arguments: &mut lexopt::Parser) -> Result<()> {
    arguments.next()?.map_or(Ok(()), |other| Err(other.unexpected().into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_is_listed_and_prints_help() {
        let names = [
            "ci",
            "soak",
            "validate",
            "diff",
            "probe",
            "surface",
            "package",
            "outside",
            "js",
            "release",
            "bench-report",
        ];
        for name in names {
            assert!(USAGE.contains(&format!("\n  {name} ")), "{name}");
            assert!(command(&mut lexopt::Parser::from_args([name, "--help"])).is_ok(), "{name}");
        }
    }

    #[test]
    fn refuses_invalid_arguments() {
        for (arguments, reason, has_usage) in [
            (&["diff", "--old", "a.yaml"][..], "must be used together", true),
            (&["diff", "--old", "a.yaml", "--new", "b.yaml", "--base", "main"], "cannot be combined", true),
            (&["diff", "--base"], "missing argument for option '--base'", false),
            (&["diff", "--format", "xml"], "human, markdown or json", true),
            (&["diff", "--released", "new"], "not a version", true),
            (&["diff", "openapi"], "unexpected argument \"openapi\"", true),
            (&["validate", "--format", "xml"], "human, json, github or sarif", true),
            (&["validate", "--speed"], "invalid option '--speed'", true),
            (&["probe"], "missing option `--base-url`", true),
            (&["probe", "--base-url", "https://example.com", "--format", "xml"], "markdown or json", true),
            (&["surface", "--chekc"], "invalid option '--chekc'", false),
            (&["js", "--tests"], "invalid option '--tests'", false),
            (&["outside", "--toolchain"], "missing argument for option '--toolchain'", false),
            (&["release"], "--dry-run", false),
            (&["release", "--force"], "invalid option '--force'", false),
            (&["ci", "fast"], "unexpected argument \"fast\"", false),
            (&["lint"], "unknown command `lint`", true),
            (&[], "no command given", true),
        ] {
            let why = command(&mut lexopt::Parser::from_args(arguments)).unwrap_err().to_string();
            assert!(why.contains(reason), "{arguments:?}: {why}");
            assert_eq!(why.contains("\n\nusage: cargo xtask "), has_usage, "{arguments:?}: {why}");
        }
    }
}
