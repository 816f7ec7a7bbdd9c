//! Writes a call of each operation of the SDK's own specs, with its expected request and response.
//!
//! Values, requests and responses are derived from the YAML, not from the bindings.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};
use unloc_codegen::names;
use unloc_spec::keys::{ALIASES, ENVELOPE, SENSITIVE};
use unloc_spec::{At, Document, Operation, Parameter, PathTemplate, RawOperation, module, schema_name};

/// Limits the depth of nested optional properties, because schemas may be recursive.
const DEEPEST: usize = 6;

/// Returns the calls of one API, as the entries of a Rust list.
pub(crate) fn calls(document: &Document, api: &str) -> Result<String, Box<dyn std::error::Error>> {
    let operations = Operation::all(document).map_err(|errors| crate::joined(&errors))?;
    let (samples, mut source) = (Samples { root: &document.value }, String::new());
    for operation in &operations {
        for full in [false, true] {
            let sent = samples.request(operation, full);
            for (response, decoded) in samples.responses(operation, full) {
                let Operation { id, .. } = operation;
                let call = samples.call(operation, api, full);
                writeln!(
                    source,
                    "Call {{ row: {id:?}, sent: {sent:?}, responses: &{response:?}, decoded: {decoded:?}, \
                     make: |at| {{\n{call}}} }},",
                )?;
            }
        }
    }
    Ok(source)
}

/// Returns whether a call sets a parameter. Without a filter, some operations would act on everything.
fn is_set(operation: &Operation, parameter: &Parameter, full: bool) -> bool {
    let filter = operation.required_filter.as_ref().and_then(|filter| filter.parameters.first());
    parameter.required || full || filter == Some(&parameter.name)
}

struct Samples<'a> {
    root: &'a Value,
}

impl Samples<'_> {
    /// Returns a sample value of a parameter.
    fn parameter(&self, operation: &Operation, name: &str) -> Value {
        let raw = RawOperation::find(self.root, &operation.path, operation.method);
        let all = raw.map(|raw| raw.parameters(self.root)).unwrap_or_default();
        let schema = all.into_iter().find(|at| at.text("name") == Some(name)).and_then(|at| at.get("schema"));
        schema.map_or(Value::Null, |schema| self.value(&schema, true, 0))
    }

    /// Returns the request that the server should receive.
    fn request(&self, operation: &Operation, full: bool) -> String {
        let shown = |value: &Value| value.as_str().map_or_else(|| value.to_string(), |text| text.replace('+', "%2B"));
        let template = PathTemplate::of(&operation.path);
        let segments = template.segments().iter().map(|segment| match segment.whole() {
            Some(name) => shown(&self.parameter(operation, name)),
            None => segment.text().to_owned(),
        });
        let path = segments.collect::<Vec<_>>().join("/");
        let query = operation.parameters.iter().filter(|one| one.place == "query" && is_set(operation, one, full));
        let mut query: Vec<_> =
            query.map(|one| format!("{}={}", one.name, shown(&self.parameter(operation, &one.name)))).collect();
        query.extend(operation.pagination.as_ref().filter(|_| !full).map(|paging| format!("limit={}", paging.size)));
        let query = if query.is_empty() { String::new() } else { format!("?{}", query.join("&")) };
        let body = operation.body.as_ref().map(|(schema, _)| format!("\n\n{}", self.component(schema, full)));
        format!("{} {path}{query}{}", operation.method, body.unwrap_or_default())
    }

    /// Returns response bodies with and without their envelope, each with its decoded value if that differs.
    fn responses(&self, operation: &Operation, full: bool) -> Vec<(Vec<String>, Option<String>)> {
        let Some(schema) = &operation.success else { return vec![(Vec::new(), None)] };
        let whole = self.component(schema, full);
        let at = At::find(self.root, &format!("/components/schemas/{schema}"));
        let envelope = at.as_ref().and_then(|schema| schema.text(ENVELOPE));
        let paged = operation.pagination.as_ref().map(|paging| paging.items.as_str());
        let (Some(schema), Some(property)) = (at, envelope.or(paged)) else {
            return vec![(vec![whole.to_string()], None)];
        };
        let properties: Vec<_> = schema.get("properties").iter().flat_map(At::entries).collect();
        let described = properties.iter().find(|(name, _)| *name == property).map(|(_, at)| at);
        let is_list = described.is_some_and(|at| at.text("type") == Some("array"));
        let empty = if is_list { json!([]) } else { Value::Null };
        let inside = whole.get(property).unwrap_or(&empty);
        let cursor = properties.iter().map(|(name, _)| *name).find(|name| *name != property);
        let decoded_page = |next: Option<&Value>| match cursor {
            None => inside.to_string(),
            Some(_) => json!({"items": inside, "cursor": next}).to_string(),
        };
        let mut all = vec![(vec![whole.to_string()], Some(decoded_page(cursor.and_then(|cursor| whole.get(cursor)))))];
        if envelope.is_none() || whole.get(property).is_none_or(|inside| *inside == json!({})) {
            return all;
        }
        all.push((vec![inside.to_string()], Some(decoded_page(None))));
        let aliases = described.and_then(|at| at.get(ALIASES)).into_iter().flat_map(|all| all.list());
        for alias in aliases.filter_map(|alias| alias.value.as_str()) {
            all.push((vec![json!({alias: inside}).to_string()], Some(decoded_page(None))));
        }
        all
    }

    /// Returns the call as Rust code.
    fn call(&self, operation: &Operation, api: &str, full: bool) -> String {
        let api = module(api);
        let mut call = format!("let call = own!({api} {} at)", names::builder(operation));
        for one in operation.parameters.iter().filter(|one| is_set(operation, one, full)) {
            let value = self.parameter(operation, &one.name);
            // A JSON string is a valid Rust literal as well.
            call.push_str(&format!(".{}({value})", names::setter(one)));
        }
        call.push_str(";\n");
        let Some((schema, _)) = &operation.body else { return format!("{call}Box::pin(sent(call.send()))\n") };
        let (name, json) = (names::pascal(schema), self.component(schema, full).to_string());
        call.push_str(&format!(
            "Box::pin(async move {{\nlet body: crate::model::{api}::types::{name} =\n\
             serde_json::from_str({json:?}).map_err(|error| error.to_string())?;\n\
             sent(call.body(body).send()).await\n}})\n"
        ));
        call
    }

    fn component(&self, name: &str, full: bool) -> Value {
        let at = At::find(self.root, &format!("/components/schemas/{name}"));
        at.map_or(Value::Null, |at| self.value(&at, full, 0))
    }

    /// Returns a sample value of a schema, with all properties or with the required ones only.
    fn value(&self, schema: &At<'_>, full: bool, depth: usize) -> Value {
        if let Some(name) = schema_name(schema.value) {
            let at = At::find(self.root, &format!("/components/schemas/{name}"));
            return at.map_or(Value::Null, |at| self.value(&at, full, depth));
        }
        let number = |key: &str| schema.value.get(key).and_then(Value::as_u64);
        match schema.text("type") {
            _ if schema.value.get("enum").is_some() => schema.value["enum"][0].clone(),
            Some("boolean") => true.into(),
            Some("integer" | "number") => number("minimum").unwrap_or(7).into(),
            Some("array") => schema.get("items").map_or_else(|| json!([]), |at| json!([self.value(&at, full, depth)])),
            Some("string") => match (schema.text("format"), schema.text(SENSITIVE)) {
                (Some("date-time"), _) => "2026-01-02T03:04:05.678Z".into(),
                (_, Some("phone-number")) => "+12125550100".into(),
                _ => "v".repeat(number("minLength").unwrap_or(1).try_into().unwrap_or(1)).into(),
            },
            _ => match ["oneOf", "anyOf"].into_iter().find_map(|key| schema.get(key)?.list().next()) {
                Some(first) => self.value(&first, full, depth),
                None => self.object(schema, full, depth),
            },
        }
    }

    fn object(&self, schema: &At<'_>, full: bool, depth: usize) -> Value {
        let mut fields = Map::new();
        let required: Vec<_> =
            schema.get("required").iter().flat_map(At::list).filter_map(|name| name.value.as_str()).collect();
        for (name, property) in schema.get("properties").iter().flat_map(At::entries) {
            if required.contains(&name) || full && depth < DEEPEST {
                fields.insert(name.to_owned(), self.value(&property, full, depth + 1));
            }
        }
        if let Some(more) = schema.get("additionalProperties").filter(|more| more.value.is_object() && full) {
            fields.insert("k".to_owned(), self.value(&more, full, depth + 1));
        }
        // An object of any content. Empty, it would be left out.
        if schema.get("properties").is_none() && fields.is_empty() && full {
            fields.insert("k".to_owned(), "v".into());
        }
        for part in schema.get("allOf").iter().flat_map(At::list) {
            fields.extend(self.value(&part, full, depth).as_object().cloned().unwrap_or_default());
        }
        fields.into()
    }
}
