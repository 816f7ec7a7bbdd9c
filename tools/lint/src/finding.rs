//! Defines findings, rules and their severities.

use std::collections::{HashMap, HashSet};

use unloc_spec::{Document, Position};

/// Says whether a finding fails the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The finding fails the run.
    Error,
    /// The finding is reported, and the run still succeeds.
    Warning,
}

impl Severity {
    /// Returns the name that every output format uses.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// Describes a rule as `RULES.md` lists it.
#[derive(Debug)]
pub struct Rule {
    /// Names the rule in reports and in `x-lint-allow`.
    pub id: &'static str,
    /// Is the severity of the rule's findings.
    pub severity: Severity,
    /// Says why the rule exists: what breaking it leads to.
    pub reason: &'static str,
    /// Shows what breaks the rule.
    pub example: &'static str,
}

/// Describes one violation of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Is the id of the broken rule.
    pub rule: &'static str,
    /// Says whether the finding is an error or a warning.
    pub severity: Severity,
    /// Names the file as the caller did.
    pub file: String,
    /// Is the position where the marked text begins.
    pub at: Position,
    /// Counts the marked characters.
    pub width: usize,
    /// Says what is wrong.
    pub message: String,
    /// Says how to fix it.
    pub help: String,
    /// Locates the finding in the document, as a JSON pointer.
    pub pointer: String,
}

/// Collects the findings of one document.
pub(crate) struct Findings<'a> {
    document: &'a Document,
    pub(crate) list: Vec<Finding>,
    /// Indexes the findings by rule and pointer, for rules that stay silent where another rule has a finding already.
    reported: HashMap<&'static str, HashSet<String>>,
}

impl<'a> Findings<'a> {
    pub(crate) fn new(document: &'a Document) -> Self {
        Self { document, list: Vec::new(), reported: HashMap::new() }
    }

    /// Adds a finding at the key that a pointer ends with, or at the item of a list.
    pub(crate) fn key(&mut self, rule: &Rule, pointer: &str, message: impl Into<String>, help: impl Into<String>) {
        self.add(rule, pointer, self.document.position(pointer), message.into(), help.into());
    }

    /// Adds a finding at the value that a pointer leads to.
    pub(crate) fn value(&mut self, rule: &Rule, pointer: &str, message: impl Into<String>, help: impl Into<String>) {
        self.add(rule, pointer, self.document.value_position(pointer), message.into(), help.into());
    }

    /// Returns the position of the key that a pointer ends with.
    pub(crate) fn place(&self, pointer: &str) -> Option<Position> {
        self.document.position(pointer)
    }

    /// Returns the position of the value that a pointer leads to.
    pub(crate) fn value_place(&self, pointer: &str) -> Option<Position> {
        self.document.value_position(pointer)
    }

    /// Returns the document.
    pub(crate) fn document(&self) -> &'a Document {
        self.document
    }

    /// Returns the source text of the file.
    pub(crate) fn text(&self) -> &'a str {
        &self.document.text
    }

    /// Returns whether this rule has a finding at this pointer already.
    pub(crate) fn is_reported(&self, rule: &Rule, pointer: &str) -> bool {
        self.reported.get(rule.id).is_some_and(|places| places.contains(pointer))
    }

    /// Formats the position of the value that a pointer leads to, as `line:column` for a message.
    pub(crate) fn location(&self, pointer: &str) -> String {
        let at = self.document.value_position(pointer).unwrap_or_else(start);
        format!("{}:{}", at.line, at.column)
    }

    /// Adds a finding at a position that the generator has named.
    pub(crate) fn at(&mut self, rule: &Rule, at: Option<Position>, message: String, help: &str) {
        self.add(rule, "", at, message, help.to_owned());
    }

    fn add(&mut self, rule: &Rule, pointer: &str, at: Option<Position>, message: String, help: String) {
        // A panic of the generator names no place in the spec.
        let at = at.unwrap_or_else(start);
        let file = self.document.file.display().to_string();
        let width = width(self.document, at);
        let pointer = pointer.to_owned();
        self.reported.entry(rule.id).or_default().insert(pointer.clone());
        self.list.push(Finding { rule: rule.id, severity: rule.severity, file, at, width, message, help, pointer });
    }
}

/// Returns the position of the first character of a file.
pub(crate) fn start() -> Position {
    Position { line: 1, column: 1 }
}

/// Limits how many characters are marked. A minified file is one line, and a marker as long as the file helps nobody.
const WIDEST: usize = 80;

/// Returns the length of the word at a position: a key up to its colon, any other value to the end of the line.
fn width(document: &Document, at: Position) -> usize {
    let line = document.lines.get(&document.text, at.line).unwrap_or_default();
    let start = document.lines.offset(&document.text, Position { column: 1, ..at });
    let column = document.lines.offset(&document.text, at).saturating_sub(start);
    let (before, rest) = line.split_at_checked(column).unwrap_or((line, ""));
    // Cut first: the searches below would otherwise scan a minified file once for each of its findings.
    let end = rest.char_indices().nth(WIDEST).map_or(rest.len(), |(end, _)| end);
    let rest = rest.get(..end).unwrap_or_default();
    // A YAML comment begins with ` #`.
    let rest = rest.split(" #").next().unwrap_or_default().trim_end();
    let word = match rest.strip_prefix('"').and_then(|text| text.find('"')) {
        // In JSON a string ends with its quote: `"key": …`, `"value",` or `"value"]`.
        Some(end) if rest.get(end + 2..).is_some_and(|behind| behind.starts_with([',', ']', '}', ':'])) => {
            rest.get(..end + 2).unwrap_or(rest)
        }
        _ => rest.split_once(": ").map_or_else(|| rest.trim_end_matches(':'), |(key, _)| key),
    };
    // In a flow collection such as `[a, b]` a plain item ends at the next comma or bracket.
    let is_inside = before.trim_start().contains(['[', '{']) && !word.starts_with(['\'', '"', '[', '{']);
    let word = if is_inside { word.split([',', ']', '}']).next().unwrap_or_default() } else { word };
    word.chars().count().max(1)
}
