//! Replaces tabs between a key's colon and its value with blanks.
//!
//! YAML allows both there (YAML 1.2.2, section 6.2: `s-separate-in-line`). The reader accepts a tab only if the value
//! begins with neither a letter nor a hyphen. Each tab becomes one blank, so that all positions stay the same.

use saphyr_parser::Span;

/// Is the reader's message for such a tab.
pub(super) const REFUSAL: &str = "':' must be followed by a valid YAML whitespace";

/// Holds runs of tabs behind a colon: the byte and the character at which each begins, and its length.
pub(super) struct Tabs(Vec<(usize, usize, usize)>);

impl Tabs {
    /// Finds the tabs in a text.
    pub(super) fn of(text: &str) -> Self {
        let mut found = Vec::new();
        let mut counted = (0, 0);
        for (colon, _) in text.match_indices(":\t") {
            let at = colon + 1;
            let rest = text.get(at..).unwrap_or_default();
            let behind = rest.trim_start_matches('\t');
            // A tab is not allowed as indentation, so `key:\t- item` stays an error.
            let is_item = behind.strip_prefix('-').is_some_and(|item| item.starts_with([' ', '\t', '\n', '\r']));
            if !is_item {
                counted = (at, counted.1 + text.get(counted.0..at).map_or(0, |between| between.chars().count()));
                found.push((at, counted.1, rest.len() - behind.len()));
            }
        }
        Self(found)
    }

    /// Keeps the tabs outside of these scalars, in which tabs are content. Returns whether all were outside.
    pub(super) fn outside(self, mut scalars: Vec<Span>) -> (Self, bool) {
        scalars.sort_by_key(|span| span.start.index());
        let (mut rest, count) = (scalars.iter().peekable(), self.0.len());
        let mut is_outside = |at: usize| {
            while rest.next_if(|span| span.end.index() <= at).is_some() {}
            rest.peek().is_none_or(|span| span.start.index() > at)
        };
        let outside: Vec<_> = self.0.into_iter().filter(|(_, at, _)| is_outside(*at)).collect();
        let is_all = outside.len() == count;
        (Self(outside), is_all)
    }

    /// Returns the text with blanks instead of the tabs.
    pub(super) fn blanked(&self, text: &str) -> String {
        let (mut blanked, mut done) = (String::with_capacity(text.len()), 0);
        for (at, _, count) in &self.0 {
            blanked.push_str(text.get(done..*at).unwrap_or_default());
            blanked.extend(std::iter::repeat_n(' ', *count));
            done = at + count;
        }
        blanked.push_str(text.get(done..).unwrap_or_default());
        blanked
    }
}
