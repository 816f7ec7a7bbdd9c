//! Decides whether bindings can be generated, in a fraction of the time that generating them takes.
//!
//! Parsing and finishing the generator's output takes far longer than producing it. The finishing passes cannot fail
//! where every name is a plain identifier and every part of an operation is one that they know, which holds for most
//! specs. Such specs skip them; in all cases of doubt the passes run.

use std::collections::BTreeSet;

use heck::{ToPascalCase, ToSnakeCase};
use serde_json::{Map, Value};
use unloc_codegen::{Generated, names};
use unloc_spec::{Document, Error, Operation, Pagination, beside_null, reference};

/// Checks whether bindings can be generated from a spec.
///
/// # Errors
/// Returns every reason found why they cannot; the same as those of [`unloc_codegen::bindings`].
pub fn bindable(document: &Document) -> Result<(), Vec<Error>> {
    let generated = Generated::of(document, "api")?;
    if is_plain(document, &Operation::all(document)?) {
        return Ok(());
    }
    generated.finish(&BTreeSet::new()).map(drop)
}

/// Returns whether the finishing passes cannot fail on this document.
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

/// Returns whether the generator makes up a name for a part of the schema, or merges its parts.
fn is_composed(schema: &Value) -> bool {
    fn inside(node: &Value) -> bool {
        match node {
            Value::Object(map) => {
                // One part is a reference with a description of its own; several parts are merged.
                let is_single = map.get("allOf").and_then(Value::as_array).is_none_or(|parts| parts.len() == 1);
                let mut kinds = ["allOf", "anyOf", "oneOf", "not"].into_iter().filter(|kind| map.contains_key(*kind));
                match (beside_null(node), kinds.next(), kinds.next()) {
                    // `anyOf` of a component and null becomes `Option` of the component: no name is made up.
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
    // The generator adds a field `extra` for the additional properties, and a property may have that name already.
    let is_open =
        schema.get("properties").is_some() && schema.get("additionalProperties").is_some_and(Value::is_object);
    is_nullable || is_open || beside_null(schema).is_some() || inside(schema)
}

/// Returns whether a name is a valid identifier, and no keyword, in snake case and in Pascal case.
fn is_word(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
        && [name.to_snake_case(), name.to_pascal_case()].iter().all(|name| syn::parse_str::<syn::Ident>(name).is_ok())
}

/// Returns whether the finishing passes know every part of an operation.
fn is_known(document: &Document, operation: &Operation) -> bool {
    let setters: BTreeSet<_> = operation.parameters.iter().map(names::setter).collect();
    setters.len() == operation.parameters.len()
        && operation.parameters.iter().all(|parameter| matches!(parameter.place.as_str(), "path" | "query"))
        && operation.pagination.as_ref().is_none_or(|paging| has_pages(document, operation, paging))
}

/// Returns whether the success of a paginated operation is an object with an array of components and a cursor.
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

    fn is_decided_without_finishing(text: &str) -> bool {
        let document = Document::parse(Path::new("spec.yaml"), text).unwrap();
        is_plain(&document, &Operation::all(&document).unwrap())
    }

    // Without this shortcut `validate` would finish the bindings of the larger of our own specs on each run.
    #[test]
    fn a_component_or_null_skips_the_finishing_passes_and_other_alternatives_do_not() {
        let text = include_str!("../../../openapi/integrator.yaml");
        assert!(is_decided_without_finishing(text));
        let (address, null) =
            ("- $ref: '#/components/schemas/Address'\n", "- {type: string, nullable: true, enum: [null]}\n");
        let whole = format!("          anyOf:\n            {address}            {null}");
        for (from, to) in [
            (null, "- {type: string, nullable: true}\n".to_owned()),
            (address, "- {type: string}\n".to_owned()),
            (null, format!("{null}          not: {{type: string}}\n")),
        ] {
            let (from, to) = (whole.as_str(), whole.replacen(from, &to, 1));
            assert!(text.contains(from) && !is_decided_without_finishing(&text.replacen(from, &to, 1)), "{to}");
        }
    }
}
