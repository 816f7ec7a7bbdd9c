//! `send()` and `send_with_response()`, which give what stands inside the envelope of a response.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{ImplItem, Type, parse_quote};

use super::{Builder, Field};
use crate::finish::{argument, envelopes, optional};
use crate::names;

/// What an operation gives: the type that its response is read as, the type of the value, and how the one becomes the
/// other.
struct Given {
    read: Type,
    value: Type,
    open: Option<TokenStream>,
}

pub(super) fn items(builder: &Builder<'_>, fields: &[Field<'_>]) -> Result<Vec<ImplItem>, String> {
    let (operation, constant) = (builder.operation, builder.constant());
    let mut sends = format!("Sends `{} {}`.", operation.method, operation.path);
    let mut asks = quote!();
    if let Some(paging) = &operation.pagination {
        let size = paging.size;
        sends.push_str(&format!(
            " Returns one page: {size} items at most, unless [`limit`](Self::limit) says otherwise. \
             [`items`](Self::items) gives the whole list."
        ));
        // What the service does without `limit` is not documented: with one, a page that is a part names the next.
        let limit = &super::paging::query(builder, fields, "limit")?.ident;
        let size = proc_macro2::Literal::u64_unsuffixed(size);
        asks = quote! {
            if let ::std::result::Result::Ok(limit @ ::std::option::Option::None) = &mut self.#limit {
                *limit = ::std::option::Option::Some(#size);
            }
        };
    }
    let (value, call) = match given(builder)? {
        None => (
            parse_quote!(()),
            quote!(crate::http::pipeline::send_for_nothing(&client, self.__request(), options, #constant).await),
        ),
        Some(Given { read, value, open }) => {
            let open = open.map(|open| quote!(.map(|response| response.map(#open))));
            (
                value,
                quote! {
                    crate::http::pipeline::send::<#read>(&client, self.__request(), options, #constant).await #open
                },
            )
        }
    };
    Ok(vec![
        parse_quote! {
            #[doc = #sends]
            ///
            /// # Errors
            /// Any [`Error`](crate::Error): its [`kind`](crate::Error::kind) says where it arose, its
            /// [`outcome`](crate::Error::outcome) whether the service may have acted.
            pub async fn send(self) -> crate::error::Result<#value> {
                self.send_with_response().await.map(crate::http::Response::into_value)
            }
        },
        parse_quote! {
            /// As [`send`](Self::send), with the status and headers of the response and the number of attempts.
            ///
            /// # Errors
            /// As [`send`](Self::send).
            pub async fn send_with_response(mut self) -> crate::error::Result<crate::http::Response<#value>> {
                #asks
                let client = ::std::sync::Arc::clone(&self.client);
                let options = ::std::mem::take(&mut self.options);
                #call
            }
        },
    ])
}

/// Nothing without content.
fn given(builder: &Builder<'_>) -> Result<Option<Given>, String> {
    let (model, operation, around) = (builder.paths.model, builder.operation, builder.around);
    let Some(schema) = &operation.success else { return Ok(None) };
    let name = names::pascal(schema);
    let ident = format_ident!("{name}");
    let handwritten = around.marks.replaced.get(schema).and_then(|rust| syn::parse_str(rust).ok());
    let read: Type = handwritten.unwrap_or_else(|| parse_quote!(#model::types::#ident));
    let Some(envelope) = envelopes::of(around, operation) else {
        return Ok(Some(Given { value: read.clone(), read, open: None }));
    };
    let fields = builder.types.get(&name).ok_or_else(|| format!("type `{name}`"))?;
    let field = |property: &str| {
        let found = fields.iter().find(|field| field.property == property);
        found.ok_or_else(|| format!("field `{property}` of `{name}`"))
    };
    let inside = field(envelope.property)?;
    let (inside, ty) = (&inside.ident, &inside.ty);
    Ok(Some(match envelope.cursor {
        None => Given { value: ty.clone(), read, open: Some(quote!(|envelope| envelope.#inside)) },
        Some(cursor) => {
            let item = argument(ty, "::std::vec::Vec").ok_or_else(|| format!("list `{inside}` of `{name}`"))?;
            let cursor = field(cursor)?;
            let value = parse_quote!(crate::model::Page<#item>);
            let (is_optional, cursor) = (optional(&cursor.ty).is_some(), &cursor.ident);
            let next = if is_optional {
                quote!(envelope.#cursor)
            } else {
                quote!(::std::option::Option::Some(envelope.#cursor))
            };
            let open = quote!(|envelope| crate::model::Page::new(envelope.#inside, #next));
            Given { value, read, open: Some(open) }
        }
    }))
}
