//! The YAML's examples as Rust that compiles.

use serde_json::Value;
use unloc_spec::keys::RUST_NAME;
use unloc_spec::{Client, Document, Operation, schema_name};

use super::{Around, envelopes};
use crate::names;

/// The path below which users find what is made of an API.
fn root(module: &syn::Path) -> String {
    let api = module.segments.last().map(|last| last.ident.to_string()).unwrap_or_default();
    if crate::AT_ROOT.contains(&api.as_str()) { "unloc".to_owned() } else { format!("unloc::{api}") }
}

/// A documentation test of the items of a list; nothing where no client offers it.
pub(super) fn of_items(module: &syn::Path, operation: &Operation) -> String {
    let Some(client) = &operation.client else { return String::new() };
    let (variable, ty, function) = (variable(client), &client.name, names::function(operation));
    let root = root(module);
    format!(
        "```no_run\n# async fn example({variable}: {root}::{ty}) -> unloc::Result<()> {{\nuse futures_util::TryStreamExt;\n\n\
         let mut items = {variable}.{function}().items();\nwhile let Some(item) = items.try_next().await? {{\n    \
         println!(\"{{item:?}}\");\n}}\n# Ok(()) }}\n```"
    )
}

/// What an example calls a client.
fn variable(client: &Client) -> String {
    let name = names::snake(&client.name);
    name.strip_suffix("_client").map_or_else(|| name.clone(), str::to_owned)
}

/// A documentation test of one operation, as the user of its client would write it.
pub(super) fn doctest(module: &syn::Path, around: &Around<'_>, client: &Client, operation: &Operation) -> String {
    let (handle, ty, root) = (variable(client), &client.name, root(module));
    let document = around.document;
    let mut call = format!("{handle}\n    .{}()", names::function(operation));
    for parameter in operation.parameters.iter().filter(|p| p.required && !operation.is_filled_in(p)) {
        let value = match &parameter.example {
            Some(Value::String(text)) => format!("{text:?}"),
            Some(value) => value.to_string(),
            None => format!("{:?}", format!("the {}", parameter.name)),
        };
        call.push_str(&format!("\n    .{}({value})", names::setter(parameter)));
    }
    if let Some((schema, example)) = &operation.body {
        let setters = setters(document, schema, example, 0);
        call.push_str(&setters.replace("unloc::types::", &format!("{root}::types::")));
    }
    call.push_str("\n    .send()\n    .await?;");
    let given = envelopes::of(around, operation).map(|envelope| names::snake(envelope.property));
    let given = given.unwrap_or_else(|| "response".to_owned());
    let call = match &operation.success {
        Some(_) => format!("let {given} = {call}\nprintln!(\"{{{given}:?}}\");"),
        None => call,
    };
    format!("```no_run\n# async fn example({handle}: {root}::{ty}) -> unloc::Result<()> {{\n{call}\n# Ok(()) }}\n```")
}

fn object(document: &Document, schema: &str, example: &Value, depth: usize) -> String {
    format!("unloc::types::{}::builder(){}", names::pascal(schema), setters(document, schema, example, depth))
}

/// The setters of an object's properties.
fn setters(document: &Document, schema: &str, example: &Value, depth: usize) -> String {
    let schemas = document.value.pointer("/components/schemas");
    let node = schemas.and_then(|schemas| schemas.get(schema)).unwrap_or(&Value::Null);
    let indent = "    ".repeat(depth + 1);
    let mut text = String::new();
    for (property, value) in example.as_object().into_iter().flatten() {
        let field = node.get("properties").and_then(|all| all.get(property)).unwrap_or(&Value::Null);
        if let Some(value) = literal(document, field, value, depth + 1) {
            let name = field.get(RUST_NAME).and_then(Value::as_str).unwrap_or(property);
            text.push_str(&format!("\n{indent}.{}({value})", names::snake(name)));
        }
    }
    text
}

fn literal(document: &Document, field: &Value, value: &Value, depth: usize) -> Option<String> {
    let name = schema_name(field);
    Some(match value {
        Value::Null => "None".to_owned(),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
        Value::String(text) => format!("{text:?}"),
        Value::Object(_) => object(document, name?, value, depth),
        Value::Array(_) => return None,
    })
}
