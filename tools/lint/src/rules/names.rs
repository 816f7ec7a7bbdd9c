//! What the generator makes of the document: names, shapes of answers, and whether it makes anything at all.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use heck::{ToPascalCase, ToSnakeCase};
use serde_json::Value;
use unloc_spec::{PathTemplate, Position, Segment, escape, paths};

use crate::finding::{Findings, Rule, Severity};
use crate::shape::Object;
use crate::spec::{Spec, entries};

const CASING: Rule = Rule {
    id: "casing",
    severity: Severity::Warning,
    reason: "A name in another style than its neighbours is a slip, or will be taken for one.",
    example: "`get_lock` among `getKeys` and `getRoles`, `/doorLists/` among `/door-locks/` and `/lock-holders/`",
};

pub(super) const COLLISION: Rule = Rule {
    id: "rust-name-collision",
    severity: Severity::Error,
    reason: "Two names that are one in Rust do not compile.",
    example: "properties `lockId` and `lock_id` in one schema, operations `getLock` and `get_lock`",
};

const NAMEABLE: Rule = Rule {
    id: "enum-value-nameable",
    severity: Severity::Error,
    reason: "The generator stops at values that give the same variant, or none.",
    example: "`enum: ['+', '-']`, `enum: [on-off, on_off]`",
};

const SUCCESS_TYPE: Rule = Rule {
    id: "single-success-type",
    severity: Severity::Error,
    reason: "The generator stops at an operation whose successes have different bodies.",
    example: "`'200'` with a `Lock` beside `'202'` with a `Job`",
};

const REQUEST_TYPE: Rule = Rule {
    id: "single-request-type",
    severity: Severity::Error,
    reason: "The generator stops at a request with several media types.",
    example: "`application/json` beside `application/xml`",
};

const CONTENT_SCHEMA: Rule = Rule {
    id: "content-schema",
    severity: Severity::Error,
    reason: "The generator stops at a body without a schema.",
    example: "`application/json: {}`",
};

pub(super) const INLINE: Rule = Rule {
    id: "no-inline-object",
    severity: Severity::Warning,
    reason: "An object or enum without a name gets one made up from where it stands, which changes when it moves.",
    example: "a property with `type: object` and `properties`",
};

const CONSISTENT: Rule = Rule {
    id: "property-consistent",
    severity: Severity::Warning,
    reason: "One name with two types is a slip in one of the two places.",
    example: "`lockId` as a string here and an integer there",
};

pub(crate) const RULES: &[&Rule] =
    &[&CASING, &COLLISION, &NAMEABLE, &SUCCESS_TYPE, &REQUEST_TYPE, &CONTENT_SCHEMA, &INLINE, &CONSISTENT];

pub(crate) fn check(spec: &Spec<'_>, findings: &mut Findings<'_>) {
    casings(spec, findings);
    path_casing(spec, findings);
    collisions(spec, findings);
    bodies(spec, findings);
    for node in spec.all(Object::Schema) {
        let is_component = node.pointer.strip_prefix("/components/schemas/").is_some_and(|name| !name.contains('/'));
        let anonymous = !is_component && !node.pointer.contains("/allOf/") && !node.pointer.ends_with("/allOf");
        let is_null = node.value.get("enum").is_some_and(|values| *values == Value::Array(vec![Value::Null]));
        let named = node.value.get("properties").is_some() || node.value.get("enum").is_some() && !is_null;
        if anonymous && named {
            let what = if node.value.get("enum").is_some() { "an enum" } else { "an object" };
            findings.key(
                &INLINE,
                &node.pointer,
                format!("{what} without a name"),
                "move it to `components/schemas`, and refer to it",
            );
        }
        let Some(values) = node.value.get("enum").and_then(Value::as_array) else { continue };
        variants(&node.pointer, values, findings);
    }
    consistent(spec, findings);
}

/// The style of a name; none if it could be of several.
fn style(name: &str) -> Option<&'static str> {
    let (has_upper, has_lower) = (name.chars().any(char::is_uppercase), name.chars().any(char::is_lowercase));
    let first = name.chars().next()?;
    Some(match () {
        () if name.contains('-') => "kebab-case",
        () if name.contains('_') && has_lower => "snake_case",
        () if has_upper && first.is_lowercase() => "camelCase",
        () if first.is_uppercase() && has_lower => "PascalCase",
        () => return None,
    })
}

/// One style for each kind of name: that of most of them.
fn casings(spec: &Spec<'_>, findings: &mut Findings<'_>) {
    let operations = spec.operations();
    let ids = operations.iter().filter_map(|operation| {
        let id = operation.value.get("operationId")?.as_str()?;
        Some((id, format!("{}/operationId", operation.pointer)))
    });
    let schemas = entries(spec.root.pointer("/components/schemas"))
        .map(|(name, _)| (name, format!("/components/schemas/{}", escape(name))));
    let properties = spec.all(Object::Schema).iter().flat_map(|node| {
        entries(node.value.get("properties"))
            .map(|(name, _)| (name, format!("{}/properties/{}", node.pointer, escape(name))))
    });
    for (what, names) in
        [("operations", ids.collect::<Vec<_>>()), ("schemas", schemas.collect()), ("properties", properties.collect())]
    {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for (name, _) in &names {
            *counts.entry(style(name).unwrap_or_default()).or_default() += 1;
        }
        counts.remove("");
        let Some((most, _)) = counts.iter().max_by_key(|(_, count)| **count) else { continue };
        for (name, pointer) in &names {
            if style(name).is_some_and(|style| style != *most) {
                let message = format!("`{name}` is not in {most}, as most names of {what} here are");
                findings.key(&CASING, pointer, message, "write it as its neighbours are written, if the service does");
            }
        }
    }
}

/// How many parts are in a style, and where the first of them stands.
type Votes<'a> = (usize, Reverse<&'a (Option<Position>, String)>);

/// The parts of paths, without names in braces, what stands behind a colon, and the ends of file names.
fn path_casing(spec: &Spec<'_>, findings: &mut Findings<'_>) {
    let mut parts: BTreeMap<&str, (Option<Position>, String)> = BTreeMap::new();
    for (path, item) in paths(spec.root).filter(|(path, _)| path.starts_with('/')) {
        let template = PathTemplate::of(path);
        let plain = template.segments().iter().filter(|segment| segment.is_plain()).map(Segment::text);
        for part in plain.filter(|part| !part.contains(['?', '#'])) {
            let part = part.trim_start_matches(|sign: char| !sign.is_alphanumeric());
            let part = part.split(['.', ':']).next().unwrap_or_default();
            let here = (findings.place(&item.pointer), item.pointer.clone());
            if part.contains(char::is_alphabetic) && parts.get(part).is_none_or(|there| here < *there) {
                parts.insert(part, here);
            }
        }
    }
    // One word in small letters is of any style but one.
    let style =
        |part: &str| style(part).or_else(|| part.chars().all(|sign| !sign.is_uppercase()).then_some("lower case"));
    let mut counts: BTreeMap<&str, Votes<'_>> = BTreeMap::new();
    for (part, place) in &parts {
        let Some(style) = style(part) else { continue };
        let (count, first) = counts.entry(style).or_insert((0, Reverse(place)));
        (*count, *first) = (*count + 1, (*first).max(Reverse(place)));
    }
    let lower = counts.remove("lower case").map_or(0, |(count, _)| count);
    // Of two that are equally common, the one that stands first is what was meant.
    let most = |counts: &BTreeMap<&'static str, Votes<'_>>| {
        counts.iter().max_by_key(|(_, votes)| **votes).map(|(style, (count, _))| (*style, *count))
    };
    let Some((mut wanted, count)) = most(&counts) else { return };
    if wanted == "PascalCase" && lower >= count {
        counts.remove("PascalCase");
        wanted = most(&counts).map_or("lower case", |(style, _)| style);
    }
    for (part, (_, pointer)) in &parts {
        let is_odd = match style(part) {
            Some("lower case") => wanted == "PascalCase",
            Some(style) => style != wanted,
            None => false,
        };
        if is_odd {
            let message = format!("`{part}` is not in {wanted}, as most parts of paths here are");
            findings.key(&CASING, pointer, message, "write it as its neighbours are written, if the service does");
        }
    }
}

fn collisions(spec: &Spec<'_>, findings: &mut Findings<'_>) {
    let mut collide = |mut names: Vec<(&str, String)>, rust: fn(&str) -> String| {
        // The later one is the one too many.
        names.sort_by_key(|(_, pointer)| findings.place(pointer));
        let mut seen: BTreeMap<String, &str> = BTreeMap::new();
        for (name, pointer) in names {
            if let Some(earlier) = seen.insert(rust(name), name) {
                findings.key(
                    &COLLISION,
                    &pointer,
                    format!("`{name}` and `{earlier}` are one name in Rust"),
                    "rename one of them",
                );
            }
        }
    };
    let schemas = entries(spec.root.pointer("/components/schemas"));
    collide(schemas.map(|(name, _)| (name, format!("/components/schemas/{}", escape(name)))).collect(), |name| {
        name.to_pascal_case()
    });
    for node in spec.all(Object::Schema) {
        let properties = entries(node.value.get("properties"));
        collide(
            properties.map(|(name, _)| (name, format!("{}/properties/{}", node.pointer, escape(name)))).collect(),
            str::to_snake_case,
        );
    }
}

fn variants(pointer: &str, values: &[Value], findings: &mut Findings<'_>) {
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    for (place, value) in values.iter().enumerate() {
        let Some(text) = value.as_str() else { continue };
        let at = format!("{pointer}/enum/{place}");
        let name = text.to_pascal_case();
        if name.is_empty() && !text.is_empty() {
            findings.value(
                &NAMEABLE,
                &at,
                format!("`{text}` has no letter to name a variant after"),
                "describe the values in words, as a plain text",
            );
        } else if let Some(earlier) = seen.insert(name, text).filter(|earlier| *earlier != text) {
            findings.value(
                &NAMEABLE,
                &at,
                format!("`{text}` and `{earlier}` give the same variant"),
                "describe the values in words, as a plain text",
            );
        }
    }
}

fn bodies(spec: &Spec<'_>, findings: &mut Findings<'_>) {
    for node in spec.all(Object::MediaType) {
        if node.value.get("schema").is_none() {
            findings.key(&CONTENT_SCHEMA, &node.pointer, "a body without a schema", "add the `schema`");
        }
    }
    for node in spec.all(Object::RequestBody) {
        if let Some((second, _)) = entries(node.value.get("content")).nth(1) {
            let pointer = format!("{}/content/{}", node.pointer, escape(second));
            findings.key(&REQUEST_TYPE, &pointer, "a second media type for one request", "keep the one that is sent");
        }
    }
    for operation in spec.operations() {
        // No body is a kind of its own. `default` covers the statuses that are not named (OpenAPI 3.0.3, 4.7.16.1): beside a
        // success that is, these are errors.
        let mut first: Option<(&str, Option<&Value>)> = None;
        for (status, response) in
            entries(operation.value.get("responses")).filter(|(status, _)| status.starts_with('2'))
        {
            let content = spec.resolve(response).and_then(|response| response.get("content"));
            let schema = entries(content).find_map(|(_, media)| media.get("schema"));
            if let Some((earlier, _)) = first.filter(|(_, first)| *first != schema) {
                let message =
                    format!("{} answers with one kind of body under '{earlier}', and another here", operation.called());
                let pointer = format!("{}/responses/{status}", operation.pointer);
                let help = "give all successes one schema, or none; errors go to `4XX` and `5XX`";
                findings.key(&SUCCESS_TYPE, &pointer, message, help);
            }
            first.get_or_insert((status, schema));
        }
    }
}

/// Properties of one name that are of different types.
fn consistent(spec: &Spec<'_>, findings: &mut Findings<'_>) {
    let mut seen: BTreeMap<&str, Vec<(String, String)>> = BTreeMap::new();
    for node in spec.all(Object::Schema) {
        for (name, property) in entries(node.value.get("properties")) {
            let kind = spec.resolve(property).and_then(|schema| schema.get("type")?.as_str());
            if let Some(kind) = kind.filter(|kind| !["object", "array"].contains(kind)) {
                seen.entry(name)
                    .or_default()
                    .push((kind.to_owned(), format!("{}/properties/{}", node.pointer, escape(name))));
            }
        }
    }
    for (name, places) in seen {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for (kind, _) in &places {
            *counts.entry(kind).or_default() += 1;
        }
        let Some((most, _)) =
            counts.iter().max_by_key(|(_, count)| **count).map(|(kind, count)| ((*kind).to_owned(), *count))
        else {
            continue;
        };
        for (kind, pointer) in places.iter().filter(|(kind, _)| *kind != most) {
            findings.key(
                &CONSISTENT,
                pointer,
                format!("`{name}` is of type `{kind}` here, and of type `{most}` elsewhere"),
                "mend the one or the other, or give it a name of its own",
            );
        }
    }
}
