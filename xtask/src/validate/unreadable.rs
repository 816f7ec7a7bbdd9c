//! Files that cannot be read: what a YAML parser says of them, in words that help.

use unloc_codegen::{Error, Position};

use super::finding::start;

/// Where it is, what it is, and how to mend it.
pub(crate) fn explain(error: &Error, text: &str) -> (Position, String, String) {
    let markers = ["<<<<<<<", ">>>>>>>"];
    let is_marker = |line: &&str| markers.iter().any(|marker| line.trim_start().starts_with(marker));
    if let Some((number, _)) = text.lines().enumerate().find(|(_, line)| is_marker(line)) {
        let help = "keep one of the two sides, and take the lines with `<<<<<<<`, `=======` and `>>>>>>>` out";
        let at = Position { line: number + 1, column: 1 };
        return (at, "this is left of a merge that was not finished".to_owned(), help.to_owned());
    }
    let at = error.position.unwrap_or_else(start);
    let line = text.lines().nth(at.line - 1).unwrap_or_default();
    let (message, help) = match error.message.as_str() {
        said if said.contains("duplicate") => {
            let key: String = line.chars().skip(at.column - 1).collect();
            let key = key.split(':').next().unwrap_or_default();
            (format!("the key `{key}` stands in one mapping twice"), "take one of the two out, or mend its name")
        }
        said if said.contains("tab") && line.contains('\t') => {
            ("a tab stands here, where YAML takes blanks only".to_owned(), "write blanks in its place")
        }
        said => (said.to_owned(), "mend this first: the rest of the file is looked at once it can be read"),
    };
    (at, message, help.to_owned())
}
