//! Text from the YAML as documentation that rustdoc neither tests nor complains about.

use syn::{Attribute, Expr, ExprLit, Lit, LitStr, Meta};

/// Makes each doc attribute safe.
pub(super) fn sanitise(attrs: &mut [Attribute]) {
    each(attrs, |text| Some(safe(text)));
}

/// Puts other documentation in place of each, where there is other.
fn each(attrs: &mut [Attribute], other: impl Fn(&str) -> Option<String>) {
    for attr in attrs.iter_mut().filter(|attr| attr.path().is_ident("doc")) {
        if let Meta::NameValue(pair) = &mut attr.meta
            && let Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) = &mut pair.value
            && let Some(other) = other(&text.value())
        {
            *text = LitStr::new(&other, text.span());
        }
    }
}

/// What a fenced block can be written in; in all other languages, and without one, rustdoc could see a test.
const LANGUAGES: [&str; 6] = ["http", "json", "sh", "text", "xml", "yaml"];

/// Signs that a comment cannot have: rustc refuses a carriage return, and what changes the direction of text.
fn is_forbidden(letter: char) -> bool {
    matches!(letter, '\r' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Takes out of any documentation what no comment can have.
pub(super) fn printable(attrs: &mut [Attribute]) {
    each(attrs, |text| text.contains(is_forbidden).then(|| text.replace(is_forbidden, "")));
}

/// Fences get a language that is not Rust, indented text is no code, and what would read as HTML, as a link or as a
/// bare address is escaped.
pub(super) fn safe(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n").replace(is_forbidden, "");
    let mut open = None;
    let mut lines = Vec::new();
    for line in text.trim().lines() {
        let trimmed = line.trim_start();
        match (open, fence(trimmed)) {
            // A block ends at the sign that it began with, as often or more often.
            (Some((sign, length)), Some((other, times, ""))) if sign == other && times >= length => {
                lines.push(trimmed.to_owned());
                open = None;
            }
            (Some(_), _) => lines.push(line.to_owned()),
            (None, Some((sign, length, language))) => {
                let language = if LANGUAGES.contains(&language) { language } else { "text" };
                lines.push(format!("{}{language}", String::from(sign).repeat(length)));
                open = Some((sign, length));
            }
            (None, None) => {
                let indent = (line.len() - trimmed.len()).min(2);
                lines.push(format!("{}{}", &"  "[..indent], inline(&item(trimmed))));
            }
        }
    }
    if let Some((sign, length)) = open {
        lines.push(String::from(sign).repeat(length));
    }
    lines.join("\n")
}

/// The sign of a fence, how often it stands there, and the language behind it.
fn fence(line: &str) -> Option<(char, usize, &str)> {
    let sign = line.chars().next().filter(|sign| matches!(sign, '`' | '~'))?;
    let rest = line.trim_start_matches(sign);
    let (length, language) = (line.len() - rest.len(), rest.trim());
    (length >= 3 && !(sign == '`' && language.contains('`'))).then_some((sign, length, language))
}

/// A list's item without the blanks that would make its text code.
fn item(line: &str) -> String {
    let marker = line.trim_start_matches(|letter: char| letter.is_ascii_digit());
    let marker = if marker.len() < line.len() { &[".", ")"][..] } else { &["-", "*", "+"] }.iter().find_map(|sign| {
        let rest = marker.strip_prefix(sign)?;
        rest.starts_with([' ', '\t']).then_some(rest)
    });
    match marker {
        Some(rest) => format!("{} {}", &line[..line.len() - rest.len()], item(rest.trim_start())),
        None => line.to_owned(),
    }
}

fn inline(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut code = false;
    let mut rest = line;
    // A lone backtick opens nothing.
    let balanced = line.matches('`').count().is_multiple_of(2);
    while let Some(next) = rest.chars().next() {
        if !code && (rest.starts_with("https://") || rest.starts_with("http://")) {
            let end = rest.find(|c: char| c.is_whitespace() || "`<>()[]\"".contains(c)).unwrap_or(rest.len());
            let address = rest[..end].trim_end_matches(['.', ',', ';', ':']);
            out.push_str(&format!("<{address}>"));
            rest = &rest[address.len()..];
            continue;
        }
        match next {
            '`' if balanced => {
                code = !code;
                out.push(next);
            }
            // Three of the last begin a block, in a list's item as well.
            '<' | '>' | '[' | ']' | '`' | '~' if !code => {
                out.push('\\');
                out.push(next);
            }
            _ => out.push(next),
        }
        rest = &rest[next.len_utf8()..];
    }
    out
}

#[cfg(test)]
mod tests {
    use super::safe;

    #[test]
    fn nothing_in_a_description_becomes_a_doctest_a_link_or_html() {
        assert_eq!(safe("see [x] and <id>"), "see \\[x\\] and \\<id\\>");
        assert_eq!(safe("at https://example.com/a."), "at <https://example.com/a>.");
        assert_eq!(safe("keep `[x]` and `<id>`"), "keep `[x]` and `<id>`");
        assert_eq!(safe("a\n\n        let x = 1;"), "a\n\n  let x = 1;");
        assert_eq!(safe("```\nlet x\n```"), "```text\nlet x\n```");
        assert_eq!(safe("```\nnever closed"), "```text\nnever closed\n```");
        assert_eq!(safe("a lone ` and [x]"), "a lone \\` and \\[x\\]");
        assert_eq!(safe("~~~\nlet x\n~~~"), "~~~text\nlet x\n~~~");
        assert_eq!(safe("````\n```\nlet x\n````"), "````text\n```\nlet x\n````");
        assert_eq!(safe("```rust\nlet x\n```"), "```text\nlet x\n```");
        assert_eq!(safe("```json\n{}\n```"), "```json\n{}\n```");
        assert_eq!(safe("-     let x\n12.\t\tlet y"), "- let x\n12. let y");
        assert_eq!(safe("- ~~~\n  let x\n"), "- \\~\\~\\~\n  let x");
        assert_eq!(safe("a\rb\u{202e}c"), "a\nbc");
    }
}
