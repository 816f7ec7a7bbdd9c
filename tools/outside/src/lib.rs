//! Runs the examples of the guides as their readers do: pasted into a package of their own, outside of this workspace,
//! with the crates that the guide's `cargo add` lines name and no others.
//!
//! rustdoc runs most of them as well, but beside everything that this workspace depends on and without a service to talk
//! to, so that a missing `cargo add` or a time that only a real clock gives goes unnoticed there.

mod guide;
mod needs;
pub mod packages;
mod program;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use guide::Block;
use needs::Need;
use program::Made;

/// Where examples stand: guides with blocks of Rust, and whole programs.
const GUIDES: [&str; 3] = ["README.md", "crates/emulator/README.md", "CONTRIBUTING.md"];
const PROGRAMS: [&str; 2] = ["examples/quickstart.rs", "examples/token_backend.rs"];
/// A program that serves until it is stopped ends by itself with this argument.
const ARGUMENTS: [(&str, &str); 1] = [("examples/token_backend.rs", "--try")];

/// What runs the programs, as a test of that package.
const RUNNER: &str = include_str!("runner.rs");

/// A program or test that is made of an example.
struct Example {
    /// Its name as a target of cargo; no other package in the same target folder has one like it.
    name: String,
    /// File and line, for a reader of what fails.
    whence: String,
    arguments: &'static str,
    made: Made,
}

/// Puts all examples into one package below `target/`, builds them, and runs them beside an emulator.
pub fn check(root: &Path, cargo: impl Fn() -> Command) -> Result<()> {
    let target = root.join("target");
    let package = target.join("outside");
    let (examples, needs) = read(root)?;
    for example in &examples {
        let (folder, text) = match &example.made {
            Made::Program(text) => ("src/bin", text),
            Made::Test(text) => ("tests", text),
        };
        write(&package.join(folder).join(format!("{}.rs", example.name)), text)?;
    }
    let lock = fs::read_to_string(root.join("Cargo.lock")).context("Cargo.lock")?;
    write(&package.join("Cargo.toml"), &manifest(root, &lock, &examples, &needs))?;
    write(&package.join("tests/outside_runner.rs"), &format!("{RUNNER}\n{}", list(&examples)))?;
    write(&package.join("Cargo.lock"), &lock)?;
    // Offline: the versions are those of the lock file, which the checks before this one have built.
    let mut test = cargo();
    test.args(["test", "--offline", "--quiet", "--manifest-path"]).arg(package.join("Cargo.toml"));
    test.arg("--target-dir").arg(&target);
    if !test.status().context("cargo could not be started")?.success() {
        bail!("an example does not work outside of this workspace; run this alone: cargo xtask outside");
    }
    println!("{} examples were run from a package of their own", examples.len());
    Ok(())
}

/// All examples, and what they need together.
fn read(root: &Path) -> Result<(Vec<Example>, BTreeMap<String, Need>)> {
    let read = |file: &str| fs::read_to_string(root.join(file)).with_context(|| file.to_owned());
    let mut needs = BTreeMap::new();
    let mut by_file = Vec::new();
    for file in GUIDES.iter().chain(&PROGRAMS) {
        let text = read(file)?;
        let own = needs::named(&text).with_context(|| (*file).to_owned())?;
        own.iter().for_each(|need| needs::add(&mut needs, need));
        let blocks = if file.ends_with(".rs") { vec![Block { line: 1, code: text }] } else { guide::blocks(&text) };
        by_file.push((*file, own, blocks));
    }
    let mut examples = Vec::new();
    for (file, own, blocks) in by_file {
        for (number, Block { line, code }) in blocks.into_iter().enumerate() {
            let whence = format!("{file}:{line}");
            guide::pasteable(&code).with_context(|| whence.clone())?;
            needs::suffice(&own, needs.keys(), &code).with_context(|| whence.clone())?;
            let name = format!("outside_{}_{}", file.replace(['/', '.'], "_").to_lowercase(), number + 1);
            let arguments = ARGUMENTS.iter().find(|(of, _)| *of == file).map_or("", |(_, arguments)| *arguments);
            let made = program::made(&code).with_context(|| whence.clone())?;
            examples.push(Example { name, whence, arguments, made });
        }
    }
    Ok((examples, needs))
}

/// The package. Its profile is that of this workspace, so that what was built there serves here as well.
fn manifest(root: &Path, lock: &str, examples: &[Example], needs: &BTreeMap<String, Need>) -> String {
    let mut text = String::from(
        "[workspace]\n\n[package]\nname = \"outside\"\nedition = \"2024\"\nautobins = false\nautotests = false\n\n\
         [profile.dev]\ndebug = \"line-tables-only\"\n\n[dependencies]\n",
    );
    for (name, need) in needs {
        _ = writeln!(text, "{name} = {}", need.toml(root, lock));
    }
    for example in examples {
        _ = match example.made {
            Made::Program(_) => {
                let name = &example.name;
                writeln!(text, "\n[[bin]]\nname = \"{name}\"\npath = \"src/bin/{name}.rs\"\ntest = false")
            }
            Made::Test(_) => writeln!(text, "\n[[test]]\nname = \"{}\"", example.name),
        };
    }
    text.push_str("\n[[test]]\nname = \"outside_runner\"\n");
    text
}

/// The programs, for the runner.
fn list(examples: &[Example]) -> String {
    let mut text = String::from("const PROGRAMS: &[(&str, &str, &str)] = &[\n");
    for Example { name, whence, arguments, made } in examples {
        if matches!(made, Made::Program(_)) {
            _ = writeln!(text, "    ({whence:?}, env!(\"CARGO_BIN_EXE_{name}\"), {arguments:?}),");
        }
    }
    text.push_str("];\n");
    text
}

/// Writes what is not there yet: cargo builds anew what was written anew.
fn write(file: &Path, text: &str) -> Result<()> {
    if fs::read_to_string(file).is_ok_and(|there| there == text) {
        return Ok(());
    }
    let folder = file.parent().unwrap_or(file);
    let written = fs::create_dir_all(folder).and_then(|()| fs::write(file, text));
    written.with_context(|| format!("{} cannot be written", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_guide_can_be_pasted_from_and_names_the_crates_that_it_uses() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap();
        let (examples, needs) = read(root).unwrap();
        for file in ["README.md", "crates/emulator/README.md", "examples/quickstart.rs", "examples/token_backend.rs"] {
            assert!(examples.iter().any(|example| example.whence.starts_with(file)), "{file}");
        }
        assert!(examples.iter().any(|example| matches!(example.made, Made::Test(_))));
        assert!(needs.contains_key("unloc") && needs.contains_key("tokio"));
        let manifest = manifest(root, "", &examples, &needs);
        assert!(manifest.contains("[workspace]\n") && manifest.contains("name = \"outside_readme_md_1\""));
    }
}
