//! What was found, for people and for programs.

use serde_json::json;

use super::walk::Report;

/// What an inferred operation has turned out to be.
fn verdict(report: &Report) -> &'static str {
    match (&report.outcome, report.evidence.as_str()) {
        (Err(_), _) => "not known",
        (Ok(status), "inferred") if *status == 404 || *status == 405 => "inferred wrongly",
        (Ok(status), "inferred") if *status < 300 => "inferred rightly",
        (Ok(status), _) if *status < 300 => "there",
        _ => "refused",
    }
}

pub(crate) fn json(reports: &[Report], left: &[String]) -> String {
    let list = reports.iter().map(|report| {
        let deviations = report
            .deviations
            .iter()
            .map(|deviation| json!({ "kind": deviation.kind, "at": deviation.at, "text": deviation.text }));
        json!({
            "operation": report.operation, "evidence": report.evidence, "verdict": verdict(report),
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
            verdict(report)
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
