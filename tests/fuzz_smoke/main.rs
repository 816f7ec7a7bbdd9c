//! Calls the fuzz targets with a stable compiler: with every file of the corpus, with the examples of the specs, and
//! with a fixed number of mutations of both. The mutations are the same in each run.
//!
//! `FUZZ_TIMES` multiplies the number of mutations, and `FUZZ_SEED` selects other ones. `fuzz/README.md` describes how
//! to run the fuzzers.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "clippy's exception for tests does not cover their helpers, which fail tests by panics as well"
)]

mod mutate;
mod seeds;
#[path = "../../fuzz/src/lib.rs"]
#[allow(missing_docs, unreachable_pub, reason = "it is a library of its own")]
mod targets;

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};

use mutate::Mutator;
use targets::{TARGETS, Target};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz")
}

fn setting(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name} is not a number: {text}")))
}

/// Returns the files of a target's corpus, sorted by name.
fn corpus(name: &str) -> Vec<Vec<u8>> {
    let files = fs::read_dir(folder().join("corpus").join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    let mut files: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| fs::read(file).unwrap()).collect()
}

/// Calls the target, and saves the input if it panics.
fn call((name, target): Target, input: &[u8]) {
    if let Err(panic) = catch_unwind(AssertUnwindSafe(|| target(input))) {
        let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-that-fails"));
        fs::write(&file, input).unwrap();
        eprintln!("the input is saved in {}:\n{}", file.display(), String::from_utf8_lossy(input));
        resume_unwind(panic);
    }
}

/// Calls the target with its corpus and the examples of the specs, and with `runs` mutations of them.
fn smoke(name: &str, runs: u64) {
    let target = *TARGETS.iter().find(|target| target.0 == name).expect("a target");
    let corpus_files = corpus(name);
    assert!(!corpus_files.is_empty(), "no corpus for {name}");
    let inputs: Vec<_> = corpus_files.into_iter().chain(seeds::of(name)).collect();
    inputs.iter().for_each(|input| call(target, input));
    let mut mutator = Mutator::new(setting("FUZZ_SEED").unwrap_or(1));
    for _ in 0..runs * setting("FUZZ_TIMES").unwrap_or(1) {
        call(target, &mutator.mutate(&inputs));
    }
}

#[test]
fn responses_round_trip_without_panics_and_debug_redacts_them() {
    smoke("response", 1500);
}

#[test]
fn errors_are_one_line_and_show_no_secret() {
    smoke("error", 2000);
}

#[test]
fn retry_after_is_parsed_exactly_or_ignored() {
    smoke("retry_after", 600);
}

#[test]
fn scopes_round_trip_and_no_part_injects_a_claim() {
    smoke("scopes", 6000);
}

#[test]
fn yaml_is_loaded_with_positions_or_refused() {
    smoke("yaml", 300);
}

#[test]
fn specs_are_bound_or_refused_with_positions() {
    smoke("bindings", 30);
}

#[test]
fn every_target_has_a_fuzz_program() {
    let manifest = fs::read_to_string(folder().join("Cargo.toml")).unwrap();
    for (name, _) in TARGETS {
        assert!(manifest.contains(&format!("\nname = \"{name}\"\n")), "{name} has no [[bin]] in fuzz/Cargo.toml");
        let program = fs::read_to_string(folder().join(format!("fuzz_targets/{name}.rs"))).unwrap();
        assert!(program.contains(&format!("unloc_fuzz::{name}(data)")), "{name}");
    }
    assert_eq!(manifest.matches("[[bin]]").count(), TARGETS.len());
}

#[test]
#[ignore = "writes the examples of the specs into fuzz/corpus, for fuzzers"]
fn write_the_seeds() {
    for (name, _) in TARGETS {
        for (number, seed) in seeds::of(name).into_iter().enumerate() {
            fs::write(folder().join(format!("corpus/{name}/spec-{number:03}")), seed).unwrap();
        }
    }
}
