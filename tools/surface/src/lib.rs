//! Lists the public API that the build generates from the specs, as a text file under version control. The command is
//! `cargo xtask surface`.

mod handwritten;
mod items;
pub mod modules;
mod paths;
mod print;

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};
use unloc_spec::{Document, apis};

pub use handwritten::handwritten;
pub use items::items;

/// Writes the surface of each API of the package in this folder. Returns a line for each file.
///
/// # Errors
/// Fails if no bindings can be generated from a spec, or a file cannot be written.
pub fn write(root: &Path) -> Result<String> {
    let mut said = String::new();
    for (name, lines) in lists(root)? {
        let (file, shown) = file(root, &name);
        let mut text = lines.iter().map(String::as_str).collect::<Vec<_>>().join("\n");
        text.push('\n');
        let written = std::fs::create_dir_all(file.parent().unwrap_or(root)).and_then(|()| std::fs::write(&file, text));
        written.with_context(|| format!("{shown} cannot be written"))?;
        writeln!(said, "{shown}: {} items", lines.len())?;
    }
    Ok(said)
}

/// Compares the surface of each API with its checked-in file. Returns an empty text if they are equal.
///
/// # Errors
/// Fails if no bindings can be generated from a spec, or a file cannot be read.
pub fn differences(root: &Path) -> Result<String> {
    let mut said = String::new();
    for (name, lines) in lists(root)? {
        let (file, shown) = file(root, &name);
        let known = match std::fs::read_to_string(&file) {
            Ok(text) => text.lines().map(str::to_owned).collect(),
            // Every item of a new API is an addition.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => BTreeSet::new(),
            Err(error) => return Err(error).with_context(|| format!("{shown} cannot be read")),
        };
        said.push_str(&difference(&known, &lines, &shown));
    }
    Ok(said)
}

/// Names the crates whose handwritten API is listed, with their folders.
const CRATES: [(&str, &str); 2] = [("unloc", ""), ("unloc-emulator", "crates/emulator")];

/// Returns the lists of the public API, by the names of their files.
fn lists(root: &Path) -> Result<Vec<(String, BTreeSet<String>)>> {
    let mut lists = Vec::new();
    for api in apis(root)? {
        let lines = lines(root, &api)?;
        lists.push((api, lines));
    }
    for (name, folder) in CRATES {
        lists.push((name.to_owned(), handwritten(&root.join(folder), &name.replace('-', "_"))?));
    }
    Ok(lists)
}

/// Returns the path of an API's file, and its name in messages.
fn file(root: &Path, api: &str) -> (PathBuf, String) {
    let shown = format!("openapi/surface/{api}.txt");
    (root.join(&shown), shown)
}

/// Returns the surface of one API.
fn lines(root: &Path, api: &str) -> Result<BTreeSet<String>> {
    let document = Document::read(&root.join(format!("openapi/{api}.yaml")))?;
    let written = unloc_codegen::written_by_hand(root)?;
    items(&document, api, &written.unwritten(&document))
        .map_err(|errors| anyhow!(errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")))
}

/// Formats the difference as `+` and `-` lines. Both sides are sorted, so a changed item has its two lines together.
fn difference(known: &BTreeSet<String>, lines: &BTreeSet<String>, file: &str) -> String {
    let changed: Vec<_> = known.symmetric_difference(lines).collect();
    let head = if changed.is_empty() { String::new() } else { format!("{file}\n") };
    let sign = |line| if lines.contains(line) { '+' } else { '-' };
    head + &changed.into_iter().map(|line| format!("{} {line}\n", sign(line))).collect::<String>()
}
