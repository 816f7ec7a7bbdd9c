//! Writes comments, strings and names. A spec's text can neither end a comment or a string, nor begin a tag of TSDoc.

/// Is the greatest length of a line, as far as its words allow.
pub(crate) const WIDTH: usize = 100;

/// Lists the letters that TSDoc and Markdown give a meaning outside of code: inline tags, HTML, block tags and fences.
const SPECIAL: &str = "{}<>@~";

/// Lists the names that mean something else than a member at the beginning of one, such as `new(…): T`.
const MODIFIERS: [&str; 5] = ["constructor", "get", "new", "readonly", "set"];

/// Returns a text in braces.
pub(crate) fn braces(text: &str) -> String {
    format!("{{ {text} }}")
}

/// Returns whether a letter must not be in a source: controls, marks that change the direction of text, and the line
/// ends that only JavaScript knows.
fn is_forbidden(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// Returns a string literal.
pub(crate) fn quoted(text: &str) -> String {
    let json = serde_json::Value::from(text).to_string();
    let mut out = String::with_capacity(json.len());
    for letter in json.chars() {
        // Every forbidden letter is in the first plane, so four digits are enough.
        match is_forbidden(letter) {
            true => out.push_str(&format!("\\u{:04x}", u32::from(letter))),
            false => out.push(letter),
        }
    }
    out
}

/// Returns the name of a member, in quotes unless it is a plain identifier.
pub(crate) fn key(name: &str) -> String {
    if is_plain(name) && !MODIFIERS.contains(&name) { name.to_owned() } else { quoted(name) }
}

/// Returns whether a name is an identifier of ASCII letters.
pub(crate) fn is_plain(name: &str) -> bool {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == '$';
    name.chars().all(is_part) && !name.starts_with(|first: char| first.is_ascii_digit()) && !name.is_empty()
}

/// Returns a text of the spec for a comment.
pub(crate) fn safe(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace(['\r', '\u{2028}', '\u{2029}'], "\n");
    let mut lines: Vec<String> = Vec::new();
    for line in text.trim().lines().map(str::trim) {
        let begins = line.split_whitespace().next().is_none_or(begins_markdown);
        // The lines of a paragraph become one, which is broken again at the width of the comment.
        match lines.last_mut().filter(|last| !begins && !last.is_empty()) {
            Some(last) => last.push_str(&format!(" {line}")),
            None => lines.push(line.to_owned()),
        }
    }
    lines.iter().map(|line| inline(line)).collect::<Vec<_>>().join("\n")
}

/// Returns a text of the spec in one line.
pub(crate) fn line(text: &str) -> String {
    safe(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Returns the first sentence of a text of the spec, with its full stop.
pub(crate) fn sentence(text: &str) -> String {
    let line = line(text);
    let first = line.split_once(". ").map_or(line.as_str(), |(first, _)| first);
    if first.is_empty() { String::new() } else { format!("{}.", first.trim_end_matches('.')) }
}

/// Escapes a line outside of its code spans.
fn inline(line: &str) -> String {
    // A fence that is never closed would swallow the tags behind it. With an odd number of backticks, one opens nothing.
    let is_code = line.matches('`').count().is_multiple_of(2) && !line.contains("``");
    let mut code = false;
    let mut out = String::with_capacity(line.len());
    for letter in line.chars().filter(|letter| !is_forbidden(*letter)) {
        match letter {
            '`' if is_code => code = !code,
            '`' => out.push('\\'),
            _ if !code && SPECIAL.contains(letter) => out.push('\\'),
            _ => {}
        }
        out.push(letter);
    }
    out
}

/// Writes a comment of these paragraphs, at this indentation. Returns nothing if all are empty.
pub(crate) fn comment(indent: usize, paragraphs: &[String]) -> String {
    let paragraphs: Vec<_> = paragraphs.iter().map(|text| text.trim()).filter(|text| !text.is_empty()).collect();
    let text = paragraphs.join("\n\n").replace("*/", "*\\/");
    let pad = " ".repeat(indent);
    let room = WIDTH.saturating_sub(indent + " * ".len());
    let lines: Vec<_> = text.lines().flat_map(|line| wrapped(line, room)).collect();
    match lines.as_slice() {
        [] => String::new(),
        [line] if indent + line.chars().count() + "/**  */".len() <= WIDTH => format!("{pad}/** {line} */\n"),
        lines => {
            let lines = lines.iter().map(|line| format!("{pad} * {line}").trim_end().to_owned() + "\n");
            format!("{pad}/**\n{}{pad} */\n", lines.collect::<String>())
        }
    }
}

/// Breaks a line between words. Further lines of a list's item are indented.
fn wrapped(line: &str, room: usize) -> Vec<String> {
    let text = line.trim_start();
    // Four blanks would begin a code block.
    let indent = " ".repeat((line.len() - text.len()).min(2));
    let hanging = if text.starts_with("- ") { format!("{indent}  ") } else { indent.clone() };
    let (mut lines, mut current) = (Vec::new(), indent);
    for word in words(text) {
        let is_first = current.trim().is_empty();
        let fits = current.chars().count() + 1 + word.chars().count() <= room;
        if is_first {
            current.push_str(&word);
        } else if fits || begins_markdown(&word) {
            current.push(' ');
            current.push_str(&word);
        } else {
            lines.push(std::mem::replace(&mut current, format!("{hanging}{word}")));
        }
    }
    lines.push(current);
    lines
}

/// Returns whether a word means something else at the beginning of a line, such as a list's item.
fn begins_markdown(word: &str) -> bool {
    let number = word.trim_end_matches(['.', ')']);
    let is_number = number.len() < word.len() && number.bytes().all(|byte| byte.is_ascii_digit());
    is_number || word.chars().all(|letter| "-*+#=>|_".contains(letter))
}

/// Splits a line into words. A code span is one word with its blanks, since `@` or `-` may follow one of them.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut code) = (Vec::new(), String::new(), false);
    let is_code = line.matches('`').count().is_multiple_of(2);
    for letter in line.chars() {
        code ^= is_code && letter == '`';
        if letter == ' ' && !code {
            words.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
        } else {
            word.push(letter);
        }
    }
    words.extend((!word.is_empty()).then_some(word));
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_what_is_no_plain_identifier() {
        for (name, written) in [
            ("lockId", "lockId"),
            ("class", "class"),
            ("new", "\"new\""),
            ("2fa", "\"2fa\""),
            ("", "\"\""),
            ("lock-id", "\"lock-id\""),
            ("größe", "\"größe\""),
            ("a\"b\\c", r#""a\"b\\c""#),
            ("a\nb\u{2028}c\u{202e}", r#""a\nb\u2028c\u202e""#),
            ("`${x}`", "\"`${x}`\""),
        ] {
            assert_eq!(key(name), written);
        }
    }

    #[test]
    fn a_text_cannot_end_a_comment_or_begin_a_tag() {
        let written = comment(2, &[safe("ends */ here\n@param x\u{2028}{@link y} <b> `{z} @a`\u{0}```js")]);
        assert_eq!(
            written,
            "  /** ends *\\/ here \\@param x \\{\\@link y\\} \\<b\\> \\`\\{z\\} \\@a\\`\\`\\`\\`js */\n"
        );
        assert_eq!(safe("keep `{z} @a` but a@b"), "keep `{z} @a` but a\\@b");
    }

    #[test]
    fn breaks_lines_between_words() {
        assert_eq!(safe("one\ntwo\n\n- three\n  four\n- five"), "one two\n\n- three four\n- five");
        let long = "word ".repeat(30) + "`a code span` - 5. end";
        let written = comment(0, &[format!("- {long}"), "short".to_owned()]);
        assert!(written.lines().all(|line| line.len() <= WIDTH), "{written}");
        assert!(written.contains("\n *   word"), "{written}");
        assert!(written.ends_with("\n *\n * short\n */\n"), "{written}");
        assert_eq!(comment(0, &[String::new(), "one".to_owned()]), "/** one */\n");
        assert_eq!(comment(0, &[]), "");
        assert_eq!(wrapped("aaa - 1. bb", 4), ["aaa - 1.", "bb"]);
        assert_eq!(wrapped("`a b c` d", 3), ["`a b c`", "d"]);
    }

    #[test]
    fn takes_the_first_sentence() {
        assert_eq!(sentence("One thing.\nAnother. Third"), "One thing.");
        assert_eq!(sentence("One thing"), "One thing.");
        assert_eq!(sentence(""), "");
    }
}
