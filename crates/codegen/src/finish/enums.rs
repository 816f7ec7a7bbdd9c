//! Writes enums that keep unknown values.
//!
//! progenitor's output contains no enum. Its settings replace the schema's name with the path of the type that is
//! written here, so a field reads `pub state: crate::model::integrator::types::KeyState`. typify's own enum would
//! refuse an unknown value, and with it the whole response. Nothing of the output is changed here.

use heck::ToPascalCase;
use quote::{format_ident, quote};
use syn::Item;

use super::docs;
use crate::names;
use crate::prepare::OpenEnum;

/// Returns the macro call that declares an enum, which `crate::model::open_enum` expands.
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

/// Returns the Rust name of a value.
pub(crate) fn variant(value: &str) -> String {
    // The last part of a URN names it: `urn:ietf:params:oauth:grant-type:device_code` becomes `DeviceCode`.
    let last = value.rsplit(':').next().unwrap_or(value);
    match last.to_pascal_case() {
        name if name.starts_with(|first: char| first.is_ascii_alphabetic()) => name,
        // A value such as `404` or `*` begins with no letter.
        name => format!("Value{name}"),
    }
}
