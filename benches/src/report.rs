//! A table of what was measured.

use std::fmt;
use std::time::Duration;

use comfy_table::{CellAlignment, Table, presets};

use crate::harness::{Round, Rung};

const HEADER: [&str; 9] = [
    "operation",
    "client",
    "CPU min, µs",
    "CPU median, µs",
    "wall p50, µs",
    "wall p99, µs",
    "allocations",
    "bytes",
    "CPU ratio (min–max)",
];

/// A row for each rung of each operation; the ratio is to the operation's first rung.
#[derive(Debug)]
pub struct Report {
    table: Table,
}

impl Report {
    /// Adds what [`interleave`](crate::interleave) gave for these rungs.
    pub fn add(&mut self, operation: &str, rungs: &[Rung<'_>], rounds: &[Vec<Round>]) {
        let Some(first) = rounds.first() else { return };
        for (index, (rung, rounds)) in rungs.iter().zip(rounds).enumerate() {
            let each = |value: fn(&Round) -> f64| sorted(rounds.iter().map(value));
            let cpu = each(|round| micros(round.cpu));
            let wall = sorted(rounds.iter().flat_map(|round| &round.wall).copied().map(micros));
            let ratio = Ratio::of(first, rounds);
            self.table.add_row([
                if index == 0 { operation.to_owned() } else { String::new() },
                rung.name.to_owned(),
                format!("{:.1}", at(&cpu, 0.0)),
                format!("{:.1}", at(&cpu, 0.5)),
                format!("{:.1}", at(&wall, 0.5)),
                format!("{:.1}", at(&wall, 0.99)),
                format!("{:.1}", at(&each(|round| round.allocations), 0.5)),
                format!("{:.0}", at(&each(|round| round.bytes), 0.5)),
                if index == 0 { "1".to_owned() } else { ratio.to_string() },
            ]);
        }
    }
}

impl Default for Report {
    fn default() -> Self {
        let mut table = Table::new();
        table.load_preset(presets::ASCII_MARKDOWN).set_header(HEADER);
        table.column_iter_mut().skip(2).for_each(|column| column.set_cell_alignment(CellAlignment::Right));
        Self { table }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.table.fmt(f)
    }
}

/// How many times the processor time of another rung. Each round is compared within itself: what slows the machine down
/// for a second slows both.
struct Ratio {
    median: f64,
    least: f64,
    most: f64,
}

impl Ratio {
    fn of(first: &[Round], other: &[Round]) -> Self {
        let ratios = first.iter().zip(other).map(|(first, other)| micros(other.cpu) / micros(first.cpu));
        let ratios = sorted(ratios);
        Self { median: at(&ratios, 0.5), least: at(&ratios, 0.0), most: at(&ratios, 1.0) }
    }
}

impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.2} ({:.2}–{:.2})", self.median, self.least, self.most)
    }
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

fn sorted(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values
}

/// The value that this share of the others lies below.
fn at(sorted: &[f64], share: f64) -> f64 {
    let last = sorted.len().saturating_sub(1);
    sorted.get((last as f64 * share).round() as usize).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rounds(cpu: &[u64]) -> Vec<Round> {
        let round = |micros: &u64| Round {
            cpu: Duration::from_micros(*micros),
            wall: Vec::new(),
            allocations: 0.0,
            bytes: 0.0,
        };
        cpu.iter().map(round).collect()
    }

    #[test]
    fn a_round_is_compared_with_the_same_round_of_the_first_rung() {
        let ratio = Ratio::of(&rounds(&[100, 500, 100]), &rounds(&[110, 600, 150]));
        assert_eq!(ratio.to_string(), "1.20 (1.10–1.50)");
    }

    #[test]
    fn nothing_measured_is_no_number() {
        assert!(at(&[], 0.5).is_nan());
        assert_eq!(Ratio::of(&[], &[]).to_string(), "NaN (NaN–NaN)");
    }
}
