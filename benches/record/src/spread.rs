//! A number that was measured more than once.

use serde::{Deserialize, Serialize};

/// The least of what was measured, the quartiles, and the most.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Spread([Option<f64>; 5]);

impl Spread {
    /// Of these measurements; of none, nothing is known.
    #[must_use]
    pub fn of(values: impl IntoIterator<Item = f64>) -> Self {
        let mut values: Vec<f64> = values.into_iter().collect();
        values.sort_by(f64::total_cmp);
        Self([0.0, 0.25, 0.5, 0.75, 1.0].map(|share| at(&values, share).map(rounded)))
    }

    /// Of one measurement.
    #[must_use]
    pub fn single(value: f64) -> Self {
        Self::of([value])
    }

    /// Of the measurements, the one that this share of the others lies below.
    #[must_use]
    pub fn percentile(values: impl IntoIterator<Item = f64>, share: f64) -> Self {
        let mut values: Vec<f64> = values.into_iter().collect();
        values.sort_by(f64::total_cmp);
        Self::of(at(&values, share))
    }

    /// The least, the lower quartile, the median, the upper quartile, the most; not a number where nothing was measured.
    #[must_use]
    pub fn values(self) -> [f64; 5] {
        self.0.map(|value| value.unwrap_or(f64::NAN))
    }

    /// The least.
    #[must_use]
    pub fn least(self) -> f64 {
        self.values()[0]
    }

    /// The median.
    #[must_use]
    pub fn median(self) -> f64 {
        self.values()[2]
    }

    /// The quartiles beside the median, if there is anything between them.
    #[must_use]
    pub fn quartiles(self) -> Option<(f64, f64)> {
        let [_, lower, _, upper, _] = self.values();
        (lower < upper).then_some((lower, upper))
    }
}

fn at(sorted: &[f64], share: f64) -> Option<f64> {
    let last = sorted.len().saturating_sub(1);
    sorted.get((last as f64 * share).round() as usize).copied()
}

/// Five digits, which is more than any measurement here is worth; whole numbers keep all of theirs.
fn rounded(value: f64) -> f64 {
    if value == 0.0 || value.abs() >= 1e4 {
        return value.round();
    }
    let factor = 10f64.powi(4 - value.abs().log10().floor() as i32);
    (value * factor).round() / factor
}

/// A number as it is shown: three digits, or all before the point.
#[must_use]
pub fn short(value: f64) -> String {
    let digits = match value.abs() {
        _ if value.fract() == 0.0 => 0,
        size if size < 10.0 => 2,
        size if size < 100.0 => 1,
        _ => 0,
    };
    format!("{value:.digits$}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quartiles_stand_between_the_ends() {
        let spread = Spread::of([5.0, 1.0, 3.0, 2.0, 4.0]);
        assert_eq!(spread.values(), [1.0, 2.0, 3.0, 4.0, 5.0]);
        assert_eq!(spread.quartiles(), Some((2.0, 4.0)));
        assert_eq!(Spread::single(7.0).quartiles(), None);
        assert_eq!(Spread::percentile((1..=100).map(f64::from), 0.99).median(), 99.0);
    }

    #[test]
    fn nothing_measured_is_no_number() {
        assert!(Spread::of([]).median().is_nan());
        assert_eq!(serde_json::to_string(&Spread::of([])).unwrap(), "[null,null,null,null,null]");
    }

    #[test]
    fn numbers_are_shown_with_as_many_digits_as_they_are_worth() {
        assert_eq!([0.123, 1.085, 12.34, 123.4, 74.0, 123_456.0].map(short).join(" "), "0.12 1.08 12.3 123 74 123456");
        assert_eq!([1.234_567, 98.765_43, 1_234_567.8].map(rounded), [1.2346, 98.765, 1_234_568.0]);
    }
}
