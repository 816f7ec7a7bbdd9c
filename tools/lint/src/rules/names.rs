//! Checks names and types for what the generator turns them into: consistent casing, collisions, and single types.

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
    reason: "A name in a different casing than the others is a slip, or looks like one.",
    example: "`get_lock` among `getKeys` and `getRoles`, `/doorLists/` among `/door-locks/` and `/lock-holders/`",
};

pub(super) const COLLISION: Rule = Rule {
    id: "rust-name-collision",
    severity: Severity::Error,
    reason: "Two names that become the same Rust name do not compile.",
    example: "properties `lockId` and `lock_id` in one schema, operations `getLock` and `get_lock`",
};

const NAMEABLE: Rule = Rule {
    id: "enum-value-nameable",
    severity: Severity::Error,
    reason: "The generator fails on values that give the same variant name, or none.",
    example: "`enum: ['+', '-']`, `enum: [on-off, on_off]`",
};

const SUCCESS_TYPE: Rule = Rule {
    id: "single-success-type",
    severity: Severity::Error,
    reason: "The generator fails on an operation whose success responses have different schemas.",
    example: "`'200'` with a `Lock` and `'202'` with a `Job`",
};

const REQUEST_TYPE: Rule = Rule {
    id: "single-request-type",
    severity: Severity::Error,
    reason: "The generator fails on a request with several media types.",
    example: "`application/json` and `application/xml`",
};

const CONTENT_SCHEMA: Rule = Rule {
    id: "content-schema",
    severity: Severity::Error,
    reason: "The generator fails on a body without a schema.",
    example: "`application/json: {}`",
};

pub(super) const INLINE: Rule = Rule {
    id: "no-inline-object",
    severity: Severity::Warning,
    reason: "The generator names an inline object or enum after its place, so the name changes when it moves.",
    example: "a property with `type: object` and `properties`",
};

const CONSISTENT: Rule = Rule {
    id: "property-consistent",
    severity: Severity::Warning,
    reason: "A property with different types in different schemas is a slip in one of them.",
    example: "`lockId` as a string in one schema and as an integer in another",
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
        // The parts of an `allOf` are merged into one type, so they need no name. Neither does null alone.
        let anonymous = !is_component && !node.pointer.contains("/allOf/") && !node.pointer.ends_with("/allOf");
        let is_null = node.value.get("enum").is_some_and(|values| *values == Value::Array(vec![Value::Null]));
        let named = node.value.get("properties").is_some() || node.value.get("enum").is_some() && !is_null;
        if anonymous && named {
            let what = if node.value.get("enum").is_some() { "enum" } else { "object" };
            let help = "move it to `components/schemas`, and refer to it";
            findings.key(&INLINE, &node.pointer, format!("inline {what} without a name"), help);
        }
        let Some(values) = node.value.get("enum").and_then(Value::as_array) else { continue };
        variants(&node.pointer, values, findings);
    }
    consistent(spec, findings);
}

/// Returns the casing of a name; nothing if the name fits several.
fn style(name: &str) -> Option<&'static str> {
    let (has_upper, has_lower) = (name.chars().any(char::is_uppercase), name.chars().any(char::is_lowercase));
    let first = name.chars().next()?;
    Some(match () {
        () if name.contains('-') => "kebab-case",
        () if name.contains('_') && has_lower => "snake_case",
        () if has_upper && first.is_lowercase() => "camelCase",
        () if first.is_uppercase() && has_lower => "PascalCase",
        // A single word in lower case is valid in three casings, and an acronym such as `PIN` says as little.
        () => return None,
    })
}

/// Reports names that are not in the casing of most names of their kind.
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
        // A name that fits several casings has no vote.
        counts.remove("");
        let Some((most, _)) = counts.iter().max_by_key(|(_, count)| **count) else { continue };
        for (name, pointer) in &names {
            if style(name).is_some_and(|style| style != *most) {
                let message = format!("`{name}` is not in {most}, unlike most {what} of this file");
                findings.key(&CASING, pointer, message, "use the casing of the others, if the service does");
            }
        }
    }
}

/// Counts the parts in one casing, with the place of the first of them.
type Votes<'a> = (usize, Reverse<&'a (Option<Position>, String)>);

/// Reports path segments that are not in the casing of most. Parameters, custom methods (`:cancel`) and file extensions
/// do not count.
fn path_casing(spec: &Spec<'_>, findings: &mut Findings<'_>) {
    let mut parts: BTreeMap<&str, (Option<Position>, String)> = BTreeMap::new();
    for (path, item) in paths(spec.root).filter(|(path, _)| path.starts_with('/')) {
        let template = PathTemplate::of(path);
        let plain = template.segments().iter().filter(|segment| segment.is_plain()).map(Segment::text);
        for part in plain.filter(|part| !part.contains(['?', '#'])) {
            let part = part.trim_start_matches(|c: char| !c.is_alphanumeric());
            let part = part.split(['.', ':']).next().unwrap_or_default();
            let here = (findings.place(&item.pointer), item.pointer.clone());
            if part.contains(char::is_alphabetic) && parts.get(part).is_none_or(|there| here < *there) {
                parts.insert(part, here);
            }
        }
    }
    // A single word in lower case fits every casing except PascalCase.
    let style = |part: &str| style(part).or_else(|| part.chars().all(|c| !c.is_uppercase()).then_some("lower case"));
    let mut counts: BTreeMap<&str, Votes<'_>> = BTreeMap::new();
    for (part, place) in &parts {
        let Some(style) = style(part) else { continue };
        let (count, first) = counts.entry(style).or_insert((0, Reverse(place)));
        (*count, *first) = (*count + 1, (*first).max(Reverse(place)));
    }
    let lower = counts.remove("lower case").map_or(0, |(count, _)| count);
    // A tie goes to the casing that occurs first in the file, so that the result does not depend on the alphabet.
    let most = |counts: &BTreeMap<&'static str, Votes<'_>>| {
        counts.iter().max_by_key(|(_, votes)| **votes).map(|(style, (count, _))| (*style, *count))
    };
    let Some((mut wanted, count)) = most(&counts) else { return };
    // `/locks/` and `/Doors/`: the lower-case words fit every other casing, so PascalCase must outnumber them.
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
            let message = format!("`{part}` is not in {wanted}, unlike most path segments of this file");
            findings.key(&CASING, pointer, message, "use the casing of the others, if the service does");
        }
    }
}

/// Reports schemas and properties that would have the same name in Rust.
fn collisions(spec: &Spec<'_>, findings: &mut Findings<'_>) {
    let mut collide = |mut names: Vec<(&str, String)>, rust: fn(&str) -> String| {
        // Of two colliding names, the later one in the file is reported.
        names.sort_by_key(|(_, pointer)| findings.place(pointer));
        let mut seen: BTreeMap<String, &str> = BTreeMap::new();
        for (name, pointer) in names {
            if let Some(earlier) = seen.insert(rust(name), name) {
                findings.key(
                    &COLLISION,
                    &pointer,
                    format!("`{name}` and `{earlier}` give the same Rust name"),
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

/// Reports enum values whose variants would have no name, or the same name.
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
                format!("`{text}` gives no variant name: it has no letters or digits"),
                "use a plain string, and list the values in the description",
            );
        } else if let Some(earlier) = seen.insert(name, text).filter(|earlier| *earlier != text) {
            findings.value(
                &NAMEABLE,
                &at,
                format!("`{text}` and `{earlier}` give the same variant name"),
                "use a plain string, and list the values in the description",
            );
        }
    }
}

/// Checks that bodies have a schema, requests one media type, and successes one schema.
fn bodies(spec: &Spec<'_>, findings: &mut Findings<'_>) {
    for node in spec.all(Object::MediaType) {
        if node.value.get("schema").is_none() {
            findings.key(&CONTENT_SCHEMA, &node.pointer, "this body has no `schema`", "add the `schema`");
        }
    }
    for node in spec.all(Object::RequestBody) {
        if let Some((second, _)) = entries(node.value.get("content")).nth(1) {
            let pointer = format!("{}/content/{}", node.pointer, escape(second));
            let message = "this request has a second media type";
            findings.key(&REQUEST_TYPE, &pointer, message, "keep the one that clients send");
        }
    }
    for operation in spec.operations() {
        // A success without a body differs from one with a body. `default` covers all statuses that are not listed
        // (OpenAPI 3.0.3, 4.7.16.1); next to a listed success these are errors.
        let mut first: Option<(&str, Option<&Value>)> = None;
        for (status, response) in
            entries(operation.value.get("responses")).filter(|(status, _)| status.starts_with('2'))
        {
            let content = spec.resolve(response).and_then(|response| response.get("content"));
            let schema = entries(content).find_map(|(_, media)| media.get("schema"));
            if let Some((earlier, _)) = first.filter(|(_, first)| *first != schema) {
                let message =
                    format!("the success responses of {} differ: '{earlier}' and '{status}'", operation.called());
                let pointer = format!("{}/responses/{status}", operation.pointer);
                let help = "use the same schema, or no body, for all of them; move errors to `4XX` and `5XX`";
                findings.key(&SUCCESS_TYPE, &pointer, message, help);
            }
            first.get_or_insert((status, schema));
        }
    }
}

/// Reports properties of one name that have different types in different schemas.
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
                format!("`{name}` has type `{kind}` here, but type `{most}` elsewhere"),
                "correct one of the types, or rename one of the properties",
            );
        }
    }
}
