//! Rewrites the types: lenient deserialization, documentation, and builders whose setters convert their argument.
//!
//! typify's output looks like this for each object among the schemas. It contains no named enum, since the settings
//! replace those.
//!
//! ```text
//! pub mod error { pub struct ConversionError(…); … }
//! /// The description of the schema.
//! #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]   // and by settings
//! pub struct Lock {
//!     /// The description of the property.
//!     #[serde(rename = "imageUrl", skip_serializing_if = "::std::option::Option::is_none")]
//!     pub image_url: ::std::option::Option<::std::string::String>,
//!     pub name: ::std::string::String,
//! }
//! impl Lock { pub fn builder() -> builder::Lock { Default::default() } }
//! pub mod builder { … }                                               // see `value_builders`
//! ```
//!
//! A schema that is no object, such as a list or a map, becomes `pub struct Name(pub T)` and stays so.

mod fields;
mod value_builders;

use std::collections::BTreeSet;

use quote::{ToTokens, quote};
use syn::{Attribute, Fields as SynFields, Ident, ImplItem, Item, ItemStruct, Type, parse_quote};
use unloc_spec::Error;

use super::{Context, Fields, by_type, docs, enums, last_name};
use crate::names;

pub(super) use value_builders::setter_docs;

/// Rewrites the types. Returns their fields, and the functions `build` of their builders.
///
/// Those functions belong to `crate::client`, because their error type does.
pub(super) fn finish(
    items: &mut Vec<Item>,
    module: &syn::Path,
    context: &Context<'_>,
    envelopes: &BTreeSet<&str>,
) -> Result<(Fields, Vec<Item>), Error> {
    let (marks, document) = (context.marks, context.document);
    let mut shown: Vec<Ident> = Vec::new();
    let hidden: BTreeSet<_> = envelopes.iter().map(|schema| names::pascal(schema)).collect();
    let marked = marks.lenient.keys().chain(marks.aliases.keys()).chain(&marks.times);
    let schemas = by_type(marked.map(|(schema, _)| schema));
    for item in items.iter_mut() {
        match item {
            // pub struct Lock { … }, pub struct Count(pub i64);
            Item::Struct(item) => {
                docs::sanitize(&mut item.attrs);
                // Calls return what is inside of an envelope, so its type would be public for nothing.
                if hidden.contains(&item.ident.to_string()) {
                    item.vis = parse_quote!(pub(crate));
                } else {
                    shown.push(item.ident.clone());
                }
                // `pub struct Name(pub T)` has no property.
                if let SynFields::Named(_) = &item.fields {
                    fields::rewrite(item, marks, schemas.get(&item.ident.to_string()).copied());
                }
            }
            // pub enum Either { Variant0(String), Variant1(i64) }, of a `oneOf`
            Item::Enum(item) => {
                docs::sanitize(&mut item.attrs);
                shown.push(item.ident.clone());
            }
            // impl Lock { pub fn builder() -> builder::Lock { Default::default() } }, without documentation
            Item::Impl(item) => {
                for function in item.items.iter_mut() {
                    if let ImplItem::Fn(function) = function
                        && function.sig.ident == "builder"
                    {
                        function
                            .attrs
                            .push(parse_quote!(#[doc = "Returns a builder with a setter for each property."]));
                    }
                }
            }
            _ => {}
        }
    }
    let is_hidden = |ty: &Type| last_name(ty).is_some_and(|name| hidden.contains(&name));
    // impl LockList { pub fn builder() … }: nobody builds an envelope, and a public function of a crate-private type
    // would be dead code. Its traits stay, since `send` deserializes it.
    items.retain(|item| !matches!(item, Item::Impl(block) if block.trait_.is_none() && is_hidden(&block.self_ty)));
    let all = fields::collect(items, document, marks);
    let mut build_functions = Vec::new();
    for item in items.iter_mut() {
        if let Item::Mod(inner) = item
            && inner.ident == "builder"
        {
            // `/// Types for composing complex structures.` is typify's text.
            inner.attrs.retain(|attr| !is_doc(attr));
            inner.attrs.push(parse_quote!(#[doc = "Holds the builders of the types."]));
            let Some((_, items)) = &mut inner.content else { continue };
            items.retain(|item| match item {
                Item::Struct(item) => !hidden.contains(&item.ident.to_string()),
                // impl From<super::LockList> for LockList { … }
                Item::Impl(block) => !is_hidden(&block.self_ty),
                _ => true,
            });
            build_functions = value_builders::rewrite(items, module, &all, marks);
        }
    }
    // pub mod error { pub struct ConversionError(…); … } was the error of the builders' `TryFrom`, which is gone. It
    // stays if a type still needs it, such as the `FromStr` of a `oneOf`.
    let is_error = |item: &Item| matches!(item, Item::Mod(inner) if inner.ident == "error");
    let needs_error = |item: &Item| !is_error(item) && item.to_token_stream().to_string().contains("ConversionError");
    if !items.iter().any(needs_error) {
        items.retain(|item| !is_error(item));
    }
    // The settings have replaced these types by their paths; here they are declared.
    items.extend(marks.enums.iter().map(|(name, open)| enums::item(name, open)));
    items.extend(marks.texts.iter().map(|(name, description)| {
        let (name, text) = (quote::format_ident!("{}", names::pascal(name)), docs::safe(description));
        Item::Macro(parse_quote! { crate::model::text::text_type! { #[doc = #text] #name } })
    }));
    let sources: Vec<Item> = items.iter().filter_map(|item| newtype_source(module, item)).collect();
    items.extend(sources);
    items.push(json_schemas(module, &shown));
    Ok((all, build_functions))
}

/// Returns whether an attribute is documentation.
fn is_doc(attr: &Attribute) -> bool {
    attr.path().is_ident("doc")
}

/// Returns the `impl` by which a setter of `pub struct Count(pub i64);` also takes an `i64`.
///
/// typify writes `impl From<i64> for Count`, but setters take `impl IntoField<Count>`. Only with a closed list of
/// sources does the compiler infer the type of a plain number.
fn newtype_source(module: &syn::Path, item: &Item) -> Option<Item> {
    let Item::Struct(ItemStruct { ident, fields: SynFields::Unnamed(fields), .. }) = item else { return None };
    let inner = fields.unnamed.first().map(|field| &field.ty).filter(|_| fields.unnamed.len() == 1)?;
    let name = quote!(#module::types::#ident);
    Some(parse_quote! {
        const _: () = {
            crate::model::field::source!(#inner => #name, value => ::std::result::Result::<#name, crate::model::field::Refused>::Ok(#name::from(value)));
        };
    })
}

/// Returns the function `json_schemas`, which describes these types.
fn json_schemas(module: &syn::Path, names: &[Ident]) -> Item {
    parse_quote! {
        /// Returns the JSON Schema of every type in this module, by name, under `$defs`.
        #[cfg(feature = "schemars")]
        #[must_use]
        pub fn json_schemas() -> ::serde_json::Value {
            let mut generator = ::schemars::SchemaGenerator::default();
            #(generator.subschema_for::<#module::types::#names>();)*
            ::serde_json::json!({ "$defs": generator.take_definitions(true) })
        }
    }
}
