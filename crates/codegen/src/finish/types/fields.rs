//! Rewrites the fields of types, of which typify writes each like one of these:
//!
//! ```text
//! pub id: ::std::string::String,
//! #[serde(rename = "imageUrl", default, skip_serializing_if = "::std::option::Option::is_none")]
//! pub image_url: ::std::option::Option<::std::string::String>,
//! #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
//! pub periods: ::std::vec::Vec<Period>,
//! ```

use serde_json::Value;
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, ExprLit, Item, ItemStruct, Lit, Meta, MetaNameValue, Token, parse_quote};
use unloc_spec::Document;
use unloc_spec::keys::RUST_NAME;

use super::is_doc;
use crate::finish::requirement::requirement;
use crate::finish::{Field, Fields, by_type, docs, is_nullable, is_time, optional};
use crate::names;
use crate::prepare::Marks;

/// Adds the tolerances to the fields of a struct.
///
/// An optional nullable property of a request arrives as `Option<crate::model::Nullable<T>>` and becomes
/// `crate::model::Nullable<T>`, which has a variant for absent. Its `#[serde(…)]` is for the `Option` and is replaced.
/// All other attributes stay, and further ones are added.
pub(super) fn rewrite(item: &mut ItemStruct, marks: &Marks, schema: Option<&String>) {
    for field in &mut item.fields {
        docs::sanitize(&mut field.attrs);
        let property = property(field);
        if let Some(inner) = optional(&field.ty).filter(|inner| is_nullable(inner)).cloned() {
            field.ty = inner;
            field.attrs.retain(|attr| !attr.path().is_ident("serde"));
            field.attrs.push(parse_quote! {
                #[serde(default, rename = #property, skip_serializing_if = "crate::model::Nullable::is_absent")]
            });
        }
        let key = schema.map(|schema| (schema.clone(), property));
        for alias in key.as_ref().and_then(|key| marks.aliases.get(key)).into_iter().flatten() {
            field.attrs.push(parse_quote!(#[serde(alias = #alias)]));
        }
        // Setters cut times as well. Fields are public, so a value that no setter has seen is cut when it is written.
        let is_cut = key.as_ref().is_some_and(|key| marks.times.contains(key));
        if is_cut {
            field.attrs.push(parse_quote!(#[serde(serialize_with = "crate::model::lenient::write_cut")]));
        }
        // One `deserialize_with` per field: what the YAML asks for, else cutting, else the lenient reader of times.
        let lenient = key.and_then(|key| marks.lenient.get(&key)).map(|reader| reader.path());
        let reader = lenient.or_else(|| is_cut.then(|| "read_cut".to_owned()));
        let is_time = || is_time(optional(&field.ty).unwrap_or(&field.ty)).then(|| "time".to_owned());
        if let Some(reader) = reader.or_else(is_time) {
            let reader = format!("crate::model::lenient::{reader}");
            // typify has its own `deserialize_with` on required nullable fields, which tells null from absent. serde
            // allows only one, and that difference matters in requests alone, which no call deserializes.
            field
                .attrs
                .retain(|attr| !serde(std::slice::from_ref(attr)).any(|said| said.path().is_ident("deserialize_with")));
            // serde treats a missing `Option` field as `None`, but not if the field has `deserialize_with`. typify
            // relies on the former, so `default` is added.
            if optional(&field.ty).is_some() && !serde(&field.attrs).any(|said| said.path().is_ident("default")) {
                field.attrs.push(parse_quote!(#[serde(default)]));
            }
            field.attrs.push(parse_quote!(#[serde(deserialize_with = #reader)]));
        }
    }
}

/// Collects the named fields of all structs.
pub(super) fn collect(items: &[Item], document: &Document, marks: &Marks) -> Fields {
    let schemas = document.value.pointer("/components/schemas").and_then(Value::as_object);
    let by_type = by_type(schemas.into_iter().flatten().map(|(name, _)| name));
    let structs = items.iter().filter_map(|item| match item {
        Item::Struct(item) => Some(item),
        _ => None,
    });
    let all = structs.map(|item| {
        let name = item.ident.to_string();
        let schema_name = by_type.get(&name).map(|schema| (*schema).clone()).unwrap_or_default();
        let schema = schemas.and_then(|schemas| schemas.get(&schema_name));
        let field = |field: &syn::Field| {
            let ident = field.ident.clone()?;
            let docs = field.attrs.iter().filter(|attr| is_doc(attr)).cloned().collect();
            let property = property(field);
            // The requirement comes from the document: the prepared spec has no limits, and fewer required properties.
            let node = schema.and_then(|schema| schema.get("properties")?.get(&property));
            let listed = schema.and_then(|schema| schema.get("required")?.as_array());
            let required = listed.is_some_and(|names| names.iter().any(|name| *name == property));
            let nullable = is_nullable(optional(&field.ty).unwrap_or(&field.ty));
            let requirement = node.map_or_else(String::new, |node| requirement(document, node, required, nullable));
            let is_cut = marks.times.contains(&(schema_name.clone(), property.clone()));
            let renamed = node.and_then(|node| Some(names::snake(node.get(RUST_NAME)?.as_str()?)));
            Some(Field { ident, property, ty: field.ty.clone(), docs, requirement, renamed, required, is_cut })
        };
        let found = item.fields.iter().filter_map(field).collect();
        (name, found)
    });
    all.collect()
}

/// Returns the wire name of a field: that of `#[serde(rename = "…")]`, which typify writes where the Rust name differs.
fn property(field: &syn::Field) -> String {
    let renamed = serde(&field.attrs).find_map(|said| match said {
        Meta::NameValue(MetaNameValue { path, value: Expr::Lit(ExprLit { lit: Lit::Str(name), .. }), .. }) => {
            path.is_ident("rename").then(|| name.value())
        }
        _ => None,
    });
    renamed.or_else(|| field.ident.as_ref().map(ToString::to_string)).unwrap_or_default()
}

/// Returns the arguments of all `#[serde(…)]` attributes: `rename = "imageUrl"`, `default`.
fn serde(attrs: &[Attribute]) -> impl Iterator<Item = Meta> {
    let all = Punctuated::<Meta, Token![,]>::parse_terminated;
    let attrs = attrs.iter().filter(|attr| attr.path().is_ident("serde"));
    attrs.filter_map(move |attr| attr.parse_args_with(all).ok()).flatten()
}
