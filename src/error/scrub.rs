//! Takes out of a text what must not be shown.

/// The text on one line, with phone numbers and tokens blotted out: the service's words quote what they were given.
///
/// A phone number is a plus with seven or more digits behind it, or a number of eight to fifteen digits that stands
/// alone (an id's groups of digits do not). A token is a run of three parts joined by dots, as a JWT is.
pub(crate) fn scrub(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '+' | '-' | '_' | '.' | '/' | '=' | '%');
    let mut rest = text.trim();
    while !rest.is_empty() {
        let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
        if end == 0 {
            let next = rest.chars().next().unwrap_or(' ');
            out.push(if next.is_whitespace() || next.is_control() { ' ' } else { next });
            rest = &rest[next.len_utf8()..];
            continue;
        }
        // A token can stand in a URL, behind a slash or a name.
        for part in rest[..end].split_inclusive(['/', '=']) {
            let core = part.trim_end_matches(['/', '.', '=']);
            if is_token(core) {
                out.push_str("[token]");
                out.push_str(&part[core.len()..]);
            } else {
                part.split_inclusive('.').for_each(|part| push(&mut out, part));
            }
        }
        rest = &rest[end..];
    }
    let cut = out.char_indices().nth(500);
    if let Some((index, _)) = cut {
        out.truncate(index);
        out.push('…');
    }
    out
}

fn push(out: &mut String, part: &str) {
    let core = part.trim_end_matches(['/', '.', '=']);
    let encoded = || core.find("%2B").or_else(|| core.find("%2b"));
    let plus = core.find('+').map(|at| at + 1).or_else(|| encoded().map(|at| at + 3));
    let digits = |text: &str| text.bytes().filter(u8::is_ascii_digit).count();
    let with_plus = plus.is_some_and(|at| digits(&core[at..]) >= 7);
    let alone = (8..=15).contains(&core.len()) && core.bytes().all(|byte| byte.is_ascii_digit());
    if with_plus || alone {
        out.push_str("[phone number]");
        out.push_str(&part[core.len()..]);
    } else {
        out.push_str(part);
    }
}

fn is_token(word: &str) -> bool {
    let parts: Vec<_> = word.split('.').collect();
    let encoded =
        |part: &&str| part.len() >= 10 && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
    parts.len() == 3 && (word.starts_with("eyJ") || parts.iter().all(encoded))
}

#[cfg(test)]
mod tests {
    use super::scrub;

    #[test]
    fn phone_numbers_and_tokens_are_blotted_out_and_ids_are_not() {
        assert_eq!(scrub("no user +12125550142 here"), "no user [phone number] here");
        assert_eq!(scrub("user 12125550142."), "user [phone number].");
        assert_eq!(scrub("/users/%2B12125550142/keys/"), "/users/[phone number]/keys/");
        assert_eq!(scrub("/users/%2b12125550142"), "/users/[phone number]");
        assert_eq!(scrub("cursor +12125550142.19398e97-cef8-4e3e"), "cursor [phone number].19398e97-cef8-4e3e");
        assert_eq!(scrub("lock 19398e97-cef8-4e3e-90a2-43162f319356"), "lock 19398e97-cef8-4e3e-90a2-43162f319356");
        assert_eq!(scrub("bad eyJhbGciOi.eyJzdWIiOi.c2lnbmF0"), "bad [token]");
        assert_eq!(scrub("?access_token=eyJhbGciOi.eyJzdWIiOi.c2lnbmF0&x=1."), "?access_token=[token]&x=1.");
        assert_eq!(scrub("limit 2500, at 2026-01-15T14:08:47Z"), "limit 2500, at 2026-01-15T14:08:47Z");
    }

    #[test]
    fn the_result_is_one_line_of_bounded_length() {
        assert_eq!(scrub("a\n b\r\tc\u{7}d\n"), "a  b  c d");
        assert!(scrub(&"x ".repeat(10_000)).chars().count() <= 501);
    }
}
