//! What is built beside this checkout: a copy that makes nothing, and a package with other TLS.

use std::fs;
use std::path::Path;

use unloc_benches::{Result, root};

/// Where generated sources are included from, as it stands in a source.
const OUT_DIR: &str = "env!(\"OUT_DIR\")";
/// What needs the generator, or what is not copied.
const LEFT_OUT: [&str; 2] = ["[build-dependencies]", "[dev-dependencies]"];

/// Puts a copy of `unloc` together in which the bindings are source code like any other. Without a folder that has them
/// they are missing, and the copy is one that cargo can read but not build.
pub(crate) fn checked_in(folder: &Path, made: Option<&Path>) -> Result<()> {
    let _ = fs::remove_dir_all(folder);
    copy(&root().join("src"), &folder.join("src"))?;
    for file in ["Cargo.lock", "README.md"] {
        fs::copy(root().join(file), folder.join(file))?;
    }
    let manifest = without(&fs::read_to_string(root().join("Cargo.toml"))?, &LEFT_OUT);
    fs::write(folder.join("Cargo.toml"), alone(&manifest)?)?;
    let (generated, by_hand) = (folder.join("src/generated.rs"), folder.join("src/made"));
    let text = fs::read_to_string(&generated)?;
    if !text.contains(OUT_DIR) {
        return Err(format!("src/generated.rs includes nothing from {OUT_DIR}").into());
    }
    fs::write(generated, text.replace(OUT_DIR, "\"made\""))?;
    let Some(made) = made else { return Ok(()) };
    copy(made, &by_hand)?;
    // This one includes the others.
    let apis = by_hand.join("apis.rs");
    let text = fs::read_to_string(&apis).map_err(|error| format!("{}: {error}", apis.display()))?;
    Ok(fs::write(apis, text.replace(OUT_DIR, "\".\""))?)
}

/// Puts a package together that depends on `unloc` and brings the cryptography for its TLS.
pub(crate) fn ring(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder.join("src"))?;
    fs::write(folder.join("src/lib.rs"), "")?;
    fs::copy(root().join("Cargo.lock"), folder.join("Cargo.lock"))?;
    let manifest = include_str!("ring.toml").replace("ROOT", &quoted(root()));
    Ok(fs::write(folder.join("Cargo.toml"), manifest)?)
}

/// A path as it stands in a text of TOML.
fn quoted(path: &Path) -> String {
    path.display().to_string().escape_debug().to_string()
}

/// A manifest without the sections that begin with these lines.
fn without(manifest: &str, sections: &[&str]) -> String {
    let mut kept = true;
    let lines = manifest.lines().filter(|line| {
        if line.starts_with('[') {
            kept = !sections.contains(line);
        }
        kept
    });
    lines.map(|line| format!("{line}\n")).collect()
}

/// A manifest of a workspace that has no other package.
fn alone(manifest: &str) -> Result<String> {
    let members = manifest.lines().find(|line| line.starts_with("members = ")).ok_or("Cargo.toml names no members")?;
    Ok(manifest.replace(members, r#"members = ["."]"#))
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
