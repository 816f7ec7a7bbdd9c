//! Files that cannot be read: what the YAML reader says of them, in words that help, and where it really is.

use std::path::Path;

use saphyr_parser::ScanError;

use super::lines::Lines;
use super::yaml::{self, Refusal};
use super::{pairs, tabs};
use crate::error::{Error, Position};

/// Why a text is refused, with what to do.
pub(super) fn explain(path: &Path, text: &str, refusal: Refusal) -> Error {
    if let Some(number) = text.lines().position(is_marker) {
        let help = "keep one of the two sides, and take the lines with `<<<<<<<`, `=======` and `>>>>>>>` out";
        let message = "this is left of a merge that was not finished";
        return Error::new(path, Some(Position::new(number + 1, 1)), message).helped(help);
    }
    match refusal {
        Refusal::Ours(error) => Error { file: path.to_path_buf(), ..error },
        Refusal::Scan(error) => scan(path, text, &error),
    }
}

fn scan(path: &Path, text: &str, error: &ScanError) -> Error {
    let (at, info, lines) = (yaml::position(*error.marker()), error.info(), Lines::of(text));
    if info.contains("invalid Unicode character escape code")
        && let Some(half) = pairs::lone(text, lines.offset(text, at))
    {
        let message = "this escape is one half of a surrogate pair, and no character by itself";
        let help = "write both halves, as in `\\ud83d\\ude00`, or the character itself";
        return Error::new(path, Some(place(text, &lines, at.line, half)), message).helped(help);
    }
    if (info.contains("tab") || info.contains(tabs::REFUSAL))
        && let Some(tab) = tab(text, &lines, at)
    {
        let message = "a tab stands here, where YAML takes blanks only";
        return Error::new(path, Some(tab), message).helped("write blanks in its place");
    }
    Error::new(path, Some(at), format!("not valid YAML: {info}"))
}

fn is_marker(line: &str) -> bool {
    ["<<<<<<<", ">>>>>>>"].iter().any(|marker| line.trim_start().starts_with(marker))
}

/// The position of a byte at or below a line.
fn place(text: &str, lines: &Lines, mut line: usize, byte: usize) -> Position {
    let start = |line| lines.offset(text, Position::new(line, 1));
    while lines.get(text, line + 1).is_some() && start(line + 1) <= byte {
        line += 1;
    }
    Position::new(line, text.get(start(line)..byte).map_or(0, |before| before.chars().count()) + 1)
}

/// The tab that an error is about: the reader names the beginning of the text that it was in, which may stand lines above.
fn tab(text: &str, lines: &Lines, from: Position) -> Option<Position> {
    let mut number = from.line;
    while let Some(line) = lines.get(text, number) {
        let indent = line.len() - line.trim_start_matches([' ', '\t']).len();
        let tab = line.get(..indent).and_then(|blanks| blanks.find('\t'));
        if let Some(tab) = tab.filter(|_| indent < line.len()) {
            return Some(Position::new(number, tab + 1));
        }
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
