//! What users have of this repository, tried as they have it: the packages, and the examples of the guides, pasted into a
//! package of their own outside of this workspace, with the crates that the guide's `cargo add` lines name and no others.
//!
//! rustdoc runs most examples as well, but beside everything that this workspace depends on and without a service to talk
//! to, so that a missing `cargo add` or a time that only a real clock gives goes unnoticed there.

pub mod bindings;
mod guide;
mod needs;
pub mod packages;
mod program;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

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

/// Packs the crates, puts all examples into one package beside theirs, builds it with `user`'s cargo, once with the feature
/// `generate` and once without it, and runs the examples beside an emulator.
///
/// # Errors
/// Says what cannot be packed, which example is no good, or what to run to see what failed.
pub fn check(root: &Path, cargo: &dyn Fn() -> Command, user: &dyn Fn() -> Command) -> Result<()> {
    let (examples, needs) = read(root)?;
    // The rest is done offline, with the versions of the lock file.
    packages::run(cargo().args(["fetch", "--quiet", "--locked"]))?;
    let folder = packages::pack(root, cargo)?;
    let package = folder.join("outside");
    for example in &examples {
        let (folder, text) = match &example.made {
            Made::Program(text) => ("src/bin", text),
            Made::Test(text) => ("tests", text),
        };
        write(&package.join(folder).join(format!("{}.rs", example.name)), text)?;
    }
    let read = |file: &str| fs::read_to_string(root.join(file)).with_context(|| format!("{file} cannot be read"));
    let lock = read("Cargo.lock")?;
    write(&package.join("Cargo.toml"), &manifest(&lock, &examples, &needs))?;
    write(&package.join("tests/outside_runner.rs"), &format!("{RUNNER}\n{}", list(&examples)))?;
    write(&folder.join("Cargo.toml"), &workspace(&read("Cargo.toml")?))?;
    write(&folder.join("Cargo.lock"), &lock)?;
    let run = |arguments: &[&str]| {
        let mut command = user();
        command.args(arguments).args(["--offline", "--manifest-path"]).arg(folder.join("Cargo.toml"));
        command.arg("--target-dir").arg(root.join("target"));
        packages::run(&mut command).context("what users have does not work; run this alone: cargo xtask outside")
    };
    run(&["test", "-p", "outside"])?;
    run(&["test", "-p", "outside", "--no-default-features"])?;
    run(&["build", "-p", "outside", "-p", "unloc-emulator", "--no-default-features", "--bins"])?;
    println!(
        "{} examples were run from a package of their own, with the bindings made and as they came",
        examples.len()
    );
    Ok(())
}

/// The workspace of the packages. Its profiles are those of this one, so that what was built here serves there as well.
fn workspace(manifest: &str) -> String {
    let mut is_profile = false;
    let profiles = manifest.lines().filter(|line| {
        is_profile = if line.starts_with('[') { line.starts_with("[profile.") } else { is_profile };
        is_profile
    });
    let profiles: String = profiles.map(|line| format!("{line}\n")).collect();
    let folders = packages::NAMES.map(|name| format!("{name:?} = {{ path = {:?} }}\n", packages::folder(name)));
    let members = packages::NAMES.map(|name| format!("{:?}, ", packages::folder(name)));
    format!(
        "[workspace]\nresolver = \"3\"\nmembers = [{}\"outside\"]\n\n{profiles}\n[patch.crates-io]\n{}",
        members.concat(),
        folders.concat()
    )
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

/// The package. Its feature `generate` is that of `unloc`.
fn manifest(lock: &str, examples: &[Example], needs: &BTreeMap<String, Need>) -> String {
    let mut text = String::from(
        "[package]\nname = \"outside\"\nedition = \"2024\"\nautobins = false\nautotests = false\n\n\
         [features]\ndefault = [\"generate\"]\ngenerate = [\"unloc/generate\"]\n\n[dependencies]\n",
    );
    for (name, need) in needs {
        _ = writeln!(text, "{name} = {}", need.toml(lock));
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
        let manifest = manifest("", &examples, &needs);
        assert!(manifest.contains("[features]\n") && manifest.contains("name = \"outside_readme_md_1\""));
    }
}
