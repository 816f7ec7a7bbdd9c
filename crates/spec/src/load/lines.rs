//! Indexes the lines of a text, so that looking up a line does not read the text again.
//!
//! Without an index, reporting is quadratic: a large public specification with many findings took minutes.

use crate::error::Position;

/// Is the index of a text. A line ends with a line feed, a carriage return, or both (YAML 1.2.2, section 5.4).
#[derive(Clone, Debug)]
pub struct Lines {
    /// Holds the byte and the character at which each line begins.
    starts: Vec<(usize, usize)>,
    /// Holds the byte of every [`STEP`]th character, since a line can be as long as the file.
    samples: Vec<usize>,
}

/// Is the distance of the sampled characters. At most this many are decoded for a column.
const STEP: usize = 256;

impl Lines {
    /// Indexes a text.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let (mut starts, mut samples) = (vec![(0, 0)], Vec::new());
        let bytes = text.as_bytes();
        for (count, (at, letter)) in text.char_indices().enumerate() {
            if count % STEP == 0 {
                samples.push(at);
            }
            // A carriage return before a line feed ends no line by itself.
            if letter == '\n' || (letter == '\r' && bytes.get(at + 1) != Some(&b'\n')) {
                starts.push((at + 1, count + 1));
            }
        }
        Self { starts, samples }
    }

    /// Returns a line without its line end. Lines are counted from one.
    #[must_use]
    pub fn get<'t>(&self, text: &'t str, line: usize) -> Option<&'t str> {
        let number = line.checked_sub(1)?;
        let (start, _) = *self.starts.get(number)?;
        let end = self.starts.get(number + 1).map_or(text.len(), |(next, _)| *next);
        // Text behind the last line end is a line; the empty text is one empty line.
        let is_line = start < text.len() || number == 0;
        is_line.then(|| text.get(start..end).unwrap_or_default().trim_end_matches(['\n', '\r']))
    }

    /// Returns the byte at a position, or the end of its line if that is shorter.
    #[must_use]
    pub fn offset(&self, text: &str, at: Position) -> usize {
        let Some((start, first)) = at.line.checked_sub(1).and_then(|line| self.starts.get(line)).copied() else {
            return text.len();
        };
        let end = start + self.get(text, at.line).map_or(0, str::len);
        let wanted = first + at.column.saturating_sub(1);
        let sample = self.samples.get(wanted / STEP).copied().unwrap_or(text.len());
        let rest = text.get(sample..).unwrap_or_default();
        let found = rest.char_indices().nth(wanted % STEP).map_or(text.len(), |(at, _)| sample + at);
        found.min(end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_lines_at_every_line_end_of_yaml() {
        let text = "a\nb\r\nc\rd\n";
        let lines = Lines::of(text);
        let all: Vec<_> = (0..6).map(|line| lines.get(text, line)).collect();
        assert_eq!(all, [None, Some("a"), Some("b"), Some("c"), Some("d"), None]);
        assert_eq!(Lines::of("").get("", 1), Some(""));
    }

    #[test]
    fn finds_a_position_in_a_long_line_after_multibyte_characters() {
        let text = format!("x\n{}é{}end\n", "å".repeat(1000), "🚪".repeat(700));
        let lines = Lines::of(&text);
        let at = |line, column| text.get(lines.offset(&text, Position::new(line, column))..);
        assert!(at(2, 1001).is_some_and(|rest| rest.starts_with('é')));
        assert_eq!(at(2, 1702), Some("end\n"));
        assert_eq!(at(2, 5000), Some("\n"), "beyond the end of the line is its end");
        assert_eq!(at(9, 1), Some(""));
    }
}
