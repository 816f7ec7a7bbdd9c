//! What a benchmark found, as it is kept in `benches/recorded/`: the benchmarks write it, `cargo xtask bench-report` reads
//! it, and both show it as the same table.

mod history;
mod machine;
pub mod report;
mod spread;
mod table;

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

pub use machine::Machine;
pub use spread::{Spread, short};
pub use table::table;

/// What goes wrong with records is told, and nothing else is done about it.
pub type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// One run of a benchmark.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Record {
    /// The benchmark's name.
    pub bench: String,
    /// The day of the run, UTC.
    pub date: String,
    /// The commit that was checked out, by its full hash.
    pub commit: String,
    /// What makes it again.
    pub command: String,
    /// Where it ran.
    pub machine: Machine,
    /// What was found.
    pub rows: Vec<Row>,
}

/// What was found of one thing.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Row {
    /// The rows of one group were measured in turn, and can be compared.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub group: String,
    /// What was measured.
    pub name: String,
    /// What it took.
    pub figures: Vec<Figure>,
}

/// One kind of what it took.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Figure {
    /// Of what, and in what; a ratio or a number of things has no unit.
    pub name: String,
    /// How much.
    pub spread: Spread,
}

impl Row {
    /// A row without figures.
    #[must_use]
    pub fn new(group: &str, name: &str) -> Self {
        Self { group: group.to_owned(), name: name.to_owned(), figures: Vec::new() }
    }

    /// One figure more.
    #[must_use]
    pub fn with(mut self, name: &str, spread: Spread) -> Self {
        self.figures.push(Figure { name: name.to_owned(), spread });
        self
    }

    /// The figure of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Spread> {
        self.figures.iter().find(|figure| figure.name == name).map(|figure| figure.spread)
    }
}

impl Record {
    /// A record without rows, of the checkout at `root`. It is begun before anything is measured, which makes the machine
    /// busy, and before anything else is committed.
    ///
    /// # Errors
    /// If git does not tell the commit, if what the figures depend on differs from it, or if the benchmark is not in the list
    /// of [`report`].
    pub fn begin(root: &Path, bench: &str, date: String, command: String, rustc: &str) -> Result<Self> {
        let commit = history::head(root, &report::paths(bench)?)?;
        let machine = Machine::this(rustc);
        Ok(Self { bench: bench.to_owned(), date, commit, command, machine, rows: Vec::new() })
    }

    /// Reads the record of a benchmark from the checkout at `root`.
    ///
    /// # Errors
    /// With the file's name, if it cannot be read or is none.
    pub fn read(root: &Path, bench: &str) -> Result<Self> {
        let file = place(root, bench);
        let text = std::fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
        Ok(serde_json::from_str(&text).map_err(|error| format!("{}: {error}", file.display()))?)
    }

    /// Writes it, a line for each row: that is what changes from one run to the next.
    ///
    /// # Errors
    /// With the file's name, if it cannot be written.
    pub fn write(&self, root: &Path) -> Result<PathBuf> {
        let file = place(root, &self.bench);
        std::fs::write(&file, self.to_json()?).map_err(|error| format!("{}: {error}", file.display()))?;
        Ok(file)
    }

    fn to_json(&self) -> serde_json::Result<String> {
        let rows: Vec<String> = self.rows.iter().map(serde_json::to_string).collect::<serde_json::Result<_>>()?;
        let members = [
            ("bench", serde_json::to_string(&self.bench)?),
            ("date", serde_json::to_string(&self.date)?),
            ("commit", serde_json::to_string(&self.commit)?),
            ("command", serde_json::to_string(&self.command)?),
            ("machine", serde_json::to_string(&self.machine)?),
            ("rows", format!("[\n    {}\n  ]", rows.join(",\n    "))),
        ];
        Ok(format!("{{\n{}\n}}\n", members.map(|(name, value)| format!("  \"{name}\": {value}")).join(",\n")))
    }
}

fn place(root: &Path, bench: &str) -> PathBuf {
    root.join("benches/recorded").join(format!("{bench}.json"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_read_as_it_was_written() {
        let record = Record {
            bench: "x".into(),
            date: "2030-01-01".into(),
            commit: "0123abc".into(),
            command: "y".into(),
            machine: Machine::this("1.88.0"),
            rows: vec![Row::new("getLock", "unloc").with("CPU, µs", Spread::of([3.0, 1.0, 2.0]))],
        };
        let again: Record = serde_json::from_str(&record.to_json().unwrap()).unwrap();
        assert_eq!(again.to_json().unwrap(), record.to_json().unwrap());
    }
}
