//! Operations: their answers, tags and names.

use std::collections::BTreeMap;

use heck::ToSnakeCase;
use serde_json::Value;
use unloc_spec::RawOperation;

use crate::finding::{Findings, Rule, Severity};
use crate::shape::Object;
use crate::spec::{Spec, entries};

const STATUS: Rule = Rule {
    id: "status-code-valid",
    severity: Severity::Error,
    reason: "An answer under a key that is no status is never chosen.",
    example: "`'20':`, `ok:`, `'600':`",
};

const SUCCESS: Rule = Rule {
    id: "success-response",
    severity: Severity::Error,
    reason: "Without an answer for success, callers get nothing but an error.",
    example: "an operation with `'404'` alone",
};

const ERRORS: Rule = Rule {
    id: "error-response",
    severity: Severity::Warning,
    reason: "Readers want to know how it fails.",
    example: "an operation with `'200'` alone",
};

const UNAUTHORIZED: Rule = Rule {
    id: "secured-401",
    severity: Severity::Warning,
    reason: "What wants a token can be refused for want of one.",
    example: "an operation with `security` and no `'401'`",
};

const NO_BODY: Rule = Rule {
    id: "no-request-body",
    severity: Severity::Error,
    reason: "A body has no meaning in a GET, HEAD or DELETE; servers and proxies drop it.",
    example: "a GET with a `requestBody`",
};

const EMPTY_ANSWER: Rule = Rule {
    id: "no-response-body",
    severity: Severity::Error,
    reason: "An answer with 1xx, 204, 205 or 304 has no body, so this would never be read.",
    example: "`'204'` with `content`",
};

const ID_PRESENT: Rule = Rule {
    id: "operation-id-present",
    severity: Severity::Error,
    reason: "The operation's id names its function; the generator stops without one.",
    example: "an operation without `operationId`",
};

const ID_UNIQUE: Rule = Rule {
    id: "operation-id-unique",
    severity: Severity::Error,
    reason: "Two operations with one id cannot be told apart by it, and would be two functions with one name.",
    example: "`getLock` twice",
};

const SUMMARY: Rule = Rule {
    id: "operation-summary",
    severity: Severity::Warning,
    reason: "The summary is the first line of the function's documentation.",
    example: "an operation without `summary`",
};

const TAG_DECLARED: Rule = Rule {
    id: "tag-declared",
    severity: Severity::Warning,
    reason: "A tag without a declaration has no description, and a misspelt one makes a group of its own.",
    example: "`tags: [Loks]`",
};

pub(crate) const RULES: &[&Rule] = &[
    &STATUS,
    &SUCCESS,
    &ERRORS,
    &UNAUTHORIZED,
    &NO_BODY,
    &EMPTY_ANSWER,
    &ID_PRESENT,
    &ID_UNIQUE,
    &SUMMARY,
    &TAG_DECLARED,
];

pub(crate) fn check(spec: &Spec<'_>, findings: &mut Findings<'_>) {
    let declared: Vec<_> = spec.all(Object::Tag).iter().filter_map(|tag| tag.value.get("name")?.as_str()).collect();
    let mut ids: BTreeMap<String, (String, String)> = BTreeMap::new();
    for operation in spec.operations() {
        answers(spec, &operation, findings);
        id(&operation, &mut ids, findings);
        if operation.value.get("summary").is_none() {
            findings.key(
                &SUMMARY,
                &operation.pointer,
                format!("{} has no `summary`", operation.called()),
                "say in a line what it does",
            );
        }
        for (place, tag) in operation.value.get("tags").and_then(Value::as_array).into_iter().flatten().enumerate() {
            if tag.as_str().is_some_and(|tag| !declared.contains(&tag)) {
                let pointer = format!("{}/tags/{place}", operation.pointer);
                findings.value(
                    &TAG_DECLARED,
                    &pointer,
                    format!("the tag {tag} is not declared"),
                    "add it to `tags` at the top",
                );
            }
        }
        let bodyless = ["get", "head", "delete"].contains(&operation.method);
        if bodyless && operation.value.get("requestBody").is_some() {
            let pointer = format!("{}/requestBody", operation.pointer);
            let method = operation.method.to_uppercase();
            findings.key(
                &NO_BODY,
                &pointer,
                format!("a {method} has no body"),
                "use query parameters, or another method",
            );
        }
    }
}

fn answers(spec: &Spec<'_>, operation: &RawOperation<'_>, findings: &mut Findings<'_>) {
    let Some(responses) = operation.value.get("responses").filter(|responses| responses.is_object()) else { return };
    let mut statuses = Vec::new();
    for (status, response) in entries(Some(responses)).filter(|(status, _)| !status.starts_with("x-")) {
        let pointer = format!("{}/responses/{status}", operation.pointer);
        let is_range = matches!(status, "1XX" | "2XX" | "3XX" | "4XX" | "5XX");
        let is_code = status.len() == 3 && status.parse::<u16>().is_ok_and(|code| (100..=599).contains(&code));
        if !is_range && !is_code && status != "default" {
            findings.key(
                &STATUS,
                &pointer,
                format!("`{status}` is no status of an answer"),
                "write 100 to 599, `4XX` and the like, or `default`",
            );
        }
        statuses.push(status);
        let bodyless = status.starts_with('1') || ["204", "205", "304"].contains(&status);
        let content = spec.resolve(response).and_then(|response| response.get("content"));
        if bodyless && content.is_some_and(|content| content.as_object().is_some_and(|map| !map.is_empty())) {
            findings.key(
                &EMPTY_ANSWER,
                &pointer,
                format!("an answer with {status} has no body"),
                "take `content` out, or choose another status",
            );
        }
    }
    let any = |first: &[char]| statuses.iter().any(|status| status.starts_with(first));
    let pointer = format!("{}/responses", operation.pointer);
    // What switches protocols has its success with 101 (RFC 9110 15.2.2), as websockets do.
    let succeeds = any(&['2', '3']) || ["101", "1XX", "default"].iter().any(|status| statuses.contains(status));
    if !succeeds {
        findings.key(
            &SUCCESS,
            &pointer,
            format!("{} has no answer for success", operation.called()),
            "add the answer with `'200'`",
        );
    } else if !any(&['4', '5', 'd']) {
        findings.key(
            &ERRORS,
            &pointer,
            format!("{} has no answer for failure", operation.called()),
            "add what it is refused with",
        );
    }
    let secured = operation.value.get("security").or_else(|| spec.root.get("security")).and_then(Value::as_array);
    let secured = secured.is_some_and(|list| {
        !list.is_empty() && list.iter().all(|one| one.as_object().is_some_and(|one| !one.is_empty()))
    });
    if secured && any(&['4']) && !["401", "4XX", "default"].iter().any(|status| statuses.contains(status)) {
        // Where it would be written.
        let next = statuses.iter().find(|status| **status > "401").or(statuses.last());
        findings.key(
            &UNAUTHORIZED,
            &next.map_or_else(|| pointer.clone(), |status| format!("{pointer}/{status}")),
            format!("{} wants a token, and has no `'401'`", operation.called()),
            "add the answer for a token that is no good",
        );
    }
}

fn id(operation: &RawOperation<'_>, ids: &mut BTreeMap<String, (String, String)>, findings: &mut Findings<'_>) {
    let Some(id) = operation.value.get("operationId").and_then(Value::as_str) else {
        if operation.value.get("operationId").is_none() {
            findings.key(
                &ID_PRESENT,
                &operation.pointer,
                format!("{} has no `operationId`", operation.called()),
                "name it, as its function shall be called",
            );
        }
        return;
    };
    let pointer = format!("{}/operationId", operation.pointer);
    if let Some((earlier, place)) = ids.insert(id.to_snake_case(), (id.to_owned(), pointer.clone())) {
        let there = findings.shown(&place);
        // For readers these are two; the generator makes one name of them.
        let (rule, message) = if earlier == id {
            (&ID_UNIQUE, format!("`{id}` stands here twice: it is at {there} already"))
        } else {
            (&super::names::COLLISION, format!("`{id}` and `{earlier}` at {there} would be one function"))
        };
        findings.value(rule, &pointer, message, "give each operation a name of its own");
    }
}
