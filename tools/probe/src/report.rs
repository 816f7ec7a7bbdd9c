//! What was found, for people and for programs.

use std::collections::BTreeSet;

use serde_json::json;

use super::compare::Deviation;

/// What became of one operation.
#[derive(Clone, Debug)]
pub struct Report {
    /// Its `operationId`.
    pub operation: String,
    /// How the spec knows of it: `documented`, or `inferred`.
    pub evidence: String,
    /// The status, or why there is none.
    pub outcome: Result<u16, String>,
    /// Where the answers were not what the spec says.
    pub deviations: BTreeSet<Deviation>,
}

impl Report {
    /// What an operation has turned out to be: `there`, `refused` or `not known`, and `inferred rightly` or `inferred
    /// wrongly` if the spec has only concluded that it is there.
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

/// A text that stays in its cell.
fn cell(text: &str) -> String {
    line(text).replace('|', "\\|")
}

fn line(text: &str) -> String {
    text.split(char::is_control).collect::<Vec<_>>().join(" ")
}
