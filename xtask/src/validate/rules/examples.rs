//! Examples and defaults: they have to be what their schemas say.

use std::collections::HashMap;

use jsonschema::Validator;
use serde_json::{Map, Value, json};
use unloc_codegen::load::escape;

use crate::validate::finding::{Findings, Rule, Severity};
use crate::validate::shape::Object;
use crate::validate::spec::{Node, Spec, entries};

const VALID: Rule = Rule {
    id: "example-valid",
    severity: Severity::Error,
    reason: "Readers copy examples, and the documentation's own are made of them: one that is wrong teaches a mistake.",
    example: "`example: '7'` for an integer, an example without a required property",
};

const DEFAULT: Rule = Rule {
    id: "default-valid",
    severity: Severity::Error,
    reason: "The generator stops at a default that its own schema refuses.",
    example: "`default: ten` beside `type: integer`",
};

const ONE_OF_TWO: Rule = Rule {
    id: "example-xor-examples",
    severity: Severity::Error,
    reason: "Beside `examples`, an `example` is ignored.",
    example: "a media type with both",
};

const STATUS: Rule = Rule {
    id: "example-status-agrees",
    severity: Severity::Warning,
    reason: "An example of an error under a success, or the other way round, was copied to the wrong place.",
    example: "`'200'` with an example that has `error` and `errorDescription`",
};

pub(crate) const RULES: &[&Rule] = &[&VALID, &DEFAULT, &ONE_OF_TWO, &STATUS];

/// Which way a value goes: what is only read is not in a request, what is only written in no answer.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Way {
    Request,
    Answer,
    Either,
}

/// Comes last: what is held to a schema that is wrong itself would only say so once more.
pub(crate) fn check(spec: &Spec<'_>, findings: &mut Findings<'_>) {
    let errors = findings.list.iter().filter(|finding| finding.severity == Severity::Error);
    let wrong: Vec<String> = errors.map(|finding| finding.pointer.clone()).collect();
    let mut examples = Examples { spec, wrong, definitions: HashMap::new() };
    for node in spec.all(Object::MediaType) {
        let way = if node.pointer.contains("/requestBody/") || node.pointer.starts_with("/components/requestBodies/") {
            Way::Request
        } else {
            Way::Answer
        };
        examples.described(node, way, findings);
        status(node, findings);
    }
    for object in [Object::Parameter, Object::Header] {
        for node in spec.all(object) {
            examples.described(node, if object == Object::Parameter { Way::Request } else { Way::Answer }, findings);
        }
    }
    for node in spec.all(Object::Schema) {
        for (key, rule) in [("example", &VALID), ("default", &DEFAULT)] {
            if let Some(value) = node.value.get(key) {
                examples.held(
                    node,
                    node.value,
                    Way::Either,
                    (value, &format!("{}/{key}", node.pointer)),
                    rule,
                    findings,
                );
            }
        }
    }
}

struct Examples<'a> {
    spec: &'a Spec<'a>,
    /// Where errors have been found.
    wrong: Vec<String>,
    /// The components, translated once for each way.
    definitions: HashMap<Way, Value>,
}

impl<'a> Examples<'a> {
    /// Something with a schema and examples beside it.
    fn described(&mut self, node: &Node<'a>, way: Way, findings: &mut Findings<'_>) {
        let (example, examples) = (node.value.get("example"), node.value.get("examples"));
        if example.is_some() && examples.is_some() {
            let pointer = format!("{}/example", node.pointer);
            findings.key(&ONE_OF_TWO, &pointer, "`example` is ignored beside `examples`", "move it into `examples`");
        }
        let Some(schema) = node.value.get("schema") else { return };
        if let Some(example) = example {
            self.held(node, schema, way, (example, &format!("{}/example", node.pointer)), &VALID, findings);
        }
        for (name, named) in entries(examples) {
            let pointer = format!("{}/examples/{}", node.pointer, escape(name));
            let target = named.get("$ref").and_then(Value::as_str).and_then(|target| target.strip_prefix('#'));
            let (named, pointer) = match target {
                Some(target) => (self.spec.root.pointer(target).unwrap_or(named), target.to_owned()),
                None => (named, pointer),
            };
            if let Some(value) = named.get("value") {
                self.held(node, schema, way, (value, &format!("{pointer}/value")), &VALID, findings);
            }
        }
    }

    /// Holds a value to a schema that stands at or below this node.
    fn held(
        &mut self,
        node: &Node<'a>,
        schema: &'a Value,
        way: Way,
        (value, pointer): (&Value, &str),
        rule: &Rule,
        findings: &mut Findings<'_>,
    ) {
        let reached = self.spec.reached(schema);
        let is_below = |wrong: &String, place: &str| wrong == place || wrong.starts_with(&format!("{place}/"));
        let own =
            if std::ptr::eq(schema, node.value) { node.pointer.clone() } else { format!("{}/schema", node.pointer) };
        if self.wrong.iter().any(|wrong| is_below(wrong, &own) || reached.iter().any(|place| is_below(wrong, place))) {
            return;
        }
        let components = self.spec.root.pointer("/components/schemas");
        let definitions = self.definitions.entry(way).or_insert_with(|| {
            entries(components)
                .map(|(name, node)| (name.to_owned(), translate(node, way)))
                .collect::<Map<_, _>>()
                .into()
        });
        let names = reached.iter().filter_map(|place| place.strip_prefix("/components/schemas/"));
        let needed: Map<_, _> =
            names.filter_map(|name| Some((name.to_owned(), definitions.get(name)?.clone()))).collect();
        let document = json!({ "allOf": [translate(schema, way)], "components": { "schemas": needed } });
        let Ok(validator) = jsonschema::options().should_validate_formats(true).build(&document) else { return };
        for (place, text) in first_errors(&validator, value) {
            findings.value(
                rule,
                &format!("{pointer}{place}"),
                text,
                "mend the value, or the schema that it is held to",
            );
        }
    }
}

/// One mistake is one finding: of several errors at one place, the first.
fn first_errors(validator: &Validator, value: &Value) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    for error in validator.iter_errors(value) {
        let place = error.instance_path().to_string();
        if !found.iter().any(|(earlier, _)| *earlier == place) {
            let text = error.to_string();
            // Whole objects are no help in a sentence.
            let text = if text.chars().count() > 160 {
                format!("{}…", text.chars().take(160).collect::<String>())
            } else {
                text
            };
            found.push((place, text));
        }
    }
    found
}

/// A schema of OpenAPI 3.0 as one of JSON Schema.
fn translate(node: &Value, way: Way) -> Value {
    let Some(map) = node.as_object() else { return json!(true) };
    if let Some(target) = map.get("$ref") {
        return json!({ "$ref": target });
    }
    let mut schema = Map::new();
    let flag = |key: &str| map.get(key) == Some(&Value::Bool(true));
    for (key, value) in map {
        let list = |value: &Value| {
            value.as_array().map(|list| list.iter().map(|node| translate(node, way)).collect::<Vec<_>>())
        };
        let new = match key.as_str() {
            "allOf" | "anyOf" | "oneOf" => list(value).map(Value::from),
            "items" | "not" => Some(translate(value, way)),
            "additionalProperties" if value.is_object() => Some(translate(value, way)),
            "properties" => Some(
                entries(Some(value))
                    .map(|(name, node)| (name.to_owned(), translate(node, way)))
                    .collect::<Map<_, _>>()
                    .into(),
            ),
            "minimum" if flag("exclusiveMinimum") => {
                schema.insert("exclusiveMinimum".to_owned(), value.clone());
                None
            }
            "maximum" if flag("exclusiveMaximum") => {
                schema.insert("exclusiveMaximum".to_owned(), value.clone());
                None
            }
            "exclusiveMinimum" | "exclusiveMaximum" => None,
            "required" => Some(required(map, value, way)),
            "type"
            | "enum"
            | "multipleOf"
            | "minimum"
            | "maximum"
            | "minLength"
            | "maxLength"
            | "pattern"
            | "minItems"
            | "maxItems"
            | "uniqueItems"
            | "minProperties"
            | "maxProperties"
            | "additionalProperties"
            | "format" => Some(value.clone()),
            _ => None,
        };
        if let Some(new) = new {
            schema.insert(key.clone(), new);
        }
    }
    let bounds = match map.get("format").and_then(Value::as_str) {
        Some("int32") => Some((i64::from(i32::MIN), i64::from(i32::MAX))),
        _ => None,
    };
    if let Some((least, most)) = bounds {
        schema.entry("minimum").or_insert(least.into());
        schema.entry("maximum").or_insert(most.into());
    }
    if flag("nullable") {
        return json!({ "anyOf": [schema, { "type": "null" }] });
    }
    schema.into()
}

/// What is required, this way.
fn required(map: &Map<String, Value>, list: &Value, way: Way) -> Value {
    let absent = match way {
        Way::Request => "readOnly",
        Way::Answer => "writeOnly",
        Way::Either => "",
    };
    let names = list.as_array().into_iter().flatten().filter(|name| {
        let property = name.as_str().and_then(|name| map.get("properties")?.get(name));
        property.and_then(|property| property.get(absent)) != Some(&Value::Bool(true))
    });
    names.cloned().collect()
}

fn status(node: &Node<'_>, findings: &mut Findings<'_>) {
    let Some((_, rest)) = node.pointer.split_once("/responses/") else { return };
    let is_success = rest.starts_with('2');
    let Some(example) = node.value.get("example").and_then(Value::as_object) else { return };
    if is_success && example.contains_key("error") && example.len() <= 2 {
        let pointer = format!("{}/example", node.pointer);
        findings.key(
            &STATUS,
            &pointer,
            "this looks like an error, and stands under a success",
            "move it to the status it is of",
        );
    }
}
