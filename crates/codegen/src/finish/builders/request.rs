//! Writes `__request`, from the statements of progenitor's `send` that build the request.
//!
//! They look like this, each once and in this order, with placeholders for the names of parameters:
//!
//! ```text
//! let Self { client, path, query, header, body } = self;
//! let path = path.map_err(Error::InvalidRequest)?;                    // one for each parameter
//! let body = body.and_then(|v| Type::try_from(v).map_err(|e| e.to_string())).map_err(Error::InvalidRequest)?;
//! let url = format!("{}/operation/{}", client.baseurl, encode_path(&path.to_string()));
//! let mut header_map = HeaderMap::with_capacity(2);
//! header_map.append(HeaderName::from_static("api-version"), …);
//! header_map.append("header", header.to_string().try_into()?);        // a required header
//! if let Some(value) = header { header_map.append("header", value.to_string().try_into()?); }
//! let mut request = client.client.get(url).header(ACCEPT, …).json(&body).query(&QueryParam::new("query", &query))
//!     .headers(header_map).build()?;
//! let info = OperationInfo { … };                                     // from here on it is sent
//! ```
//!
//! Each of them becomes a statement on the SDK's own request. That one refuses parameters that would leave their path,
//! shares the body with all attempts, and needs no run-time crate of progenitor. The header `api-version` is dropped:
//! progenitor adds it to every request, and no spec asks for it. Any statement that looks different ends the build.

use quote::{ToTokens, format_ident, quote};
use syn::{Expr, ExprMethodCall, Ident, ImplItem, ImplItemFn, Local, Pat, Stmt, parse_quote};
use unloc_spec::Operation;

use super::{Builder, Field, address, filter};
use crate::finish::{is_time, optional};

/// Returns `__request`, which builds the request of an operation.
pub(super) fn request(builder: &Builder<'_>, fields: &[Field<'_>], send: &ImplItemFn) -> Result<ImplItem, String> {
    let unknown = |what: &str| format!("known meaning for a statement in `send` of `{}`: {what}", builder.operation.id);
    let mut found = Found::default();
    let mut statements = send.block.stmts.iter();
    for statement in statements.by_ref() {
        let name = declared(statement);
        match name.as_ref().map(ToString::to_string).as_deref() {
            // From `let info = …` on, the request is sent: hooks, execution, the match on the status. `sending`
            // replaces this.
            Some("info") => break,
            // `address` writes the URL, and `request.header(…)` needs no map.
            Some("url" | "header_map") => {}
            // let mut request = client.client.get(url)…build()?;
            Some("request") => found.chain = Some(chain(statement).ok_or_else(|| unknown("the request"))?),
            // let placeholderp000003 = placeholderp000003.map_err(…)?;
            Some(name) => {
                let field = fields.iter().find(|field| field.ident == name);
                let field = field.filter(|_| found.values.len() < fields.len()).ok_or_else(|| unknown(name))?;
                found.values.push(value(builder, statement, field).ok_or_else(|| unknown(name))?);
            }
            None if is_destructuring(statement) => {}
            // No parameter can be meant: in this pass, even one called `api-version` has a placeholder.
            None if mentions(statement, "\"api-version\"") => {}
            // header_map.append("placeholderp000004", …), in an `if let` if the header is optional
            None => {
                let header = |field: &&Field<'_>| mentions(statement, &format!("\"{}\"", field.ident));
                let field = fields.iter().find(header).ok_or_else(|| unknown("a header"))?;
                found.headers.push(field);
            }
        }
    }
    let chain = found.chain.take().ok_or_else(|| unknown("no request"))?;
    let (query, other): (Vec<_>, Vec<_>) = chain.calls.into_iter().partition(|call| call.method == "query");
    found.check(builder.operation, fields, &query).map_err(|what| unknown(&what))?;
    let values = &found.values;
    let parts = fields.iter().map(|field| &field.ident);
    let address = address::address(builder, fields);
    let headers = found.headers.iter().map(|field| header(field));
    let method = format_ident!("{}", chain.method.to_string().to_uppercase());
    // The SDK serializes the body once for all attempts, and redacts its sensitive values from errors.
    let (json, ty) = match fields.iter().find(|field| field.parameter.is_none()) {
        Some(body) => {
            let (ident, ty) = (&body.ident, builder.body_type(body));
            (quote!(request.json(#ident)), quote!(#ty))
        }
        None => (quote!(::std::result::Result::Ok(request)), quote!(())),
    };
    // progenitor writes .header(ACCEPT, HeaderValue::from_static("application/json")) only if the response has content.
    let accepts = other.iter().any(|call| call.method == "header").then(|| quote!(request.accept_json();));
    let query = query.iter().filter_map(|ExprMethodCall { args, .. }| {
        let field = fields.iter().find(|field| mentions(args, &field.ident.to_string()))?;
        let (ident, name) = (&field.ident, field.ident.to_string());
        // .query(&QueryParam::new("placeholderp000003", &placeholderp000003)), which writes nothing for `None`. The
        // guard keeps an unset parameter from costing anything.
        let guard = optional(&field.ty).map(|_| quote!(if #ident.is_some()));
        Some(match guard {
            Some(guard) => quote!(#guard { request.query(#name, &#ident)?; }),
            None => quote!(request.query(#name, &#ident)?;),
        })
    });
    let (all, check) =
        (builder.operation.required_filter.is_some().then(|| quote!(__all,)), filter::check(builder, fields));
    Ok(parse_quote! {
        fn __request(self) -> ::std::result::Result<crate::http::request::Request<#ty>, crate::error::Unbuilt> {
            let Self { client, #(#parts,)* #all .. } = self;
            #(#values)*
            #check
            #address
            let mut request = crate::http::request::Request::new(::http::Method::#method, url);
            #accepts
            #(#query)*
            #(#headers)*
            #json
        }
    })
}

/// Holds what was found in `send`.
#[derive(Default)]
struct Found<'a> {
    /// Holds the statements that take the values out of the builder's fields.
    values: Vec<Stmt>,
    /// Holds the fields that are sent as headers.
    headers: Vec<&'a Field<'a>>,
    /// Is the call chain on reqwest's request.
    chain: Option<Chain>,
}

impl Found<'_> {
    /// Checks that each parameter is sent once and where it belongs, and that nothing else is sent.
    ///
    /// Path parameters are not counted: `address` writes them from the document.
    fn check(&self, operation: &Operation, fields: &[Field<'_>], query: &[ExprMethodCall]) -> Result<(), String> {
        if self.values.len() != fields.len() {
            return Err("a parameter is not read".to_owned());
        }
        for field in fields {
            let Some(parameter) = field.parameter else { continue };
            let name = field.ident.to_string();
            let in_query = query.iter().filter(|call| mentions(&call.args, &name)).count();
            let in_headers = self.headers.iter().filter(|other| other.ident == field.ident).count();
            let expected = match parameter.place.as_str() {
                "query" => (1, 0),
                "header" => (0, 1),
                _ => (0, 0),
            };
            if (in_query, in_headers) != expected {
                return Err(format!("`{}` is not sent where it belongs", parameter.name));
            }
        }
        let expected = |place: &str| operation.parameters.iter().filter(|parameter| parameter.place == place).count();
        if query.len() != expected("query") || self.headers.len() != expected("header") {
            return Err("something that is no parameter is sent".to_owned());
        }
        Ok(())
    }
}

/// Describes `client.client.get(url)…build()?`.
struct Chain {
    /// Is the HTTP method, as the name of reqwest's function.
    method: Ident,
    /// Holds the calls between the method and `build`, in their order.
    calls: Vec<ExprMethodCall>,
}

/// Parses the statement that builds reqwest's request, or returns `None` if it looks different.
fn chain(statement: &Stmt) -> Option<Chain> {
    let Stmt::Local(Local { init: Some(init), .. }) = statement else { return None };
    let Expr::Try(tried) = &*init.expr else { return None };
    // The outermost call is the last one: `build` comes first here, and `get` last.
    let mut calls = Vec::new();
    let mut expr = &*tried.expr;
    while let Expr::MethodCall(call) = expr {
        calls.push(call.clone());
        expr = &call.receiver;
    }
    calls.reverse();
    let is_client = expr.to_token_stream().to_string() == "client . client";
    let build = calls.pop().filter(|call| call.method == "build" && call.args.is_empty());
    let first = (!calls.is_empty()).then(|| calls.remove(0)).filter(|_| is_client && build.is_some())?;
    let is_url = first.args.to_token_stream().to_string() == "url";
    // A call that is not listed here would be lost, such as `form` of a body that is not JSON.
    let is_known = |call: &ExprMethodCall| match call.method.to_string().as_str() {
        "header" => mentions(&call.args, "ACCEPT"),
        "json" => call.args.to_token_stream().to_string() == "& body",
        "query" => mentions(&call.args, "QueryParam"),
        "headers" => call.args.to_token_stream().to_string() == "header_map",
        _ => false,
    };
    if !is_url || !calls.iter().all(is_known) {
        return None;
    }
    // The headers are known from the statements that fill `header_map`.
    calls.retain(|call| call.method != "headers");
    Some(Chain { method: first.method, calls })
}

/// Returns the statement that takes a value out of a field's `Result`, with the crate's own error type.
///
/// progenitor's own is `let x = x.map_err(Error::InvalidRequest)?;`. For a body with a builder it has an `and_then`
/// before, which converts the builder by `TryFrom`; `__built` replaces that.
fn value(builder: &Builder<'_>, statement: &Stmt, field: &Field<'_>) -> Option<Stmt> {
    let Stmt::Local(Local { init: Some(init), .. }) = statement else { return None };
    let Expr::Try(tried) = &*init.expr else { return None };
    let Expr::MethodCall(call) = &*tried.expr else { return None };
    let ident = &field.ident;
    let receiver = &call.receiver;
    let is_own = match &**receiver {
        Expr::Path(path) => path.path.is_ident(ident),
        Expr::MethodCall(inner) => field.parameter.is_none() && inner.method == "and_then",
        _ => false,
    };
    let is_mapped = call.method == "map_err" && mentions(&call.args, "InvalidRequest");
    let built = builder.built(field).map(|_| quote!(.__built()));
    (is_own && is_mapped).then(|| parse_quote!(let #ident = #ident #built.map_err(crate::error::Unbuilt)?;))
}

/// Returns `request.header(…)` for `header_map.append("placeholderp000004", …)`.
///
/// The first argument is a placeholder until the last pass puts the wire name there. The second is for error messages.
fn header(field: &Field<'_>) -> proc_macro2::TokenStream {
    let Field { ident, ty, parameter } = field;
    let name = ident.to_string();
    let shown = parameter.map_or("", |parameter| parameter.name.as_str());
    let written = |value: proc_macro2::TokenStream, ty| {
        let value = if is_time(ty) { quote!(crate::http::path::Time(#value)) } else { value };
        quote!(request.header(#name, #shown, &#value)?;)
    };
    match optional(ty) {
        None => written(quote!(#ident), ty),
        Some(inner) => {
            let append = written(quote!(value), inner);
            quote!(if let ::std::option::Option::Some(value) = #ident { #append })
        }
    }
}

/// Returns the variable that a statement declares.
fn declared(statement: &Stmt) -> Option<Ident> {
    match statement {
        Stmt::Local(Local { pat: Pat::Ident(pattern), .. }) => Some(pattern.ident.clone()),
        _ => None,
    }
}

/// Returns whether a statement is `let Self { … } = self;`.
fn is_destructuring(statement: &Stmt) -> bool {
    matches!(statement, Stmt::Local(Local { pat: Pat::Struct(parts), .. }) if parts.path.is_ident("Self"))
}

/// Returns whether a literal or identifier is among the tokens, at any depth.
fn mentions(tokens: &impl ToTokens, text: &str) -> bool {
    fn inside(tokens: proc_macro2::TokenStream, text: &str) -> bool {
        tokens.into_iter().any(|token| match token {
            proc_macro2::TokenTree::Group(group) => inside(group.stream(), text),
            proc_macro2::TokenTree::Literal(found) => found.to_string() == text,
            proc_macro2::TokenTree::Ident(found) => found == text,
            proc_macro2::TokenTree::Punct(_) => false,
        })
    }
    inside(tokens.to_token_stream(), text)
}
