//! Tokens, by their form.

use super::{Marks, TOKEN, escapes};

/// Redacts three parts joined by dots, as a JWT has them, anything that begins like a JWT, and what follows `Bearer`.
pub(super) fn mark(marks: &mut Marks) {
    let units = escapes::decoded(&marks.rest());
    let mut at = 0;
    while at < units.len() {
        let length = units[at..].iter().take_while(|unit| is_word(unit.c)).count();
        let word: Vec<char> = units[at..at + length].iter().map(|unit| unit.c).collect();
        if let Some(start) = if is_behind_bearer(&units[..at]) { bearer(&word) } else { None }.or_else(|| token(&word))
        {
            marks.mark(units[at + start].from, units[at + length - 1].to, TOKEN);
        }
        at += length.max(1);
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '~')
}

/// Where in a word a token begins: the steps of a path, of which one may be a token, are joined by dots as well.
fn token(word: &[char]) -> Option<usize> {
    let end = word.iter().rposition(|c| *c != '.')? + 1;
    let mut parts: Vec<(usize, &[char])> = Vec::new();
    let mut start = 0;
    for part in word[..end].split(|c| *c == '.') {
        parts.push((start, part));
        start += part.len() + 1;
    }
    let encoded =
        |part: &[char]| part.len() >= 10 && part.iter().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
    if parts.len() == 3 && parts.iter().all(|(_, part)| encoded(part)) {
        return Some(0);
    }
    let last = parts.len() - 1;
    // `{"` in base64: with a part behind it, or so long that it can be nothing else, cut off as it may be.
    let begins = |(index, (start, part)): (usize, &(usize, &[char]))| {
        let at = part.windows(3).enumerate().position(|(at, three)| {
            let is_first = at == 0 || matches!(part[at - 1], '-' | '_');
            three == ['e', 'y', 'J'] && is_first
        })?;
        (index < last || part.len() - at >= 16).then_some(start + at)
    };
    parts.iter().enumerate().find_map(begins)
}

/// What stands behind the name of the scheme (RFC 6750 2.1), unless it is a word.
fn bearer(word: &[char]) -> Option<usize> {
    let has_digit = word.iter().any(char::is_ascii_digit);
    (word.len() >= 20 || (word.len() >= 8 && has_digit)).then_some(0)
}

fn is_behind_bearer(before: &[escapes::Unit]) -> bool {
    let mut before = before.iter().rev().map(|unit| unit.c.to_ascii_lowercase());
    let mut next = before.by_ref().skip_while(|c| *c == ' ');
    "reraeb".chars().all(|c| next.next() == Some(c))
}
