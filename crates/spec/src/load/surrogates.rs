//! Hides escaped surrogate pairs from the YAML reader.
//!
//! JSON escapes a character beyond U+FFFF as two surrogates, `"\ud83d\ude00"` (RFC 8259, section 7). YAML accepts all
//! JSON, so it has to read them, but the YAML reader refuses them (<https://github.com/saphyr-rs/saphyr/issues/113>). A
//! test fails as soon as the reader accepts them; then this file can be removed.
//!
//! Until then, the reader gets other characters instead of each pair, and as many of them, so that all positions stay
//! the same. A pair is one character in a double-quoted scalar and plain text elsewhere. Which of the two it is, is
//! only known once the reader has found the scalars.

use std::borrow::Cow;

/// Holds a text in which the pairs are hidden.
pub(super) struct Hidden<'t> {
    pub(super) text: Cow<'t, str>,
    /// Is added to the ASCII code of each hidden character. It is 0 if nothing is hidden.
    base: u32,
}

impl<'t> Hidden<'t> {
    /// Hides the pairs of a text.
    pub(super) fn new(text: &'t str) -> Self {
        let whole = Self { text: Cow::Borrowed(text), base: 0 };
        let mut places = text.match_indices("\\u").filter(|(at, _)| is_pair(text, *at)).map(|(at, _)| at).peekable();
        if places.peek().is_none() {
            return whole;
        }
        // A range of the private-use planes 15 and 16 of which the text contains no character.
        let mut bases = (0xF_0000..0x11_0000).step_by(0x100);
        let is_free = |base: &u32| !text.chars().any(|letter| (*base..base + 0x80).contains(&u32::from(letter)));
        let Some(base) = bases.find(is_free) else { return whole };
        let (mut hidden, mut done) = (String::with_capacity(text.len() * 2), 0);
        for at in places {
            let (before, pair) = (text.get(done..at).unwrap_or_default(), text.get(at..at + PAIR).unwrap_or_default());
            hidden.push_str(before);
            hidden.extend(pair.bytes().filter_map(|byte| char::from_u32(base + u32::from(byte))));
            done = at + PAIR;
        }
        hidden.push_str(text.get(done..).unwrap_or_default());
        Self { text: Cow::Owned(hidden), base }
    }

    /// Restores what is hidden in a scalar: as one character in double quotes, and as it was written elsewhere.
    pub(super) fn restore<'s>(&self, scalar: Cow<'s, str>, is_quoted: bool) -> Cow<'s, str> {
        let unhidden = |letter: char| {
            let code = u32::from(letter).checked_sub(self.base)?;
            u8::try_from(code).ok().filter(u8::is_ascii).map(char::from)
        };
        if self.base == 0 || !scalar.chars().any(|letter| unhidden(letter).is_some()) {
            return scalar;
        }
        let (mut restored, mut pair) = (String::with_capacity(scalar.len()), String::new());
        for letter in scalar.chars() {
            let Some(original) = unhidden(letter) else {
                restored.push(letter);
                continue;
            };
            if !is_quoted {
                restored.push(original);
                continue;
            }
            pair.push(original);
            if pair.len() == PAIR {
                restored.extend(character(&pair));
                pair.clear();
            }
        }
        Cow::Owned(restored)
    }
}

/// Is the number of characters in a pair: `\ud83d\ude00`.
const PAIR: usize = 12;

/// Returns whether a pair begins at this byte.
fn is_pair(text: &str, at: usize) -> bool {
    // After an odd number of backslashes, this one is escaped itself and begins no escape.
    let before = text.as_bytes().get(..at).unwrap_or_default();
    let escapes = before.iter().rev().take_while(|byte| **byte == b'\\').count();
    escapes % 2 == 0 && text.get(at..at + PAIR).is_some_and(|pair| character(pair).is_some())
}

/// Returns the character that a pair encodes.
fn character(pair: &str) -> Option<char> {
    let (high, low) = (code(pair.get(..6)?)?, code(pair.get(6..)?)?);
    char::decode_utf16([high, low]).next().and_then(Result::ok).filter(|letter| letter.len_utf16() == 2)
}

/// Returns the code unit of an escape with four digits.
fn code(escape: &str) -> Option<u16> {
    let digits = escape.strip_prefix("\\u").filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))?;
    u16::from_str_radix(digits, 16).ok()
}

/// Returns the byte, at or behind `from`, of the first surrogate that is not part of a pair.
pub(super) fn lone(text: &str, from: usize) -> Option<usize> {
    let rest = text.get(from..)?;
    let mut passed = 0;
    rest.match_indices("\\u").map(|(at, _)| from + at).find(|at| {
        let escapes = text.as_bytes().get(from..*at).unwrap_or_default().iter().rev();
        let is_escape = escapes.take_while(|byte| **byte == b'\\').count() % 2 == 0 && *at >= passed;
        let is_half = || text.get(*at..at + 6).and_then(code).is_some_and(|code| (0xD800..0xE000).contains(&code));
        if is_escape && is_pair(text, *at) {
            passed = at + PAIR;
        }
        is_escape && *at >= passed && is_half()
    })
}
