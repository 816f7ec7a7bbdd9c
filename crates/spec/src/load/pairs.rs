//! Characters beyond U+FFFF that are escaped as two surrogates, `"\ud83d\ude00"`, as JSON has to write them (RFC 8259,
//! section 7) and as YAML, which takes all JSON, has to read them.
//!
//! The YAML reader refuses them (<https://github.com/saphyr-rs/saphyr/issues/113>); a test says when it does so no longer,
//! and this file can go. Until then it is shown other signs in their place, as many as there were, so that every place
//! stays where it is. Whether they stand in a double-quoted text, where they are one character, or elsewhere, where they are
//! what they look like, is only known once it has read the file.

use std::borrow::Cow;

/// A text in which the pairs are hidden.
pub(super) struct Pairs<'t> {
    pub(super) text: Cow<'t, str>,
    /// A hidden sign is its ASCII code and this.
    base: u32,
}

impl<'t> Pairs<'t> {
    pub(super) fn hide(text: &'t str) -> Self {
        let whole = Self { text: Cow::Borrowed(text), base: 0 };
        let mut places = text.match_indices("\\u").filter(|(at, _)| is_pair(text, *at)).map(|(at, _)| at).peekable();
        if places.peek().is_none() {
            return whole;
        }
        // Private use, planes 15 and 16: a range of which the text has nothing.
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

    /// What was hidden in a scalar, as the character that it is in double quotes, or as it was written.
    pub(super) fn restore<'s>(&self, scalar: Cow<'s, str>, is_quoted: bool) -> Cow<'s, str> {
        let plain = |letter: char| {
            let code = u32::from(letter).checked_sub(self.base)?;
            u8::try_from(code).ok().filter(u8::is_ascii).map(char::from)
        };
        if self.base == 0 || !scalar.chars().any(|letter| plain(letter).is_some()) {
            return scalar;
        }
        let (mut restored, mut pair) = (String::with_capacity(scalar.len()), String::new());
        for letter in scalar.chars() {
            let Some(hidden) = plain(letter) else {
                restored.push(letter);
                continue;
            };
            if !is_quoted {
                restored.push(hidden);
                continue;
            }
            pair.push(hidden);
            if pair.len() == PAIR {
                restored.extend(character(&pair));
                pair.clear();
            }
        }
        Cow::Owned(restored)
    }
}

/// How many signs a pair has: `\ud83d\ude00`.
const PAIR: usize = 12;

fn is_pair(text: &str, at: usize) -> bool {
    // An escaped backslash escapes nothing.
    let before = text.as_bytes().get(..at).unwrap_or_default();
    let escapes = before.iter().rev().take_while(|byte| **byte == b'\\').count();
    escapes % 2 == 0 && text.get(at..at + PAIR).is_some_and(|pair| character(pair).is_some())
}

fn character(pair: &str) -> Option<char> {
    let (high, low) = (code(pair.get(..6)?)?, code(pair.get(6..)?)?);
    char::decode_utf16([high, low]).next().and_then(Result::ok).filter(|letter| letter.len_utf16() == 2)
}

/// The code of an escape of four digits.
fn code(escape: &str) -> Option<u16> {
    let digits = escape.strip_prefix("\\u").filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))?;
    u16::from_str_radix(digits, 16).ok()
}

/// Where, from a byte on, the first half of a pair stands that has no other half.
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
