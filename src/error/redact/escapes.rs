//! Decodes escapes, since services quote values percent-encoded, in HTML or in JSON.

/// Lists the characters that an escape begins with: percent-encoding, HTML, JSON.
pub(super) const BEGIN: [char; 3] = ['%', '&', '\\'];

/// Holds a decoded character, and the range of the text that it was written in.
#[derive(Clone, Copy, Debug)]
pub(super) struct Unit {
    pub(super) c: char,
    pub(super) from: usize,
    pub(super) to: usize,
}

/// Returns the text without decoding anything.
pub(super) fn raw(chars: &[char]) -> Vec<Unit> {
    chars.iter().enumerate().map(|(from, c)| Unit { c: *c, from, to: from + 1 }).collect()
}

/// Returns the text with its escapes decoded: percent-encoding (RFC 3986, section 2.1, also applied twice), HTML's
/// character references, and JSON's escapes.
pub(super) fn decoded(chars: &[char]) -> Vec<Unit> {
    let mut units = Vec::with_capacity(chars.len());
    let mut from = 0;
    while from < chars.len() {
        let escape = match chars[from] {
            '%' => percent(chars, from),
            '&' => reference(chars, from),
            '\\' => backslash(chars, from),
            _ => None,
        };
        let (c, to) = escape.unwrap_or((chars[from], from + 1));
        // An escaped no-break space or tab separates the groups of a number like any other.
        let c = if c.is_whitespace() { ' ' } else { c };
        units.push(Unit { c, from, to });
        from = to;
    }
    units
}

/// Decodes the percent-encoded character that begins at `from`, and returns it with its end.
fn percent(chars: &[char], from: usize) -> Option<(char, usize)> {
    let (first, mut to) = byte(chars, from)?;
    let length = match first {
        // Other control characters count as no escape: `%12` may as well be a percent sign before a number.
        b'\t' | b'\n' | b'\r' => return Some((' ', to)),
        b' '..=b'~' => return Some((char::from(first), to)),
        // The first byte of UTF-8 tells its length; C0, C1 and F5 to FF never occur (RFC 3629, section 4).
        0xC2..=0xDF => 2,
        0xE0..=0xEF => 3,
        0xF0..=0xF4 => 4,
        _ => return None,
    };
    let mut bytes = vec![first];
    while bytes.len() < length {
        let (next, end) = byte(chars, to)?;
        bytes.push(next);
        to = end;
    }
    let c = std::str::from_utf8(&bytes).ok()?.chars().next()?;
    Some((c, to))
}

/// Decodes one percent-encoded byte, and returns it with its end.
fn byte(chars: &[char], from: usize) -> Option<(u8, usize)> {
    if chars.get(from) != Some(&'%') {
        return None;
    }
    let mut at = from + 1;
    // Encoded twice, `+` is `%252B`: skip each `25` that stands for a percent sign.
    while chars.get(at..at + 4).is_some_and(|next| next.starts_with(&['2', '5']) && hex(&next[2..]).is_some()) {
        at += 2;
    }
    Some((u8::try_from(hex(chars.get(at..at + 2)?)?).ok()?, at + 2))
}

/// Decodes an HTML character reference, such as `&#43;` or `&nbsp;`, and returns it with its end.
fn reference(chars: &[char], from: usize) -> Option<(char, usize)> {
    // Without a bound, each `&` would scan the rest of the text; no name below is longer than 7 characters.
    let length = chars[from..].iter().take(12).position(|c| *c == ';')?;
    let name: String = chars[from + 1..from + length].iter().collect();
    // Of the 2231 names in HTML, those that can occur in a phone number or a token, or next to one.
    let c = match name.as_str() {
        "plus" => '+',
        "period" => '.',
        "sol" => '/',
        "lpar" => '(',
        "rpar" => ')',
        "hyphen" | "dash" | "ndash" | "mdash" => '-',
        "nbsp" | "ensp" | "emsp" | "thinsp" | "Tab" | "NewLine" | "zwj" | "zwnj" | "shy" => ' ',
        "amp" => '&',
        "quot" => '"',
        "apos" => '\'',
        "lt" => '<',
        "gt" => '>',
        _ => {
            let digits = name.strip_prefix('#')?;
            let code = match digits.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16).ok()?,
                None => digits.parse().ok()?,
            };
            char::from_u32(code)?
        }
    };
    Some((c, from + length + 1))
}

/// Decodes a JSON escape, such as `\u002b`, or JavaScript's `\x2b`, and returns it with its end.
fn backslash(chars: &[char], from: usize) -> Option<(char, usize)> {
    let digits = match chars.get(from + 1)? {
        c @ ('/' | '"' | '\\') => return Some((*c, from + 2)),
        'n' | 'r' | 't' => return Some((' ', from + 2)),
        'u' => 4,
        'x' => 2,
        _ => return None,
    };
    // Half of a surrogate pair is no `char` and stays as written: no digit or letter of a secret needs one.
    let end = from + 2 + digits;
    Some((char::from_u32(hex(chars.get(from + 2..end)?)?)?, end))
}

/// Returns the value of hexadecimal digits, if they are all such.
fn hex(digits: &[char]) -> Option<u32> {
    digits.iter().try_fold(0, |value, digit| Some(value * 16 + digit.to_digit(16)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        decoded(&text.chars().collect::<Vec<_>>()).into_iter().map(|unit| unit.c).collect()
    }

    #[test]
    fn decodes_percent_html_and_json_escapes() {
        assert_eq!(read("%2B1%20212%252E555"), "+1 212.555");
        assert_eq!(read("a%C2%A0b%E2%80%91c"), "a b\u{2011}c");
        assert_eq!(read("&#43;1&nbsp;2&#x2B;&amp;"), "+1 2+&");
        assert_eq!(read(r"\u002b1\u00a02\/"), "+1 2/");
    }

    #[test]
    fn leaves_texts_without_escapes_unchanged() {
        for text in ["100%", "%1", "%zz", "%12125", "%C2x", "%FF", "AT&T; R&D", "&#x110000;", r"\u12", r"c:\dir", "&;"]
        {
            assert_eq!(read(text), text);
        }
    }
}
