//! What operations answer with: whether it can grow, and whether it is of one piece with its neighbours.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use unloc_spec::{RawOperation, escape};

use crate::finding::{Findings, Rule, Severity};
use crate::shape::Object;
use crate::spec::{Node, Spec, entries};

const OPEN: Rule = Rule {
    id: "response-open",
    severity: Severity::Warning,
    reason: "An answer that forbids unknown fields breaks its readers on the day the service adds one.",
    example: "`additionalProperties: false` in a schema of an answer",
};

const CONTENT: Rule = Rule {
    id: "success-content",
    severity: Severity::Warning,
    reason: "What is read and has no body gives callers nothing.",
    example: "a GET whose `'200'` has no `content`",
};

const ERROR_TYPE: Rule = Rule {
    id: "error-content-type",
    severity: Severity::Warning,
    reason: "An error that is no JSON is not read by the programs that read the other answers.",
    example: "`'404'` with `text/html`",
};

const ERROR_SCHEMA: Rule = Rule {
    id: "error-schema-uniform",
    severity: Severity::Warning,
    reason: "One API fails in one way; an error of another form is a slip, or is not understood.",
    example: "one `'404'` with an `Oops` where all others have an `ApiError`",
};

const BARE_ARRAY: Rule = Rule {
    id: "no-bare-array",
    severity: Severity::Warning,
    reason: "A list that is not in an object has no room for a cursor or a count, and differs from the other lists here.",
    example: "`type: array` as an answer, where other answers wrap their lists",
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
        let is_meant = |status: &str| status.starts_with('3') || ["204", "205", "202", "101"].contains(&status);
        if responses.iter().any(|(status, response)| is_meant(status) || (*status == "default" && !empty(response))) {
            continue;
        }
        let mut successes = responses.iter().filter(|(status, _)| status.starts_with('2')).peekable();
        let Some((status, _)) = successes.peek() else { continue };
        let pointer = format!("{}/responses/{status}", operation.pointer);
        if successes.all(|(_, response)| empty(response)) {
            let message = format!("{} reads something, and its answer has no `content`", operation.called());
            findings.key(&CONTENT, &pointer, message, "add the `content`, or answer with `'204'`");
        }
    }
}

/// The component that a place is in: `/components/schemas/Lock`.
pub(crate) fn component(pointer: &str) -> Option<&str> {
    let rest = pointer.strip_prefix("/components/")?;
    let (folder, inner) = rest.split_once('/')?;
    let name = inner.split('/').next()?;
    pointer.get(.."/components/".len() + folder.len() + 1 + name.len())
}

fn open(spec: &Spec<'_>, operations: &[RawOperation<'_>], findings: &mut Findings<'_>) {
    let answers = spec.reached(operations.iter().filter_map(|operation| operation.value.get("responses")));
    for node in spec.all(Object::Schema) {
        let is_answer = match component(&node.pointer) {
            Some(component) => answers.contains(component),
            None => node.pointer.contains("/responses/"),
        };
        if is_answer && node.value.get("additionalProperties") == Some(&Value::Bool(false)) {
            findings.key(
                &OPEN,
                &format!("{}/additionalProperties", node.pointer),
                "this is part of an answer, and forbids fields that it does not know",
                "take `additionalProperties: false` out; a request may keep it in a schema of its own",
            );
        }
    }
}

/// The JSON of an answer: its schema, and where that stands.
fn json<'a>(spec: &Spec<'a>, pointer: &str, response: &'a Value) -> Option<(String, &'a Value)> {
    let at = Node { value: response, pointer: pointer.to_owned() }.follow(spec.root)?;
    let content = at.value.get("content")?;
    let (media, schema) = entries(Some(content))
        .filter(|(media, _)| media.contains("json"))
        .find_map(|(media, content)| Some((media, content.get("schema")?)))?;
    Some((format!("{}/content/{}/schema", at.pointer, escape(media)), schema))
}

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
    if bare.len() < wrapped {
        for (pointer, name) in bare {
            let message = format!("{name} answers with a bare list, where others here put theirs into an object");
            findings.key(
                &BARE_ARRAY,
                &pointer,
                message,
                "make an object with the list as a property, if the service does",
            );
        }
    }
}

/// What stands beside a list in an object that is there for the list: where the next page is, how many there are.
const BESIDE_A_LIST: [&str; 22] = [
    "next", "prev", "cursor", "token", "total", "count", "limit", "offset", "page", "size", "more", "link", "meta",
    "first", "last", "self", "url", "start", "after", "object", "kind", "status",
];

/// Whether an object is there for one list: a door with its keys is a door.
fn wraps_a_list(spec: &Spec<'_>, schema: &Value) -> bool {
    let (lists, others): (Vec<_>, Vec<_>) = entries(schema.get("properties")).partition(|(_, property)| {
        spec.resolve(property).is_some_and(|property| property.get("type").is_some_and(|kind| kind == "array"))
    });
    let is_beside = |name: &str| BESIDE_A_LIST.iter().any(|word| name.to_lowercase().contains(word));
    lists.len() == 1 && others.iter().all(|(name, _)| is_beside(name))
}

fn errors(spec: &Spec<'_>, operations: &[RawOperation<'_>], findings: &mut Findings<'_>) {
    let mut uses: BTreeMap<String, (usize, String)> = BTreeMap::new();
    let mut told = BTreeSet::new();
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
            // What is no media type at all is told as such.
            let is_fine = |media: &str| media.contains("js") || media == "*/*" || !media.contains('/');
            let Some((media, _)) = entries(at.value.get("content")).next().filter(|(media, _)| !is_fine(media)) else {
                continue;
            };
            let pointer = format!("{}/content/{}", at.pointer, escape(media));
            if told.insert(pointer.clone()) {
                let message = format!("this error is `{media}`, and no JSON");
                findings.key(
                    &ERROR_TYPE,
                    &pointer,
                    message,
                    "describe it as `application/json`, if the service sends that",
                );
            }
        }
    }
    let most = uses.values().map(|(count, _)| *count).max().unwrap_or_default();
    // A second form that is common is meant.
    for (_, pointer) in uses.into_values().filter(|(count, _)| count * 5 <= most) {
        let message = "this error has another form than the errors of nearly all other operations";
        findings.key(&ERROR_SCHEMA, &pointer, message, "refer to the schema that the others have, if the service does");
    }
}
