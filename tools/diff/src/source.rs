//! Where the two versions come from: git, by its own program, or two files.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, anyhow, bail};
use unloc_spec::{Config, Document};

use crate::edition::Edition;
use crate::version::Version;
use crate::{both, sound};

/// Two editions of one spec; one that has come or gone has one side only.
pub(crate) struct Pair {
    /// What the file is called where both are meant.
    pub(crate) name: String,
    pub(crate) old: Option<Edition>,
    pub(crate) new: Option<Edition>,
}

/// The specs at a revision and in the working tree.
pub(crate) fn revision(root: &Path, base: &str) -> Result<Vec<Pair>> {
    let listed = git(root, &["ls-tree", "--name-only", base, "openapi/"])?;
    let known = listed.lines().filter(|name| is_spec(name)).map(str::to_owned);
    let here = std::fs::read_dir(root.join("openapi")).context("openapi cannot be read")?;
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

/// Two files, taken for two versions of one spec.
pub(crate) fn files(old: &Path, new: &Path) -> Result<Vec<Pair>> {
    let shown = |file: &Path| file.display().to_string();
    // Both at the same time: of a large spec, to read it is a good part of the work.
    let (before, after) = both(|| read(old, &shown(old)), || read(new, &shown(new)));
    let (before, after) = (before?, after?);
    sound::check(&before)?;
    sound::check(&after)?;
    let is_ours = Config::beside(old)?.bindings || Config::beside(new)?.bindings;
    let edition = |document| Some(Edition::new(document, api(new), is_ours));
    Ok(vec![Pair { name: shown(new), old: edition(before), new: edition(after) }])
}

fn read(file: &Path, name: &str) -> Result<Document> {
    let text = std::fs::read_to_string(file).with_context(|| format!("{name} cannot be read"))?;
    parse(Path::new(name), &text)
}

fn parse(file: &Path, text: &str) -> Result<Document> {
    let document = Document::parse(file, text)?;
    let shown = file.display();
    match document.value.get("openapi").map(|version| (version, version.as_str())) {
        Some((_, Some(version))) if version.starts_with("3.0") => Ok(document),
        Some((version, _)) => Err(anyhow!("{shown} is written for OpenAPI {version}; only 3.0 can be compared")),
        None => Err(anyhow!("{shown} has no `openapi`: is this an OpenAPI document?")),
    }
}

fn is_spec(name: &str) -> bool {
    name.strip_prefix("openapi/").and_then(unloc_spec::api).is_some()
}

/// The module that the bindings of a file stand in, which the types in the public API are named after.
fn api(file: &Path) -> String {
    let stem = file.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    let is_name = stem.starts_with(|letter: char| letter.is_ascii_alphabetic())
        && stem.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    if is_name { stem.to_owned() } else { "api".to_owned() }
}

/// Where the branch left `main`.
///
/// # Errors
/// `main` is not here, or its history.
pub fn base(root: &Path) -> Result<String> {
    let bases = ["origin/main", "main"].into_iter().map(|main| git(root, &["merge-base", "HEAD", main]));
    let found = bases.filter_map(Result::ok).next();
    found.map(|base| base.trim().to_owned()).context(
        "where this branch left `main` cannot be told: fetch main with its history (`fetch-depth: 0` in a workflow), or name \
         a revision with `--base`",
    )
}

/// Whether the repository has the last revisions only.
#[must_use]
pub fn is_shallow(root: &Path) -> bool {
    git(root, &["rev-parse", "--is-shallow-repository"]).is_ok_and(|is_shallow| is_shallow.trim() == "true")
}

/// A revision by its hash, shortened.
pub(crate) fn resolve(root: &Path, revision: &str) -> Result<String> {
    let name = format!("{revision}^{{commit}}");
    let found = git(root, &["rev-parse", "--verify", "--quiet", "--short", "--end-of-options", &name]);
    found.map(|hash| hash.trim().to_owned()).map_err(|_| {
        anyhow!("there is no revision `{revision}` here; a shallow clone has the last one only (`fetch-depth: 0`)")
    })
}

/// The version that was current at a revision, and the one in the working tree.
pub(crate) fn versions(root: &Path, base: Option<&str>) -> (Option<Version>, Option<Version>) {
    let now =
        std::fs::read_to_string(root.join("Cargo.toml")).ok().and_then(|manifest| Version::of_manifest(&manifest));
    let before = base.and_then(|base| git(root, &["cat-file", "blob", &format!("{base}:Cargo.toml")]).ok());
    let before = before.and_then(|manifest| Version::of_manifest(&manifest));
    (before.or(now), now)
}

fn git(root: &Path, arguments: &[&str]) -> Result<String> {
    let mut command = Command::new("git");
    command.current_dir(root).args(arguments);
    // A hook of git's that runs this program names a repository, which need not be the one of this folder.
    std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("GIT_")).for_each(|(name, _)| {
        command.env_remove(name);
    });
    let output = command.output();
    let output = output.context("git could not be started; `--old` and `--new` need none")?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        bail!("`git {}` failed: {said}", arguments.join(" "));
    }
    String::from_utf8(output.stdout).with_context(|| format!("`git {}` gave no text", arguments.join(" ")))
}
