//! What a response asks for in `Retry-After`.

use std::time::{Duration, UNIX_EPOCH};

use chrono::DateTime;
use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};

/// What a number beyond 64 bits is taken for.
const LONGEST: Duration = Duration::MAX;

/// How long a response asks to wait: seconds, or a date (RFC 9110, section 10.2.3). `wall` is the time by the caller's
/// clock.
///
/// A date is held against the `Date` of the same response where there is one (section 6.6.1): the two come from one clock,
/// and the caller's may be another's by hours.
///
/// The field is defined as one value of whole seconds. Services send fractions, and proxies join two fields into a list
/// (section 5.3): of several that can be read, the longest counts, since whoever comes earlier is sent away again.
pub(crate) fn retry_after(headers: &HeaderMap, wall: Duration) -> Option<Duration> {
    let text = |name| headers.get_all(name).iter().filter_map(|value| value.to_str().ok()).map(str::trim);
    let now = text(DATE).find_map(date).unwrap_or(wall);
    text(RETRY_AFTER).filter_map(|text| longest(text, now)).max()
}

/// The longest of what a field's value asks for.
fn longest(text: &str, now: Duration) -> Option<Duration> {
    let until = |text: &str| date(text).map(|date| date.saturating_sub(now));
    if let Some(asked) = seconds(text).or_else(|| until(text)) {
        return Some(asked);
    }
    let parts: Vec<_> = text.split(',').map(str::trim).collect();
    let mut longest = None;
    for (index, part) in parts.iter().enumerate() {
        // Most dates have a comma themselves.
        let dated = || until(&format!("{part}, {}", parts.get(index + 1)?));
        longest = longest.max(seconds(part).or_else(|| until(part)).or_else(dated));
    }
    longest
}

/// Seconds, with or without a fraction. What is beyond 64 bits is long, and not nothing.
fn seconds(text: &str) -> Option<Duration> {
    let number = text.strip_prefix('+').unwrap_or(text);
    // Rust reads words (`inf`, `nan`) and signs as well.
    if !number.starts_with(|first: char| first.is_ascii_digit() || first == '.')
        || !number.bytes().all(|byte| byte.is_ascii_digit() || b".eE+-".contains(&byte))
    {
        return None;
    }
    if let Ok(whole) = number.parse() {
        return Some(Duration::from_secs(whole));
    }
    let seconds: f64 = number.parse().ok()?;
    Some(Duration::try_from_secs_f64(seconds).unwrap_or(LONGEST))
}

/// A date as time since 1970: in the three forms of RFC 9110, section 5.6.7, in the form of mail (RFC 5322), of which HTTP's
/// is a part, with any zone, and in that of RFC 3339.
fn date(text: &str) -> Option<Duration> {
    const GREENWICH: [&str; 7] = ["GMT", "UTC", "UT", "Z", "+0000", "-0000", "+00:00"];
    let zone = text.rsplit_once(' ').filter(|(_, zone)| GREENWICH.iter().any(|name| zone.eq_ignore_ascii_case(name)));
    let usual = zone.map_or_else(|| text.to_owned(), |(rest, _)| format!("{rest} GMT"));
    if let Ok(date) = httpdate::parse_http_date(&usual) {
        return Some(date.duration_since(UNIX_EPOCH).unwrap_or_default());
    }
    let date = DateTime::parse_from_rfc2822(&usual).or_else(|_| DateTime::parse_from_rfc3339(text)).ok()?;
    Some(Duration::from_secs(u64::try_from(date.timestamp()).unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use reqwest::header::HeaderValue;

    use super::*;

    /// 2023-11-14T22:13:20Z.
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
    fn seconds_are_whole_or_not_and_a_number_that_is_too_great_is_a_long_time() {
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
    fn dates_are_read_in_all_their_forms_and_with_all_names_of_their_zone() {
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
            // The name of the day says nothing that the date does not.
            "Mon, 14 Nov 2023 22:13:50 GMT",
            "2023-11-14T23:13:50.000+01:00",
        ] {
            assert_eq!(asked(text), milliseconds(30_000), "{text}");
        }
        assert_eq!(asked("Tue, 14 Nov 2023 22:13:10 GMT"), milliseconds(0), "in the past");
    }

    #[test]
    fn of_several_the_longest_that_can_be_read_counts() {
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
    fn nonsense_asks_for_nothing() {
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
    fn a_date_is_held_against_the_date_of_its_response_and_seconds_are_not() {
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
        fn what_is_asked_for_in_seconds_is_waited_for_at_least(
            whole in 0_u64..1_000_000_000, fraction in "[0-9]{0,6}", rest in r"(, ?[0-9]{1,3}){0,2}",
        ) {
            let fraction = if fraction.is_empty() { fraction } else { format!(".{fraction}") };
            let asked = asked(&format!("{whole}{fraction}{rest}")).unwrap();
            prop_assert!(asked >= Duration::from_secs(whole), "{asked:?}");
            prop_assert!(asked <= Duration::from_secs(whole.max(999) + 1), "{asked:?}");
        }

        #[test]
        fn the_difference_of_two_clocks_is_in_no_pause(
            drift in -100_000_i64..100_000, pause in 0_u64..100_000,
        ) {
            let server = WALL.as_secs().saturating_add_signed(drift);
            let date = |seconds| httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(seconds));
            let asked = with(&[("date", &date(server)), ("retry-after", &date(server + pause))]);
            prop_assert_eq!(asked, Some(Duration::from_secs(pause)));
        }

        #[test]
        fn no_text_makes_a_panic(text in r"[ -~]{0,60}", date in r"[ -~]{0,40}") {
            let _ = with(&[("retry-after", &text), ("date", &date)]);
        }
    }
}
