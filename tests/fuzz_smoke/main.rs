//! What fuzzers call, with the compiler that is there: every file of the corpus, what the specs show as examples, and a
//! bounded number of changes of both, the same at each run.
//!
//! `FUZZ_TIMES` has each target called so many times as often, `FUZZ_SEED` draws others. `fuzz/README.md` says how the
//! real fuzzers are run.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "the helpers of tests are not tests to clippy, but end them as tests do"
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
    Some(text.parse().unwrap_or_else(|_| panic!("{name} is no number: {text}")))
}

/// The files of a target's corpus, in the order of their names.
fn corpus(name: &str) -> Vec<Vec<u8>> {
    let files = fs::read_dir(folder().join("corpus").join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    let mut files: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| fs::read(file).unwrap()).collect()
}

/// Calls the target; where it panics, keeps the input.
fn call((name, target): Target, input: &[u8]) {
    if let Err(panic) = catch_unwind(AssertUnwindSafe(|| target(input))) {
        let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-that-fails"));
        fs::write(&file, input).unwrap();
        eprintln!("the input is kept in {}:\n{}", file.display(), String::from_utf8_lossy(input));
        resume_unwind(panic);
    }
}

/// Calls the target of this name with all that there is, and with so many changes of it.
fn smoke(name: &str, runs: u64) {
    let target = *TARGETS.iter().find(|target| target.0 == name).expect("a target");
    let kept = corpus(name);
    assert!(!kept.is_empty(), "no corpus for {name}");
    let inputs: Vec<_> = kept.into_iter().chain(seeds::of(name)).collect();
    inputs.iter().for_each(|input| call(target, input));
    let mut mutator = Mutator::new(setting("FUZZ_SEED").unwrap_or(1));
    for _ in 0..runs * setting("FUZZ_TIMES").unwrap_or(1) {
        call(target, &mutator.change(&inputs));
    }
}

#[test]
fn no_answer_makes_a_panic_or_is_read_as_two_things_or_shows_what_is_hidden() {
    smoke("answer", 1500);
}

#[test]
fn no_refusal_makes_a_panic_or_more_than_a_line_or_shows_what_was_sent() {
    smoke("error", 2000);
}

#[test]
fn no_retry_after_is_taken_for_another_time_than_it_says() {
    smoke("retry_after", 600);
}

#[test]
fn no_text_makes_a_scope_that_is_two_or_reads_as_another() {
    smoke("scopes", 6000);
}

#[test]
fn no_file_makes_the_loader_panic_or_lose_a_place() {
    smoke("yaml", 300);
}

#[test]
fn no_spec_makes_the_generator_panic_or_say_two_things() {
    smoke("bindings", 30);
}

#[test]
fn every_target_can_be_run_by_a_fuzzer() {
    let manifest = fs::read_to_string(folder().join("Cargo.toml")).unwrap();
    for (name, _) in TARGETS {
        assert!(manifest.contains(&format!("\nname = \"{name}\"\n")), "{name} is no program in fuzz/Cargo.toml");
        let program = fs::read_to_string(folder().join(format!("fuzz_targets/{name}.rs"))).unwrap();
        assert!(program.contains(&format!("unloc_fuzz::{name}(data)")), "{name}");
    }
    assert_eq!(manifest.matches("[[bin]]").count(), TARGETS.len());
}

#[test]
#[ignore = "writes the inputs that the specs make into fuzz/corpus, for fuzzers"]
fn write_the_seeds() {
    for (name, _) in TARGETS {
        for (number, seed) in seeds::of(name).into_iter().enumerate() {
            fs::write(folder().join(format!("corpus/{name}/spec-{number:03}")), seed).unwrap();
        }
    }
}
