//! Defines the records in `benches/recorded/`: benchmarks write them, and `cargo xtask bench-report` reads them.
//!
//! Both print them as the same table.

mod history;
pub mod javascript;
mod machine;
pub mod report;
mod spread;
mod table;

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

pub use machine::Machine;
pub use spread::{Spread, short};
pub use table::table;

/// Is the result of reading or writing records. Errors are only reported, so they are boxed.
pub type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// Holds the figures of one run of a benchmark.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Record {
    /// Names the benchmark.
    pub bench: String,
    /// Is the date of the run in UTC.
    pub date: String,
    /// Is the full hash of the checked-out commit.
    pub commit: String,
    /// Is the command that reproduces the record.
    pub command: String,
    /// Describes the machine that it ran on.
    pub machine: Machine,
    /// Holds the figures, one row for each measured thing.
    pub rows: Vec<Row>,
}

/// Holds the figures of one measured thing.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Row {
    /// Names the group. Rows of one group were measured in turn and can be compared.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub group: String,
    /// Names what was measured.
    pub name: String,
    /// Lists the figures.
    pub figures: Vec<Figure>,
}

/// Holds one figure of a row.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Figure {
    /// Names the quantity and its unit. Ratios and counts have no unit.
    pub name: String,
    /// Holds the median and the quartiles.
    pub spread: Spread,
}

impl Row {
    /// Returns a row without figures.
    #[must_use]
    pub fn new(group: &str, name: &str) -> Self {
        Self { group: group.to_owned(), name: name.to_owned(), figures: Vec::new() }
    }

    /// Adds a figure.
    #[must_use]
    pub fn with(mut self, name: &str, spread: Spread) -> Self {
        self.figures.push(Figure { name: name.to_owned(), spread });
        self
    }

    /// Returns the figure of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Spread> {
        self.figures.iter().find(|figure| figure.name == name).map(|figure| figure.spread)
    }
}

impl Record {
    /// Starts a record without rows, of the checkout at `root`.
    ///
    /// Call this before anything is measured: it reads the load of the machine and the commit.
    ///
    /// # Errors
    /// If git does not return the commit, if files that the figures depend on differ from it, or if the benchmark is
    /// not in the list of [`report`].
    pub fn begin(root: &Path, bench: &str, date: String, command: String, rustc: &str) -> Result<Self> {
        let commit = history::head(root, &report::paths(bench)?)?;
        let machine = Machine::this(rustc);
        Ok(Self { bench: bench.to_owned(), date, commit, command, machine, rows: Vec::new() })
    }

    /// Reads the record of a benchmark from the checkout at `root`.
    ///
    /// # Errors
    /// If the file cannot be read or is not a record. The error names the file.
    pub fn read(root: &Path, bench: &str) -> Result<Self> {
        let file = path_of(root, bench);
        let text = std::fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
        Ok(serde_json::from_str(&text).map_err(|error| format!("{}: {error}", file.display()))?)
    }

    /// Writes the record with one line per row, so that a diff shows which figures changed.
    ///
    /// # Errors
    /// If the file cannot be written. The error names the file.
    pub fn write(&self, root: &Path) -> Result<PathBuf> {
        let file = path_of(root, &self.bench);
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

fn path_of(root: &Path, bench: &str) -> PathBuf {
    root.join("benches/recorded").join(format!("{bench}.json"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_survives_a_round_trip() {
        let record = Record {
            bench: "x".into(),
            date: "2030-01-01".into(),
            commit: "0123abc".into(),
            command: "y".into(),
            machine: Machine::this("1.88.0"),
            rows: vec![Row::new("getLock", "unloc").with("CPU, µs", Spread::of([3.0, 1.0, 2.0]))],
        };
        let decoded: Record = serde_json::from_str(&record.to_json().unwrap()).unwrap();
        assert_eq!(decoded.to_json().unwrap(), record.to_json().unwrap());
    }
}
