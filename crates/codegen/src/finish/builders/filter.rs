//! Writes the filter of an operation that acts on everything without one, from `x-required-filter`.
//!
//! The filter is an argument of the client's function. A constructor for each parameter, and one for everything, are the
//! only ways to make it, so that a call without a filter does not compile.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Ident, ImplItem, Item, parse_quote};
use unloc_spec::{Operation, Parameter, RequiredFilter};

use super::{Builder, Field, setters};
use crate::finish::docs;
use crate::names;

/// Returns the name of the filter's type.
pub(in crate::finish) fn name(operation: &Operation) -> Ident {
    format_ident!("{}Filter", names::builder(operation))
}

/// Returns the name of the constructor for everything.
pub(in crate::finish) fn all(filter: &RequiredFilter) -> Ident {
    format_ident!("{}", names::snake(&filter.all))
}

/// Returns the fields that are filters, with their parameters.
fn filters<'f, 'a>(
    fields: &'f [Field<'a>],
    filter: &'f RequiredFilter,
) -> impl Iterator<Item = (&'f Field<'a>, &'a Parameter)> {
    let of =
        move |field: &'f Field<'a>| Some((field, field.parameter.filter(|own| filter.parameters.contains(&own.name))?));
    fields.iter().filter_map(of)
}

/// Returns the type of the filter, or nothing for an operation that needs none.
pub(super) fn items(builder: &Builder<'_>, fields: &[Field<'_>]) -> Vec<Item> {
    let Some(filter) = &builder.operation.required_filter else { return Vec::new() };
    let (name, of, everything) = (name(builder.operation), builder.name(), all(filter));
    let text = format!(
        "Selects what [`{of}`] acts on.\n\nThere is no empty filter, because the service takes one for everything. \
         [`{everything}`](Self::{everything}) says so."
    );
    let (declared, empty): (Vec<_>, Vec<_>) = filters(fields, filter)
        .map(|(Field { ident, ty, .. }, _)| {
            let declared = quote!(#ident: ::std::result::Result<#ty, ::std::string::String>);
            (declared, quote!(#ident: ::std::result::Result::Ok(::std::option::Option::None)))
        })
        .unzip();
    let constructors = filters(fields, filter).map(|(field, parameter)| constructor(field, parameter));
    let shown = name.to_string();
    let sentence = docs::safe(&format!("Selects everything, as `{}` in JSON does.", filter.all));
    vec![
        parse_quote! {
            #[doc = #text]
            #[derive(Clone)]
            pub struct #name { #(#declared,)* all: bool }
        },
        parse_quote! {
            impl #name {
                fn __none() -> Self {
                    Self { #(#empty,)* all: false }
                }

                #(#constructors)*

                #[doc = #sentence]
                #[must_use]
                pub fn #everything() -> Self {
                    Self { all: true, ..Self::__none() }
                }
            }
        },
        // Not derived: a filter can be a phone number.
        parse_quote! {
            impl ::std::fmt::Debug for #name {
                fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                    f.debug_struct(#shown).field("all", &self.all).finish_non_exhaustive()
                }
            }
        },
    ]
}

fn constructor(field: &Field<'_>, parameter: &Parameter) -> ImplItem {
    let (name, ident) = (field.setter(), &field.ident);
    let (inner, value) = setters::value(field, parameter);
    let text = format!(
        "Selects by `{}`.\n\n{}\n\nAn empty value is an error of the call.",
        parameter.name,
        docs::safe(&parameter.description)
    );
    parse_quote! {
        #[doc = #text]
        #[must_use]
        pub fn #name(value: impl crate::model::IntoField<#inner>) -> Self {
            Self { #ident: #value, ..Self::__none() }
        }
    }
}

/// Returns the function by which the client passes the filter on.
pub(super) fn setter(builder: &Builder<'_>, fields: &[Field<'_>]) -> Option<ImplItem> {
    let filter = builder.operation.required_filter.as_ref()?;
    let name = name(builder.operation);
    let own = filters(fields, filter).map(|(Field { ident, .. }, _)| quote!(self.#ident = filter.#ident;));
    Some(parse_quote! {
        pub(crate) fn __filter(mut self, filter: #name) -> Self {
            #(#own)*
            self.__all = filter.all;
            self
        }
    })
}

/// Returns the statement that refuses a request which would act on everything without saying so.
pub(super) fn check(builder: &Builder<'_>, fields: &[Field<'_>]) -> TokenStream {
    let Some(filter) = &builder.operation.required_filter else { return quote!() };
    let everything = all(filter).to_string();
    let values = filters(fields, filter).map(|(Field { ident, .. }, parameter)| {
        let name = &parameter.name;
        quote!((#name, ::serde_json::to_value(&#ident).unwrap_or_default()))
    });
    quote!(crate::http::request::filter(__all, #everything, &[#(#values),*])?;)
}
