//! Redacts phone numbers by pattern: international ones, and national ones where they can hardly be anything else.
//!
//! At each place, formats that are not phone numbers are tried as well ([`numeric_formats`]). `tests.rs` has texts that
//! must be redacted, and texts that must stay.

use super::digits::{digit, is_dash, is_plus, is_separator};
use super::{Marks, PHONE, escapes, numeric_formats};

/// Is the greatest number of digits of a phone number (ITU-T E.164, 6.1).
const MOST: usize = 15;

/// Limits the separators between two groups of digits, as in `) - `.
const GAP: usize = 4;

/// Marks the phone numbers in what is not marked yet.
pub(super) fn mark(marks: &mut Marks) {
    let units = escapes::decoded(&marks.rest());
    let chars: Vec<char> = units.iter().map(|unit| unit.c).collect();
    let mut at = 0;
    while at < chars.len() {
        let (before, text) = chars.split_at(at);
        let is_begin = before.last().is_none_or(|c| !c.is_alphanumeric());
        // A date, an IP address or an amount is taken as such. A version looks like a number with dots, so it is tried
        // only after the search for a number.
        let other_format = || {
            numeric_formats::length(text)
                .or_else(|| numeric_formats::amount(text))
                .or_else(|| numeric_formats::range(text, before))
        };
        if let Some(length) = if is_begin { other_format() } else { None } {
            at += length;
        } else if let Some((from, to)) = find(&chars, at) {
            marks.mark(units[from].from, units[to - 1].to, PHONE);
            at = to;
        } else if let Some(length) = if is_begin { numeric_formats::dotted(text) } else { None } {
            at += length;
        } else {
            // All digits of the run at once: the tail of a long number is not a number of its own.
            at += text.iter().take_while(|c| c.is_ascii_digit()).count().max(1);
        }
    }
}

/// Holds the range of a run of digits.
#[derive(Clone, Copy)]
struct Group {
    from: usize,
    to: usize,
}

impl Group {
    fn length(self) -> usize {
        self.to - self.from
    }
}

/// Returns the groups of digits from here on that only separators part, up to slightly more digits than a number has.
fn groups(chars: &[char], from: usize) -> Vec<Group> {
    let (mut groups, mut total, mut at) = (Vec::new(), 0, from);
    loop {
        let length = chars[at..].iter().take_while(|c| digit(**c).is_some()).count();
        // Slightly more than fit, so that the callers see that something goes on.
        if length == 0 || total > MOST + 2 {
            return groups;
        }
        total += length;
        groups.push(Group { from: at, to: at + length });
        at += length;
        let gap = chars[at..].iter().take_while(|c| is_separator(**c)).count();
        let next = chars.get(at + gap..).unwrap_or_default();
        // `+12125550142 2026-01-15`: the date is no further group.
        let is_other = next.first().is_some_and(char::is_ascii_digit) && numeric_formats::length(next).is_some();
        if gap == 0 || gap > GAP || is_other {
            return groups;
        }
        at += gap;
    }
}

/// Returns the range of the phone number that begins at `at`, if there is one.
fn find(chars: &[char], at: usize) -> Option<(usize, usize)> {
    if is_plus(chars[at]) {
        let to = after_plus(chars, at)?;
        return Some((with_bracket(chars, at, to), to));
    }
    digit(chars[at])?;
    // Only from the first digit of a run.
    if at > 0 && digit(chars[at - 1]).is_some() {
        return None;
    }
    let groups = groups(chars, at);
    let first = *groups.first()?;
    if let Some(to) = after_zeros(chars, &groups) {
        return Some((with_bracket(chars, at, to), to));
    }
    let to = grouped(chars, &groups).or_else(|| is_bare(chars, first).then_some(first.to))?;
    Some((with_bracket(chars, at, to), to))
}

/// Returns the start of the number, including a bracket before it that closes inside it: `(212) 555-0142`.
fn with_bracket(chars: &[char], from: usize, to: usize) -> usize {
    let opens = from > 0 && chars[from - 1] == '(' && chars[from..to].contains(&')');
    if opens { from - 1 } else { from }
}

/// Returns the end of a number after a plus: seven to fifteen digits, of which the first is not zero.
fn after_plus(chars: &[char], plus: usize) -> Option<usize> {
    let before = &chars[..plus];
    let gap = chars[plus + 1..].iter().take_while(|c| is_separator(**c)).count();
    let from = plus + 1 + gap;
    let first = digit(*chars.get(from)?)?;
    // A sum (`2 + 1000000`) or the build metadata of a version (`1.2.3+20130313144700`): after these, digits are a
    // phone number only in one piece.
    let is_sum = match before {
        [.., c, ' '] => c.is_ascii_digit() && gap > 0,
        [.., c] => c.is_ascii_digit(),
        [] => false,
    };
    // `UTC+10 2026`, `GMT +1 2026`: an offset before a year. The letters are read backwards.
    let zone: String = before.iter().rev().filter(|c| **c != ' ').take(3).flat_map(|c| c.to_lowercase()).collect();
    if gap > 3 || (first == 0 && !chars[plus + 1..from].contains(&'(')) {
        return None;
    }
    let groups = groups(chars, from);
    if matches!(zone.as_str(), "ctu" | "tmg") && groups[0].length() <= 4 {
        return None;
    }
    if is_sum {
        return (gap == 0 && groups[0].length() >= 10).then_some(groups[0].to);
    }
    // Longer than any number: something is glued to it, and nobody can tell where it begins, so all of it is redacted.
    greedy(chars, &groups, 0)
        .or_else(|| groups.first().filter(|first| gap == 0 && first.length() > MOST).map(|it| it.to))
}

/// Returns the end of a number after `00`, the usual prefix for calls abroad, which may be a group of its own.
fn after_zeros(chars: &[char], groups: &[Group]) -> Option<usize> {
    let first = groups.first()?;
    let zeros = chars[first.from..first.to].iter().take_while(|c| **c == '0').count();
    let before = first.from.checked_sub(1).map(|place| chars[place]);
    let is_part = before.is_some_and(|c| c.is_alphanumeric() || matches!(c, ':' | '.' | ',' | '#' | '-'));
    if zeros != 2 || (is_part && first.length() < 10) {
        return None;
    }
    let is_code = if first.length() > 2 { true } else { groups.get(1).is_some_and(|next| chars[next.from] != '0') };
    // Counters with leading zeros: 001-002-003.
    let is_counter = groups.len() > 1 && first.length() > 2 && groups[1..].iter().all(|group| chars[group.from] == '0');
    if !is_code || is_counter { None } else { greedy(chars, groups, 2) }
}

/// Returns the end of a number of at least seven digits after `zeros` zeros, taking groups until it is complete.
fn greedy(chars: &[char], groups: &[Group], zeros: usize) -> Option<usize> {
    let (mut total, mut to) = (0, None);
    for group in groups {
        let gap = &chars[to.unwrap_or(group.from)..group.from];
        // A number whose first group has ten digits has no second one, and one of eleven digits ends before a space.
        let is_whole = groups[0].length() >= zeros + 10 && total > 0 || total >= zeros + 11 && gap.contains(&' ');
        // A group that runs into a word belongs to that word, unless the word is an `x`, as before an extension.
        let is_word = total >= zeros + 7 && chars.get(group.to).is_some_and(|c| c.is_alphabetic() && *c != 'x');
        if is_whole || is_word || total + group.length() > MOST + zeros {
            break;
        }
        total += group.length();
        to = Some(group.to);
    }
    to.filter(|_| total >= zeros + 7)
}

/// Returns the end of a number in groups without `+` or `00`.
fn grouped(chars: &[char], groups: &[Group]) -> Option<usize> {
    let first = groups.first()?;
    let before = first.from.checked_sub(1).map(|place| chars[place]);
    // After a letter it is an id, and after a point or a colon the rest of a version, an amount or a time.
    if groups.len() < 2 || before.is_some_and(|c| c.is_alphabetic() || matches!(c, '.' | ',' | ':' | '\'')) {
        return None;
    }
    let gaps: Vec<&[char]> = groups.windows(2).map(|pair| &chars[pair[0].to..pair[1].from]).collect();
    let lengths: Vec<usize> = groups.iter().map(|group| group.length()).collect();
    american(chars, groups, &gaps, &lengths)
        .or_else(|| trunk(chars, groups))
        .or_else(|| with_code(chars, groups, &gaps, &lengths))
        .or_else(|| eight_digits(chars, groups, &gaps, &lengths))
}

/// Returns the end of a North American number: 3-3-4 digits, with or without a 1 before them.
///
/// Area code and exchange never begin with 0 or 1 (North American Numbering Plan).
fn american(chars: &[char], groups: &[Group], gaps: &[&[char]], lengths: &[usize]) -> Option<usize> {
    let one = usize::from(lengths[0] == 1 && chars[groups[0].from] == '1');
    let (rest, gaps) = (groups.get(one..)?, gaps.get(one..)?);
    let opens = |group: Option<&Group>| group.is_some_and(|group| matches!(chars[group.from], '2'..='9'));
    let in_brackets = gaps.first().is_some_and(|gap| gap.contains(&')'));
    let last = match lengths.get(one..)? {
        [3, 3, 4, ..] if opens(rest.first()) && opens(rest.get(1)) => rest[2],
        [3, 7, ..] if in_brackets && opens(rest.first()) && opens(rest.get(1)) => rest[1],
        _ => return None,
    };
    // `212.555.0142.3` is a version.
    let is_version = chars.get(last.to) == Some(&'.') && chars.get(last.to + 1).is_some_and(char::is_ascii_digit);
    (!is_version && !is_list(chars, &groups[one..])).then_some(last.to)
}

/// Returns the end of a number with the trunk prefix 0, which is dialled within a country: nine to eleven digits.
fn trunk(chars: &[char], groups: &[Group]) -> Option<usize> {
    let first = groups.first()?;
    if chars[first.from] != '0' || chars.get(first.from + 1).and_then(|c| digit(*c)).is_none_or(|next| next == 0) {
        return None;
    }
    let (mut total, mut to) = (0, first.to);
    for group in groups {
        // Long enough: a further group counts only if it fits and follows after one separator.
        if total >= 9 && (total + group.length() > 11 || chars[to..group.from].len() > 1) {
            break;
        }
        (total, to) = (total + group.length(), group.to);
    }
    (9..=11).contains(&total).then_some(to)
}

/// Returns the end of a number that begins with a country code and has two or more further groups.
fn with_code(chars: &[char], groups: &[Group], gaps: &[&[char]], lengths: &[usize]) -> Option<usize> {
    if !is_country_code(&chars[groups[0].from..groups[0].to]) {
        return None;
    }
    let fits = |count: &usize| {
        let (rest, gaps) = (&lengths[1..*count], &gaps[..*count - 1]);
        let total = lengths[0] + rest.iter().sum::<usize>();
        // Groups of three parted by spaces are an amount: 12 345 678 901.
        let is_amount = rest.iter().all(|length| *length == 3) && gaps.iter().all(|gap| **gap == [' ']);
        // After the country code, people use one separator throughout.
        let is_even = gaps[1..].windows(2).all(|pair| pair[0] == pair[1]);
        // Dots would make it an amount or a version.
        let may_part = gaps.iter().all(|gap| !gap.contains(&'.'));
        let is_grouped = rest.iter().all(|length| (2..=6).contains(length)) && !is_list(chars, &groups[..*count]);
        (10..=13).contains(&total) && is_grouped && is_even && may_part && !is_amount
    };
    // The longest that fits.
    let count = (3..=groups.len()).rev().find(fits)?;
    Some(groups[count - 1].to)
}

/// Returns the end of a number as in Northern Europe: eight digits as 2-2-2-2 or 3-2-3, or five to seven pairs.
fn eight_digits(chars: &[char], groups: &[Group], gaps: &[&[char]], lengths: &[usize]) -> Option<usize> {
    let pairs = lengths.iter().take_while(|length| **length == 2).count();
    let count = match lengths {
        [3, 2, 3, ..] => 3,
        _ if pairs >= 4 => pairs.min(7),
        _ => return None,
    };
    let gap = *gaps.first()?;
    let is_even = gaps[..count - 1].iter().all(|other| *other == gap);
    let may_part = gap == [' '] || (gap.len() == 1 && is_dash(gap[0])) || (count >= 5 && gap.len() == 1);
    // Norwegian mobile numbers begin with 4 or 9; without this, every list of two-digit numbers would match.
    let is_mobile = matches!(chars[groups[0].from], '4' | '9') || count >= 5;
    (is_even && may_part && is_mobile && !is_list(chars, &groups[..count])).then(|| groups[count - 1].to)
}

/// Returns whether all groups end in 0 or 5, as in lists of round numbers: `10 20 30 40`, `250 500 1000`.
fn is_list(chars: &[char], groups: &[Group]) -> bool {
    groups.iter().all(|group| matches!(chars[group.to - 1], '0' | '5'))
}

/// Returns whether a run of digits is a phone number without separators: ten to fifteen digits.
fn is_bare(chars: &[char], run: Group) -> bool {
    let digits = &chars[run.from..run.to];
    let before = &chars[..run.from];
    let value = |place: usize| digits.get(place).and_then(|c| digit(*c)).unwrap_or(0);
    let is_possible = match (value(0), value(1)) {
        // North America: ten digits after the 1, of which the first and the fourth are not 0 or 1.
        (1, _) => digits.len() == 11 && value(1) >= 2 && value(4) >= 2,
        // A counter with leading zeros; numbers after `00` were found before.
        (0, 0) => false,
        // With the trunk prefix.
        (0, _) => digits.len() <= 11,
        _ => true,
    };
    // After a decimal point it is a fraction.
    let is_fraction = matches!(before, [.., c, '.' | ','] if c.is_ascii_digit());
    let after = &chars[run.to..];
    is_possible
        && (10..=MOST).contains(&digits.len())
        && !is_fraction
        && !numeric_formats::is_count(digits, before, after)
}

/// Returns whether the digits are a country code that the ITU has assigned or reserved (E.164, annex).
fn is_country_code(code: &[char]) -> bool {
    let value = code.iter().take(3).fold(0, |value, c| value * 10 + digit(*c).unwrap_or(0));
    match code.len() {
        1 => matches!(value, 1 | 7),
        2 => {
            matches!(value, 20 | 27 | 30..=34 | 36 | 39..=41 | 43..=49 | 51..=58 | 60..=66 | 81 | 82 | 84 | 86 | 90..=95 | 98)
        }
        3 => {
            matches!(value, 210..=269 | 290..=299 | 350..=359 | 370..=389 | 420..=429 | 500..=509 | 590..=599 | 670..=699
            | 800..=809 | 850..=859 | 870..=889 | 960..=979 | 990..=999)
        }
        _ => false,
    }
}
