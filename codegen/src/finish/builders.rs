//! The operations' builders: documented setters that say why they refuse a value, a `send()` that goes through the
//! crate's transport, `pages()` and `items()` where the spec says how an operation pages.

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote};
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, ImplItem, ImplItemFn, Item, ItemImpl, ItemStruct, Local, Pat, Stmt, Type, parse_quote};
use unloc_spec::{Operation, Parameter};

use super::{Fields, docs, is_time, last_name, optional, refusal, wants_something};
use crate::names;

pub(super) fn finish(items: &mut Vec<Item>, operations: &[Operation], types: &Fields) -> Result<(), String> {
    for operation in operations {
        let name = names::builder(operation);
        let item = items.iter_mut().find_map(|item| match item {
            Item::Struct(item) if item.ident == name => Some(item),
            _ => None,
        });
        let fields = builder_struct(item.ok_or_else(|| format!("builder `{name}`"))?, operation);
        let block = items.iter_mut().find_map(|item| match item {
            Item::Impl(block) if is_for(block, &name) => Some(block),
            _ => None,
        });
        implementation(block.ok_or_else(|| format!("methods of builder `{name}`"))?, operation, &fields, types)?;
        if let Some(paging) = paging(operation, types)? {
            items.extend(paging);
        }
    }
    items.retain(|item| !matches!(item, Item::Use(_)));
    let imports: [Item; 4] = [
        parse_quote!(
            use super::types;
        ),
        parse_quote!(
            use ::progenitor_client::{ClientInfo, ResponseValue};
        ),
        parse_quote!(
            use ::progenitor_client::RequestBuilderExt;
        ),
        // What the generated code maps its errors to while it builds a request.
        parse_quote!(
            use crate::transport::Unbuilt as Error;
        ),
    ];
    items.splice(..0, imports);
    Ok(())
}

fn is_for(block: &ItemImpl, name: &str) -> bool {
    matches!(&*block.self_ty, Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == name))
}

/// Documents the struct; returns the type inside each field's `Result`.
fn builder_struct(item: &mut ItemStruct, operation: &Operation) -> Vec<(syn::Ident, Type)> {
    let text = format!("`{}`: {}.", operation.id, docs::safe(operation.summary.trim_end_matches('.')));
    let sent = format!("`{} {}`", operation.method, operation.path);
    item.attrs.retain(|attr| !attr.path().is_ident("doc"));
    item.attrs.push(parse_quote!(#[doc = #text]));
    item.attrs.push(parse_quote!(#[doc = ""]));
    item.attrs.push(parse_quote!(#[doc = #sent]));
    item.attrs.push(parse_quote!(#[must_use = "nothing happens before `send()`"]));
    let inner = |ty: &Type| match ty {
        Type::Path(path) => match &path.path.segments.last()?.arguments {
            syn::PathArguments::AngleBracketed(arguments) => match arguments.args.first()? {
                syn::GenericArgument::Type(inner) => Some(inner.clone()),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    };
    // The builder owns its client, so that what it sends can be spawned and its streams can be kept.
    item.generics = syn::Generics::default();
    for field in item.fields.iter_mut().filter(|field| field.ident.as_ref().is_some_and(|ident| ident == "client")) {
        field.ty = parse_quote!(::std::sync::Arc<super::Client>);
    }
    let named = item.fields.iter().filter(|field| field.ident.as_ref().is_some_and(|ident| ident != "client"));
    let found = named.filter_map(|field| Some((field.ident.clone()?, inner(&field.ty)?))).collect();
    if let syn::Fields::Named(fields) = &mut item.fields {
        fields.named.push(parse_quote!(options: crate::RequestOptions));
    }
    found
}

fn implementation(
    block: &mut ItemImpl,
    operation: &Operation,
    fields: &[(syn::Ident, Type)],
    types: &Fields,
) -> Result<(), String> {
    let mut send = None;
    // A body that says nothing is none where something is required of it.
    let body = fields.iter().find(|(ident, _)| ident == "body").and_then(|(_, ty)| last_name(ty));
    let no_body = body.filter(|name| types.get(name).is_some_and(|fields| wants_something(fields))).map(|name| {
        format!("the request body is not set: call `.body(…)` with a `{name}`, which `{name}::builder()` makes")
    });
    block.generics = syn::Generics::default();
    let name = format_ident!("{}", names::builder(operation));
    block.self_ty = parse_quote!(#name);
    for item in std::mem::take(&mut block.items) {
        let ImplItem::Fn(mut function) = item else { continue };
        match function.sig.ident.to_string().as_str() {
            "new" => block.items.push(new(operation, fields, no_body.as_deref())),
            "send" => send = Some(function),
            "body" | "body_map" => {
                docs_of_body(&mut function);
                if let (Some(no_body), "body_map") = (&no_body, function.sig.ident.to_string().as_str()) {
                    function.block = parse_quote!({
                        self.body = match self.body {
                            Err(what) if what == #no_body => Ok(f(::std::default::Default::default())),
                            body => body.map(f),
                        };
                        self
                    });
                }
                block.items.push(ImplItem::Fn(function));
            }
            name => {
                let parameter = operation.parameters.iter().find(|parameter| names::setter(parameter) == name);
                let field = fields.iter().find(|(ident, _)| ident == name);
                let ((_, ty), parameter) = field.zip(parameter).ok_or_else(|| format!("parameter `{name}`"))?;
                block.items.push(setter(operation, parameter, ty));
            }
        }
    }
    let send = send.ok_or_else(|| format!("function `send` of `{}`", operation.id))?;
    block.items.push(options());
    block.items.extend(sending(operation, send)?);
    Ok(())
}

fn new(operation: &Operation, fields: &[(syn::Ident, Type)], no_body: Option<&str>) -> ImplItem {
    let values = fields.iter().map(|(ident, ty)| {
        let parameter = operation.parameters.iter().find(|parameter| ident == names::setter(parameter).as_str());
        match parameter {
            None if ident == "body" && no_body.is_some() => quote!(#ident: Err(#no_body.to_owned())),
            None => quote!(#ident: Ok(::std::default::Default::default())),
            Some(_) if optional(ty).is_some() => quote!(#ident: Ok(None)),
            Some(parameter) => {
                let message = format!("`{}` is not set: call `.{ident}(…)`", parameter.name);
                quote!(#ident: Err(#message.to_owned()))
            }
        }
    });
    parse_quote! {
        pub(crate) fn new(client: ::std::sync::Arc<super::Client>) -> Self {
            Self { client, #(#values,)* options: crate::RequestOptions::new() }
        }
    }
}

/// What concerns the call and not the operation.
fn options() -> ImplItem {
    parse_quote! {
        /// Times, repeats and headers of this call; what is left open is as the client's.
        pub fn options(mut self, options: crate::RequestOptions) -> Self {
            self.options = options;
            self
        }
    }
}

fn setter(operation: &Operation, parameter: &Parameter, ty: &Type) -> ImplItem {
    let name = format_ident!("{}", names::setter(parameter));
    let inner = optional(ty).unwrap_or(ty);
    let some = optional(ty).map(|_| quote!(.map(Some)));
    let text = docs::safe(&parameter.description);
    let refused = refusal(&parameter.name, inner);
    let cut = is_time(inner).then(|| quote!(.map(crate::lenient::Cut::cut)));
    // Another value than the client's would not fit its token.
    let visibility: syn::Visibility =
        if operation.is_filled_in(parameter) { parse_quote!(pub(crate)) } else { parse_quote!(pub) };
    parse_quote! {
        #[doc = #text]
        #visibility fn #name<V>(mut self, value: V) -> Self
        where
            V: ::std::convert::TryInto<#inner>,
            V::Error: ::std::fmt::Display,
        {
            self.#name = value.try_into()#cut #some.map_err(#refused);
            self
        }
    }
}

fn docs_of_body(function: &mut ImplItemFn) {
    let text = if function.sig.ident == "body" {
        "The request body: a value, or a builder of one."
    } else {
        "Changes the request body through its builder."
    };
    function.attrs.push(parse_quote!(#[doc = #text]));
    // A missing property explains itself; the name of a Rust type would not help.
    struct Plain;
    impl VisitMut for Plain {
        fn visit_macro_mut(&mut self, call: &mut syn::Macro) {
            if call.path.is_ident("format") {
                call.tokens = quote!("{s}");
            }
        }
    }
    Plain.visit_impl_item_fn_mut(function);
}

/// Splits progenitor's `send` in two: what builds the request stays, what sends it and reads the answer is ours.
fn sending(operation: &Operation, send: ImplItemFn) -> Result<Vec<ImplItem>, String> {
    let end = send.block.stmts.iter().position(|stmt| is_local(stmt, "info"));
    let end = end.ok_or_else(|| format!("end of the request of `{}`", operation.id))?;
    let mut building: Vec<Stmt> = Vec::new();
    for stmt in send.block.stmts.into_iter().take(end) {
        if is_local(&stmt, "url") {
            building.push(url(operation));
        } else if let Some(parts) = without_options(&stmt) {
            building.push(parts);
        } else if !mentions(stmt.to_token_stream(), "\"api-version\"") {
            // The generator adds that header to every request, and this service does not know it.
            building.push(stmt);
        }
    }
    without_empty_map(&mut building);
    let constant = format_ident!("{}", names::constant(operation));
    let (ty, through): (Type, _) = match &operation.success {
        Some(schema) => {
            let name = format_ident!("{}", names::pascal(schema));
            (parse_quote!(types::#name), quote!(send))
        }
        None => (parse_quote!(()), quote!(send_for_nothing)),
    };
    let mut sends = format!("Sends `{} {}`.", operation.method, operation.path);
    if operation.pagination.is_some() {
        // What the service does without `limit` is not documented, so that a whole list cannot be told from a part.
        sends.push_str(
            " Gives one page, which may be a part of the list: without [`limit`](Self::limit) the service decides how \
             long it is, and may name no next page. [`items`](Self::items) gives the whole list.",
        );
    }
    let mut request: ImplItemFn = parse_quote! {
        #[allow(unused_mut)]
        fn request(self) -> Result<::reqwest::Request, Error> {
            Ok(request)
        }
    };
    request.block.stmts.splice(..0, building);
    Ok(vec![
        ImplItem::Fn(request),
        parse_quote! {
            #[doc = #sends]
            ///
            /// # Errors
            /// Any [`Error`](crate::Error): its [`kind`](crate::Error::kind) says where it arose, its
            /// [`outcome`](crate::Error::outcome) whether the service may have acted.
            pub async fn send(mut self) -> crate::Result<ResponseValue<#ty>> {
                let client = ::std::sync::Arc::clone(&self.client);
                let options = ::std::mem::take(&mut self.options);
                let request = self.request();
                crate::transport::#through(&*client, request, options, &super::operations::#constant).await
            }
        },
    ])
}

/// Drops the map of headers where nothing is put into it: it would be made, with room, for every call.
fn without_empty_map(building: &mut Vec<Stmt>) {
    const MAP: &str = "header_map";
    struct Unmapped;
    impl VisitMut for Unmapped {
        fn visit_expr_mut(&mut self, expr: &mut Expr) {
            visit_mut::visit_expr_mut(self, expr);
            if let Expr::MethodCall(call) = expr
                && call.method == "headers"
            {
                *expr = (*call.receiver).clone();
            }
        }
    }
    let made = building.iter().position(|stmt| is_local(stmt, MAP));
    // One statement makes it, and one gives it to the request.
    if let Some(made) =
        made.filter(|_| building.iter().filter(|stmt| mentions(stmt.to_token_stream(), MAP)).count() == 2)
    {
        building.remove(made);
        building.iter_mut().filter(|stmt| is_local(stmt, "request")).for_each(|stmt| Unmapped.visit_stmt_mut(stmt));
    }
}

fn is_local(stmt: &Stmt, name: &str) -> bool {
    matches!(stmt, Stmt::Local(Local { pat: Pat::Ident(pattern), .. }) if pattern.ident == name)
}

/// Whether this literal or name stands among the tokens, however deep.
fn mentions(tokens: TokenStream, text: &str) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Group(group) => mentions(group.stream(), text),
        TokenTree::Literal(found) => found.to_string() == text,
        TokenTree::Ident(found) => found == text,
        TokenTree::Punct(_) => false,
    })
}

/// The statement that takes a builder apart, which the request does not need the options of.
fn without_options(stmt: &Stmt) -> Option<Stmt> {
    let Stmt::Local(local) = stmt else { return None };
    let mut local = local.clone();
    let Pat::Struct(parts) = &mut local.pat else { return None };
    parts.rest = Some(syn::PatRest { attrs: Vec::new(), dot2_token: Default::default() });
    Some(Stmt::Local(local))
}

/// The address, put together at once: its length is known before its first byte.
fn url(operation: &Operation) -> Stmt {
    let parts = operation.path.split(['{', '}']).enumerate().filter(|(_, part)| !part.is_empty());
    let parts = parts.map(|(index, part)| {
        if index % 2 == 0 {
            return quote!(#part);
        }
        let ident = format_ident!("{}", names::snake(part));
        quote!(&crate::path::segment(#part, &#ident)?)
    });
    parse_quote!(let url = [client.baseurl.as_str(), #(#parts),*].concat();)
}

/// `items()` and `pages()`, and what they need to know of the page's type.
fn paging(operation: &Operation, types: &Fields) -> Result<Option<Vec<Item>>, String> {
    let (Some(paging), Some(schema)) = (&operation.pagination, &operation.success) else { return Ok(None) };
    let page_name = names::pascal(schema);
    let fields = types.get(&page_name).ok_or_else(|| format!("type `{page_name}`"))?;
    let field = |property: &str| {
        let found = fields.iter().find(|field| field.property == property);
        found.ok_or_else(|| format!("field `{property}` of `{page_name}`"))
    };
    let (items, next) = (field(&paging.items)?, field(&paging.cursor)?);
    let item = match &items.ty {
        Type::Path(path) => path.path.segments.last().map(|segment| segment.arguments.clone()),
        _ => None,
    };
    let Some(syn::PathArguments::AngleBracketed(arguments)) = item else {
        return Err(format!("list `{}` of `{page_name}`", paging.items));
    };
    let Some(syn::GenericArgument::Type(item)) = arguments.args.first() else {
        return Err(format!("type of the items of `{page_name}`"));
    };
    let Type::Path(item) = item else { return Err(format!("name of the items of `{page_name}`")) };
    let item = &item.path;
    let page = format_ident!("{page_name}");
    let builder = format_ident!("{}", names::builder(operation));
    let cursor = format_ident!("{}", names::snake(&paging.cursor));
    let (items, next, size) = (&items.ident, &next.ident, proc_macro2::Literal::u64_unsuffixed(paging.size));
    let constant = format_ident!("{}", names::constant(operation));
    let many = format!(
        "Every item from here on, page by page as the stream is read. Asks for {} a page unless \
         [`limit`](Self::limit) says otherwise; from the second page on, the next one is fetched while the last is read.",
        paging.size
    );
    let example = super::example::of_items(operation);
    Ok(Some(vec![parse_quote! {
        impl #builder {
            #[doc = #many]
            ///
            #[doc = #example]
            ///
            /// # Errors
            /// The stream ends after the first error of a page.
            pub fn items(self) -> crate::Paged<types::#item> {
                crate::page::items(self.pages(), |page: types::#page| page.#items)
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
            pub fn pages(self) -> crate::Paged<ResponseValue<types::#page>> {
                let mut first = self;
                if let Ok(limit @ None) = &mut first.limit {
                    *limit = Some(#size);
                }
                let start = first.#cursor.clone().ok().flatten();
                crate::page::pages(
                    &super::operations::#constant,
                    start,
                    move |cursor: Option<crate::Cursor>| {
                        let mut next = first.clone();
                        if let Some(cursor) = cursor {
                            next.#cursor = Ok(Some(cursor));
                        }
                        next.send()
                    },
                    |page: &types::#page| crate::page::Position {
                        next: page.#next.as_ref(),
                        empty: page.#items.is_empty(),
                    },
                )
            }
        }
    }]))
}
