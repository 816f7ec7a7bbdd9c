//! Tests that the dependencies between the crates of this repository match the graph in CONTRIBUTING.md, and that each
//! crate has a row in the table there.
#![allow(clippy::unwrap_used, reason = "in a test, a panic is the failure")]

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

const USES: &str = " --> ";
const TO_BUILD: &str = " -.-> ";
const IN_TESTS: &str = " uses ";

/// Describes a dependency of one package on another: from, how, to.
type Edge = (String, &'static str, String);

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// Reads the packages of a workspace and their path dependencies.
fn read(manifest: &str, packages: &mut BTreeSet<String>, edges: &mut BTreeSet<Edge>) {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["metadata", "--no-deps", "--offline", "--format-version", "1", "--manifest-path"]);
    let output = cargo.arg(root().join(manifest)).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    for package in metadata["packages"].as_array().unwrap() {
        let name = package["name"].as_str().unwrap();
        packages.insert(name.to_owned());
        let dependencies = package["dependencies"].as_array().unwrap().iter();
        // A package may be a dev-dependency of itself with other features; the graph omits that.
        let is_other = |dependency: &&Value| dependency["path"].is_string() && dependency["name"] != package["name"];
        for dependency in dependencies.filter(is_other) {
            let how = match dependency["kind"].as_str() {
                None => USES,
                Some("build") => TO_BUILD,
                Some(_) => IN_TESTS,
            };
            edges.insert((name.to_owned(), how, dependency["name"].as_str().unwrap().to_owned()));
        }
    }
}

#[test]
fn dependencies_match_the_graph_in_the_guide() {
    let (mut packages, mut edges) = (BTreeSet::new(), BTreeSet::new());
    read("Cargo.toml", &mut packages, &mut edges);
    read("fuzz/Cargo.toml", &mut packages, &mut edges);
    read("js/wasm/Cargo.toml", &mut packages, &mut edges);
    let text = std::fs::read_to_string(root().join("CONTRIBUTING.md")).unwrap();
    let section = text.split("\n## ").find(|section| section.starts_with("Layout\n")).unwrap();
    let name = |word: &str| word.trim_matches(['`', '*', ' ', ',', ';', '.', '&']).to_owned();
    let mut drawn = BTreeSet::new();
    for line in section.lines().filter(|line| !line.starts_with('|')) {
        let arrow = [USES, TO_BUILD, IN_TESTS].into_iter().find(|arrow| line.contains(arrow));
        let Some((from, to)) = arrow.and_then(|arrow| line.split_once(arrow)) else { continue };
        let to = to.split([' ', ',']).map(name).filter(|to| !to.is_empty());
        drawn.extend(to.map(|to| (name(from), arrow.unwrap(), to)));
    }
    let (missing, extra): (Vec<_>, Vec<_>) = (edges.difference(&drawn).collect(), drawn.difference(&edges).collect());
    assert!(
        missing.is_empty() && extra.is_empty(),
        "missing in the graph: {missing:#?}, wrong in the graph: {extra:#?}"
    );
    let rows = section.lines().filter_map(|line| Some(name(line.strip_prefix('|')?.split('|').nth(1)?)));
    let rows: BTreeSet<_> = rows.filter(|name| name.starts_with(|first: char| first.is_ascii_lowercase())).collect();
    let rows: BTreeSet<_> = rows.into_iter().filter(|name| name != "crate").collect();
    assert_eq!(rows, packages, "each crate needs a row in the table");
}
