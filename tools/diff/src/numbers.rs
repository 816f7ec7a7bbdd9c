//! Compares numbers by value, as JSON does: 1, 1.0 and 10e-1 are equal (RFC 8259, section 6; JSON Schema 2020-12 Core,
//! 4.2.2). Decimal arithmetic makes 0.3 a multiple of 0.1, which it is not in binary floating point.

use std::cmp::Ordering;

use serde_json::Value;

/// Returns the value with each whole number written as an integer.
pub(crate) fn normal(value: &Value) -> Value {
    match value {
        Value::Number(number) if !number.is_i64() && !number.is_u64() => {
            // Beyond 2^53, f64 cannot represent every integer.
            let whole =
                number.as_f64().filter(|number| number.fract() == 0.0 && number.abs() < 9_007_199_254_740_992.0);
            #[expect(clippy::cast_possible_truncation, reason = "whole, and far from the limits of i64")]
            whole.map_or_else(|| value.clone(), |whole| Value::from(whole as i64))
        }
        Value::Array(list) => list.iter().map(normal).collect(),
        Value::Object(map) => map.iter().map(|(key, value)| (key.clone(), normal(value))).collect(),
        value => value.clone(),
    }
}

/// Represents a decimal number exactly: `digits` times ten to the power of minus `scale`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Decimal {
    digits: i128,
    scale: u32,
}

impl Decimal {
    pub(crate) const ONE: Self = Self { digits: 1, scale: 0 };

    pub(crate) fn whole(number: i64) -> Self {
        Self { digits: number.into(), scale: 0 }
    }

    /// Parses a JSON number as it is written; returns `None` for other values and for numbers too long to be exact.
    pub(crate) fn of(value: &Value) -> Option<Self> {
        let Value::Number(number) = value else { return None };
        let text = number.to_string().to_lowercase();
        let (text, power) = match text.split_once('e') {
            Some((text, power)) => (text.to_owned(), power.parse::<i32>().ok()?),
            None => (text, 0),
        };
        let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
        let digits: i128 = format!("{whole}{fraction}").parse().ok()?;
        let scale = i32::try_from(fraction.len()).ok()?.checked_sub(power)?;
        let number = match u32::try_from(scale) {
            Ok(scale) => Self { digits, scale },
            Err(_) => Self { digits: digits.checked_mul(power_of_ten(scale.unsigned_abs())?)?, scale: 0 },
        };
        // 10^38 is the largest power of ten that fits into an i128.
        (number.scale <= 38).then(|| number.normalized())
    }

    /// Removes trailing zeros, so that equal numbers have equal fields.
    fn normalized(mut self) -> Self {
        while self.scale > 0 && self.digits % 10 == 0 {
            (self.digits, self.scale) = (self.digits / 10, self.scale - 1);
        }
        self
    }

    /// Returns the digits of both numbers at the same scale.
    fn aligned(self, other: Self) -> Option<(i128, i128)> {
        let scale = self.scale.max(other.scale);
        let digits = |one: Self| one.digits.checked_mul(power_of_ten(scale - one.scale)?);
        Some((digits(self)?, digits(other)?))
    }

    pub(crate) fn compare(self, other: Self) -> Option<Ordering> {
        self.aligned(other).map(|(one, other)| one.cmp(&other))
    }

    pub(crate) fn is_multiple_of(self, other: Self) -> Option<bool> {
        let (one, other) = self.aligned(other)?;
        (other != 0).then(|| one % other == 0)
    }

    fn split(self) -> Option<(i128, i128)> {
        let unit = power_of_ten(self.scale)?;
        Some((self.digits.div_euclid(unit), self.digits.rem_euclid(unit)))
    }

    /// Returns the largest integer that is not greater than this number.
    pub(crate) fn floor(self) -> Option<Self> {
        Some(Self { digits: self.split()?.0, scale: 0 })
    }

    /// Returns the smallest integer that is not less than this number.
    pub(crate) fn ceil(self) -> Option<Self> {
        let (whole, rest) = self.split()?;
        Some(Self { digits: whole.checked_add(i128::from(rest > 0))?, scale: 0 })
    }

    /// Returns the integer at this distance from a whole number.
    pub(crate) fn next(self, step: i128) -> Option<Self> {
        Some(Self { digits: self.digits.checked_add(step)?, scale: 0 })
    }

    /// Returns the integer whose multiples are the integer multiples of this number: 1 for 0.5, 3 for 1.5.
    pub(crate) fn whole_multiple(self) -> Option<Self> {
        let unit = power_of_ten(self.scale)?;
        Some(Self { digits: self.digits / gcd(self.digits, unit).max(1), scale: 0 })
    }
}

fn power_of_ten(power: u32) -> Option<i128> {
    10_i128.checked_pow(power)
}

/// Returns the greatest common divisor.
fn gcd(one: i128, other: i128) -> i128 {
    let (mut one, mut other) = (one, other);
    while other != 0 {
        (one, other) = (other, one % other);
    }
    one.checked_abs().unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn decimal(value: Value) -> Decimal {
        Decimal::of(&value).unwrap()
    }

    #[test]
    fn equal_numbers_have_one_form() {
        for (one, other) in [(json!(1), json!(1.0)), (json!(-3), json!(-3.0)), (json!(1000), json!(1e3))] {
            assert_eq!(normal(&one), normal(&other));
            assert_eq!(decimal(one), decimal(other));
        }
        assert_eq!(normal(&json!([{ "a": 2.0 }, 1.5])), json!([{ "a": 2 }, 1.5]));
        assert_ne!(normal(&json!(1)), normal(&json!("1")));
        assert_ne!(normal(&json!(1)), normal(&json!(true)));
    }

    #[test]
    fn uses_decimal_arithmetic_for_multiples_and_bounds() {
        assert_eq!(decimal(json!(0.3)).is_multiple_of(decimal(json!(0.1))), Some(true));
        assert_eq!(decimal(json!(0.07)).is_multiple_of(decimal(json!(0.01))), Some(true));
        assert_eq!(decimal(json!(0.25)).is_multiple_of(decimal(json!(0.1))), Some(false));
        assert_eq!(decimal(json!(1)).is_multiple_of(decimal(json!(0))), None);
        assert_eq!(decimal(json!(0.5)).whole_multiple(), Some(Decimal::ONE));
        assert_eq!(decimal(json!(1.5)).whole_multiple(), Some(Decimal::whole(3)));
        assert_eq!(
            (decimal(json!(-2.5)).floor(), decimal(json!(-2.5)).ceil()),
            (Some(Decimal::whole(-3)), Some(Decimal::whole(-2)))
        );
        assert_eq!(decimal(json!(9.99)).compare(decimal(json!(10))), Some(Ordering::Less));
        // This number is too large to be held exactly.
        assert_eq!(Decimal::of(&json!(1e300)), None);
    }
}
