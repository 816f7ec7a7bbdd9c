//! Rows of what was measured in turn.

use std::time::Duration;

use unloc_bench_record::{Row, Spread};

use crate::harness::{Round, Rung};

/// A row for each rung, with what [`interleave`](crate::interleave) gave for it, and its processor time as a ratio to the
/// rung of this name. Each round is compared within itself: what slows the machine down for a second slows both.
#[must_use]
pub fn compared(operation: &str, rungs: &[Rung<'_>], rounds: &[Vec<Round>], to: &str) -> Vec<Row> {
    let base = rungs.iter().position(|rung| rung.name() == to).and_then(|place| rounds.get(place));
    let base = base.map_or(&[][..], Vec::as_slice);
    let row = |(rung, rounds): (&Rung<'_>, &Vec<Round>)| {
        let each = |value: fn(&Round) -> f64| Spread::of(rounds.iter().map(value));
        Row::new(operation, rung.name())
            .with("CPU, µs", each(|round| micros(round.cpu)))
            .with(&format!("CPU to {to}"), ratio(base, rounds))
            .with("allocations", Spread::single(each(|round| round.allocations).median()))
    };
    rungs.iter().zip(rounds).map(row).collect()
}

fn ratio(base: &[Round], rounds: &[Round]) -> Spread {
    Spread::of(base.iter().zip(rounds).map(|(base, own)| micros(own.cpu) / micros(base.cpu)))
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rounds(cpu: &[u64]) -> Vec<Round> {
        let round = |micros: &u64| Round { cpu: Duration::from_micros(*micros), allocations: 0.0 };
        cpu.iter().map(round).collect()
    }

    #[test]
    fn a_round_is_compared_with_the_same_round_of_the_other_rung() {
        let ratio = ratio(&rounds(&[100, 500, 100]), &rounds(&[110, 600, 150]));
        assert_eq!(ratio, Spread::of([1.1, 1.2, 1.5]));
    }

    #[test]
    fn nothing_measured_is_no_number() {
        assert!(ratio(&[], &[]).median().is_nan());
    }
}
