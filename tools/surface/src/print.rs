//! Prints items and types on one line each.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{File, Type};

/// Returns a function's signature without the names of its parameters, which no program relies on.
pub(crate) fn function_line(path: &str, signature: &syn::Signature) -> String {
    let mut anonymous = signature.clone();
    // Callers can rely neither on parameter names nor on `mut`, so neither is part of the API.
    for (place, input) in anonymous.inputs.iter_mut().enumerate() {
        match input {
            syn::FnArg::Receiver(receiver) => receiver.mutability = None,
            syn::FnArg::Typed(typed) => {
                let name = quote::format_ident!("_{place}");
                *typed.pat = syn::parse_quote!(#name);
            }
        }
    }
    let name = std::mem::replace(&mut anonymous.ident, quote::format_ident!("name"));
    // prettyplease prints whole items only: print an empty function of that signature, and cut the rest off.
    let written = item_text(quote!(pub #anonymous {}));
    let written = written.trim_end_matches(" {}").trim_start_matches("pub ");
    written.replacen("fn name", &format!("fn {path}{name}"), 1)
}

/// Returns the condition of an item, as ` if feature = "test-util"`.
pub(crate) fn condition(attributes: &[syn::Attribute]) -> String {
    let conditions = attributes.iter().filter(|attribute| attribute.path().is_ident("cfg"));
    let lists = conditions.filter_map(|attribute| attribute.meta.require_list().ok());
    lists.map(|list| format!(" if {}", list.tokens)).collect()
}

/// Formats a type on one line.
pub(crate) fn type_text(of: &Type) -> String {
    text(of.to_token_stream())
}

/// Formats the tokens of a type on one line.
pub(crate) fn text(tokens: TokenStream) -> String {
    let written = item_text(quote!(type X = #tokens;));
    written.trim_start_matches("type X = ").trim_end_matches(';').to_owned()
}

/// Pretty-prints an item, joins its lines, and shortens the paths of the standard library.
fn item_text(item: TokenStream) -> String {
    let Ok(file) = syn::parse2::<File>(item.clone()) else { return item.to_string() };
    let printed = prettyplease::unparse(&file);
    let mut line = printed.split_whitespace().collect::<Vec<_>>().join(" ");
    for (long, short) in [
        ("::std::option::Option", "Option"),
        ("::std::string::String", "String"),
        ("::std::vec::Vec", "Vec"),
        ("::std::convert::", ""),
        ("::std::result::Result", "Result"),
        ("::std::collections::", ""),
        ("::std::fmt::", "fmt::"),
        ("::std::default::", ""),
        ("::std::error::", "error::"),
        ("::std::ops::", ""),
        ("::chrono::", "chrono::"),
        ("chrono::offset::", "chrono::"),
        ("std::convert::", ""),
        ("std::ops::", ""),
        (" std::fmt::", " fmt::"),
        ("< ", "<"),
        (", >", ">"),
        ("( ", "("),
        (", )", ")"),
        (" )", ")"),
        (", {}", " {}"),
    ] {
        line = line.replace(long, short);
    }
    line
}
