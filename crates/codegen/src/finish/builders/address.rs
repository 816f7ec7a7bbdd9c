//! The address of a request, put together by the SDK, which keeps each parameter in its place.

use proc_macro2::TokenStream;
use quote::quote;
use unloc_spec::PathTemplate;

use super::{Builder, Field};
use crate::finish::is_time;

/// `let url = …`, for an operation whose path parameters are in variables.
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
                written.extend((!before.is_empty()).then(|| quote!(url.text(#before);)));
                // A segment of its own is told what is wrong with it more closely than one with text around it.
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

/// Something that displays as the parameter is to be written.
fn displayed(field: &Field<'_>) -> TokenStream {
    let ident = &field.ident;
    if is_time(&field.ty) {
        return quote!(crate::http::path::Time(#ident));
    }
    // These display nothing, and are meant for the service here.
    let hides = field.parameter.is_some_and(|parameter| parameter.sensitive.is_some());
    if hides { quote!(#ident.expose()) } else { quote!(#ident) }
}
