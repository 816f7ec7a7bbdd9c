//! Reads a YAML file once: the JSON value that everything works on, and where in the file each part of it stands.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use saphyr::{LoadableYamlNode, MarkedYaml, Scalar, YamlData};
use serde_json::{Map, Number, Value};

use crate::error::{Error, Position};

/// A spec as it was read.
#[derive(Clone, Debug)]
pub struct Document {
    /// Where it was read from, for messages.
    pub file: PathBuf,
    /// The content, keys in the order of the file where the JSON library keeps it.
    pub value: Value,
    /// The text itself, to show lines of it.
    pub text: String,
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

    /// Reads `text`; `path` only serves messages.
    ///
    /// # Errors
    /// With the position, when the text is not one YAML document, names a key twice, uses merge keys or has keys or
    /// numbers that JSON cannot express.
    pub fn parse(path: &Path, text: &str) -> Result<Self, Error> {
        if let Some(line) = text.lines().position(|line| line.split('\r').any(|part| depth(part) > DEEPEST)) {
            let what = format!("blocks are nested here more than {DEEPEST} columns deep: nobody can read that");
            return Err(Error::new(path, Some(Position::new(line + 1, 1)), what));
        }
        let documents = MarkedYaml::load_from_str(text).map_err(|error| {
            let at = Position::new(error.marker().line(), error.marker().col() + 1);
            let what = error.info();
            let help = if what.contains("duplicate") { ": each key may stand once in a mapping" } else { "" };
            Error::new(path, Some(at), format!("not valid YAML: {what}{help}"))
        })?;
        let [document] = documents.as_slice() else {
            let found = documents.len();
            return Err(Error::new(path, None, format!("holds {found} YAML documents where one is expected")));
        };
        let (value, mark) = Reader { path }.value(document, None)?;
        Ok(Self { file: path.to_path_buf(), value, text: text.to_owned(), mark })
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
}

/// How deep blocks may stand in each other. The YAML reader goes down into them by recursion, and some hundreds take all
/// the stack that a thread has.
const DEEPEST: usize = 250;

/// In which column the content of a line begins, behind everything that opens a block.
fn depth(line: &str) -> usize {
    line.find(|letter| !" \t-?:".contains(letter)).unwrap_or(line.len())
}

/// One step of a JSON pointer, escaped as RFC 6901 wants it.
#[must_use]
pub fn escape(step: &str) -> String {
    step.replace('~', "~0").replace('/', "~1")
}

struct Reader<'a> {
    path: &'a Path,
}

impl Reader<'_> {
    fn value(&self, node: &MarkedYaml<'_>, key: Option<Position>) -> Result<(Value, Mark), Error> {
        let at = Position::new(node.span.start.line(), node.span.start.col() + 1);
        let refuse = |message: &str| Err(Error::new(self.path, Some(at), message));
        let mut inner = Inner::Nothing;
        let value = match &node.data {
            YamlData::Value(Scalar::Null) => Value::Null,
            YamlData::Value(Scalar::Boolean(value)) => Value::Bool(*value),
            YamlData::Value(Scalar::Integer(value)) => Value::from(*value),
            YamlData::Value(Scalar::FloatingPoint(value)) => match Number::from_f64(value.into_inner()) {
                Some(number) => Value::Number(number),
                None => return refuse("this number has no JSON form: write a finite one or quote it"),
            },
            YamlData::Value(Scalar::String(value)) => Value::String(value.to_string()),
            YamlData::Sequence(items) => {
                let (mut list, mut marks) = (Vec::with_capacity(items.len()), Vec::with_capacity(items.len()));
                for item in items {
                    let (value, mark) = self.value(item, None)?;
                    list.push(value);
                    marks.push(mark);
                }
                inner = Inner::List(marks);
                Value::Array(list)
            }
            YamlData::Mapping(entries) => {
                let (mut map, mut marks) = (Map::new(), BTreeMap::new());
                for (key, value) in entries {
                    let name = self.key(key)?;
                    let at = Position::new(key.span.start.line(), key.span.start.col() + 1);
                    let (value, mark) = self.value(value, Some(at))?;
                    marks.insert(name.clone(), mark);
                    if map.contains_key(&name) {
                        return Err(Error::new(self.path, Some(at), format!("the key `{name}` stands here twice")));
                    }
                    map.insert(name, value);
                }
                inner = Inner::Map(marks);
                Value::Object(map)
            }
            _ => return refuse("YAML tags and aliases are not used in specs: write the value out"),
        };
        Ok((value, Mark { key, value: at, inner }))
    }

    fn key(&self, node: &MarkedYaml<'_>) -> Result<String, Error> {
        let at = Position::new(node.span.start.line(), node.span.start.col() + 1);
        match &node.data {
            YamlData::Value(Scalar::String(key)) if key == "<<" => {
                Err(Error::new(self.path, Some(at), "merge keys are not used in specs: write the entries out"))
            }
            YamlData::Value(Scalar::String(key)) => Ok(key.to_string()),
            // `200:` is the common way to write a status code.
            YamlData::Value(Scalar::Integer(key)) => Ok(key.to_string()),
            _ => Err(Error::new(self.path, Some(at), "a key must be text: quote it")),
        }
    }
}

/// What a `$ref` inside `root` points to, if it does.
pub(crate) fn resolve<'a>(root: &'a Value, node: &'a Value) -> Option<&'a Value> {
    let mut node = node;
    // A chain longer than this is a circle.
    for _ in 0..16 {
        let Some(reference) = node.get("$ref").and_then(Value::as_str) else { return Some(node) };
        node = root.pointer(reference.strip_prefix('#')?)?;
    }
    None
}

/// The name of the component schema that a node refers to, directly, as the single member of an `allOf`, or as the
/// alternative to null.
pub(crate) fn schema_name(node: &Value) -> Option<&str> {
    let single = node.get("allOf").and_then(Value::as_array).map(Vec::as_slice);
    let reference = match (single, beside_null(node)) {
        (Some([single]), _) => single.get("$ref"),
        (_, Some((_, other))) => other.get("$ref"),
        _ => node.get("$ref"),
    };
    reference?.as_str()?.strip_prefix("#/components/schemas/")
}

/// Whether a schema is null and nothing else: OpenAPI 3.0 has no type for null, and writes it as an enum of it.
pub(crate) fn is_null(node: &Value) -> bool {
    node.get("enum").and_then(Value::as_array).map(Vec::as_slice) == Some(&[Value::Null])
}

/// The schema that has null as its only alternative, and the keyword that says so. That is how OpenAPI 3.0 says that null
/// can stand for a component: `nullable` widens the `type` beside it, and neither a `$ref` nor an `allOf`.
pub(crate) fn beside_null(node: &Value) -> Option<(&'static str, &Value)> {
    ["anyOf", "oneOf"].into_iter().find_map(|key| match node.get(key)?.as_array()?.as_slice() {
        [one, other] if is_null(other) && !is_null(one) => Some((key, one)),
        [one, other] if is_null(one) && !is_null(other) => Some((key, other)),
        _ => None,
    })
}

/// The entries of an object, in the order of their names; nothing where there is no object.
pub(crate) fn entries<'a>(node: &'a Value, key: &str) -> BTreeMap<&'a str, &'a Value> {
    let object = node.get(key).and_then(Value::as_object);
    object.into_iter().flatten().map(|(name, value)| (name.as_str(), value)).collect()
}
