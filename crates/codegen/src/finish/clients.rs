//! Writes the functions of the clients, each of which starts one operation.
//!
//! progenitor writes a function for each operation on a client of its own,
//!
//! ```text
//! impl Client { pub fn get_lock(&self) -> builder::GetLock<'_> { builder::GetLock::new(self) } … }
//! ```
//!
//! which `finish` drops. The functions of the clients that the spec declares replace them. They create the builders
//! through `__new`, which `builders` writes. Nothing of progenitor's output is changed here.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;
use syn::{Ident, ImplItem, Item, parse_quote};
use unloc_spec::echoes::echoes;
use unloc_spec::{Client, Document, Operation, Position};

use super::builders::{Paths, filter};
use super::{Context, docs, example, optional_item};
use crate::names;

/// Names the operation that returns tokens, in the specs that have one.
const TOKEN_OPERATION: &str = "getToken";

/// Returns the functions of each client, and a module `clients` with the clients that are not written by hand.
pub(super) fn items(paths: &Paths<'_>, context: &Context<'_>) -> Vec<Item> {
    let Context { document, operations, made, .. } = context;
    let (mut items, mut structs) = (Vec::new(), Vec::<Item>::new());
    for client in Client::all(&document.value) {
        let mut offered: Vec<_> =
            operations.iter().filter(|operation| operation.client.as_ref() == Some(&client)).collect();
        // rustdoc shows functions in the order of the source.
        offered.sort_by_key(|operation| reading_order(document, operation));
        let methods = offered.into_iter().map(|operation| method(paths.client, context, &client, operation));
        let (name, text) = (format_ident!("{}", client.name), docs::safe(&client.description));
        let path: syn::Path = if made.contains(&client.name) {
            structs.extend(declaration(paths, context, &client));
            let own = paths.client;
            parse_quote!(#own::clients::#name)
        } else {
            parse_quote!(crate::client::#name)
        };
        let mut functions = parse_quote! {
            #[doc = #text]
            impl #path { #(#methods)* }
        };
        if context.is_optional {
            optional_item(&mut functions);
        }
        items.push(functions);
    }
    // Written even if it is empty: `modules` in `lib.rs` exports it with a glob.
    items.push(parse_quote! {
        /// Holds the clients that the code generator writes.
        pub mod clients { #(#structs)* }
    });
    items
}

/// Returns the order in which readers of the spec meet an operation: by its first tag in the order of `tags`, then by
/// line.
fn reading_order(document: &Document, operation: &Operation) -> (usize, Option<Position>) {
    let tag = document.value.pointer(&format!("{}/tags/0", operation.pointer));
    let tags = document.value.get("tags").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let place = tags.iter().position(|declared| declared.get("name").is_some_and(|name| Some(name) == tag));
    // An operation without a declared tag comes last.
    (place.unwrap_or(tags.len()), document.position(&operation.pointer))
}

/// Returns the struct of a client that is not written by hand. It holds the transport, and the values of the path
/// parameters that it fills in.
fn declaration(paths: &Paths<'_>, context: &Context<'_>, client: &Client) -> Vec<Item> {
    let (module, name, text) = (paths.model, format_ident!("{}", client.name), docs::safe(&client.description));
    let fields: Vec<_> =
        client.parameters.iter().map(|parameter| format_ident!("{}", names::snake(parameter))).collect();
    let getters = client.parameters.iter().zip(&fields).map(|(parameter, field)| {
        let text = format!("Returns the `{parameter}` that this client sends with each call.");
        quote! {
            #[doc = #text]
            #[must_use]
            pub fn #field(&self) -> &str {
                &self.#field
            }
        }
    });
    let (shown, parameters, start) = (&client.name, &client.parameters, start(paths, context, client, &fields));
    vec![
        parse_quote! {
            #[doc = #text]
            #[derive(Clone)]
            pub struct #name {
                client: ::std::sync::Arc<crate::http::ApiClient>,
                #(#fields: ::std::string::String,)*
            }
        },
        parse_quote! {
            impl #name {
                #start

                pub(crate) fn __new(
                    client: ::std::sync::Arc<crate::http::ApiClient>,
                    #(#fields: impl ::std::convert::Into<::std::string::String>,)*
                ) -> Self {
                    Self { client, #(#fields: ::std::convert::Into::into(#fields),)* }
                }

                #(#getters)*

                /// Returns this client with other options for all its calls. Options that are not set stay as they are.
                /// Tokens, connections and the retry budget are shared.
                #[must_use]
                pub fn with_options(&self, options: crate::http::RequestOptions) -> Self {
                    let client = ::std::sync::Arc::new(self.client.with_options(options));
                    Self { client, ..::std::clone::Clone::clone(self) }
                }

                /// Calls an operation by its name: see [`DynamicCall`](crate::dynamic::DynamicCall).
                #[cfg(feature = "dynamic")]
                pub fn call(
                    &self,
                    operation: &str,
                    arguments: impl ::std::convert::Into<::serde_json::Value>,
                ) -> crate::client::dynamic::DynamicCall {
                    let filled_in = ::std::vec![#((#parameters, ::std::clone::Clone::clone(&self.#fields))),*];
                    let client = crate::client::dynamic::Caller::new(#shown, #module::TABLES, self.client(), filled_in);
                    client.call(operation, ::std::convert::Into::into(arguments))
                }

                pub(crate) fn client(&self) -> ::std::sync::Arc<crate::http::ApiClient> {
                    ::std::sync::Arc::clone(&self.client)
                }
            }
        },
        // Not derived: path parameters can be phone numbers, which must not show in logs.
        parse_quote! {
            impl ::std::fmt::Debug for #name {
                fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                    f.debug_struct(#shown).finish_non_exhaustive()
                }
            }
        },
    ]
}

/// Returns what the client starts with: a public constructor, or the scopes for the handwritten client that makes it.
fn start(paths: &Paths<'_>, context: &Context<'_>, client: &Client, fields: &[Ident]) -> TokenStream {
    if let Some(parent) = &client.parent {
        let (own, ty, variable) = (paths.client, format_ident!("{parent}"), format_ident!("{}", names::snake(parent)));
        let text = format!("Creates a client that shares the tokens, connections and options of a [`{parent}`].");
        return quote! {
            #[doc = #text]
            #[must_use]
            pub fn new(
                #variable: &#own::clients::#ty,
                #(#fields: impl ::std::convert::Into<::std::string::String>,)*
            ) -> Self {
                Self::__new(#variable.client(), #(#fields),*)
            }
        };
    }
    // An API with token requests of its own has a handwritten client that makes them.
    if context.operations.iter().any(|operation| operation.id == TOKEN_OPERATION) {
        let requests = client.tokens.iter().map(|token| {
            let scopes = match &token.scope {
                Some(scope) => quote!(crate::auth::scope::Scopes::from(#scope.parse::<crate::auth::scope::Scope>()?)),
                None => quote!(crate::auth::scope::Scopes::unscoped()),
            };
            let further = token.fields.iter().map(|(name, parameter)| {
                let value = format_ident!("{}", names::snake(parameter));
                quote!(.with_field(#name, #value)?)
            });
            quote!(#scopes #(#further)*)
        });
        return quote! {
            /// Returns the scopes of each token request of the spec.
            pub(crate) fn __scopes(
                #(#fields: &str,)*
            ) -> crate::error::Result<::std::vec::Vec<crate::auth::scope::Scopes>> {
                ::std::result::Result::Ok(::std::vec![#(#requests),*])
            }
        };
    }
    let module = paths.model;
    quote! {
        /// Creates a client whose calls carry tokens for these scopes, with the settings of `unloc`.
        ///
        /// # Errors
        /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) if the spec names no server for the
        /// environment.
        pub fn new(
            unloc: &crate::client::Unloc,
            #(#fields: impl ::std::convert::Into<::std::string::String>,)*
            scopes: impl ::std::convert::Into<crate::auth::scope::Scopes>,
        ) -> crate::error::Result<Self> {
            let client = unloc.for_api(#module::SERVERS, ::std::convert::Into::into(scopes))?;
            ::std::result::Result::Ok(Self::__new(::std::sync::Arc::new(client), #(#fields),*))
        }
    }
}

/// Returns the function of a client that starts an operation.
fn method(module: &syn::Path, context: &Context<'_>, client: &Client, operation: &Operation) -> ImplItem {
    let (function, builder) =
        (format_ident!("{}", names::function(operation)), format_ident!("{}", names::builder(operation)));
    let text = documentation(module, context, client, operation);
    let filled_in =
        operation.parameters.iter().filter(|parameter| operation.is_filled_in(parameter)).map(|parameter| {
            // `x-rust-name` renames the setter. The client's getter keeps the parameter's own name.
            let (setter, value) = (names::setter(parameter), names::snake(&parameter.name));
            let (setter, value) = (format_ident!("{setter}"), format_ident!("{value}"));
            quote!(.#setter(self.#value()))
        });
    let (parameter, pass) = match &operation.required_filter {
        None => (quote!(), quote!()),
        Some(_) => {
            let ty = filter::name(operation);
            (quote!(, filter: #module::builder::#ty), quote!(.__filter(filter)))
        }
    };
    parse_quote! {
        #[doc = #text]
        pub fn #function(&self #parameter) -> #module::builder::#builder {
            #module::builder::#builder::__new(self.client())#(#filled_in)* #pass
        }
    }
}

/// Returns the documentation of an operation, for its function and for its builder.
///
/// Both get all of it: on docs.rs a reader reaches either page by search, and has no link from one to the other.
pub(super) fn documentation(
    module: &syn::Path,
    context: &Context<'_>,
    client: &Client,
    operation: &Operation,
) -> String {
    let document = context.document;
    // Summaries in the YAML have no full stop, since documentation tools show them as titles.
    let mut text = format!("{}.\n\n", docs::safe(operation.summary.trim_end_matches('.')));
    text.push_str(&example::doctest(module, context, client, operation));
    text.push_str(&format!("\n\n{}\n\n", docs::safe(&operation.description)));
    text.push_str(&format!("Sends `{} {}`", operation.method, operation.path));
    text.push_str(if operation.idempotent {
        ". Idempotent: retried after transient failures; see [`RetryPolicy`](crate::RetryPolicy).\n\n"
    } else {
        ". **Not idempotent**: retried only while no request has reached the service, and once after a 401; see \
         [`RetryPolicy`](crate::RetryPolicy).\n\n"
    });
    let parameters: Vec<_> = operation.parameters.iter().filter(|p| !operation.is_filled_in(p)).collect();
    if !parameters.is_empty() {
        text.push_str("# Parameters\n");
        for parameter in parameters {
            let required = if parameter.required { "" } else { " (optional)" };
            let line = docs::safe(&parameter.description).replace('\n', " ");
            text.push_str(&format!("* `{}`{required}: {line}\n", names::setter(parameter)));
        }
        text.push('\n');
    }
    text.push_str("# Errors\n");
    for (status, description) in &operation.errors {
        // The first sentence says what the error means. The rest, about bodies and codes, is for readers of the YAML.
        let line = docs::safe(description).replace('\n', " ");
        let line = line.split_once(". ").map_or(line.as_str(), |(first, _)| first);
        text.push_str(&format!("* {status}: {}.\n", line.trim_end_matches('.')));
    }
    let echoes: Vec<_> = echoes(document, operation).iter().map(|echo| format!("`{}`", echo.at.join("."))).collect();
    if operation.response_inferred || operation.response_observed || !echoes.is_empty() {
        text.push_str("\n# Response\n");
    }
    if operation.response_observed {
        text.push_str("Unloc does not document the content of the response. It is known from calls of the service.\n");
    }
    if operation.response_inferred {
        text.push_str(&inferred_response(context, operation));
    }
    if !echoes.is_empty() {
        let all = echoes.join(", ");
        let any = if echoes.len() > 1 { "any of " } else { "" };
        text.push_str(&format!("If the response leaves out {any}{all}, the value from the request is returned.\n"));
    }
    // Without a level in front, the note of a documented operation may say that its response is not documented.
    let level = match (operation.evidence.as_str(), operation.evidence_note.trim()) {
        ("documented", "") => "Unloc documents this operation.",
        ("documented", _) => "",
        ("observed", _) => "**Observed, not documented.** ",
        _ => "**Inferred in part.** ",
    };
    text.push_str(&format!("\n# Evidence\n{level}{}", docs::safe(&operation.evidence_note)));
    text
}

/// Returns what callers get if an inferred response is empty or cannot be decoded.
///
/// `decode` then reads `{}` in its place, so this is what `sending` takes out of an empty envelope.
fn inferred_response(context: &Context<'_>, operation: &Operation) -> String {
    let result = match context.unwrapped(operation) {
        Some(envelope) if envelope.is_list => {
            format!("an empty list if the response contains no `{}`", envelope.property)
        }
        Some(envelope) => format!("`None` if the response contains no `{}`", envelope.property),
        None => "a value without any of its fields if the response is empty".to_owned(),
    };
    format!(
        "The content of the response is inferred. `send` returns {result}, or if it cannot be decoded: the operation \
         was carried out all the same. In the second case, a `tracing` event gives the reason. HTML and XML are \
         errors, because they come from a proxy.\n"
    )
}
