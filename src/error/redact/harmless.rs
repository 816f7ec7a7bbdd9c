//! What has digits and is no phone number: times, versions, addresses, ids.

/// Words before a number that say what it is.
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

/// Words behind a number that say what it is.
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

/// Limits of integers, which overflow errors name.
const LIMITS: [&str; 4] = ["2147483647", "2147483648", "4294967295", "4294967296"];

/// How many characters from here on are one thing that is no phone number; the character before is none of it.
pub(super) fn length(text: &[char]) -> Option<usize> {
    uuid(text).or_else(|| date_time(text)).or_else(|| time(text)).or_else(|| address(text)).or_else(|| hash(text))
}

/// The range of a part of a body (RFC 9110 14.4), without its unit.
pub(super) fn range(text: &[char], before: &[char]) -> Option<usize> {
    let length = text.iter().take_while(|c| c.is_ascii_digit() || matches!(c, '-' | '/')).count();
    (length > 0 && word_before(before) == "bytes").then_some(length)
}

/// The same for numbers joined by dots, which a phone number can be as well: versions and fractions.
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
        // Of a long whole part it is to be seen whether it is a number.
        2 => (first < 10 && !(text[mark] == '0' && first > 1)).then_some(at),
        _ => Some(at + suffix(&text[at..])),
    }
}

/// What follows a version (Semantic Versioning 2.0.0, 9 and 10); not if it holds as many digits as a phone number.
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

/// Whether a run of digits, alone between these texts, is no phone number, though it has as many digits.
pub(super) fn is_count(run: &[char], before: &[char], behind: &[char]) -> bool {
    let text: String = run.iter().collect();
    // Seconds and milliseconds since 1970, until 2033: no number has ten or thirteen digits behind the country code 1.
    let is_unix = matches!(run.len(), 10 | 13) && run[0] == '1';
    is_unix
        || is_stamp(run)
        || LIMITS.contains(&text.as_str())
        || UNITS.contains(&word_behind(behind).as_str())
        || COUNTED.contains(&word_before(before).as_str())
        || ends_uuid(before)
}

fn word_behind(text: &[char]) -> String {
    let rest = text.iter().skip_while(|c| **c == ' ');
    rest.take_while(|c| c.is_alphabetic()).flat_map(|c| c.to_lowercase()).collect()
}

fn word_before(text: &[char]) -> String {
    // From a range to its beginning, and from there to the word.
    let rest = text.iter().rev().skip_while(|c| c.is_ascii_digit() || matches!(c, '-' | '/'));
    let rest = rest.skip_while(|c| matches!(c, ' ' | '=' | ':' | '"'));
    let word: Vec<char> = rest.take_while(|c| c.is_alphabetic()).flat_map(|c| c.to_lowercase()).collect();
    word.into_iter().rev().collect()
}

/// The beginning of a UUID whose last part is all digits, also where the whole is glued to something else.
fn ends_uuid(before: &[char]) -> bool {
    let Some((rest, ['-', part @ .., '-'])) = before.split_at_checked(before.len().saturating_sub(6)) else {
        return false;
    };
    part.iter().all(char::is_ascii_hexdigit)
        && rest.iter().rev().take(4).all(char::is_ascii_hexdigit)
        && rest.len() >= 13
}

/// A date and a time without anything between: 12 or 14 digits.
fn is_stamp(run: &[char]) -> bool {
    let part = |from: usize, to: usize| number(&run[from..to]);
    matches!(run.len(), 12 | 14)
        && (1970..2100).contains(&part(0, 4))
        && (1..=12).contains(&part(4, 6))
        && (1..=31).contains(&part(6, 8))
        && part(8, 10) < 24
        && part(10, 12) < 60
}

fn number(run: &[char]) -> u32 {
    run.iter().fold(0, |value: u32, c| value.saturating_mul(10).saturating_add(c.to_digit(10).unwrap_or(0)))
}

fn digits(text: &[char]) -> usize {
    text.iter().take_while(|c| c.is_ascii_digit()).count()
}

fn ends(text: &[char], at: usize) -> bool {
    text.get(at).is_none_or(|c| !c.is_alphanumeric())
}

fn uuid(text: &[char]) -> Option<usize> {
    let is_there = |(index, c): (usize, &char)| match index {
        8 | 13 | 18 | 23 => *c == '-',
        _ => c.is_ascii_hexdigit(),
    };
    (text.len() >= 36 && text[..36].iter().enumerate().all(is_there) && ends(text, 36)).then_some(36)
}

/// A date (RFC 3339, or in the order of some country), with its time if there is one.
fn date_time(text: &[char]) -> Option<usize> {
    let date = date(text)?;
    let behind = text.get(date..).unwrap_or_default();
    let gap = behind.iter().take_while(|c| matches!(c, 'T' | 't' | ' ' | '_' | ',')).count();
    let time = if (1..=2).contains(&gap) { time(&behind[gap..]).map(|time| gap + time) } else { None };
    match time {
        Some(time) => Some(date + time),
        None => (!text.get(date).is_some_and(char::is_ascii_digit)).then_some(date),
    }
}

fn date(text: &[char]) -> Option<usize> {
    let (first, mark) = (digits(text), *text.get(digits(text))?);
    if !matches!(mark, '-' | '/' | '.') {
        return None;
    }
    let second = digits(&text[first + 1..]);
    let at = first + 1 + second;
    if text.get(at) != Some(&mark) {
        return None;
    }
    let third = digits(&text[at + 1..]);
    let parts = [number(&text[..first]), number(&text[first + 1..at]), number(&text[at + 1..at + 1 + third])];
    let is_year = |year: u32| (1900..2200).contains(&year);
    let are_days = |one: u32, other: u32| (1..=31).contains(&one) && (1..=31).contains(&other) && one.min(other) <= 12;
    let is_date = match [first, second, third] {
        [4, 1..=2, 1..=2] => is_year(parts[0]) && are_days(parts[1], parts[2]),
        [1..=2, 1..=2, 4] => is_year(parts[2]) && are_days(parts[0], parts[1]),
        _ => false,
    };
    is_date.then_some(at + 1 + third)
}

/// A time of day, with its fraction and its offset.
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

/// Where a time is in the world: `+01:00`, ` +0100`, with `UTC` before or not.
pub(super) fn offset(text: &[char]) -> usize {
    let blanks = text.iter().take_while(|c| **c == ' ').count().min(1);
    if !matches!(text.get(blanks), Some('+' | '-' | '\u{2212}')) {
        return 0;
    }
    let at = blanks + 1;
    let length = match (digits(&text[at..]), text.get(at + 2)) {
        (2, Some(':')) if digits(&text[at + 3..]) == 2 => 5,
        (4, _) => 4,
        (1 | 2, _) => digits(&text[at..]),
        _ => return 0,
    };
    if ends(text, at + length) { at + length } else { 0 }
}

/// An IPv4 address, with a port or a prefix length.
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
    if text.get(at) == Some(&'.') && text.get(at + 1).is_some_and(char::is_ascii_digit) {
        return None;
    }
    if matches!(text.get(at), Some(':' | '/')) && (1..=5).contains(&digits(&text[at + 1..])) {
        at += 1 + digits(&text[at + 1..]);
    }
    ends(text, at).then_some(at)
}

/// A value in hexadecimal: with its prefix, or so long that it is a hash.
fn hash(text: &[char]) -> Option<usize> {
    let prefix = if text.starts_with(&['0', 'x']) { 2 } else { 0 };
    let length = text[prefix..].iter().take_while(|c| c.is_ascii_hexdigit()).count();
    let has_letter = || text[..length].iter().any(char::is_ascii_alphabetic);
    let is_hash = if prefix > 0 { length > 0 } else { length >= 16 && has_letter() };
    (is_hash && ends(text, prefix + length)).then_some(prefix + length)
}

/// An amount in groups of three digits (ISO 80000-1 7.3.1), with hundredths or not.
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
    let goes_on = text.get(at).is_some_and(|c| super::numbers::is_separator(*c))
        && text.get(at + 1).is_some_and(char::is_ascii_digit);
    (!goes_on && ends(text, at)).then_some(at)
}
