//! Lists the public items of the bindings, one per line and sorted, to be reviewed like code. Paths are those that
//! programs write, wherever the item is defined in the crate.

use std::collections::BTreeSet;

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::ToTokens;
use syn::punctuated::Punctuated;
use syn::{Fields, ImplItem, Item, Meta, Token, Type, Visibility};
use unloc_codegen::{Finished, Generated};
use unloc_spec::{Document, Error};

use crate::print::{condition, function_line, text, type_text};

/// Returns the public items of one API's bindings, including these clients, which are not written by hand.
///
/// # Errors
/// Returns every reason why no bindings can be generated.
pub fn items(document: &Document, api: &str, clients: &BTreeSet<String>) -> Result<BTreeSet<String>, Vec<Error>> {
    let Finished { model, client } = Generated::of(document, api)?.finish(clients)?;
    let mut surface = Surface::of(api);
    for file in [model, client] {
        surface.items(&surface.root.clone(), &file.items);
    }
    Ok(surface.lines)
}

/// Names the API whose items are at the crate root; every other API has a module of its name.
const AT_ROOT: &str = "integrator";

/// Collects the items of one API, or of one crate.
pub(crate) struct Surface {
    /// Is the public path of the items.
    root: String,
    /// Holds the paths of the modules that define them, if these are generated.
    modules: Vec<String>,
    pub(crate) lines: BTreeSet<String>,
}

impl Surface {
    fn of(api: &str) -> Self {
        let module = unloc_spec::module(api);
        let root = if api == AT_ROOT { "unloc::".to_owned() } else { format!("unloc::{module}::") };
        let modules = ["model", "client"].map(|layer| format!("crate::{layer}::{module}::")).into();
        Self { root, modules, lines: BTreeSet::new() }
    }

    /// Starts the list of handwritten items, whose paths are public already.
    pub(crate) fn at(root: &str) -> Self {
        Self { root: root.to_owned(), modules: Vec::new(), lines: BTreeSet::new() }
    }

    /// Adds the public items of a module.
    pub(crate) fn items(&mut self, path: &str, items: &[Item]) {
        for item in items {
            match item {
                Item::Mod(module) if is_public(&module.vis) => {
                    // The crate re-exports the generated clients next to the modules.
                    let inner =
                        if module.ident == "clients" { path.to_owned() } else { format!("{path}{}::", module.ident) };
                    self.items(&inner, module.content.as_ref().map_or(&[], |(_, items)| items));
                }
                Item::Struct(item) if is_public(&item.vis) => {
                    let name = format!("{path}{}", item.ident);
                    self.declared("struct", &name, &item.attrs);
                    self.fields(&name, &item.fields);
                }
                Item::Enum(item) if is_public(&item.vis) => {
                    let name = format!("{path}{}", item.ident);
                    self.declared("enum", &name, &item.attrs);
                    for variant in &item.variants {
                        let held: Vec<_> = variant.fields.iter().map(|field| type_text(&field.ty)).collect();
                        let held = if held.is_empty() { String::new() } else { format!("({})", held.join(", ")) };
                        self.add(format!("{name}::{}{held}", variant.ident));
                    }
                }
                Item::Fn(item) if is_public(&item.vis) => self.function(path, &item.sig),
                Item::Type(item) if is_public(&item.vis) => {
                    self.add(format!("type {path}{} = {}", item.ident, type_text(&item.ty)));
                }
                Item::Const(item) if is_public(&item.vis) => {
                    self.add(format!("const {path}{}: {}", item.ident, type_text(&item.ty)));
                }
                Item::Trait(item) if is_public(&item.vis) => self.declared_trait(path, item),
                Item::Use(item) if is_public(&item.vis) => {
                    self.add(format!("use {path}{}", item.tree.to_token_stream().to_string().replace(' ', "")));
                }
                Item::Impl(item) => self.implementation(path, item),
                // These two macros of the crate define types, which `syn` sees as tokens only.
                Item::Macro(item) if item.mac.path.segments.last().is_some_and(|last| last.ident == "open_enum") => {
                    self.open_enum(path, item.mac.tokens.clone());
                }
                Item::Macro(item) if item.mac.path.segments.last().is_some_and(|last| last.ident == "text_type") => {
                    self.text_type(path, item.mac.tokens.clone());
                }
                _ => {}
            }
        }
    }

    /// Adds a type with its derived traits and whether it is `#[non_exhaustive]`: users rely on both.
    fn declared(&mut self, kind: &str, name: &str, attributes: &[syn::Attribute]) {
        let is_open = attributes.iter().any(|attribute| attribute.path().is_ident("non_exhaustive"));
        self.add(format!("{kind} {name}{}", if is_open { ", non-exhaustive" } else { "" }));
        for attribute in attributes {
            self.derived(name, &attribute.meta, "");
        }
    }

    /// Adds the traits of a `derive`, also of one within `cfg_attr(condition, derive(…))`.
    fn derived(&mut self, name: &str, meta: &Meta, condition: &str) {
        let Meta::List(list) = meta else { return };
        let parts = list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated).unwrap_or_default();
        if list.path.is_ident("derive") {
            for derived in &parts {
                let short = derived.path().segments.last().map(|segment| segment.ident.to_string());
                self.add(format!("impl {} for {name}{condition}", short.unwrap_or_default()));
            }
        } else if list.path.is_ident("cfg_attr")
            && let Some(when) = parts.first()
        {
            let condition = format!(" if {}", when.to_token_stream());
            parts.iter().skip(1).for_each(|part| self.derived(name, part, &condition));
        }
    }

    /// Adds the type of `text_type! { #[doc = "…"] Name }`.
    fn text_type(&mut self, path: &str, tokens: TokenStream) {
        let name = tokens.into_iter().find_map(|token| match token {
            TokenTree::Ident(name) => Some(name),
            _ => None,
        });
        if let Some(name) = name {
            self.add(format!("struct {path}{name}, a text"));
        }
    }

    /// Adds the type and variants of `open_enum! { #[doc = "…"] Name, …, { Variant = "value", } }`.
    fn open_enum(&mut self, path: &str, tokens: TokenStream) {
        let mut name = String::new();
        for token in tokens {
            match token {
                TokenTree::Ident(ident) if name.is_empty() => {
                    name = format!("{path}{ident}");
                    self.add(format!("enum {name}, non-exhaustive"));
                    self.add(format!("{name}::Unknown(String)"));
                }
                TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                    let variants = group.stream().into_iter().filter_map(|token| match token {
                        TokenTree::Ident(variant) => Some(format!("{name}::{variant}")),
                        _ => None,
                    });
                    variants.for_each(|line| self.add(line));
                }
                _ => {}
            }
        }
    }

    /// Adds the public fields of a struct.
    fn fields(&mut self, name: &str, fields: &Fields) {
        for (place, field) in fields.iter().enumerate().filter(|(_, field)| is_public(&field.vis)) {
            let field_name = field.ident.as_ref().map_or_else(|| place.to_string(), ToString::to_string);
            self.add(format!("{name}.{field_name}: {}", type_text(&field.ty)));
        }
    }

    /// Adds an `impl`: the whole of a trait's, the public items of an inherent one.
    fn implementation(&mut self, path: &str, item: &syn::ItemImpl) {
        let own = type_text(&item.self_ty);
        // A bare capitalized name is a type of this module and gets its path; `i32` and `::std::string::String` do not.
        let is_beside = matches!(&*item.self_ty, Type::Path(of) if of.path.leading_colon.is_none()
            && of.path.segments.len() == 1
            && of.path.segments[0].ident.to_string().starts_with(char::is_uppercase));
        let own = if is_beside { format!("{path}{own}") } else { own };
        if let Some((of, _)) = &item.trait_ {
            self.add(format!("impl {} for {own}", text(of.to_token_stream())));
            return;
        }
        for item in &item.items {
            match item {
                ImplItem::Fn(function) if is_public(&function.vis) => {
                    let line = function_line(&format!("{own}::"), &function.sig);
                    self.add(format!("{line}{}", condition(&function.attrs)));
                }
                ImplItem::Const(item) if is_public(&item.vis) => {
                    self.add(format!("const {own}::{}: {}", item.ident, type_text(&item.ty)));
                }
                _ => {}
            }
        }
    }

    /// Adds a trait and its items.
    fn declared_trait(&mut self, path: &str, item: &syn::ItemTrait) {
        let name = format!("{path}{}", item.ident);
        let above = if item.supertraits.is_empty() {
            String::new()
        } else {
            format!(": {}", text(item.supertraits.to_token_stream()))
        };
        self.add(format!("trait {name}{above}"));
        for item in &item.items {
            match item {
                syn::TraitItem::Fn(function) => self.function(&format!("{name}::"), &function.sig),
                syn::TraitItem::Type(item) => self.add(format!("type {name}::{}", item.ident)),
                syn::TraitItem::Const(item) => {
                    self.add(format!("const {name}::{}: {}", item.ident, type_text(&item.ty)));
                }
                _ => {}
            }
        }
    }

    /// Adds the signature of a function.
    fn function(&mut self, path: &str, signature: &syn::Signature) {
        self.add(function_line(path, signature));
    }

    /// Adds a line with public paths.
    fn add(&mut self, line: String) {
        let line = self.modules.iter().fold(line, |line, module| line.replace(module, &self.root));
        self.lines.insert(exported(&line.replace("::clients::", "::")));
    }
}

/// Replaces paths inside of the crate by its exports: `crate::model::Page` becomes `unloc::Page`.
fn exported(line: &str) -> String {
    let mut parts = line.split("crate::");
    let mut found = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let name = part.find(|letter: char| letter.is_ascii_uppercase()).unwrap_or_default();
        found.push_str("unloc::");
        found.push_str(&part[name..]);
    }
    found
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the lines for the source of a module.
    fn lines(source: &str) -> Vec<String> {
        let mut surface = Surface::of("integrator");
        surface.items("unloc::", &syn::parse_file(source).unwrap().items);
        surface.lines.into_iter().collect()
    }

    #[test]
    fn each_public_item_is_one_line_and_private_ones_are_none() {
        let source = r#"
            pub mod types {
                #[derive(Clone, ::serde::Serialize)]
                #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
                #[non_exhaustive]
                pub struct Lock { pub name: ::std::option::Option<::std::string::String>, secret: u8 }
                #[derive(Clone)]
                pub(crate) struct LockList { pub locks: u8 }
                pub enum State { Open, Other(u8) }
                impl Lock { pub fn builder() -> Self { Self { name: None, secret: 0 } } fn hidden(&self) {} }
                impl ::std::fmt::Display for State {}
                impl ::std::convert::From<crate::model::integrator::types::Lock> for i64 {}
                impl ::std::convert::From<crate::model::integrator::types::Lock> for ::std::string::String {}
                fn hidden() {}
                crate::model::open_enum::open_enum! { #[doc = "Which."] Vendor, case_insensitive: true, { #[doc = "One."] One = "one", } }
                crate::model::text::text_type! { #[doc = "An id."] LockId }
            }
            pub mod clients { pub struct Project; }
            impl crate::model::integrator::types::Lock { pub fn build(self) -> crate::error::Result<crate::model::Page<u8>> {} }
            impl crate::client::Unloc { pub async fn get(mut self, first: u8, second: &str) -> crate::http::Response<u8> { 0 } }
            impl crate::client::integrator::clients::Project { pub fn get(&self) {} pub(crate) fn client(&self) {} }
            impl crate::model::IntoField<crate::model::integrator::types::Lock> for crate::model::integrator::types::State {}
        "#;
        assert_eq!(
            lines(source),
            [
                "async fn unloc::Unloc::get(self, _1: u8, _2: &str) -> unloc::Response<u8>",
                "enum unloc::types::State",
                "enum unloc::types::Vendor, non-exhaustive",
                "fn unloc::Project::get(&self)",
                "fn unloc::types::Lock::build(self) -> unloc::Result<unloc::Page<u8>>",
                "fn unloc::types::Lock::builder() -> Self",
                "impl Clone for unloc::types::Lock",
                "impl From<unloc::types::Lock> for String",
                "impl From<unloc::types::Lock> for i64",
                "impl JsonSchema for unloc::types::Lock if feature = \"schemars\"",
                "impl Serialize for unloc::types::Lock",
                "impl fmt::Display for unloc::types::State",
                "impl unloc::IntoField<unloc::types::Lock> for unloc::types::State",
                "struct unloc::Project",
                "struct unloc::types::Lock, non-exhaustive",
                "struct unloc::types::LockId, a text",
                "unloc::types::Lock.name: Option<String>",
                "unloc::types::State::Open",
                "unloc::types::State::Other(u8)",
                "unloc::types::Vendor::One",
                "unloc::types::Vendor::Unknown(String)",
            ]
        );
    }
}
