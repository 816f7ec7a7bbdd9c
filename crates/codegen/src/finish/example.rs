//! Writes the YAML's examples as doctests.
//!
//! rustdoc compiles them with `cargo test`, so an example in the YAML that no longer fits its schema fails a test of
//! the SDK.

use serde_json::Value;
use unloc_spec::keys::RUST_NAME;
use unloc_spec::{Client, Document, Operation, Parameter, schema_name};

use super::Context;
use crate::names;

/// Returns the path below which users find the bindings of an API.
fn root(module: &syn::Path) -> String {
    let api = module.segments.last().map(|last| last.ident.to_string()).unwrap_or_default();
    if crate::AT_ROOT.contains(&api.as_str()) { "unloc".to_owned() } else { format!("unloc::{api}") }
}

/// Returns a doctest that reads all items of a list, or nothing if no client offers the operation.
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

/// Names the variables of clients whose own names would mislead.
// In every handwritten example a `LockHolderClient` is `home`, and `lock_holder` is a `types::LockHolder`.
const VARIABLES: [(&str, &str); 1] = [("LockHolderClient", "home")];

/// Returns the name of the variable that holds a client in an example.
fn variable(client: &Client) -> String {
    if let Some((_, variable)) = VARIABLES.iter().find(|(name, _)| *name == client.name) {
        return (*variable).to_owned();
    }
    let name = names::snake(&client.name);
    name.strip_suffix("_client").map_or_else(|| name.clone(), str::to_owned)
}

/// Returns a doctest that calls one operation.
pub(super) fn doctest(module: &syn::Path, context: &Context<'_>, client: &Client, operation: &Operation) -> String {
    let (receiver, ty, root) = (variable(client), &client.name, root(module));
    let document = context.document;
    let argument = operation.required_filter.as_ref().map_or_else(String::new, |filter| {
        let own = operation.parameters.iter().find(|parameter| filter.parameters.first() == Some(&parameter.name));
        let value = own.map(|own| format!("{}({})", names::setter(own), value(own))).unwrap_or_default();
        format!("{root}::builder::{}::{value}", super::builders::filter::name(operation))
    });
    let mut call = format!("{receiver}\n    .{}({argument})", names::function(operation));
    for parameter in operation.parameters.iter().filter(|p| p.required && !operation.is_filled_in(p)) {
        call.push_str(&format!("\n    .{}({})", names::setter(parameter), value(parameter)));
    }
    if let Some((schema, example)) = &operation.body {
        // The body's properties have setters on the operation's builder, so the example needs no builder of the body.
        let setters = setters(document, schema, example, 0);
        call.push_str(&setters.replace("unloc::types::", &format!("{root}::types::")));
    }
    call.push_str("\n    .send()\n    .await?;");
    let given = context.unwrapped(operation).map(|envelope| names::snake(envelope.property));
    let given = given.unwrap_or_else(|| "response".to_owned());
    let call = match &operation.success {
        Some(_) => format!("let {given} = {call}\nprintln!(\"{{{given}:?}}\");"),
        None => call,
    };
    // `no_run`, since it would call the service. The lines with `#` are hidden in the documentation.
    format!("```no_run\n# async fn example({receiver}: {root}::{ty}) -> unloc::Result<()> {{\n{call}\n# Ok(()) }}\n```")
}

/// Returns the example of a parameter as Rust.
fn value(parameter: &Parameter) -> String {
    // Without an example the value is a placeholder for readers, and still compiles where a string is expected.
    match &parameter.example {
        Some(Value::String(text)) => format!("{text:?}"),
        Some(value) => value.to_string(),
        None => format!("{:?}", format!("the {}", parameter.name)),
    }
}

/// Returns a builder of a type, with the values of an example.
fn object(document: &Document, schema: &str, example: &Value, depth: usize) -> String {
    format!("unloc::types::{}::builder(){}", names::pascal(schema), setters(document, schema, example, depth))
}

/// Returns the calls of the setters for an object's properties, one on each line.
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

/// Returns a value as Rust, or nothing for a list, which the example then leaves out.
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
