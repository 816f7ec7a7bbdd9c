//! `cargo xtask surface`: the public API that the build makes of the specs, as text that is checked in.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use unloc_spec::Document;

/// Writes the surface of each API.
pub(crate) fn write(root: &Path) -> ExitCode {
    let written = apis(root).and_then(|apis| {
        apis.iter().try_for_each(|api| {
            let lines = lines(root, api)?;
            let (file, shown) = file(root, api);
            let mut text = lines.iter().map(String::as_str).collect::<Vec<_>>().join("\n");
            text.push('\n');
            let folder = file.parent().unwrap_or(root);
            std::fs::create_dir_all(folder)
                .and_then(|()| std::fs::write(&file, text))
                .map_err(|error| format!("{shown} cannot be written: {error}"))?;
            println!("{shown}: {} items", lines.len());
            Ok::<_, String>(())
        })
    });
    match written {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("error: {why}");
            ExitCode::from(2)
        }
    }
}

/// Holds the surface of each API against what is checked in, and prints how they differ.
pub(crate) fn check(root: &Path) -> Result<(), String> {
    let mut is_same = true;
    for api in apis(root)? {
        let lines = lines(root, &api)?;
        let (file, shown) = file(root, &api);
        let known = match std::fs::read_to_string(&file) {
            Ok(text) => text.lines().map(str::to_owned).collect(),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => BTreeSet::new(),
            Err(error) => return Err(format!("{shown} cannot be read: {error}")),
        };
        difference(&known, &lines, &shown);
        is_same &= known == lines;
    }
    if is_same {
        return Ok(());
    }
    Err("the public API differs from openapi/surface; if it should, run: cargo xtask surface".to_owned())
}

/// The specs that bindings are made of.
fn apis(root: &Path) -> Result<Vec<String>, String> {
    unloc_codegen::apis(root).map_err(|error| error.to_string())
}

fn file(root: &Path, api: &str) -> (PathBuf, String) {
    let shown = format!("openapi/surface/{api}.txt");
    (root.join(&shown), shown)
}

fn lines(root: &Path, api: &str) -> Result<BTreeSet<String>, String> {
    let document = Document::read(&root.join(format!("openapi/{api}.yaml"))).map_err(|error| error.to_string())?;
    let written = unloc_codegen::written_by_hand(root).map_err(|error| error.to_string())?;
    unloc_codegen::surface(&document, api, &written.unwritten(&document))
        .map_err(|errors| errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
}

/// Both are sorted, so what is gone stands beside what came in its place.
fn difference(known: &BTreeSet<String>, lines: &BTreeSet<String>, file: &str) {
    let changed: BTreeSet<_> = known.symmetric_difference(lines).collect();
    if !changed.is_empty() {
        println!("{file}");
    }
    for line in changed {
        println!("{} {line}", if lines.contains(line) { '+' } else { '-' });
    }
}
