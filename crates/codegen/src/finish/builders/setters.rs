//! The setters of an operation's builder.

use quote::{format_ident, quote};
use serde_json::Value;
use syn::{ImplItem, parse_quote};
use unloc_spec::{Parameter, RawOperation};

use super::{Builder, Field};
use crate::finish::{argument, docs, is_time, limits, optional, types};

pub(super) fn parameter(builder: &Builder<'_>, parameter: &Parameter, field: &Field<'_>) -> ImplItem {
    let (name, ident, property) = (field.setter(), &field.ident, &parameter.name);
    let inner = optional(&field.ty).unwrap_or(&field.ty);
    let some = optional(&field.ty).map(|_| quote!(.map(::std::option::Option::Some)));
    let text = format!("{}\n\n{}", docs::safe(&parameter.description), docs::safe(&told(builder, parameter)));
    let cut = is_time(argument(inner, "::std::vec::Vec").unwrap_or(inner))
        .then(|| quote!(.map(crate::model::lenient::Cut::cut)));
    // Another value than the client's would not fit its token.
    let by_client = builder.operation.is_filled_in(parameter);
    let visibility: syn::Visibility = if by_client { parse_quote!(pub(crate)) } else { parse_quote!(pub) };
    parse_quote! {
        #[doc = #text]
        #visibility fn #name(mut self, value: impl crate::model::IntoField<#inner>) -> Self {
            self.#ident = crate::model::field::field::<#inner>(#property, value)#cut #some;
            self
        }
    }
}

/// Whether a parameter is required, and its limits.
fn told(builder: &Builder<'_>, parameter: &Parameter) -> String {
    let document = builder.around.document;
    let raw = RawOperation::find(&document.value, &builder.operation.path, builder.operation.method);
    let all = raw.map(|raw| raw.parameters(&document.value)).unwrap_or_default();
    let is_it = |key: &str, value: &str, at: &unloc_spec::At<'_>| at.text(key).unwrap_or_default().trim() == value;
    let own = all.iter().find(|at| is_it("name", &parameter.name, at) && is_it("in", &parameter.place, at));
    let schema = own.and_then(|at| at.value.get("schema")).unwrap_or(&Value::Null);
    limits::told(document, schema, parameter.required, false)
}

/// `body()`, and a setter for each of its properties where it has any.
pub(super) fn body(builder: &Builder<'_>, field: &Field<'_>) -> Vec<ImplItem> {
    let Field { ident, ty, .. } = field;
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
        /// Sets all of the request body, from a value or a builder of one. Setters that are called behind it change it.
        pub fn body(mut self, body: impl ::std::convert::Into<#built>) -> Self {
            self.#ident = ::std::convert::Into::into(body);
            self
        }
    }];
    items.extend(fields.iter().map(|property| {
        let (setter, inner) = (property.setter(), optional(&property.ty).unwrap_or(&property.ty));
        let docs = types::described(property);
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
