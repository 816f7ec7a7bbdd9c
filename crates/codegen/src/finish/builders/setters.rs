//! Writes the setters of an operation's builder.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;
use syn::{ImplItem, Type, parse_quote};
use unloc_spec::{Parameter, RawOperation};

use super::{Builder, Field};
use crate::finish::requirement::requirement;
use crate::finish::{argument, docs, is_time, optional, types};

/// Returns the setter of a parameter.
pub(super) fn parameter(builder: &Builder<'_>, parameter: &Parameter, field: &Field<'_>) -> ImplItem {
    let (name, ident, property) = (field.setter(), &field.ident, &parameter.name);
    let (inner, converted) = value(field, parameter);
    let first = format!("Sets the {} parameter `{property}`.", parameter.place);
    let text = [first, docs::safe(&parameter.description), docs::safe(&required_and_limits(builder, parameter))];
    let text = text.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n\n");
    // The client fills in its own path parameters. Its token is valid for those values only, so callers set no others.
    let by_client = builder.operation.is_filled_in(parameter);
    let visibility: syn::Visibility = if by_client { parse_quote!(pub(crate)) } else { parse_quote!(pub) };
    parse_quote! {
        #[doc = #text]
        #visibility fn #name(mut self, value: impl crate::model::IntoField<#inner>) -> Self {
            self.#ident = #converted;
            self
        }
    }
}

/// Returns the type of the values that a parameter's field takes, and the conversion of `value` for the field.
pub(super) fn value<'f>(field: &'f Field<'_>, parameter: &Parameter) -> (&'f Type, TokenStream) {
    let (property, inner) = (&parameter.name, optional(&field.ty).unwrap_or(&field.ty));
    let some = optional(&field.ty).map(|_| quote!(.map(::std::option::Option::Some)));
    let cut = is_time(argument(inner, "::std::vec::Vec").unwrap_or(inner))
        .then(|| quote!(.map(crate::model::lenient::Cut::cut)));
    (inner, quote!(crate::model::field::field::<#inner>(#property, value)#cut #some))
}

/// Returns the sentences on whether a parameter is required, and on its limits.
fn required_and_limits(builder: &Builder<'_>, parameter: &Parameter) -> String {
    let document = builder.context.document;
    let raw = RawOperation::find(&document.value, &builder.operation.path, builder.operation.method);
    let all = raw.map(|raw| raw.parameters(&document.value)).unwrap_or_default();
    let is_it = |key: &str, value: &str, at: &unloc_spec::At<'_>| at.text(key).unwrap_or_default().trim() == value;
    let own = all.iter().find(|at| is_it("name", &parameter.name, at) && is_it("in", &parameter.place, at));
    let schema = own.and_then(|at| at.value.get("schema")).unwrap_or(&Value::Null);
    requirement(document, schema, parameter.required, false)
}

/// Returns `body()`, and a setter for each property of the request body.
pub(super) fn body(builder: &Builder<'_>, field: &Field<'_>) -> Vec<ImplItem> {
    let Field { ident, ty, .. } = field;
    // A body without a builder is no object: a list, a map or a newtype.
    let Some(built) = builder.built(field) else {
        return vec![parse_quote! {
            /// Sets the request body.
            pub fn body(mut self, value: impl crate::model::IntoField<#ty>) -> Self {
                self.#ident = crate::model::field::field::<#ty>("body", value);
                self
            }
        }];
    };
    let fields = field.built().and_then(|name| builder.types.get(&name)).map(Vec::as_slice).unwrap_or_default();
    let mut items: Vec<ImplItem> = vec![parse_quote! {
        /// Sets the whole request body, from a value or a builder. Setters that are called later change single
        /// properties.
        pub fn body(mut self, body: impl ::std::convert::Into<#built>) -> Self {
            self.#ident = ::std::convert::Into::into(body);
            self
        }
    }];
    items.extend(fields.iter().map(|property| {
        let (setter, inner) = (property.setter(), optional(&property.ty).unwrap_or(&property.ty));
        let docs = types::setter_docs(property);
        let setter = format_ident!("{setter}");
        parse_quote! {
            #(#docs)*
            pub fn #setter(mut self, value: impl crate::model::IntoField<#inner>) -> Self {
                self.#ident = self.#ident.#setter(value);
                self
            }
        }
    }));
    items
}
