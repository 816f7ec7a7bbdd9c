//! Rehearses a release: everything of RELEASING.md up to the commands that publish.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;
use unloc_outside::packages::NAMES;

use crate::commands::{cargo, print};

/// Checks everything that a release needs, builds the packages as users and docs.rs do, and prints the commands that
/// publish them.
pub(crate) fn rehearse(root: &Path) -> Result<()> {
    let version = env!("CARGO_PKG_VERSION");
    step("the working tree is clean", || is_clean(root))?;
    step("the tag is new", || is_new_tag(root, version))?;
    let metadata = metadata(root)?;
    let order = step("manifests, pins and order", || order(&metadata, version))?;
    let text = step("changelog", || {
        let text = std::fs::read_to_string(root.join("CHANGELOG.md")).context("CHANGELOG.md cannot be read")?;
        section(&text, version).map(str::to_owned)
    })?;
    step("the version fits the changes since the last tag", || fits(root))?;
    step("packages, built as users do, with `generate` on and off", || {
        unloc_outside::check(root, &|| cargo(root), &|| cargo(root))
    })?;
    step("documentation, built as docs.rs does", || {
        order.iter().try_for_each(|name| document(root, name, &docs_features(&metadata, name)))
    })?;
    step("uploads, without uploading", || {
        let mut publish = cargo(root);
        publish.args(["publish", "--dry-run", "--no-verify", "--allow-dirty"]);
        order.iter().for_each(|name| _ = publish.args(["-p", name]));
        success(&mut publish)
    })?;
    print(&format!("\n{}\n", conclusion(&order, version, &text)));
    Ok(())
}

/// Returns the commands that are left, and the text of the release.
fn conclusion(order: &[String], version: &str, text: &str) -> String {
    let packages: String = order.iter().map(|name| format!(" -p {name}")).collect();
    format!(
        "{version} can be released. These commands publish it; nothing takes it back:\n\n  \
         git diff --quiet HEAD && cargo xtask package && cargo publish --allow-dirty{packages}\n  \
         git tag --annotate v{version} --message v{version} && git push origin v{version}\n\n\
         The text of the release:\n\n{}",
        text.trim()
    )
}

fn step<T>(name: &str, run: impl FnOnce() -> Result<T>) -> Result<T> {
    print(&format!("\n== {name}\n"));
    run().with_context(|| format!("{name}: not ready"))
}

fn success(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("{command:?} cannot be started"))?;
    if status.success() { Ok(()) } else { bail!("{command:?} failed") }
}

fn git(root: &Path, arguments: &[&str]) -> Result<String> {
    let output = Command::new("git").current_dir(root).args(arguments).output().context("git cannot be started")?;
    if !output.status.success() {
        bail!("`git {}` failed: {}", arguments.join(" "), String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn is_clean(root: &Path) -> Result<()> {
    let changes = git(root, &["status", "--porcelain"])?;
    if changes.is_empty() { Ok(()) } else { bail!("commit or remove these changes first:\n{changes}") }
}

fn is_new_tag(root: &Path, version: &str) -> Result<()> {
    let tag = format!("v{version}");
    if git(root, &["tag", "--list", &tag])?.is_empty() {
        return Ok(());
    }
    bail!("the tag {tag} exists: raise the version in Cargo.toml")
}

fn metadata(root: &Path) -> Result<Value> {
    let output = cargo(root).args(["metadata", "--no-deps", "--format-version", "1"]).output();
    let output = output.context("cargo cannot be started")?;
    serde_json::from_slice(&output.stdout).context("`cargo metadata` printed no JSON")
}

/// Returns the published crates, each after those that it depends on, after checking their manifests.
fn order(metadata: &Value, version: &str) -> Result<Vec<String>> {
    let packages = metadata["packages"].as_array().map_or(&[][..], Vec::as_slice);
    // `publish = false` is an empty list of registries.
    let published: Vec<&Value> = packages.iter().filter(|package| !package["publish"].is_array()).collect();
    let mut names: Vec<&str> = published.iter().filter_map(|package| package["name"].as_str()).collect();
    names.sort_unstable();
    if names != NAMES {
        bail!("the published crates are {}, but packaging knows {}", names.join(", "), NAMES.join(", "));
    }
    let mut edges = Vec::new();
    for package in &published {
        let name = package["name"].as_str().unwrap_or_default();
        for key in ["description", "license", "rust_version"] {
            if !package[key].is_string() {
                bail!("{name}: `{key}` is missing in its Cargo.toml");
            }
        }
        if package["version"] != version {
            bail!("{name} has the version {}, but the workspace has {version}", package["version"]);
        }
        for dependency in package["dependencies"].as_array().map_or(&[][..], Vec::as_slice) {
            let Some(on) = dependency["name"].as_str().filter(|on| names.contains(on)) else { continue };
            // cargo removes dev-dependencies without a version from the package.
            if dependency["req"] == "*" {
                continue;
            }
            // A later version of these would generate another public API. Tests are not built by users.
            if dependency["kind"] != "dev" && dependency["req"] != format!("={version}") {
                bail!("{name} requires {on} {}, but must require ={version}", dependency["req"]);
            }
            edges.push((name, on));
        }
    }
    let mut order: Vec<String> = Vec::new();
    while order.len() < names.len() {
        let is_ready = |name: &&&str| {
            let needs = edges.iter().filter(|(from, _)| from == *name);
            !order.iter().any(|done| done == *name) && needs.clone().all(|(_, on)| order.iter().any(|done| done == on))
        };
        let Some(next) = names.iter().find(is_ready) else { bail!("the published crates depend on each other") };
        order.push((*next).to_owned());
    }
    Ok(order)
}

/// Returns the text of the changelog's section for this version, or of its unreleased section.
fn section<'a>(text: &'a str, version: &str) -> Result<&'a str> {
    let sections = text.split("\n## ").skip(1).filter_map(|section| section.split_once('\n'));
    let named = |name: &str| sections.clone().find(|(head, _)| head.starts_with(&format!("[{name}]")));
    match named(version).or_else(|| named("Unreleased")) {
        Some((_, text)) if !text.trim().is_empty() => Ok(text),
        Some((head, _)) => bail!("the section {head} of CHANGELOG.md is empty"),
        None => bail!("CHANGELOG.md has neither a section [{version}] nor [Unreleased]"),
    }
}

/// Compares the specs with those of the last tag. Before the first release there is nothing to compare with.
fn fits(root: &Path) -> Result<()> {
    let Ok(tag) = git(root, &["describe", "--tags", "--abbrev=0", "--match", "v*"]) else {
        print("no release yet\n");
        return Ok(());
    };
    let outcome = unloc_diff::compare(root, &unloc_diff::Sides::Since(Some(tag.clone())), None)?;
    match outcome.needed() {
        Some(needed) if outcome.is_too_small() => bail!("the changes since {tag} require {needed}"),
        _ => Ok(()),
    }
}

/// Builds the documentation of a package from its unpacked sources, with the features that its manifest names for
/// docs.rs. docs.rs has no network while it builds, and sets `DOCS_RS`.
fn document(root: &Path, name: &str, features: &str) -> Result<()> {
    let mut document = cargo(root);
    document.args(["doc", "--quiet", "--no-deps", "--lib", "--offline", "-p", name, "--features", features]);
    document.arg("--manifest-path").arg(root.join("target/packages/Cargo.toml"));
    document.arg("--target-dir").arg(root.join("target"));
    success(document.env("DOCS_RS", "1").env("RUSTDOCFLAGS", "--cfg docsrs -D warnings"))
}

/// Returns the features of a crate's `[package.metadata.docs.rs]`.
fn docs_features(metadata: &Value, name: &str) -> String {
    let packages = metadata["packages"].as_array().map_or(&[][..], Vec::as_slice);
    let package = packages.iter().find(|package| package["name"] == name);
    let features = package.and_then(|package| package.pointer("/metadata/docs.rs/features")?.as_array());
    features.into_iter().flatten().filter_map(Value::as_str).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn package(name: &str, dependencies: &[(&str, &str)]) -> Value {
        let dependencies: Vec<_> = dependencies.iter().map(|(on, req)| json!({ "name": on, "req": req })).collect();
        json!({
            "name": name, "version": "0.1.0-alpha.1", "publish": null, "dependencies": dependencies,
            "description": "x", "license": "MIT", "rust_version": "1.88",
        })
    }

    fn four() -> [Value; 4] {
        [
            package("unloc", &[("unloc-codegen", "=0.1.0-alpha.1"), ("serde", "^1"), ("unloc-spec", "*")]),
            package("unloc-codegen", &[("unloc-spec", "=0.1.0-alpha.1")]),
            package("unloc-emulator", &[]),
            package("unloc-spec", &[]),
        ]
    }

    #[test]
    fn crates_are_published_after_their_dependencies() {
        let mut packages = four().to_vec();
        packages.push(json!({ "name": "unloc-lint", "publish": [] }));
        let order = order(&json!({ "packages": packages }), "0.1.0-alpha.1").unwrap();
        assert_eq!(order, ["unloc-emulator", "unloc-spec", "unloc-codegen", "unloc"]);
    }

    #[test]
    fn manifests_that_cannot_be_published_are_refused_by_name() {
        for (place, key, value, named) in [
            (0, "dependencies", json!([{ "name": "unloc-codegen", "req": "^0.1.0-alpha.1" }]), "must require =0.1.0"),
            (1, "description", Value::Null, "unloc-codegen: `description` is missing"),
            (2, "version", json!("0.2.0"), "unloc-emulator has the version"),
            (3, "dependencies", json!([{ "name": "unloc", "req": "=0.1.0-alpha.1" }]), "depend on each other"),
            (3, "publish", json!([]), "the published crates are"),
        ] {
            let mut packages = four();
            packages[place][key] = value;
            let why = order(&json!({ "packages": packages }), "0.1.0-alpha.1").unwrap_err().to_string();
            assert!(why.contains(named), "{why}");
        }
    }

    #[test]
    fn the_text_of_a_release_is_its_section_or_the_unreleased_one() {
        let text = "# Changelog\n\n## [Unreleased]\n\n* new\n\n## [0.1.0] - 2026-01-01\n\n* old\n";
        assert_eq!(section(text, "0.1.0").unwrap().trim(), "* old");
        assert_eq!(section(text, "0.2.0").unwrap().trim(), "* new");
        assert!(section("# Changelog\n\n## [Unreleased]\n\n", "0.1.0").unwrap_err().to_string().contains("empty"));
        assert!(section("# Changelog\n", "0.1.0").unwrap_err().to_string().contains("neither"));
    }

    #[test]
    fn the_features_of_docs_rs_are_those_of_the_manifest() {
        let mut packages = four();
        packages[0]["metadata"] = json!({ "docs.rs": { "features": ["a", "b"] } });
        let metadata = json!({ "packages": packages });
        assert_eq!(
            (docs_features(&metadata, "unloc"), docs_features(&metadata, "unloc-spec")),
            ("a,b".into(), "".into())
        );
    }
}
