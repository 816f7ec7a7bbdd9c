//! What a benchmark found, as it is kept in `benches/recorded/`: the benchmarks write it, `cargo xtask bench-report` reads
//! it, and both show it as the same table.

mod machine;
pub mod report;
mod spread;
mod table;

use std::fmt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

pub use machine::Machine;
pub use spread::{Spread, short};

/// What goes wrong with records is told, and nothing else is done about it.
pub type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// One run of a benchmark.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Record {
    /// The benchmark's name.
    pub bench: String,
    /// The day of the run, UTC.
    pub date: String,
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
    /// Of what.
    pub name: String,
    /// In what; a ratio or a number of things has none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub unit: String,
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
    pub fn with(mut self, name: &str, unit: &str, spread: Spread) -> Self {
        self.figures.push(Figure { name: name.to_owned(), unit: unit.to_owned(), spread });
        self
    }

    /// The figure of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Figure> {
        self.figures.iter().find(|figure| figure.name == name)
    }
}

impl Record {
    /// Where the record of a benchmark is kept, given the folder of all.
    #[must_use]
    pub fn place(folder: &Path, bench: &str) -> PathBuf {
        folder.join(format!("{bench}.json"))
    }

    /// Reads the record of a benchmark.
    ///
    /// # Errors
    /// With the file's name, if it cannot be read or is none.
    pub fn read(folder: &Path, bench: &str) -> Result<Self> {
        let file = Self::place(folder, bench);
        let text = std::fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
        Ok(serde_json::from_str(&text).map_err(|error| format!("{}: {error}", file.display()))?)
    }

    /// Writes it, a line for each row: that is what changes from one run to the next.
    ///
    /// # Errors
    /// With the file's name, if it cannot be written.
    pub fn write(&self, folder: &Path) -> Result<PathBuf> {
        let file = Self::place(folder, &self.bench);
        let text = self.to_json()?;
        std::fs::write(&file, text).map_err(|error| format!("{}: {error}", file.display()))?;
        Ok(file)
    }

    fn to_json(&self) -> serde_json::Result<String> {
        let line = |name: &str, value: String| format!("  \"{name}\": {value}");
        let rows: Vec<String> = self.rows.iter().map(serde_json::to_string).collect::<serde_json::Result<_>>()?;
        let members = [
            line("bench", serde_json::to_string(&self.bench)?),
            line("date", serde_json::to_string(&self.date)?),
            line("command", serde_json::to_string(&self.command)?),
            line("machine", serde_json::to_string(&self.machine)?),
            line("rows", format!("[\n    {}\n  ]", rows.join(",\n    "))),
        ];
        Ok(format!("{{\n{}\n}}\n", members.join(",\n")))
    }

    /// The row of this name in this group.
    #[must_use]
    pub fn row(&self, group: &str, name: &str) -> Option<&Row> {
        self.rows.iter().find(|row| row.group == group && row.name == name)
    }
}

/// The rows as a table.
impl fmt::Display for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&table::of(&self.rows))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_read_as_it_was_written() {
        let rows = vec![Row::new("getLock", "unloc").with("CPU", "µs", Spread::of([3.0, 1.0, 2.0]))];
        let machine = Machine::this("1.88.0");
        let record = Record { bench: "x".into(), date: "2030-01-01".into(), command: "y".into(), machine, rows };
        let again: Record = serde_json::from_str(&record.to_json().unwrap()).unwrap();
        assert_eq!(again.to_string(), record.to_string());
        assert_eq!(again.to_json().unwrap(), record.to_json().unwrap());
    }
}
