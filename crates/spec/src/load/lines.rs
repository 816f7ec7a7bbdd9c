//! Where the lines of a text begin, counted once: whoever looks lines up one by one must not read the text each time.

use crate::error::Position;

/// An index of a text. Lines end as YAML 1.2.2 (5.4) has them end: at a line feed, a carriage return, or both.
#[derive(Clone, Debug)]
pub struct Lines {
    /// Of each line, the byte and the character that it begins with.
    starts: Vec<(usize, usize)>,
    /// The byte of each [`STEP`]th character: a line can be as long as the file.
    marks: Vec<usize>,
}

const STEP: usize = 256;

impl Lines {
    /// Reads the text once.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let (mut starts, mut marks) = (vec![(0, 0)], Vec::new());
        let bytes = text.as_bytes();
        for (count, (at, letter)) in text.char_indices().enumerate() {
            if count % STEP == 0 {
                marks.push(at);
            }
            if letter == '\n' || (letter == '\r' && bytes.get(at + 1) != Some(&b'\n')) {
                starts.push((at + 1, count + 1));
            }
        }
        Self { starts, marks }
    }

    /// A line without its end; lines are counted from one.
    #[must_use]
    pub fn get<'t>(&self, text: &'t str, line: usize) -> Option<&'t str> {
        let number = line.checked_sub(1)?;
        let (start, _) = *self.starts.get(number)?;
        let end = self.starts.get(number + 1).map_or(text.len(), |(next, _)| *next);
        // What follows the last line end is a line if there is something in it.
        let is_line = start < text.len() || number == 0;
        is_line.then(|| text.get(start..end).unwrap_or_default().trim_end_matches(['\n', '\r']))
    }

    /// The byte that stands at a position, or at the end of its line if that is shorter.
    #[must_use]
    pub fn offset(&self, text: &str, at: Position) -> usize {
        let Some((start, first)) = at.line.checked_sub(1).and_then(|line| self.starts.get(line)).copied() else {
            return text.len();
        };
        let end = start + self.get(text, at.line).map_or(0, str::len);
        let wanted = first + at.column.saturating_sub(1);
        let mark = self.marks.get(wanted / STEP).copied().unwrap_or(text.len());
        let rest = text.get(mark..).unwrap_or_default();
        let found = rest.char_indices().nth(wanted % STEP).map_or(text.len(), |(at, _)| mark + at);
        found.min(end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_at_every_line_end_of_yaml() {
        let text = "a\nb\r\nc\rd\n";
        let lines = Lines::of(text);
        let all: Vec<_> = (0..6).map(|line| lines.get(text, line)).collect();
        assert_eq!(all, [None, Some("a"), Some("b"), Some("c"), Some("d"), None]);
        assert_eq!(Lines::of("").get("", 1), Some(""));
    }

    #[test]
    fn a_place_is_found_in_a_line_of_any_length_whatever_stands_before_it() {
        let text = format!("x\n{}é{}end\n", "å".repeat(1000), "🚪".repeat(700));
        let lines = Lines::of(&text);
        let at = |line, column| text.get(lines.offset(&text, Position::new(line, column))..);
        assert!(at(2, 1001).is_some_and(|rest| rest.starts_with('é')));
        assert_eq!(at(2, 1702), Some("end\n"));
        assert_eq!(at(2, 5000), Some("\n"), "beyond the end of the line is its end");
        assert_eq!(at(9, 1), Some(""));
    }
}
