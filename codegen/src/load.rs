//! Reads a YAML file once: the JSON value that everything works on, and where in the file each part of it stands.

use std::collections::{BTreeMap, HashMap};
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
    positions: HashMap<String, Position>,
    values: HashMap<String, Position>,
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
        let mut reader = Reader { path, positions: HashMap::new(), values: HashMap::new() };
        let value = reader.value(document, String::new())?;
        let Reader { positions, values, .. } = reader;
        Ok(Self { file: path.to_path_buf(), value, text: text.to_owned(), positions, values })
    }

    /// The position of the value at a JSON pointer, where [`position`](Self::position) is that of its key.
    #[must_use]
    pub fn value_position(&self, pointer: &str) -> Option<Position> {
        self.values.get(pointer).copied().or_else(|| self.position(pointer))
    }

    /// The position of the node at a JSON pointer, or of the nearest ancestor that stands in the file.
    #[must_use]
    pub fn position(&self, pointer: &str) -> Option<Position> {
        let mut pointer = pointer;
        loop {
            if let Some(position) = self.positions.get(pointer) {
                return Some(*position);
            }
            pointer = &pointer[..pointer.rfind('/')?];
        }
    }

    /// An error at a JSON pointer of this document.
    #[must_use]
    pub fn error(&self, pointer: &str, message: impl Into<String>) -> Error {
        Error::new(&self.file, self.position(pointer), message)
    }
}

/// One step of a JSON pointer, escaped as RFC 6901 wants it.
#[must_use]
pub fn escape(step: &str) -> String {
    step.replace('~', "~0").replace('/', "~1")
}

struct Reader<'a> {
    path: &'a Path,
    positions: HashMap<String, Position>,
    values: HashMap<String, Position>,
}

impl Reader<'_> {
    fn value(&mut self, node: &MarkedYaml<'_>, pointer: String) -> Result<Value, Error> {
        let at = Position::new(node.span.start.line(), node.span.start.col() + 1);
        // A mapping's entry is already placed at its key, which is where a reader looks first.
        self.positions.entry(pointer.clone()).or_insert(at);
        self.values.insert(pointer.clone(), at);
        let refuse = |message: &str| Err(Error::new(self.path, Some(at), message));
        Ok(match &node.data {
            YamlData::Value(Scalar::Null) => Value::Null,
            YamlData::Value(Scalar::Boolean(value)) => Value::Bool(*value),
            YamlData::Value(Scalar::Integer(value)) => Value::from(*value),
            YamlData::Value(Scalar::FloatingPoint(value)) => match Number::from_f64(value.into_inner()) {
                Some(number) => Value::Number(number),
                None => return refuse("this number has no JSON form: write a finite one or quote it"),
            },
            YamlData::Value(Scalar::String(value)) => Value::String(value.to_string()),
            YamlData::Sequence(items) => {
                let mut list = Vec::with_capacity(items.len());
                for (index, item) in items.iter().enumerate() {
                    list.push(self.value(item, format!("{pointer}/{index}"))?);
                }
                Value::Array(list)
            }
            YamlData::Mapping(entries) => {
                let mut map = Map::new();
                for (key, value) in entries {
                    let name = self.key(key)?;
                    let at = Position::new(key.span.start.line(), key.span.start.col() + 1);
                    let inner = format!("{pointer}/{}", escape(&name));
                    self.positions.insert(inner.clone(), at);
                    let value = self.value(value, inner)?;
                    if map.insert(name.clone(), value).is_some() {
                        return Err(Error::new(self.path, Some(at), format!("the key `{name}` stands here twice")));
                    }
                }
                Value::Object(map)
            }
            _ => return refuse("YAML tags and aliases are not used in specs: write the value out"),
        })
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

/// The name of the component schema that a node refers to, directly or as the single member of an `allOf`.
pub(crate) fn schema_name(node: &Value) -> Option<&str> {
    let reference = match node.get("allOf").and_then(Value::as_array).map(Vec::as_slice) {
        Some([single]) => single.get("$ref"),
        _ => node.get("$ref"),
    };
    reference?.as_str()?.strip_prefix("#/components/schemas/")
}

/// The entries of an object, in the order of their names; nothing where there is no object.
pub(crate) fn entries<'a>(node: &'a Value, key: &str) -> BTreeMap<&'a str, &'a Value> {
    let object = node.get(key).and_then(Value::as_object);
    object.into_iter().flatten().map(|(name, value)| (name.as_str(), value)).collect()
}
