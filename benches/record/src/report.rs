//! Writes the records into the documents, and checks that they are up to date, for `cargo xtask bench-report`.
//!
//! All figures in documents come from `benches/recorded/`, so that each belongs to a run that can be reproduced. A
//! record names its commit. It is stale when more than a tenth of the lines of the files that its figures depend on are
//! new since then. Lines of moved files are not new.

use std::fs;
use std::path::{Path, PathBuf};

use crate::{Machine, Record, Result, Spread, history, javascript, short, table};

/// Lists the paths that every call through `unloc` depends on.
const LIBRARY: &[&str] = &["build.rs", "src", "openapi/*.yaml", "crates/codegen/src", "crates/spec/src"];
/// Leaves out what belongs to version 2 of the API, which no benchmark calls.
const BUT_VERSION_2: &[&str] =
    &[":(exclude)openapi/unloc-v2.yaml", ":(exclude)src/client/version2*", ":(exclude)crates/emulator/src/api/v2*"];
/// Leaves out what else a native build with the default features does not compile.
const BY_DEFAULT: &[&str] = &[
    ":(exclude)src/client/dynamic*",
    ":(exclude)src/http/dynamic*",
    ":(exclude)src/http/decode/table*",
    ":(exclude)src/http/transport/fetch.rs",
];
/// Lists the paths of the emulator.
const EMULATOR: &[&str] = &["crates/emulator/src"];

/// Lists the reported benchmarks and the git pathspecs that their figures depend on.
const REPORTS: [(&str, &[&[&str]]); 8] = [
    (
        "overhead",
        &[LIBRARY, BUT_VERSION_2, BY_DEFAULT, &["benches/build.rs", "benches/src", "benches/benches/overhead.rs"]],
    ),
    ("token", &[&["src/auth", "src/runtime/clock.rs", "benches/benches/token.rs"]]),
    ("paging", &[LIBRARY, BUT_VERSION_2, BY_DEFAULT, EMULATOR, &["benches/benches/paging.rs"]]),
    (
        "peers",
        &[
            LIBRARY,
            BUT_VERSION_2,
            BY_DEFAULT,
            EMULATOR,
            &["benches/peers", "benches/src/peer.rs", "benches/benches/peers.rs"],
        ],
    ),
    ("instructions", &[LIBRARY, BUT_VERSION_2, BY_DEFAULT, &["benches/src", "benches/benches/instructions.rs"]]),
    (
        "build",
        &[
            LIBRARY,
            BUT_VERSION_2,
            BY_DEFAULT,
            &["Cargo.lock", "Cargo.toml", "crates/codegen/Cargo.toml", "benches/benches/build"],
        ],
    ),
    ("soak", &[LIBRARY, BUT_VERSION_2, BY_DEFAULT, EMULATOR, &["tests/soak"]]),
    (javascript::BENCH, &[LIBRARY, BUT_VERSION_2, &["js/bench", "js/src", "js/wasm/src"]]),
];

/// Describes why the age of records was not checked, and how to make the check possible.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// Holds the reason.
    pub reason: String,
    /// Holds the command that makes the check possible.
    pub remedy: &'static str,
}

/// Returns the paths that the figures of a benchmark depend on.
pub(crate) fn paths(bench: &str) -> Result<Vec<&'static str>> {
    let found = REPORTS.iter().find(|(name, _)| *name == bench);
    let (_, paths) = found.ok_or_else(|| format!("the benchmark `{bench}` is not in `REPORTS`"))?;
    Ok(paths.concat())
}

/// Writes the records into the documents and returns their paths.
///
/// # Errors
/// Names the record or document that cannot be read or has no marks for a table.
pub fn write(root: &Path) -> Result<Vec<PathBuf>> {
    let files = documents(root)?;
    for (file, text) in &files {
        fs::write(file, text).map_err(|error| format!("{}: {error}", file.display()))?;
    }
    Ok(files.into_iter().map(|(file, _)| file).collect())
}

/// Checks that the documents match the records, and that the records are not stale.
///
/// The age of records is not checked without a git repository, or if a shallow clone lacks the commit of a record.
///
/// # Errors
/// Names the documents that differ, the stale records with the commands that record them again, commits that are not in
/// the history, and paths that git does not know.
pub fn check(root: &Path) -> Result<Option<Skipped>> {
    let differs = |(file, text): &(PathBuf, String)| fs::read_to_string(file).ok().as_ref() != Some(text);
    let files: Vec<String> = documents(root)?
        .iter()
        .filter(|document| differs(document))
        .map(|(file, _)| file.strip_prefix(root).unwrap_or(file).display().to_string())
        .collect();
    if !files.is_empty() {
        let files = files.join(", ");
        return Err(format!("these documents differ from the records: {files}; run `cargo xtask bench-report`").into());
    }
    let records = REPORTS.iter().map(|(bench, paths)| Ok((Record::read(root, bench)?, paths.concat())));
    ages(root, &records.collect::<Result<Vec<_>>>()?)
}

/// Refuses stale records. Each comes with the paths that its figures depend on.
fn ages(root: &Path, records: &[(Record, Vec<&str>)]) -> Result<Option<Skipped>> {
    if !root.join(".git").exists() {
        let reason = "without a git repository the age of the records is unknown".to_owned();
        return Ok(Some(Skipped { reason, remedy: "git clone" }));
    }
    let is_shallow = history::is_shallow(root)?;
    let (mut refused, mut unknown) = (Vec::new(), Vec::new());
    for (record, paths) in records {
        let (Record { bench, command, .. }, commit) = (record, abbreviated(record));
        match history::lines_since(root, &record.commit, paths)? {
            Some((new, all)) if new * 10 > all => refused.push(format!(
                "the record of `{bench}` is stale: {new} of {all} lines that its figures depend on are new since \
                 {commit}; commit them, then record it again: {command}"
            )),
            Some(_) => {}
            None if is_shallow => unknown.push(bench.as_str()),
            None => refused.push(format!(
                "the record of `{bench}` is of {commit}, which is not in the history of HEAD; put the commit that now \
                 has this code into benches/recorded/{bench}.json, or record it again: {command}"
            )),
        }
    }
    if !refused.is_empty() {
        return Err(refused.join("\n").into());
    }
    let reason = || format!("this shallow clone lacks the commits of the records of {}", unknown.join(", "));
    Ok((!unknown.is_empty()).then(|| Skipped { reason: reason(), remedy: "git fetch --unshallow" }))
}

fn abbreviated(record: &Record) -> String {
    record.commit.chars().take(7).collect()
}

/// Returns the path of each document and its text with the current records.
fn documents(root: &Path) -> Result<Vec<(PathBuf, String)>> {
    let [guide, front, package] = ["benches/README.md", "README.md", "js/README.md"].map(|name| root.join(name));
    let read = |file: &Path| fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()));
    let mut text = read(&guide)?;
    for (bench, _) in REPORTS.into_iter().filter(|(bench, _)| *bench != javascript::BENCH) {
        let record = Record::read(root, bench)?;
        let section = format!("{}\n\n{}", origin(&record), table(&record.rows));
        text = with_section(&text, bench, &section).map_err(|why| format!("{}: {why}", guide.display()))?;
    }
    let in_section = |file: &Path, name, section: &str| {
        with_section(&read(file)?, name, section).map_err(|why| format!("{}: {why}", file.display()))
    };
    let short = in_section(&front, "in short", &in_short(root)?)?;
    let record = Record::read(root, javascript::BENCH)?;
    let costs = format!("{}\n{}", javascript::costs(&record)?, origin(&record));
    let costs = in_section(&package, javascript::BENCH, &costs)?;
    Ok(vec![(guide, text), (front, short), (package, costs)])
}

/// Describes when, where and by which command the figures were recorded.
fn origin(record: &Record) -> String {
    let Machine { cpu, cores, system, rustc, node, load, .. } = &record.machine;
    let node = node.as_ref().map(|node| format!(", Node {node}")).unwrap_or_default();
    let load = load.map(|load| format!(", at a load average of {} before the run", short(load))).unwrap_or_default();
    format!(
        "Recorded on {} at commit {} by `{}`, on {cpu} with {cores} processors, {system}, Rust {rustc}{node}{load}. \
         Quartiles are in brackets.",
        record.date,
        abbreviated(record),
        record.command,
    )
}

/// Returns the summary for the repository's README.
fn in_short(root: &Path) -> Result<String> {
    let [overhead, peers, soak] = ["overhead", "peers", "soak"].map(|bench| Record::read(root, bench));
    let (overhead, peers, soak) = (overhead?, peers?, soak?);
    let generated = |job| figure(&peers, job, "generated Rust", "CPU to unloc");
    let lines = |peer| figure(&peers, "the whole job", peer, "lines a user writes");
    let allocations = |variant| figure(&overhead, "getLock", variant, "allocations").map(Spread::median);
    let soaked = |row, name| figure(&soak, "", row, name).map(Spread::median);
    Ok(format!(
        "* Compared with the same call through reqwest and handwritten types, `getLock` takes {} times\n  \
           the processor time and {} more allocations. A page of 200 locks takes {} times the time.\n\
         * The Rust client that OpenAPI Generator generates from the same specs takes {} times the\n  \
           processor time of `unloc` for `getLock`, and {} times for a page of 100 keys. Its user writes\n  \
           {} lines, without retries, an operation timeout or background refreshes of tokens. A user of\n  \
           `unloc` writes {} lines.\n\
         * In a soak test of {} calls with {} faults, the program uses {} kB of memory in the second\n  \
           quarter and {} kB in the last. In between, {} more keys were requested, and the program stores\n  \
           those that were created.\n\n\
         Ratios are medians of the rounds of one run, with their quartiles in brackets.\n\
         [benches/README.md](benches/README.md) says how each was measured and by which command, and what\n\
         tokens, pages and a clean build cost.\n",
        figure(&overhead, "getLock", "unloc", "CPU to typed")?,
        (allocations("unloc")? - allocations("typed")?).round(),
        figure(&overhead, "getLocks", "unloc", "CPU to typed")?,
        generated("getLock")?,
        generated("a page")?,
        lines("generated Rust")?,
        lines("unloc")?,
        soaked("all of it", "calls")?,
        soaked("all of it", "faults")?,
        soaked("second quarter", "memory, kB")?,
        soaked("last quarter", "memory, kB")?,
        soaked("last quarter", "keys asked for")? - soaked("second quarter", "keys asked for")?,
    ))
}

/// Returns a figure of a record, from the first group whose name starts with `group`.
pub(crate) fn figure(record: &Record, group: &str, row: &str, name: &str) -> Result<Spread> {
    let found = record.rows.iter().find(|found| found.group.starts_with(group) && found.name == row);
    let found = found.and_then(|row| row.get(name));
    found.ok_or_else(|| {
        format!("the record of `{}` has no figure `{name}` of `{row}` in `{group}`", record.bench).into()
    })
}

/// Returns the text with the section between the marks of this name replaced.
fn with_section(text: &str, name: &str, section: &str) -> std::result::Result<String, String> {
    let (begin, end) = (format!("<!-- recorded: {name} -->\n"), format!("<!-- end: {name} -->"));
    let marks = || format!("the marks `{}` and `{end}` are missing", begin.trim_end());
    let (before, rest) = text.split_once(&begin).ok_or_else(marks)?;
    let (_, after) = rest.split_once(&end).ok_or_else(marks)?;
    Ok(format!("{before}{begin}\n{}\n\n{end}{after}", section.trim_end()))
}

#[cfg(test)]
mod tests;
