//! The setters of an operation's builder.

use quote::{format_ident, quote};
use syn::{ImplItem, Type, parse_quote};
use unloc_spec::{Operation, Parameter};

use super::Field;
use crate::finish::{argument, docs, is_time, optional, refusal};

pub(super) fn parameter(operation: &Operation, parameter: &Parameter, field: &Field<'_>) -> ImplItem {
    let (name, ident) = (field.setter(), &field.ident);
    let inner = optional(&field.ty).unwrap_or(&field.ty);
    let some = optional(&field.ty).map(|_| quote!(.map(::std::option::Option::Some)));
    let text = docs::safe(&parameter.description);
    let refused = refusal(&parameter.name, inner);
    let cut =
        is_time(argument(inner, "::std::vec::Vec").unwrap_or(inner)).then(|| quote!(.map(crate::lenient::Cut::cut)));
    // Another value than the client's would not fit its token.
    let by_client = operation.is_filled_in(parameter);
    let visibility: syn::Visibility = if by_client { parse_quote!(pub(crate)) } else { parse_quote!(pub) };
    parse_quote! {
        #[doc = #text]
        #visibility fn #name<V>(mut self, value: V) -> Self
        where
            V: ::std::convert::TryInto<#inner>,
            V::Error: ::std::fmt::Display,
        {
            self.#ident = ::std::convert::TryInto::<#inner>::try_into(value)#cut #some.map_err(#refused);
            self
        }
    }
}

/// `body()`, and `body_map()` where the body has a builder.
pub(super) fn body(field: &Field<'_>, no_body: Option<&str>, module: &syn::Path) -> Vec<ImplItem> {
    let Field { ident, ty, .. } = field;
    let Some(name) = field.built() else {
        return vec![setter(ty, "The request body.", ident, &quote!())];
    };
    let name = format_ident!("{name}");
    let value: Type = parse_quote!(#module::types::#name);
    let text = "The request body: a value, or a builder of one.";
    // A builder that was not given is begun.
    let begun = no_body.map(|no_body| {
        quote! {
            ::std::result::Result::Err(what) if what == #no_body => {
                ::std::result::Result::Ok(f(::std::default::Default::default()))
            }
        }
    });
    vec![
        setter(&value, text, ident, &quote!(.map(::std::convert::From::from))),
        parse_quote! {
            /// Changes the request body through its builder.
            pub fn body_map<F>(mut self, f: F) -> Self
            where
                F: ::std::ops::FnOnce(#ty) -> #ty,
            {
                self.#ident = match self.#ident {
                    #begun
                    body => body.map(f),
                };
                self
            }
        },
    ]
}

/// A missing property explains itself, so that an error stays as it is.
fn setter(value: &Type, text: &str, ident: &syn::Ident, then: &proc_macro2::TokenStream) -> ImplItem {
    parse_quote! {
        #[doc = #text]
        pub fn body<V>(mut self, value: V) -> Self
        where
            V: ::std::convert::TryInto<#value>,
            V::Error: ::std::fmt::Display,
        {
            self.#ident = ::std::convert::TryInto::<#value>::try_into(value)
                #then
                .map_err(|error| ::std::string::ToString::to_string(&error));
            self
        }
    }
}
