//! Enums that keep the values they do not know.
//!
//! progenitor's output has none of them: by its settings the name of the schema is replaced with the type that is
//! written here, so that `pub state: crate::generated::integrator::types::KeyState` stands where typify would have
//! named an enum of its own, which refuses what it does not know. Nothing is taken apart.

use heck::ToPascalCase;
use quote::{format_ident, quote};
use syn::Item;

use super::docs;
use crate::names;
use crate::prepare::OpenEnum;

pub(super) fn item(name: &str, open: &OpenEnum) -> Item {
    let name = format_ident!("{}", names::pascal(name));
    let description = docs::safe(&open.description);
    let insensitive = open.case_insensitive;
    let variants = open.values.iter().map(|(value, description)| {
        let variant = format_ident!("{}", variant(value));
        let description = docs::safe(description);
        quote!(#[doc = #description] #variant = #value)
    });
    Item::Macro(syn::parse_quote! {
        crate::model::open_enum::open_enum! {
            #[doc = #description]
            #name, case_insensitive: #insensitive, { #(#variants,)* }
        }
    })
}

/// The Rust name of a value.
pub(crate) fn variant(value: &str) -> String {
    // A grant type is a URN; its last part names it.
    let last = value.rsplit(':').next().unwrap_or(value);
    match last.to_pascal_case() {
        name if name.starts_with(|first: char| first.is_ascii_alphabetic()) => name,
        name => format!("Value{name}"),
    }
}
