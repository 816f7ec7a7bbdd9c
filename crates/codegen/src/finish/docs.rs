//! Turns text from the YAML into documentation that rustdoc neither tests nor warns about.
//!
//! progenitor and typify paste descriptions into `#[doc = "…"]` unchanged. A fenced or indented code block then becomes
//! a doctest of every user, and bare URLs, `[x]` and `<id>` give rustdoc warnings.

use syn::{Attribute, Expr, ExprLit, Lit, LitStr, Meta};

/// Rewrites each doc attribute with [`safe`].
pub(super) fn sanitize(attrs: &mut [Attribute]) {
    replace_docs(attrs, |text| Some(safe(text)));
}

/// Replaces the text of each doc attribute for which `replacement` returns one.
fn replace_docs(attrs: &mut [Attribute], replacement: impl Fn(&str) -> Option<String>) {
    for attr in attrs.iter_mut().filter(|attr| attr.path().is_ident("doc")) {
        if let Meta::NameValue(pair) = &mut attr.meta
            && let Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) = &mut pair.value
            && let Some(new) = replacement(&text.value())
        {
            *text = LitStr::new(&new, text.span());
        }
    }
}

/// Lists the languages that a fenced block keeps. rustdoc takes a block without a language for Rust, and could take one
/// with an unknown language for a doctest as well.
const LANGUAGES: [&str; 6] = ["http", "json", "sh", "text", "xml", "yaml"];

/// Returns whether a comment must not contain a character.
///
/// rustc refuses a bare carriage return, and the lint `text_direction_codepoint_in_comment` denies the others.
fn is_forbidden(letter: char) -> bool {
    matches!(letter, '\r' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Removes the characters that a comment must not contain. Names reach documentation without passing [`safe`].
pub(super) fn remove_forbidden(attrs: &mut [Attribute]) {
    replace_docs(attrs, |text| text.contains(is_forbidden).then(|| text.replace(is_forbidden, "")));
}

/// Returns Markdown that rustdoc reads as plain documentation.
///
/// Fences get a language that is not Rust, and indented text loses the indentation that would make it code. HTML tags
/// and links are escaped, and bare URLs are enclosed in angle brackets.
pub(super) fn safe(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n").replace(is_forbidden, "");
    let mut open = None;
    let mut lines = Vec::new();
    for line in text.trim().lines() {
        let trimmed = line.trim_start();
        match (open, fence(trimmed)) {
            // CommonMark 0.31, section 4.5: the closing fence has the same sign, at least as often, and no language.
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
                // Four blanks would begin an indented code block; two keep the text inside a list's item.
                let indent = (line.len() - trimmed.len()).min(2);
                lines.push(format!("{}{}", &"  "[..indent], inline(&item(trimmed))));
            }
        }
    }
    // Without this, a fence that is never closed would swallow what the generator writes behind the description.
    if let Some((sign, length)) = open {
        lines.push(String::from(sign).repeat(length));
    }
    lines.join("\n")
}

/// Returns the sign of a fence, its length, and the language behind it.
fn fence(line: &str) -> Option<(char, usize, &str)> {
    let sign = line.chars().next().filter(|sign| matches!(sign, '`' | '~'))?;
    let rest = line.trim_start_matches(sign);
    let (length, language) = (line.len() - rest.len(), rest.trim());
    // A language with a backtick in it is inline code: ```` ```x``` ````.
    (length >= 3 && !(sign == '`' && language.contains('`'))).then_some((sign, length, language))
}

/// Returns a list's item without the blanks that would make its text an indented code block.
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

/// Escapes a line outside of code blocks: everything in it but inline code and URLs.
fn inline(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut code = false;
    let mut rest = line;
    // With an odd number of backticks, one opens nothing. Which one is unclear, so all are escaped.
    let balanced = line.matches('`').count().is_multiple_of(2);
    while let Some(next) = rest.chars().next() {
        if !code && (rest.starts_with("https://") || rest.starts_with("http://")) {
            let end = rest.find(|c: char| c.is_whitespace() || "`<>()[]\"".contains(c)).unwrap_or(rest.len());
            // Punctuation at the end belongs to the sentence.
            let url = rest[..end].trim_end_matches(['.', ',', ';', ':']);
            out.push_str(&format!("<{url}>"));
            rest = &rest[url.len()..];
            continue;
        }
        match next {
            '`' if balanced => {
                code = !code;
                out.push(next);
            }
            // Three backticks or tildes would begin a fence, also inside a list's item.
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
    fn escapes_doctests_links_and_html() {
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
