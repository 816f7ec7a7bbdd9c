//! What git knows of the code that a record is about, asked of its own program.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::Result;

/// Unit tests are no part of what is measured.
const WITHOUT: [&str; 2] = [":!src/*tests*", ":!*/src/*tests*"];

/// The commit that is checked out, which has all that is under these paths.
pub(crate) fn head(root: &Path, paths: &[&str]) -> Result<String> {
    let changed = git(root, &["status", "--porcelain"], paths)?;
    if !changed.is_empty() {
        return Err(format!("a record is of a commit; commit this before:\n{}", changed.trim_end()).into());
    }
    Ok(git(root, &["rev-parse", "HEAD"], &[])?.trim().to_owned())
}

pub(crate) fn is_shallow(root: &Path) -> Result<bool> {
    Ok(git(root, &["rev-parse", "--is-shallow-repository"], &[])?.trim() == "true")
}

/// How many lines under these paths are new since a commit, and how many there are; nothing, if `HEAD` does not descend
/// from that commit. Files that git is not told of do not count.
pub(crate) fn lines_since(root: &Path, commit: &str, paths: &[&str]) -> Result<Option<(usize, usize)>> {
    let files = git(root, &["ls-files", "-z", "--error-unmatch"], paths)?;
    let files: BTreeSet<&str> = files.split_terminator('\0').collect();
    let is_hash = !commit.is_empty() && commit.chars().all(|digit| digit.is_ascii_hexdigit());
    if !is_hash || git(root, &["merge-base", "--is-ancestor", commit, "HEAD"], &[]).is_err() {
        return Ok(None);
    }
    // Of the whole tree: a file that came from elsewhere is a moved one only where it came from is seen, too.
    let changes = git(root, &["diff", "--numstat", "-z", "-M", "-l0", commit], &[])?;
    let mut changes = changes.split_terminator('\0');
    let mut new = 0;
    while let Some(change) = changes.next() {
        let [added, _, file] = change.splitn(3, '\t').collect::<Vec<_>>()[..] else { continue };
        // The two names of a moved file follow by themselves.
        let file = if file.is_empty() { changes.nth(1).unwrap_or_default() } else { file };
        if files.contains(file) {
            new += added.parse().unwrap_or(0);
        }
    }
    let count = |file: &&str| fs::read_to_string(root.join(file)).map_or(0, |text| text.lines().count());
    Ok(Some((new, files.iter().map(count).sum())))
}

/// A git that looks at this folder, also where a hook of git's runs this program and names another repository.
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
        command.arg("--").args(paths).args(WITHOUT);
    }
    let output = command.output().map_err(|error| format!("git could not be started: {error}"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!("`git {}` failed: {}", arguments.join(" "), said.trim()).into());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
