//! Tests null in requests: accepted where the spec says nullable, refused with field and type everywhere else.

use serde_json::{Map, Value, json};
use unloc_emulator::chrono::Utc;
use unloc_spec::{reference, resolve};

use crate::scenarios::scenarios;
use crate::world::World;

/// Reads the schemas of a spec.
struct Schemas<'a>(&'a Value);

impl<'a> Schemas<'a> {
    /// Returns a schema and all schemas that it references or combines.
    fn parts(&self, schema: &'a Value) -> Vec<&'a Value> {
        let mut parts = vec![schema];
        if reference(schema).is_some() {
            parts.extend(self.parts(resolve(self.0, schema).expect("a component")));
        }
        for word in ["allOf", "oneOf", "anyOf"] {
            for part in schema[word].as_array().into_iter().flatten() {
                parts.extend(self.parts(part));
            }
        }
        parts
    }

    fn takes_null(&self, schema: &'a Value) -> bool {
        self.parts(schema).iter().any(|part| part["nullable"] == true)
    }

    fn properties(&self, schema: &'a Value) -> Vec<(&'a str, &'a Value)> {
        let maps = self.parts(schema).into_iter().filter_map(|part| part["properties"].as_object());
        maps.flatten().map(|(name, schema)| (name.as_str(), schema)).collect()
    }

    /// Returns a valid value of a schema, without arrays.
    fn sample(&self, schema: &'a Value) -> Value {
        let properties = self.properties(schema);
        if !properties.is_empty() {
            let fields = properties.into_iter().map(|(name, schema)| (name.to_owned(), self.sample(schema)));
            return Value::Object(fields.filter(|(_, value)| !value.is_array()).collect::<Map<_, _>>());
        }
        let kind = self.parts(schema).into_iter().find_map(|part| part["type"].as_str()).unwrap_or_default();
        match kind {
            "integer" | "number" => json!(1),
            "boolean" => json!(true),
            "array" => json!([]),
            _ => json!("NO"),
        }
    }

    /// Returns every property at any depth, with a body in which only it is null, and whether the spec allows that.
    fn nulls(&self, schema: &'a Value, valid: &Value, path: &str) -> Vec<(String, Value, bool)> {
        let mut nulls = Vec::new();
        for (name, property) in self.properties(schema) {
            let with = |value: Value| {
                let mut body = valid.clone();
                body[name] = value;
                body
            };
            let path = format!("{path}{name}");
            nulls.push((path.clone(), with(Value::Null), self.takes_null(property)));
            let items = self.parts(property).into_iter().find_map(|part| part.get("items"));
            // Only arrays of the valid body: `timeSpans`, the form of version 2, is never sent to version 1.
            let first = valid.get(name).and_then(|items| items.get(0)).filter(|item| item.is_object());
            if let (Some(items), Some(inner)) = (items, first) {
                for (path, value, may) in self.nulls(items, inner, &format!("{path}.0.")) {
                    nulls.push((path, with(json!([value])), may));
                }
                continue;
            }
            let inner = valid.get(name).filter(|value| value.is_object()).cloned();
            let inner = inner.unwrap_or_else(|| self.sample(property));
            for (path, value, may) in self.nulls(property, &inner, &format!("{path}.")) {
                nulls.push((path, with(value), may));
            }
        }
        nulls
    }
}

#[tokio::test]
async fn accepts_null_exactly_where_the_spec_says_nullable() {
    let world = World::start(Utc::now()).await;
    let (mut taken, mut refused) = (0, 0);
    for scenario in scenarios() {
        let documented = scenario.documented();
        let Some(schema) = documented.request_schema() else { continue };
        // The longest valid body has the most fields.
        let valid = scenario.calls.iter().filter(|(status, call)| *status < 300 && call.sent().is_some());
        let valid = valid.max_by_key(|(_, call)| call.sent().map(|body| body.to_string().len()));
        let valid = valid.map(|(_, call)| call).expect("a valid body");
        let body = valid.sent().cloned().unwrap_or_default();
        for (path, body, may_be_null) in Schemas(documented.document()).nulls(schema, &body, "") {
            let call = valid.sending(body);
            let response = world.call(documented, &call).await;
            let description = serde_json::from_str::<Value>(&response.body).unwrap_or_default();
            let description = description["errorDescription"]
                .as_str()
                .or(description["error_description"].as_str())
                .or(description["detail"].as_str())
                .unwrap_or_default();
            if may_be_null {
                assert_eq!(response.status, documented.success(), "{} {path}: {response:?}", scenario.id);
                taken += 1;
            } else {
                assert_eq!(response.status, 400, "{} {path}: {response:?}", scenario.id);
                // `timeSpans`, the form of version 2, is for responses only and always refused in requests.
                let rule = if path == "recurrence.timeSpans" && !documented.is_v2() {
                    " is not a weekday"
                } else {
                    " must be of type "
                };
                assert!(description.starts_with(&format!("{path}{rule}")), "{} {path}: {description}", scenario.id);
                refused += 1;
            }
        }
    }
    assert!(taken >= 8 && refused > 80, "{taken} taken, {refused} refused");
}
