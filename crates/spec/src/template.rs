//! Parses templates: paths, server URLs and scopes with names in braces.

/// Is a template such as `/files/{name}.{extension}`, split into segments at its slashes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathTemplate<'a> {
    text: &'a str,
    segments: Vec<Segment<'a>>,
}

/// Is the text between two slashes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment<'a> {
    text: &'a str,
    /// Holds the text before, between and behind the names: `["", ".json"]` for `{id}.json`.
    literals: Vec<&'a str>,
    names: Vec<&'a str>,
}

/// Says which addresses two templates have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overlap {
    /// The templates match the same addresses.
    Same,
    /// The templates have some addresses in common, and neither is more concrete.
    Some,
}

/// Relates the texts that a segment matches to those of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Relation {
    Same,
    /// The segment is more concrete than the other.
    Narrower,
    Wider,
}

impl<'a> PathTemplate<'a> {
    /// Parses a text. An unbalanced brace counts as literal text; [`flaw`](Self::flaw) reports it.
    #[must_use]
    pub fn of(text: &'a str) -> Self {
        Self { text, segments: text.split('/').map(Segment::of).collect() }
    }

    /// Returns the segments. The first one is the text before the first slash, usually empty.
    #[must_use]
    pub fn segments(&self) -> &[Segment<'a>] {
        &self.segments
    }

    /// Returns the names in braces, in their order.
    pub fn names(&self) -> impl Iterator<Item = &'a str> + use<'a, '_> {
        self.segments.iter().flat_map(|segment| segment.names.iter().copied())
    }

    /// Returns what is wrong with the braces, if anything is.
    #[must_use]
    pub fn flaw(&self) -> Option<&'static str> {
        let literals = self.segments.iter().flat_map(|segment| &segment.literals);
        let has = |sign: char| literals.clone().any(|literal| literal.contains(sign));
        match () {
            () if has('{') => Some("an opening brace is not closed before the next slash or brace"),
            () if has('}') => Some("a closing brace has no opening brace"),
            () if self.names().any(str::is_empty) => Some("a pair of braces has no name in it"),
            () => None,
        }
    }

    /// Returns the template without the names of its parameters, such as `/locks/{}/`.
    ///
    /// The names are no part of any address, so templates that differ only in names are equal.
    #[must_use]
    pub fn nameless(&self) -> String {
        let segments: Vec<_> = self.segments.iter().map(|segment| segment.literals.join("{}")).collect();
        segments.join("/")
    }

    /// Returns the address with these values instead of the names.
    ///
    /// # Errors
    /// Returns the first error of `value`.
    pub fn filled<E>(&self, mut value: impl FnMut(&'a str) -> Result<String, E>) -> Result<String, E> {
        let mut address = String::with_capacity(self.text.len());
        for (number, segment) in self.segments.iter().enumerate() {
            if number > 0 {
                address.push('/');
            }
            let (first, others) = segment.literals.split_first().unwrap_or((&"", &[]));
            address.push_str(first);
            for (name, literal) in segment.names.iter().zip(others) {
                address.push_str(&value(name)?);
                address.push_str(literal);
            }
        }
        Ok(address)
    }

    /// Compares two templates by "Path Templating Matching" (OpenAPI 3.0.3, 4.7.8).
    ///
    /// Concrete paths are matched before templated ones. Templates that differ only in names are identical.
    /// `/{entity}/me` and `/books/{id}` are ambiguous.
    #[must_use]
    pub fn overlap(&self, other: &Self) -> Option<Overlap> {
        if self.segments.len() != other.segments.len() {
            return None;
        }
        let (mut narrower, mut wider) = (false, false);
        for (mine, theirs) in self.segments.iter().zip(&other.segments) {
            match mine.compared_with(theirs)? {
                Relation::Same => {}
                Relation::Narrower => narrower = true,
                Relation::Wider => wider = true,
            }
        }
        // Ambiguous only if each is more concrete in some segment: otherwise the more concrete one is matched first.
        match (narrower, wider) {
            (false, false) => Some(Overlap::Same),
            (true, true) => Some(Overlap::Some),
            _ => None,
        }
    }

    /// Returns an address that both match, if they [overlap](Self::overlap).
    #[must_use]
    pub fn common_address(&self, other: &Self) -> String {
        let segments = self.segments.iter().zip(&other.segments).map(|(mine, theirs)| {
            if mine.compared_with(theirs) == Some(Relation::Wider) { theirs.text } else { mine.text }
        });
        segments.collect::<Vec<_>>().join("/")
    }
}

impl<'a> Segment<'a> {
    /// Parses a segment.
    fn of(text: &'a str) -> Self {
        let (mut literals, mut names) = (Vec::new(), Vec::new());
        let (mut begin, mut open) = (0, None);
        for (at, sign) in text.char_indices() {
            match (sign, open) {
                // In `{a{b}`, the first brace is literal text.
                ('{', _) => open = Some(at),
                ('}', Some(brace)) => {
                    literals.push(text.get(begin..brace).unwrap_or_default());
                    names.push(text.get(brace + 1..at).unwrap_or_default());
                    (begin, open) = (at + 1, None);
                }
                _ => {}
            }
        }
        literals.push(text.get(begin..).unwrap_or_default());
        Self { text, literals, names }
    }

    /// Returns the segment as it is written.
    #[must_use]
    pub fn text(&self) -> &'a str {
        self.text
    }

    /// Returns the names in it.
    #[must_use]
    pub fn names(&self) -> &[&'a str] {
        &self.names
    }

    /// Returns the text before, between and behind the names.
    #[must_use]
    pub fn literals(&self) -> &[&'a str] {
        &self.literals
    }

    /// Returns the name, if the segment consists of one name and nothing else.
    #[must_use]
    pub fn whole(&self) -> Option<&'a str> {
        match (self.literals.as_slice(), self.names.as_slice()) {
            (["", ""], [name]) => Some(name),
            _ => None,
        }
    }

    /// Returns whether the segment has no brace, not even an unbalanced one.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        !self.text.contains(['{', '}'])
    }

    /// Returns how two segments relate, or `None` if no text matches both.
    ///
    /// Segments with different literal text are distinct: `{id}.json` and `{id}.xml`, `{a},{b}` and `{from}-{to}`.
    fn compared_with(&self, other: &Self) -> Option<Relation> {
        match (self.names.is_empty(), other.names.is_empty()) {
            (true, true) => (self.text == other.text).then_some(Relation::Same),
            (true, false) => other.matches(self.text).then_some(Relation::Narrower),
            (false, true) => self.matches(other.text).then_some(Relation::Wider),
            (false, false) if self.literals == other.literals => Some(Relation::Same),
            // `{id}` matches everything that `{id}:open` does.
            (false, false) => match (self.whole(), other.whole()) {
                (Some(_), _) => Some(Relation::Wider),
                (_, Some(_)) => Some(Relation::Narrower),
                _ => None,
            },
        }
    }

    /// Returns whether a text has this literal text, with at least one character for each name.
    fn matches(&self, text: &str) -> bool {
        let [first, middle @ .., last] = self.literals.as_slice() else { return false };
        let Some(mut rest) = text.strip_prefix(first).and_then(|text| text.strip_suffix(last)) else { return false };
        for literal in middle {
            // A name takes at least one character, so the search for the next literal begins behind it.
            let mut places = rest.char_indices().skip(1).map(|(at, _)| at);
            let behind = places.find_map(|at| rest.get(at..)?.strip_prefix(literal));
            let Some(behind) = behind else { return false };
            rest = behind;
        }
        !rest.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matches_at_least_one_character_for_a_name() {
        for (text, fits) in [("a.b", true), ("a.b.c", true), (".b", false), ("a.", false), ("ab", false), ("ö.ü", true)]
        {
            assert_eq!(Segment::of("{a}.{b}").matches(text), fits, "{text}");
        }
    }
}
