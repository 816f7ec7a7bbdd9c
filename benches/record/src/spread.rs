//! Summarizes repeated measurements of a number.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Holds the lower quartile, the median and the upper quartile of measurements.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Spread([f64; 3]);

impl Spread {
    /// Summarizes these measurements. The quartiles of no measurements are NaN.
    #[must_use]
    pub fn of(values: impl IntoIterator<Item = f64>) -> Self {
        let mut values: Vec<f64> = values.into_iter().collect();
        values.sort_by(f64::total_cmp);
        let last = values.len().saturating_sub(1) as f64;
        let at = |share: f64| values.get((last * share).round() as usize).copied().unwrap_or(f64::NAN);
        Self([0.25, 0.5, 0.75].map(|share| rounded(at(share))))
    }

    /// Summarizes a single measurement.
    #[must_use]
    pub fn single(value: f64) -> Self {
        Self::of([value])
    }

    /// Returns the median.
    #[must_use]
    pub fn median(self) -> f64 {
        self.0[1]
    }
}

/// Formats the median, with the quartiles in brackets if they differ in the shown digits.
impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [lower, median, upper] = self.0.map(short);
        f.write_str(&median)?;
        if lower == upper { Ok(()) } else { write!(f, " ({lower}–{upper})") }
    }
}

/// Rounds to five significant digits, more than any measurement here has. Digits before the decimal point are never
/// rounded.
fn rounded(value: f64) -> f64 {
    if value == 0.0 || value.abs() >= 1e4 {
        return value.round();
    }
    let factor = 10f64.powi(4 - value.abs().log10().floor() as i32);
    (value * factor).round() / factor
}

/// Formats a number with three significant digits, or with all digits before the decimal point.
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
    fn quartiles_are_shown_where_they_differ() {
        assert_eq!(Spread::of([5.0, 1.0, 3.0, 2.0, 4.0]).to_string(), "3 (2–4)");
        assert_eq!(Spread::single(7.0).to_string(), "7");
        assert_eq!(Spread::of([]).to_string(), "NaN");
    }

    #[test]
    fn numbers_are_shown_with_three_significant_digits() {
        assert_eq!([0.123, 1.085, 12.34, 123.4, 74.0, 123_456.0].map(short).join(" "), "0.12 1.08 12.3 123 74 123456");
        assert_eq!([1.234_567, 98.765_43, 1_234_567.8].map(rounded), [1.2346, 98.765, 1_234_568.0]);
    }
}
