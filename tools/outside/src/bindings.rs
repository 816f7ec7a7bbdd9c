//! The bindings that a package carries, for builds without the feature `generate`: made of its specs, staged in
//! `generated/`, which git ignores.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};
use unloc_spec::apis;

const FOLDER: &str = "generated";

/// What a package carries, by the names of the files: the bindings, as the build makes them, and beside them each spec that
/// they were made of, so that a build can tell whether they belong to the specs that it has.
fn made(package: &Path) -> Result<BTreeMap<String, String>> {
    let mut files = unloc_codegen::sources(package)
        .map_err(|errors| anyhow!(errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")))?;
    for api in apis(package)? {
        let (name, spec) = (format!("{api}.yaml"), package.join(format!("openapi/{api}.yaml")));
        files.insert(name, fs::read_to_string(&spec).with_context(|| format!("{} cannot be read", spec.display()))?);
    }
    Ok(files)
}

/// Makes the bindings of the package in this folder, and leaves nothing else in `generated/`.
///
/// # Errors
/// Says why there are none, or what cannot be written.
pub fn stage(package: &Path) -> Result<()> {
    let (folder, files) = (package.join(FOLDER), made(package)?);
    fs::create_dir_all(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    for name in names(&folder)?.iter().filter(|name| !files.contains_key(*name)) {
        let file = folder.join(name);
        let removed = if file.is_dir() { fs::remove_dir_all(&file) } else { fs::remove_file(&file) };
        removed.with_context(|| format!("{} cannot be removed", file.display()))?;
    }
    files.iter().try_for_each(|(name, text)| super::write(&folder.join(name), text))
}

/// Refuses a package whose bindings are not those of its specs.
///
/// # Errors
/// Names the files that differ, are missing or too many.
pub fn hold(package: &Path) -> Result<()> {
    let (folder, files) = (package.join(FOLDER), made(package)?);
    let there = names(&folder).with_context(|| format!("{} has no bindings", package.display()))?;
    let is_same = |name: &String| {
        files.get(name).is_some_and(|text| fs::read(folder.join(name)).is_ok_and(|there| there == text.as_bytes()))
    };
    let all: BTreeSet<_> = files.keys().cloned().chain(there).collect();
    let wrong: Vec<_> = all.into_iter().filter(|name| !is_same(name)).collect();
    if wrong.is_empty() {
        return Ok(());
    }
    bail!("{}: {FOLDER} is not what its specs give: {}; run: cargo xtask package", package.display(), wrong.join(", "))
}

fn names(folder: &Path) -> Result<BTreeSet<String>> {
    let entries = fs::read_dir(folder).with_context(|| format!("{} cannot be read", folder.display()))?;
    entries.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect()
}
