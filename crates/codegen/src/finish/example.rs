//! The YAML's examples as Rust that compiles.

use serde_json::Value;
use unloc_spec::{Client, Document, Operation, resolve, schema_name};

use crate::names;

/// The path below which users find what is made of an API.
fn root(module: &syn::Path) -> String {
    let api = module.segments.last().map(|last| last.ident.to_string()).unwrap_or_default();
    if crate::AT_ROOT.contains(&api.as_str()) { "unloc".to_owned() } else { format!("unloc::{api}") }
}

/// A documentation test of the items of a list; nothing where no client offers it.
pub(super) fn of_items(module: &syn::Path, operation: &Operation) -> String {
    let Some(client) = &operation.client else { return String::new() };
    let (variable, ty, function) = (names::snake(&client.name), &client.name, names::function(operation));
    let root = root(module);
    format!(
        "```no_run\n# async fn example({variable}: {root}::{ty}) -> unloc::Result<()> {{\nuse futures_util::TryStreamExt;\n\n\
         let mut items = {variable}.{function}().items();\nwhile let Some(item) = items.try_next().await? {{\n    \
         println!(\"{{item:?}}\");\n}}\n# Ok(()) }}\n```"
    )
}

/// A documentation test of one operation, as the user of its client would write it.
pub(super) fn doctest(module: &syn::Path, document: &Document, client: &Client, operation: &Operation) -> String {
    let (handle, ty) = (names::snake(&client.name), &client.name);
    let root = root(module);
    let mut call = format!("let answer = {handle}\n    .{}()", names::function(operation));
    for parameter in operation.parameters.iter().filter(|p| p.required && !operation.is_filled_in(p)) {
        let value = match &parameter.example {
            Some(Value::String(text)) => format!("{text:?}"),
            Some(value) => value.to_string(),
            None => format!("{:?}", format!("the {}", parameter.name)),
        };
        call.push_str(&format!("\n    .{}({value})", names::setter(parameter)));
    }
    if let Some((schema, example)) = &operation.body {
        let body = object(document, schema, example, 2).replace("unloc::types::", &format!("{root}::types::"));
        call.push_str(&format!("\n    .body(\n        {body},\n    )"));
    }
    call.push_str("\n    .send()\n    .await?;");
    let read = if operation.success.is_some() { "\nprintln!(\"{:?}\", answer.into_inner());" } else { "" };
    let read = if read.is_empty() { "\nassert!(answer.status().is_success());" } else { read };
    format!(
        "```no_run\n# async fn example({handle}: {root}::{ty}) -> Result<(), Box<dyn std::error::Error>> {{\n{call}{read}\n# \
         Ok(())\n# }}\n```"
    )
}

fn object(document: &Document, schema: &str, example: &Value, depth: usize) -> String {
    let schemas = document.value.pointer("/components/schemas");
    let node = schemas.and_then(|schemas| schemas.get(schema)).unwrap_or(&Value::Null);
    let indent = "    ".repeat(depth + 1);
    let mut text = format!("unloc::types::{}::builder()", names::pascal(schema));
    for (property, value) in example.as_object().into_iter().flatten() {
        let field = node.get("properties").and_then(|all| all.get(property)).unwrap_or(&Value::Null);
        if let Some(value) = literal(document, field, value, depth + 1) {
            text.push_str(&format!("\n{indent}.{}({value})", names::snake(property)));
        }
    }
    text
}

fn literal(document: &Document, field: &Value, value: &Value, depth: usize) -> Option<String> {
    let name = schema_name(field);
    let target = match name {
        Some(name) => document.value.pointer("/components/schemas")?.get(name)?,
        None => resolve(&document.value, field)?,
    };
    Some(match value {
        Value::Null => "None".to_owned(),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
        Value::String(text) if target.get("format").and_then(Value::as_str) == Some("date-time") => {
            format!("{text:?}.parse::<unloc::chrono::DateTime<unloc::chrono::Utc>>()?")
        }
        // Types that stand in for text take text; `Nullable` takes only what is inside it.
        Value::String(text) if name.is_none() && field.get("nullable") == Some(&Value::Bool(true)) => {
            format!("{text:?}.to_owned()")
        }
        Value::String(text) => format!("{text:?}"),
        Value::Object(_) => object(document, name?, value, depth),
        Value::Array(_) => return None,
    })
}
