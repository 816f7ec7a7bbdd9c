//! Tests large specs, and measures them: the time has to grow in proportion to the size.

use std::path::PathBuf;
use std::time::Instant;

use unloc_lint::{Format, Severity, files};

use crate::found;
use crate::large::Large;

#[test]
fn a_large_spec_has_no_errors_indented_or_minified() {
    let large = Large::of(12);
    for text in [large.text(), large.minified()] {
        let errors: Vec<_> = found(&text).into_iter().filter(|finding| finding.severity == Severity::Error).collect();
        assert!(errors.is_empty(), "{} errors, the first {:#?}", errors.len(), errors.first());
    }
}

/// Prints the timings of files: `FILES="a.json b.yaml" cargo test --release -p unloc-lint prints_timings -- --ignored
/// --nocapture`. Without `FILES`, it generates specs of 125, 250 and 500 operations. `SHOW` names a rule whose findings
/// are listed.
#[test]
#[ignore = "measures"]
fn prints_timings() {
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

/// Writes a large spec with this number of operations, and returns its path.
fn written(operations: usize) -> PathBuf {
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{operations}-operations.json"));
    std::fs::write(&file, Large::of(operations).text()).unwrap();
    file
}

#[test]
#[ignore = "writes a spec to the file that LARGE names"]
fn writes_a_large_spec() {
    let number = |name: &str, other| std::env::var(name).map_or(other, |text| text.parse().unwrap());
    let large = Large { operations: number("OPERATIONS", 500), edition: number("EDITION", 0) };
    std::fs::write(std::env::var("LARGE").unwrap(), large.text()).unwrap();
}
