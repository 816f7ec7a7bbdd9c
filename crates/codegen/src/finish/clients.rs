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

use quote::format_ident;
use serde_json::Value;
use syn::{ImplItem, Item, parse_quote};
use unloc_spec::echoes::echoes;
use unloc_spec::{Client, Document, Operation, Position};

use super::builders::Paths;
use super::{Context, docs, example, optional_item};
use crate::names;

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
            structs.extend(declaration(paths.model, &client));
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
fn declaration(module: &syn::Path, client: &Client) -> Vec<Item> {
    let (name, text) = (format_ident!("{}", client.name), docs::safe(&client.description));
    let fields: Vec<_> =
        client.parameters.iter().map(|parameter| format_ident!("{}", names::snake(parameter))).collect();
    let getters = client.parameters.iter().zip(&fields).map(|(parameter, field)| {
        let text = format!("Returns the `{parameter}` that this client sends with each call.");
        quote::quote! {
            #[doc = #text]
            #[must_use]
            pub fn #field(&self) -> &str {
                &self.#field
            }
        }
    });
    let (shown, parameters) = (&client.name, &client.parameters);
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
                    ::std::result::Result::Ok(Self {
                        client: ::std::sync::Arc::new(client),
                        #(#fields: ::std::convert::Into::into(#fields),)*
                    })
                }

                #(#getters)*

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
            quote::quote!(.#setter(self.#value()))
        });
    parse_quote! {
        #[doc = #text]
        pub fn #function(&self) -> #module::builder::#builder {
            #module::builder::#builder::__new(self.client())#(#filled_in)*
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
