//! Takes out of a text what must not be shown.

const PHONE: &str = "[phone number]";
const TOKEN: &str = "[token]";

/// The text on one line, with phone numbers and tokens blotted out: the service's words quote what they were given.
///
/// A phone number is a plus (or `%2B`) with seven or more digits behind it, blanks and dashes between or not, or ten to
/// fifteen digits together; shorter ones are organization ids and the like, and the parts of an id with dashes are none.
/// A token is three parts joined by dots, as a JWT is, or anything that begins like one, also behind a dot. The secrets of
/// the request itself are blotted out to the letter elsewhere; this is for all that nobody knows beforehand.
pub(crate) fn scrub(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.trim();
    while let Some(next) = rest.chars().next() {
        if let Some(length) = number_with_plus(rest) {
            out.push_str(PHONE);
            rest = &rest[length..];
        } else if is_word(next) {
            let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
            let (word, behind) = rest.split_at(end);
            let (plain, token) = word.split_at(token(word).unwrap_or(word.len()));
            push(&mut out, plain);
            if !token.is_empty() {
                out.push_str(TOKEN);
            }
            rest = behind;
        } else {
            out.push(if next.is_whitespace() || next.is_control() { ' ' } else { next });
            rest = &rest[next.len_utf8()..];
        }
    }
    if let Some((index, _)) = out.char_indices().nth(500) {
        out.truncate(index);
        out.push('…');
    }
    out
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '-' | '_' | '.')
}

/// How much of the text is a number that begins here with a plus.
fn number_with_plus(text: &str) -> Option<usize> {
    let plus = ["+", "%2B", "%2b"].into_iter().find(|plus| text.starts_with(plus))?;
    let (mut digits, mut end) = (0, 0);
    for (index, c) in text.char_indices().skip(plus.len()) {
        match c {
            '0'..='9' => (digits, end) = (digits + 1, index + 1),
            ' ' | '-' | '(' | ')' if digits > 0 => {}
            _ => break,
        }
    }
    (digits >= 7).then_some(end)
}

/// A word without its long runs of digits.
fn push(out: &mut String, mut word: &str) {
    while let Some(start) = word.find(|c: char| c.is_ascii_digit()) {
        let length = word[start..].find(|c: char| !c.is_ascii_digit()).unwrap_or(word.len() - start);
        let run = &word[start..start + length];
        // In an id like a UUID, digits are no number.
        let beside_dash = word[..start].ends_with('-') || word[start + length..].starts_with('-');
        out.push_str(&word[..start]);
        out.push_str(if (10..=15).contains(&length) && !beside_dash { PHONE } else { run });
        word = &word[start + length..];
    }
    out.push_str(word);
}

/// Where in a word a token begins: the steps of a path, of which one may be a token, are joined by dots as well.
fn token(word: &str) -> Option<usize> {
    let parts: Vec<_> = word.trim_end_matches('.').split('.').collect();
    let encoded =
        |part: &&str| part.len() >= 10 && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
    if parts.len() == 3 && parts.iter().all(encoded) {
        return Some(0);
    }
    let first = parts.split_last()?.1.iter().position(|part| part.starts_with("eyJ"))?;
    Some(parts[..first].iter().map(|part| part.len() + 1).sum())
}

#[cfg(test)]
mod tests {
    use super::scrub;

    #[test]
    fn phone_numbers_are_blotted_out_however_they_are_written() {
        assert_eq!(scrub("no user +12125550142 here"), "no user [phone number] here");
        assert_eq!(scrub("user 12125550142."), "user [phone number].");
        assert_eq!(scrub("user_12125550142"), "user_[phone number]");
        assert_eq!(scrub("userid12125550142, tel%3A12125550142"), "userid[phone number], tel%3A[phone number]");
        assert_eq!(scrub("call +1 (212) 555-0142, now"), "call [phone number], now");
        assert_eq!(scrub("/users/%2B12125550142/keys/"), "/users/[phone number]/keys/");
        assert_eq!(scrub("/users/%2b12125550142"), "/users/[phone number]");
        assert_eq!(scrub("cursor +12125550142.19398e97-cef8-4e3e"), "cursor [phone number].19398e97-cef8-4e3e");
    }

    #[test]
    fn tokens_are_blotted_out_also_inside_an_address() {
        assert_eq!(scrub("bad eyJhbGciOi.eyJzdWIiOi.c2lnbmF0"), "bad [token]");
        assert_eq!(scrub("eyJhbGciOi.a.b.c.d and eyJhbGciOi."), "[token] and eyJhbGciOi.");
        assert_eq!(scrub("at `key.eyJhbGciOi.eyJzdWIiOi.c2lnbmF0`: x"), "at `key.[token]`: x");
        assert_eq!(scrub(".eyJhbGciOi.eyJzdWIiOi."), ".[token]");
        assert_eq!(scrub("?access_token=eyJhbGciOi.eyJzdWIiOi.c2lnbmF0&x=1."), "?access_token=[token]&x=1.");
    }

    #[test]
    fn ids_dates_and_small_numbers_stay() {
        for text in [
            "lock 19398e97-cef8-4e3e-90a2-43162f319356",
            "lockHolder.identifier:NO.919424508. is unknown",
            "limit 2500, at 2026-01-15T14:08:47Z",
            "1+1 = 2 + 12",
        ] {
            assert_eq!(scrub(text), text);
        }
    }

    #[test]
    fn the_result_is_one_line_of_bounded_length() {
        assert_eq!(scrub("a\n b\r\tc\u{7}d\n"), "a  b  c d");
        assert!(scrub(&"x ".repeat(10_000)).chars().count() <= 501);
    }
}
