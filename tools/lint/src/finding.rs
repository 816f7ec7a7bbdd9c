//! What is found, and what it is called.

use std::collections::{HashMap, HashSet};

use unloc_spec::{Document, Position};

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// It fails the run.
    Error,
    /// It is told, and fails nothing.
    Warning,
}

impl Severity {
    /// Its name in every format.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// A rule: what `RULES.md` says of it.
#[derive(Debug)]
pub struct Rule {
    /// Its name.
    pub id: &'static str,
    /// How bad it is to break it.
    pub severity: Severity,
    /// What breaking it leads to.
    pub reason: &'static str,
    /// What breaks it.
    pub example: &'static str,
}

/// A rule that is broken at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule's name.
    pub rule: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// The file, as it was named.
    pub file: String,
    /// Where it begins.
    pub at: Position,
    /// How many characters are marked.
    pub width: usize,
    /// What is wrong.
    pub message: String,
    /// How to mend it.
    pub help: String,
    /// Where in the document, as a JSON pointer.
    pub pointer: String,
}

/// Collects what is found in one document.
pub(crate) struct Findings<'a> {
    document: &'a Document,
    pub(crate) list: Vec<Finding>,
    /// Where each rule is broken, for rules that say nothing where another has spoken.
    told: HashMap<&'static str, HashSet<String>>,
}

impl<'a> Findings<'a> {
    pub(crate) fn new(document: &'a Document) -> Self {
        Self { document, list: Vec::new(), told: HashMap::new() }
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

    /// The document itself.
    pub(crate) fn document(&self) -> &'a Document {
        self.document
    }

    /// The file as it is written.
    pub(crate) fn text(&self) -> &'a str {
        &self.document.text
    }

    /// Whether this rule is known to be broken at this pointer.
    pub(crate) fn is_told(&self, rule: &Rule, pointer: &str) -> bool {
        self.told.get(rule.id).is_some_and(|places| places.contains(pointer))
    }

    /// The place of what a pointer leads to, for a message: line and column.
    pub(crate) fn shown(&self, pointer: &str) -> String {
        let at = self.document.value_position(pointer).unwrap_or_else(start);
        format!("{}:{}", at.line, at.column)
    }

    /// At a place that another program has named.
    pub(crate) fn at(&mut self, rule: &Rule, at: Option<Position>, message: String, help: &str) {
        self.add(rule, "", at, message, help.to_owned());
    }

    fn add(&mut self, rule: &Rule, pointer: &str, at: Option<Position>, message: String, help: String) {
        let at = at.unwrap_or_else(start);
        let file = self.document.file.display().to_string();
        let width = width(self.document, at);
        let pointer = pointer.to_owned();
        self.told.entry(rule.id).or_default().insert(pointer.clone());
        self.list.push(Finding { rule: rule.id, severity: rule.severity, file, at, width, message, help, pointer });
    }
}

/// The beginning of a file.
pub(crate) fn start() -> Position {
    Position { line: 1, column: 1 }
}

/// How many characters are marked at most.
const WIDEST: usize = 80;

/// How long the word is that stands there: up to a colon behind a key, else to the end of the line.
fn width(document: &Document, at: Position) -> usize {
    let line = document.lines.get(&document.text, at.line).unwrap_or_default();
    let start = document.lines.offset(&document.text, Position { column: 1, ..at });
    let column = document.lines.offset(&document.text, at).saturating_sub(start);
    let (before, rest) = line.split_at_checked(column).unwrap_or((line, ""));
    // A line can be as long as the file.
    let end = rest.char_indices().nth(WIDEST).map_or(rest.len(), |(end, _)| end);
    let rest = rest.get(..end).unwrap_or_default();
    let rest = rest.split(" #").next().unwrap_or_default().trim_end();
    let word = match rest.strip_prefix('"').and_then(|text| text.find('"')) {
        // A text of JSON ends with its quote.
        Some(end) if rest.get(end + 2..).is_some_and(|behind| behind.starts_with([',', ']', '}', ':'])) => {
            rest.get(..end + 2).unwrap_or(rest)
        }
        _ => rest.split_once(": ").map_or_else(|| rest.trim_end_matches(':'), |(key, _)| key),
    };
    // An item between brackets ends before the next sign of the list.
    let is_inside = before.trim_start().contains(['[', '{']) && !word.starts_with(['\'', '"', '[', '{']);
    let word = if is_inside { word.split([',', ']', '}']).next().unwrap_or_default() } else { word };
    word.chars().count().max(1)
}
