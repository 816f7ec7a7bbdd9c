//! `items()` and `pages()`, and what they need to know of the page's type.

use quote::{format_ident, quote};
use syn::{Item, Type, parse_quote};

use super::{Builder, Field};
use crate::finish::{argument, example, optional};
use crate::names;

pub(super) fn items(builder: &Builder<'_>, fields: &[Field<'_>]) -> Result<Vec<Item>, String> {
    let operation = builder.operation;
    let (Some(paging), Some(schema)) = (&operation.pagination, &operation.success) else { return Ok(Vec::new()) };
    let page_name = names::pascal(schema);
    let page_fields = builder.types.get(&page_name).ok_or_else(|| format!("type `{page_name}`"))?;
    let field = |property: &str| {
        let found = page_fields.iter().find(|field| field.property == property);
        found.ok_or_else(|| format!("field `{property}` of `{page_name}`"))
    };
    let (items, next) = (field(&paging.items)?, field(&paging.cursor)?);
    // The items are a list of components.
    let item: &Type =
        argument(&items.ty, "::std::vec::Vec").ok_or_else(|| format!("list `{}` of `{page_name}`", paging.items))?;
    let query = |name: &str| {
        let is_it = |field: &&Field<'_>| {
            field.parameter.is_some_and(|parameter| parameter.place == "query" && parameter.name == name)
        };
        fields.iter().find(is_it).ok_or_else(|| format!("parameter `{name}` of `{}`", operation.id))
    };
    let (cursor, limit) = (&query(&paging.cursor)?.ident, query("limit")?);
    let setter = limit.setter();
    let next_field = &next.ident;
    let next_page = match optional(&next.ty) {
        Some(_) => quote!(page.#next_field.as_ref()),
        None => quote!(::std::option::Option::Some(&page.#next_field)),
    };
    let (limit, module, constant) = (&limit.ident, builder.module, builder.constant());
    let (name, page) = (builder.name(), format_ident!("{page_name}"));
    let page = quote!(#module::types::#page);
    let (items, size) = (&items.ident, proc_macro2::Literal::u64_unsuffixed(paging.size));
    let many = format!(
        "Every item from here on, page by page as the stream is read. Asks for {} a page unless \
         [`{setter}`](Self::{setter}) says otherwise; from the second page on, the next one is fetched while the last is \
         read.",
        paging.size
    );
    let example = example::of_items(builder.module, operation);
    Ok(vec![parse_quote! {
        impl #name {
            #[doc = #many]
            ///
            #[doc = #example]
            ///
            /// # Errors
            /// The stream ends after the first error of a page.
            pub fn items(self) -> crate::Paged<#item> {
                crate::page::items(self.pages(), |page: #page| page.#items)
            }

            /// The pages from here on, each with its status and headers.
            ///
            /// The stream ends with the page that names no further one, at an empty or repeated cursor, and with a page
            /// that has no items, whatever cursor that has: the documents call the end of a list empty. Where such a page
            /// names another, or a cursor comes twice, a `tracing` event (`WARN`) says so. From the second page on, one is
            /// fetched ahead, and given up with the stream.
            ///
            /// # Errors
            /// The stream ends after the first error of a page.
            pub fn pages(self) -> crate::Paged<::progenitor_client::ResponseValue<#page>> {
                let mut first = self;
                if let ::std::result::Result::Ok(limit @ ::std::option::Option::None) = &mut first.#limit {
                    *limit = ::std::option::Option::Some(#size);
                }
                let start = ::std::clone::Clone::clone(&first.#cursor).ok().flatten();
                crate::page::pages(
                    #constant,
                    start,
                    move |cursor: ::std::option::Option<crate::Cursor>| {
                        let mut next = ::std::clone::Clone::clone(&first);
                        if let ::std::option::Option::Some(cursor) = cursor {
                            next.#cursor = ::std::result::Result::Ok(::std::option::Option::Some(cursor));
                        }
                        next.send()
                    },
                    |page: &#page| crate::page::Position {
                        next: #next_page,
                        empty: page.#items.is_empty(),
                    },
                )
            }
        }
    }])
}
