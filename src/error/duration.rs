//! Formats durations for messages.

use std::time::Duration;

/// Formats a duration for people, in seconds with at most three decimals.
pub(crate) fn seconds(time: Duration) -> String {
    // Rounded to milliseconds, this would read "0 s", as if no time had been allowed at all.
    if !time.is_zero() && time < Duration::from_millis(1) {
        return "less than 0.001 s".to_owned();
    }
    let text = format!("{:.3}", time.as_secs_f64());
    format!("{} s", text.trim_end_matches('0').trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_rounded_to_milliseconds() {
        for (nanos, wanted) in [
            (0, "0 s"),
            (999_999, "less than 0.001 s"),
            (250_000_000, "0.25 s"),
            (1_234_567_891, "1.235 s"),
            (9_999_999_876, "10 s"),
            (100_000_000_000, "100 s"),
        ] {
            assert_eq!(seconds(Duration::from_nanos(nanos)), wanted);
        }
    }
}
