//! Builds rows from the rounds of several variants.

use std::time::Duration;

use unloc_bench_record::{Row, Spread};

use crate::harness::{Round, Variant};

/// Returns a row for each variant from the rounds of [`interleave`](crate::interleave), with the ratio of its processor
/// time to the variant `to`.
///
/// Ratios are computed within each round, because a slow period of the machine affects all variants of a round.
#[must_use]
pub fn compared(operation: &str, variants: &[Variant<'_>], rounds: &[Vec<Round>], to: &str) -> Vec<Row> {
    let base = variants.iter().position(|variant| variant.name() == to).and_then(|place| rounds.get(place));
    let base = base.map_or(&[][..], Vec::as_slice);
    let row = |(variant, rounds): (&Variant<'_>, &Vec<Round>)| {
        let each = |value: fn(&Round) -> f64| Spread::of(rounds.iter().map(value));
        Row::new(operation, variant.name())
            .with("CPU, µs", each(|round| micros(round.cpu)))
            .with(&format!("CPU to {to}"), ratio(base, rounds))
            .with("allocations", Spread::single(each(|round| round.allocations).median()))
    };
    variants.iter().zip(rounds).map(row).collect()
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
    fn ratios_are_computed_within_each_round() {
        let ratio = ratio(&rounds(&[100, 500, 100]), &rounds(&[110, 600, 150]));
        assert_eq!(ratio, Spread::of([1.1, 1.2, 1.5]));
    }

    #[test]
    fn the_ratio_of_no_rounds_is_nan() {
        assert!(ratio(&[], &[]).median().is_nan());
    }
}
