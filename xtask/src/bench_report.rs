//! `cargo xtask bench-report`: puts what the benchmarks recorded into tables, charts and a sentence.
//!
//! Everything comes from `benches/recorded/`, so that no number in a document is older, or better, than a run that
//! somebody can repeat.

mod svg;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use svg::{Bar, Chart, Panel};
use unloc_bench_record::{Machine, Record, Row, Spread, short};

/// A benchmark whose record is reported, and what is drawn of it.
struct Report {
    bench: &'static str,
    chart: Option<Drawing>,
}

/// A chart of one figure of each row that has it, a panel for each group.
struct Drawing {
    title: &'static str,
    figure: &'static str,
    axis: &'static str,
}

const REPORTS: [Report; 8] = [
    Report {
        bench: "overhead",
        chart: Some(Drawing {
            title: "Processor time of a call",
            figure: "CPU",
            axis: "µs of processor time for one call, client only: median and quartiles of the rounds",
        }),
    },
    Report {
        bench: "token",
        chart: Some(Drawing {
            title: "Processor time to find a token",
            figure: "CPU",
            axis: "ns of processor time for one token, of the slower thread: median and quartiles of the rounds",
        }),
    },
    Report {
        bench: "sandbox",
        chart: Some(Drawing {
            title: "Answers of a sandbox",
            figure: "answers",
            axis: "answers per second over two connections: median and quartiles of the rounds",
        }),
    },
    Report {
        bench: "paging",
        chart: Some(Drawing {
            title: "Time for a page of a long list",
            figure: "time a page",
            axis: "ms for a page that takes the service 20 ms: median and quartiles of the rounds",
        }),
    },
    Report {
        bench: "peers",
        chart: Some(Drawing {
            title: "The same job through generated clients",
            figure: "CPU",
            axis: "µs of processor time for a lock, a page or a program, client only: median and quartiles of the rounds",
        }),
    },
    Report { bench: "instructions", chart: None },
    Report {
        bench: "build",
        chart: Some(Drawing {
            title: "Processor time of a clean build",
            figure: "CPU",
            axis: "s of processor time, of all compilers and scripts; what was built twice, with the less and the more",
        }),
    },
    Report { bench: "soak", chart: None },
];

/// Writes what follows from the records.
pub(crate) fn write(root: &Path) -> ExitCode {
    let written = made(root).and_then(|files| {
        files.iter().try_for_each(|(file, text)| {
            fs::write(file, text).map_err(|error| format!("{}: {error}", file.display()))?;
            println!("{}", file.strip_prefix(root).unwrap_or(file).display());
            Ok(())
        })
    });
    match written {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("error: {why}");
            ExitCode::FAILURE
        }
    }
}

/// Says whether documents and charts are what follows from the records.
pub(crate) fn check(root: &Path) -> Result<(), String> {
    let differs = |(file, text): &(PathBuf, String)| fs::read_to_string(file).ok().as_ref() != Some(text);
    let files: Vec<String> = made(root)?
        .iter()
        .filter(|made| differs(made))
        .map(|(file, _)| file.strip_prefix(root).unwrap_or(file).display().to_string())
        .collect();
    if files.is_empty() {
        println!("documents and charts agree with what the benchmarks recorded");
        return Ok(());
    }
    Err(format!("not what the benchmarks recorded: {}; `cargo xtask bench-report` writes them", files.join(", ")))
}

/// Each file, and what is to stand in it.
fn made(root: &Path) -> Result<Vec<(PathBuf, String)>, String> {
    let folder = root.join("benches");
    let (guide, front) = (folder.join("README.md"), root.join("README.md"));
    let read = |file: &Path| fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()));
    let mut text = read(&guide)?;
    let mut files = Vec::new();
    for Report { bench, chart } in &REPORTS {
        let record = Record::read(&folder.join("recorded"), bench)?;
        let mut section = format!("{}\n\n{record}", origin(&record));
        if let Some(drawing) = chart {
            section += &format!("\n![{}](charts/{bench}.svg)\n", drawing.title);
            files.push((folder.join(format!("charts/{bench}.svg")), drawn(drawing, &record.rows)));
        }
        text = woven(&text, bench, &section).map_err(|why| format!("{}: {why}", guide.display()))?;
    }
    files.push((guide, text));
    let quoted = |record: &str| Record::read(&folder.join("recorded"), record);
    let words = in_short(&quoted("overhead")?, &quoted("peers")?, &quoted("soak")?)?;
    let text = woven(&read(&front)?, "in short", &words).map_err(|why| format!("{}: {why}", front.display()))?;
    files.push((front, text));
    Ok(files)
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
fn in_short(overhead: &Record, peers: &Record, soak: &Record) -> Result<String, String> {
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
fn figure(record: &Record, group: &str, row: &str, name: &str) -> Result<Spread, String> {
    let found = record.rows.iter().find(|found| found.group.starts_with(group) && found.name == row);
    let found = found.and_then(|row| row.get(name)).map(|figure| figure.spread);
    found.ok_or_else(|| format!("`{name}` of `{row}`, `{group}`, is not in the record of `{}`", record.bench))
}

fn times(spread: Spread) -> String {
    match spread.quartiles() {
        Some((lower, upper)) => format!("{} ({}–{})", short(spread.median()), short(lower), short(upper)),
        None => short(spread.median()),
    }
}

fn drawn(drawing: &Drawing, rows: &[Row]) -> String {
    let mut panels: Vec<Panel<'_>> = Vec::new();
    for row in rows {
        let Some(figure) = row.get(drawing.figure) else { continue };
        if panels.last().is_none_or(|panel| panel.title != row.group) {
            panels.push(Panel { title: &row.group, bars: Vec::new() });
        }
        if let Some(panel) = panels.last_mut() {
            panel.bars.push(Bar { name: &row.name, spread: figure.spread });
        }
    }
    Chart { title: drawing.title, axis: drawing.axis, panels }.to_string()
}

/// The text with another section between the marks of this name.
fn woven(text: &str, name: &str, section: &str) -> Result<String, String> {
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
