//! Writes `send()` and `send_with_response()`, which return what is inside the envelope of a response.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{ImplItem, Type, parse_quote};

use super::{Builder, Field};
use crate::finish::{argument, optional};
use crate::names;

/// Describes what an operation returns.
struct Returned {
    /// Is the type that the response is decoded into.
    decoded: Type,
    /// Is the type that the caller gets.
    value: Type,
    /// Converts the former into the latter, unless they are the same.
    open: Option<TokenStream>,
}

/// Returns both functions.
pub(super) fn items(builder: &Builder<'_>, fields: &[Field<'_>]) -> Result<Vec<ImplItem>, String> {
    let (operation, constant) = (builder.operation, builder.constant());
    let mut sends = format!("Sends `{} {}`.{}", operation.method, operation.path, result(builder));
    let mut asks = quote!();
    if let Some(paging) = &operation.pagination {
        let size = paging.size;
        sends.push_str(&format!(
            " Returns one [`Page`](crate::Page) and requests at most {size} items for it, unless \
             [`limit`](Self::limit) sets another number. [`items`](Self::items) returns the whole list."
        ));
        // No document says what the service does without `limit`, and it may cut the list. With `limit` it sends a
        // cursor, so a caller can see that there is more.
        let limit = &super::paging::query(builder, fields, "limit")?.ident;
        let size = proc_macro2::Literal::u64_unsuffixed(size);
        asks = quote! {
            if let ::std::result::Result::Ok(limit @ ::std::option::Option::None) = &mut self.#limit {
                *limit = ::std::option::Option::Some(#size);
            }
        };
    }
    let (value, call) = match returned(builder)? {
        None => (
            parse_quote!(()),
            quote!(crate::http::pipeline::send_for_nothing(&client, self.__request(), options, #constant).await),
        ),
        Some(Returned { decoded, value, open }) => {
            let open = open.map(|open| quote!(.map(|response| response.map(#open))));
            (
                value,
                quote! {
                    crate::http::pipeline::send::<#decoded>(&client, self.__request(), options, #constant).await #open
                },
            )
        }
    };
    Ok(vec![
        parse_quote! {
            #[doc = #sends]
            ///
            /// # Errors
            /// Any [`Error`](crate::Error). Its [`kind`](crate::Error::kind) says where it occurred, and its
            /// [`outcome`](crate::Error::outcome) whether the service may have carried out the operation.
            pub async fn send(self) -> crate::error::Result<#value> {
                self.send_with_response().await.map(crate::http::Response::into_value)
            }
        },
        parse_quote! {
            /// Sends the request like [`send`](Self::send). Also returns the status and headers of the response, and how
            /// often the request was sent.
            ///
            /// # Errors
            /// The errors of [`send`](Self::send).
            pub async fn send_with_response(mut self) -> crate::error::Result<crate::http::Response<#value>> {
                #asks
                let client = ::std::sync::Arc::clone(&self.client);
                let options = ::std::mem::take(&mut self.options);
                #call
            }
        },
    ])
}

/// Returns the sentence on the result of an operation without pagination, if its type needs one.
fn result(builder: &Builder<'_>) -> String {
    let operation = builder.operation;
    let Some(envelope) = builder.context.unwrapped(operation).filter(|_| operation.pagination.is_none()) else {
        return String::new();
    };
    match envelope.cursor {
        // As for the keys of one lock: the response may have a cursor, but no parameter takes it.
        Some(_) => " Returns one [`Page`](crate::Page). The operation takes no cursor, so it has no `items()`: a page \
                    with a [`cursor`](crate::Page::cursor) is only a part of the list."
            .to_owned(),
        None if envelope.is_list => " Returns all items of the response, which has no cursor.".to_owned(),
        None if operation.response_inferred => {
            format!(" Returns `None` if the response contains no `{}` or cannot be decoded.", envelope.property)
        }
        None => String::new(),
    }
}

/// Returns what an operation returns, or `None` if its response has no content.
fn returned(builder: &Builder<'_>) -> Result<Option<Returned>, String> {
    let (model, operation, context) = (builder.paths.model, builder.operation, builder.context);
    let Some(schema) = &operation.success else { return Ok(None) };
    let name = names::pascal(schema);
    let ident = format_ident!("{name}");
    // A response may be a sensitive string, whose type is handwritten.
    let handwritten = context.marks.replaced.get(schema).and_then(|rust| syn::parse_str(rust).ok());
    let decoded: Type = handwritten.unwrap_or_else(|| parse_quote!(#model::types::#ident));
    let Some(envelope) = context.unwrapped(operation) else {
        return Ok(Some(Returned { value: decoded.clone(), decoded, open: None }));
    };
    let fields = builder.types.get(&name).ok_or_else(|| format!("type `{name}`"))?;
    let field = |property: &str| {
        let found = fields.iter().find(|field| field.property == property);
        found.ok_or_else(|| format!("field `{property}` of `{name}`"))
    };
    let inside = field(envelope.property)?;
    let (inside, ty) = (&inside.ident, &inside.ty);
    Ok(Some(match envelope.cursor {
        // { "lock": {…} }: the caller gets the lock.
        None => Returned { value: ty.clone(), decoded, open: Some(quote!(|envelope| envelope.#inside)) },
        // { "locks": […], "startAfterId": "…" }: the caller gets a page.
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
            Returned { value, decoded, open: Some(open) }
        }
    }))
}
