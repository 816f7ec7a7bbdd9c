//! The public API that the build makes of the specs, as text that is checked in. `cargo xtask surface` is its command.

mod items;

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};
use unloc_spec::{Document, apis};

pub use items::items;

/// Writes the surface of each API of the package in this folder, and says what was written.
///
/// # Errors
/// Says why there is no surface of a spec, or what cannot be written.
pub fn write(root: &Path) -> Result<String> {
    let mut said = String::new();
    for api in apis(root)? {
        let lines = lines(root, &api)?;
        let (file, shown) = file(root, &api);
        let mut text = lines.iter().map(String::as_str).collect::<Vec<_>>().join("\n");
        text.push('\n');
        let written = std::fs::create_dir_all(file.parent().unwrap_or(root)).and_then(|()| std::fs::write(&file, text));
        written.with_context(|| format!("{shown} cannot be written"))?;
        writeln!(said, "{shown}: {} items", lines.len())?;
    }
    Ok(said)
}

/// How the surface of each API differs from what is checked in: nothing, if it does not.
///
/// # Errors
/// Says why there is no surface of a spec, or what cannot be read.
pub fn differences(root: &Path) -> Result<String> {
    let mut said = String::new();
    for api in apis(root)? {
        let lines = lines(root, &api)?;
        let (file, shown) = file(root, &api);
        let known = match std::fs::read_to_string(&file) {
            Ok(text) => text.lines().map(str::to_owned).collect(),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => BTreeSet::new(),
            Err(error) => return Err(error).with_context(|| format!("{shown} cannot be read")),
        };
        said.push_str(&difference(&known, &lines, &shown));
    }
    Ok(said)
}

fn file(root: &Path, api: &str) -> (PathBuf, String) {
    let shown = format!("openapi/surface/{api}.txt");
    (root.join(&shown), shown)
}

fn lines(root: &Path, api: &str) -> Result<BTreeSet<String>> {
    let document = Document::read(&root.join(format!("openapi/{api}.yaml")))?;
    let written = unloc_codegen::written_by_hand(root)?;
    items(&document, api, &written.unwritten(&document))
        .map_err(|errors| anyhow!(errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")))
}

/// Both are sorted, so what is gone stands beside what came in its place.
fn difference(known: &BTreeSet<String>, lines: &BTreeSet<String>, file: &str) -> String {
    let changed: Vec<_> = known.symmetric_difference(lines).collect();
    let head = if changed.is_empty() { String::new() } else { format!("{file}\n") };
    let sign = |line| if lines.contains(line) { '+' } else { '-' };
    head + &changed.into_iter().map(|line| format!("{} {line}\n", sign(line))).collect::<String>()
}
