//! The operations' builders: documented setters of parameters and of the request body's properties, a `send()` that goes
//! through the crate's pipeline, `pages()` and `items()` where the spec says how an operation pages.
//!
//! Of progenitor's builders two things stay: the types of the fields, and the statements of `send` that build the request.
//! Fields and variables keep the placeholders that progenitor knew; functions have the names that users see.

mod address;
mod paging;
mod request;
mod sending;
mod setters;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Ident, ImplItem, ImplItemFn, Item, ItemStruct, Type, parse_quote};
use unloc_spec::{Operation, Parameter};

use super::{Around, Fields, argument, docs, handles, is, last_name};
use crate::names;

/// Where the types stand, and where the builders.
pub(super) struct Paths<'a> {
    pub(super) model: &'a syn::Path,
    pub(super) client: &'a syn::Path,
}

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
    paths: &'a Paths<'a>,
    types: &'a Fields,
}

/// # Errors
/// With the pointer of the operation that it is about.
pub(super) fn finish(
    items: &mut Vec<Item>,
    paths: &Paths<'_>,
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
        let builder = Builder { around, operation, place, paths, types };
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
        let (model, constant) = (self.paths.model, format_ident!("{}", names::constant(self.operation)));
        quote!(&#model::operations::#constant)
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
        let name = self.name();
        let Operation { summary, method, path, client, .. } = self.operation;
        let text = match client {
            Some(client) => handles::documentation(self.paths.client, self.around, client, self.operation),
            None => format!("{}.\n\n`{method} {path}`", docs::safe(summary.trim_end_matches('.'))),
        };
        let fields = fields.iter().map(|field| {
            let (ident, ty) = (&field.ident, &field.ty);
            match self.built(field) {
                Some(builder) => quote!(#ident: #builder),
                None => quote!(#ident: ::std::result::Result<#ty, ::std::string::String>),
            }
        });
        // The builder owns its client, so that what it sends can be spawned and its streams can be kept.
        parse_quote! {
            #[doc = #text]
            #[must_use = "nothing happens before `send()`"]
            #[derive(Clone)]
            pub struct #name {
                client: ::std::sync::Arc<crate::http::ApiClient>,
                #(#fields,)*
                options: crate::http::RequestOptions,
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
        let new = self.constructor(fields);
        let setters = fields.iter().flat_map(|field| match field.parameter {
            Some(parameter) => vec![setters::parameter(self, parameter, field)],
            None => setters::body(self, field),
        });
        let setters: Vec<_> = setters.collect();
        let (options, request, sending) =
            (options(), request::request(self, fields, send)?, sending::items(self, fields)?);
        Ok(parse_quote! {
            impl #name {
                #new
                #(#setters)*
                #options
                #request
                #(#sending)*
            }
        })
    }

    /// The builder of the request body, where that has one.
    fn built(&self, body: &Field<'_>) -> Option<Type> {
        let (model, name) = (self.paths.model, format_ident!("{}", body.built()?));
        Some(parse_quote!(#model::types::builder::#name))
    }

    /// The type of the request body, built.
    fn body_type(&self, body: &Field<'_>) -> Type {
        match body.built() {
            Some(name) => {
                let (model, name) = (self.paths.model, format_ident!("{name}"));
                parse_quote!(#model::types::#name)
            }
            None => body.ty.clone(),
        }
    }

    fn constructor(&self, fields: &[Field<'_>]) -> ImplItem {
        let values = fields.iter().map(|field| {
            let ident = &field.ident;
            let unset = match field.parameter {
                None if field.built().is_some() => return quote!(#ident: ::std::default::Default::default()),
                None => {
                    let name = last_name(&field.ty).unwrap_or_default();
                    Some(format!("the request body is not set: call `.body(…)` with a `{name}`"))
                }
                Some(_) if is(&field.ty, "::std::option::Option") => None,
                Some(parameter) => Some(format!("`{}` is not set: call `.{}(…)`", parameter.name, field.setter())),
            };
            match unset {
                Some(unset) => quote!(#ident: ::std::result::Result::Err(::std::borrow::ToOwned::to_owned(#unset))),
                None => quote!(#ident: ::std::result::Result::Ok(::std::default::Default::default())),
            }
        });
        // Neither this nor `__request` can be what a parameter's setter is called: no setter begins so.
        parse_quote! {
            pub(crate) fn __new(client: ::std::sync::Arc<crate::http::ApiClient>) -> Self {
                Self { client, #(#values,)* options: crate::http::RequestOptions::new() }
            }
        }
    }
}

/// What concerns the call and not the operation.
fn options() -> ImplItem {
    parse_quote! {
        /// Sets timeouts, retries and headers of this call; what is left open is as the client's.
        pub fn options(mut self, options: crate::http::RequestOptions) -> Self {
            self.options = options;
            self
        }
    }
}
