//! Writes the builders of operations.
//!
//! Each has documented setters for the parameters and for the properties of the request body, and a `send()` that goes
//! through the crate's pipeline. A paginated operation also gets `pages()` and `items()`.
//!
//! Two things of progenitor's builders stay: the types of the fields, and the statements of `send` that build the
//! request. Fields and variables keep their placeholders; functions get the names that users see.

mod address;
pub(super) mod filter;
mod paging;
mod request;
mod sending;
mod setters;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Ident, ImplItem, ImplItemFn, Item, ItemStruct, Type, parse_quote};
use unloc_spec::{Operation, Parameter};

use super::{Context, Fields, argument, clients, docs, is, last_name};
use crate::names;

/// Holds the paths of the modules for the types and for the builders.
pub(super) struct Paths<'a> {
    pub(super) model: &'a syn::Path,
    pub(super) client: &'a syn::Path,
}

/// Describes a field of a builder that a setter fills.
struct Field<'a> {
    ident: Ident,
    /// Is the type inside the field's `Result`.
    ty: Type,
    /// Is the parameter that the field holds, or `None` for the request body.
    parameter: Option<&'a Parameter>,
}

impl Field<'_> {
    /// Returns the name of the setter.
    fn setter(&self) -> Ident {
        format_ident!("{}", self.parameter.map_or_else(|| "body".to_owned(), names::setter))
    }

    /// Returns the name of the request body's type, if that has a builder.
    ///
    /// progenitor's field is then `body: Result<types::builder::Lock, String>`, and `Result<types::Count, String>`
    /// otherwise.
    fn built(&self) -> Option<String> {
        let Type::Path(path) = &self.ty else { return None };
        let before = path.path.segments.iter().rev().nth(1);
        if self.parameter.is_none() && before?.ident == "builder" { last_name(&self.ty) } else { None }
    }
}

/// Writes the builder of one operation.
struct Builder<'a> {
    context: &'a Context<'a>,
    operation: &'a Operation,
    /// Is the operation's index, from which its placeholders are derived.
    place: usize,
    paths: &'a Paths<'a>,
    types: &'a Fields,
}

/// Replaces progenitor's builders with those of `unloc`.
///
/// # Errors
/// Returns what is missing in progenitor's output, with the pointer of the operation that needs it.
pub(super) fn finish(
    items: &mut Vec<Item>,
    paths: &Paths<'_>,
    context: &Context<'_>,
    types: &Fields,
) -> Result<(), (String, String)> {
    // Everything else in the module goes: nothing of progenitor's builders is public.
    let generated = std::mem::take(items);
    for (place, operation) in context.operations.iter().enumerate() {
        let at = |what: String| (operation.pointer.clone(), what);
        let name = context.placeholders.builder(place);
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
        // pub async fn send(self) -> Result<ResponseValue<types::Lock>, Error<()>> { … }, of which `request` reads the
        // statements
        let send = block.items.iter().find_map(|item| match item {
            ImplItem::Fn(function) if function.sig.ident == "send" => Some(function),
            _ => None,
        });
        let builder = Builder { context, operation, place, paths, types };
        let fields = builder.fields(item).map_err(at)?;
        items.push(builder.declaration(&fields));
        items.push(builder.debug(&fields));
        items.push(builder.implementation(&fields, send.ok_or_else(|| at(described()))?).map_err(at)?);
        items.extend(filter::items(&builder, &fields));
        items.extend(paging::items(&builder, &fields).map_err(at)?);
    }
    let calls = context.operations.iter().enumerate().map(|(place, operation)| {
        let builder = Builder { context, operation, place, paths, types };
        let (constant, name) = (builder.constant(), builder.name());
        quote!((#constant, #name::__call))
    });
    items.push(parse_quote! {
        /// Lists the calls with types, for the tests that compare them with dynamic calls.
        #[cfg(all(test, feature = "dynamic"))]
        pub(crate) static __CALLS: &[(&crate::model::Operation, crate::client::dynamic::tests::TypedCall)] = &[#(#calls),*];
    });
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

    /// Finds the fields that hold parameters and the body, each of a type `Result<T, String>`.
    ///
    /// `placeholderp000003: Result<Option<i32>, String>` is a parameter, and `body: Result<types::builder::Lock,
    /// String>` the request body. Any other field means that progenitor has changed.
    fn fields(&self, item: &ItemStruct) -> Result<Vec<Field<'_>>, String> {
        let mut found = Vec::new();
        for field in &item.fields {
            // client: &'a super::Client, for which `declaration` has a client of our own.
            let ident = field.ident.clone().filter(|ident| ident != "client");
            let Some(ident) = ident else { continue };
            let name = ident.to_string();
            let mut parameters = self.operation.parameters.iter().enumerate();
            let parameter = parameters
                .find(|(place, _)| self.context.placeholders.parameter(self.place, *place) == name)
                .map(|(_, parameter)| parameter);
            let ty = argument(&field.ty, "::std::result::Result").cloned();
            match ty.filter(|_| parameter.is_some() || name == "body") {
                Some(ty) => found.push(Field { ident, ty, parameter }),
                None => {
                    return Err(format!(
                        "known meaning for the field `{name}` in the builder of `{}`",
                        self.operation.id
                    ));
                }
            }
        }
        // progenitor must not have dropped a parameter: the call would be sent without it.
        let parameters = found.iter().filter(|field| field.parameter.is_some()).count();
        if parameters != self.operation.parameters.len() {
            return Err(format!("field for each parameter of `{}`", self.operation.id));
        }
        Ok(found)
    }

    /// Returns the struct of the builder.
    fn declaration(&self, fields: &[Field<'_>]) -> Item {
        let name = self.name();
        let Operation { summary, method, path, client, .. } = self.operation;
        let text = match client {
            Some(client) => clients::documentation(self.paths.client, self.context, client, self.operation),
            // No client offers it, as with the token request, which only the SDK sends.
            None => format!("{}.\n\nSends `{method} {path}`.", docs::safe(summary.trim_end_matches('.'))),
        };
        let fields = fields.iter().map(|field| {
            let (ident, ty) = (&field.ident, &field.ty);
            match self.built(field) {
                // The body's builder itself, so that setters of its properties can be called in any order.
                Some(builder) => quote!(#ident: #builder),
                None => quote!(#ident: ::std::result::Result<#ty, ::std::string::String>),
            }
        });
        // Says that the call is to act on everything. No setter has two underscores in front.
        let all = self.operation.required_filter.is_some().then(|| quote!(__all: bool,));
        // The builder owns its client, where progenitor's borrows it: its futures can be spawned, and its streams
        // stored.
        parse_quote! {
            #[doc = #text]
            #[must_use = "nothing happens before `send()`"]
            #[derive(Clone)]
            pub struct #name {
                client: ::std::sync::Arc<crate::http::ApiClient>,
                #(#fields,)*
                #all
                options: crate::http::RequestOptions,
            }
        }
    }

    /// Returns the `impl` of `Debug`, which shows the names that users know instead of placeholders.
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

    /// Returns the inherent `impl` of the builder.
    fn implementation(&self, fields: &[Field<'_>], send: &ImplItemFn) -> Result<Item, String> {
        let name = self.name();
        let new = self.constructor(fields);
        let setters = fields.iter().flat_map(|field| match field.parameter {
            Some(parameter) => vec![setters::parameter(self, parameter, field)],
            None => setters::body(self, field),
        });
        let setters: Vec<_> = setters.chain(filter::setter(self, fields)).collect();
        let (options, request, sending) =
            (options(), request::request(self, fields, send)?, sending::items(self, fields)?);
        let call = self.call(fields);
        Ok(parse_quote! {
            impl #name {
                #new
                #(#setters)*
                #options
                #request
                #call
                #(#sending)*
            }
        })
    }

    /// Returns `__call`, which makes the call with JSON arguments: tests compare it with the dynamic call.
    fn call(&self, fields: &[Field<'_>]) -> ImplItem {
        let set = fields.iter().map(|field| {
            let ident = &field.ident;
            match field.parameter {
                Some(Parameter { name, .. }) => quote! {
                    if let ::std::option::Option::Some(value) = arguments.take(#name) {
                        builder.#ident = ::std::result::Result::Ok(value);
                    }
                },
                None => {
                    let (setter, ty) = (field.setter(), self.body_type(field));
                    quote!(builder = builder.#setter(arguments.rest::<#ty>());)
                }
            }
        });
        let all = self.operation.required_filter.as_ref().map(|filter| {
            let name = &filter.all;
            quote!(builder.__all = arguments.take(#name).unwrap_or(false);)
        });
        parse_quote! {
            #[cfg(all(test, feature = "dynamic"))]
            #[allow(unused_variables)]
            pub(crate) fn __call(
                client: ::std::sync::Arc<crate::http::ApiClient>,
                mut arguments: crate::client::dynamic::tests::Arguments,
            ) -> crate::client::dynamic::tests::TypedResponse {
                let mut builder = Self::__new(client);
                #all
                #(#set)*
                ::std::boxed::Box::pin(async move {
                    let response = builder.send_with_response().await?;
                    ::std::result::Result::Ok(crate::client::dynamic::tests::json(response))
                })
            }
        }
    }

    /// Returns the type of the request body's builder, if there is one.
    fn built(&self, body: &Field<'_>) -> Option<Type> {
        let (model, name) = (self.paths.model, format_ident!("{}", body.built()?));
        Some(parse_quote!(#model::types::builder::#name))
    }

    /// Returns the type of the finished request body.
    fn body_type(&self, body: &Field<'_>) -> Type {
        match body.built() {
            Some(name) => {
                let (model, name) = (self.paths.model, format_ident!("{name}"));
                parse_quote!(#model::types::#name)
            }
            None => body.ty.clone(),
        }
    }

    /// Returns `__new`, which starts with the errors for required values that are not set.
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
        let all = self.operation.required_filter.is_some().then(|| quote!(__all: false,));
        // `__new` and `__request` cannot collide with a setter: `x-rust-name` and heck give no name with two
        // underscores.
        parse_quote! {
            pub(crate) fn __new(client: ::std::sync::Arc<crate::http::ApiClient>) -> Self {
                Self { client, #(#values,)* #all options: crate::http::RequestOptions::new() }
            }
        }
    }
}

/// Returns the setter of options that concern the call and not the operation.
fn options() -> ImplItem {
    parse_quote! {
        /// Sets timeouts, retries and headers of this call. Options that are not set keep the client's values.
        pub fn options(mut self, options: crate::http::RequestOptions) -> Self {
            self.options = options;
            self
        }
    }
}
