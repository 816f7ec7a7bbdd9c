//! Redacts tokens by pattern: JWTs, and what follows `Bearer`.

use super::{Marks, TOKEN, escapes};

/// Marks three parts joined by dots, as a JWT has them, anything that begins like a JWT, and what follows `Bearer`.
pub(super) fn mark(marks: &mut Marks) {
    // What is marked already is NUL here, which ends a word.
    let units = escapes::decoded(&marks.rest());
    let mut at = 0;
    while at < units.len() {
        let length = units[at..].iter().take_while(|unit| is_word(unit.c)).count();
        let word: Vec<char> = units[at..at + length].iter().map(|unit| unit.c).collect();
        if let Some(start) = if follows_bearer(&units[..at]) { bearer(&word) } else { None }.or_else(|| token(&word)) {
            marks.mark(units[at + start].from, units[at + length - 1].to, TOKEN);
        }
        at += length.max(1);
    }
}

/// Returns whether a character can occur in a token.
///
/// RFC 6750 also allows `+`, `/` and `=`, which end a word here: in a URL they separate the token from its
/// surroundings.
fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '~')
}

/// Returns where in a word a token begins.
///
/// The steps of a JSON path are joined by dots as well (`key.eyJ…`), and one of them may be a token.
fn token(word: &[char]) -> Option<usize> {
    // A full stop at the end of a sentence is no part of the token.
    let end = word.iter().rposition(|c| *c != '.')? + 1;
    let mut parts: Vec<(usize, &[char])> = Vec::new();
    let mut start = 0;
    for part in word[..end].split(|c| *c == '.') {
        parts.push((start, part));
        start += part.len() + 1;
    }
    // Ten characters: parts of versions and of most host names are shorter, those of a JWT never.
    let encoded =
        |part: &[char]| part.len() >= 10 && part.iter().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
    if parts.len() == 3 && parts.iter().all(|(_, part)| encoded(part)) {
        return Some(0);
    }
    let last = parts.len() - 1;
    // `eyJ` is `{"` in base64, with which a JWT's header begins. Another part must follow, or the part must be so long
    // that it is a truncated JWT.
    let begins = |(index, (start, part)): (usize, &(usize, &[char]))| {
        let at = part.windows(3).enumerate().position(|(at, three)| {
            let is_first = at == 0 || matches!(part[at - 1], '-' | '_');
            three == ['e', 'y', 'J'] && is_first
        })?;
        (index < last || part.len() - at >= 16).then_some(start + at)
    };
    parts.iter().enumerate().find_map(begins)
}

/// Returns the start of the token after `Bearer` (RFC 6750, section 2.1), unless it is an ordinary word.
fn bearer(word: &[char]) -> Option<usize> {
    // "Bearer authentication" and "Bearer realm" are prose.
    let has_digit = word.iter().any(char::is_ascii_digit);
    (word.len() >= 20 || (word.len() >= 8 && has_digit)).then_some(0)
}

/// Returns whether a text ends in `Bearer` and spaces, in any case.
fn follows_bearer(before: &[escapes::Unit]) -> bool {
    let mut before = before.iter().rev().map(|unit| unit.c.to_ascii_lowercase());
    let mut next = before.by_ref().skip_while(|c| *c == ' ');
    // `bearer` backwards.
    "reraeb".chars().all(|c| next.next() == Some(c))
}
