//! Generates the bindings that a package contains for builds without the feature `generate`, in the folder
//! `generated/`, which git ignores.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};
use unloc_spec::apis;

/// Names the folder of the bindings within a package.
const FOLDER: &str = "generated";

/// Generates the files of `generated/`: the bindings, as the build generates them, and a copy of each spec. By the
/// copies a build detects bindings of other specs than its own.
fn generated(package: &Path) -> Result<BTreeMap<String, String>> {
    let mut files = unloc_codegen::sources(package, &|_| true)
        .map_err(|errors| anyhow!(errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")))?;
    for api in apis(package)? {
        let (name, spec) = (format!("{api}.yaml"), package.join(format!("openapi/{api}.yaml")));
        files.insert(name, fs::read_to_string(&spec).with_context(|| format!("{} cannot be read", spec.display()))?);
    }
    Ok(files)
}

/// Generates the bindings of the package in this folder, and removes all other files from `generated/`.
///
/// # Errors
/// Fails if bindings cannot be generated or written.
pub fn stage(package: &Path) -> Result<()> {
    let (folder, files) = (package.join(FOLDER), generated(package)?);
    fs::create_dir_all(&folder).with_context(|| format!("{} cannot be created", folder.display()))?;
    for name in names(&folder)?.iter().filter(|name| !files.contains_key(*name)) {
        let file = folder.join(name);
        let removed = if file.is_dir() { fs::remove_dir_all(&file) } else { fs::remove_file(&file) };
        removed.with_context(|| format!("{} cannot be removed", file.display()))?;
    }
    files.iter().try_for_each(|(name, text)| super::write(&folder.join(name), text))
}

/// Checks that the bindings of a package match its specs.
///
/// # Errors
/// Names the files that differ, are missing, or do not belong there.
pub fn verify(package: &Path) -> Result<()> {
    let (folder, files) = (package.join(FOLDER), generated(package)?);
    let there = names(&folder).with_context(|| format!("{} has no bindings", package.display()))?;
    let is_same = |name: &String| {
        files.get(name).is_some_and(|text| fs::read(folder.join(name)).is_ok_and(|there| there == text.as_bytes()))
    };
    let all: BTreeSet<_> = files.keys().cloned().chain(there).collect();
    let wrong: Vec<_> = all.into_iter().filter(|name| !is_same(name)).collect();
    if wrong.is_empty() {
        return Ok(());
    }
    let wrong = wrong.join(", ");
    bail!("{}: {FOLDER} does not match the specs: {wrong}; run: cargo xtask package", package.display())
}

/// Lists the names of the entries of a folder.
fn names(folder: &Path) -> Result<BTreeSet<String>> {
    let entries = fs::read_dir(folder).with_context(|| format!("{} cannot be read", folder.display()))?;
    entries.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect()
}
