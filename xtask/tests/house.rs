//! Who may use whom: the crates of this repository depend on each other as the table "The house" of CONTRIBUTING.md
//! says.
#![allow(clippy::unwrap_used, reason = "in a test, a panic is the failure")]

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// The rows of the table that a package has, and what it may depend on: always, when it is built, and in its tests.
struct Member {
    package: &'static str,
    rows: &'static [&'static str],
    always: &'static [&'static str],
    build: &'static [&'static str],
    tests: &'static [&'static str],
}

const HOUSE: [Member; 14] = [
    Member { package: "unloc-spec", rows: &["`crates/spec/`"], always: &[], build: &[], tests: &[] },
    Member { package: "unloc-codegen", rows: &["`crates/codegen/`"], always: &["unloc-spec"], build: &[], tests: &[] },
    Member {
        package: "unloc",
        rows: &["`build.rs`", "`src/`", "`tests/`, `examples/`"],
        always: &[],
        build: &["unloc-codegen"],
        tests: &["unloc-bench-record", "unloc-codegen", "unloc-lint", "unloc-sandbox", "unloc-spec"],
    },
    Member {
        package: "unloc-sandbox",
        rows: &["`crates/emulator/`"],
        always: &[],
        build: &[],
        tests: &["unloc-codegen", "unloc-spec"],
    },
    Member {
        package: "unloc-benches",
        rows: &["`benches/`"],
        always: &["unloc", "unloc-bench-record", "unloc-sandbox"],
        build: &["unloc-codegen", "unloc-spec"],
        tests: &[],
    },
    Member { package: "unloc-bench-record", rows: &["`benches/record/`"], always: &[], build: &[], tests: &[] },
    Member {
        package: "unloc-awkward",
        rows: &["`tests/awkward/`"],
        always: &[],
        build: &["unloc-codegen", "unloc-spec"],
        tests: &["unloc-codegen", "unloc-lint", "unloc-spec"],
    },
    Member {
        package: "unloc-fuzz",
        rows: &["`fuzz/`"],
        always: &["unloc", "unloc-codegen", "unloc-lint", "unloc-spec"],
        build: &[],
        tests: &[],
    },
    Member {
        package: "unloc-lint",
        rows: &["`tools/lint/`"],
        always: &["unloc-codegen", "unloc-spec"],
        build: &[],
        tests: &[],
    },
    Member {
        package: "unloc-surface",
        rows: &["`tools/surface/`"],
        always: &["unloc-codegen", "unloc-spec"],
        build: &[],
        tests: &[],
    },
    Member {
        package: "unloc-diff",
        rows: &["`tools/diff/`"],
        always: &["unloc-codegen", "unloc-spec", "unloc-surface"],
        build: &[],
        tests: &[],
    },
    Member {
        package: "unloc-probe",
        rows: &["`tools/probe/`"],
        always: &["unloc-spec"],
        build: &[],
        tests: &["unloc-sandbox"],
    },
    Member {
        package: "unloc-outside",
        rows: &["`tools/outside/`"],
        always: &["unloc-codegen", "unloc-spec"],
        build: &[],
        tests: &[],
    },
    Member {
        package: "xtask",
        rows: &["`xtask/`"],
        always: &["unloc-bench-record", "unloc-diff", "unloc-lint", "unloc-outside", "unloc-probe", "unloc-surface"],
        build: &[],
        tests: &[],
    },
];

/// A dependency of one package on another: from, when, to.
type Edge = (String, &'static str, String);

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// The packages of a workspace, and what they depend on by its path.
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
        for dependency in dependencies.filter(|dependency| dependency["path"].is_string()) {
            let when = match dependency["kind"].as_str() {
                None => "always",
                Some("build") => "to build",
                Some(_) => "in tests",
            };
            edges.insert((name.to_owned(), when, dependency["name"].as_str().unwrap().to_owned()));
        }
    }
}

#[test]
fn crates_depend_on_each_other_as_the_house_allows() {
    let (mut packages, mut edges) = (BTreeSet::new(), BTreeSet::new());
    read("Cargo.toml", &mut packages, &mut edges);
    read("fuzz/Cargo.toml", &mut packages, &mut edges);
    let known: BTreeSet<_> = HOUSE.iter().map(|member| member.package.to_owned()).collect();
    assert_eq!(packages, known, "each package has its place in the house");
    let mut allowed = BTreeSet::new();
    for member in HOUSE {
        for (when, names) in [("always", member.always), ("to build", member.build), ("in tests", member.tests)] {
            allowed.extend(names.iter().map(|name| (member.package.to_owned(), when, (*name).to_owned())));
        }
    }
    let told = |edges: Vec<&Edge>| -> String {
        edges.iter().map(|(from, when, to)| format!("{from} depends on {to} {when}\n")).collect()
    };
    let (wrong, gone) = (edges.difference(&allowed).collect(), allowed.difference(&edges).collect());
    let (wrong, gone) = (told(wrong), told(gone));
    assert!(wrong.is_empty(), "not allowed:\n{wrong}");
    assert!(gone.is_empty(), "allowed, and no longer so:\n{gone}");
}

#[test]
fn the_table_of_the_house_names_each_crate_and_what_it_depends_on() {
    let text = std::fs::read_to_string(root().join("CONTRIBUTING.md")).unwrap();
    let table =
        text.lines().skip_while(|line| *line != "## The house").take_while(|line| *line != "## How a call travels");
    let rows: Vec<Vec<&str>> = table
        .filter(|line| line.starts_with('|'))
        .map(|line| line.trim_matches('|').split(" | ").map(str::trim).collect())
        .collect();
    for Member { package, rows: names, always, build, tests } in HOUSE {
        let own: Vec<_> = rows.iter().filter(|row| names.contains(&row[0])).collect();
        assert_eq!(own.len(), names.len(), "{package} has the rows {names:?}");
        let is_named = own.iter().any(|row| row[1].contains(&format!("crate `{package}`"))) || package == "xtask";
        assert!(is_named, "no row of {names:?} says that it is the crate `{package}`");
        for used in [always, build, tests].concat() {
            let is_said = own.iter().any(|row| row[2].contains(&format!("`{used}`")));
            assert!(is_said, "the rows {names:?} do not say that {package} depends on `{used}`");
        }
    }
}
