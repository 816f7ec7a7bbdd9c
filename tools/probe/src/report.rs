//! Formats reports for people and for programs.

use std::collections::BTreeSet;

use serde_json::json;

use super::compare::Deviation;

/// Describes the calls of one operation.
#[derive(Clone, Debug)]
pub struct Report {
    /// Is the `operationId`.
    pub operation: String,
    /// Is the `x-evidence` of the spec: `documented`, `observed` or `inferred`.
    pub evidence: String,
    /// Is the status of the first call, or the reason why there is none.
    pub outcome: Result<u16, String>,
    /// Lists where the responses deviate from the spec.
    pub deviations: BTreeSet<Deviation>,
}

impl Report {
    /// Returns the verdict on the operation: `there`, `refused` or `not known`. If the spec only infers the operation,
    /// the verdict is `inferred rightly` after a success and `inferred wrongly` after 404 or 405.
    #[must_use]
    pub fn verdict(&self) -> &'static str {
        match (&self.outcome, self.evidence.as_str()) {
            (Err(_), _) => "not known",
            (Ok(404 | 405), "inferred") => "inferred wrongly",
            (Ok(..300), "inferred") => "inferred rightly",
            (Ok(..300), _) => "there",
            _ => "refused",
        }
    }
}

/// Formats reports as one JSON object.
pub(crate) fn json(reports: &[Report], left: &[String]) -> String {
    let list = reports.iter().map(|report| {
        let deviations = report
            .deviations
            .iter()
            .map(|deviation| json!({ "kind": deviation.kind, "at": deviation.at, "text": deviation.text }));
        json!({
            "operation": report.operation, "evidence": report.evidence, "verdict": report.verdict(),
            "status": report.outcome.as_ref().ok(), "reason": report.outcome.as_ref().err(),
            "deviations": deviations.collect::<Vec<_>>(),
        })
    });
    format!("{}\n", json!({ "operations": list.collect::<Vec<_>>(), "left": left }))
}

/// Formats reports as a Markdown table and a list of what was left behind.
pub(crate) fn markdown(reports: &[Report], left: &[String]) -> String {
    let mut text = "| operation | evidence | verdict | status | deviations |\n|---|---|---|---|---|\n".to_owned();
    for report in reports {
        let status = report.outcome.as_ref().map_or_else(|why| cell(why), ToString::to_string);
        let deviations = report.deviations.iter().map(|deviation| {
            let at = if deviation.at.is_empty() { String::new() } else { format!("`{}` ", deviation.at) };
            cell(&format!("{}: {at}{}", deviation.kind, deviation.text))
        });
        let deviations = deviations.collect::<Vec<_>>().join("<br>");
        text.push_str(&format!(
            "| {} | {} | {} | {status} | {deviations} |\n",
            report.operation,
            report.evidence,
            report.verdict()
        ));
    }
    if !left.is_empty() {
        text.push_str("\nLeft behind:\n\n");
        left.iter().for_each(|what| text.push_str(&format!("* {}\n", line(what))));
    }
    text
}

/// Escapes a text for a table cell.
fn cell(text: &str) -> String {
    line(text).replace('|', "\\|")
}

/// Puts a text on one line. Control characters from a response could steer the terminal, so all of them go.
fn line(text: &str) -> String {
    text.split(char::is_control).collect::<Vec<_>>().join(" ")
}
