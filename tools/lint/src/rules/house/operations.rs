//! Checks operations of our own specs: their evidence, texts, tags and success responses.

use serde_json::Value;
use unloc_spec::{RawOperation, keys};

use crate::finding::{Findings, Rule, Severity};
use crate::spec::{Spec, entries};
use unloc_spec::words::nearest;

pub(super) const EVIDENCE: Rule = Rule {
    id: "house-evidence",
    severity: Severity::Error,
    reason: "Users need to know what the vendor documents, what was observed, and what we have inferred.",
    example: "an operation without `x-evidence` or `x-evidence-note`",
};

pub(super) const SUMMARY: Rule = Rule {
    id: "house-summary",
    severity: Severity::Warning,
    reason: "Summaries are shown in lists and tables, one per line.",
    example: "a `summary` of more than 60 characters, or with a full stop",
};

pub(super) const DESCRIBED: Rule = Rule {
    id: "house-description",
    severity: Severity::Warning,
    reason: "The documentation of a function has to say more than its name.",
    example: "an operation without `description`",
};

pub(super) const TAG: Rule = Rule {
    id: "house-tag",
    severity: Severity::Warning,
    reason: "Each operation belongs to exactly one group of the documentation.",
    example: "`tags: [Locks, Keys]`, no `tags`",
};

pub(super) const SUCCESS: Rule = Rule {
    id: "house-success",
    severity: Severity::Error,
    reason: "The SDK reads any 2xx as the one success response that is described.",
    example: "both `'200'` and `'201'`, a `'200'` without `content`",
};

pub(super) fn check(spec: &Spec<'_>, findings: &mut Findings<'_>) {
    for operation in spec.operations() {
        evidence(&operation, findings);
        texts(&operation, findings);
        success(spec, &operation, findings);
    }
}

/// Reports a missing `x-evidence` or `x-evidence-note`.
fn evidence(operation: &RawOperation<'_>, findings: &mut Findings<'_>) {
    // `house-key` reports wrong values.
    for (key, other, help) in [
        (
            keys::EVIDENCE,
            keys::EVIDENCE_NOTE,
            "add `documented`, `observed` if it is only known from calls, or `inferred` if its path or response is",
        ),
        (keys::EVIDENCE_NOTE, keys::EVIDENCE, "say what is known, what was observed and what is inferred"),
    ] {
        let misspelt = nearest(key, entries(Some(operation.value)).map(|(other, _)| other));
        if operation.value.get(key).is_none() && misspelt.is_none() {
            let message = format!("{} has no `{key}`", operation.called());
            // At the other key, if that is there: the missing one belongs next to it.
            let pair = format!("{}/{other}", operation.pointer);
            let at = if operation.value.get(other).is_some() { &pair } else { &operation.pointer };
            findings.key(&EVIDENCE, at, message, help);
        }
    }
}

/// Checks the summary, the description and the tag of an operation.
fn texts(operation: &RawOperation<'_>, findings: &mut Findings<'_>) {
    if let Some(summary) = operation.value.get("summary").and_then(Value::as_str) {
        let pointer = format!("{}/summary", operation.pointer);
        let length = summary.chars().count();
        if length > 60 {
            let message = format!("the summary is {length} characters long");
            findings.value(&SUMMARY, &pointer, message, "shorten it to at most 60");
        } else if summary.ends_with('.') {
            findings.value(&SUMMARY, &pointer, "the summary ends with a full stop", "remove the full stop");
        }
    }
    if operation.value.get("description").is_none() {
        let message = format!("{} has no `description`", operation.called());
        let help = "describe what it does, to whom, and what to watch out for";
        findings.key(&DESCRIBED, &operation.pointer, message, help);
    }
    // `operation-tags` reports an operation without a tag only where most others have one.
    let tags = operation.value.get("tags").and_then(Value::as_array).map_or(0, Vec::len);
    if tags > 1 {
        let message = format!("{} has {tags} tags", operation.called());
        findings.key(&TAG, &format!("{}/tags", operation.pointer), message, "keep one of them");
    } else if tags == 0
        && !findings.list.iter().any(|finding| finding.pointer == operation.pointer && finding.rule == "operation-tags")
    {
        let message = format!("{} has no tag", operation.called());
        findings.key(&TAG, &operation.pointer, message, "add `tags` with one entry");
    }
}

/// Checks that an operation has exactly one success response: `200` or `202` with content, or `204`.
fn success(spec: &Spec<'_>, operation: &RawOperation<'_>, findings: &mut Findings<'_>) {
    let mut successes = entries(operation.value.get("responses")).filter(|(status, _)| status.starts_with('2'));
    let Some((status, response)) = successes.next() else { return };
    let pointer = |status: &str| format!("{}/responses/{status}", operation.pointer);
    if let Some((second, _)) = successes.next() {
        // `single-success-type` reports two that differ.
        if !findings
            .list
            .iter()
            .any(|finding| finding.rule == "single-success-type" && finding.pointer.starts_with(&operation.pointer))
        {
            let message = format!("{} has more than one success response", operation.called());
            findings.key(&SUCCESS, &pointer(second), message, "keep the one that the service sends");
        }
        return;
    }
    let has_content = spec.resolve(response).is_some_and(|response| response.get("content").is_some());
    if !["200", "202", "204"].contains(&status) {
        let help =
            "use `'200'` with a schema, `'202'` with that of a job, or `'204'` if the response is not documented";
        let message = format!("a success response must be `'200'`, `'202'` or `'204'`, but is `{status}`");
        findings.key(&SUCCESS, &pointer(status), message, help);
    } else if status != "204" && !has_content && operation.method != "get" {
        let help = "add the `content`, or use `'204'` if the response is not documented";
        findings.key(
            &SUCCESS,
            &pointer(status),
            format!("the `'{status}'` of {} has no `content`", operation.called()),
            help,
        );
    }
}
