//! Checks responses: whether they can be extended, and whether they are consistent with those of other operations.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use unloc_spec::{RawOperation, escape};

use crate::finding::{Findings, Rule, Severity};
use crate::shape::Object;
use crate::spec::{Node, Spec, entries};

const OPEN: Rule = Rule {
    id: "response-open",
    severity: Severity::Warning,
    reason: "A response that forbids unknown fields breaks its clients as soon as the service adds one.",
    example: "`additionalProperties: false` in the schema of a response",
};

const CONTENT: Rule = Rule {
    id: "success-content",
    severity: Severity::Warning,
    reason: "A GET without a response body gives its callers nothing.",
    example: "a GET whose `'200'` has no `content`",
};

const ERROR_TYPE: Rule = Rule {
    id: "error-content-type",
    severity: Severity::Warning,
    reason: "Clients that parse the JSON of the other responses cannot parse this error.",
    example: "`'404'` with `text/html`",
};

const ERROR_SCHEMA: Rule = Rule {
    id: "error-schema-uniform",
    severity: Severity::Warning,
    reason: "Clients handle errors in one place; an error with a different schema is a slip, or is not understood there.",
    example: "one `'404'` with an `Oops` where all others have an `ApiError`",
};

const BARE_ARRAY: Rule = Rule {
    id: "no-bare-array",
    severity: Severity::Warning,
    reason: "A bare array has no room for a cursor or a count, and differs from the other lists of this API.",
    example: "`type: array` as a response, where other responses wrap their arrays in an object",
};

pub(crate) const RULES: &[&Rule] = &[&OPEN, &CONTENT, &ERROR_TYPE, &ERROR_SCHEMA, &BARE_ARRAY];

pub(crate) fn check(spec: &Spec<'_>, findings: &mut Findings<'_>) {
    let operations = spec.operations();
    open(spec, &operations, findings);
    lists(spec, &operations, findings);
    errors(spec, &operations, findings);
    for operation in operations.iter().filter(|operation| operation.method == "get") {
        let responses: Vec<_> = entries(operation.value.get("responses")).collect();
        let empty = |response: &Value| spec.resolve(response).is_some_and(|response| response.get("content").is_none());
        // A redirect, a protocol switch and these successes have no body on purpose.
        let is_bodyless = |status: &str| status.starts_with('3') || ["204", "205", "202", "101"].contains(&status);
        if responses.iter().any(|(status, response)| is_bodyless(status) || (*status == "default" && !empty(response)))
        {
            continue;
        }
        let mut successes = responses.iter().filter(|(status, _)| status.starts_with('2')).peekable();
        let Some((status, _)) = successes.peek() else { continue };
        let pointer = format!("{}/responses/{status}", operation.pointer);
        if successes.all(|(_, response)| empty(response)) {
            let message = format!("{} is a GET, but its success response has no `content`", operation.called());
            findings.key(&CONTENT, &pointer, message, "add the `content`, or use `'204'`");
        }
    }
}

/// Returns the pointer of the component that contains a place: `/components/schemas/Lock`.
pub(crate) fn component(pointer: &str) -> Option<&str> {
    let rest = pointer.strip_prefix("/components/")?;
    let (folder, inner) = rest.split_once('/')?;
    let name = inner.split('/').next()?;
    pointer.get(.."/components/".len() + folder.len() + 1 + name.len())
}

/// Reports schemas of responses that forbid unknown fields.
fn open(spec: &Spec<'_>, operations: &[RawOperation<'_>], findings: &mut Findings<'_>) {
    let responses = spec.reached(operations.iter().filter_map(|operation| operation.value.get("responses")));
    for node in spec.all(Object::Schema) {
        let is_in_response = match component(&node.pointer) {
            Some(component) => responses.contains(component),
            // An inline schema belongs to the operation that contains it.
            None => node.pointer.contains("/responses/"),
        };
        if is_in_response && node.value.get("additionalProperties") == Some(&Value::Bool(false)) {
            findings.key(
                &OPEN,
                &format!("{}/additionalProperties", node.pointer),
                "this schema of a response forbids unknown fields",
                "remove `additionalProperties: false`; a request that needs it can have a schema of its own",
            );
        }
    }
}

/// Returns the schema of a response's JSON body, with its pointer.
fn json<'a>(spec: &Spec<'a>, pointer: &str, response: &'a Value) -> Option<(String, &'a Value)> {
    let at = Node { value: response, pointer: pointer.to_owned() }.follow(spec.root)?;
    let content = at.value.get("content")?;
    let (media, schema) = entries(Some(content))
        .filter(|(media, _)| media.contains("json"))
        .find_map(|(media, content)| Some((media, content.get("schema")?)))?;
    Some((format!("{}/content/{}/schema", at.pointer, escape(media)), schema))
}

/// Reports bare arrays where most responses with a list wrap it in an object.
fn lists(spec: &Spec<'_>, operations: &[RawOperation<'_>], findings: &mut Findings<'_>) {
    let (mut bare, mut wrapped) = (Vec::new(), 0);
    for operation in operations {
        for (status, response) in
            entries(operation.value.get("responses")).filter(|(status, _)| status.starts_with('2'))
        {
            let Some((pointer, schema)) = json(spec, &format!("{}/responses/{status}", operation.pointer), response)
            else {
                continue;
            };
            let Some(schema) = spec.resolve(schema) else { continue };
            let is_list = |schema: &Value| schema.get("type").is_some_and(|kind| kind == "array");
            if is_list(schema) {
                bare.push((pointer, operation.called()));
            } else if wraps_a_list(spec, schema) {
                wrapped += 1;
            }
        }
    }
    // Where bare arrays are as common as wrapped ones, they are the style of the API.
    if bare.len() < wrapped {
        for (pointer, name) in bare {
            let message = format!("{name} returns a bare array, where other operations wrap theirs in an object");
            let help = "wrap the array in an object, if the service does";
            findings.key(&BARE_ARRAY, &pointer, message, help);
        }
    }
}

/// Lists words in the names of properties that describe a page: where the next one begins, how many items there are.
const PAGE_WORDS: [&str; 22] = [
    "next", "prev", "cursor", "token", "total", "count", "limit", "offset", "page", "size", "more", "link", "meta",
    "first", "last", "self", "url", "start", "after", "object", "kind", "status",
];

/// Returns whether an object only wraps a list. A door with a list of keys is a door and no wrapper.
fn wraps_a_list(spec: &Spec<'_>, schema: &Value) -> bool {
    let (lists, others): (Vec<_>, Vec<_>) = entries(schema.get("properties")).partition(|(_, property)| {
        spec.resolve(property).is_some_and(|property| property.get("type").is_some_and(|kind| kind == "array"))
    });
    let describes_page = |name: &str| PAGE_WORDS.iter().any(|word| name.to_lowercase().contains(word));
    lists.len() == 1 && others.iter().all(|(name, _)| describes_page(name))
}

/// Reports errors that are no JSON, and errors whose schema differs from that of nearly all others.
fn errors(spec: &Spec<'_>, operations: &[RawOperation<'_>], findings: &mut Findings<'_>) {
    let mut uses: BTreeMap<String, (usize, String)> = BTreeMap::new();
    // Many operations share one component.
    let mut reported = BTreeSet::new();
    for operation in operations {
        for (status, response) in
            entries(operation.value.get("responses")).filter(|(status, _)| status.starts_with(['4', '5']))
        {
            let place = format!("{}/responses/{status}", operation.pointer);
            if let Some((pointer, schema)) = json(spec, &place, response) {
                uses.entry(schema.to_string()).or_insert((0, pointer)).0 += 1;
                continue;
            }
            let Some(at) = (Node { value: response, pointer: place }).follow(spec.root) else { continue };
            // A name without a slash is no media type, which `media-type` reports.
            let is_fine = |media: &str| media.contains("js") || media == "*/*" || !media.contains('/');
            let Some((media, _)) = entries(at.value.get("content")).next().filter(|(media, _)| !is_fine(media)) else {
                continue;
            };
            let pointer = format!("{}/content/{}", at.pointer, escape(media));
            if reported.insert(pointer.clone()) {
                let message = format!("this error has the media type `{media}` instead of JSON");
                let help = "describe it as `application/json`, if the service sends that";
                findings.key(&ERROR_TYPE, &pointer, message, help);
            }
        }
    }
    let most = uses.values().map(|(count, _)| *count).max().unwrap_or_default();
    // Five to one: a second schema that is common is there on purpose.
    for (_, pointer) in uses.into_values().filter(|(count, _)| count * 5 <= most) {
        let message = "this error has a different schema than the errors of nearly all other operations";
        findings.key(
            &ERROR_SCHEMA,
            &pointer,
            message,
            "refer to the schema of the other errors, if the service uses it",
        );
    }
}
