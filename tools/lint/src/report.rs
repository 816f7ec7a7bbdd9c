//! Formats findings for people and for programs.

use std::collections::BTreeMap;
use std::str::FromStr;

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Origin, Renderer, Snippet, normalize_untrusted_str};
use serde_json::json;
use unloc_spec::{Lines, Position};

use super::finding::{Finding, Severity};
use super::rules;

/// Selects the output format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Writes text for a person at a terminal.
    Human,
    /// Writes one JSON object.
    Json,
    /// Writes workflow commands, which GitHub shows as annotations of a pull request.
    Github,
    /// Writes SARIF 2.1.0.
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
            _ => Err("invalid value for `--format`: must be human, json, github or sarif"),
        }
    }
}

/// Formats the findings in these files.
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

/// Formats findings as rustc does: the rule and the message, the marked line, the reason and the fix.
fn human(findings: &[Finding], texts: &[(String, String)], colour: bool) -> String {
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() }.term_width(COLUMNS);
    let texts: BTreeMap<&str, (&str, Lines)> =
        texts.iter().map(|(file, text)| (file.as_str(), (text.as_str(), Lines::of(text)))).collect();
    let reasons: BTreeMap<&str, &str> = rules::all().into_iter().map(|rule| (rule.id, rule.reason)).collect();
    let mut out = String::new();
    for finding in findings {
        let level = if finding.severity == Severity::Error { Level::ERROR } else { Level::WARNING };
        let reason = reasons.get(finding.rule).copied().unwrap_or_default();
        let shown = texts.get(finding.file.as_str()).and_then(|(text, lines)| excerpt(text, lines, finding));
        let title = level.clone().primary_title(&finding.message).id(finding.rule);
        // A spec may contain control characters, which could steer the terminal. `annotate-snippets` escapes titles and
        // sources, but takes the text of a note as it is.
        let notes =
            [Level::NOTE.with_name("why").message(reason), Level::HELP.message(normalize_untrusted_str(&finding.help))];
        let groups = match shown {
            Some((snippet, 0)) => vec![title.element(snippet.path(&finding.file)).elements(notes)],
            // The excerpt begins in the middle of a line. `annotate-snippets` would count columns from there, so the
            // origin is written out with the real column.
            shown => {
                let origin = Origin::path(&finding.file).line(finding.at.line).char_column(finding.at.column);
                let part = Group::with_level(level).elements(shown.map(|(snippet, _)| snippet)).elements(notes);
                vec![title.element(origin), part]
            }
        };
        out.push_str(&renderer.render(&groups));
        out.push_str("\n\n");
    }
    let (errors, warnings) = (count(findings, Severity::Error), count(findings, Severity::Warning));
    let many = |count: usize, what: &str| format!("{count} {what}{}", if count == 1 { "" } else { "s" });
    let (errors, warnings) = (many(errors, "error"), many(warnings, "warning"));
    out.push_str(&format!("{errors}, {warnings} in {}\n", many(texts.len(), "file")));
    out
}

/// Limits how many columns of a line are shown on each side of a finding.
const COLUMNS: usize = 120;

/// Cuts the part of the line to show around a finding: a minified file is one line. Also returns how many bytes of the
/// line precede that part.
fn excerpt<'a>(text: &'a str, lines: &Lines, finding: &Finding) -> Option<(Snippet<'a, Annotation<'a>>, usize)> {
    let line = lines.get(text, finding.at.line)?;
    let start = lines.offset(text, Position { column: 1, ..finding.at });
    let (before, behind) = line.split_at_checked(lines.offset(text, finding.at).checked_sub(start)?)?;
    let from = before.char_indices().rev().nth(COLUMNS).map_or(0, |(at, _)| at);
    let end = |count| behind.char_indices().nth(count).map_or(behind.len(), |(at, _)| at);
    let shown = line.get(from..before.len() + end(COLUMNS))?;
    let at = before.len() - from;
    let place = AnnotationKind::Primary.span(at..at + end(finding.width));
    Some((Snippet::source(shown).line_start(finding.at.line).annotation(place), from))
}

fn json(findings: &[Finding]) -> String {
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

/// Formats workflow commands: `::error file=…,line=…,col=…,title=…::message`. Errors come first, because GitHub limits
/// how many annotations it shows.
fn github(findings: &[Finding]) -> String {
    // A workflow command ends with its line, and the runner decodes these three escapes.
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

fn sarif(findings: &[Finding]) -> String {
    let rules: Vec<_> = rules::all()
        .into_iter()
        .map(|rule| json!({ "id": rule.id, "shortDescription": { "text": rule.reason }, "defaultConfiguration": { "level": rule.severity.name() } }))
        .collect();
    let results: Vec<_> = findings
        .iter()
        .map(|finding| {
            // SARIF's `endColumn` is exclusive.
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
