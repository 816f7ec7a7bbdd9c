//! What is built: packages that depend on `unloc`, as those of users do, and a copy of it whose bindings are source code.

use std::fs;
use std::path::{Path, PathBuf};

use unloc_benches::{Result, root};

/// Where generated sources are included from, as it stands in a source.
const OUT_DIR: &str = "env!(\"OUT_DIR\")";
/// What needs the generator, or what is not copied.
const LEFT_OUT: [&str; 2] = ["[build-dependencies]", "[dev-dependencies]"];
const RING: &str =
    "rustls = { version = \"0.23\", default-features = false, features = [\"ring\", \"std\", \"tls12\"] }\n";

/// Puts a package together that depends on this `unloc`, with these features of it, and brings the cryptography for its TLS
/// if they leave that to it.
pub(crate) fn user(folder: PathBuf, unloc: &Path, features: &[&str]) -> Result<PathBuf> {
    let ring = if features.contains(&"rustls-no-provider") { RING } else { "" };
    let manifest = format!(
        "[package]\nname = \"user\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n{ring}\
         unloc = {{ path = {:?}, default-features = false, features = {features:?} }}\n",
        unloc.display().to_string()
    );
    fs::create_dir_all(folder.join("src"))?;
    fs::write(folder.join("src/lib.rs"), "")?;
    fs::copy(root().join("Cargo.lock"), folder.join("Cargo.lock"))?;
    fs::write(folder.join("Cargo.toml"), manifest)?;
    Ok(folder)
}

/// Puts a copy of `unloc` together in which the bindings are source code like any other.
pub(crate) fn checked_in(folder: PathBuf) -> Result<PathBuf> {
    let _ = fs::remove_dir_all(&folder);
    copy(&root().join("src"), &folder.join("src"))?;
    fs::copy(root().join("README.md"), folder.join("README.md"))?;
    let manifest =
        fs::read_to_string(root().join("Cargo.toml"))?.replace("generate = [\"dep:unloc-codegen\"]", "generate = []");
    fs::write(folder.join("Cargo.toml"), alone(&without(&manifest, &LEFT_OUT))?)?;
    let by_hand = folder.join("src/made");
    copy(&root().join("generated"), &by_hand)
        .map_err(|_| "there are no bindings to check in; run: cargo xtask package")?;
    // A layer includes what is made for it, which includes the rest.
    for (layer, made) in [("model.rs", "models.rs"), ("client.rs", "clients.rs")] {
        for (source, out) in [(folder.join("src").join(layer), "\"made\""), (by_hand.join(made), "\".\"")] {
            let text = fs::read_to_string(&source).map_err(|error| format!("{}: {error}", source.display()))?;
            if !text.contains(OUT_DIR) {
                return Err(format!("{} includes nothing from {OUT_DIR}", source.display()).into());
            }
            fs::write(source, text.replace(OUT_DIR, out))?;
        }
    }
    Ok(folder)
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
