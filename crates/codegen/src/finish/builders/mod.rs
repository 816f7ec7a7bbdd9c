//! The operations' builders: documented setters that say why they refuse a value, a `send()` that goes through the
//! crate's transport, `pages()` and `items()` where the spec says how an operation pages.
//!
//! Of progenitor's builders two things stay: the types of the fields, and the statements of `send` that build the request.
//! Fields and variables keep the placeholders that progenitor knew; functions have the names that users see.

mod address;
mod paging;
mod request;
mod setters;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Ident, ImplItem, ImplItemFn, Item, ItemStruct, Type, parse_quote};
use unloc_spec::{Operation, Parameter};

use super::{Around, Fields, argument, docs, handles, is, last_name, wants_something};
use crate::names;

/// A field of a builder that a setter fills, and the type inside its `Result`.
struct Field<'a> {
    ident: Ident,
    ty: Type,
    /// The parameter that it holds; the request body otherwise.
    parameter: Option<&'a Parameter>,
}

impl Field<'_> {
    /// The name of the setter.
    fn setter(&self) -> Ident {
        format_ident!("{}", self.parameter.map_or_else(|| "body".to_owned(), names::setter))
    }

    /// The request body's type, where it has a builder.
    fn built(&self) -> Option<String> {
        let Type::Path(path) = &self.ty else { return None };
        let before = path.path.segments.iter().rev().nth(1);
        if self.parameter.is_none() && before?.ident == "builder" { last_name(&self.ty) } else { None }
    }
}

/// One operation, and where it stands among all.
struct Builder<'a> {
    around: &'a Around<'a>,
    operation: &'a Operation,
    place: usize,
    /// The path of the module that the bindings stand in.
    module: &'a syn::Path,
    types: &'a Fields,
}

/// # Errors
/// With the pointer of the operation that it is about.
pub(super) fn finish(
    items: &mut Vec<Item>,
    module: &syn::Path,
    around: &Around<'_>,
    types: &Fields,
) -> Result<(), (String, String)> {
    let generated = std::mem::take(items);
    for (place, operation) in around.operations.iter().enumerate() {
        let at = |what: String| (operation.pointer.clone(), what);
        let name = around.placeholders.builder(place);
        let described = || format!("builder of `{}`", operation.id);
        // pub struct Name<'a> { client: &'a super::Client, parameter: Result<Type, String>, … }
        let fields = generated.iter().find_map(|item| match item {
            Item::Struct(item) if item.ident == name => Some(item),
            _ => None,
        });
        // impl<'a> Name<'a> { pub fn new(…), a setter for each parameter, pub async fn send(self) }
        let block = generated.iter().find_map(|item| match item {
            Item::Impl(block) if last_name(&block.self_ty).is_some_and(|own| own == name) => Some(block),
            _ => None,
        });
        let (item, block) = fields.zip(block).ok_or_else(|| at(described()))?;
        let send = block.items.iter().find_map(|item| match item {
            ImplItem::Fn(function) if function.sig.ident == "send" => Some(function),
            _ => None,
        });
        let builder = Builder { around, operation, place, module, types };
        let fields = builder.fields(item).map_err(at)?;
        items.push(builder.declaration(&fields));
        items.push(builder.debug(&fields));
        items.push(builder.implementation(&fields, send.ok_or_else(|| at(described()))?).map_err(at)?);
        items.extend(paging::items(&builder, &fields).map_err(at)?);
    }
    Ok(())
}

impl Builder<'_> {
    fn name(&self) -> Ident {
        format_ident!("{}", names::builder(self.operation))
    }

    fn constant(&self) -> TokenStream {
        let (module, constant) = (self.module, format_ident!("{}", names::constant(self.operation)));
        quote!(&#module::operations::#constant)
    }

    /// The fields that hold parameters and the body, each of a type `Result<T, String>`.
    fn fields(&self, item: &ItemStruct) -> Result<Vec<Field<'_>>, String> {
        let mut found = Vec::new();
        for field in &item.fields {
            let ident = field.ident.clone().filter(|ident| ident != "client");
            let Some(ident) = ident else { continue };
            let name = ident.to_string();
            let mut parameters = self.operation.parameters.iter().enumerate();
            let parameter = parameters
                .find(|(place, _)| self.around.placeholders.parameter(self.place, *place) == name)
                .map(|(_, parameter)| parameter);
            let ty = argument(&field.ty, "::std::result::Result").cloned();
            match ty.filter(|_| parameter.is_some() || name == "body") {
                Some(ty) => found.push(Field { ident, ty, parameter }),
                None => {
                    return Err(format!("meaning for the field `{name}` of the builder of `{}`", self.operation.id));
                }
            }
        }
        let parameters = found.iter().filter(|field| field.parameter.is_some()).count();
        if parameters != self.operation.parameters.len() {
            return Err(format!("field for each parameter of `{}`", self.operation.id));
        }
        Ok(found)
    }

    fn declaration(&self, fields: &[Field<'_>]) -> Item {
        let (name, module) = (self.name(), self.module);
        let Operation { summary, method, path, client, .. } = self.operation;
        let text = match client {
            Some(client) => handles::documentation(module, self.around.document, client, self.operation),
            None => format!("{}.\n\n`{method} {path}`", docs::safe(summary.trim_end_matches('.'))),
        };
        let fields = fields
            .iter()
            .map(|Field { ident, ty, .. }| quote!(#ident: ::std::result::Result<#ty, ::std::string::String>));
        // The builder owns its client, so that what it sends can be spawned and its streams can be kept.
        parse_quote! {
            #[doc = #text]
            #[must_use = "nothing happens before `send()`"]
            #[derive(Clone)]
            pub struct #name {
                client: ::std::sync::Arc<#module::Client>,
                #(#fields,)*
                options: crate::RequestOptions,
            }
        }
    }

    /// By the names that users know.
    fn debug(&self, fields: &[Field<'_>]) -> Item {
        let (name, text) = (self.name(), names::builder(self.operation));
        let fields = fields.iter().map(|field| {
            let (shown, ident) = (field.setter().to_string(), &field.ident);
            quote!(.field(#shown, &self.#ident))
        });
        parse_quote! {
            impl ::std::fmt::Debug for #name {
                fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                    f.debug_struct(#text) #(#fields)* .field("options", &self.options).finish_non_exhaustive()
                }
            }
        }
    }

    fn implementation(&self, fields: &[Field<'_>], send: &ImplItemFn) -> Result<Item, String> {
        let name = self.name();
        let no_body = fields.iter().find(|field| field.parameter.is_none()).and_then(|body| self.no_body(body));
        let new = self.constructor(fields, no_body.as_deref());
        let setters = fields.iter().flat_map(|field| match field.parameter {
            Some(parameter) => vec![setters::parameter(self.operation, parameter, field)],
            None => setters::body(field, no_body.as_deref(), self.module),
        });
        let (options, request, sending) = (options(), request::request(self, fields, send)?, self.send());
        Ok(parse_quote! {
            impl #name {
                #new
                #(#setters)*
                #options
                #request
                #sending
            }
        })
    }

    /// The type of the request body, built.
    fn body_type(&self, body: &Field<'_>) -> TokenStream {
        match body.built() {
            Some(name) => {
                let (module, name) = (self.module, format_ident!("{name}"));
                quote!(#module::types::#name)
            }
            None => {
                let ty = &body.ty;
                quote!(#ty)
            }
        }
    }

    /// What to say while no body is set: one that says nothing is none where something is required of it.
    fn no_body(&self, body: &Field<'_>) -> Option<String> {
        match body.built() {
            Some(name) => self.types.get(&name).filter(|fields| wants_something(fields)).map(|_| {
                format!("the request body is not set: call `.body(…)` with a `{name}`, which `{name}::builder()` makes")
            }),
            None => {
                let name = last_name(&body.ty).unwrap_or_default();
                Some(format!("the request body is not set: call `.body(…)` with a `{name}`"))
            }
        }
    }

    fn constructor(&self, fields: &[Field<'_>], no_body: Option<&str>) -> ImplItem {
        let module = self.module;
        let values = fields.iter().map(|field| {
            let ident = &field.ident;
            let unset = match (field.parameter, no_body) {
                (None, no_body) => no_body.map(str::to_owned),
                (Some(_), _) if is(&field.ty, "::std::option::Option") => None,
                (Some(parameter), _) => Some(format!("`{}` is not set: call `.{}(…)`", parameter.name, field.setter())),
            };
            match unset {
                Some(unset) => quote!(#ident: ::std::result::Result::Err(::std::borrow::ToOwned::to_owned(#unset))),
                None => quote!(#ident: ::std::result::Result::Ok(::std::default::Default::default())),
            }
        });
        // Neither this nor `__request` can be what a parameter's setter is called: no setter begins so.
        parse_quote! {
            pub(crate) fn __new(client: ::std::sync::Arc<#module::Client>) -> Self {
                Self { client, #(#values,)* options: crate::RequestOptions::new() }
            }
        }
    }

    fn send(&self) -> ImplItem {
        let (module, constant) = (self.module, self.constant());
        let (ty, through): (Type, _) = match &self.operation.success {
            Some(schema) => {
                let name = format_ident!("{}", names::pascal(schema));
                let handwritten = self.around.marks.replaced.get(schema).and_then(|rust| syn::parse_str(rust).ok());
                (handwritten.unwrap_or_else(|| parse_quote!(#module::types::#name)), quote!(send))
            }
            None => (parse_quote!(()), quote!(send_for_nothing)),
        };
        let mut sends = format!("Sends `{} {}`.", self.operation.method, self.operation.path);
        if self.operation.pagination.is_some() {
            // What the service does without `limit` is not documented, so that a whole list cannot be told from a part.
            sends.push_str(
                " Gives one page, which may be a part of the list: without [`limit`](Self::limit) the service decides how \
                 long it is, and may name no next page. [`items`](Self::items) gives the whole list.",
            );
        }
        parse_quote! {
            #[doc = #sends]
            ///
            /// # Errors
            /// Any [`Error`](crate::Error): its [`kind`](crate::Error::kind) says where it arose, its
            /// [`outcome`](crate::Error::outcome) whether the service may have acted.
            pub async fn send(mut self) -> crate::Result<::progenitor_client::ResponseValue<#ty>> {
                let client = ::std::sync::Arc::clone(&self.client);
                let options = ::std::mem::take(&mut self.options);
                crate::transport::#through(&*client, self.__request(), options, #constant).await
            }
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
