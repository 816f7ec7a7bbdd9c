//! Checks pagination: page size, cursor parameter, and the cursor of the next page in the response.

use std::collections::HashSet;

use serde_json::Value;
use unloc_spec::RawOperation;

use crate::finding::{Findings, Rule, Severity};
use crate::spec::{Spec, entries};

const PAIR: Rule = Rule {
    id: "pagination-pair",
    severity: Severity::Warning,
    reason: "Pagination needs a cursor parameter, the next cursor in the response, and a page size.",
    example: "a parameter `cursor` where the response has none, or without a parameter `limit`; a response with \
              `nextCursor`, and no parameter for it",
};

pub(crate) const RULES: &[&Rule] = &[&PAIR];

/// Lists names of cursors, in the form that [`plain`] returns.
const CURSORS: [&str; 9] = [
    "cursor",
    "startafter",
    "startafterid",
    "startingafter",
    "pagetoken",
    "nexttoken",
    "continuationtoken",
    "continuation",
    "nextcursor",
];

/// Lists names of page sizes, in the form that [`plain`] returns.
const SIZES: [&str; 12] = [
    "limit",
    "pagesize",
    "perpage",
    "maxresults",
    "maxitems",
    "size",
    "count",
    "first",
    "top",
    "take",
    "pagelimit",
    "max",
];

pub(crate) fn check(spec: &Spec<'_>, findings: &mut Findings<'_>) {
    for operation in spec.operations() {
        pair(spec, &operation, findings);
    }
}

/// Normalizes a name, so that `next_cursor`, `next-cursor` and `nextCursor` are equal.
fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase()
}

/// Checks that an operation with a cursor parameter has a page size and returns the next cursor.
fn pair(spec: &Spec<'_>, operation: &RawOperation<'_>, findings: &mut Findings<'_>) {
    let parameters = operation.parameters(spec.root);
    let queries = parameters.iter().filter(|parameter| parameter.text("in") == Some("query"));
    let names: Vec<_> = queries.filter_map(|parameter| Some((&parameter.pointer, parameter.text("name")?))).collect();
    let Some((pointer, cursor)) = names.iter().find(|(_, name)| CURSORS.contains(&plain(name).as_str())) else {
        unsent(spec, operation, findings);
        return;
    };
    // A shared parameter is right for other operations, so the finding is at this operation's list.
    let list = format!("{}/parameters", operation.pointer);
    let pointer = if pointer.starts_with("/components/") { &list } else { *pointer };
    if !names.iter().any(|(_, name)| SIZES.contains(&plain(name).as_str())) {
        let message =
            format!("{} has a cursor parameter `{cursor}` but no parameter for the page size", operation.called());
        findings.key(&PAIR, pointer, message, "add a `limit`, if the service has one");
    }
    let mut bodies = entries(operation.value.get("responses"))
        .filter(|(status, _)| status.starts_with('2'))
        .filter_map(|(_, response)| spec.resolve(response))
        .filter(|response| response.get("content").is_some())
        .peekable();
    if bodies.peek().is_some() && !bodies.any(|response| tells_next(spec, response, &plain(cursor))) {
        let message = format!("{} takes a `{cursor}`, but its response has no cursor", operation.called());
        findings.key(&PAIR, pointer, message, "add the property with the cursor of the next page to the response");
    }
}

/// Returns whether a response tells where the next page begins: in a property, possibly of an inner object, or in a
/// header.
fn tells_next(spec: &Spec<'_>, response: &Value, cursor: &str) -> bool {
    let is_next = |name: &str| {
        let name = plain(name);
        // `startAfterId` takes the id of the last item, so the response only has to say whether there is more.
        let knows_more = cursor.contains("after") && (name.contains("more") || name == "islast");
        name == cursor
            || knows_more
            || ["cursor", "next", "token", "continu", "link"].iter().any(|part| name.contains(part))
    };
    if entries(response.get("headers")).any(|(name, _)| is_next(name)) {
        return true;
    }
    let mut open: Vec<(&Value, u8)> =
        entries(response.get("content")).filter_map(|(_, media)| Some((media.get("schema")?, 0))).collect();
    let mut seen = HashSet::new();
    while let Some((schema, depth)) = open.pop() {
        let Some(schema) = spec.resolve(schema).filter(|schema| seen.insert(std::ptr::from_ref(*schema))) else {
            continue;
        };
        // A schema without properties allows any, a cursor included.
        if schema.get("properties").is_none()
            && schema.get("allOf").is_none()
            && schema.get("type") != Some(&"array".into())
        {
            return true;
        }
        for (name, property) in entries(schema.get("properties")) {
            if is_next(name) {
                return true;
            }
            // Two levels, as in `meta.paging.next`. Deeper objects are items of the list.
            let is_object = spec.resolve(property).is_some_and(|property| property.get("properties").is_some());
            if depth < 2 && is_object {
                open.push((property, depth + 1));
            }
        }
        let parts = ["allOf", "oneOf", "anyOf"].into_iter().filter_map(|key| schema.get(key)?.as_array()).flatten();
        open.extend(parts.filter(|_| depth < 8).map(|part| (part, depth + 1)));
    }
    false
}

/// Lists words in the names of parameters that take a cursor.
const TAKES: [&str; 11] =
    ["cursor", "token", "after", "page", "start", "contin", "offset", "marker", "next", "from", "before"];

/// Reports a response with a cursor that no parameter takes.
fn unsent(spec: &Spec<'_>, operation: &RawOperation<'_>, findings: &mut Findings<'_>) {
    // A search with a long filter may be a POST; no other method lists anything.
    if !["get", "post"].contains(&operation.method) {
        return;
    }
    let successes = entries(operation.value.get("responses")).filter(|(status, _)| status.starts_with('2'));
    let cursor = successes.flat_map(|(_, response)| properties(spec, response, 2)).find_map(|(name, property)| {
        let plain = plain(name);
        // A property such as `next` may be a link, which is followed and needs no parameter.
        let is_cursor = plain != "cursors" && plain.contains("cursor")
            || CURSORS.contains(&plain.as_str())
            || plain == "nextpagetoken";
        let is_text =
            spec.resolve(property).is_some_and(|property| property.get("type").is_some_and(|kind| kind == "string"));
        (is_cursor && !plain.starts_with("prev") && is_text).then_some(name)
    });
    let Some(cursor) = cursor else { return };
    let takes = |name: &str| TAKES.iter().any(|part| plain(name).contains(part));
    let parameters = operation.parameters(spec.root);
    // A cursor may be sent in the query, a header or a cookie, but is no part of the path.
    let mut names = parameters.iter().filter(|one| one.text("in") != Some("path")).filter_map(|one| one.text("name"));
    let is_sent = names.any(takes)
        || operation
            .value
            .get("requestBody")
            .is_some_and(|body| properties(spec, body, 2).iter().any(|(name, _)| takes(name)));
    if !is_sent {
        let message = format!("{} returns a `{cursor}` but has no parameter that takes it", operation.called());
        let help = "add the query parameter that takes the cursor of the next page";
        findings.key(&PAIR, &operation.pointer, message, help);
    }
}

/// Returns the properties of a body, and of inner objects down to this depth.
fn properties<'a>(spec: &Spec<'a>, body: &'a Value, depth: u8) -> Vec<(&'a str, &'a Value)> {
    let content = spec.resolve(body).and_then(|body| body.get("content"));
    let mut open: Vec<(&Value, u8)> =
        entries(content).filter_map(|(_, media)| Some((media.get("schema")?, 0))).collect();
    let mut found = Vec::new();
    let mut seen = HashSet::new();
    while let Some((schema, level)) = open.pop() {
        let Some(schema) = spec.resolve(schema).filter(|schema| seen.insert(std::ptr::from_ref::<Value>(schema)))
        else {
            continue;
        };
        for (name, property) in entries(schema.get("properties")) {
            found.push((name, property));
            if level < depth {
                open.push((property, level + 1));
            }
        }
        let parts = ["allOf", "oneOf", "anyOf"].into_iter().filter_map(|key| schema.get(key)?.as_array()).flatten();
        open.extend(parts.map(|part| (part, level)));
    }
    found
}
