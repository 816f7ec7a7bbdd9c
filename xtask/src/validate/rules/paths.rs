//! Paths: how they are written, and that no address is one of two.

use std::collections::BTreeMap;

use serde_json::Value;
use unloc_spec::escape;

use crate::validate::finding::{Findings, Rule, Severity};
use crate::validate::shape::is_method;
use crate::validate::spec::{Spec, entries};

const LEADING_SLASH: Rule = Rule {
    id: "path-leading-slash",
    severity: Severity::Error,
    reason: "A path is appended to the server's address as it stands.",
    example: "`locks/:` in place of `/locks/:`",
};

const NO_QUERY: Rule = Rule {
    id: "path-no-query",
    severity: Severity::Error,
    reason: "A query in a path would be encoded as a part of it.",
    example: "`/locks/?limit={limit}`",
};

const UNAMBIGUOUS: Rule = Rule {
    id: "path-unambiguous",
    severity: Severity::Error,
    reason: "Two templates that differ in the names of their parameters alone are one path, and only one of them is used.",
    example: "`/locks/{lockId}/` beside `/locks/{id}/`",
};

const OVERLAP: Rule = Rule {
    id: "path-overlap",
    severity: Severity::Warning,
    reason: "Where two templates match one address and neither is the more concrete, each server decides for itself.",
    example: "`/{kind}/nearby/` beside `/locks/{lockId}/`, both with a GET",
};

pub(crate) const RULES: &[&Rule] = &[&LEADING_SLASH, &NO_QUERY, &UNAMBIGUOUS, &OVERLAP];

pub(crate) fn check(spec: &Spec<'_>, findings: &mut Findings<'_>) {
    let mut templates = Vec::new();
    for (path, item) in entries(spec.root.get("paths")).filter(|(path, _)| !path.starts_with("x-")) {
        let pointer = format!("/paths/{}", escape(path));
        if !path.starts_with('/') {
            findings.key(
                &LEADING_SLASH,
                &pointer,
                format!("the path `{path}` does not begin with a slash"),
                format!("write `/{path}`"),
            );
        }
        if path.contains(['?', '#']) {
            findings.key(&NO_QUERY, &pointer, "a path ends where its query begins", "describe the query by parameters");
        }
        let segments = path.split('/').map(Segment::of).collect();
        templates.push(Template { path, pointer, segments, item });
    }
    // The later one is the one too many.
    templates.sort_by_key(|template| findings.place(&template.pointer));
    let mut earlier: BTreeMap<usize, Vec<&Template<'_>>> = BTreeMap::new();
    for template in &templates {
        let alike = earlier.entry(template.segments.len()).or_default();
        let overlap = alike.iter().filter_map(|other| Some((template.compared_with(other)?, other)));
        // That they are one says more than that they overlap.
        match overlap.max_by_key(|(found, _)| *found == Overlap::Same) {
            Some((Overlap::Same, other)) => {
                let message = format!("`{}` matches what `{}` matches", template.path, other.path);
                let help = "bring their operations together under one path";
                findings.key(&UNAMBIGUOUS, &template.pointer, message, help);
            }
            Some((Overlap::Some, other)) if template.shares_a_call(other, spec) => {
                let address = template.common_address(other);
                let message = format!("`{address}` is matched by `{}` and by `{}`", template.path, other.path);
                let help = "give one of them a part that the other has not, or say by `enum` or `type` what the parameter cannot be";
                findings.key(&OVERLAP, &template.pointer, message, help);
            }
            _ => {}
        }
        alike.push(template);
    }
}

/// What two templates have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Overlap {
    /// Every address.
    Same,
    /// Some addresses, and none of the two is the more concrete one.
    Some,
}

struct Template<'a> {
    path: &'a str,
    pointer: String,
    segments: Vec<Segment<'a>>,
    item: &'a Value,
}

impl<'a> Template<'a> {
    /// After "Path Templating Matching" of OpenAPI 3.0.3: concrete parts are matched first, templates with the same
    /// hierarchy and other names are one and the same, and `/{entity}/me` beside `/books/{id}` is ambiguous.
    fn compared_with(&self, other: &Self) -> Option<Overlap> {
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

    /// Whether one call can be meant for both: they have a method in common, and no parameter says that it cannot be
    /// what the other has in its place.
    fn shares_a_call(&self, other: &Self, spec: &Spec<'a>) -> bool {
        let methods = |template: &Self| {
            entries(Some(template.item)).map(|(key, _)| key).filter(|key| is_method(key)).collect::<Vec<_>>()
        };
        let theirs = methods(other);
        methods(self).into_iter().filter(|method| theirs.contains(method)).any(|method| {
            self.segments.iter().zip(&other.segments).all(|pair| match pair {
                (Segment::Plain(text), Segment::Named(parts, names)) if is_whole(parts) => {
                    other.can_be(names, text, method, spec)
                }
                (Segment::Named(parts, names), Segment::Plain(text)) if is_whole(parts) => {
                    self.can_be(names, text, method, spec)
                }
                _ => true,
            })
        })
    }

    /// Whether the parameter that fills a segment can be this text.
    fn can_be(&self, names: &[&str], text: &str, method: &str, spec: &Spec<'a>) -> bool {
        let operations = [self.item.get(method), Some(self.item)].into_iter().flatten();
        let parameters = operations.filter_map(|node| node.get("parameters")?.as_array()).flatten();
        let mut parameters = parameters.filter_map(|parameter| spec.resolve(parameter));
        let schema = parameters.find_map(|parameter| {
            let is_it = parameter.get("name")?.as_str().is_some_and(|name| names.contains(&name));
            let is_here = parameter.get("in").is_some_and(|place| place == "path");
            if is_it && is_here { parameter.get("schema") } else { None }
        });
        let schema = schema.and_then(|schema| spec.resolve(schema));
        let says = |key: &str| schema.and_then(|schema| schema.get(key));
        let is_value = match says("type").and_then(Value::as_str) {
            Some("integer" | "number") => text.parse::<f64>().is_ok(),
            Some("boolean") => matches!(text, "true" | "false"),
            _ => true,
        };
        let is_of_format = match says("format").and_then(Value::as_str) {
            Some("uuid") => text.len() == 36 && text.split('-').count() == 5,
            Some("date" | "date-time") => text.starts_with(|sign: char| sign.is_ascii_digit()),
            _ => true,
        };
        let is_listed = says("enum").and_then(Value::as_array).is_none_or(|list| list.iter().any(|one| one == text));
        let pattern = says("pattern").and_then(Value::as_str).and_then(|pattern| regress::Regex::new(pattern).ok());
        is_value && is_of_format && is_listed && pattern.is_none_or(|pattern| pattern.find(text).is_some())
    }

    /// An address that both match.
    fn common_address(&self, other: &Self) -> String {
        let pairs = self.path.split('/').zip(other.path.split('/')).zip(self.segments.iter().zip(&other.segments));
        let parts = pairs.map(|((mine, theirs), (one, two))| {
            let is_theirs = matches!(one.compared_with(two), Some(Relation::Wider));
            if is_theirs { theirs } else { mine }
        });
        parts.collect::<Vec<_>>().join("/")
    }
}

/// A part of a path between two slashes.
enum Segment<'a> {
    Plain(&'a str),
    /// What stands before, between and behind names in braces, and the names: `{id}.json` is `["", ".json"]`.
    Named(Vec<&'a str>, Vec<&'a str>),
}

/// How the texts that a segment matches relate to those of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Relation {
    Same,
    /// More concrete than the other.
    Narrower,
    Wider,
}

/// Whether a name is all that there is in a segment.
fn is_whole(parts: &[&str]) -> bool {
    parts == ["", ""]
}

impl<'a> Segment<'a> {
    fn of(text: &'a str) -> Self {
        let (mut parts, mut names, mut rest) = (Vec::new(), Vec::new(), text);
        // A brace that is not closed is a sign like any other.
        while let Some((before, name, behind)) = rest
            .split_once('{')
            .and_then(|(before, inner)| inner.split_once('}').map(|(name, behind)| (before, name, behind)))
        {
            parts.push(before);
            names.push(name);
            rest = behind;
        }
        if names.is_empty() {
            return Self::Plain(text);
        }
        parts.push(rest);
        Self::Named(parts, names)
    }

    /// Nothing if no text is matched by both. Two that both have something beside their names, and not the same, are
    /// told apart by it: `{id}.json` beside `{id}.xml`, `{a},{b}` beside `{from}-{to}`.
    fn compared_with(&self, other: &Self) -> Option<Relation> {
        match (self, other) {
            (Self::Plain(mine), Self::Plain(theirs)) => (mine == theirs).then_some(Relation::Same),
            (Self::Plain(text), Self::Named(parts, _)) => matches(parts, text).then_some(Relation::Narrower),
            (Self::Named(parts, _), Self::Plain(text)) => matches(parts, text).then_some(Relation::Wider),
            (Self::Named(mine, _), Self::Named(theirs, _)) if mine == theirs => Some(Relation::Same),
            (Self::Named(mine, _), Self::Named(theirs, _)) => match (is_whole(mine), is_whole(theirs)) {
                (true, _) => Some(Relation::Wider),
                (_, true) => Some(Relation::Narrower),
                _ => None,
            },
        }
    }
}

/// Whether a text is what stands around the names, with something in place of each name.
fn matches(parts: &[&str], text: &str) -> bool {
    let [first, middle @ .., last] = parts else { return false };
    let Some(mut rest) = text.strip_prefix(first).and_then(|text| text.strip_suffix(last)) else { return false };
    for part in middle {
        let mut places = rest.char_indices().skip(1).map(|(at, _)| at);
        let behind = places.find_map(|at| rest.get(at..)?.strip_prefix(part));
        let Some(behind) = behind else { return false };
        rest = behind;
    }
    !rest.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compared(one: &str, other: &str) -> Option<Overlap> {
        let template = |path: &'static str| Template {
            path,
            pointer: String::new(),
            segments: path.split('/').map(Segment::of).collect(),
            item: &Value::Null,
        };
        let (one, other): (&'static str, &'static str) = (one.to_owned().leak(), other.to_owned().leak());
        let (found, back) =
            (template(one).compared_with(&template(other)), template(other).compared_with(&template(one)));
        assert_eq!(found, back, "{one} {other}");
        found
    }

    #[test]
    fn paths_that_differ_in_names_alone_are_one() {
        for (one, other) in [
            ("/doors/{doorId}/", "/doors/{id}/"),
            ("/doors/x-{doorId}/", "/doors/x-{id}/"),
            ("/doors/{doorId}:open", "/doors/{id}:open"),
            ("/doors/{a},{b}", "/doors/{from},{to}"),
            ("/{a}/{b}/c", "/{x}/{y}/c"),
            ("/files/{name}.{extension}", "/files/{file}.{type}"),
        ] {
            assert_eq!(compared(one, other), Some(Overlap::Same), "{one} {other}");
        }
    }

    #[test]
    fn paths_that_no_address_has_in_common_or_of_which_one_is_more_concrete_are_apart() {
        for (one, other) in [
            ("/doors/{doorId}/", "/doors/{doorId}:open/"),
            ("/doors/{doorId}:open/", "/doors/{doorId}:shut/"),
            ("/doors/{id}.json", "/doors/{id}.xml"),
            ("/doors/{id}", "/doors/{id}.xml"),
            ("/doors/{a},{b}", "/doors/{from}-{to}"),
            ("/doors/{a},{b}", "/doors/{a}"),
            ("/doors/x-{id}/", "/doors/y-{id}/"),
            ("/doors/{id}/", "/doors/mine/"),
            ("/doors/{id}/", "/doors/{id}"),
            ("/doors/{id}/keys", "/doors/{id}/locks"),
            ("/doors/{id}/keys", "/gates/{id}/keys"),
            ("/doors/{id", "/doors/{key"),
            ("/{kind}/{id}", "/doors/mine"),
        ] {
            assert_eq!(compared(one, other), None, "{one} {other}");
        }
    }

    #[test]
    fn paths_of_which_neither_is_more_concrete_overlap() {
        for (one, other) in [
            ("/{kind}/nearby", "/doors/{id}"),
            ("/{entity}/me", "/books/{id}"),
            ("/a/{b}/c/{d}", "/a/b/{c}/d"),
            ("/{kind}/x-1", "/doors/x-{id}"),
            ("/{kind}/{id}:open", "/doors/{id}"),
        ] {
            assert_eq!(compared(one, other), Some(Overlap::Some), "{one} {other}");
        }
    }

    #[test]
    fn names_are_filled_with_one_sign_at_least() {
        for (text, fits) in [("a.b", true), ("a.b.c", true), (".b", false), ("a.", false), ("ab", false), ("ö.ü", true)]
        {
            assert_eq!(matches(&["", ".", ""], text), fits, "{text}");
        }
    }
}
