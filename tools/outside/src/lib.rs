//! Tests this repository as its users see it. Builds the packages, pastes the examples of the guides into a package
//! outside of this workspace, with only the crates of the guide's `cargo add` lines, and runs them with an emulator.
//!
//! rustdoc runs most examples as well, but with all dependencies of this workspace and without a service. It misses a
//! forgotten `cargo add`, and errors that only occur with a real clock.

pub mod bindings;
mod dependencies;
mod guide;
pub mod packages;
mod program;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use dependencies::Dependency;
use guide::Block;
use program::Target;

/// Lists the guides with blocks of Rust.
const GUIDES: [&str; 4] = ["README.md", "docs/guide.md", "crates/emulator/README.md", "CONTRIBUTING.md"];
/// Lists the examples that are whole programs.
const PROGRAMS: [&str; 2] = ["examples/quickstart.rs", "examples/token_backend.rs"];
/// Holds the arguments of programs: with this one, the server ends by itself instead of serving until it is stopped.
const ARGUMENTS: [(&str, &str); 1] = [("examples/token_backend.rs", "--try")];

/// Is the source of the test that runs the programs.
const RUNNER: &str = include_str!("runner.rs");

/// Describes a program or test that was generated from an example.
struct Example {
    /// Is the name of the cargo target, unique among all packages that share the target folder.
    name: String,
    /// Names the file and line of the example in messages.
    origin: String,
    arguments: &'static str,
    target: Target,
}

/// Packages the crates and puts all examples into one more package. Builds it with `user`'s cargo, once with the
/// feature `generate` and once without it, and runs the examples with an emulator.
///
/// # Errors
/// Names the crate that cannot be packaged, the invalid example, or the command that shows what failed.
pub fn check(root: &Path, cargo: &dyn Fn() -> Command, user: &dyn Fn() -> Command) -> Result<()> {
    let (examples, dependencies) = read(root)?;
    // Everything else runs offline, with the versions of the lock file.
    packages::run(cargo().args(["fetch", "--quiet", "--locked"]))?;
    let folder = packages::pack(root, cargo)?;
    let package = folder.join("outside");
    for example in &examples {
        let (folder, text) = match &example.target {
            Target::Program(text) => ("src/bin", text),
            Target::Test(text) => ("tests", text),
        };
        write(&package.join(folder).join(format!("{}.rs", example.name)), text)?;
    }
    let read = |file: &str| fs::read_to_string(root.join(file)).with_context(|| format!("{file} cannot be read"));
    let lock = read("Cargo.lock")?;
    write(&package.join("Cargo.toml"), &manifest(&lock, &examples, &dependencies))?;
    write(&package.join("tests/outside_runner.rs"), &format!("{RUNNER}\n{}", list(&examples)))?;
    write(&folder.join("Cargo.toml"), &workspace(&read("Cargo.toml")?))?;
    write(&folder.join("Cargo.lock"), &lock)?;
    let run = |arguments: &[&str]| {
        let mut command = user();
        command.args(arguments).args(["--offline", "--manifest-path"]).arg(folder.join("Cargo.toml"));
        command.arg("--target-dir").arg(root.join("target"));
        packages::run(&mut command)
            .context("the packages or examples fail outside of the workspace; run: cargo xtask outside")
    };
    run(&["test", "-p", "outside"])?;
    run(&["test", "-p", "outside", "--no-default-features"])?;
    run(&["build", "-p", "unloc-emulator", "--bins"])?;
    println!("{} examples passed outside of the workspace, with generated and with packaged bindings", examples.len());
    Ok(())
}

/// Returns the manifest of a workspace for the packages. It has the profiles of this one, so that cargo reuses the
/// dependencies that were built here.
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

/// Reads all examples and their dependencies.
fn read(root: &Path) -> Result<(Vec<Example>, BTreeMap<String, Dependency>)> {
    let read = |file: &str| fs::read_to_string(root.join(file)).with_context(|| format!("{file} cannot be read"));
    let mut dependencies = BTreeMap::new();
    let mut by_file = Vec::new();
    for file in GUIDES.iter().chain(&PROGRAMS) {
        let text = read(file)?;
        let own = dependencies::parse(&text).with_context(|| (*file).to_owned())?;
        own.iter().for_each(|dependency| dependencies::add(&mut dependencies, dependency));
        let blocks = if file.ends_with(".rs") { vec![Block { line: 1, code: text }] } else { guide::blocks(&text) };
        by_file.push((*file, own, blocks));
    }
    let mut examples = Vec::new();
    for (file, own, blocks) in by_file {
        for (number, Block { line, code }) in blocks.into_iter().enumerate() {
            let origin = format!("{file}:{line}");
            guide::check_pasteable(&code).with_context(|| origin.clone())?;
            dependencies::check_uses(&own, dependencies.keys(), &code).with_context(|| origin.clone())?;
            let name = format!("outside_{}_{}", file.replace(['/', '.'], "_").to_lowercase(), number + 1);
            let arguments = ARGUMENTS.iter().find(|(of, _)| *of == file).map_or("", |(_, arguments)| *arguments);
            let target = program::target(&code).with_context(|| origin.clone())?;
            examples.push(Example { name, origin, arguments, target });
        }
    }
    Ok((examples, dependencies))
}

/// Returns the manifest of the example package. Its feature `generate` enables that of `unloc`.
fn manifest(lock: &str, examples: &[Example], dependencies: &BTreeMap<String, Dependency>) -> String {
    let mut text = String::from(
        "[package]\nname = \"outside\"\nedition = \"2024\"\nautobins = false\nautotests = false\n\n\
         [features]\ndefault = [\"generate\"]\ngenerate = [\"unloc/generate\"]\n\n[dependencies]\n",
    );
    for (name, dependency) in dependencies {
        _ = writeln!(text, "{name} = {}", dependency.toml(lock));
    }
    for example in examples {
        _ = match example.target {
            Target::Program(_) => {
                let name = &example.name;
                writeln!(text, "\n[[bin]]\nname = \"{name}\"\npath = \"src/bin/{name}.rs\"\ntest = false")
            }
            Target::Test(_) => writeln!(text, "\n[[test]]\nname = \"{}\"", example.name),
        };
    }
    text.push_str("\n[[test]]\nname = \"outside_runner\"\n");
    text
}

/// Returns the table of programs that the runner reads.
fn list(examples: &[Example]) -> String {
    let mut text = String::from("const PROGRAMS: &[(&str, &str, &str)] = &[\n");
    for Example { name, origin, arguments, target } in examples {
        if matches!(target, Target::Program(_)) {
            _ = writeln!(text, "    ({origin:?}, env!(\"CARGO_BIN_EXE_{name}\"), {arguments:?}),");
        }
    }
    text.push_str("];\n");
    text
}

/// Writes a file unless it has this text already: a new modification time would make cargo rebuild it.
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
    fn examples_of_every_guide_can_be_pasted_and_have_their_cargo_add_lines() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap();
        let (examples, dependencies) = read(root).unwrap();
        for file in ["README.md", "crates/emulator/README.md", "examples/quickstart.rs", "examples/token_backend.rs"] {
            assert!(examples.iter().any(|example| example.origin.starts_with(file)), "{file}");
        }
        assert!(examples.iter().any(|example| matches!(example.target, Target::Test(_))));
        assert!(dependencies.contains_key("unloc") && dependencies.contains_key("tokio"));
        let manifest = manifest("", &examples, &dependencies);
        assert!(manifest.contains("[features]\n") && manifest.contains("name = \"outside_readme_md_1\""));
    }
}
