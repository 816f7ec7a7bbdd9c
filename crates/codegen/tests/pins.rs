//! Tests that the crates which decide what bindings look like are pinned, so that no user's update changes the public
//! API.
#![allow(clippy::unwrap_used, reason = "in a test, a panic is the failure")]

use std::path::Path;

/// Lists the crates whose version decides what bindings look like. CONTRIBUTING.md says how to update them.
const PINNED: [&str; 6] = ["progenitor", "progenitor-impl", "typify", "typify-impl", "unloc-codegen", "unloc-spec"];

fn read(file: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(file)).unwrap()
}

/// Returns the versions of a crate in a lock file. A package is a line with its name, followed by a line with its
/// version.
fn locked<'a>(lock: &'a str, name: &str) -> Vec<&'a str> {
    let line = format!("name = {name:?}");
    let pairs = lock.lines().zip(lock.lines().skip(1)).filter(|(named, _)| *named == line);
    pairs.filter_map(|(_, version)| version.strip_prefix("version = \"")?.strip_suffix('"')).collect()
}

/// Returns the line of a manifest that requires a crate.
fn requirement<'a>(manifest: &'a str, name: &str) -> Option<&'a str> {
    manifest.lines().find(|line| line.split(" = ").next() == Some(name))
}

/// Compares the pins of manifests with a lock file, and returns the differences.
fn differences(lock: &str, manifests: &str) -> Vec<String> {
    let judged = PINNED.iter().filter_map(|name| match locked(lock, name).as_slice() {
        [version] => {
            let pin = format!("\"={version}\"");
            let line = requirement(manifests, name).unwrap_or_default();
            (!line.contains(&pin)).then(|| format!("{name} is {version} in Cargo.lock, but the manifest has `{line}`"))
        }
        versions => Some(format!("Cargo.lock has {name} in the versions {versions:?}; exactly one is expected")),
    });
    judged.collect()
}

#[test]
fn manifests_pin_the_versions_of_the_lock_file() {
    let manifests = read("Cargo.toml") + &read("crates/codegen/Cargo.toml");
    assert_eq!(differences(&read("Cargo.lock"), &manifests), Vec::<String>::new());
}

#[test]
fn finds_a_pin_that_is_outdated_loosened_or_doubled() {
    let (lock, manifests) = (read("Cargo.lock"), read("Cargo.toml") + &read("crates/codegen/Cargo.toml"));
    let [version] = locked(&lock, "typify-impl")[..] else { panic!("there is one version of it") };
    let pin = format!("typify-impl = \"={version}\"");
    let [version] = locked(&lock, "unloc-spec")[..] else { panic!("there is one version of it") };
    let own = format!("crates/spec\", version = \"={version}\"");
    for (from, to) in [
        (&*pin, "typify-impl = \"=0.0.1\""),
        (&pin, "typify-impl = \"0.8\""),
        (&pin, ""),
        (&own, &own.replace('=', "")),
    ] {
        assert!(manifests.contains(from), "{from}");
        let found = differences(&lock, &manifests.replacen(from, to, 1));
        assert!(matches!(&found[..], [one] if one.contains("but the manifest has")), "{to}: {found:?}");
    }
    let doubled = format!("{lock}\nname = \"typify\"\nversion = \"0.9.0\"\n");
    assert!(differences(&doubled, &manifests)[0].contains("typify in the versions"));
}

#[test]
fn contributing_names_every_pinned_crate() {
    let guide = read("CONTRIBUTING.md");
    let (_, section) = guide.split_once("## What is pinned").unwrap();
    let section = section.split("\n## ").next().unwrap();
    PINNED.iter().for_each(|name| assert!(section.contains(&format!("`{name}`")), "{name}"));
}
