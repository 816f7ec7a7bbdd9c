//! Asks git about the age of the code that a record belongs to.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::Result;

/// Excludes unit tests, which are not measured.
const EXCLUDED: [&str; 2] = [":!src/*tests*", ":!*/src/*tests*"];

/// Returns the checked-out commit. Fails if files under these paths differ from it.
pub(crate) fn head(root: &Path, paths: &[&str]) -> Result<String> {
    let changed = git(root, &["status", "--porcelain"], paths)?;
    if !changed.is_empty() {
        return Err(format!("a record belongs to a commit; commit these files first:\n{}", changed.trim_end()).into());
    }
    Ok(git(root, &["rev-parse", "HEAD"], &[])?.trim().to_owned())
}

pub(crate) fn is_shallow(root: &Path) -> Result<bool> {
    Ok(git(root, &["rev-parse", "--is-shallow-repository"], &[])?.trim() == "true")
}

/// Returns how many lines under these paths are new since a commit, and how many there are in all.
///
/// Returns `None` if `HEAD` does not descend from that commit. Files that git does not track are ignored.
pub(crate) fn lines_since(root: &Path, commit: &str, paths: &[&str]) -> Result<Option<(usize, usize)>> {
    let files = git(root, &["ls-files", "-z", "--error-unmatch"], paths)?;
    let files: BTreeSet<&str> = files.split_terminator('\0').collect();
    let is_hash = !commit.is_empty() && commit.chars().all(|digit| digit.is_ascii_hexdigit());
    if !is_hash || git(root, &["merge-base", "--is-ancestor", commit, "HEAD"], &[]).is_err() {
        return Ok(None);
    }
    // Of the whole tree, since git detects a moved file only if the diff includes its old path.
    let changes = git(root, &["diff", "--numstat", "-z", "-M", "-l0", commit], &[])?;
    let mut changes = changes.split_terminator('\0');
    let mut new = 0;
    while let Some(change) = changes.next() {
        let [added, _, file] = change.splitn(3, '\t').collect::<Vec<_>>()[..] else { continue };
        // With `-z`, a moved file has an empty third field, and its old and new path follow as entries of their own.
        let file = if file.is_empty() { changes.nth(1).unwrap_or_default() } else { file };
        if files.contains(file) {
            new += added.parse().unwrap_or(0);
        }
    }
    let count = |file: &&str| fs::read_to_string(root.join(file)).map_or(0, |text| text.lines().count());
    Ok(Some((new, files.iter().map(count).sum())))
}

/// Returns a git command for this folder. Git hooks set `GIT_*` variables that name another repository, so they are
/// removed.
pub(crate) fn command(root: &Path) -> Command {
    let mut command = Command::new("git");
    command.current_dir(root);
    std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("GIT_")).for_each(|(name, _)| {
        command.env_remove(name);
    });
    command
}

fn git(root: &Path, arguments: &[&str], paths: &[&str]) -> Result<String> {
    let mut command = command(root);
    command.args(arguments);
    if !paths.is_empty() {
        command.arg("--").args(paths).args(EXCLUDED);
    }
    let output = command.output().map_err(|error| format!("cannot start git: {error}"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!("`git {}` failed: {}", arguments.join(" "), said.trim()).into());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
