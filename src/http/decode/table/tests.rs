//! Tests that reading by table gives the same result as reading by type.
#![allow(clippy::unwrap_used, reason = "in a test, a panic is the failure")]

mod bodies;
mod quirks;

use std::collections::BTreeMap;
use std::path::Path;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Map;
use unloc_spec::Document;
use unloc_spec::json_schema::{JsonSchemas, Reading as Held};

use super::*;
use crate::http::decode::decode;
use crate::http::dynamic::known;
use crate::model::Operation;
use crate::model::table::Place;
use bodies::{Bodies, Dice};

/// Reads a response by its type, and serializes the result.
pub(crate) type Typed = fn(&Operation, &[u8], &SentRequest<'_>) -> Result<Value, String>;

pub(crate) fn typed<T: DeserializeOwned + Serialize>(
    operation: &Operation,
    body: &[u8],
    sent: &SentRequest<'_>,
) -> Result<Value, String> {
    decode::<T>(operation, body, sent).map(|value| serde_json::to_value(value).unwrap())
}

/// Holds both readers of an operation with a response.
struct Both {
    table: &'static Table,
    typed: Typed,
    /// Holds the URL of the call; `json` is its body.
    url: url::Url,
    json: String,
}

impl Both {
    fn all() -> Vec<Self> {
        let typed = crate::model::TYPED.iter().copied().flatten();
        typed.map(|(operation, typed)| Self::of(of(operation), *typed)).collect()
    }

    fn of(table: &'static Table, typed: Typed) -> Self {
        let mut path = table.operation.path.to_owned();
        for parameter in table.parameters.iter().filter(|parameter| parameter.place == Place::Path) {
            let value = if parameter.name == "userId" { "%2B12125550100" } else { "door" };
            path = path.replace(&format!("{{{}}}", parameter.name), value);
        }
        let url = format!("https://api.unloc.app/base{path}").parse().unwrap();
        let body = serde_json::json!({
            "name": "Harbour Flats", "countryIso": "NO", "organizationId": "harbour-flats", "userId": "+12125550100",
            "vendor": "DANALOCK", "canShare": true, "lockId": "door",
        });
        Self { table, typed, url, json: body.to_string() }
    }

    /// Reads a body with both readers, and asserts that the results agree.
    fn read(&self, body: &[u8]) -> Result<Value, String> {
        let sent = SentRequest { base_path: "/base", url: &self.url, json: self.json.as_bytes() };
        let by_type = (self.typed)(self.table.operation, body, &sent);
        let read = |body: &[u8]| {
            let text = read(self.table, body, &sent)?;
            Ok::<Value, String>(serde_json::from_str(&text).unwrap())
        };
        let by_table = read(body);
        let id = self.table.operation.id;
        let shown = || format!("{id}: {}", String::from_utf8_lossy(body));
        match (&by_type, &by_table) {
            (Ok(by_type), Ok(by_table)) => {
                let known = known(self.table.response.as_ref().unwrap(), by_table.clone());
                assert_eq!(in_short(known), in_short(by_type.clone()), "{}", shown());
                // If only unknown properties were read, they may look like the bare object when they are read again.
                let again = read(by_table.to_string().as_bytes());
                let again = if *by_type == Value::Object(Map::new()) { Ok(by_table.clone()) } else { again };
                assert_eq!(again.as_ref(), Ok(by_table), "reading the result again must not change it: {}", shown());
            }
            (Err(_), Err(_)) => {}
            _ => panic!("by type {by_type:?}, by table {by_table:?}: {}", shown()),
        }
        by_table
    }
}

/// Returns a value with the times in it as the types write them: without milliseconds where these are zero.
pub(crate) fn in_short(value: Value) -> Value {
    match value {
        Value::String(text) => match text.parse::<DateTime<Utc>>() {
            Ok(time) => serde_json::to_value(time).unwrap(),
            Err(_) => text.into(),
        },
        Value::Array(list) => list.into_iter().map(in_short).collect(),
        Value::Object(object) => object.into_iter().map(|(name, value)| (name, in_short(value))).collect(),
        value => value,
    }
}

/// Returns the table of an operation.
pub(super) fn of(operation: &Operation) -> &'static Table {
    let mut tables = crate::model::TABLES.iter().copied().flatten();
    tables.find(|table| std::ptr::eq(table.operation, operation)).unwrap()
}

/// Returns for each operation with a response both readers, its tolerant schema, and the values of enums.
fn all() -> Vec<(Both, Value, Vec<String>)> {
    let documents = ["auth", "integrator", "unloc-v2"]
        .map(|api| Document::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("openapi/{api}.yaml"))).unwrap());
    let operations: Vec<_> = documents
        .iter()
        .flat_map(|document| unloc_spec::Operation::all(document).unwrap().into_iter().map(move |one| (document, one)))
        .collect();
    let with_schema = |both: Both| {
        let Operation { id, path, .. } = both.table.operation;
        // Several APIs have operations of one id.
        let is_it = |(_, own): &&(&Document, unloc_spec::Operation)| own.id == *id && own.path == *path;
        let (document, operation) = operations.iter().find(is_it).unwrap();
        let schemas = JsonSchemas::new(document, Held::Tolerant);
        let status = ["200", "201", "202"].into_iter().find_map(|status| schemas.response(operation, status));
        (both, status.unwrap(), bodies::words(document))
    };
    Both::all().into_iter().map(with_schema).collect()
}

/// Makes a body of random bytes.
pub(crate) type RandomBody = Box<dyn Fn(&[u8]) -> Vec<u8>>;

/// Returns what generates response bodies that the tolerances cover, by id and path of the operation.
pub(crate) fn random_bodies() -> BTreeMap<(&'static str, &'static str), RandomBody> {
    let generator = |(both, schema, words): (Both, Value, Vec<String>)| {
        let body = move |bytes: &[u8]| Bodies { schema: &schema, words: &words }.body(&mut Dice(bytes.iter()), false);
        ((both.table.operation.id, both.table.operation.path), Box::new(body) as RandomBody)
    };
    all().into_iter().map(generator).collect()
}

#[test]
fn reading_by_table_equals_reading_by_type() {
    let all = all();
    let random = (proptest::collection::vec(any::<u8>(), 0..400), any::<bool>());
    let result =
        TestRunner::new(Config { failure_persistence: None, ..Config::default() }).run(&random, |(bytes, invalid)| {
            for (both, schema, words) in &all {
                let bodies = Bodies { schema, words };
                drop(both.read(&bodies.body(&mut Dice(bytes.iter()), invalid)));
            }
            Ok(())
        });
    result.unwrap_or_else(|error| panic!("{error}"));
}
