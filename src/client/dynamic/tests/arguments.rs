//! Generates random arguments of a call in their canonical form.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::model::operation::Sensitive;
use crate::model::table::{Kind, Property, Shape, Table};

/// Is the lock holder of every call.
pub(super) const LOCK_HOLDER: &str = "373c3bdd-ff32-4caa-9eca-bfc54e5042d5";

/// Holds the arguments of a call with types, which takes them out one by one.
pub(crate) struct Arguments(Map<String, Value>);

impl Arguments {
    /// Adds to arguments what the client fills in.
    pub(super) fn of(table: &Table, arguments: &Value) -> Self {
        let mut arguments = arguments.as_object().unwrap().clone();
        for parameter in table.parameters.iter().filter(|parameter| parameter.filled_in) {
            arguments.insert(parameter.name.to_owned(), LOCK_HOLDER.into());
        }
        Self(arguments)
    }

    /// Takes the value of a parameter out.
    pub(crate) fn take<T: DeserializeOwned>(&mut self, name: &str) -> Option<T> {
        self.0.remove(name).map(|value| serde_json::from_value(value).unwrap())
    }

    /// Takes the request body out, which is what is left.
    pub(crate) fn rest<T: DeserializeOwned>(&mut self) -> T {
        serde_json::from_value(std::mem::take(&mut self.0).into()).unwrap()
    }
}

/// Returns random arguments. They are made of bytes that proptest generates and shrinks.
pub(super) fn random(table: &Table, bytes: &[u8]) -> Value {
    let mut dice = Dice(bytes.iter());
    let mut arguments = Map::new();
    for parameter in table.parameters.iter().filter(|parameter| !parameter.filled_in) {
        if parameter.required || dice.below(2) == 1 {
            arguments
                .insert(parameter.name.to_owned(), dice.value(&Shape { nullable: false, ..parameter.shape }, None));
        }
    }
    if let Some(filter) = &table.filter {
        let is_empty = |value: &Value| value.as_str().is_some_and(|text| text.trim().is_empty());
        // What is refused is tested by itself: both calls would send nothing.
        arguments.retain(|name, value| !(filter.parameters.contains(&&**name) && is_empty(value)));
        if !filter.parameters.iter().any(|name| arguments.contains_key(*name)) {
            arguments.insert(filter.all.to_owned(), true.into());
        }
    }
    if let Some(Value::Object(body)) = table.body.as_ref().map(|shape| dice.value(shape, None)) {
        arguments.extend(body);
    }
    arguments.into()
}

struct Dice<'a>(std::slice::Iter<'a, u8>);

impl Dice<'_> {
    fn below(&mut self, many: usize) -> usize {
        self.0.next().map_or(0, |byte| usize::from(*byte) % many)
    }

    fn value(&mut self, shape: &Shape, length: Option<(u64, u64)>) -> Value {
        if shape.nullable && self.below(4) == 3 {
            return Value::Null;
        }
        match shape.kind {
            Kind::Component(component) => self.value(&Shape { nullable: false, ..component.shape }, length),
            Kind::Any => serde_json::json!({"a": [1, null]}),
            Kind::Boolean => (self.below(2) == 1).into(),
            Kind::Integer { signed, .. } => [0, 7, 127, if signed { -1 } else { 1 }][self.below(4)].into(),
            Kind::Number => 1.5.into(),
            Kind::Text => self.text(length).into(),
            Kind::Time => {
                let times = ["2030-05-01T10:00:00Z", "2030-05-01T12:00:00.123456+02:00", "2016-12-31T23:59:60Z"];
                times[self.below(3)].into()
            }
            Kind::Date => "2030-05-01".into(),
            Kind::Sensitive(Sensitive::PhoneNumber) => format!("+1212555014{}", self.below(10)).into(),
            Kind::Sensitive(_) => self.text(None).into(),
            Kind::Choice { values, .. } => match self.below(values.len() + 1) {
                0 => "somethingNew".into(),
                place => values[place - 1].into(),
            },
            Kind::List(items) => (0..=self.below(3)).map(|_| self.value(items, None)).collect(),
            Kind::Map(values) => {
                let names = (0..=self.below(3)).map(|place| format!("name {place}"));
                names.map(|name| (name, self.value(values, None))).collect::<Map<_, _>>().into()
            }
            Kind::Object(properties) => self.object(properties),
        }
    }

    fn object(&mut self, properties: &[Property]) -> Value {
        let mut object = Map::new();
        for Property { name, required, sends_null, length, shape, .. } in properties {
            let shape = &Shape { nullable: *sends_null, ..*shape };
            if *required || self.below(2) == 1 {
                object.insert((*name).to_owned(), self.value(shape, *length));
            }
        }
        object.into()
    }

    fn text(&mut self, length: Option<(u64, u64)>) -> String {
        let text = ["front-door", "\u{e5} /?#%&+", "\"q\"\\\n", "\u{1f511}", "..x"][self.below(5)];
        let least = length.map_or(0, |(least, _)| usize::try_from(least).unwrap());
        let most = length.map_or(usize::MAX, |(_, most)| usize::try_from(most).unwrap_or(usize::MAX));
        text.chars().chain(std::iter::repeat('x')).take(text.chars().count().clamp(least, most)).collect()
    }
}
