//! Writes `items()` and `pages()`.
//!
//! progenitor knows only Dropshot's pagination (`page_token`, `next_page`), so its output has no counterpart.

use syn::{Item, Type, parse_quote};

use super::{Builder, Field};
use crate::finish::{argument, example};
use crate::names;

/// Returns the field of the query parameter with this name.
pub(super) fn query<'a, 'b>(
    builder: &Builder<'_>,
    fields: &'b [Field<'a>],
    name: &str,
) -> Result<&'b Field<'a>, String> {
    let is_it = |field: &&Field<'_>| {
        field.parameter.is_some_and(|parameter| parameter.place == "query" && parameter.name == name)
    };
    fields.iter().find(is_it).ok_or_else(|| format!("parameter `{name}` of `{}`", builder.operation.id))
}

/// Returns the functions of a paginated operation's builder, or nothing for any other operation.
pub(super) fn items(builder: &Builder<'_>, fields: &[Field<'_>]) -> Result<Vec<Item>, String> {
    let operation = builder.operation;
    let (Some(paging), Some(schema)) = (&operation.pagination, &operation.success) else { return Ok(Vec::new()) };
    let page_name = names::pascal(schema);
    let page_fields = builder.types.get(&page_name).ok_or_else(|| format!("type `{page_name}`"))?;
    let list = page_fields.iter().find(|field| field.property == paging.items);
    let list = list.ok_or_else(|| format!("field `{}` of `{page_name}`", paging.items))?;
    // `::std::vec::Vec<types::Lock>` in the page's type; the stream yields what is inside.
    let item: &Type =
        argument(&list.ty, "::std::vec::Vec").ok_or_else(|| format!("list `{}` of `{page_name}`", paging.items))?;
    let cursor = query(builder, fields, &paging.cursor)?;
    let (start, cursor) = (cursor.setter(), &cursor.ident);
    let setter = query(builder, fields, "limit")?.setter();
    let (constant, name) = (builder.constant(), builder.name());
    let text = format!(
        "Returns a stream of all items, or of those from the cursor of [`{start}`](Self::{start}) on. Pages are \
         fetched as the stream is read. They have at most {} items, unless [`{setter}`](Self::{setter}) sets another \
         number. Each page is a call of its own, with its own timeouts and retries. From the second page on, the next \
         page is fetched while the current one is read.",
        paging.size
    );
    let pages = format!("Returns a stream of the pages, or of those from the cursor of [`{start}`](Self::{start}) on.");
    let example = example::of_items(builder.paths.client, operation);
    Ok(vec![parse_quote! {
        impl #name {
            #[doc = #text]
            ///
            #[doc = #example]
            ///
            /// # Errors
            /// The stream yields the first error of a page and ends after it.
            pub fn items(self) -> crate::http::Paged<#item> {
                crate::http::pages::items(self.pages())
            }

            #[doc = #pages]
            ///
            /// The stream ends with a page that has no cursor, an empty cursor, or one that occurred before. It also
            /// ends with a page that has no items, whatever its cursor is, because the documents describe the end of a
            /// list as empty. A `tracing` event (`WARN`) reports an empty page with a cursor, and a repeated cursor.
            /// From the second page on, one page is fetched ahead; dropping the stream cancels that request.
            ///
            /// # Errors
            /// The stream yields the first error of a page and ends after it.
            pub fn pages(self) -> crate::http::Paged<crate::model::Page<#item>> {
                let start = ::std::clone::Clone::clone(&self.#cursor).ok().flatten();
                crate::http::pages::pages(#constant, start, move |cursor: ::std::option::Option<crate::model::Cursor>| {
                    let mut next = ::std::clone::Clone::clone(&self);
                    if let ::std::option::Option::Some(cursor) = cursor {
                        next.#cursor = ::std::result::Result::Ok(::std::option::Option::Some(cursor));
                    }
                    next.send()
                })
            }
        }
    }])
}
