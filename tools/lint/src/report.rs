//! Findings, for people and for programs.

use std::collections::BTreeMap;
use std::str::FromStr;

use serde_json::json;
use unloc_spec::{Lines, Position};

use super::finding::{Finding, Severity};
use super::rules;

/// How findings are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For a person at a terminal.
    Human,
    /// One object.
    Json,
    /// Annotations of a pull request.
    Github,
    /// SARIF 2.1.0.
    Sarif,
}

impl FromStr for Format {
    type Err = &'static str;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        match name {
            "human" => Ok(Self::Human),
            "json" => Ok(Self::Json),
            "github" => Ok(Self::Github),
            "sarif" => Ok(Self::Sarif),
            _ => Err("`--format` takes human, json, github or sarif"),
        }
    }
}

/// What was found in these files.
pub(crate) fn report(format: Format, findings: &[Finding], texts: &[(String, String)], colour: bool) -> String {
    match format {
        Format::Human => human(findings, texts, colour),
        Format::Json => json(findings) + "\n",
        Format::Github => github(findings),
        Format::Sarif => sarif(findings) + "\n",
    }
}

fn count(findings: &[Finding], severity: Severity) -> usize {
    findings.iter().filter(|finding| finding.severity == severity).count()
}

/// As a compiler tells it: the rule and what it leads to, the line with a marker, how to mend it.
pub(crate) fn human(findings: &[Finding], texts: &[(String, String)], colour: bool) -> String {
    let paint = |code: &str, text: &str| if colour { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() };
    let mut out = String::new();
    let texts: BTreeMap<&str, (&str, Lines)> =
        texts.iter().map(|(file, text)| (file.as_str(), (text.as_str(), Lines::of(text)))).collect();
    let reasons: BTreeMap<&str, &str> = rules::all().into_iter().map(|rule| (rule.id, rule.reason)).collect();
    for finding in findings {
        let code = if finding.severity == Severity::Error { "1;31" } else { "1;33" };
        let head = paint(code, &format!("{}[{}]", finding.severity.name(), finding.rule));
        let shown = texts.get(finding.file.as_str()).and_then(|(text, lines)| excerpt(text, lines, finding));
        let number = finding.at.line.to_string();
        let margin = " ".repeat(number.len());
        out.push_str(&format!("{head}: {}\n", paint("1", &finding.message)));
        out.push_str(&format!(
            "{margin}{} {}:{}:{}\n",
            paint("34", "-->"),
            finding.file,
            finding.at.line,
            finding.at.column
        ));
        if let Some((line, before, width)) = shown {
            let bar = paint("34", "|");
            let marker = format!("{}{}", " ".repeat(before), "^".repeat(width));
            out.push_str(&format!(
                "{margin} {bar}\n{} {bar} {line}\n{margin} {bar} {}\n",
                paint("34", &number),
                paint(code, &marker)
            ));
        }
        let reason = reasons.get(finding.rule).copied().unwrap_or_default();
        out.push_str(&format!("{margin} = why: {reason}\n{margin} = help: {}\n\n", finding.help));
    }
    let (errors, warnings) = (count(findings, Severity::Error), count(findings, Severity::Warning));
    let many = |count: usize, what: &str| format!("{count} {what}{}", if count == 1 { "" } else { "s" });
    let (errors, warnings) = (many(errors, "error"), many(warnings, "warning"));
    out.push_str(&format!("{errors}, {warnings} in {}\n", many(texts.len(), "file")));
    out
}

/// How many columns of a line are shown.
const COLUMNS: usize = 120;

/// A finding's line, or what stands around its place if the line is long: a minified file is one line. With it, how many
/// columns come before the place, and how many are marked.
fn excerpt(text: &str, lines: &Lines, finding: &Finding) -> Option<(String, usize, usize)> {
    let line = lines.get(text, finding.at.line)?;
    let start = lines.offset(text, Position { column: 1, ..finding.at });
    let (before, behind) = line.split_at_checked(lines.offset(text, finding.at).checked_sub(start)?)?;
    // A tab would push the marker aside.
    let plain = |text: &str| text.replace(|sign: char| sign.is_control(), " ");
    if line.chars().nth(COLUMNS).is_none() {
        return Some((plain(line), finding.at.column - 1, finding.width));
    }
    let from = before.char_indices().rev().nth(COLUMNS / 3).map(|(at, _)| at);
    let left = before.get(from.unwrap_or(0)..)?;
    let room = COLUMNS - left.chars().count();
    let to = behind.char_indices().nth(room - 1).map(|(at, _)| at);
    let right = behind.get(..to.unwrap_or(behind.len()))?;
    let (open, close) = (if from.is_some() { "…" } else { "" }, if to.is_some() { "…" } else { "" });
    let shown = format!("{open}{}{}{close}", plain(left), plain(right));
    Some((shown, left.chars().count() + open.chars().count(), finding.width.min(right.chars().count()).max(1)))
}

pub(crate) fn json(findings: &[Finding]) -> String {
    let list: Vec<_> = findings
        .iter()
        .map(|finding| {
            json!({
                "rule": finding.rule, "severity": finding.severity.name(), "file": finding.file, "line": finding.at.line,
                "column": finding.at.column, "message": finding.message, "help": finding.help,
            })
        })
        .collect();
    json!({ "findings": list }).to_string()
}

/// Annotations of a pull request. Errors first: only some of each kind are shown.
pub(crate) fn github(findings: &[Finding]) -> String {
    let escape = |text: &str| text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    let mut sorted: Vec<_> = findings.iter().collect();
    sorted.sort_by_key(|finding| finding.severity);
    let lines = sorted.into_iter().map(|finding| {
        let (file, line, column) = (escape(&finding.file), finding.at.line, finding.at.column);
        let text = escape(&format!("{}: {}", finding.message, finding.help));
        format!("::{} file={file},line={line},col={column},title={}::{text}\n", finding.severity.name(), finding.rule)
    });
    lines.collect()
}

pub(crate) fn sarif(findings: &[Finding]) -> String {
    let rules: Vec<_> = rules::all()
        .into_iter()
        .map(|rule| json!({ "id": rule.id, "shortDescription": { "text": rule.reason }, "defaultConfiguration": { "level": rule.severity.name() } }))
        .collect();
    let results: Vec<_> = findings
        .iter()
        .map(|finding| {
            let region = json!({
                "startLine": finding.at.line, "startColumn": finding.at.column, "endColumn": finding.at.column + finding.width,
            });
            let place = json!({ "artifactLocation": { "uri": finding.file }, "region": region });
            json!({
                "ruleId": finding.rule, "level": finding.severity.name(),
                "message": { "text": format!("{}: {}", finding.message, finding.help) },
                "locations": [{ "physicalLocation": place }],
            })
        })
        .collect();
    let driver = json!({ "name": "cargo xtask validate", "rules": rules });
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0",
        "runs": [{ "tool": { "driver": driver }, "results": results }],
    })
    .to_string()
}
