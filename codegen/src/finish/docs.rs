//! Text from the YAML as documentation that rustdoc neither tests nor complains about.

use syn::{Attribute, Expr, ExprLit, Lit, LitStr, Meta};

/// Makes each doc attribute safe.
pub(super) fn sanitise(attrs: &mut [Attribute]) {
    for attr in attrs.iter_mut().filter(|attr| attr.path().is_ident("doc")) {
        if let Meta::NameValue(pair) = &mut attr.meta
            && let Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) = &mut pair.value
        {
            *text = LitStr::new(&safe(&text.value()), text.span());
        }
    }
}

/// Fences get a language that is not Rust, indented text is no code, and what would read as HTML, as a link or as a
/// bare address is escaped.
pub(super) fn safe(text: &str) -> String {
    let mut fenced = false;
    let mut lines = Vec::new();
    for line in text.trim().lines() {
        let trimmed = line.trim_start();
        if let Some(language) = trimmed.strip_prefix("```") {
            lines.push(if fenced || !language.trim().is_empty() { trimmed.to_owned() } else { "```text".to_owned() });
            fenced = !fenced;
        } else if fenced {
            lines.push(line.to_owned());
        } else {
            let indent = (line.len() - trimmed.len()).min(2);
            lines.push(format!("{}{}", &"  "[..indent], inline(trimmed)));
        }
    }
    if fenced {
        lines.push("```".to_owned());
    }
    lines.join("\n")
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
            '<' | '>' | '[' | ']' | '`' if !code => {
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
    }
}
