//! Phone numbers, by their form: international ones, and national ones where they cannot be anything else.

use super::{Marks, PHONE, escapes, harmless};

/// Most digits of a number (ITU-T E.164 6.1).
const MOST: usize = 15;

/// So many characters stand between two groups of digits at most: `) - `.
const GAP: usize = 4;

pub(super) fn mark(marks: &mut Marks) {
    let units = escapes::decoded(&marks.rest());
    let chars: Vec<char> = units.iter().map(|unit| unit.c).collect();
    let mut at = 0;
    while at < chars.len() {
        let (before, text) = chars.split_at(at);
        let is_begin = before.last().is_none_or(|c| !c.is_alphanumeric());
        let harmless =
            || harmless::length(text).or_else(|| harmless::amount(text)).or_else(|| harmless::range(text, before));
        if let Some(length) = if is_begin { harmless() } else { None } {
            at += length;
        } else if let Some((from, to)) = find(&chars, at) {
            marks.mark(units[from].from, units[to - 1].to, PHONE);
            at = to;
        } else if let Some(length) = if is_begin { harmless::dotted(text) } else { None } {
            at += length;
        } else {
            at += text.iter().take_while(|c| c.is_ascii_digit()).count().max(1);
        }
    }
}

/// The value of a digit, also of one that is written fullwidth or in Arabic.
pub(super) fn digit(c: char) -> Option<u32> {
    let zero = match c {
        '0'..='9' => '0',
        '\u{660}'..='\u{669}' => '\u{660}',
        '\u{6F0}'..='\u{6F9}' => '\u{6F0}',
        '\u{FF10}'..='\u{FF19}' => '\u{FF10}',
        _ => return None,
    };
    Some(u32::from(c) - u32::from(zero))
}

pub(super) fn is_plus(c: char) -> bool {
    matches!(c, '+' | '\u{FF0B}')
}

/// What stands between the groups of a number.
pub(super) fn is_separator(c: char) -> bool {
    is_dash(c) || matches!(c, ' ' | '.' | '/' | '(' | ')' | '[' | ']' | '\u{B7}')
}

fn is_dash(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FE63}' | '\u{FF0D}')
}

/// A run of digits.
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

/// The groups from here on, as long as only separators stand between them and they are not too many digits.
fn groups(chars: &[char], from: usize) -> Vec<Group> {
    let (mut groups, mut total, mut at) = (Vec::new(), 0, from);
    loop {
        let length = chars[at..].iter().take_while(|c| digit(**c).is_some()).count();
        // One group more than a number has: what goes on is something else.
        if length == 0 || total > MOST + 2 {
            return groups;
        }
        total += length;
        groups.push(Group { from: at, to: at + length });
        at += length;
        let gap = chars[at..].iter().take_while(|c| is_separator(**c)).count();
        let next = chars.get(at + gap..).unwrap_or_default();
        let is_other = next.first().is_some_and(char::is_ascii_digit) && harmless::length(next).is_some();
        if gap == 0 || gap > GAP || is_other {
            return groups;
        }
        at += gap;
    }
}

/// The number that begins here: from where, and up to where.
fn find(chars: &[char], at: usize) -> Option<(usize, usize)> {
    if is_plus(chars[at]) {
        let to = behind_plus(chars, at)?;
        return Some((with_bracket(chars, at, to), to));
    }
    digit(chars[at])?;
    if at > 0 && digit(chars[at - 1]).is_some() {
        return None;
    }
    let groups = groups(chars, at);
    let first = *groups.first()?;
    if let Some(to) = behind_zeros(chars, &groups) {
        return Some((with_bracket(chars, at, to), to));
    }
    let to = parted(chars, &groups).or_else(|| is_bare(chars, first).then_some(first.to))?;
    Some((with_bracket(chars, at, to), to))
}

/// A bracket that closes inside of the number opens with it.
fn with_bracket(chars: &[char], from: usize, to: usize) -> usize {
    let opens = from > 0 && chars[from - 1] == '(' && chars[from..to].contains(&')');
    if opens { from - 1 } else { from }
}

/// With a plus: seven to fifteen digits, of which the first is no zero.
fn behind_plus(chars: &[char], plus: usize) -> Option<usize> {
    let before = &chars[..plus];
    let gap = chars[plus + 1..].iter().take_while(|c| is_separator(**c)).count();
    let from = plus + 1 + gap;
    let first = digit(*chars.get(from)?)?;
    // A sum, or a version: there, a number stands in one piece.
    let is_sum = match before {
        [.., c, ' '] => c.is_ascii_digit() && gap > 0,
        [.., c] => c.is_ascii_digit(),
        [] => false,
    };
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
    // Longer than any number, it is one with something glued to it: what does not belong to it nobody knows.
    greedy(chars, &groups, 0)
        .or_else(|| groups.first().filter(|first| gap == 0 && first.length() > MOST).map(|it| it.to))
}

/// With the zeros that stand for the plus, in one group with what follows or alone.
fn behind_zeros(chars: &[char], groups: &[Group]) -> Option<usize> {
    let first = groups.first()?;
    let zeros = chars[first.from..first.to].iter().take_while(|c| **c == '0').count();
    let before = first.from.checked_sub(1).map(|place| chars[place]);
    let is_part = before.is_some_and(|c| c.is_alphanumeric() || matches!(c, ':' | '.' | ',' | '#' | '-'));
    if zeros != 2 || (is_part && first.length() < 10) {
        return None;
    }
    let is_code = if first.length() > 2 { true } else { groups.get(1).is_some_and(|next| chars[next.from] != '0') };
    // Counters that are filled with zeros: 001-002-003.
    let is_counter = groups.len() > 1 && first.length() > 2 && groups[1..].iter().all(|group| chars[group.from] == '0');
    if !is_code || is_counter { None } else { greedy(chars, groups, 2) }
}

/// Takes groups until the number is whole: with seven digits and as many zeros before them.
fn greedy(chars: &[char], groups: &[Group], zeros: usize) -> Option<usize> {
    let (mut total, mut to) = (0, None);
    for group in groups {
        let gap = &chars[to.unwrap_or(group.from)..group.from];
        // What was written in one piece ends with it, and what is as long as most are, before a blank.
        let is_whole = groups[0].length() >= zeros + 10 && total > 0 || total >= zeros + 11 && gap.contains(&' ');
        let is_word = total >= zeros + 7 && chars.get(group.to).is_some_and(|c| c.is_alphabetic() && *c != 'x');
        if is_whole || is_word || total + group.length() > MOST + zeros {
            break;
        }
        total += group.length();
        to = Some(group.to);
    }
    to.filter(|_| total >= zeros + 7)
}

/// Without anything before it, in groups.
fn parted(chars: &[char], groups: &[Group]) -> Option<usize> {
    let first = groups.first()?;
    let before = first.from.checked_sub(1).map(|place| chars[place]);
    if groups.len() < 2 || before.is_some_and(|c| c.is_alphabetic() || matches!(c, '.' | ',' | ':' | '\'')) {
        return None;
    }
    let gaps: Vec<&[char]> = groups.windows(2).map(|pair| &chars[pair[0].to..pair[1].from]).collect();
    let lengths: Vec<usize> = groups.iter().map(|group| group.length()).collect();
    american(chars, groups, &gaps, &lengths)
        .or_else(|| trunk(chars, groups))
        .or_else(|| with_code(chars, groups, &gaps, &lengths))
        .or_else(|| eight(chars, groups, &gaps, &lengths))
}

/// North America: 3-3-4, of which the first two do not begin with 0 or 1, with a 1 before them or not.
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
    // A fourth part behind a dot is that of a version.
    let is_version = chars.get(last.to) == Some(&'.') && chars.get(last.to + 1).is_some_and(char::is_ascii_digit);
    (!is_version && !is_list(chars, &groups[one..])).then_some(last.to)
}

/// With the zero that is dialled within a country: nine to eleven digits.
fn trunk(chars: &[char], groups: &[Group]) -> Option<usize> {
    let first = groups.first()?;
    if chars[first.from] != '0' || chars.get(first.from + 1).and_then(|c| digit(*c)).is_none_or(|next| next == 0) {
        return None;
    }
    let (mut total, mut to) = (0, first.to);
    for group in groups {
        if total >= 9 && (total + group.length() > 11 || chars[to..group.from].len() > 1) {
            break;
        }
        (total, to) = (total + group.length(), group.to);
    }
    (9..=11).contains(&total).then_some(to)
}

/// With a country's code before two groups or more.
fn with_code(chars: &[char], groups: &[Group], gaps: &[&[char]], lengths: &[usize]) -> Option<usize> {
    if !is_country_code(&chars[groups[0].from..groups[0].to]) {
        return None;
    }
    let fits = |count: &usize| {
        let (rest, gaps) = (&lengths[1..*count], &gaps[..*count - 1]);
        let total = lengths[0] + rest.iter().sum::<usize>();
        // 12 345 678 901 is an amount.
        let is_amount = rest.iter().all(|length| *length == 3) && gaps.iter().all(|gap| **gap == [' ']);
        let is_even = gaps[1..].windows(2).all(|pair| pair[0] == pair[1]);
        let may_part = gaps.iter().all(|gap| !gap.contains(&'.'));
        let is_grouped = rest.iter().all(|length| (2..=6).contains(length)) && !is_list(chars, &groups[..*count]);
        (10..=13).contains(&total) && is_grouped && is_even && may_part && !is_amount
    };
    let count = (3..=groups.len()).rev().find(fits)?;
    Some(groups[count - 1].to)
}

/// Eight digits as in the north of Europe, 2-2-2-2 or 3-2-3, and more pairs.
fn eight(chars: &[char], groups: &[Group], gaps: &[&[char]], lengths: &[usize]) -> Option<usize> {
    let pairs = lengths.iter().take_while(|length| **length == 2).count();
    let count = match lengths {
        [3, 2, 3, ..] => 3,
        _ if pairs >= 4 => pairs.min(7),
        _ => return None,
    };
    let gap = *gaps.first()?;
    let is_even = gaps[..count - 1].iter().all(|other| *other == gap);
    let may_part = gap == [' '] || (gap.len() == 1 && is_dash(gap[0])) || (count >= 5 && gap.len() == 1);
    let is_mobile = matches!(chars[groups[0].from], '4' | '9') || count >= 5;
    (is_even && may_part && is_mobile && !is_list(chars, &groups[..count])).then(|| groups[count - 1].to)
}

/// 10 20 30 40, and 250 500 1000.
fn is_list(chars: &[char], groups: &[Group]) -> bool {
    groups.iter().all(|group| matches!(chars[group.to - 1], '0' | '5'))
}

/// In one piece: ten to fifteen digits.
fn is_bare(chars: &[char], run: Group) -> bool {
    let digits = &chars[run.from..run.to];
    let before = &chars[..run.from];
    let value = |place: usize| digits.get(place).and_then(|c| digit(*c)).unwrap_or(0);
    let is_possible = match (value(0), value(1)) {
        // Ten digits behind the 1, of which the first and the fourth are no 0 and no 1.
        (1, _) => digits.len() == 11 && value(1) >= 2 && value(4) >= 2,
        (0, 0) => false,
        (0, _) => digits.len() <= 11,
        _ => true,
    };
    // What stands behind a point is a fraction.
    let is_fraction = matches!(before, [.., c, '.' | ','] if c.is_ascii_digit());
    let behind = &chars[run.to..];
    is_possible && (10..=MOST).contains(&digits.len()) && !is_fraction && !harmless::is_count(digits, before, behind)
}

/// The codes that the ITU has given out, or keeps (E.164, annex).
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
