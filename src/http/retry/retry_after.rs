//! Parses the header `Retry-After`.

use std::time::{Duration, UNIX_EPOCH};

use ::http::header::{DATE, HeaderMap, RETRY_AFTER};
use chrono::DateTime;

/// Replaces a number of seconds that does not fit into 64 bits.
const LONGEST: Duration = Duration::MAX;

/// Returns how long a response asks to wait, in seconds or until a date (RFC 9110, section 10.2.3).
///
/// `wall` is the time by the caller's clock. A date is compared with the `Date` of the same response, if there is one
/// (section 6.6.1): both are of one clock, from which the caller's may differ by hours.
///
/// The field is defined as a single value of whole seconds. Services send fractions, and proxies join two fields into a
/// list (section 5.3). Of several readable values the longest counts, since the service turns away a caller who comes
/// earlier.
pub(crate) fn retry_after(headers: &HeaderMap, wall: Duration) -> Option<Duration> {
    let text = |name| headers.get_all(name).iter().filter_map(|value| value.to_str().ok()).map(str::trim);
    // A `Date` that cannot be read is ignored.
    let now = text(DATE).find_map(date).unwrap_or(wall);
    text(RETRY_AFTER).filter_map(|text| longest(text, now)).max()
}

/// Returns the longest wait in the value of one field.
fn longest(text: &str, now: Duration) -> Option<Duration> {
    // A date in the past is `Some(0)`: it is readable, and asks for no wait.
    let until = |text: &str| date(text).map(|date| date.saturating_sub(now));
    if let Some(asked) = seconds(text).or_else(|| until(text)) {
        return Some(asked);
    }
    // Not a single value, so perhaps a list such as `2, Tue, 14 Nov 2023 22:13:30 GMT`.
    let parts: Vec<_> = text.split(',').map(str::trim).collect();
    let mut longest = None;
    for (index, part) in parts.iter().enumerate() {
        // An HTTP date contains a comma itself, so that two neighbouring parts can be one date.
        let dated = || until(&format!("{part}, {}", parts.get(index + 1)?));
        longest = longest.max(seconds(part).or_else(|| until(part)).or_else(dated));
    }
    longest
}

/// Parses seconds, with or without a fraction. A number beyond 64 bits is a long wait and not an error.
fn seconds(text: &str) -> Option<Duration> {
    let number = text.strip_prefix('+').unwrap_or(text);
    // Rust's parser also accepts the words `inf` and `nan`, and signs.
    if !number.starts_with(|first: char| first.is_ascii_digit() || first == '.')
        || !number.bytes().all(|byte| byte.is_ascii_digit() || b".eE+-".contains(&byte))
    {
        return None;
    }
    // Whole numbers first: a float would lose digits beyond 2^53.
    if let Ok(whole) = number.parse() {
        return Some(Duration::from_secs(whole));
    }
    let seconds: f64 = number.parse().ok()?;
    Some(Duration::try_from_secs_f64(seconds).unwrap_or(LONGEST))
}

/// Parses a date into the time since 1970.
///
/// The accepted forms are the three of RFC 9110, section 5.6.7, the form of mail (RFC 5322), of which HTTP's is a part,
/// with any zone, and the form of RFC 3339.
fn date(text: &str) -> Option<Duration> {
    // Names and offsets that services write for GMT, which is all that RFC 9110 allows and `httpdate` reads.
    const GREENWICH: [&str; 7] = ["GMT", "UTC", "UT", "Z", "+0000", "-0000", "+00:00"];
    let zone = text.rsplit_once(' ').filter(|(_, zone)| GREENWICH.iter().any(|name| zone.eq_ignore_ascii_case(name)));
    let as_gmt = zone.map_or_else(|| text.to_owned(), |(rest, _)| format!("{rest} GMT"));
    if let Ok(date) = httpdate::parse_http_date(&as_gmt) {
        return Some(date.duration_since(UNIX_EPOCH).unwrap_or_default());
    }
    let date = DateTime::parse_from_rfc2822(&as_gmt).or_else(|_| DateTime::parse_from_rfc3339(text)).ok()?;
    Some(Duration::from_secs(u64::try_from(date.timestamp()).unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use ::http::header::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    /// Stands for 2023-11-14T22:13:20Z.
    const WALL: Duration = Duration::from_secs(1_700_000_000);

    fn with(headers: &[(&'static str, &str)]) -> Option<Duration> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, HeaderValue::try_from(*value).unwrap());
        }
        retry_after(&map, WALL)
    }

    fn asked(text: &str) -> Option<Duration> {
        with(&[("retry-after", text)])
    }

    fn milliseconds(milliseconds: u64) -> Option<Duration> {
        Some(Duration::from_millis(milliseconds))
    }

    #[test]
    fn reads_whole_and_fractional_seconds_and_takes_huge_numbers_for_a_long_wait() {
        for (text, wanted) in [
            ("7", 7000),
            (" 0 ", 0),
            ("0.5", 500),
            ("1.5", 1500),
            ("2.", 2000),
            (".25", 250),
            ("299.997", 299_997),
            ("1.5e1", 15_000),
        ] {
            assert_eq!(asked(text), milliseconds(wanted), "{text}");
        }
        for long in ["18446744073709551616", "99999999999999999999999", "18446744073709551616.5", "1e30", "1e999"] {
            assert_eq!(asked(long), Some(LONGEST), "{long}");
        }
        assert_eq!(asked("18446744073709551615"), Some(Duration::from_secs(u64::MAX)));
        assert!(with(&[]).is_none());
    }

    #[test]
    fn reads_dates_in_all_forms_and_with_all_names_of_the_zone() {
        for text in [
            "Tue, 14 Nov 2023 22:13:50 GMT",
            "Tuesday, 14-Nov-23 22:13:50 GMT",
            "Tue Nov 14 22:13:50 2023",
            "Tue, 14 Nov 2023 22:13:50 UTC",
            "Tue, 14 Nov 2023 22:13:50 gmt",
            "Tue, 14 Nov 2023 22:13:50 +0000",
            "Tue, 14 Nov 2023 22:13:50 -0000",
            "Tuesday, 14-Nov-23 22:13:50 UTC",
            "Wed, 15 Nov 2023 00:13:50 +0200",
            "14 Nov 2023 22:13:50 GMT",
            "2023-11-14T22:13:50Z",
            // A wrong name of the day is ignored; that of 2023-11-14 is Tuesday.
            "Mon, 14 Nov 2023 22:13:50 GMT",
            "2023-11-14T23:13:50.000+01:00",
        ] {
            assert_eq!(asked(text), milliseconds(30_000), "{text}");
        }
        assert_eq!(asked("Tue, 14 Nov 2023 22:13:10 GMT"), milliseconds(0), "a date in the past");
    }

    #[test]
    fn takes_the_longest_of_several_readable_values() {
        for (text, wanted) in [
            ("2, 3", 3000),
            ("3,2", 3000),
            ("2, soon", 2000),
            ("-1, 0.5", 500),
            ("Tue, 14 Nov 2023 22:13:50 GMT, Tue, 14 Nov 2023 22:13:30 GMT", 30_000),
            ("Tue, 14 Nov 2023 22:13:25 GMT, 7", 7000),
            ("7,Tuesday, 14-Nov-23 22:13:50 UTC", 30_000),
        ] {
            assert_eq!(asked(text), milliseconds(wanted), "{text}");
        }
        assert_eq!(with(&[("retry-after", "2"), ("retry-after", "soon"), ("retry-after", "3")]), milliseconds(3000));
    }

    #[test]
    fn ignores_unreadable_values() {
        for nonsense in [
            "soon",
            "-1",
            "-0.5",
            "",
            ".",
            "1.2.3",
            "1e",
            "0x10",
            "5 s",
            "inf",
            "NaN",
            "١",
            "2023-11-14",
            "soon, later",
            "Tue, 99 Nov 2023 22:13:50 GMT",
            "Tue, 14 Nov 2023 22:13:50 CEST",
        ] {
            assert_eq!(HeaderValue::from_str(nonsense).ok().and_then(|_| asked(nonsense)), None, "{nonsense}");
        }
    }

    #[test]
    fn compares_a_date_with_the_date_of_its_response() {
        let at = |date, asked| with(&[("date", date), ("retry-after", asked)]);
        for (date, until) in [
            ("Tue, 14 Nov 2023 23:13:20 GMT", "Tue, 14 Nov 2023 23:13:22 GMT"),
            ("Tue, 14 Nov 2023 21:13:20 GMT", "Tue, 14 Nov 2023 21:13:22 GMT"),
            ("Tuesday, 14-Nov-23 21:13:20 UTC", "Tue, 14 Nov 2023 21:13:22 +0000"),
        ] {
            assert_eq!(at(date, until), milliseconds(2000), "{date}");
            assert_eq!(at(date, "7"), milliseconds(7000), "{date}");
        }
        assert_eq!(at("Tue, 14 Nov 2023 22:13:20 GMT", "Tue, 14 Nov 2023 22:13:10 GMT"), milliseconds(0));
        assert_eq!(at("nonsense", "Tue, 14 Nov 2023 22:13:22 GMT"), milliseconds(2000), "by the caller's clock");
    }

    proptest! {
        #[test]
        fn never_waits_for_less_than_the_seconds_asked_for(
            whole in 0_u64..1_000_000_000, fraction in "[0-9]{0,6}", rest in r"(, ?[0-9]{1,3}){0,2}",
        ) {
            let fraction = if fraction.is_empty() { fraction } else { format!(".{fraction}") };
            let asked = asked(&format!("{whole}{fraction}{rest}")).unwrap();
            prop_assert!(asked >= Duration::from_secs(whole), "{asked:?}");
            prop_assert!(asked <= Duration::from_secs(whole.max(999) + 1), "{asked:?}");
        }

        #[test]
        fn the_difference_between_two_clocks_does_not_change_the_wait(
            drift in -100_000_i64..100_000, pause in 0_u64..100_000,
        ) {
            let server = WALL.as_secs().saturating_add_signed(drift);
            let date = |seconds| httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(seconds));
            let asked = with(&[("date", &date(server)), ("retry-after", &date(server + pause))]);
            prop_assert_eq!(asked, Some(Duration::from_secs(pause)));
        }

        #[test]
        fn no_header_value_causes_a_panic(text in r"[ -~]{0,60}", date in r"[ -~]{0,40}") {
            let _ = with(&[("retry-after", &text), ("date", &date)]);
        }
    }
}
