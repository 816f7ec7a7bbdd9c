//! Reads the two versions, from git through its command line or from two files.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, anyhow, bail};
use unloc_spec::{Config, Document};

use crate::edition::Edition;
use crate::version::Version;
use crate::{both, supported};

/// Holds two editions of one spec. An added or removed spec has only one side.
pub(crate) struct Pair {
    /// Names the file in messages about both editions.
    pub(crate) name: String,
    pub(crate) old: Option<Edition>,
    pub(crate) new: Option<Edition>,
}

/// Reads the specs at a revision and in the working tree.
pub(crate) fn revision(root: &Path, base: &str) -> Result<Vec<Pair>> {
    let listed = git(root, &["ls-tree", "--name-only", base, "openapi/"])?;
    let known = listed.lines().filter(|name| is_spec(name)).map(str::to_owned);
    let here = std::fs::read_dir(root.join("openapi")).context("cannot read the folder openapi")?;
    let here = here.filter_map(|entry| Some(format!("openapi/{}", entry.ok()?.file_name().to_str()?)));
    let mut names: Vec<_> = known.chain(here.filter(|name| is_spec(name))).collect();
    names.sort();
    names.dedup();
    names.into_iter().map(|name| pair_at(root, base, name)).collect()
}

fn pair_at(root: &Path, base: &str, name: String) -> Result<Pair> {
    let file = root.join(&name);
    let edition = |document| Edition::new(document, api(&file), true);
    let new = file.exists().then(|| read(&file, &name)).transpose()?;
    let old = match git(root, &["cat-file", "-e", &format!("{base}:{name}")]) {
        Err(_) => None,
        Ok(_) => {
            let text = git(root, &["cat-file", "blob", &format!("{base}:{name}")])?;
            Some(parse(Path::new(&format!("{base}:{name}")), &text)?)
        }
    };
    Ok(Pair { old: old.map(edition), new: new.map(edition), name })
}

/// Reads two files as two versions of one spec.
pub(crate) fn files(old: &Path, new: &Path) -> Result<Vec<Pair>> {
    let shown = |file: &Path| file.display().to_string();
    // Both are read in parallel, because parsing a large spec takes a good part of the time.
    let (before, after) = both(|| read(old, &shown(old)), || read(new, &shown(new)));
    let (before, after) = (before?, after?);
    supported::check(&before)?;
    supported::check(&after)?;
    let is_ours = Config::beside(old)?.bindings || Config::beside(new)?.bindings;
    let edition = |document| Some(Edition::new(document, api(new), is_ours));
    Ok(vec![Pair { name: shown(new), old: edition(before), new: edition(after) }])
}

fn read(file: &Path, name: &str) -> Result<Document> {
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {name}"))?;
    parse(Path::new(name), &text)
}

fn parse(file: &Path, text: &str) -> Result<Document> {
    let document = Document::parse(file, text)?;
    let shown = file.display();
    match document.value.get("openapi").map(|version| (version, version.as_str())) {
        Some((_, Some(version))) if version.starts_with("3.0") => Ok(document),
        Some((version, _)) => Err(anyhow!("{shown} uses OpenAPI {version}; only 3.0 can be compared")),
        None => Err(anyhow!("{shown} has no `openapi` field; check that it is an OpenAPI document")),
    }
}

fn is_spec(name: &str) -> bool {
    name.strip_prefix("openapi/").and_then(unloc_spec::api).is_some()
}

/// Returns the module of the bindings of a file, which is part of the type names in the public API.
fn api(file: &Path) -> String {
    let stem = file.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    let is_name = stem.starts_with(|letter: char| letter.is_ascii_alphabetic())
        && stem.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    if is_name { stem.to_owned() } else { "api".to_owned() }
}

/// Returns the revision where the branch left `main`.
///
/// # Errors
/// Fails if `main` or its history is missing.
pub fn base(root: &Path) -> Result<String> {
    let bases = ["origin/main", "main"].into_iter().map(|main| git(root, &["merge-base", "HEAD", main]));
    let found = bases.filter_map(Result::ok).next();
    found.map(|base| base.trim().to_owned()).context(
        "cannot find where this branch left `main`: fetch main with its history (`fetch-depth: 0` in a workflow), or name a \
         revision with `--base`",
    )
}

/// Returns whether the repository is a shallow clone.
#[must_use]
pub fn is_shallow(root: &Path) -> bool {
    git(root, &["rev-parse", "--is-shallow-repository"]).is_ok_and(|is_shallow| is_shallow.trim() == "true")
}

/// Returns the short hash of a revision.
pub(crate) fn resolve(root: &Path, revision: &str) -> Result<String> {
    let name = format!("{revision}^{{commit}}");
    let found = git(root, &["rev-parse", "--verify", "--quiet", "--short", "--end-of-options", &name]);
    found.map(|hash| hash.trim().to_owned()).map_err(|_| {
        anyhow!("revision `{revision}` not found; a shallow clone has only the last ones (fetch with `fetch-depth: 0`)")
    })
}

/// Returns the version at a revision, and the one in the working tree.
pub(crate) fn versions(root: &Path, base: Option<&str>) -> (Option<Version>, Option<Version>) {
    let now =
        std::fs::read_to_string(root.join("Cargo.toml")).ok().and_then(|manifest| Version::of_manifest(&manifest));
    let before = base.and_then(|base| git(root, &["cat-file", "blob", &format!("{base}:Cargo.toml")]).ok());
    let before = before.and_then(|manifest| Version::of_manifest(&manifest));
    (before.or_else(|| now.clone()), now)
}

fn git(root: &Path, arguments: &[&str]) -> Result<String> {
    let mut command = Command::new("git");
    command.current_dir(root).args(arguments);
    // Git hooks set `GIT_DIR` and others, which may point to a repository other than the one of this folder.
    std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("GIT_")).for_each(|(name, _)| {
        command.env_remove(name);
    });
    let output = command.output();
    let output = output.context("cannot start git; `--old` and `--new` work without it")?;
    if !output.status.success() {
        let stderr = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        bail!("`git {}` failed: {stderr}", arguments.join(" "));
    }
    String::from_utf8(output.stdout)
        .with_context(|| format!("the output of `git {}` is not UTF-8", arguments.join(" ")))
}
