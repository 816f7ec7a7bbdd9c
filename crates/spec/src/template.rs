//! Templates of paths, and of servers' addresses: text with names in braces.

/// A template, by its segments between slashes: `/files/{name}.{extension}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathTemplate<'a> {
    text: &'a str,
    segments: Vec<Segment<'a>>,
}

/// What stands between two slashes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment<'a> {
    text: &'a str,
    /// What stands before, between and behind the names: of `{id}.json` it is `["", ".json"]`.
    literals: Vec<&'a str>,
    names: Vec<&'a str>,
}

/// What two templates have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overlap {
    /// Every address.
    Same,
    /// Some addresses, and none of the two is the more concrete one.
    Some,
}

/// How the texts that a segment matches relate to those of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Relation {
    Same,
    /// More concrete than the other.
    Narrower,
    Wider,
}

impl<'a> PathTemplate<'a> {
    /// Takes a text apart. A brace without its counterpart is a sign like any other; [`flaw`](Self::flaw) tells of it.
    #[must_use]
    pub fn of(text: &'a str) -> Self {
        Self { text, segments: text.split('/').map(Segment::of).collect() }
    }

    /// Its segments; before the first slash there is one, too.
    #[must_use]
    pub fn segments(&self) -> &[Segment<'a>] {
        &self.segments
    }

    /// The names in braces, in their order.
    pub fn names(&self) -> impl Iterator<Item = &'a str> + use<'a, '_> {
        self.segments.iter().flat_map(|segment| segment.names.iter().copied())
    }

    /// What about its braces is wrong, if anything is.
    #[must_use]
    pub fn flaw(&self) -> Option<&'static str> {
        let literals = self.segments.iter().flat_map(|segment| &segment.literals);
        let has = |sign: char| literals.clone().any(|literal| literal.contains(sign));
        match () {
            () if has('{') => Some("a brace is not closed before the next slash or brace"),
            () if has('}') => Some("a brace is closed that is not open"),
            () if self.names().any(str::is_empty) => Some("there is no name between two braces"),
            () => None,
        }
    }

    /// The template without the names of its parameters, which are no part of any address: `/locks/{}/`.
    #[must_use]
    pub fn nameless(&self) -> String {
        let segments: Vec<_> = self.segments.iter().map(|segment| segment.literals.join("{}")).collect();
        segments.join("/")
    }

    /// The address with these values in place of the names.
    ///
    /// # Errors
    /// The first that `value` gives.
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

    /// After "Path Templating Matching" of OpenAPI 3.0.3: concrete parts are matched first, templates with the same
    /// hierarchy and other names are one and the same, and `/{entity}/me` beside `/books/{id}` is ambiguous.
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
        match (narrower, wider) {
            (false, false) => Some(Overlap::Same),
            (true, true) => Some(Overlap::Some),
            _ => None,
        }
    }

    /// An address that is matched by both, if they [overlap](Self::overlap).
    #[must_use]
    pub fn common_address(&self, other: &Self) -> String {
        let segments = self.segments.iter().zip(&other.segments).map(|(mine, theirs)| {
            if mine.compared_with(theirs) == Some(Relation::Wider) { theirs.text } else { mine.text }
        });
        segments.collect::<Vec<_>>().join("/")
    }
}

impl<'a> Segment<'a> {
    fn of(text: &'a str) -> Self {
        let (mut literals, mut names) = (Vec::new(), Vec::new());
        let (mut begin, mut open) = (0, None);
        for (at, sign) in text.char_indices() {
            match (sign, open) {
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

    /// The segment as it is written.
    #[must_use]
    pub fn text(&self) -> &'a str {
        self.text
    }

    /// The names in it.
    #[must_use]
    pub fn names(&self) -> &[&'a str] {
        &self.names
    }

    /// What stands before, between and behind the names.
    #[must_use]
    pub fn literals(&self) -> &[&'a str] {
        &self.literals
    }

    /// The name that is all there is in it.
    #[must_use]
    pub fn whole(&self) -> Option<&'a str> {
        match (self.literals.as_slice(), self.names.as_slice()) {
            (["", ""], [name]) => Some(name),
            _ => None,
        }
    }

    /// Whether there is no brace in it, not even one without its counterpart.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        !self.text.contains(['{', '}'])
    }

    /// Nothing if no text is matched by both. Two that both have something beside their names, and not the same, are
    /// told apart by it: `{id}.json` beside `{id}.xml`, `{a},{b}` beside `{from}-{to}`.
    fn compared_with(&self, other: &Self) -> Option<Relation> {
        match (self.names.is_empty(), other.names.is_empty()) {
            (true, true) => (self.text == other.text).then_some(Relation::Same),
            (true, false) => other.matches(self.text).then_some(Relation::Narrower),
            (false, true) => self.matches(other.text).then_some(Relation::Wider),
            (false, false) if self.literals == other.literals => Some(Relation::Same),
            (false, false) => match (self.whole(), other.whole()) {
                (Some(_), _) => Some(Relation::Wider),
                (_, Some(_)) => Some(Relation::Narrower),
                _ => None,
            },
        }
    }

    /// Whether a text is what stands around the names, with something in place of each name.
    fn matches(&self, text: &str) -> bool {
        let [first, middle @ .., last] = self.literals.as_slice() else { return false };
        let Some(mut rest) = text.strip_prefix(first).and_then(|text| text.strip_suffix(last)) else { return false };
        for literal in middle {
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
    fn names_are_filled_with_one_sign_at_least() {
        for (text, fits) in [("a.b", true), ("a.b.c", true), (".b", false), ("a.", false), ("ab", false), ("ö.ü", true)]
        {
            assert_eq!(Segment::of("{a}.{b}").matches(text), fits, "{text}");
        }
    }
}
