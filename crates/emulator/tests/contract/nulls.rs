//! Null in requests: taken where the spec says nullable, refused by name and type everywhere else.

use serde_json::{Map, Value, json};
use unloc_emulator::chrono::Utc;
use unloc_spec::{reference, resolve};

use crate::scenarios::scenarios;
use crate::world::World;

/// A reader of the schemas of one spec.
struct Schemas<'a>(&'a Value);

impl<'a> Schemas<'a> {
    /// What a schema consists of, references followed: itself, and the parts of its combinations.
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

    /// A value that could stand in a request, without lists.
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

    /// Every property at any depth, with a body in which it alone is null, and whether it may be.
    fn nulls(&self, schema: &'a Value, good: &Value, path: &str) -> Vec<(String, Value, bool)> {
        let mut nulls = Vec::new();
        for (name, property) in self.properties(schema) {
            let with = |value: Value| {
                let mut body = good.clone();
                body[name] = value;
                body
            };
            let path = format!("{path}{name}");
            nulls.push((path.clone(), with(Value::Null), self.takes_null(property)));
            let inner = good.get(name).filter(|value| value.is_object()).cloned();
            let inner = inner.unwrap_or_else(|| self.sample(property));
            for (path, value, may) in self.nulls(property, &inner, &format!("{path}.")) {
                nulls.push((path, with(value), may));
            }
        }
        nulls
    }
}

#[tokio::test]
async fn null_is_taken_exactly_where_the_spec_says_nullable() {
    let world = World::begin(Utc::now()).await;
    let (mut taken, mut refused) = (0, 0);
    for scenario in scenarios() {
        let documented = scenario.documented();
        let Some(schema) = documented.request_schema() else { continue };
        // The longest one has the most to be null.
        let good = scenario.calls.iter().filter(|(status, call)| *status < 300 && call.sent().is_some());
        let good = good.max_by_key(|(_, call)| call.sent().map(|body| body.to_string().len()));
        let good = good.map(|(_, call)| call).expect("a good body");
        let body = good.sent().cloned().unwrap_or_default();
        for (path, body, may_be_null) in Schemas(documented.document()).nulls(schema, &body, "") {
            let call = good.sending(body);
            let answer = world.call(documented, &call).await;
            let told = serde_json::from_str::<Value>(&answer.body).unwrap_or_default();
            let told = told["errorDescription"].as_str().or(told["error_description"].as_str()).unwrap_or_default();
            if may_be_null {
                assert_eq!(answer.status, documented.success(), "{} {path}: {answer:?}", scenario.id);
                taken += 1;
            } else {
                assert_eq!(answer.status, 400, "{} {path}: {answer:?}", scenario.id);
                // The list of version 2 is refused whatever it is: it is for answers.
                let rule = if path == "recurrence.timeSpans" { " is not a weekday" } else { " must be of type " };
                assert!(told.starts_with(&format!("{path}{rule}")), "{} {path}: {told}", scenario.id);
                refused += 1;
            }
        }
    }
    assert!(taken >= 8 && refused > 50, "{taken} taken, {refused} refused");
}
