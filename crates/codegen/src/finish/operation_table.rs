//! Writes what the transport has to know of each operation, as static data.
//!
//! It is written from the document alone. progenitor's output has no counterpart, and none of it is changed here.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;
use syn::{Item, parse_quote};
use unloc_spec::echoes::{Source, echoes};
use unloc_spec::keys::{ALIASES, ENVIRONMENT, SENSITIVE};
use unloc_spec::{Document, Operation, entries, schema_name};

use super::text;
use crate::names;
use crate::prepare::{Envelope, Marks, components};

/// Returns the parameters and properties of a request that errors must redact, with their kinds.
fn sensitive(document: &Document, operation: &Operation) -> Vec<TokenStream> {
    let schema = operation.body.as_ref().map_or("", |(schema, _)| schema);
    let components = document.value.pointer("/components/schemas").unwrap_or(&Value::Null);
    let schema = components.get(schema).unwrap_or(&Value::Null);
    let kind_of = |node: &Value| components.get(schema_name(node)?)?.get(SENSITIVE)?.as_str().map(str::to_owned);
    let properties = entries(schema, "properties").into_iter().map(|(name, node)| (name.to_owned(), kind_of(node)));
    let parameters = operation.parameters.iter().map(|parameter| (parameter.name.clone(), parameter.sensitive.clone()));
    // A set, since one name can occur in both, and its value is redacted once.
    let named: BTreeSet<_> = parameters.chain(properties).collect();
    let kinds = named.into_iter().filter_map(|(name, kind)| {
        let kind = format_ident!("{}", names::pascal(&kind?));
        Some(quote!((#name, crate::model::operation::Sensitive::#kind)))
    });
    kinds.collect()
}

/// Returns the names of all properties.
///
/// A decode error prints the path to a value. Names in it that are not listed here are data, such as the keys of a map,
/// and could be a person's.
fn properties(document: &Document) -> BTreeSet<&str> {
    let mut names = BTreeSet::new();
    for (_, schema) in document.value.get("components").map(|all| entries(all, "schemas")).unwrap_or_default() {
        for (name, node) in entries(schema, "properties") {
            names.insert(name);
            let aliases = node.get(ALIASES).and_then(Value::as_array).into_iter().flatten();
            names.extend(aliases.filter_map(Value::as_str));
        }
    }
    names
}

/// Returns the properties of a response that have further names, with those names.
fn aliases<'a>(document: &Document, marks: &'a Marks, operation: &Operation) -> BTreeMap<&'a str, Vec<&'a str>> {
    let within = operation.success.as_ref().map(|schema| components(&document.value, schema)).unwrap_or_default();
    let mut found: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for ((_, property), others) in marks.aliases.iter().filter(|((schema, _), _)| within.contains(schema)) {
        let known = found.entry(property).or_default();
        for other in others {
            if !known.contains(&other.as_str()) {
                known.push(other);
            }
        }
    }
    found
}

/// Returns the tables of one API.
pub(super) fn items(document: &Document, marks: &Marks, operations: &[Operation]) -> Vec<Item> {
    let names: Vec<_> = operations.iter().map(|operation| format_ident!("{}", names::constant(operation))).collect();
    let values = operations.iter().map(|operation| {
        let Operation { id, method, path, idempotent, scopes, .. } = operation;
        let envelope = operation.success.as_ref().and_then(|schema| marks.envelopes.get(schema));
        let envelope = match envelope {
            Some(Envelope { property, required, inside }) => quote! {
                Some(crate::model::operation::Envelope {
                    property: #property,
                    required: #required,
                    inside: &[#(#inside),*],
                })
            },
            None => quote!(None),
        };
        let client = match operation.client_name() {
            None => quote!(None),
            Some(client) => quote!(Some(#client)),
        };
        // Redacted by value: a service may repeat a phone number of the request in any text of an error.
        let sensitive = sensitive(document, operation);
        let documented = operation.evidence == "documented";
        let inferred = operation.response_inferred;
        let aliases = aliases(document, marks, operation).into_iter();
        let aliases = aliases.map(|(name, others)| quote!((#name, &[#(#others),*])));
        let echoes = echoes(document, operation).into_iter().map(|echo| {
            let at = echo.at;
            let source = match echo.source {
                Source::Property(name) => quote!(Property(#name)),
                Source::Segment(place) => quote!(Segment(#place)),
            };
            quote!(crate::model::operation::Echo { at: &[#(#at),*], source: crate::model::operation::Source::#source })
        });
        quote! {
            crate::model::Operation {
                id: #id,
                method: #method,
                path: #path,
                client: #client,
                scopes: &[#(#scopes),*],
                idempotent: #idempotent,
                documented: #documented,
                envelope: #envelope,
                inferred: #inferred,
                aliases: &[#(#aliases),*],
                echoes: &[#(#echoes),*],
                sensitive: &[#(#sensitive),*],
            }
        }
    });
    let servers = document.value.get("servers").and_then(Value::as_array).into_iter().flatten();
    let servers = servers.map(|server| {
        // Paths begin with a slash, so a base URL that ends in one would give `//`.
        let (name, url) = (text(server, ENVIRONMENT), text(server, "url").trim_end_matches('/'));
        quote!((#name, #url))
    });
    let properties = properties(document);
    vec![
        parse_quote! {
            /// Lists the names of all properties, sorted.
            pub(crate) static PROPERTIES: &[&str] = &[#(#properties),*];
        },
        parse_quote! {
            /// Describes each operation, by its name.
            pub(crate) mod operations {
                #(pub(crate) static #names: crate::model::Operation = #values;)*
            }
        },
        parse_quote! {
            /// Lists all operations, in the order of their paths.
            pub(crate) static OPERATIONS: &[&crate::model::Operation] = &[#(&operations::#names),*];
        },
        parse_quote! {
            /// Lists the base URLs by environment.
            pub(crate) static SERVERS: &[(&str, &str)] = &[#(#servers),*];
        },
    ]
}
