//! What the benchmarks recorded, as tables and a sentence, and whether it still holds. `cargo xtask bench-report` is the
//! command of it.
//!
//! Everything comes from `benches/recorded/`, so that no number in a document is older, or better, than a run that
//! somebody can repeat. A record says for which commit it was made. It is stale when more than a tenth of the lines that
//! now stand in the files its figures depend on are new since then; lines of files that were moved are not new.

use std::fs;
use std::path::{Path, PathBuf};

use crate::{Machine, Record, Result, Spread, history, short, table};

/// A call through `unloc`, whoever makes it.
const LIBRARY: &[&str] = &["build.rs", "src", "openapi/*.yaml", "crates/codegen/src", "crates/spec/src"];
const EMULATOR: &[&str] = &["crates/emulator/src"];

/// The benchmarks whose records are reported, and the paths that their figures depend on, as git understands them.
const REPORTS: [(&str, &[&[&str]]); 7] = [
    ("overhead", &[LIBRARY, &["benches/build.rs", "benches/src", "benches/benches/overhead.rs"]]),
    ("token", &[&["src/auth", "src/runtime/clock.rs", "benches/benches/token.rs"]]),
    ("paging", &[LIBRARY, EMULATOR, &["benches/benches/paging.rs"]]),
    ("peers", &[LIBRARY, EMULATOR, &["benches/peers", "benches/src/peer.rs", "benches/benches/peers.rs"]]),
    ("instructions", &[LIBRARY, &["benches/src", "benches/benches/instructions.rs"]]),
    ("build", &[LIBRARY, &["Cargo.lock", "Cargo.toml", "crates/codegen/Cargo.toml", "benches/benches/build"]]),
    ("soak", &[LIBRARY, EMULATOR, &["tests/soak"]]),
];

/// Why it was not asked how old the records are, and what would have to be done for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// Why.
    pub reason: String,
    /// What mends it.
    pub remedy: &'static str,
}

/// The paths that the figures of a benchmark depend on.
pub(crate) fn paths(bench: &str) -> Result<Vec<&'static str>> {
    let found = REPORTS.iter().find(|(name, _)| *name == bench);
    let (_, paths) = found.ok_or_else(|| format!("`{bench}` is none of the benchmarks that are reported"))?;
    Ok(paths.concat())
}

/// Writes what follows from the records, and names the files.
///
/// # Errors
/// Says which record or document cannot be read, or has no place for a table.
pub fn write(root: &Path) -> Result<Vec<PathBuf>> {
    let files = made(root)?;
    for (file, text) in &files {
        fs::write(file, text).map_err(|error| format!("{}: {error}", file.display()))?;
    }
    Ok(files.into_iter().map(|(file, _)| file).collect())
}

/// Says whether documents are what follows from the records, and whether the records are those of the code as it is now.
/// Whether they are stale is skipped without a repository, and where a shallow clone lacks the commit of a record.
///
/// # Errors
/// Names the documents that are not, the records that are stale and the commands that record them again, commits that are not in the
/// history, and paths that git does not know.
pub fn check(root: &Path) -> Result<Option<Skipped>> {
    let differs = |(file, text): &(PathBuf, String)| fs::read_to_string(file).ok().as_ref() != Some(text);
    let files: Vec<String> = made(root)?
        .iter()
        .filter(|made| differs(made))
        .map(|(file, _)| file.strip_prefix(root).unwrap_or(file).display().to_string())
        .collect();
    if !files.is_empty() {
        let files = files.join(", ");
        return Err(format!("not what the benchmarks recorded: {files}; `cargo xtask bench-report` writes them").into());
    }
    let records = REPORTS.iter().map(|(bench, paths)| Ok((Record::read(root, bench)?, paths.concat())));
    ages(root, &records.collect::<Result<Vec<_>>>()?)
}

/// Refuses records that are stale, with the paths that their figures depend on.
fn ages(root: &Path, records: &[(Record, Vec<&str>)]) -> Result<Option<Skipped>> {
    if !root.join(".git").exists() {
        let reason = "without a git repository nobody knows how old the records are".to_owned();
        return Ok(Some(Skipped { reason, remedy: "git clone" }));
    }
    let is_shallow = history::is_shallow(root)?;
    let (mut refused, mut unknown) = (Vec::new(), Vec::new());
    for (record, paths) in records {
        let (Record { bench, command, .. }, commit) = (record, abbreviated(record));
        match history::lines_since(root, &record.commit, paths)? {
            Some((new, all)) if new * 10 > all => refused.push(format!(
                "the record of `{bench}` is stale: {new} of {all} lines that its figures depend on are new since {commit}; \
                 when they are committed, record it again: {command}"
            )),
            Some(_) => {}
            None if is_shallow => unknown.push(bench.as_str()),
            None => refused.push(format!(
                "the record of `{bench}` is of {commit}, which is not in the history of HEAD; name the commit that has its \
                 code now in benches/recorded/{bench}.json, or record it again: {command}"
            )),
        }
    }
    if !refused.is_empty() {
        return Err(refused.join("\n").into());
    }
    let reason = || format!("this shallow clone does not have the commits of {}", unknown.join(", "));
    Ok((!unknown.is_empty()).then(|| Skipped { reason: reason(), remedy: "git fetch --unshallow" }))
}

fn abbreviated(record: &Record) -> String {
    record.commit.chars().take(7).collect()
}

/// Each file, and what is to stand in it.
fn made(root: &Path) -> Result<Vec<(PathBuf, String)>> {
    let (guide, front) = (root.join("benches/README.md"), root.join("README.md"));
    let read = |file: &Path| fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()));
    let mut text = read(&guide)?;
    for (bench, _) in REPORTS {
        let record = Record::read(root, bench)?;
        let section = format!("{}\n\n{}", origin(&record), table(&record.rows));
        text = woven(&text, bench, &section).map_err(|why| format!("{}: {why}", guide.display()))?;
    }
    let short = woven(&read(&front)?, "in short", &in_short(root)?);
    Ok(vec![(guide, text), (front.clone(), short.map_err(|why| format!("{}: {why}", front.display()))?)])
}

/// Where, when and how the figures came about.
fn origin(record: &Record) -> String {
    let Machine { cpu, cores, system, rustc, load, .. } = &record.machine;
    let load = load.map(|load| format!(", under a load of {} before it began", short(load))).unwrap_or_default();
    format!(
        "Recorded on {} at {} by `{}`, on {cpu} with {cores} processors, {system}, compiled by Rust {rustc}{load}. \
         In brackets: the quartiles.",
        record.date,
        abbreviated(record),
        record.command,
    )
}

/// What the repository's README says of them.
fn in_short(root: &Path) -> Result<String> {
    let [overhead, peers, soak] = ["overhead", "peers", "soak"].map(|bench| Record::read(root, bench));
    let (overhead, peers, soak) = (overhead?, peers?, soak?);
    let generated = |job| figure(&peers, job, "generated Rust", "CPU to unloc");
    let lines = |peer| figure(&peers, "the whole job", peer, "lines a user writes");
    let allocations = |rung| figure(&overhead, "getLock", rung, "allocations").map(Spread::median);
    let soaked = |row, name| figure(&soak, "", row, name).map(Spread::median);
    Ok(format!(
        "* Beside the same call through reqwest with types written by hand, `getLock` takes {} times the processor time, with {} \
         allocations more, and a page of 200 locks {} times.\n\
         * The Rust client that OpenAPI Generator makes of the same specs takes {} times what `unloc` takes for `getLock`, and {} \
         times for a page of 100 keys. Its user writes {} lines, which do not repeat a call, end it in time or renew a token beside \
         it, for what is {} lines here.\n\
         * In a soak of {} calls with {} faults, the program holds {} kB in its second quarter and {} kB in its last; by then \
         {} keys more were asked for, and the program holds those that were made.\n\n\
         Ratios are medians of the rounds of one run, in brackets their quartiles. How each was measured, by which command, and \
         what tokens, pages and a clean build take: [benches/README.md](benches/README.md).\n",
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

/// What a record says of the first group that is called so.
fn figure(record: &Record, group: &str, row: &str, name: &str) -> Result<Spread> {
    let found = record.rows.iter().find(|found| found.group.starts_with(group) && found.name == row);
    let found = found.and_then(|row| row.get(name));
    found.ok_or_else(|| format!("`{name}` of `{row}`, `{group}`, is not in the record of `{}`", record.bench).into())
}

/// The text with another section between the marks of this name.
fn woven(text: &str, name: &str, section: &str) -> std::result::Result<String, String> {
    let (begin, end) = (format!("<!-- recorded: {name} -->\n"), format!("<!-- end: {name} -->"));
    let marks = || format!("it has no lines `{}` and `{end}`", begin.trim_end());
    let (before, rest) = text.split_once(&begin).ok_or_else(marks)?;
    let (_, after) = rest.split_once(&end).ok_or_else(marks)?;
    Ok(format!("{before}{begin}\n{}\n\n{end}{after}", section.trim_end()))
}

#[cfg(test)]
mod tests;
