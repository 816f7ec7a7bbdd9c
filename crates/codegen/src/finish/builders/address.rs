//! Writes the values of path parameters.
//!
//! progenitor's statement is `let url = format!("{}/operation/{}", client.baseurl, encode_path(&path.to_string()));`.
//! It encodes a value, but not the segments `.` and `..` or an empty one, which the URL parser then removes: an id of
//! `..` would call another operation. `crate::http::path::url` refuses such values.

use proc_macro2::TokenStream;
use quote::quote;

use super::{Builder, Field};
use crate::finish::is_time;

/// Returns `let url = …;`, for an operation whose path parameters are in variables.
pub(super) fn address(builder: &Builder<'_>, fields: &[Field<'_>]) -> TokenStream {
    let values = fields.iter().filter_map(|field| {
        let name = &field.parameter.filter(|parameter| parameter.place == "path")?.name;
        let value = displayed(field);
        Some(quote!((#name, &#value)))
    });
    let operation = builder.constant();
    quote! {
        let url = crate::http::path::url(client.base(), #operation, &[#(#values),*])?;
    }
}

/// Returns an expression that displays as the parameter is to be written.
fn displayed(field: &Field<'_>) -> TokenStream {
    let ident = &field.ident;
    // chrono displays a time as `2030-05-01 10:00:00 UTC`, which is not RFC 3339.
    if is_time(&field.ty) {
        return quote!(crate::http::path::Time(#ident));
    }
    // Sensitive types have no `Display`. Here the value goes to the service.
    let hides = field.parameter.is_some_and(|parameter| parameter.sensitive.is_some());
    if hides { quote!(#ident.expose()) } else { quote!(#ident) }
}
