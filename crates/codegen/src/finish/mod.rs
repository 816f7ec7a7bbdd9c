//! Rewrites progenitor's output into what stands in `unloc`: the same types and setters, a `send()` that goes through
//! `unloc`'s transport, and what the spec says beyond them (handles, paging, tables, documentation).
//!
//! progenitor's output looks like this; each pass says what its own part of it looks like.
//!
//! ```text
//! pub use progenitor_client::{…};
//! use progenitor_client::{…};
//! pub mod types { pub mod error { … } pub struct Lock { … } … pub mod builder { … } pub mod defaults { … } }
//! pub struct Client { pub(crate) baseurl: String, pub(crate) client: reqwest::Client }
//! impl Client { pub fn new(…) … pub fn new_with_client(…) … }
//! impl ClientInfo<()> for Client { … }
//! impl ClientHooks<()> for &Client {}
//! impl Client { pub fn get_lock(&self) -> builder::GetLock<'_> { … } … }     // a function for each operation
//! pub mod builder { use super::types; use super::{…}; pub struct GetLock<'a> { … } impl<'a> GetLock<'a> { … } … }
//! pub mod prelude { pub use self::super::Client; }
//! ```

mod builders;
mod docs;
mod enums;
mod example;
mod handles;
mod qualify;
mod rename;
mod shapes;
mod tables;
mod types;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use syn::{File, ImplItem, Item, ItemMod, Type, parse_quote};
use unloc_spec::{Document, Error, Operation, escape};

pub(crate) use enums::variant;

use crate::names;
use crate::placeholder::Placeholders;
use crate::prepare::Marks;

/// What the passes know beside progenitor's output.
pub(crate) struct Around<'a> {
    pub(crate) document: &'a Document,
    /// The spec that the types are made from.
    pub(crate) spec: &'a Value,
    pub(crate) marks: &'a Marks,
    pub(crate) operations: &'a [Operation],
    pub(crate) placeholders: &'a Placeholders,
    /// The clients that nobody has written, by name.
    pub(crate) made: &'a BTreeSet<String>,
}

pub(crate) fn finish(mut file: File, module: &str, around: &Around<'_>) -> Result<File, Error> {
    let Around { document, marks, operations, placeholders, .. } = *around;
    let missing_at = |pointer: &str, what: &str| {
        document.error(pointer, format!("the generator's output has no {what}: has it changed?"))
    };
    let missing = |what: &str| missing_at("", what);
    // `prelude` and the `use` lines go, here and in `builder`: what they bring in is named by its whole path instead.
    file.items.retain(|item| match item {
        Item::Mod(module) => module.ident != "prelude",
        Item::Const(_) | Item::Use(_) => false,
        _ => true,
    });
    content(&mut file, "builder").into_iter().for_each(|items| items.retain(|item| !matches!(item, Item::Use(_))));
    qualify::qualify(&mut file, module).map_err(|what| missing(&what))?;
    let path = syn::parse_str(module).map_err(|_| missing(&format!("module `{module}`")))?;
    let types = content(&mut file, "types").ok_or_else(|| missing("module `types`"))?;
    unique(types, document)?;
    types::finish(types, &path, marks)?;
    let fields = types::fields(types);
    let builder = content(&mut file, "builder").ok_or_else(|| missing("module `builder`"))?;
    builders::finish(builder, &path, around, &fields).map_err(|(at, what)| missing_at(&at, &what))?;
    // `pub struct Client`, one block `impl Client` with `new` and `new_with_client`, one with a function for each
    // operation, and two `impl` of traits. What remains is the struct that the requests are built on,
    // `new_with_client`, and the traits, by which the transport gets at the HTTP client.
    for item in &mut file.items {
        match item {
            Item::Struct(client) => client.vis = parse_quote!(pub(crate)),
            Item::Impl(block) if block.trait_.is_none() => {
                block
                    .items
                    .retain(|item| matches!(item, ImplItem::Fn(function) if function.sig.ident == "new_with_client"));
                for item in &mut block.items {
                    if let ImplItem::Fn(function) = item {
                        function.vis = parse_quote!(pub(crate));
                    }
                }
            }
            _ => {}
        }
    }
    file.items.retain(|item| !matches!(item, Item::Impl(block) if block.trait_.is_none() && block.items.is_empty()));
    file.items.append(&mut handles::items(&path, around));
    file.items.append(&mut tables::items(document, marks, operations));
    file.items.append(&mut shapes::items(&path, around));
    rename::rename(&mut file, operations, placeholders).map_err(|what| missing(&what))?;
    Ok(file)
}

/// The generator makes up names for what has none in the spec, and does not look whether they are taken.
fn unique(types: &[Item], document: &Document) -> Result<(), Error> {
    let schemas = document.value.pointer("/components/schemas").and_then(Value::as_object);
    let by_type = by_type(schemas.into_iter().flatten().map(|(name, _)| name));
    let refused = |ty: &syn::Ident, what: String| {
        let name = by_type.get(&ty.to_string()).map_or_else(String::new, |name| format!("/{}", escape(name)));
        let help = "give what is written inside of it, or beside it, a name of its own under /components/schemas";
        Err(document.error(&format!("/components/schemas{name}"), what).helped(help))
    };
    let mut taken = BTreeSet::new();
    for item in types {
        let (ident, fields) = match item {
            Item::Struct(item) => (&item.ident, Some(&item.fields)),
            Item::Enum(item) => (&item.ident, None),
            _ => continue,
        };
        if !taken.insert(ident.to_string()) {
            return refused(ident, format!("two types would be called `{ident}`"));
        }
        let mut names = BTreeSet::new();
        let mut idents = fields.into_iter().flatten().filter_map(|field| field.ident.as_ref());
        if let Some(twice) = idents.find(|ident| !names.insert(ident.to_string())) {
            return refused(ident, format!("two properties of `{ident}` would be called `{twice}`"));
        }
    }
    Ok(())
}

fn content<'a>(file: &'a mut File, name: &str) -> Option<&'a mut Vec<Item>> {
    file.items.iter_mut().find_map(|item| match item {
        Item::Mod(ItemMod { ident, content: Some((_, items)), .. }) if ident == name => Some(items),
        _ => None,
    })
}

/// The JSON names of a Rust struct's fields, and their Rust types, by struct and field.
type Fields = BTreeMap<String, Vec<Field>>;

#[derive(Clone)]
struct Field {
    ident: syn::Ident,
    property: String,
    ty: Type,
    docs: Vec<syn::Attribute>,
}

/// The schemas by the Rust types that were made from them.
fn by_type<'a>(names: impl Iterator<Item = &'a String>) -> BTreeMap<String, &'a String> {
    let mut found = BTreeMap::new();
    for name in names {
        found.entry(names::pascal(name)).or_insert(name);
    }
    found
}

/// Whether a type is this one, whatever its arguments are. A schema may be called as anything, so that the last name of a path
/// says nothing.
fn is(ty: &Type, path: &str) -> bool {
    let Type::Path(syn::TypePath { qself: None, path: own, .. }) = ty else { return false };
    let (is_global, names) = path.strip_prefix("::").map_or((false, path), |names| (true, names));
    own.leading_colon.is_some() == is_global && own.segments.iter().map(|segment| &segment.ident).eq(names.split("::"))
}

/// The first argument of a type that is this one.
fn argument<'a>(ty: &'a Type, path: &str) -> Option<&'a Type> {
    let Type::Path(of) = ty else { return None };
    let syn::PathArguments::AngleBracketed(arguments) = &of.path.segments.last()?.arguments else { return None };
    match arguments.args.first()? {
        syn::GenericArgument::Type(inner) if is(ty, path) => Some(inner),
        _ => None,
    }
}

/// `T` of `::std::option::Option<T>`, which is how typify writes what may be left out.
fn optional(ty: &Type) -> Option<&Type> {
    argument(ty, "::std::option::Option")
}

/// Whether it is `crate::Nullable<T>`, which `prepare` has typify write in place of a type that may be null.
fn is_nullable(ty: &Type) -> bool {
    is(ty, "crate::Nullable")
}

/// The last name of a type's path.
fn last_name(ty: &Type) -> Option<String> {
    let Type::Path(path) = ty else { return None };
    path.path.segments.last().map(|segment| segment.ident.to_string())
}

/// Whether it is `::chrono::DateTime<::chrono::offset::Utc>`, which typify makes of `format: date-time`.
fn is_time(ty: &Type) -> bool {
    is(ty, "::chrono::DateTime")
}

/// What makes a text of the error with which a value is refused.
fn refusal(property: &str, ty: &Type) -> proc_macro2::TokenStream {
    let is_number = ["i8", "i16", "i32", "i64"].iter().any(|name| is(ty, name));
    if is_number {
        return quote::quote!(|error| crate::text::number(#property, &error, #ty::BITS));
    }
    // A name can have what a format string gives a meaning to.
    quote::quote!(|error| ::std::format!("`{}`: {error}", #property))
}

/// Whether a builder of this type has anything to complain of before a setter is called.
fn wants_something(fields: &[Field]) -> bool {
    fields.iter().any(|field| !may_be_unset(&field.ty))
}

/// Whether a builder starts with the default of this type: of what may be left out, and of lists and maps, which are
/// empty.
fn may_be_unset(ty: &Type) -> bool {
    ["::std::option::Option", "::std::vec::Vec", "::std::collections::BTreeMap", "crate::Nullable"]
        .iter()
        .any(|path| is(ty, path))
}

fn text<'a>(node: &'a Value, key: &str) -> &'a str {
    node.get(key).and_then(Value::as_str).unwrap_or_default().trim()
}
