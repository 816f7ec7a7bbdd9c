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

pub(crate) fn json(reports: &[Report]) -> String {
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
    format!("{}\n", json!({ "operations": list.collect::<Vec<_>>() }))
}

pub(crate) fn markdown(reports: &[Report]) -> String {
    let mut text = "| operation | evidence | verdict | status | deviations |\n|---|---|---|---|---|\n".to_owned();
    for report in reports {
        let status = report.outcome.as_ref().map_or_else(Clone::clone, ToString::to_string);
        let deviations = report.deviations.iter().map(|deviation| {
            let at = if deviation.at.is_empty() { String::new() } else { format!("`{}` ", deviation.at) };
            format!("{}: {at}{}", deviation.kind, deviation.text)
        });
        let deviations = deviations.collect::<Vec<_>>().join("<br>");
        text.push_str(&format!(
            "| {} | {} | {} | {status} | {deviations} |\n",
            report.operation,
            report.evidence,
            verdict(report)
        ));
    }
    text
}
