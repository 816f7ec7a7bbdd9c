//! Generates random bodies of responses: those that the tolerant JSON Schema of a response allows, and invalid ones.

use serde_json::{Map, Value};
use unloc_spec::{Document, reference, resolve};

/// Makes random choices from bytes that proptest generates and shrinks. When no bytes are left, it makes the simplest
/// choice.
pub(super) struct Dice<'a>(pub(super) std::slice::Iter<'a, u8>);

impl Dice<'_> {
    fn below(&mut self, many: usize) -> usize {
        self.0.next().map_or(0, |byte| usize::from(*byte) % many)
    }

    fn one_in(&mut self, many: usize) -> bool {
        self.below(many) == many - 1
    }

    fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.below(from.len())]
    }
}

const TIMES: [&str; 9] = [
    "2024-05-01T12:00:00.000Z",
    "2024-05-01T12:00:00Z",
    "2024-05-01T14:00:00.123456+02:00",
    "2024-05-01t12:00:00z",
    "2024-05-01 12:00:00+00:00",
    "2016-12-31T23:59:60Z",
    "+275760-09-13T00:00:00.000Z",
    "",
    "soon",
];
const TEXTS: [&str; 8] = ["x", "", "12125550100", "+12125550100", "\"Post\" Couriers\n", "url", " ", "\u{1f511}"];
const NUMBERS: [&str; 9] = ["7", "0", "-1", "24", "12125550100", "2147483648", "3599.7", "3.6e3", "-0"];
const QUOTED: [&str; 6] = ["3600", "3599.7", "3.6e3", "-1", " 7 ", "1e999"];
const ANYTHING: [&str; 20] = [
    "null",
    "true",
    "7",
    "\"x\"",
    "[]",
    "{}",
    "\"\"",
    "false",
    "1.5",
    "-1",
    "[7]",
    "[null]",
    "{\"a\":[null]}",
    "1e999",
    "99999999999999999999",
    "\"a b\"",
    "[\"a\",null,\"b\"]",
    "\"\\ud83d\\udd11\"",
    "\"TRUE\"",
    "\"\\ud800\"",
];
const UNKNOWN: [&str; 4] = ["somethingNew", "meta data", "", "id"];

/// Generates the bodies of one operation.
pub(super) struct Bodies<'a> {
    /// Holds the tolerant schema of the response.
    pub(super) schema: &'a Value,
    /// Holds the values of all enums, in lower, capital and upper case.
    pub(super) words: &'a [String],
}

/// Returns the values of a spec's enums, as they are written and in other cases.
pub(super) fn words(document: &Document) -> Vec<String> {
    let schemas = document.value.pointer("/components/schemas").and_then(Value::as_object);
    let values = schemas.into_iter().flatten().filter_map(|(_, schema)| schema.get("enum")?.as_array()).flatten();
    values
        .filter_map(Value::as_str)
        .flat_map(|value| {
            let mut capital = value.to_owned();
            capital[..1].make_ascii_uppercase();
            [value.to_owned(), capital, value.to_uppercase()]
        })
        .collect()
}

impl Bodies<'_> {
    /// Returns a body. Without `invalid`, it has nothing that the tolerances do not cover, but may lack required
    /// properties.
    pub(super) fn body(&self, dice: &mut Dice<'_>, invalid: bool) -> Vec<u8> {
        let mut maker = Maker { bodies: self, dice, invalid };
        let mut body = maker.value(self.schema, &[]);
        if invalid && maker.dice.one_in(12) {
            body = format!("[{body}]");
        }
        if maker.dice.one_in(8) {
            body.insert(0, '\u{feff}');
        }
        let mut body = body.into_bytes();
        if invalid && maker.dice.one_in(20) {
            body.truncate(maker.dice.below(256) * body.len() / 256);
        }
        if invalid && maker.dice.one_in(30) {
            body.extend(b" {}");
        }
        // A byte that makes the body invalid UTF-8.
        if invalid && maker.dice.one_in(30) && !body.is_empty() {
            let place = maker.dice.below(256) * body.len() / 256;
            body[place] = 0xff;
        }
        body
    }
}

struct Maker<'a, 'b, 'c> {
    bodies: &'a Bodies<'a>,
    dice: &'b mut Dice<'c>,
    invalid: bool,
}

impl Maker<'_, '_, '_> {
    fn anything(&mut self) -> String {
        if self.dice.one_in(40) {
            // Deeper than serde_json's recursion limit of 128.
            return format!("{}{}", "[".repeat(150), "]".repeat(150));
        }
        self.dice.pick(&ANYTHING).to_owned()
    }

    /// Returns a value of a schema; an object has the properties `must` in any case.
    fn value(&mut self, schema: &Value, must: &[&str]) -> String {
        if *schema == Value::Bool(true) || (self.invalid && self.dice.one_in(40)) {
            return self.anything();
        }
        if reference(schema).is_some() {
            return self.value(resolve(self.bodies.schema, schema).unwrap(), must);
        }
        if let Some(value) = schema.get("const") {
            return value.to_string();
        }
        if let Some(values) = schema.get("enum").and_then(Value::as_array) {
            return values[self.dice.below(values.len())].to_string();
        }
        let texts = |key: &str| {
            let list = schema.get(key).and_then(Value::as_array).into_iter().flatten();
            list.filter_map(Value::as_str).collect::<Vec<_>>()
        };
        let mut must = [must, &texts("required")].concat();
        let any = schema.get("anyOf").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let chosen = any.get(self.dice.below(any.len().max(1)));
        let names = |node: &'_ Value| node.get("required").and_then(|names| names.get(0)?.as_str().map(str::to_owned));
        let named =
            chosen.and_then(names).filter(|_| chosen.and_then(Value::as_object).is_some_and(|one| one.len() == 1));
        must.extend(named.as_deref());
        match (schema.get("allOf").and_then(Value::as_array), chosen) {
            // An `allOf` of one schema, and of `required` for some of its properties.
            (Some(parts), _) if schema.get("properties").is_none() => self.value(&parts[0], &must),
            (_, Some(chosen)) if named.is_none() => self.value(chosen, &must),
            (spellings, _) => {
                let mut spelt = Vec::new();
                for spellings in spellings.into_iter().flatten().filter_map(|part| part.get("anyOf")?.as_array()) {
                    spelt.extend(names(&spellings[self.dice.below(spellings.len())]));
                }
                must.extend(spelt.iter().map(String::as_str));
                self.solid(schema, &must)
            }
        }
    }

    fn solid(&mut self, schema: &Value, must: &[&str]) -> String {
        let text = |key: &str| schema.get(key).and_then(Value::as_str);
        match text("type") {
            Some("null") => "null".to_owned(),
            Some("boolean") => ["true", "false"][self.dice.below(2)].to_owned(),
            Some("integer" | "number") => {
                let least = schema.get("minimum").map(Value::to_string);
                let mut all: Vec<&str> = if self.invalid { NUMBERS.to_vec() } else { NUMBERS[..2].to_vec() };
                all.extend(least.as_deref().filter(|_| text("type") == Some("integer")));
                all.push(if schema.get("maximum").is_some() { "2147483647" } else { "12125550100" });
                self.dice.pick(&all).to_owned()
            }
            Some("string") => {
                let words: Vec<_> = self.bodies.words.iter().map(String::as_str).chain(TEXTS).collect();
                let text = match (text("format"), text("pattern")) {
                    (Some("date-time"), _) => self.dice.pick(&TIMES[..TIMES.len() - usize::from(!self.invalid)]),
                    (_, Some(_)) => self.dice.pick(&QUOTED),
                    _ => self.dice.pick(&words),
                };
                Value::from(text).to_string()
            }
            Some("array") => {
                let items: Vec<_> = (0..self.dice.below(3)).map(|_| self.value(&schema["items"], &[])).collect();
                format!("[{}]", items.join(", "))
            }
            _ => self.object(schema, must),
        }
    }

    fn object(&mut self, schema: &Value, must: &[&str]) -> String {
        let none = Map::new();
        let properties = schema.get("properties").and_then(Value::as_object).unwrap_or(&none);
        if self.invalid && self.dice.one_in(20) {
            // serde also reads an object from a list.
            let mut listed: Vec<_> = properties.values().map(|schema| self.value(schema, &[])).collect();
            listed.truncate(listed.len() - self.dice.below(4).min(listed.len()));
            return format!("[{}]", listed.join(", "));
        }
        let mut written = Vec::new();
        for (name, schema) in properties {
            let is_there = if must.contains(&name.as_str()) { !self.dice.one_in(24) } else { self.dice.one_in(2) };
            if is_there {
                written.push((name.as_str(), self.value(schema, &[])));
            }
            if self.dice.one_in(24) {
                // The property a second time.
                let again = if self.dice.one_in(2) { self.value(schema, &[]) } else { "null".to_owned() };
                written.push((name, again));
            }
        }
        if let Some(values) = schema.get("additionalProperties").filter(|values| values.is_object()) {
            let names = &TEXTS[..self.dice.below(4)];
            written.extend(names.iter().map(|name| (*name, self.value(values, &[]))));
        }
        if self.dice.one_in(6) {
            let name = self.dice.pick(&UNKNOWN[..UNKNOWN.len() - usize::from(!self.invalid)]);
            written.push((name, self.anything()));
        }
        let first = self.dice.below(written.len().max(1));
        written.rotate_left(first);
        let written: Vec<_> = written.iter().map(|(name, value)| format!("{}: {value}", Value::from(*name))).collect();
        format!("{{{}}}", written.join(", "))
    }
}
