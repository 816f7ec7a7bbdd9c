//! Reads a file once, YAML or JSON: the JSON value that everything works on, and where in the file each part of it stands.

mod json;
mod lines;
mod null;
mod pairs;
mod references;
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

/// A spec as it was read.
#[derive(Clone, Debug)]
pub struct Document {
    /// Where it was read from, for messages.
    pub file: PathBuf,
    /// The content, keys in the order of the file where the JSON library keeps it.
    pub value: Value,
    /// The text itself, to show lines of it.
    pub text: String,
    /// Where its lines begin.
    pub lines: Lines,
    mark: Mark,
}

/// Where a value stands, and where those in it do.
#[derive(Clone, Debug)]
struct Mark {
    /// Of a mapping's entry, the place of its key.
    key: Option<Position>,
    value: Position,
    inner: Inner,
}

#[derive(Clone, Debug)]
enum Inner {
    Nothing,
    List(Vec<Mark>),
    Map(BTreeMap<String, Mark>),
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

    /// Reads `text`; `path` only serves messages. A byte order mark at its beginning is none of it (RFC 8259, 8.1; YAML
    /// 1.2.2, 5.2), and references are as [`follow`] takes them: what a URI encodes in them is decoded.
    ///
    /// # Errors
    /// With the position, when the text is not one YAML document, names a key twice, uses merge keys or has keys or
    /// numbers that JSON cannot express.
    pub fn parse(path: &Path, text: &str) -> Result<Self, Error> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let (mut value, mark) = load(text).map_err(|refusal| unreadable::explain(path, text, refusal))?;
        references::decode(&mut value);
        Ok(Self { file: path.to_path_buf(), value, text: text.to_owned(), lines: Lines::of(text), mark })
    }

    /// The position of the value at a JSON pointer, where [`position`](Self::position) is that of its key.
    #[must_use]
    pub fn value_position(&self, pointer: &str) -> Option<Position> {
        let (mark, is_there) = self.nearest(pointer);
        Some(if is_there { mark.value } else { mark.key.unwrap_or(mark.value) })
    }

    /// The position of the node at a JSON pointer, or of the nearest ancestor that stands in the file. A mapping's entry
    /// is placed at its key, which is where a reader looks first.
    #[must_use]
    pub fn position(&self, pointer: &str) -> Option<Position> {
        let (mark, _) = self.nearest(pointer);
        Some(mark.key.unwrap_or(mark.value))
    }

    /// The node at a JSON pointer, or its nearest ancestor; and whether it is the node itself.
    fn nearest(&self, pointer: &str) -> (&Mark, bool) {
        let mut mark = &self.mark;
        for step in pointer.split('/').skip(1) {
            let inner = match &mark.inner {
                Inner::Nothing => None,
                Inner::List(list) => step.parse().ok().and_then(|place: usize| list.get(place)),
                Inner::Map(map) if step.contains('~') => map.get(&step.replace("~1", "/").replace("~0", "~")),
                Inner::Map(map) => map.get(step),
            };
            let Some(inner) = inner else { return (mark, false) };
            mark = inner;
        }
        (mark, true)
    }

    /// An error at a JSON pointer of this document.
    #[must_use]
    pub fn error(&self, pointer: &str, message: impl Into<String>) -> Error {
        Error::new(&self.file, self.position(pointer), message)
    }

    /// An error for a flaw, at its key.
    #[must_use]
    pub fn error_of(&self, flaw: Flaw) -> Error {
        self.error(&flaw.pointer, flaw.message).helped(flaw.help)
    }

    /// An error at the value that a JSON pointer leads to, where [`error`](Self::error) is at its key.
    #[must_use]
    pub fn error_at_value(&self, pointer: &str, message: impl Into<String>) -> Error {
        Error::new(&self.file, self.value_position(pointer), message)
    }
}

/// How deep lists and mappings may stand in each other. Whatever walks a document goes down into it by recursion, and
/// some hundreds of steps take all the stack that a thread has.
const DEEPEST: usize = 250;

fn load(text: &str) -> Result<(Value, Mark), yaml::Refusal> {
    if let Some(read) = json::read(text) {
        return read.map_err(yaml::Refusal::Ours);
    }
    if let Some(at) = json::comment(text) {
        let help = "take the comments out; what readers should know goes into a `description`";
        return Err(Error::nowhere(Some(at), "JSON has no comments, and this is one").helped(help).into());
    }
    let pairs = pairs::Pairs::hide(text);
    let read = |text: &str, seen: &mut dyn FnMut(saphyr_parser::Span)| yaml::read(text, &pairs, seen);
    match read(&pairs.text, &mut |_| {}) {
        Err(yaml::Refusal::Scan(error)) if error.info() == tabs::REFUSAL => {}
        done => return done,
    }
    let (tabs, mut scalars) = (tabs::Tabs::of(&pairs.text), Vec::new());
    let read_blanked = read(&tabs.blanked(&pairs.text), &mut |span| scalars.push(span))?;
    match tabs.outside(scalars) {
        (_, true) => Ok(read_blanked),
        (outside, false) => read(&outside.blanked(&pairs.text), &mut |_| {}),
    }
}

/// A key that stands in a mapping for the second time.
fn twice(name: &str, at: Position, first: &Mark) -> Error {
    let Position { line, column } = first.key.unwrap_or(first.value);
    let message = format!("the key `{name}` stands here twice: it is at {line}:{column} already");
    Error::nowhere(Some(at), message).helped("take one of the two out, or correct its name")
}

/// One step of a JSON pointer, escaped as RFC 6901 wants it.
#[must_use]
pub fn escape(step: &str) -> String {
    step.replace('~', "~0").replace('/', "~1")
}

/// The entries of an object, in the order of their names; nothing where there is no object.
#[must_use]
pub fn entries<'a>(node: &'a Value, key: &str) -> BTreeMap<&'a str, &'a Value> {
    let object = node.get(key).and_then(Value::as_object);
    object.into_iter().flatten().map(|(name, value)| (name.as_str(), value)).collect()
}
