//! Rewrites progenitor's output into the modules of `unloc`.
//!
//! Types and setters stay. `send()` goes through `unloc`'s transport, and the functions of clients, pagination, tables
//! and documentation are added.
//!
//! progenitor's output looks like this. Each pass documents what its own part looks like.
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
mod clients;
mod docs;
mod enums;
pub mod envelopes;
mod example;
mod operation_table;
mod qualify;
mod rename;
pub(crate) mod requirement;
mod schema_table;
mod types;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use syn::{File, Item, ItemMod, Type, parse_quote};
use unloc_spec::{Document, Error, Operation, escape};

pub(crate) use enums::variant;
use envelopes::Unwrapped;

use crate::names;
use crate::placeholder::Placeholders;
use crate::prepare::Marks;

/// Holds what the passes know besides progenitor's output.
pub(crate) struct Context<'a> {
    /// Is the spec as the author wrote it.
    pub(crate) document: &'a Document,
    /// Is the prepared spec, from which the types are generated.
    pub(crate) spec: &'a Value,
    pub(crate) marks: &'a Marks,
    pub(crate) operations: &'a [Operation],
    pub(crate) placeholders: &'a Placeholders,
    /// Names the clients that are not written by hand.
    pub(crate) made: &'a BTreeSet<String>,
    /// Is set for an API whose types are left out without the feature `typed`.
    pub(crate) is_optional: bool,
}

impl<'a> Context<'a> {
    /// Returns how the response of an operation is unwrapped.
    fn unwrapped(&self, operation: &'a Operation) -> Option<Unwrapped<'a>> {
        envelopes::of(self.spec, self.marks, operation)
    }
}

/// Holds the bindings of one API as syntax trees.
#[derive(Clone)]
pub struct Finished {
    /// Holds the types and the tables of operations.
    pub model: File,
    /// Holds the builders of operations and the functions of clients.
    pub client: File,
}

/// Runs all passes. `module` is the path that the types will have, and `client` that of the builders.
pub(crate) fn finish(mut file: File, module: &str, client: &str, context: &Context<'_>) -> Result<Finished, Error> {
    let Context { document, marks, operations, placeholders, .. } = *context;
    let missing_at = |pointer: &str, what: &str| {
        document.error(pointer, format!("progenitor's output has no {what}; check whether its version changed"))
    };
    let missing = |what: &str| missing_at("", what);
    // First, while the modules are still nested as progenitor wrote them: `super::types` means something there only.
    // After this, nothing needs the `use` lines, and the modules can move to other files.
    qualify::qualify(&mut file, module).map_err(|what| missing(&what))?;
    let parsed = |path: &str| syn::parse_str::<syn::Path>(path).map_err(|_| missing(&format!("module `{path}`")));
    let (model, client) = (parsed(module)?, parsed(client)?);
    // Two of the modules are used: pub mod types { … } and pub mod builder { … }. progenitor's own client, its `impl`
    // with a function for each operation, its hooks and its prelude are dropped with `file`.
    let mut types = content(&mut file, "types").ok_or_else(|| missing("module `types`"))?;
    unique(&types, document)?;
    let envelopes = envelopes::unwrapped(context.spec, marks, operations);
    let (fields, mut built) = types::finish(&mut types, &model, context, &envelopes)?;
    let mut builder = content(&mut file, "builder").ok_or_else(|| missing("module `builder`"))?;
    let paths = builders::Paths { model: &model, client: &client };
    builders::finish(&mut builder, &paths, context, &fields).map_err(|(at, what)| missing_at(&at, &what))?;
    if context.is_optional {
        // The ids stay: the handwritten clients and tokens use them as well.
        types.iter_mut().filter(|item| !matches!(item, Item::Macro(_))).for_each(optional_item);
    }
    // Types and tables are for `crate::model`, builders and functions for `crate::client`, which is a higher layer of
    // `unloc`.
    let mut items: Vec<Item> = vec![parse_quote! {
        pub mod types { #(#types)* }
    }];
    items.append(&mut operation_table::items(document, marks, operations));
    items.append(&mut schema_table::items(&model, context));
    let mut own: Vec<Item> = vec![parse_quote! {
        pub mod builder { #(#builder)* }
    }];
    if context.is_optional {
        own.iter_mut().chain(&mut built).for_each(optional_item);
    }
    let of = |items: Vec<Item>| File { shebang: None, frontmatter: None, attrs: Vec::new(), items };
    own.extend(built);
    own.append(&mut clients::items(&paths, context));
    let mut finished = Finished { model: of(items), client: of(own) };
    // Last: until here, the passes find parameters by their placeholders.
    for file in [&mut finished.model, &mut finished.client] {
        rename::rename(file, operations, placeholders).map_err(|what| missing(&what))?;
    }
    Ok(finished)
}

/// Leaves an item out without the feature `typed`.
fn optional_item(item: &mut Item) {
    let attributes = match item {
        Item::Struct(item) => &mut item.attrs,
        Item::Enum(item) => &mut item.attrs,
        Item::Impl(item) => &mut item.attrs,
        Item::Mod(item) => &mut item.attrs,
        Item::Fn(item) => &mut item.attrs,
        Item::Const(item) => &mut item.attrs,
        Item::Macro(item) => &mut item.attrs,
        // Generated code has no other items. One without the attribute would not compile without the types.
        _ => return,
    };
    attributes.push(parse_quote!(#[cfg(feature = "typed")]));
}

/// Refuses two types, or two fields of a type, of one name.
///
/// typify makes up names for schemas without one, such as the members of a `oneOf`. It does not check whether the spec
/// has a schema of that name.
fn unique(types: &[Item], document: &Document) -> Result<(), Error> {
    let schemas = document.value.pointer("/components/schemas").and_then(Value::as_object);
    let by_type = by_type(schemas.into_iter().flatten().map(|(name, _)| name));
    let refused = |ty: &syn::Ident, what: String| {
        let name = by_type.get(&ty.to_string()).map_or_else(String::new, |name| format!("/{}", escape(name)));
        let help =
            "give the schemas inside it, or inside one of a similar name, their own names under /components/schemas";
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

/// Takes the items of a module out of a file, without the `use` lines that [`qualify`] has made superfluous.
fn content(file: &mut File, name: &str) -> Option<Vec<Item>> {
    let mut items = file.items.iter_mut().find_map(|item| match item {
        Item::Mod(ItemMod { ident, content: Some((_, items)), .. }) if ident == name => Some(std::mem::take(items)),
        _ => None,
    })?;
    items.retain(|item| !matches!(item, Item::Use(_)));
    Some(items)
}

/// Holds the fields of Rust structs, by the name of the struct.
type Fields = BTreeMap<String, Vec<Field>>;

/// Describes a field of a type.
#[derive(Clone)]
struct Field {
    ident: syn::Ident,
    /// Is the wire name.
    property: String,
    ty: Type,
    /// Holds the description of the property as doc attributes.
    docs: Vec<syn::Attribute>,
    /// Says in the documentation of setters whether the property is required, and what limits its values.
    requirement: String,
    /// Holds `x-rust-name`, which names the setters.
    renamed: Option<String>,
    required: bool,
    /// Is set for times of requests, which are cut to milliseconds.
    is_cut: bool,
}

impl Field {
    /// Returns the name of its setters.
    fn setter(&self) -> syn::Ident {
        self.renamed.as_ref().map_or_else(|| self.ident.clone(), |name| quote::format_ident!("{name}"))
    }
}

/// Returns the names of schemas by the names of their Rust types.
fn by_type<'a>(names: impl Iterator<Item = &'a String>) -> BTreeMap<String, &'a String> {
    let mut found = BTreeMap::new();
    for name in names {
        found.entry(names::pascal(name)).or_insert(name);
    }
    found
}

/// Returns whether a type has this path, whatever its arguments are.
///
/// The whole path counts: a schema may be called `Option`, and its type is `crate::model::…::types::Option`.
fn is(ty: &Type, path: &str) -> bool {
    let Type::Path(syn::TypePath { qself: None, path: own, .. }) = ty else { return false };
    let (is_global, names) = path.strip_prefix("::").map_or((false, path), |names| (true, names));
    own.leading_colon.is_some() == is_global && own.segments.iter().map(|segment| &segment.ident).eq(names.split("::"))
}

/// Returns the first argument of a type that has this path.
fn argument<'a>(ty: &'a Type, path: &str) -> Option<&'a Type> {
    let Type::Path(of) = ty else { return None };
    let syn::PathArguments::AngleBracketed(arguments) = &of.path.segments.last()?.arguments else { return None };
    match arguments.args.first()? {
        syn::GenericArgument::Type(inner) if is(ty, path) => Some(inner),
        _ => None,
    }
}

/// Returns the `T` of `::std::option::Option<T>`, which typify writes for a property that is optional or nullable.
fn optional(ty: &Type) -> Option<&Type> {
    argument(ty, "::std::option::Option")
}

/// Returns whether a type is `crate::model::Nullable<T>`, which `prepare` has typify write for a nullable property of a
/// request.
fn is_nullable(ty: &Type) -> bool {
    is(ty, "crate::model::Nullable")
}

/// Returns the last segment of a type's path.
fn last_name(ty: &Type) -> Option<String> {
    let Type::Path(path) = ty else { return None };
    path.path.segments.last().map(|segment| segment.ident.to_string())
}

/// Returns whether a type is `::chrono::DateTime<::chrono::offset::Utc>`, which typify writes for `format: date-time`.
fn is_time(ty: &Type) -> bool {
    is(ty, "::chrono::DateTime")
}

/// Returns whether a builder starts with the default of this type: absent for an optional value, empty for a list or
/// map.
fn may_be_unset(ty: &Type) -> bool {
    ["::std::option::Option", "::std::vec::Vec", "::std::collections::BTreeMap", "crate::model::Nullable"]
        .iter()
        .any(|path| is(ty, path))
}

/// Returns the string under a key without surrounding blanks, or the empty string.
fn text<'a>(node: &'a Value, key: &str) -> &'a str {
    node.get(key).and_then(Value::as_str).unwrap_or_default().trim()
}
