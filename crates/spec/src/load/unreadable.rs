//! Explains why a file cannot be read: rewords the YAML reader's message and corrects its position.

use std::path::Path;

use saphyr_parser::ScanError;

use super::lines::Lines;
use super::yaml::{self, Refusal};
use super::{surrogates, tabs};
use crate::error::{Error, Position};

/// Returns the error for a text that is refused, with what to do.
pub(super) fn explain(path: &Path, text: &str, refusal: Refusal) -> Error {
    // First, because the reader would report some consequence of the markers.
    if let Some(number) = text.lines().position(is_marker) {
        let help = "keep one of the two sides, and remove the lines with `<<<<<<<`, `=======` and `>>>>>>>`";
        let message = "this is a marker of an unresolved merge conflict";
        return Error::new(path, Some(Position::new(number + 1, 1)), message).helped(help);
    }
    match refusal {
        Refusal::Ours(error) => Error { file: path.to_path_buf(), ..error },
        Refusal::Scan(error) => scan(path, text, &error),
    }
}

/// Returns the error for a refusal by the reader.
fn scan(path: &Path, text: &str, error: &ScanError) -> Error {
    let (at, info, lines) = (yaml::position(*error.marker()), error.info(), Lines::of(text));
    if info.contains("invalid Unicode character escape code")
        && let Some(half) = surrogates::lone(text, lines.offset(text, at))
    {
        let message = "this escape is only one half of a surrogate pair";
        let help = "write both halves, as in `\\ud83d\\ude00`, or the character itself";
        return Error::new(path, Some(place(text, &lines, at.line, half)), message).helped(help);
    }
    if (info.contains("tab") || info.contains(tabs::REFUSAL))
        && let Some(tab) = tab(text, &lines, at)
    {
        let message = "this tab is not allowed: YAML indents with spaces only";
        return Error::new(path, Some(tab), message).helped("replace it with spaces");
    }
    Error::new(path, Some(at), format!("not valid YAML: {info}"))
}

/// Returns whether a line is a conflict marker of git. `=======` alone could be text in a block scalar.
fn is_marker(line: &str) -> bool {
    ["<<<<<<<", ">>>>>>>"].iter().any(|marker| line.trim_start().starts_with(marker))
}

/// Returns the position of a byte that is in this line or a later one.
fn place(text: &str, lines: &Lines, mut line: usize, byte: usize) -> Position {
    let start = |line| lines.offset(text, Position::new(line, 1));
    while lines.get(text, line + 1).is_some() && start(line + 1) <= byte {
        line += 1;
    }
    Position::new(line, text.get(start(line)..byte).map_or(0, |before| before.chars().count()) + 1)
}

/// Returns the position of the tab that an error is about.
///
/// The reader reports where the current scalar began, which may be several lines above the tab.
fn tab(text: &str, lines: &Lines, from: Position) -> Option<Position> {
    let mut number = from.line;
    while let Some(line) = lines.get(text, number) {
        let indent = line.len() - line.trim_start_matches([' ', '\t']).len();
        let tab = line.get(..indent).and_then(|blanks| blanks.find('\t'));
        // A line of blanks alone is allowed to have tabs.
        if let Some(tab) = tab.filter(|_| indent < line.len()) {
            return Some(Position::new(number, tab + 1));
        }
        // On the reported line itself the tab may also be in the middle, behind a colon.
        if number == from.line
            && let Some(tab) =
                line.char_indices().take(from.column).filter(|(_, sign)| *sign == '\t').map(|(at, _)| at).last()
        {
            return Some(Position::new(number, line.get(..tab).map_or(0, |before| before.chars().count()) + 1));
        }
        number += 1;
    }
    None
}
