//! Recognizes digits that are not a phone number: times, versions, IP addresses, ids, counts.

/// Lists words before a number that say that it is a count or a time.
const COUNTED: [&str; 14] = [
    "bytes",
    "size",
    "length",
    "count",
    "total",
    "limit",
    "offset",
    "amount",
    "timestamp",
    "iat",
    "exp",
    "nbf",
    "epoch",
    "duration",
];

/// Lists words after a number that say that it is a quantity.
const UNITS: [&str; 18] = [
    "b",
    "byte",
    "bytes",
    "kb",
    "kib",
    "mb",
    "mib",
    "gb",
    "gib",
    "s",
    "sec",
    "seconds",
    "ms",
    "milliseconds",
    "us",
    "µs",
    "ns",
    "rows",
];

/// Lists the limits of 32-bit integers, which overflow errors name. They have ten digits, as phone numbers do.
const LIMITS: [&str; 4] = ["2147483647", "2147483648", "4294967295", "4294967296"];

/// Returns the length of a UUID, a time, an IP address or a hash at the start of the text, if there is one.
///
/// The caller has checked that the character before is not a part of it.
pub(super) fn length(text: &[char]) -> Option<usize> {
    uuid(text).or_else(|| date_time(text)).or_else(|| time(text)).or_else(|| address(text)).or_else(|| hash(text))
}

/// Returns the length of a byte range (RFC 9110, section 14.4) at the start of the text: `bytes 0-499/1234`, without
/// `bytes`.
pub(super) fn range(text: &[char], before: &[char]) -> Option<usize> {
    let length = text.iter().take_while(|c| c.is_ascii_digit() || matches!(c, '-' | '/')).count();
    (length > 0 && word_before(before) == "bytes").then_some(length)
}

/// Returns the length of a version or a fraction at the start of the text.
///
/// A phone number can be written with dots as well, so the caller looks for one first.
pub(super) fn dotted(text: &[char]) -> Option<usize> {
    let mark = usize::from(matches!(text.first(), Some('v' | 'V')));
    let first = digits(&text[mark..]);
    let (mut at, mut parts) = (mark + first, usize::from(first > 0));
    while parts > 0 && text.get(at) == Some(&'.') && digits(&text[at + 1..]) > 0 {
        at += 1 + digits(&text[at + 1..]);
        parts += 1;
    }
    match parts {
        0 | 1 => None,
        // A whole part of ten digits may be a phone number, and so may one with a leading zero.
        2 => (first < 10 && !(text[mark] == '0' && first > 1)).then_some(at),
        _ => Some(at + suffix(&text[at..])),
    }
}

/// Returns the length of a version's pre-release and build metadata (Semantic Versioning 2.0.0, items 9 and 10), or 0 if
/// a run of its digits is as long as a phone number and no time stamp.
fn suffix(text: &[char]) -> usize {
    if !matches!(text.first(), Some('-' | '+')) {
        return 0;
    }
    let is_part = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '-' | '+' | '.');
    let length = text.iter().take_while(|c| is_part(c)).count();
    let is_long = |run: &[char]| run.len() >= 10 && !is_stamp(run);
    let long = text[..length].split(|c| !c.is_ascii_digit()).any(is_long);
    if long { 0 } else { length }
}

/// Returns whether a run of digits between these texts is not a phone number, although it has as many digits.
pub(super) fn is_count(run: &[char], before: &[char], after: &[char]) -> bool {
    let text: String = run.iter().collect();
    // Unix times in seconds and milliseconds until 2033 begin with 1. A number with the country code 1 has 11 digits.
    let is_unix = matches!(run.len(), 10 | 13) && run[0] == '1';
    is_unix
        || is_stamp(run)
        || LIMITS.contains(&text.as_str())
        || UNITS.contains(&word_after(after).as_str())
        || COUNTED.contains(&word_before(before).as_str())
        || ends_uuid(before)
}

/// Returns the word after a number, in lower case.
fn word_after(text: &[char]) -> String {
    let rest = text.iter().skip_while(|c| **c == ' ');
    rest.take_while(|c| c.is_alphabetic()).flat_map(|c| c.to_lowercase()).collect()
}

/// Returns the word before a number, in lower case.
fn word_before(text: &[char]) -> String {
    // `bytes 0-499/1234`: skip the numbers of a range, then what separates them from the word.
    let rest = text.iter().rev().skip_while(|c| c.is_ascii_digit() || matches!(c, '-' | '/'));
    let rest = rest.skip_while(|c| matches!(c, ' ' | '=' | ':' | '"'));
    let word: Vec<char> = rest.take_while(|c| c.is_alphabetic()).flat_map(|c| c.to_lowercase()).collect();
    word.into_iter().rev().collect()
}

/// Returns whether the text ends in all but the last part of a UUID, whose twelve digits could be a phone number.
///
/// Unlike [`uuid`], it recognizes one that directly follows a word: `key19398e97-cef8-4e3e-90a2-431623193561`.
fn ends_uuid(before: &[char]) -> bool {
    let Some((rest, ['-', part @ .., '-'])) = before.split_at_checked(before.len().saturating_sub(6)) else {
        return false;
    };
    part.iter().all(char::is_ascii_hexdigit)
        && rest.iter().rev().take(4).all(char::is_ascii_hexdigit)
        && rest.len() >= 13
}

/// Returns whether a run of 12 or 14 digits is a date and a time: `202601151408` or `20260115140847`.
fn is_stamp(run: &[char]) -> bool {
    let part = |from: usize, to: usize| number(&run[from..to]);
    matches!(run.len(), 12 | 14)
        && (1970..2100).contains(&part(0, 4))
        && (1..=12).contains(&part(4, 6))
        && (1..=31).contains(&part(6, 8))
        && part(8, 10) < 24
        && part(10, 12) < 60
}

/// Returns the value of a run of digits.
fn number(run: &[char]) -> u32 {
    // Saturating: a run may be of any length, and is compared with small bounds only.
    run.iter().fold(0, |value: u32, c| value.saturating_mul(10).saturating_add(c.to_digit(10).unwrap_or(0)))
}

/// Returns the number of digits at the start of the text.
fn digits(text: &[char]) -> usize {
    text.iter().take_while(|c| c.is_ascii_digit()).count()
}

/// Returns whether a word ends at this place.
fn ends(text: &[char], at: usize) -> bool {
    text.get(at).is_none_or(|c| !c.is_alphanumeric())
}

/// Returns the length of a UUID at the start of the text.
fn uuid(text: &[char]) -> Option<usize> {
    let is_there = |(index, c): (usize, &char)| match index {
        8 | 13 | 18 | 23 => *c == '-',
        _ => c.is_ascii_hexdigit(),
    };
    (text.len() >= 36 && text[..36].iter().enumerate().all(is_there) && ends(text, 36)).then_some(36)
}

/// Returns the length of a date (RFC 3339, or in the order of some country), with its time if there is one.
fn date_time(text: &[char]) -> Option<usize> {
    let date = date(text)?;
    let after = text.get(date..).unwrap_or_default();
    // `2026-01-15T14:08` or `15.01.2026, 14:08`.
    let gap = after.iter().take_while(|c| matches!(c, 'T' | 't' | ' ' | '_' | ',')).count();
    let time = if (1..=2).contains(&gap) { time(&after[gap..]).map(|time| gap + time) } else { None };
    match time {
        Some(time) => Some(date + time),
        // A digit right after it: something longer that only begins like a date.
        None => (!text.get(date).is_some_and(char::is_ascii_digit)).then_some(date),
    }
}

/// Returns the length of a date at the start of the text.
fn date(text: &[char]) -> Option<usize> {
    let (first, mark) = (digits(text), *text.get(digits(text))?);
    if !matches!(mark, '-' | '/' | '.') {
        return None;
    }
    let second = digits(&text[first + 1..]);
    let at = first + 1 + second;
    // A date has the same separator twice.
    if text.get(at) != Some(&mark) {
        return None;
    }
    let third = digits(&text[at + 1..]);
    let parts = [number(&text[..first]), number(&text[first + 1..at]), number(&text[at + 1..at + 1 + third])];
    let is_year = |year: u32| (1900..2200).contains(&year);
    // Day and month in either order: one of them is at most 12.
    let are_days = |one: u32, other: u32| (1..=31).contains(&one) && (1..=31).contains(&other) && one.min(other) <= 12;
    let is_date = match [first, second, third] {
        [4, 1..=2, 1..=2] => is_year(parts[0]) && are_days(parts[1], parts[2]),
        [1..=2, 1..=2, 4] => is_year(parts[2]) && are_days(parts[0], parts[1]),
        _ => false,
    };
    is_date.then_some(at + 1 + third)
}

/// Returns the length of a time of day, with its fraction and its offset.
fn time(text: &[char]) -> Option<usize> {
    let pair = |at: usize, most: u32| {
        let found = text.get(at..at + 2)?;
        (digits(found) == 2 && number(found) <= most).then_some(at + 2)
    };
    let colon = |at: usize| (text.get(at) == Some(&':')).then_some(at + 1);
    let hour = digits(text);
    if !(1..=2).contains(&hour) || number(&text[..hour]) > 24 {
        return None;
    }
    let mut at = pair(colon(hour)?, 59)?;
    if let Some(second) = colon(at).and_then(|at| pair(at, 60)) {
        at = second;
        // ISO 8601 allows a comma as well.
        if matches!(text.get(at), Some('.' | ',')) {
            let fraction = digits(&text[at + 1..]);
            at += if fraction > 0 { 1 + fraction } else { 0 };
        }
    }
    if text.get(at).is_some_and(char::is_ascii_digit) {
        return None;
    }
    Some(at + offset(&text[at..]))
}

/// Returns the length of a UTC offset: `+01:00`, ` +0100`, `+1`.
pub(super) fn offset(text: &[char]) -> usize {
    let spaces = text.iter().take_while(|c| **c == ' ').count().min(1);
    // U+2212 is the minus sign, which ISO 8601 prefers to the hyphen.
    if !matches!(text.get(spaces), Some('+' | '-' | '\u{2212}')) {
        return 0;
    }
    let at = spaces + 1;
    let length = match (digits(&text[at..]), text.get(at + 2)) {
        (2, Some(':')) if digits(&text[at + 3..]) == 2 => 5,
        (4, _) => 4,
        (1 | 2, _) => digits(&text[at..]),
        _ => return 0,
    };
    if ends(text, at + length) { at + length } else { 0 }
}

/// Returns the length of an IPv4 address, with its port or prefix length if there is one.
fn address(text: &[char]) -> Option<usize> {
    let mut at = 0;
    for part in 0..4 {
        if part > 0 {
            at = (text.get(at) == Some(&'.')).then_some(at + 1)?;
        }
        let length = digits(&text[at..]);
        if !(1..=3).contains(&length) || number(&text[at..at + length]) > 255 || (length > 1 && text[at] == '0') {
            return None;
        }
        at += length;
    }
    // A fifth part: this is no address, but may be a version.
    if text.get(at) == Some(&'.') && text.get(at + 1).is_some_and(char::is_ascii_digit) {
        return None;
    }
    if matches!(text.get(at), Some(':' | '/')) && (1..=5).contains(&digits(&text[at + 1..])) {
        at += 1 + digits(&text[at + 1..]);
    }
    ends(text, at).then_some(at)
}

/// Returns the length of a hexadecimal value: after `0x`, or so long that it is a hash.
fn hash(text: &[char]) -> Option<usize> {
    let prefix = if text.starts_with(&['0', 'x']) { 2 } else { 0 };
    let length = text[prefix..].iter().take_while(|c| c.is_ascii_hexdigit()).count();
    let has_letter = || text[..length].iter().any(char::is_ascii_alphabetic);
    // Without `0x`, a letter is required: digits alone may be a phone number with something glued to it.
    let is_hash = if prefix > 0 { length > 0 } else { length >= 16 && has_letter() };
    (is_hash && ends(text, prefix + length)).then_some(prefix + length)
}

/// Returns the length of an amount in groups of three digits (ISO 80000-1, 7.3.1), with or without hundredths.
pub(super) fn amount(text: &[char]) -> Option<usize> {
    let first = digits(text);
    let mut at = first;
    while text.get(at) == Some(&' ') && digits(&text[at + 1..]) == 3 {
        at += 4;
    }
    if !(1..=3).contains(&first) || at == first || text[0] == '0' {
        return None;
    }
    if matches!(text.get(at), Some('.' | ',')) && matches!(digits(&text[at + 1..]), 1 | 2) {
        at += 1 + digits(&text[at + 1..]);
    }
    // `12 345 678-90` goes on after the last group of three, so it may be a phone number.
    let goes_on = text.get(at).is_some_and(|c| super::digits::is_separator(*c))
        && text.get(at + 1).is_some_and(char::is_ascii_digit);
    (!goes_on && ends(text, at)).then_some(at)
}
