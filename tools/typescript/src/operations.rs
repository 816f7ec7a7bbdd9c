//! Writes the parameters of operations, and says what they return.

use serde_json::Value;
use unloc_spec::{Operation, Parameter, RawOperation, escape, underlying};

use crate::names::{methods_name, parameters_name, type_name};
use crate::schemas::is_interface;
use crate::spec::{Presence, Spec, admits_null, presence};
use crate::text::comment;
use crate::types::{Place, Type};

/// Says how the result of an operation is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// It is one value.
    Value,
    /// It is a list, which is complete.
    List,
    /// It is a page of a list. The operation takes no cursor, so there is no way to the next one.
    Page,
    /// It is a page of a list, whose pages follow each other.
    Paged,
}

impl Kind {
    /// Returns its name in the table of operations.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Value => "value",
            Self::List => "list",
            Self::Page => "page",
            Self::Paged => "paged",
        }
    }
}

/// Describes what an operation returns.
pub(crate) struct Returned {
    pub(crate) kind: Kind,
    /// Is the type of the method's result.
    pub(crate) call: String,
    /// Is set if the result can be null.
    pub(crate) is_nullable: bool,
}

/// Returns the types of the parameters of all operations that a client offers.
pub(crate) fn parameters(spec: &Spec<'_>) -> String {
    let mut text = String::new();
    for client in &spec.clients {
        for operation in spec.offered(client) {
            let owner = format!("{{@link {}}}", methods_name(client));
            let first = format!("Holds the parameters of `{}` of {owner}.", crate::text::line(&operation.id));
            text.push_str(&format!("\n{}{}", comment(0, &[first]), declaration(spec, operation)));
        }
    }
    text
}

/// Returns the declaration that holds an operation's parameters.
fn declaration(spec: &Spec<'_>, operation: &Operation) -> String {
    let name = parameters_name(operation);
    let own = members(spec, operation);
    match spec.flat_body(operation) {
        // An object type without members would accept any object.
        None if own.is_empty() => format!("export interface {name} {}\n", crate::text::braces("[name: string]: never")),
        None => format!("export interface {name} {{\n{own}}}\n"),
        Some((schema, _)) if own.is_empty() => format!("export type {name} = {};\n", type_name(schema)),
        Some((schema, node)) if is_interface(node) => {
            format!("export interface {name} extends {} {{\n{own}}}\n", type_name(schema))
        }
        Some((schema, _)) => format!("export type {name} = {} & {{\n{own}}};\n", type_name(schema)),
    }
}

/// Returns the parameters that callers pass, and a body that is no object.
fn members(spec: &Spec<'_>, operation: &Operation) -> String {
    let raw = RawOperation::find(&spec.document.value, &operation.path, operation.method);
    let written = raw.map(|raw| raw.parameters(&spec.document.value)).unwrap_or_default();
    let mut text = String::new();
    for parameter in passed(operation) {
        let is_it = |key: &str, value: &str, at: &unloc_spec::At<'_>| at.text(key) == Some(value);
        let own = written.iter().find(|at| is_it("name", &parameter.name, at) && is_it("in", &parameter.place, at));
        let Some(own) = own else { continue };
        // The description of a parameter is beside its schema, and that of a property inside.
        let mut node = own.value.get("schema").cloned().unwrap_or_default();
        if let (Some(node), Some(described)) = (node.as_object_mut(), own.value.get("description")) {
            node.insert("description".to_owned(), described.clone());
        }
        if let (Some(node), Some(deprecated)) = (node.as_object_mut(), own.value.get("deprecated")) {
            node.insert("deprecated".to_owned(), deprecated.clone());
        }
        let presence = Presence { required: parameter.required, nullable: admits_null(&node) };
        let place = Place { indent: 2, pointer: format!("{}/schema", own.pointer) };
        text.push_str(&spec.member(&parameter.name, &node, presence, false, &place));
    }
    if let Some((schema, _)) = operation.body.as_ref().filter(|_| spec.flat_body(operation).is_none()) {
        let comment = comment(2, &["Is the request body.".to_owned()]);
        text.push_str(&format!("{comment}  body: {};\n", type_name(schema)));
    }
    text
}

/// Returns the parameters that callers pass.
pub(crate) fn passed(operation: &Operation) -> impl Iterator<Item = &Parameter> {
    operation.parameters.iter().filter(|parameter| !operation.is_filled_in(parameter))
}

/// Returns whether callers must pass at least one parameter.
pub(crate) fn is_required(spec: &Spec<'_>, operation: &Operation) -> bool {
    let has_body = operation.body.is_some() && spec.flat_body(operation).is_none();
    has_body
        || passed(operation).any(|parameter| parameter.required)
        || spec.body_properties(operation).iter().any(|(.., required)| *required)
}

/// Returns what an operation returns.
pub(crate) fn returned(spec: &Spec<'_>, operation: &Operation) -> Returned {
    let value =
        |text: String, is_nullable: bool| Returned { kind: Kind::Value, call: format!("Call<{text}>"), is_nullable };
    let Some(schema) = &operation.success else { return value("void".to_owned(), false) };
    let (node, name) = (spec.component(schema), type_name(schema));
    let at = |step: &str| Place { indent: 0, pointer: format!("/components/schemas/{}{step}", escape(schema)) };
    let Some(envelope) = spec.unwrapped(operation) else {
        let end = underlying(&spec.document.value, node).unwrap_or(node);
        return match end.get("type").is_some_and(|kind| kind == "array") {
            true => list(&name, &spec.item(node, &at("/items"))),
            false => value(name, false),
        };
    };
    let inside = format!("/properties/{}", escape(envelope.property));
    let property = node.pointer(&inside).unwrap_or(&Value::Null);
    if envelope.is_list {
        let item = spec.item(property, &at(&format!("{inside}/items")));
        let Some(_) = envelope.cursor else { return list(&item.list().text(), &item) };
        let kind = if operation.pagination.is_some() { Kind::Paged } else { Kind::Page };
        let item = item.text();
        return Returned { kind, call: format!("ListCall<Page<{item}>, {item}>"), is_nullable: false };
    }
    let inner = spec.solid(property, &at(&inside));
    let Presence { required, nullable } = spec.presence(schema, envelope.property);
    let is_nullable = !required || nullable || presence(node, envelope.property).nullable;
    let inner = if is_nullable { inner.or_null() } else { inner };
    value(inner.text(), is_nullable)
}

/// Returns the result of a list without a cursor.
fn list(whole: &str, item: &Type) -> Returned {
    Returned { kind: Kind::List, call: format!("ListCall<{whole}, {}>", item.text()), is_nullable: false }
}
