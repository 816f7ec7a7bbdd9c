//! Rewrites progenitor's output into what stands in `unloc`: the same types and setters, a `send()` that goes through
//! `unloc`'s transport, and what the spec says beyond them (handles, paging, tables, documentation).

mod builders;
mod docs;
mod enums;
mod example;
mod handles;
mod tables;
mod types;

use std::collections::BTreeMap;

use serde_json::Value;
use syn::{File, Item, ItemMod, Type, parse_quote};
use unloc_spec::{Document, Error, Operation};

pub(crate) use enums::variant;

use crate::names;
use crate::prepare::Marks;

pub(crate) fn finish(
    document: &Document,
    mut file: File,
    marks: &Marks,
    operations: &[Operation],
) -> Result<File, Error> {
    let missing = |what: &str| document.error("", format!("the generator's output has no {what}: has it changed?"));
    let types = content(&mut file, "types").ok_or_else(|| missing("module `types`"))?;
    types::finish(types, marks)?;
    let fields = types::fields(types);
    let builder = content(&mut file, "builder").ok_or_else(|| missing("module `builder`"))?;
    builders::finish(builder, operations, &fields).map_err(|what| missing(&what))?;
    // What remains of the client is the struct that the requests are built on.
    let mut handles = handles::items(document, operations);
    file.items.retain_mut(|item| match item {
        Item::Mod(module) => module.ident != "prelude",
        Item::Const(_) => false,
        Item::Use(_) => false,
        Item::Struct(client) => {
            client.vis = parse_quote!(pub(crate));
            true
        }
        Item::Impl(block) => {
            block.items.retain(|item| {
                let syn::ImplItem::Fn(function) = item else { return true };
                block.trait_.is_some() || function.sig.ident == "new_with_client"
            });
            for item in &mut block.items {
                if let syn::ImplItem::Fn(function) = item
                    && block.trait_.is_none()
                {
                    function.vis = parse_quote!(pub(crate));
                }
            }
            !block.items.is_empty()
        }
        _ => true,
    });
    file.items.insert(
        0,
        parse_quote!(
            use ::progenitor_client::ClientInfo;
        ),
    );
    file.items.append(&mut handles);
    file.items.append(&mut tables::items(document, marks, operations));
    Ok(file)
}

fn content<'a>(file: &'a mut File, name: &str) -> Option<&'a mut Vec<Item>> {
    file.items.iter_mut().find_map(|item| match item {
        Item::Mod(ItemMod { ident, content: Some((_, items)), .. }) if ident == name => Some(items),
        _ => None,
    })
}

/// The JSON names of a Rust struct's fields, and their Rust types, by struct and field.
type Fields = BTreeMap<String, Vec<Field>>;

#[derive(Clone)]
struct Field {
    ident: syn::Ident,
    property: String,
    ty: Type,
    docs: Vec<syn::Attribute>,
}

/// The schemas by the Rust types that were made from them.
fn by_type<'a>(names: impl Iterator<Item = &'a String>) -> BTreeMap<String, &'a String> {
    let mut found = BTreeMap::new();
    for name in names {
        found.entry(names::pascal(name)).or_insert(name);
    }
    found
}

/// `T` of `Option<T>`.
fn optional(ty: &Type) -> Option<&Type> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last().filter(|segment| segment.ident == "Option")?;
    let syn::PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    match arguments.args.first()? {
        syn::GenericArgument::Type(inner) => Some(inner),
        _ => None,
    }
}

fn is_nullable(ty: &Type) -> bool {
    matches!(ty, Type::Path(path) if path.path.segments.last().is_some_and(|segment| segment.ident == "Nullable"))
}

/// The last name of a type's path.
fn last_name(ty: &Type) -> Option<String> {
    let Type::Path(path) = ty else { return None };
    path.path.segments.last().map(|segment| segment.ident.to_string())
}

fn is_time(ty: &Type) -> bool {
    last_name(ty).is_some_and(|name| name == "DateTime")
}

/// What makes a text of the error with which a value is refused.
fn refusal(property: &str, ty: &Type) -> proc_macro2::TokenStream {
    let is_number = last_name(ty).is_some_and(|name| matches!(name.as_str(), "i8" | "i16" | "i32" | "i64"));
    if is_number {
        return quote::quote!(|error| crate::text::number(#property, &error, #ty::BITS));
    }
    let refused = format!("`{property}`: {{error}}");
    quote::quote!(|error| format!(#refused))
}

/// Whether a builder of this type has anything to complain of before a setter is called.
fn wants_something(fields: &[Field]) -> bool {
    fields.iter().any(|field| !may_be_unset(&field.ty))
}

fn may_be_unset(ty: &Type) -> bool {
    last_name(ty).is_some_and(|name| ["Option", "Vec", "BTreeMap", "Nullable"].contains(&name.as_str()))
}

fn text<'a>(node: &'a Value, key: &str) -> &'a str {
    node.get(key).and_then(Value::as_str).unwrap_or_default().trim()
}
