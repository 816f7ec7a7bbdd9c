//! What shapes the bindings is pinned: no update that a user makes gives them another public API.
#![allow(clippy::unwrap_used, reason = "in a test, a panic is the failure")]

use std::path::Path;

/// The crates whose version decides what bindings look like. CONTRIBUTING.md says how they are moved.
const PINNED: [&str; 6] = ["progenitor", "progenitor-impl", "typify", "typify-impl", "unloc-codegen", "unloc-spec"];

fn read(file: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(file)).unwrap()
}

/// The versions of a crate in a lock file, where each package is a name and, on the next line, a version.
fn locked<'a>(lock: &'a str, name: &str) -> Vec<&'a str> {
    let line = format!("name = {name:?}");
    let pairs = lock.lines().zip(lock.lines().skip(1)).filter(|(named, _)| *named == line);
    pairs.filter_map(|(_, version)| version.strip_prefix("version = \"")?.strip_suffix('"')).collect()
}

/// What a manifest asks for of a crate: its line there.
fn asked<'a>(manifest: &'a str, name: &str) -> Option<&'a str> {
    manifest.lines().find(|line| line.split(" = ").next() == Some(name))
}

/// What is wrong with the pins of these manifests, held to a lock file.
fn wrong(lock: &str, manifests: &str) -> Vec<String> {
    let judged = PINNED.iter().filter_map(|name| match locked(lock, name).as_slice() {
        [version] => {
            let pin = format!("\"={version}\"");
            let line = asked(manifests, name).unwrap_or_default();
            (!line.contains(&pin)).then(|| format!("{name} is {version} in Cargo.lock, and asked for by `{line}`"))
        }
        versions => Some(format!("Cargo.lock has {name} in the versions {versions:?}, and bindings are of one")),
    });
    judged.collect()
}

#[test]
fn the_lock_file_and_the_manifests_agree_on_what_is_pinned() {
    let manifests = read("Cargo.toml") + &read("crates/codegen/Cargo.toml");
    assert_eq!(wrong(&read("Cargo.lock"), &manifests), Vec::<String>::new());
}

#[test]
fn a_pin_that_is_left_behind_loosened_or_doubled_is_told() {
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
        let told = wrong(&lock, &manifests.replacen(from, to, 1));
        assert!(matches!(&told[..], [one] if one.contains("asked for by")), "{to}: {told:?}");
    }
    let doubled = format!("{lock}\nname = \"typify\"\nversion = \"0.9.0\"\n");
    assert!(wrong(&doubled, &manifests)[0].contains("typify in the versions"));
}

#[test]
fn the_guide_names_what_is_pinned() {
    let guide = read("CONTRIBUTING.md");
    let (_, section) = guide.split_once("## What is pinned").unwrap();
    let section = section.split("\n## ").next().unwrap();
    PINNED.iter().for_each(|name| assert!(section.contains(&format!("`{name}`")), "{name}"));
}
