//! Large specs: what is measured on them has to grow with their size and no faster.

use std::path::PathBuf;
use std::time::Instant;

use unloc_lint::{Format, Severity, files};

use crate::found;
use crate::large::Large;

#[test]
fn a_large_spec_has_no_errors_in_any_form() {
    let large = Large::of(12);
    for text in [large.text(), large.minified()] {
        let errors: Vec<_> = found(&text).into_iter().filter(|finding| finding.severity == Severity::Error).collect();
        assert!(errors.is_empty(), "{} errors, the first {:#?}", errors.len(), errors.first());
    }
}

/// How long files take, by the timings that the command tells: `FILES="a.json b.yaml" cargo test --release -p unloc-lint
/// files_are_timed -- --ignored --nocapture`. Without, a large spec of 1, 2 and 4 times 125 operations. `SHOW` names a
/// rule whose findings are listed.
#[test]
#[ignore = "measures"]
fn files_are_timed() {
    let mut names: Vec<PathBuf> =
        std::env::var("FILES").unwrap_or_default().split_whitespace().map(PathBuf::from).collect();
    if names.is_empty() {
        names = [125, 250, 500].map(written).into();
    }
    for name in names {
        let linted = files(&[name]).unwrap();
        let begun = Instant::now();
        let shown = linted.report(Format::Human, false).len();
        let (bytes, taken) = (linted.texts[0].1.len(), begun.elapsed());
        print!("{bytes} bytes, shown in {taken:?} as {shown} bytes; {}", linted.timings);
        let rule = std::env::var("SHOW").unwrap_or_default();
        for finding in linted.findings.iter().filter(|finding| finding.rule == rule).take(40) {
            println!("  {}:{} {} | {}", finding.at.line, finding.at.column, finding.pointer, finding.message);
        }
    }
}

/// Where a large spec with so many operations stands.
fn written(operations: usize) -> PathBuf {
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{operations}-operations.json"));
    std::fs::write(&file, Large::of(operations).text()).unwrap();
    file
}

#[test]
#[ignore = "writes a spec into the file that LARGE names"]
fn a_large_spec_is_written() {
    let number = |name: &str, other| std::env::var(name).map_or(other, |text| text.parse().unwrap());
    let large = Large { operations: number("OPERATIONS", 500), edition: number("EDITION", 0) };
    std::fs::write(std::env::var("LARGE").unwrap(), large.text()).unwrap();
}
