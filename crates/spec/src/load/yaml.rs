//! Reads YAML, event by event: no recursion, so that depth is a question of a limit and not of the stack.

use std::borrow::Cow;
use std::collections::BTreeMap;

use saphyr::Scalar;
use saphyr_parser::{Event, Marker, Parser, ScalarStyle, ScanError, Span, StrInput, Tag};
use serde_json::{Map, Number, Value};

use super::pairs::Pairs;
use super::{DEEPEST, Inner, Mark, twice};
use crate::error::{Error, Position};

/// Why a text is no value: the reader's own words, or ours.
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

/// A list or mapping that is not at its end yet.
struct Open {
    key: Option<Position>,
    at: Position,
    kind: Kind,
}

enum Kind {
    List(Vec<Value>, Vec<Mark>),
    /// The entries, and the key that waits for its value.
    Map(Map<String, Value>, BTreeMap<String, Mark>, Option<(String, Position)>),
}

/// What the one document of a text holds. `seen` is told where in the text scalars stand, by characters.
pub(super) fn read(text: &str, pairs: &Pairs, seen: &mut dyn FnMut(Span)) -> Result<(Value, Mark), Refusal> {
    let (mut open, mut roots): (Vec<Open>, Vec<(Value, Mark)>) = (Vec::new(), Vec::new());
    for event in Parser::<StrInput<'_>>::new_from_str(text) {
        let (event, span) = event?;
        let at = position(span.start);
        let is_key = matches!(open.last(), Some(Open { kind: Kind::Map(_, _, None), .. }));
        let starts = matches!(event, Event::SequenceStart(..) | Event::MappingStart(..) | Event::Alias(_));
        if is_key && starts {
            return Err(ours(at, "a key must be text: quote it").into());
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
            Event::SequenceEnd | Event::MappingEnd => match open.pop() {
                Some(Open { key, at, kind: Kind::List(list, marks) }) => {
                    (Value::Array(list), Mark { key, value: at, inner: Inner::List(marks) })
                }
                Some(Open { key, at, kind: Kind::Map(map, marks, _) }) => {
                    (Value::Object(map), Mark { key, value: at, inner: Inner::Map(marks) })
                }
                None => continue,
            },
            Event::Scalar(text, style, _, tag) => {
                seen(span);
                let text = pairs.restore(text, style == ScalarStyle::DoubleQuoted);
                if let Some(Open { kind: Kind::Map(map, marks, key @ None), .. }) = open.last_mut() {
                    let name = name(at, text, style, tag.as_ref())?;
                    if let Some(first) = marks.get(&name).filter(|_| map.contains_key(&name)) {
                        return Err(twice(&name, at, first).into());
                    }
                    *key = Some((name, at));
                    continue;
                }
                let value = scalar(at, text, style, tag.as_ref())?;
                (value, Mark { key: waiting(&open), value: at, inner: Inner::Nothing })
            }
            Event::Alias(_) => return Err(tags(at).into()),
            _ => continue,
        };
        match open.last_mut().map(|open| &mut open.kind) {
            None => roots.push(done),
            Some(Kind::List(list, marks)) => {
                list.push(done.0);
                marks.push(done.1);
            }
            Some(Kind::Map(map, marks, key)) => {
                if let Some((name, _)) = key.take() {
                    marks.insert(name.clone(), done.1);
                    map.insert(name, done.0);
                }
            }
        }
    }
    let found = roots.len();
    let second = roots.get(1).map(|(_, mark)| mark.value);
    let whole = |message: String| Refusal::Ours(Error::nowhere(second, message));
    match roots.pop() {
        Some(root) if found == 1 => Ok(root),
        _ => Err(whole(format!("holds {found} YAML documents where one is expected"))),
    }
}

/// Where the key stands whose value comes next.
fn waiting(open: &[Open]) -> Option<Position> {
    match open.last().map(|open| &open.kind) {
        Some(Kind::Map(_, _, Some((_, at)))) => Some(*at),
        _ => None,
    }
}

fn begin(open: &mut Vec<Open>, at: Position, tag: Option<&Tag>, kind: Kind) -> Result<(), Error> {
    if tag.is_some_and(|tag| !tag.is_yaml_core_schema()) {
        return Err(tags(at));
    }
    if open.len() >= DEEPEST {
        return Err(ours(at, format!("blocks are nested here more than {DEEPEST} levels deep: nobody can read that")));
    }
    open.push(Open { key: waiting(open), at, kind });
    Ok(())
}

fn scalar(at: Position, text: Cow<'_, str>, style: ScalarStyle, tag: Option<&Cow<'_, Tag>>) -> Result<Value, Error> {
    if tag.is_some_and(|tag| !tag.is_yaml_core_schema()) {
        return Err(tags(at));
    }
    // Beyond what the reader's own numbers hold; JSON has them.
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
            None => return Err(ours(at, "this number has no JSON form: write a finite one or quote it")),
        },
        Some(Scalar::String(value)) => Value::String(value.into_owned()),
        None => return Err(tags(at)),
    })
}

fn name(at: Position, text: Cow<'_, str>, style: ScalarStyle, tag: Option<&Cow<'_, Tag>>) -> Result<String, Error> {
    if style == ScalarStyle::Plain && text == "<<" {
        return Err(ours(at, "merge keys are not used in specs: write the entries out"));
    }
    match scalar(at, text, style, tag)? {
        Value::String(name) => Ok(name),
        // `200:` is the common way to write a status code.
        Value::Number(number) if !number.is_f64() => Ok(number.to_string()),
        _ => Err(ours(at, "a key must be text: quote it")),
    }
}

fn tags(at: Position) -> Error {
    ours(at, "YAML tags and aliases are not used in specs: write the value out")
}

fn ours(at: Position, message: impl Into<String>) -> Error {
    Error::nowhere(Some(at), message)
}

pub(super) fn position(mark: Marker) -> Position {
    Position::new(mark.line(), mark.col() + 1)
}
