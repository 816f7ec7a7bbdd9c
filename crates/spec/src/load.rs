//! Reads a YAML or JSON file once, into a JSON value and the position of each of its nodes.

mod json;
mod lines;
mod null;
mod references;
mod surrogates;
mod tabs;
mod unreadable;
mod yaml;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::error::{Error, Flaw, Position};
pub use lines::Lines;
pub use null::{beside_null, is_null};
pub use references::{
    REFERENCE, Target, component_schema, follow, reached, reference, reference_pointer, reference_to, references,
    resolve, schema_name, target, underlying,
};
pub(crate) use references::{followed, steps};

/// Holds a spec as it was read.
#[derive(Clone, Debug)]
pub struct Document {
    /// Is the file that it was read from, for messages.
    pub file: PathBuf,
    /// Is the content. Keys are in the order of the file if the JSON library keeps it.
    pub value: Value,
    /// Is the text of the file, for excerpts.
    pub text: String,
    /// Is the index of its lines.
    pub lines: Lines,
    positions: Positions,
}

/// Holds the position of a value and of the values in it.
#[derive(Clone, Debug)]
struct Positions {
    /// Is the position of the key, if the value is an entry of a mapping.
    key: Option<Position>,
    value: Position,
    children: Children,
}

/// Holds the positions of the values in a list or mapping.
#[derive(Clone, Debug)]
enum Children {
    None,
    List(Vec<Positions>),
    Map(BTreeMap<String, Positions>),
}

impl Document {
    /// Reads the file at `path`.
    ///
    /// # Errors
    /// When the file cannot be read or [`Document::parse`] refuses it.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| Error::new(path, None, format!("cannot be read: {error}")))?;
        Self::parse(path, &text)
    }

    /// Parses `text`. `path` is for messages only.
    ///
    /// A byte order mark is skipped (RFC 8259, section 8.1; YAML 1.2.2, section 5.2). References are decoded as
    /// [`follow`] expects them.
    ///
    /// # Errors
    /// Returns the position if the text is not exactly one YAML document, has a duplicate key or a merge key, or has
    /// keys or numbers that JSON cannot represent.
    pub fn parse(path: &Path, text: &str) -> Result<Self, Error> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let (mut value, positions) = load(text).map_err(|refusal| unreadable::explain(path, text, refusal))?;
        references::decode(&mut value);
        Ok(Self { file: path.to_path_buf(), value, text: text.to_owned(), lines: Lines::of(text), positions })
    }

    /// Returns the position of the value at a JSON pointer, where [`position`](Self::position) returns that of its key.
    #[must_use]
    pub fn value_position(&self, pointer: &str) -> Option<Position> {
        let (found, is_there) = self.nearest(pointer);
        // For a missing node, the nearest ancestor's key says more than the beginning of its content.
        Some(if is_there { found.value } else { found.key.unwrap_or(found.value) })
    }

    /// Returns the position of the node at a JSON pointer, or of its nearest ancestor that exists.
    ///
    /// An entry of a mapping has the position of its key, which is where a reader looks first.
    #[must_use]
    pub fn position(&self, pointer: &str) -> Option<Position> {
        let (found, _) = self.nearest(pointer);
        Some(found.key.unwrap_or(found.value))
    }

    /// Returns the positions of the node at a JSON pointer, or of its nearest ancestor, and whether it is the node
    /// itself.
    fn nearest(&self, pointer: &str) -> (&Positions, bool) {
        let mut found = &self.positions;
        for step in pointer.split('/').skip(1) {
            let child = match &found.children {
                Children::None => None,
                Children::List(list) => step.parse().ok().and_then(|index: usize| list.get(index)),
                // RFC 6901, section 4: `~1` is decoded before `~0`. Few steps have an escape, so others are not copied.
                Children::Map(map) if step.contains('~') => map.get(&step.replace("~1", "/").replace("~0", "~")),
                Children::Map(map) => map.get(step),
            };
            let Some(child) = child else { return (found, false) };
            found = child;
        }
        (found, true)
    }

    /// Returns an error at a JSON pointer of this document.
    #[must_use]
    pub fn error(&self, pointer: &str, message: impl Into<String>) -> Error {
        Error::new(&self.file, self.position(pointer), message)
    }

    /// Returns an error for a flaw, at its key.
    #[must_use]
    pub fn error_of(&self, flaw: Flaw) -> Error {
        self.error(&flaw.pointer, flaw.message).helped(flaw.help)
    }

    /// Returns an error at the value of a JSON pointer, where [`error`](Self::error) is at its key.
    #[must_use]
    pub fn error_at_value(&self, pointer: &str, message: impl Into<String>) -> Error {
        Error::new(&self.file, self.value_position(pointer), message)
    }
}

/// Limits how deep lists and mappings may be nested. Everything that walks a document recurses, and some hundreds of
/// levels exhaust the stack of a thread.
const DEEPEST: usize = 250;

/// Parses a text as JSON or, if it is no JSON, as YAML.
fn load(text: &str) -> Result<(Value, Positions), yaml::Refusal> {
    // JSON first: the YAML reader refuses some valid JSON (see `json`), and is slower.
    if let Some(read) = json::read(text) {
        return read.map_err(yaml::Refusal::Ours);
    }
    // The YAML reader would report the consequences of a comment in four errors, none of which mentions comments.
    if let Some(at) = json::comment(text) {
        let help = "remove it; put notes for readers into a `description`";
        return Err(Error::nowhere(Some(at), "JSON does not allow comments").helped(help).into());
    }
    let hidden = surrogates::Hidden::new(text);
    let read = |text: &str, seen: &mut dyn FnMut(saphyr_parser::Span)| yaml::read(text, &hidden, seen);
    match read(&hidden.text, &mut |_| {}) {
        Err(yaml::Refusal::Scan(error)) if error.info() == tabs::REFUSAL => {}
        done => return done,
    }
    // A tab behind a colon is legal, but the reader refuses it. Blanks replace all of them in a first attempt, which
    // finds out where scalars are. If a tab was content of a scalar, a second attempt replaces only the others.
    let (tabs, mut scalars) = (tabs::Tabs::of(&hidden.text), Vec::new());
    let with_blanks = read(&tabs.blanked(&hidden.text), &mut |span| scalars.push(span))?;
    match tabs.outside(scalars) {
        (_, true) => Ok(with_blanks),
        (outside, false) => read(&outside.blanked(&hidden.text), &mut |_| {}),
    }
}

/// Returns the error for a duplicate key.
fn duplicate(name: &str, at: Position, first: &Positions) -> Error {
    let Position { line, column } = first.key.unwrap_or(first.value);
    let message = format!("duplicate key `{name}`: it is already at {line}:{column}");
    Error::nowhere(Some(at), message).helped("remove one of the two, or correct its name")
}

/// Escapes one step of a JSON pointer (RFC 6901, section 3).
#[must_use]
pub fn escape(step: &str) -> String {
    // `~` first, or the `~` of `~1` would be escaped again.
    step.replace('~', "~0").replace('/', "~1")
}

/// Returns the entries of the object under a key, sorted by name; none if there is no object.
#[must_use]
pub fn entries<'a>(node: &'a Value, key: &str) -> BTreeMap<&'a str, &'a Value> {
    let object = node.get(key).and_then(Value::as_object);
    object.into_iter().flatten().map(|(name, value)| (name.as_str(), value)).collect()
}
