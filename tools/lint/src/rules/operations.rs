//! Checks operations: their responses, tags and ids.

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
    reason: "Clients never select a response whose key is not a status code.",
    example: "`'20':`, `ok:`, `'600':`",
};

// OpenAPI 3.0.3, 4.7.16: there must be a response, and it should be that of a success.
const SUCCESS: Rule = Rule {
    id: "success-response",
    severity: Severity::Error,
    reason: "Without a success response, every call ends in an error.",
    example: "an operation with `'404'` alone",
};

const ERRORS: Rule = Rule {
    id: "error-response",
    severity: Severity::Warning,
    reason: "Callers need to know how the operation fails.",
    example: "an operation with `'200'` alone",
};

const UNAUTHORIZED: Rule = Rule {
    id: "secured-401",
    severity: Severity::Warning,
    reason: "Secured operations must document 401.",
    example: "an operation with `security` and no `'401'`",
};

const NO_BODY: Rule = Rule {
    id: "no-request-body",
    severity: Severity::Error,
    reason: "A body in a GET, HEAD or DELETE has no defined meaning; servers and proxies drop it.",
    example: "a GET with a `requestBody`",
};

const EMPTY_RESPONSE: Rule = Rule {
    id: "no-response-body",
    severity: Severity::Error,
    reason: "A response with 1xx, 204, 205 or 304 has no body, so this content is never read.",
    example: "`'204'` with `content`",
};

const ID_PRESENT: Rule = Rule {
    id: "operation-id-present",
    severity: Severity::Error,
    reason: "The `operationId` names the generated function; the generator fails without one.",
    example: "an operation without `operationId`",
};

// OpenAPI 3.0.3, 4.7.10.1: "The id MUST be unique among all operations described in the API".
const ID_UNIQUE: Rule = Rule {
    id: "operation-id-unique",
    severity: Severity::Error,
    reason: "An `operationId` must be unique; duplicates would become functions with the same name.",
    example: "`getLock` twice",
};

const SUMMARY: Rule = Rule {
    id: "operation-summary",
    severity: Severity::Warning,
    reason: "The summary is the first line of the generated function's documentation.",
    example: "an operation without `summary`",
};

// A warning: OpenAPI 3.0.3, 4.7.1.1 allows tags that are not declared.
const TAG_DECLARED: Rule = Rule {
    id: "tag-declared",
    severity: Severity::Warning,
    reason: "An undeclared tag has no description, and a misspelt one creates a separate group.",
    example: "`tags: [Loks]`",
};

pub(crate) const RULES: &[&Rule] = &[
    &STATUS,
    &SUCCESS,
    &ERRORS,
    &UNAUTHORIZED,
    &NO_BODY,
    &EMPTY_RESPONSE,
    &ID_PRESENT,
    &ID_UNIQUE,
    &SUMMARY,
    &TAG_DECLARED,
];

pub(crate) fn check(spec: &Spec<'_>, findings: &mut Findings<'_>) {
    let declared: Vec<_> = spec.all(Object::Tag).iter().filter_map(|tag| tag.value.get("name")?.as_str()).collect();
    let mut ids: BTreeMap<String, (String, String)> = BTreeMap::new();
    for operation in spec.operations() {
        responses(spec, &operation, findings);
        id(&operation, &mut ids, findings);
        if operation.value.get("summary").is_none() {
            findings.key(
                &SUMMARY,
                &operation.pointer,
                format!("{} has no `summary`", operation.called()),
                "describe in one line what it does",
            );
        }
        for (place, tag) in operation.value.get("tags").and_then(Value::as_array).into_iter().flatten().enumerate() {
            if tag.as_str().is_some_and(|tag| !declared.contains(&tag)) {
                let pointer = format!("{}/tags/{place}", operation.pointer);
                findings.value(
                    &TAG_DECLARED,
                    &pointer,
                    format!("undeclared tag {tag}"),
                    "add it to `tags` at the top of the file",
                );
            }
        }
        // RFC 9110 9.3.1, 9.3.2 and 9.3.5: content in these requests has no generally defined semantics.
        let bodyless = ["get", "head", "delete"].contains(&operation.method);
        if bodyless && operation.value.get("requestBody").is_some() {
            let pointer = format!("{}/requestBody", operation.pointer);
            let method = operation.method.to_uppercase();
            findings.key(
                &NO_BODY,
                &pointer,
                format!("a {method} must not have a request body"),
                "use query parameters or another method",
            );
        }
    }
}

/// Checks the status codes of an operation: their syntax, bodies where there can be none, and missing responses.
fn responses(spec: &Spec<'_>, operation: &RawOperation<'_>, findings: &mut Findings<'_>) {
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
                format!("`{status}` is not a status code"),
                "use 100 to 599, a range such as `4XX`, or `default`",
            );
        }
        statuses.push(status);
        // RFC 9110 6.4.1 and 15.3.6: these responses do not include content.
        let bodyless = status.starts_with('1') || ["204", "205", "304"].contains(&status);
        let content = spec.resolve(response).and_then(|response| response.get("content"));
        if bodyless && content.is_some_and(|content| content.as_object().is_some_and(|map| !map.is_empty())) {
            findings.key(
                &EMPTY_RESPONSE,
                &pointer,
                format!("a response with status {status} has no body"),
                "remove `content`, or use another status code",
            );
        }
    }
    let any = |first: &[char]| statuses.iter().any(|status| status.starts_with(first));
    let pointer = format!("{}/responses", operation.pointer);
    // 101 is the success of an operation that switches protocols (RFC 9110 15.2.2), as WebSockets do.
    let succeeds = any(&['2', '3']) || ["101", "1XX", "default"].iter().any(|status| statuses.contains(status));
    if !succeeds {
        findings.key(
            &SUCCESS,
            &pointer,
            format!("{} has no success response", operation.called()),
            "add a `'200'`, or the status that the service sends",
        );
        // `d` as in `default`.
    } else if !any(&['4', '5', 'd']) {
        findings.key(
            &ERRORS,
            &pointer,
            format!("{} has no error response", operation.called()),
            "add the errors that the service sends, or `default`",
        );
    }
    let secured = operation.value.get("security").or_else(|| spec.root.get("security")).and_then(Value::as_array);
    // An empty requirement `{}` makes authentication optional, so a call without a token is no error.
    let secured = secured.is_some_and(|list| {
        !list.is_empty() && list.iter().all(|one| one.as_object().is_some_and(|one| !one.is_empty()))
    });
    if secured && any(&['4']) && !["401", "4XX", "default"].iter().any(|status| statuses.contains(status)) {
        // The line where a `'401'` belongs in ascending order.
        let next = statuses.iter().find(|status| **status > "401").or(statuses.last());
        findings.key(
            &UNAUTHORIZED,
            &next.map_or_else(|| pointer.clone(), |status| format!("{pointer}/{status}")),
            format!("{} is secured but documents no `'401'`", operation.called()),
            "add the response for a missing, invalid or expired token",
        );
    }
}

/// Reports a missing `operationId`, and one that another operation has already.
fn id(operation: &RawOperation<'_>, ids: &mut BTreeMap<String, (String, String)>, findings: &mut Findings<'_>) {
    let Some(id) = operation.value.get("operationId").and_then(Value::as_str) else {
        if operation.value.get("operationId").is_none() {
            findings.key(
                &ID_PRESENT,
                &operation.pointer,
                format!("{} has no `operationId`", operation.called()),
                "add one; the generated function is named after it",
            );
        }
        return;
    };
    let pointer = format!("{}/operationId", operation.pointer);
    if let Some((earlier, place)) = ids.insert(id.to_snake_case(), (id.to_owned(), pointer.clone())) {
        let there = findings.location(&place);
        // `getLock` and `get_lock` are valid OpenAPI, but the generator converts both to `get_lock`.
        let (rule, message) = if earlier == id {
            (&ID_UNIQUE, format!("duplicate operationId `{id}`: the first one is at {there}"))
        } else {
            (&super::names::COLLISION, format!("`{id}` and `{earlier}` at {there} give the same function name"))
        };
        findings.value(rule, &pointer, message, "give each operation an id of its own");
    }
}
