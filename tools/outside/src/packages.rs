//! Builds the packages as they would be published, and unpacks them side by side below `target/`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::bindings;

/// Lists the published crates.
pub const NAMES: [&str; 4] = ["unloc", "unloc-codegen", "unloc-emulator", "unloc-spec"];

/// Lists the files that packages contain from outside of their folders, as (file, copy). git ignores the copies.
///
/// cargo packages no such file. Symbolic links would do, but git checks them out as text files on Windows.
const COPIES: [(&str, &str); 9] = [
    ("LICENSE-APACHE", "crates/codegen/LICENSE-APACHE"),
    ("LICENSE-MIT", "crates/codegen/LICENSE-MIT"),
    ("LICENSE-APACHE", "crates/emulator/LICENSE-APACHE"),
    ("LICENSE-MIT", "crates/emulator/LICENSE-MIT"),
    ("LICENSE-APACHE", "crates/spec/LICENSE-APACHE"),
    ("LICENSE-MIT", "crates/spec/LICENSE-MIT"),
    ("openapi/auth.yaml", "crates/emulator/openapi/auth.yaml"),
    ("openapi/integrator.yaml", "crates/emulator/openapi/integrator.yaml"),
    ("openapi/unloc-v2.yaml", "crates/emulator/openapi/unloc-v2.yaml"),
];

/// Copies the files of [`COPIES`].
fn stage(root: &Path) -> Result<()> {
    for (file, copy) in COPIES {
        let text = fs::read_to_string(root.join(file)).with_context(|| format!("{file} cannot be read"))?;
        super::write(&root.join(copy), &text)?;
    }
    Ok(())
}

/// Returns the name of the folder that a crate's package is unpacked to.
pub(super) fn folder(name: &str) -> String {
    format!("{name}-{}", env!("CARGO_PKG_VERSION"))
}

/// Generates the bindings, packages all crates and unpacks them. Returns the folder with the unpacked packages.
/// Verifies the bindings inside of the package, because that is what users get.
///
/// # Errors
/// Fails if a package cannot be built, or if its bindings do not match its specs.
pub fn pack(root: &Path, cargo: &dyn Fn() -> Command) -> Result<PathBuf> {
    bindings::stage(root)?;
    stage(root)?;
    let target = root.join("target");
    let unpacked = target.join("packages");
    for name in NAMES {
        let old = unpacked.join(folder(name));
        if old.exists() {
            fs::remove_dir_all(&old).with_context(|| format!("{} cannot be removed", old.display()))?;
        }
    }
    fs::create_dir_all(&unpacked).with_context(|| format!("{} cannot be created", unpacked.display()))?;
    let mut pack = cargo();
    pack.args(["package", "--quiet", "--no-verify", "--allow-dirty", "--target-dir"]).arg(&target);
    NAMES.iter().for_each(|name| _ = pack.args(["-p", name]));
    run(&mut pack)?;
    for name in NAMES {
        let file = format!("../package/{}.crate", folder(name));
        // cargo gives packaged files a modification time in the past, so an earlier build would count as up to date. `-m`
        // sets the time of unpacking.
        run(Command::new("tar").arg("-xmzf").arg(file).current_dir(&unpacked))?;
    }
    bindings::verify(&unpacked.join(folder("unloc")))?;
    complete(&unpacked)?;
    Ok(unpacked)
}

/// Checks that each package contains its copies: an `include` in a manifest that names no file is no error for cargo.
fn complete(unpacked: &Path) -> Result<()> {
    let own = [("LICENSE-APACHE", "LICENSE-APACHE"), ("LICENSE-MIT", "LICENSE-MIT")];
    for (_, copy) in COPIES.iter().chain(&own) {
        let (name, file) = match copy.strip_prefix("crates/").and_then(|path| path.split_once('/')) {
            Some((name, file)) => (format!("unloc-{name}"), file),
            None => ("unloc".to_owned(), *copy),
        };
        if !unpacked.join(folder(&name)).join(file).is_file() {
            bail!("the package of {name} lacks {file}: see `include` in its Cargo.toml");
        }
    }
    Ok(())
}

/// Runs a command, and fails if the command does.
pub(super) fn run(command: &mut Command) -> Result<()> {
    let program = command.get_program().to_string_lossy().into_owned();
    if !command.status().with_context(|| format!("`{program}` cannot be started"))?.success() {
        bail!("{command:?} failed");
    }
    Ok(())
}
