//! Records what the npm package costs, as `js/bench/cost.mjs` measures it, and describes it for `js/README.md`.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::Deserialize;

use crate::report::figure;
use crate::table::aligned;
use crate::{Record, Result, Row, short};

/// Names the benchmark.
pub const BENCH: &str = "javascript";
/// Is the command that builds, measures and records.
const COMMAND: &str = "cargo xtask js --record";
const SCRIPT: &str = "js/bench/cost.mjs";

const MODULE: &str = "the module";
const PAGE: &str = "getLocks";
const TO_OPENAPI_FETCH: &str = "CPU to openapi-fetch";

/// Lists the targets: the group, row and figure, how the document names it, its unit, and its limit. The second release
/// has lower ones.
const TARGETS: [(&str, &str, &str, &str, &str, f64); 3] = [
    ("size", MODULE, "gzip, kB", "the module, compressed by gzip", " kB", 180.0),
    ("getLock", "unloc", TO_OPENAPI_FETCH, "`getLock`, CPU to `openapi-fetch`", "", 1.5),
    (PAGE, "unloc", TO_OPENAPI_FETCH, "a page of 200 locks, CPU to `openapi-fetch`", "", 1.2),
];

/// Is what the script prints.
#[derive(Deserialize)]
struct Measured {
    date: String,
    node: String,
    rows: Vec<Row>,
}

/// Measures the package in `js/dist`, which has to be built from the checked-out commit, and writes the record.
///
/// # Errors
/// If files that the figures depend on are not committed, or if the script fails or prints something else.
pub fn record(root: &Path) -> Result<PathBuf> {
    let mut record = Record::begin(root, BENCH, String::new(), COMMAND.to_owned(), &rustc(root)?)?;
    let output = Command::new("node").current_dir(root).args([SCRIPT, "--json"]).stderr(Stdio::inherit()).output();
    let output = output.map_err(|error| format!("cannot start node: {error}"))?;
    if !output.status.success() {
        return Err(format!("`node {SCRIPT}` ended with {}", output.status).into());
    }
    let measured: Measured = serde_json::from_slice(&output.stdout)
        .map_err(|error| format!("`node {SCRIPT}` printed no figures: {error}"))?;
    record.date = measured.date;
    record.machine.node = Some(measured.node);
    record.rows = measured.rows;
    record.write(root)
}

/// Returns the version of the compiler that builds the module, which has no other toolchain than the workspace.
fn rustc(root: &Path) -> Result<String> {
    let output = Command::new("rustc").current_dir(root).arg("--version").output();
    let output = output.map_err(|error| format!("cannot start rustc: {error}"))?;
    // It prints a line such as `rustc 1.88.0 (6b00bc388 2025-06-23)`.
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    Ok(said.split(' ').nth(1).ok_or_else(|| format!("`rustc --version` printed `{}`", said.trim()))?.to_owned())
}

/// Describes the costs, and says which targets are met.
pub(crate) fn costs(record: &Record) -> Result<String> {
    let mut lines = vec![["what", "measured", "target, at most", ""].map(str::to_owned).to_vec()];
    for (group, row, name, shown, unit, limit) in TARGETS {
        let measured = figure(record, group, row, name)?;
        let verdict = if measured.median() > limit { "**missed**" } else { "met" };
        lines.push(vec![shown.into(), format!("{measured}{unit}"), format!("{}{unit}", short(limit)), verdict.into()]);
    }
    let size = |row, name| figure(record, "size", row, name);
    let resident = |quarter| figure(record, "", quarter, "resident, kB").map(|kb| short((kb.median() / 1e3).round()));
    let in_module = record.rows.iter().filter(|row| row.group == "in the module");
    let shares = in_module.flat_map(|row| row.figures.iter().map(move |share| (&row.name, share.spread.median())));
    let shares: Vec<String> = shares.map(|(name, share)| format!("  * {name}: {share:.0} %\n")).collect();
    let memory = record.rows.iter().find(|row| row.name == "last quarter").map_or("", |row| &row.group);
    Ok(format!(
        "{}\n\
         * The module has {} kB, {} kB with brotli. Around it are {} kB of JavaScript, minified and\n  \
           with gzip. `openapi-fetch` has {} kB in all.\n\
         * The module consists of, before the optimizer:\n{}\
         * Node reads, compiles and instantiates it in {} ms.\n\
         * Over {memory}, the process has {} MB of resident memory in the second quarter, and {} MB in\n  \
           the last.\n\n\
         CPU is the processor time of the process per call. The clients take turns with one server, and are\n\
         compared within each round. The median of the rounds is shown.\n",
        aligned(&lines, 1),
        size(MODULE, "as it is, kB")?,
        size(MODULE, "brotli, kB")?,
        size("its JavaScript, minified", "gzip, kB")?,
        size("openapi-fetch, minified", "gzip, kB")?,
        shares.concat(),
        figure(record, "start in Node", "read, compile, instantiate", "time, ms")?,
        resident("second quarter")?,
        resident("last quarter")?,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Machine, Spread};

    #[test]
    fn a_missed_target_is_named() {
        let row =
            |group: &str, name: &str, figure: &str, value| Row::new(group, name).with(figure, Spread::single(value));
        let size = |name, kb| row("size", name, "as it is, kB", kb).with("gzip, kB", Spread::single(kb / 2.0));
        let record = Record {
            bench: BENCH.into(),
            date: "2030-01-01".into(),
            commit: "0123abc".into(),
            command: COMMAND.into(),
            machine: Machine::this("1.88.0"),
            rows: vec![
                size(MODULE, 362.0).with("brotli, kB", Spread::single(150.0)),
                size("its JavaScript, minified", 16.0),
                size("openapi-fetch, minified", 7.5),
                row("in the module", "unloc", "% before the optimizer", 60.4),
                row("in the module", "constant data", "% before the optimizer", 39.6),
                row("start in Node", "read, compile, instantiate", "time, ms", 19.0),
                row("getLock", "unloc", TO_OPENAPI_FETCH, 1.5),
                row("getLocks, 200 of them", "unloc", TO_OPENAPI_FETCH, 1.25),
                row("100 000 calls", "second quarter", "resident, kB", 95_400.0),
                row("100 000 calls", "last quarter", "resident, kB", 95_600.0),
            ],
        };
        let shown = costs(&record).unwrap();
        let lines: Vec<&str> =
            shown.lines().filter(|line| line.ends_with("met |") || line.contains("missed")).collect();
        assert_eq!(lines.len(), 3, "{shown}");
        assert!(lines[0].contains("181 kB |          180 kB | **missed** |"), "{shown}");
        assert!(lines[1].contains("1.50 |            1.50 |        met |"), "{shown}");
        assert!(lines[2].contains("1.25 |            1.20 | **missed** |"), "{shown}");
        assert!(shown.contains("  * unloc: 60 %\n  * constant data: 40 %\n"), "{shown}");
        assert!(shown.contains("Over 100 000 calls, the process has 95 MB"), "{shown}");
    }
}
