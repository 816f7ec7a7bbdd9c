//! Writes the packages to build: some that depend on `unloc`, and a copy of `unloc` whose bindings are source files.

use std::fs;
use std::path::{Path, PathBuf};

use unloc_benches::{Result, root};

/// Is the expression by which sources include generated code.
const OUT_DIR: &str = "env!(\"OUT_DIR\")";
/// Lists the sections of the manifest that the copy leaves out.
const LEFT_OUT: [&str; 2] = ["[build-dependencies]", "[dev-dependencies]"];
const RING: &str =
    "rustls = { version = \"0.23\", default-features = false, features = [\"ring\", \"std\", \"tls12\"] }\n";

/// Writes a package that depends on this `unloc` with these features.
///
/// With `rustls-no-provider`, it also depends on rustls with ring.
pub(crate) fn user(folder: PathBuf, unloc: &Path, features: &[&str]) -> Result<PathBuf> {
    let ring = if features.contains(&"rustls-no-provider") { RING } else { "" };
    let features = [features, &["typed"]].concat();
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

/// Writes a copy of `unloc` whose bindings are ordinary source files.
pub(crate) fn checked_in(folder: PathBuf) -> Result<PathBuf> {
    let _ = fs::remove_dir_all(&folder);
    copy(&root().join("src"), &folder.join("src"))?;
    fs::copy(root().join("README.md"), folder.join("README.md"))?;
    let manifest =
        fs::read_to_string(root().join("Cargo.toml"))?.replace("generate = [\"dep:unloc-codegen\"]", "generate = []");
    fs::write(folder.join("Cargo.toml"), as_only_member(&without(&manifest, &LEFT_OUT))?)?;
    let bindings = folder.join("src/made");
    copy(&root().join("generated"), &bindings).map_err(|_| "there are no staged bindings; run: cargo xtask package")?;
    // Each layer includes its generated file, which includes the files of the APIs.
    for (layer, made) in [("model.rs", "models.rs"), ("client.rs", "clients.rs")] {
        for (source, out) in [(folder.join("src").join(layer), "\"made\""), (bindings.join(made), "\".\"")] {
            let text = fs::read_to_string(&source).map_err(|error| format!("{}: {error}", source.display()))?;
            if !text.contains(OUT_DIR) {
                return Err(format!("{} does not include {OUT_DIR}", source.display()).into());
            }
            fs::write(source, text.replace(OUT_DIR, out))?;
        }
    }
    Ok(folder)
}

/// Returns a manifest without the sections that start with these lines.
fn without(manifest: &str, sections: &[&str]) -> String {
    let mut keep = true;
    let lines = manifest.lines().filter(|line| {
        if line.starts_with('[') {
            keep = !sections.contains(line);
        }
        keep
    });
    lines.map(|line| format!("{line}\n")).collect()
}

/// Returns a manifest whose workspace has no other package.
fn as_only_member(manifest: &str) -> Result<String> {
    let members =
        manifest.lines().find(|line| line.starts_with("members = ")).ok_or("Cargo.toml has no line `members = `")?;
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
