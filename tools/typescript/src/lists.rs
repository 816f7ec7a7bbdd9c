//! Writes the forms of lists: what the body of a response looks like that needs no tolerance.
//!
//! The package reads the items of such a body by itself. Every other body is read by the Rust crate.

use std::collections::BTreeMap;

use unloc_codegen::shapes::{Kind, Property, Shape};

use crate::spec::Spec;
use crate::text::{braces, comment, key, quoted};

/// Returns the table of the operations that return lists, and of the components in their bodies.
pub(crate) fn table(spec: &Spec<'_>) -> String {
    let mut operations = String::new();
    let mut components = BTreeMap::new();
    for operation in spec.clients.iter().flat_map(|client| spec.offered(client)) {
        let (Some(schema), Some(unwrapped)) = (&operation.success, spec.unwrapped(operation)) else { continue };
        if unwrapped.is_list {
            let shape = Shape { kind: Kind::Component(schema.clone()), nullable: false };
            let members = [format!("items: {}", quoted(unwrapped.property)), format!("form: {}", form(&shape))];
            operations.push_str(&format!("    {}: {},\n", key(&operation.id), braces(&members.join(", "))));
            reach(spec, &shape, &mut components);
        }
    }
    let described = comment(0, &["Describes the bodies of lists, as the spec documents them.".to_owned()]);
    let components: String =
        components.iter().map(|(name, form)| format!("    {}: {form},\n", key(name))).collect::<String>();
    format!(
        "import type {{ Form, ListForm }} from \"../lists.js\";\n\n{described}\
         export const lists: {{\n  operations: Readonly<Record<string, ListForm>>;\n  \
         components: Readonly<Record<string, Form>>;\n}} = {{\n  operations: {{\n{operations}  }},\n  \
         components: {{\n{components}  }},\n}};\n"
    )
}

/// Collects the forms of all components that a shape refers to.
fn reach(spec: &Spec<'_>, shape: &Shape, components: &mut BTreeMap<String, String>) {
    match &shape.kind {
        Kind::Component(name) if !components.contains_key(name) => {
            let shape = spec.shapes().component(name);
            components.insert(name.clone(), form(&shape));
            reach(spec, &shape, components);
        }
        Kind::List(inner) | Kind::Map(inner) => reach(spec, inner, components),
        Kind::Object(properties) => {
            properties.iter().for_each(|property| reach(spec, &property.shape, components));
        }
        _ => {}
    }
}

/// Returns a form, as `lists.ts` of the package defines it.
fn form(shape: &Shape) -> String {
    let form = match &shape.kind {
        Kind::Any => quoted("anything"),
        Kind::Boolean => quoted("boolean"),
        Kind::Integer { bits, signed } => braces(&format!("whole: {bits}, signed: {signed}")),
        Kind::Number => quoted("number"),
        Kind::Text | Kind::Sensitive(_) => quoted("text"),
        Kind::Time => quoted("time"),
        Kind::Date => quoted("date"),
        Kind::Choice { values, .. } => braces(&format!("oneOf: {}", list(values))),
        Kind::List(items) => braces(&format!("list: {}", form(items))),
        Kind::Map(values) => braces(&format!("map: {}", form(values))),
        Kind::Object(properties) => object(properties),
        Kind::Component(name) => braces(&format!("component: {}", quoted(name))),
    };
    if shape.nullable { braces(&format!("orNull: {form}")) } else { form }
}

fn object(properties: &[Property]) -> String {
    // A property that is not required may be null in any case: the package removes it then.
    let member = |property: &Property| {
        let nullable = property.required && property.shape.nullable;
        format!("{}: {}", key(&property.name), form(&Shape { nullable, ..property.shape.clone() }))
    };
    let members = |required: bool| {
        let members: Vec<_> = properties.iter().filter(|property| property.required == required).map(member).collect();
        braces(&members.join(", "))
    };
    let aliases: Vec<_> = properties.iter().flat_map(|property| property.aliases.clone()).collect();
    braces(&format!("required: {}, optional: {}, aliases: {}", members(true), members(false), list(&aliases)))
}

fn list(texts: &[String]) -> String {
    format!("[{}]", texts.iter().map(|text| quoted(text)).collect::<Vec<_>>().join(", "))
}
