//! `items()` and `pages()`.

use syn::{Item, Type, parse_quote};

use super::{Builder, Field};
use crate::finish::{argument, example};
use crate::names;

/// The query parameter of this name.
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

pub(super) fn items(builder: &Builder<'_>, fields: &[Field<'_>]) -> Result<Vec<Item>, String> {
    let operation = builder.operation;
    let (Some(paging), Some(schema)) = (&operation.pagination, &operation.success) else { return Ok(Vec::new()) };
    let page_name = names::pascal(schema);
    let page_fields = builder.types.get(&page_name).ok_or_else(|| format!("type `{page_name}`"))?;
    let list = page_fields.iter().find(|field| field.property == paging.items);
    let list = list.ok_or_else(|| format!("field `{}` of `{page_name}`", paging.items))?;
    // The items are a list of components.
    let item: &Type =
        argument(&list.ty, "::std::vec::Vec").ok_or_else(|| format!("list `{}` of `{page_name}`", paging.items))?;
    let cursor = &query(builder, fields, &paging.cursor)?.ident;
    let setter = query(builder, fields, "limit")?.setter();
    let (constant, name) = (builder.constant(), builder.name());
    let many = format!(
        "Returns every item from here on, page by page as the stream is read. Asks for {} a page unless \
         [`{setter}`](Self::{setter}) says otherwise; from the second page on, the next one is fetched while the last is \
         read.",
        paging.size
    );
    let example = example::of_items(builder.paths.client, operation);
    Ok(vec![parse_quote! {
        impl #name {
            #[doc = #many]
            ///
            #[doc = #example]
            ///
            /// # Errors
            /// The stream ends after the first error of a page.
            pub fn items(self) -> crate::http::Paged<#item> {
                crate::http::pages::items(self.pages())
            }

            /// Returns the pages from here on.
            ///
            /// The stream ends with the page that names no further one, at an empty or repeated cursor, and with a page
            /// that has no items, whatever cursor that has: the documents call the end of a list empty. Where such a page
            /// names another, or a cursor comes twice, a `tracing` event (`WARN`) says so. From the second page on, one is
            /// fetched ahead, and given up with the stream.
            ///
            /// # Errors
            /// The stream ends after the first error of a page.
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
