//! The address of a request, put together by the SDK, which keeps each parameter in its place.

use proc_macro2::TokenStream;
use quote::quote;

use super::{Builder, Field};
use crate::finish::{is, is_time};

/// `let url = …`, for an operation whose path parameters are in variables.
pub(super) fn address(builder: &Builder<'_>, fields: &[Field<'_>]) -> TokenStream {
    let path = &builder.operation.path;
    let parts: Vec<_> = path.split(['{', '}']).enumerate().filter(|(_, part)| !part.is_empty()).collect();
    let written = parts.iter().enumerate().map(|(at, (index, part))| {
        if index % 2 == 0 {
            return quote!(url.text(#part););
        }
        // A segment of its own is told what is wrong with it more closely than one with text around it.
        let begins =
            at.checked_sub(1).and_then(|before| parts.get(before)).is_some_and(|(_, text)| text.ends_with('/'));
        let ends = parts.get(at + 1).is_none_or(|(_, text)| text.starts_with('/'));
        let value = fields.iter().find(|field| {
            field.parameter.is_some_and(|parameter| parameter.place == "path" && parameter.name == *part)
        });
        let value = value.map(displayed);
        if begins && ends { quote!(url.segment(#part, &#value)?;) } else { quote!(url.part(#part, &#value)?;) }
    });
    quote! {
        let mut url = crate::path::Address::below(&client.baseurl);
        #(#written)*
        let url = url.finish();
    }
}

/// Something that displays as the parameter is to be written.
fn displayed(field: &Field<'_>) -> TokenStream {
    let ident = &field.ident;
    if is_time(&field.ty) {
        return quote!(crate::path::Time(#ident));
    }
    // These display nothing, and are meant for the service here.
    let hides = ["crate::PhoneNumber", "crate::Secret", "crate::Cursor"].iter().any(|path| is(&field.ty, path));
    if hides { quote!(#ident.expose()) } else { quote!(#ident) }
}
