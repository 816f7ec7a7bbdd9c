//! Tests the layers of this repository's crates: each module uses only modules below it, and there are no cycles.
#![allow(clippy::unwrap_used, reason = "in a test, a panic is the failure")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use unloc_surface::modules::{Crate, Module};

/// Lists the layers of `unloc`, the lowest first.
const UNLOC: [&str; 6] = ["model", "error", "runtime", "auth", "http", "client"];

/// Lists the layers of `unloc-emulator`, the lowest first. The last five put it together.
const EMULATOR: [&str; 11] =
    ["domain", "http", "faults", "service", "api", "control", "page", "server", "builder", "emulator", "lib.rs"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap().to_owned()
}

/// Reads `unloc` with the code that the build generates.
fn unloc() -> Crate {
    let mut found = Crate::read(&root()).unwrap();
    let sources = unloc_codegen::sources(&root(), &|_| true).unwrap();
    for (name, source) in &sources {
        let name = name.trim_end_matches(".rs");
        // The file's module is in `generated`, whose items are all re-exported.
        if let Some((api, layer @ ("model" | "client"))) = name.rsplit_once('_') {
            found.add(&vec![layer.to_owned(), api.to_owned()], source).unwrap();
        }
    }
    found
}

fn emulator() -> Crate {
    Crate::read(&root().join("crates/emulator")).unwrap()
}

/// Returns each use of a higher layer or of the crate's root, and each module that is in no layer.
fn violations(all: &Crate, layers: &[&str]) -> BTreeSet<String> {
    let layer = |module: &[String]| layers.iter().position(|layer| module.first().is_some_and(|first| first == layer));
    let upward = all.uses.iter().filter(|(from, _)| !from.is_empty()).filter_map(|(from, path)| {
        let to = all.resolve(path);
        match (layer(from), layer(path), layer(&to)) {
            (Some(own), Some(named), Some(used)) if named <= own && used <= own => None,
            _ => Some(format!("{} uses {}", from.join("::"), path.join("::"))),
        }
    });
    let unknown = all.modules.iter().filter(|module| module.len() == 1 && layer(module).is_none());
    upward.chain(unknown.map(|module| format!("{} is in no layer", module.join("::")))).collect()
}

#[test]
fn no_module_uses_a_higher_layer_or_the_crate_root() {
    for (all, layers, least) in [(unloc(), &UNLOC[..], 300), (emulator(), &EMULATOR[..], 150)] {
        assert_eq!(violations(&all, layers), BTreeSet::new());
        assert!(all.uses.len() > least, "{} paths", all.uses.len());
    }
}

#[test]
fn modules_have_no_cyclic_dependencies() {
    for all in [unloc(), emulator()] {
        assert!(all.cycles().is_empty(), "{:#?}", all.cycles());
    }
}

#[test]
fn an_upward_use_a_use_of_the_root_and_a_cycle_are_found() {
    let mut all = Crate::default();
    let module = |path: &str| path.split("::").map(str::to_owned).collect::<Module>();
    for (path, source) in [
        ("low", "use crate::Root; use crate::high::Thing;"),
        ("high::one", "use crate::high::two::Two;"),
        ("high::two", "use super::one::One; pub use crate::low::Low;"),
        ("high", "use crate::low::Low;"),
        ("odd", ""),
    ] {
        all.add(&module(path), source).unwrap();
    }
    let wanted = ["low uses Root", "low uses high::Thing", "odd is in no layer"];
    assert_eq!(violations(&all, &["low", "high"]), wanted.map(str::to_owned).into());
    let cycles: Vec<_> = all.cycles().into_iter().map(|(module, _)| module.join("::")).collect();
    assert_eq!(cycles, ["", "high"]);
}
