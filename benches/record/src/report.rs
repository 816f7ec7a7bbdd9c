//! What the benchmarks recorded, as tables and a sentence. `cargo xtask bench-report` is the command of it.
//!
//! Everything comes from `benches/recorded/`, so that no number in a document is older, or better, than a run that
//! somebody can repeat.

use std::fs;
use std::path::{Path, PathBuf};

use crate::{Machine, Record, Result, Spread, short};

/// The benchmarks whose records are reported.
const REPORTS: [&str; 7] = ["overhead", "token", "paging", "peers", "instructions", "build", "soak"];

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

/// Says whether documents are what follows from the records.
///
/// # Errors
/// Names the documents that are not.
pub fn check(root: &Path) -> Result<()> {
    let differs = |(file, text): &(PathBuf, String)| fs::read_to_string(file).ok().as_ref() != Some(text);
    let files: Vec<String> = made(root)?
        .iter()
        .filter(|made| differs(made))
        .map(|(file, _)| file.strip_prefix(root).unwrap_or(file).display().to_string())
        .collect();
    if files.is_empty() {
        return Ok(());
    }
    Err(format!("not what the benchmarks recorded: {}; `cargo xtask bench-report` writes them", files.join(", "))
        .into())
}

/// Each file, and what is to stand in it.
fn made(root: &Path) -> Result<Vec<(PathBuf, String)>> {
    let folder = root.join("benches");
    let (guide, front) = (folder.join("README.md"), root.join("README.md"));
    let read = |file: &Path| fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()));
    let recorded = |bench: &str| Record::read(&folder.join("recorded"), bench);
    let mut text = read(&guide)?;
    for bench in REPORTS {
        let record = recorded(bench)?;
        let section = format!("{}\n\n{record}", origin(&record));
        text = woven(&text, bench, &section).map_err(|why| format!("{}: {why}", guide.display()))?;
    }
    let words = in_short(&recorded("overhead")?, &recorded("peers")?, &recorded("soak")?)?;
    let short = woven(&read(&front)?, "in short", &words).map_err(|why| format!("{}: {why}", front.display()))?;
    Ok(vec![(guide, text), (front, short)])
}

/// Where, when and how the figures came about.
fn origin(record: &Record) -> String {
    let Machine { cpu, cores, system, rustc, load, .. } = &record.machine;
    let busy = load.map(|load| {
        format!(" In the minute before, {} programs wanted one of its processors on average.", short(load))
    });
    format!(
        "Recorded on {} by `{}`, on {cpu} with {cores} processors, {system}, compiled by Rust {rustc}.{} In brackets: the \
         quartiles.",
        record.date,
        record.command,
        busy.unwrap_or_default(),
    )
}

/// What the repository's README says of them.
fn in_short(overhead: &Record, peers: &Record, soak: &Record) -> Result<String> {
    let generated = |job| figure(peers, job, "generated Rust", "CPU to unloc");
    let lines = |peer| figure(peers, "a program that has done all this", peer, "lines a user writes");
    let allocations = |rung| figure(overhead, "getLock", rung, "allocations").map(Spread::median);
    let level = |quarter| figure(soak, "", quarter, "memory").map(|memory| short(memory.median()));
    let keys = |quarter| figure(soak, "", quarter, "keys asked for").map(Spread::median);
    let all = |name| figure(soak, "", "all of it", name).map(Spread::median);
    Ok(format!(
        "* Beside the same call through reqwest with types written by hand, `getLock` takes {} times the processor time, with {} \
         allocations more, and a page of 200 locks {} times.\n\
         * The Rust client that OpenAPI Generator makes of the same specs takes {} times what `unloc` takes for `getLock`, and {} \
         times for a page of 100 keys. Its user writes {} lines, which do not repeat a call, end it in time or renew a token beside \
         it, for what is {} lines here.\n\
         * In a soak of {} calls with {} faults, the program holds {} kB in its second quarter and {} kB in its last; by then \
         {} keys more were asked for, and the program holds those that were made.\n\n\
         Ratios are medians of the rounds of one run, in brackets their quartiles. How each was measured, by which command, and \
         what tokens, pages, the sandbox and a clean build take: [benches/README.md](benches/README.md).\n",
        times(figure(overhead, "getLock", "unloc", "CPU to typed")?),
        (allocations("unloc")? - allocations("typed")?).round(),
        times(figure(overhead, "getLocks", "unloc", "CPU to typed")?),
        times(generated("getLock")?),
        times(generated("a page")?),
        short(lines("generated Rust")?.median()),
        short(lines("unloc")?.median()),
        all("calls")?,
        all("faults")?,
        level("second quarter")?,
        level("last quarter")?,
        keys("last quarter")? - keys("second quarter")?,
    ))
}

/// What a record says of the first group that is called so.
fn figure(record: &Record, group: &str, row: &str, name: &str) -> Result<Spread> {
    let found = record.rows.iter().find(|found| found.group.starts_with(group) && found.name == row);
    let found = found.and_then(|row| row.get(name)).map(|figure| figure.spread);
    found.ok_or_else(|| format!("`{name}` of `{row}`, `{group}`, is not in the record of `{}`", record.bench).into())
}

fn times(spread: Spread) -> String {
    match spread.quartiles() {
        Some((lower, upper)) => format!("{} ({}–{})", short(spread.median()), short(lower), short(upper)),
        None => short(spread.median()),
    }
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
mod tests {
    use super::*;

    #[test]
    fn a_section_is_replaced_and_what_stands_around_it_is_kept() {
        let text = "a\n<!-- recorded: x -->\nold\n<!-- end: x -->\nb\n";
        let new = woven(text, "x", "new\n").unwrap();
        assert_eq!(new, "a\n<!-- recorded: x -->\n\nnew\n\n<!-- end: x -->\nb\n");
        assert_eq!(woven(&new, "x", "new\n").unwrap(), new);
        assert!(woven(text, "y", "").unwrap_err().contains("<!-- end: y -->"));
    }
}
