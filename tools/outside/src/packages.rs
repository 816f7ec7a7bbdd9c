//! The packages as they would be published, beside each other in one folder below `target/`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::bindings;

/// The crates that are published.
pub const NAMES: [&str; 4] = ["unloc", "unloc-codegen", "unloc-emulator", "unloc-spec"];

/// Where the package of a crate is unpacked, by its name.
pub(super) fn folder(name: &str) -> String {
    format!("{name}-{}", env!("CARGO_PKG_VERSION"))
}

/// Stages the bindings, packs all crates and unpacks them again: the folder that has them. What stands in a package is held
/// to its specs, not what was staged.
///
/// # Errors
/// Says what could not be made, or which bindings are not those of their specs.
pub fn pack(root: &Path, cargo: &dyn Fn() -> Command) -> Result<PathBuf> {
    bindings::stage(root)?;
    let target = root.join("target");
    let unpacked = target.join("packages");
    for name in NAMES {
        let old = unpacked.join(folder(name));
        if old.exists() {
            fs::remove_dir_all(&old).with_context(|| format!("{} cannot be removed", old.display()))?;
        }
    }
    fs::create_dir_all(&unpacked).with_context(|| format!("{} cannot be made", unpacked.display()))?;
    let mut pack = cargo();
    pack.args(["package", "--quiet", "--no-verify", "--allow-dirty", "--target-dir"]).arg(&target);
    NAMES.iter().for_each(|name| _ = pack.args(["-p", name]));
    run(&mut pack)?;
    for name in NAMES {
        let file = format!("../package/{}.crate", folder(name));
        // Packages are older than any build of them: `-m` has their files made now, so that cargo builds them anew.
        run(Command::new("tar").arg("-xmzf").arg(file).current_dir(&unpacked))?;
    }
    bindings::hold(&unpacked.join(folder("unloc")))?;
    Ok(unpacked)
}

pub(super) fn run(command: &mut Command) -> Result<()> {
    let program = command.get_program().to_string_lossy().into_owned();
    if !command.status().with_context(|| format!("`{program}` could not be started"))?.success() {
        bail!("{command:?} failed");
    }
    Ok(())
}
