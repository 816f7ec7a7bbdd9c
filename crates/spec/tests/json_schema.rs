//! Tests which values the JSON Schemas of a spec accept.
#![allow(clippy::unwrap_used, reason = "in a test, a panic is the failure")]

use std::path::{Path, PathBuf};

use jsonschema::Validator;
use serde_json::{Value, json};
use unloc_spec::json_schema::{JsonSchemas, Reading};
use unloc_spec::{Document, Operation};

const SCHEMAS: &str = "
    Thing:
      type: object
      required: [id, state, list]
      properties:
        id: {type: string}
        state: {allOf: [{$ref: '#/components/schemas/State'}], description: how it is}
        list: {type: array, items: {type: string}, x-tolerate: [string], x-aliases: [the-list]}
        person: {$ref: '#/components/schemas/PhoneNumber'}
        next: {$ref: '#/components/schemas/Cursor'}
        count: {type: integer, format: int32, maximum: 9}
        code: {type: string, x-tolerate: [number]}
        age: {type: integer, format: int64, x-tolerate: [string]}
        life: {type: integer, format: int64, x-tolerate: [string, any]}
        can: {type: boolean, x-tolerate: [string]}
        start: {type: string, format: date-time, nullable: true}
        names: {type: object, additionalProperties: {$ref: '#/components/schemas/State'}}
        other: {anyOf: [{$ref: '#/components/schemas/State'}, {type: string, nullable: true, enum: [null]}]}
    State: {type: string, enum: [on, off]}
    PhoneNumber: {type: string, x-sensitive: phone-number}
    Cursor: {type: string, x-sensitive: cursor}
    Certain:
      type: object
      x-envelope: thing
      required: [thing]
      properties: {thing: {$ref: '#/components/schemas/Thing'}}
    Uncertain:
      type: object
      x-envelope: thing
      properties: {thing: {$ref: '#/components/schemas/Thing'}}
";

fn validator(component: &str, reading: Reading) -> Validator {
    let spec = format!("openapi: 3.0.3\npaths: {{}}\ncomponents:\n  schemas:{SCHEMAS}");
    let document = Document::parse(Path::new("spec.yaml"), &spec).unwrap();
    let schema = JsonSchemas::new(&document, reading).component(component).unwrap();
    jsonschema::options().should_validate_formats(true).build(&schema).unwrap()
}

fn thing(change: &Value) -> Value {
    let mut thing = json!({"id": "1", "state": "on", "list": []});
    for (name, value) in change.as_object().unwrap() {
        match value {
            Value::String(text) if text == "absent" => drop(thing.as_object_mut().unwrap().remove(name)),
            value => thing[name] = value.clone(),
        }
    }
    thing
}

#[test]
fn both_readings_accept_what_the_spec_describes() {
    for reading in [Reading::Exact, Reading::Tolerant] {
        let validator = validator("Thing", reading);
        for change in [
            json!({}),
            json!({"person": "+12125550100", "count": 9, "code": "0101", "can": true}),
            json!({"start": null, "names": {"a b": "off"}}),
            json!({"start": "2024-05-01T12:00:00.000Z"}),
        ] {
            assert!(validator.is_valid(&thing(&change)), "{reading:?} {change}");
        }
    }
}

#[test]
fn only_the_tolerant_reading_accepts_tolerances() {
    let (exact, tolerant) = (validator("Thing", Reading::Exact), validator("Thing", Reading::Tolerant));
    for change in [
        json!({"state": "on-holiday"}),
        json!({"names": {"a": "new"}}),
        json!({"unknown": 1}),
        json!({"person": 12_125_550_100_u64}),
        json!({"next": 1.5}),
        json!({"code": 101}),
        json!({"can": "true"}),
        json!({"age": "3600.0"}),
        json!({"age": "-3.6e+3"}),
        json!({"life": "unlimited"}),
        json!({"life": [true]}),
        json!({"life": {"seconds": 1}}),
        json!({"count": 10}),
        json!({"list": "a b"}),
        json!({"list": null}),
        json!({"names": null}),
        json!({"count": null}),
        json!({"start": ""}),
        json!({"list": "absent", "the-list": ["a"]}),
    ] {
        assert!(!exact.is_valid(&thing(&change)), "{change}");
        assert!(tolerant.is_valid(&thing(&change)), "{change}");
    }
}

#[test]
fn no_reading_accepts_invalid_values() {
    for reading in [Reading::Exact, Reading::Tolerant] {
        let validator = validator("Thing", reading);
        for change in [
            json!({"id": "absent"}),
            json!({"id": 7}),
            json!({"id": null}),
            json!({"state": null}),
            json!({"list": "absent"}),
            json!({"list": [7]}),
            json!({"list": "absent", "the-list": [7]}),
            json!({"person": true}),
            json!({"person": -1}),
            json!({"code": []}),
            json!({"can": "maybe"}),
            json!({"age": "unlimited"}),
            json!({"age": ""}),
            json!({"age": "1."}),
            json!({"age": [1]}),
            json!({"count": 4_000_000_000_u64}),
            json!({"count": "4"}),
            json!({"start": "yesterday"}),
            json!({"names": {"a": 7}}),
        ] {
            assert!(!validator.is_valid(&thing(&change)), "{reading:?} {change}");
        }
    }
}

#[test]
fn the_tolerant_reading_accepts_a_missing_envelope_and_validates_its_content() {
    let whole = json!({"thing": thing(&json!({}))});
    let bare = thing(&json!({}));
    for component in ["Certain", "Uncertain"] {
        let (exact, tolerant) = (validator(component, Reading::Exact), validator(component, Reading::Tolerant));
        assert!(exact.is_valid(&whole) && tolerant.is_valid(&whole), "{component}");
        assert!(!exact.is_valid(&bare) && tolerant.is_valid(&bare), "{component}");
        for broken in [json!({"thing": {"id": 7}}), json!({"id": 7}), json!({"id": "1"}), json!([]), json!(null)] {
            assert!(!tolerant.is_valid(&broken), "{component} {broken}");
        }
        // An empty object is valid only if nothing is required.
        assert_eq!(tolerant.is_valid(&json!({})), component == "Uncertain");
        assert_eq!(tolerant.is_valid(&json!({"news": 1})), component == "Uncertain");
    }
}

#[test]
fn the_exact_reading_accepts_the_examples_of_our_own_specs() {
    let mut seen = 0;
    for api in ["auth", "integrator"] {
        let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("../../openapi/{api}.yaml"));
        let document = Document::read(&file).unwrap();
        let schemas = JsonSchemas::new(&document, Reading::Exact);
        for operation in Operation::all(&document).unwrap() {
            let Some((_, example)) = &operation.body else { continue };
            let schema = schemas.request(&operation).unwrap();
            let validator = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
            assert!(validator.is_valid(example), "{}: {:?}", operation.id, validator.iter_errors(example).next());
            seen += 1;
        }
    }
    assert!(seen > 10, "{seen}");
}

#[test]
fn an_enum_of_null_accepts_null_and_no_string() {
    for reading in [Reading::Exact, Reading::Tolerant] {
        let validator = validator("Thing", reading);
        for (other, is_taken) in [(json!(null), true), (json!("on"), true), (json!(7), false), (json!({}), false)] {
            assert_eq!(validator.is_valid(&thing(&json!({ "other": other }))), is_taken, "{other}");
        }
    }
}
