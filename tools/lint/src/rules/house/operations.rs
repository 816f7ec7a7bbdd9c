//! Operations: how sure we are of each, and what its documentation begins with.

use serde_json::Value;
use unloc_spec::{RawOperation, keys};

use crate::finding::{Findings, Rule, Severity};
use crate::spec::{Spec, entries};
use unloc_spec::words::nearest;

pub(super) const EVIDENCE: Rule = Rule {
    id: "house-evidence",
    severity: Severity::Error,
    reason: "Users have to know what the vendor describes and what we have concluded.",
    example: "an operation without `x-evidence` or `x-evidence-note`",
};

pub(super) const SUMMARY: Rule = Rule {
    id: "house-summary",
    severity: Severity::Warning,
    reason: "Summaries stand in lists and tables, a line each.",
    example: "a `summary` of more than 60 characters, or with a full stop",
};

pub(super) const DESCRIBED: Rule = Rule {
    id: "house-description",
    severity: Severity::Warning,
    reason: "A function's documentation has to say more than its name.",
    example: "an operation without `description`",
};

pub(super) const TAG: Rule = Rule {
    id: "house-tag",
    severity: Severity::Warning,
    reason: "Each operation has one place in the documentation.",
    example: "`tags: [Locks, Keys]`, no `tags`",
};

pub(super) const SUCCESS: Rule = Rule {
    id: "house-success",
    severity: Severity::Error,
    reason: "The SDK takes any 2xx for the one success that is described.",
    example: "`'200'` beside `'201'`, a `'200'` without `content`",
};

pub(super) fn check(spec: &Spec<'_>, findings: &mut Findings<'_>) {
    for operation in spec.operations() {
        evidence(&operation, findings);
        texts(&operation, findings);
        success(spec, &operation, findings);
    }
}

fn evidence(operation: &RawOperation<'_>, findings: &mut Findings<'_>) {
    // What is there and wrong is told with the other keys.
    for (key, other, help) in [
        (keys::EVIDENCE, keys::EVIDENCE_NOTE, "add `documented`, or `inferred` if its path or answer is concluded"),
        (keys::EVIDENCE_NOTE, keys::EVIDENCE, "say what is known, and what is concluded"),
    ] {
        let misspelt = nearest(key, entries(Some(operation.value)).map(|(other, _)| other));
        if operation.value.get(key).is_none() && misspelt.is_none() {
            let message = format!("{} has no `{key}`", operation.called());
            // Beside the other one, if that is there.
            let pair = format!("{}/{other}", operation.pointer);
            let at = if operation.value.get(other).is_some() { &pair } else { &operation.pointer };
            findings.key(&EVIDENCE, at, message, help);
        }
    }
}

fn texts(operation: &RawOperation<'_>, findings: &mut Findings<'_>) {
    if let Some(summary) = operation.value.get("summary").and_then(Value::as_str) {
        let pointer = format!("{}/summary", operation.pointer);
        let length = summary.chars().count();
        if length > 60 {
            findings.value(&SUMMARY, &pointer, format!("the summary has {length} characters"), "make do with 60");
        } else if summary.ends_with('.') {
            findings.value(&SUMMARY, &pointer, "the summary ends with a full stop", "take it away");
        }
    }
    if operation.value.get("description").is_none() {
        let message = format!("{} has no `description`", operation.called());
        let help = "say what it does, to whom, and what to look out for";
        findings.key(&DESCRIBED, &operation.pointer, message, help);
    }
    let tags = operation.value.get("tags").and_then(Value::as_array).map_or(0, Vec::len);
    if tags > 1 {
        let message = format!("{} has {tags} tags", operation.called());
        findings.key(&TAG, &format!("{}/tags", operation.pointer), message, "keep the one it belongs to");
    } else if tags == 0
        && !findings.list.iter().any(|finding| finding.pointer == operation.pointer && finding.rule == "operation-tags")
    {
        let message = format!("{} has no tag", operation.called());
        findings.key(&TAG, &operation.pointer, message, "add `tags` with the group it belongs to");
    }
}

fn success(spec: &Spec<'_>, operation: &RawOperation<'_>, findings: &mut Findings<'_>) {
    let mut successes = entries(operation.value.get("responses")).filter(|(status, _)| status.starts_with('2'));
    let Some((status, response)) = successes.next() else { return };
    let pointer = |status: &str| format!("{}/responses/{status}", operation.pointer);
    if let Some((second, _)) = successes.next() {
        // Two that differ are told as such.
        if !findings
            .list
            .iter()
            .any(|finding| finding.rule == "single-success-type" && finding.pointer.starts_with(&operation.pointer))
        {
            let message = format!("{} has more than one success", operation.called());
            findings.key(&SUCCESS, &pointer(second), message, "keep the one that the service sends");
        }
        return;
    }
    let has_content = spec.resolve(response).is_some_and(|response| response.get("content").is_some());
    if !["200", "204"].contains(&status) {
        let help = "write `'200'` with a schema, or `'204'` where the answer is not documented";
        findings.key(&SUCCESS, &pointer(status), format!("a success of ours is no `{status}`"), help);
    } else if status == "200" && !has_content && operation.method != "get" {
        let help = "add the `content`, or write `'204'` where the answer is not documented";
        findings.key(
            &SUCCESS,
            &pointer(status),
            format!("the `'200'` of {} has no `content`", operation.called()),
            help,
        );
    }
}
