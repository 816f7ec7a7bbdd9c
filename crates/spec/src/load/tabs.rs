//! Tabs between a key's colon and its value. YAML allows them, as it allows blanks there (1.2.2, 6.2: `s-separate-in-line`);
//! the reader does so only where the value begins with neither a letter nor a hyphen. It is shown blanks in their place,
//! as many as there were.

use saphyr_parser::Span;

/// What the reader says of such a tab.
pub(super) const REFUSAL: &str = "':' must be followed by a valid YAML whitespace";

/// Tabs behind a colon, by the byte and the character that they begin with, and how many there are.
pub(super) struct Tabs(Vec<(usize, usize, usize)>);

impl Tabs {
    pub(super) fn of(text: &str) -> Self {
        let mut found = Vec::new();
        let mut counted = (0, 0);
        for (colon, _) in text.match_indices(":\t") {
            let at = colon + 1;
            let rest = text.get(at..).unwrap_or_default();
            let behind = rest.trim_start_matches('\t');
            // A tab is no indentation: neither an item nor another key can begin behind it.
            let is_item = behind.strip_prefix('-').is_some_and(|item| item.starts_with([' ', '\t', '\n', '\r']));
            if !is_item {
                counted = (at, counted.1 + text.get(counted.0..at).map_or(0, |passed| passed.chars().count()));
                found.push((at, counted.1, rest.len() - behind.len()));
            }
        }
        Self(found)
    }

    /// Those that stand in none of these scalars, where they are content; and whether these are all.
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

    /// The text with blanks in their place.
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
