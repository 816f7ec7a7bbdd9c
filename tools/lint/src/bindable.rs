//! Whether bindings can be made, in a fraction of the time that it takes to make them.
//!
//! What comes after the generator cannot go wrong in most specs: nothing of it does where every name is a plain one and
//! every part of an operation is one that the finishing passes know.
//!
//! To parse and to finish the generator's output takes far longer than to make it, so whoever only asks whether there
//! are bindings is spared it where the answer is known. It is "no" in all cases of doubt.

use std::collections::BTreeSet;

use heck::{ToPascalCase, ToSnakeCase};
use serde_json::{Map, Value};
use unloc_codegen::{Generated, names};
use unloc_spec::{Document, Error, Operation, Pagination, beside_null, reference};

/// Whether bindings can be made of a spec.
///
/// # Errors
/// Every reason found why none can be made; the same as those of [`unloc_codegen::bindings`].
pub fn bindable(document: &Document) -> Result<(), Vec<Error>> {
    let generated = Generated::of(document, "api")?;
    if is_plain(document, &Operation::all(document)?) {
        return Ok(());
    }
    generated.finish(&BTreeSet::new()).map(drop)
}

fn is_plain(document: &Document, operations: &[Operation]) -> bool {
    let schemas = document.value.pointer("/components/schemas").and_then(Value::as_object);
    let mut names: BTreeSet<&str> = BTreeSet::new();
    for (name, schema) in schemas.into_iter().flatten() {
        if is_composed(schema) {
            return false;
        }
        names.insert(name);
        let properties = schema.get("properties").and_then(Value::as_object);
        names.extend(properties.into_iter().flat_map(Map::keys).map(String::as_str));
    }
    for operation in operations {
        names.insert(&operation.id);
        names.extend(operation.parameters.iter().map(|parameter| parameter.name.as_str()));
    }
    !operations.is_empty()
        && operations.iter().all(|operation| is_known(document, operation))
        && names.into_iter().all(is_word)
}

/// Whether the generator makes up a name for a part of it, or merges its parts.
fn is_composed(schema: &Value) -> bool {
    fn inside(node: &Value) -> bool {
        match node {
            Value::Object(map) => {
                let is_single = map.get("allOf").and_then(Value::as_array).is_none_or(|parts| parts.len() == 1);
                let mut kinds = ["allOf", "anyOf", "oneOf", "not"].into_iter().filter(|kind| map.contains_key(*kind));
                match (beside_null(node), kinds.next(), kinds.next()) {
                    // A component or null is the component, which may be absent.
                    (Some((_, one)), Some(_), None) if reference(one).is_some() => false,
                    (_, None | Some("allOf"), None) => !is_single || map.values().any(inside),
                    _ => true,
                }
            }
            Value::Array(list) => list.iter().any(inside),
            _ => false,
        }
    }
    let is_nullable = schema.get("nullable").is_some_and(|nullable| *nullable == Value::Bool(true));
    let is_open =
        schema.get("properties").is_some() && schema.get("additionalProperties").is_some_and(Value::is_object);
    is_nullable || is_open || beside_null(schema).is_some() || inside(schema)
}

/// A name that stays one, and is no keyword, in every case of letters.
fn is_word(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
        && [name.to_snake_case(), name.to_pascal_case()].iter().all(|name| syn::parse_str::<syn::Ident>(name).is_ok())
}

fn is_known(document: &Document, operation: &Operation) -> bool {
    let setters: BTreeSet<_> = operation.parameters.iter().map(names::setter).collect();
    setters.len() == operation.parameters.len()
        && operation.parameters.iter().all(|parameter| matches!(parameter.place.as_str(), "path" | "query"))
        && operation.pagination.as_ref().is_none_or(|paging| has_pages(document, operation, paging))
}

/// An object that lists components, and has a cursor beside them.
fn has_pages(document: &Document, operation: &Operation, paging: &Pagination) -> bool {
    let page = operation.success.as_ref().and_then(|name| document.value.pointer("/components/schemas")?.get(name));
    let property = |name: &str| page?.get("properties")?.get(name);
    let items = property(&paging.items);
    page.and_then(|page| page.get("type")).is_some_and(|kind| kind == "object")
        && items.and_then(|items| items.get("type")).is_some_and(|kind| kind == "array")
        && items.and_then(|items| reference(items.get("items")?)).is_some()
        && property(&paging.cursor).is_some()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn is_answered_at_once(text: &str) -> bool {
        let document = Document::parse(Path::new("spec.yaml"), text).unwrap();
        is_plain(&document, &Operation::all(&document).unwrap())
    }

    /// It is what makes `validate` quick on the large one of our own specs.
    #[test]
    fn a_component_or_null_is_no_reason_to_finish_what_the_generator_made_and_other_alternatives_are() {
        let text = include_str!("../../../openapi/integrator.yaml");
        assert!(is_answered_at_once(text));
        let (address, null) =
            ("- $ref: '#/components/schemas/Address'\n", "- {type: string, nullable: true, enum: [null]}\n");
        let whole = format!("          anyOf:\n            {address}            {null}");
        for (from, to) in [
            (null, "- {type: string, nullable: true}\n".to_owned()),
            (address, "- {type: string}\n".to_owned()),
            (null, format!("{null}          not: {{type: string}}\n")),
        ] {
            let (from, to) = (whole.as_str(), whole.replacen(from, &to, 1));
            assert!(text.contains(from) && !is_answered_at_once(&text.replacen(from, &to, 1)), "{to}");
        }
    }
}
