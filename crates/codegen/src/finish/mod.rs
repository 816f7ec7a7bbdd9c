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
mod envelopes;
mod example;
mod handles;
mod limits;
mod qualify;
mod rename;
mod shapes;
mod tables;
mod types;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use syn::{File, Item, ItemMod, Type, parse_quote};
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

/// The bindings of one API as syntax trees.
#[derive(Clone)]
pub struct Finished {
    /// The types, and the tables of operations.
    pub model: File,
    /// The builders of operations, and the functions of clients.
    pub client: File,
}

/// `module` is where the types will stand, `client` where the builders.
pub(crate) fn finish(mut file: File, module: &str, client: &str, around: &Around<'_>) -> Result<Finished, Error> {
    let Around { document, marks, operations, placeholders, .. } = *around;
    let missing_at = |pointer: &str, what: &str| {
        document.error(pointer, format!("the generator's output has no {what}: has it changed?"))
    };
    let missing = |what: &str| missing_at("", what);
    // Of all that, the two modules stay. The `use` lines in `builder` go: what they bring in is named by its whole path.
    qualify::qualify(&mut file, module).map_err(|what| missing(&what))?;
    let parsed = |path: &str| syn::parse_str::<syn::Path>(path).map_err(|_| missing(&format!("module `{path}`")));
    let (model, client) = (parsed(module)?, parsed(client)?);
    let mut types = content(&mut file, "types").ok_or_else(|| missing("module `types`"))?;
    unique(&types, document)?;
    let envelopes = envelopes::unwrapped(around);
    let (fields, built) = types::finish(&mut types, &model, around, &envelopes)?;
    let mut builder = content(&mut file, "builder").ok_or_else(|| missing("module `builder`"))?;
    let paths = builders::Paths { model: &model, client: &client };
    builders::finish(&mut builder, &paths, around, &fields).map_err(|(at, what)| missing_at(&at, &what))?;
    let mut items: Vec<Item> = vec![parse_quote! {
        pub mod types { #(#types)* }
    }];
    items.append(&mut tables::items(document, marks, operations));
    items.append(&mut shapes::items(&model, around));
    let of = |items: Vec<Item>| File { shebang: None, frontmatter: None, attrs: Vec::new(), items };
    let mut own: Vec<Item> = vec![parse_quote! {
        pub mod builder { #(#builder)* }
    }];
    own.extend(built);
    own.append(&mut handles::items(&paths, around));
    let mut finished = Finished { model: of(items), client: of(own) };
    for file in [&mut finished.model, &mut finished.client] {
        rename::rename(file, operations, placeholders).map_err(|what| missing(&what))?;
    }
    Ok(finished)
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

/// Takes the items of a module out of a file, without `use` lines.
fn content(file: &mut File, name: &str) -> Option<Vec<Item>> {
    let mut items = file.items.iter_mut().find_map(|item| match item {
        Item::Mod(ItemMod { ident, content: Some((_, items)), .. }) if ident == name => Some(std::mem::take(items)),
        _ => None,
    })?;
    items.retain(|item| !matches!(item, Item::Use(_)));
    Some(items)
}

/// The fields of Rust structs, by struct.
type Fields = BTreeMap<String, Vec<Field>>;

#[derive(Clone)]
struct Field {
    ident: syn::Ident,
    /// Its name on the wire.
    property: String,
    ty: Type,
    docs: Vec<syn::Attribute>,
    /// What its setters say of it besides: whether it is required, and what its values are limited to.
    limits: String,
    /// `x-rust-name`, which its setters have.
    renamed: Option<String>,
    required: bool,
    /// Whether it holds times of a request, which are cut to milliseconds.
    is_cut: bool,
}

impl Field {
    /// The name of its setters.
    fn setter(&self) -> syn::Ident {
        self.renamed.as_ref().map_or_else(|| self.ident.clone(), |name| quote::format_ident!("{name}"))
    }
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
    is(ty, "crate::model::Nullable")
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

/// Whether a builder starts with the default of this type: of what may be left out, and of lists and maps, which are
/// empty.
fn may_be_unset(ty: &Type) -> bool {
    ["::std::option::Option", "::std::vec::Vec", "::std::collections::BTreeMap", "crate::model::Nullable"]
        .iter()
        .any(|path| is(ty, path))
}

fn text<'a>(node: &'a Value, key: &str) -> &'a str {
    node.get(key).and_then(Value::as_str).unwrap_or_default().trim()
}
