//! Reads YAML event by event.
//!
//! There is no recursion, so deep nesting ends at a limit with an error, and not in a stack overflow.

use std::borrow::Cow;
use std::collections::BTreeMap;

use saphyr::Scalar;
use saphyr_parser::{Event, Marker, Parser, ScalarStyle, ScanError, Span, StrInput, Tag};
use serde_json::{Map, Number, Value};

use super::surrogates::Hidden;
use super::{Children, DEEPEST, Positions, duplicate};
use crate::error::{Error, Position};

/// Says why a text cannot be read: in the reader's own words, or in ours.
pub(super) enum Refusal {
    Scan(ScanError),
    Ours(Error),
}

impl From<ScanError> for Refusal {
    fn from(error: ScanError) -> Self {
        Self::Scan(error)
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Ours(error)
    }
}

/// Holds a list or mapping whose end has not been read yet.
struct Open {
    key: Option<Position>,
    at: Position,
    kind: Kind,
}

/// Holds the content of an open list or mapping.
enum Kind {
    List(Vec<Value>, Vec<Positions>),
    /// Holds the entries, and the key whose value is next.
    Map(Map<String, Value>, BTreeMap<String, Positions>, Option<(String, Position)>),
}

/// Returns the value of a text with one YAML document. Calls `seen` with the span of each scalar, in characters.
pub(super) fn read(text: &str, hidden: &Hidden<'_>, seen: &mut dyn FnMut(Span)) -> Result<(Value, Positions), Refusal> {
    let (mut open, mut roots): (Vec<Open>, Vec<(Value, Positions)>) = (Vec::new(), Vec::new());
    for event in Parser::<StrInput<'_>>::new_from_str(text) {
        let (event, span) = event?;
        let at = position(span.start);
        let is_key = matches!(open.last(), Some(Open { kind: Kind::Map(_, _, None), .. }));
        let starts = matches!(event, Event::SequenceStart(..) | Event::MappingStart(..) | Event::Alias(_));
        // YAML allows a list as a key, and aliases everywhere.
        if is_key && starts {
            return Err(ours(at, "a key must be a string: quote it").into());
        }
        let done = match event {
            Event::SequenceStart(_, tag) => {
                begin(&mut open, at, tag.as_deref(), Kind::List(Vec::new(), Vec::new()))?;
                continue;
            }
            Event::MappingStart(_, tag) => {
                begin(&mut open, at, tag.as_deref(), Kind::Map(Map::new(), BTreeMap::new(), None))?;
                continue;
            }
            // A closed list or mapping is a value of the one that is open now.
            Event::SequenceEnd | Event::MappingEnd => match open.pop() {
                Some(Open { key, at, kind: Kind::List(list, positions) }) => {
                    (Value::Array(list), Positions { key, value: at, children: Children::List(positions) })
                }
                Some(Open { key, at, kind: Kind::Map(map, positions, _) }) => {
                    (Value::Object(map), Positions { key, value: at, children: Children::Map(positions) })
                }
                None => continue,
            },
            Event::Scalar(text, style, _, tag) => {
                seen(span);
                let text = hidden.restore(text, style == ScalarStyle::DoubleQuoted);
                // In a mapping, keys and values take turns.
                if let Some(Open { kind: Kind::Map(map, positions, key @ None), .. }) = open.last_mut() {
                    let name = name(at, text, style, tag.as_ref())?;
                    // The event parser does not compare keys. `200` and `'200'` are the same name, so they are one key.
                    if let Some(first) = positions.get(&name).filter(|_| map.contains_key(&name)) {
                        return Err(duplicate(&name, at, first).into());
                    }
                    *key = Some((name, at));
                    continue;
                }
                let value = scalar(at, text, style, tag.as_ref())?;
                (value, Positions { key: pending_key(&open), value: at, children: Children::None })
            }
            Event::Alias(_) => return Err(tags(at).into()),
            // The beginnings and ends of the stream and of documents.
            _ => continue,
        };
        match open.last_mut().map(|open| &mut open.kind) {
            None => roots.push(done),
            Some(Kind::List(list, positions)) => {
                list.push(done.0);
                positions.push(done.1);
            }
            Some(Kind::Map(map, positions, key)) => {
                if let Some((name, _)) = key.take() {
                    positions.insert(name.clone(), done.1);
                    map.insert(name, done.0);
                }
            }
        }
    }
    let found = roots.len();
    let second = roots.get(1).map(|(_, positions)| positions.value);
    let whole = |message: String| Refusal::Ours(Error::nowhere(second, message));
    match roots.pop() {
        Some(root) if found == 1 => Ok(root),
        _ => Err(whole(format!("contains {found} YAML documents; exactly one is expected"))),
    }
}

/// Returns the position of the key whose value is next.
fn pending_key(open: &[Open]) -> Option<Position> {
    match open.last().map(|open| &open.kind) {
        Some(Kind::Map(_, _, Some((_, at)))) => Some(*at),
        _ => None,
    }
}

/// Opens a list or mapping.
fn begin(open: &mut Vec<Open>, at: Position, tag: Option<&Tag>, kind: Kind) -> Result<(), Error> {
    if tag.is_some_and(|tag| !tag.is_yaml_core_schema()) {
        return Err(tags(at));
    }
    if open.len() >= DEEPEST {
        return Err(ours(at, format!("nested more than {DEEPEST} levels deep: flatten the document")));
    }
    open.push(Open { key: pending_key(open), at, kind });
    Ok(())
}

/// Converts a scalar into a JSON value, by the core schema of YAML 1.2: `yes` and `off` are strings.
fn scalar(at: Position, text: Cow<'_, str>, style: ScalarStyle, tag: Option<&Cow<'_, Tag>>) -> Result<Value, Error> {
    if tag.is_some_and(|tag| !tag.is_yaml_core_schema()) {
        return Err(tags(at));
    }
    // The reader's integers are `i64`, and it makes a float of a larger one. JSON also has `u64`.
    if let Some(number) = Some(&text).filter(|_| style == ScalarStyle::Plain && tag.is_none())
        && let Ok(number) = number.parse::<u64>()
    {
        return Ok(Value::from(number));
    }
    Ok(match Scalar::parse_from_cow_and_metadata(text, style, tag) {
        Some(Scalar::Null) => Value::Null,
        Some(Scalar::Boolean(value)) => Value::Bool(value),
        Some(Scalar::Integer(value)) => Value::from(value),
        Some(Scalar::FloatingPoint(value)) => match Number::from_f64(value.into_inner()) {
            Some(number) => Value::Number(number),
            None => return Err(ours(at, "JSON cannot represent this number: write a finite one or quote it")),
        },
        Some(Scalar::String(value)) => Value::String(value.into_owned()),
        None => return Err(tags(at)),
    })
}

/// Converts a scalar into a key.
fn name(at: Position, text: Cow<'_, str>, style: ScalarStyle, tag: Option<&Cow<'_, Tag>>) -> Result<String, Error> {
    if style == ScalarStyle::Plain && text == "<<" {
        return Err(ours(at, "merge keys are not supported: write the entries out"));
    }
    match scalar(at, text, style, tag)? {
        Value::String(name) => Ok(name),
        // Status codes are commonly written without quotes, as in `200:`.
        Value::Number(number) if !number.is_f64() => Ok(number.to_string()),
        _ => Err(ours(at, "a key must be a string: quote it")),
    }
}

/// Returns the error for a tag or an alias. Editors and other tools differ on what these mean.
fn tags(at: Position) -> Error {
    ours(at, "YAML tags and aliases are not supported: write the value out")
}

/// Returns an error at a position.
fn ours(at: Position, message: impl Into<String>) -> Error {
    Error::nowhere(Some(at), message)
}

/// Converts the reader's position, whose columns begin at zero.
pub(super) fn position(marker: Marker) -> Position {
    Position::new(marker.line(), marker.col() + 1)
}
