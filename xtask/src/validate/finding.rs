//! What is found, and what it is called.

use unloc_codegen::Position;
use unloc_codegen::load::Document;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Severity {
    Error,
    Warning,
}

impl Severity {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// A rule: what `RULES.md` says of it.
#[derive(Debug)]
pub(crate) struct Rule {
    pub(crate) id: &'static str,
    pub(crate) severity: Severity,
    /// What breaking it leads to.
    pub(crate) reason: &'static str,
    /// What breaks it.
    pub(crate) example: &'static str,
}

/// A rule that is broken at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    pub(crate) rule: &'static str,
    pub(crate) severity: Severity,
    pub(crate) file: String,
    pub(crate) at: Position,
    /// How many characters are marked.
    pub(crate) width: usize,
    pub(crate) message: String,
    pub(crate) help: String,
    /// Where in the document, as a JSON pointer.
    pub(crate) pointer: String,
}

/// Collects what is found in one document.
pub(crate) struct Findings<'a> {
    document: &'a Document,
    pub(crate) list: Vec<Finding>,
}

impl<'a> Findings<'a> {
    pub(crate) fn new(document: &'a Document) -> Self {
        Self { document, list: Vec::new() }
    }

    /// At the key that this pointer ends with, or the item of a list.
    pub(crate) fn key(&mut self, rule: &Rule, pointer: &str, message: impl Into<String>, help: impl Into<String>) {
        self.add(rule, pointer, self.document.position(pointer), message.into(), help.into());
    }

    /// At the value that this pointer leads to.
    pub(crate) fn value(&mut self, rule: &Rule, pointer: &str, message: impl Into<String>, help: impl Into<String>) {
        self.add(rule, pointer, self.document.value_position(pointer), message.into(), help.into());
    }

    /// Where the key stands that a pointer ends with.
    pub(crate) fn place(&self, pointer: &str) -> Option<Position> {
        self.document.position(pointer)
    }

    /// Where the value stands that a pointer leads to.
    pub(crate) fn value_place(&self, pointer: &str) -> Option<Position> {
        self.document.value_position(pointer)
    }

    /// The file as it is written.
    pub(crate) fn text(&self) -> &'a str {
        &self.document.text
    }

    /// At a place that another program has named.
    pub(crate) fn at(&mut self, rule: &Rule, at: Option<Position>, message: String, help: &str) {
        self.add(rule, "", at, message, help.to_owned());
    }

    fn add(&mut self, rule: &Rule, pointer: &str, at: Option<Position>, message: String, help: String) {
        let at = at.unwrap_or_else(start);
        let file = self.document.file.display().to_string();
        let width = width(&self.document.text, at);
        let pointer = pointer.to_owned();
        self.list.push(Finding { rule: rule.id, severity: rule.severity, file, at, width, message, help, pointer });
    }
}

/// The beginning of a file.
pub(crate) fn start() -> Position {
    Position { line: 1, column: 1 }
}

/// How long the word is that stands there: up to a colon behind a key, else to the end of the line.
fn width(text: &str, at: Position) -> usize {
    let line = text.lines().nth(at.line - 1).unwrap_or_default();
    let rest: String = line.chars().skip(at.column - 1).collect();
    let rest = rest.split(" #").next().unwrap_or_default().trim_end();
    let word = rest.split_once(": ").map_or_else(|| rest.trim_end_matches(':'), |(key, _)| key);
    // An item between brackets ends before the next sign of the list.
    let before: String = line.chars().take(at.column - 1).collect();
    let is_inside = before.trim_start().contains(['[', '{']) && !word.starts_with(['\'', '"', '[', '{']);
    let word = if is_inside { word.split([',', ']', '}']).next().unwrap_or_default() } else { word };
    word.chars().count().max(1)
}
