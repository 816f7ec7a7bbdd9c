//! Builds the crates from the files that their packages have, and from nothing else.
//!
//! `cargo package` can verify by itself, but keeps what it unpacked once for as long as the version stays the same, so
//! that a second run would build yesterday's code.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

const NAMES: [&str; 4] = ["unloc", "unloc-codegen", "unloc-sandbox", "unloc-spec"];

/// Packs all crates, unpacks them beside each other and builds them there.
pub fn check(root: &Path, cargo: impl Fn() -> Command) -> Result<()> {
    let target = root.join("target");
    let (packed, unpacked) = (target.join("package"), target.join("packages"));
    for folder in [&packed, &unpacked] {
        if folder.exists() {
            fs::remove_dir_all(folder).with_context(|| format!("{} cannot be emptied", folder.display()))?;
        }
        fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    }
    let mut pack = cargo();
    pack.args(["package", "--no-verify", "--allow-dirty", "--target-dir"]).arg(&target);
    NAMES.iter().for_each(|name| _ = pack.args(["-p", name]));
    run(&mut pack)?;
    let version = env!("CARGO_PKG_VERSION");
    for name in NAMES {
        let file = packed.join(format!("{name}-{version}.crate"));
        run(Command::new("tar").arg("-xzf").arg(file).arg("-C").arg(&unpacked))?;
    }
    let folders = NAMES.map(|name| format!("{name:?} = {{ path = \"{name}-{version}\" }}"));
    let members = NAMES.map(|name| format!("\"{name}-{version}\""));
    let workspace = format!(
        "[workspace]\nresolver = \"3\"\nmembers = [{}]\n\n[patch.crates-io]\n{}\n",
        members.join(", "),
        folders.join("\n")
    );
    let write = |name: &str, text: String| fs::write(unpacked.join(name), text);
    write("Cargo.toml", workspace)?;
    write("Cargo.lock", fs::read_to_string(root.join("Cargo.lock"))?)?;
    let mut build = cargo();
    build.args(["build", "--workspace", "--lib", "--bins", "--examples"]);
    build.arg("--manifest-path").arg(unpacked.join("Cargo.toml")).arg("--target-dir").arg(&target);
    run(&mut build)
}

fn run(command: &mut Command) -> Result<()> {
    let program = command.get_program().to_string_lossy().into_owned();
    if !command.status().with_context(|| format!("`{program}` could not be started"))?.success() {
        bail!("{command:?} failed");
    }
    Ok(())
}
