//! Writes the URL of a request.
//!
//! progenitor's statement is `let url = format!("{}/operation/{}", client.baseurl, encode_path(&path.to_string()));`.
//! It encodes a value, but not the segments `.` and `..` or an empty one, which the URL parser then removes: an id of
//! `..` would call another operation. `crate::http::path::Address` refuses such values.

use proc_macro2::TokenStream;
use quote::quote;
use unloc_spec::PathTemplate;

use super::{Builder, Field};
use crate::finish::is_time;

/// Returns `let url = …;`, for an operation whose path parameters are in variables.
pub(super) fn address(builder: &Builder<'_>, fields: &[Field<'_>]) -> TokenStream {
    let template = PathTemplate::of(&builder.operation.path);
    let mut written = Vec::new();
    let mut text = String::new();
    for (number, segment) in template.segments().iter().enumerate() {
        text.push_str(if number > 0 { "/" } else { "" });
        for (place, literal) in segment.literals().iter().enumerate() {
            if let Some(name) = place.checked_sub(1).and_then(|before| segment.names().get(before)) {
                let of = |field: &&Field<'_>| {
                    field.parameter.is_some_and(|parameter| parameter.place == "path" && parameter.name == *name)
                };
                let value = fields.iter().find(of).map(displayed);
                let before = std::mem::take(&mut text);
                // Literal text of the template is from the author of the spec, and is written as it is.
                written.extend((!before.is_empty()).then(|| quote!(url.text(#before);)));
                // `segment` also refuses `.` and `..`. `part` is for a value with text beside it, as in
                // `/locks/{id}:open`, where neither can be a whole segment.
                let write = if segment.whole().is_some() { quote!(segment) } else { quote!(part) };
                written.push(quote!(url.#write(#name, &#value)?;));
            }
            text.push_str(literal);
        }
    }
    written.extend((!text.is_empty()).then(|| quote!(url.text(#text);)));
    let operation = builder.constant();
    quote! {
        let mut url = crate::http::path::Address::below(client.base());
        #(#written)*
        let url = url.finish(#operation)?;
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
