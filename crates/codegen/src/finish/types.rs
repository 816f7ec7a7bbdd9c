//! The types: lenient reading, room to grow, documentation, builders whose setters take what a caller has at hand.
//!
//! typify's output looks like this, for each object among the schemas; an enum with a name is no item of it, since it
//! is replaced by settings.
//!
//! ```text
//! pub mod error { pub struct ConversionError(…); … }
//! /// The description of the schema.
//! #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]   // and by settings
//! pub struct Lock {
//!     /// The description of the property.
//!     #[serde(rename = "imageUrl", skip_serializing_if = "::std::option::Option::is_none")]
//!     pub image_url: ::std::option::Option<::std::string::String>,
//!     pub name: ::std::string::String,
//! }
//! impl Lock { pub fn builder() -> builder::Lock { Default::default() } }
//! pub mod builder { … }                                               // see `builders`
//! ```
//!
//! A schema that is no object becomes `pub struct Name(pub T)`, a list or a map as well, and keeps its form.

use std::collections::BTreeSet;

use quote::{ToTokens, quote};
use serde_json::Value;
use syn::punctuated::Punctuated;
use syn::visit_mut::{self, VisitMut};
use syn::{
    Attribute, Expr, ExprLit, Fields as SynFields, Ident, ImplItem, Item, ItemStruct, Lit, Meta, MetaNameValue, Token,
    Type, parse_quote,
};
use unloc_spec::keys::RUST_NAME;
use unloc_spec::{Document, Error};

use super::{
    Around, Field, Fields, by_type, docs, enums, is_nullable, is_time, last_name, limits, may_be_unset, optional,
};
use crate::names;
use crate::prepare::Marks;

/// Finishes the types; returns their fields, and the functions `build` of their builders, which belong to the clients
/// since their error does.
pub(super) fn finish(
    items: &mut Vec<Item>,
    module: &syn::Path,
    around: &Around<'_>,
    envelopes: &BTreeSet<&str>,
) -> Result<(Fields, Vec<Item>), Error> {
    let (marks, document) = (around.marks, around.document);
    let mut shown: Vec<Ident> = Vec::new();
    let hidden: BTreeSet<_> = envelopes.iter().map(|schema| names::pascal(schema)).collect();
    let marked = marks.lenient.keys().chain(marks.aliases.keys()).chain(&marks.times);
    let read = by_type(marked.map(|(schema, _)| schema));
    for item in items.iter_mut() {
        match item {
            Item::Struct(item) => {
                docs::sanitise(&mut item.attrs);
                if hidden.contains(&item.ident.to_string()) {
                    item.vis = parse_quote!(pub(crate));
                } else {
                    shown.push(item.ident.clone());
                }
                // `pub struct Name(pub T)` has no property.
                if let SynFields::Named(_) = &item.fields {
                    fields_of(item, marks, read.get(&item.ident.to_string()).copied());
                }
            }
            Item::Enum(item) => {
                docs::sanitise(&mut item.attrs);
                shown.push(item.ident.clone());
            }
            // impl Lock { pub fn builder() -> builder::Lock { Default::default() } }, which says nothing of itself.
            Item::Impl(item) => {
                for function in item.items.iter_mut() {
                    if let ImplItem::Fn(function) = function
                        && function.sig.ident == "builder"
                    {
                        function
                            .attrs
                            .push(parse_quote!(#[doc = "Returns a builder whose setters take each property."]));
                    }
                }
            }
            _ => {}
        }
    }
    let is_hidden = |ty: &Type| last_name(ty).is_some_and(|name| hidden.contains(&name));
    // impl LockList { pub fn builder() … }
    items.retain(|item| !matches!(item, Item::Impl(block) if block.trait_.is_none() && is_hidden(&block.self_ty)));
    let all = fields(items, document, marks);
    let mut built = Vec::new();
    for item in items.iter_mut() {
        if let Item::Mod(inner) = item
            && inner.ident == "builder"
            && let Some((_, items)) = &mut inner.content
        {
            items.retain(|item| match item {
                Item::Struct(item) => !hidden.contains(&item.ident.to_string()),
                // impl From<super::LockList> for LockList { … }
                Item::Impl(block) => !is_hidden(&block.self_ty),
                _ => true,
            });
            built = builders(items, module, &all, marks);
        }
    }
    // pub mod error { pub struct ConversionError(…); … }, which the builders needed for what they no longer do.
    let is_error = |item: &Item| matches!(item, Item::Mod(inner) if inner.ident == "error");
    let needs_error = |item: &Item| !is_error(item) && item.to_token_stream().to_string().contains("ConversionError");
    if !items.iter().any(needs_error) {
        items.retain(|item| !is_error(item));
    }
    items.extend(marks.enums.iter().map(|(name, open)| enums::item(name, open)));
    items.extend(marks.texts.iter().map(|(name, description)| {
        let (name, text) = (quote::format_ident!("{}", names::pascal(name)), docs::safe(description));
        Item::Macro(parse_quote! { crate::model::text::text_type! { #[doc = #text] #name } })
    }));
    let plain: Vec<Item> = items.iter().filter_map(|item| sources(module, item)).collect();
    items.extend(plain);
    items.push(schemas(module, &shown));
    Ok((all, built))
}

/// What a setter of `pub struct Count(pub i64);` takes beside a `Count`: what is inside of it, which it is made of by
/// `impl From<i64> for Count`.
fn sources(module: &syn::Path, item: &Item) -> Option<Item> {
    let Item::Struct(ItemStruct { ident, fields: SynFields::Unnamed(fields), .. }) = item else { return None };
    let inner = fields.unnamed.first().map(|field| &field.ty).filter(|_| fields.unnamed.len() == 1)?;
    let name = quote!(#module::types::#ident);
    Some(parse_quote! {
        const _: () = {
            crate::model::field::source!(#inner => #name, value => ::std::result::Result::<#name, crate::model::field::Refused>::Ok(#name::from(value)));
        };
    })
}

/// The named fields of all structs.
fn fields(items: &[Item], document: &Document, marks: &Marks) -> Fields {
    let schemas = document.value.pointer("/components/schemas").and_then(Value::as_object);
    let by_type = by_type(schemas.into_iter().flatten().map(|(name, _)| name));
    let structs = items.iter().filter_map(|item| match item {
        Item::Struct(item) => Some(item),
        _ => None,
    });
    let all = structs.map(|item| {
        let name = item.ident.to_string();
        let schema_name = by_type.get(&name).map(|schema| (*schema).clone()).unwrap_or_default();
        let schema = schemas.and_then(|schemas| schemas.get(&schema_name));
        let field = |field: &syn::Field| {
            let ident = field.ident.clone()?;
            let docs = field.attrs.iter().filter(|attr| attr.path().is_ident("doc")).cloned().collect();
            let property = property(field);
            let node = schema.and_then(|schema| schema.get("properties")?.get(&property));
            let listed = schema.and_then(|schema| schema.get("required")?.as_array());
            let required = listed.is_some_and(|names| names.iter().any(|name| *name == property));
            let nullable = is_nullable(optional(&field.ty).unwrap_or(&field.ty));
            let limits = node.map_or_else(String::new, |node| limits::told(document, node, required, nullable));
            let is_cut = marks.times.contains(&(schema_name.clone(), property.clone()));
            let renamed = node.and_then(|node| Some(names::snake(node.get(RUST_NAME)?.as_str()?)));
            Some(Field { ident, property, ty: field.ty.clone(), docs, limits, renamed, required, is_cut })
        };
        let found = item.fields.iter().filter_map(field).collect();
        (name, found)
    });
    all.collect()
}

/// Rewrites the fields of a struct, of which typify writes each like one of these:
///
/// ```text
/// pub id: ::std::string::String,
/// #[serde(rename = "imageUrl", default, skip_serializing_if = "::std::option::Option::is_none")]
/// pub image_url: ::std::option::Option<::std::string::String>,
/// #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
/// pub periods: ::std::vec::Vec<Period>,
/// ```
///
/// What may be null and may be left out comes as `Option<crate::model::Nullable<T>>`, and becomes `crate::model::Nullable<T>`, of
/// which absent is a variant; its `#[serde(…)]` speaks of the `Option` and is written anew. All other attributes stay,
/// and are added to.
fn fields_of(item: &mut ItemStruct, marks: &Marks, schema: Option<&String>) {
    for field in &mut item.fields {
        docs::sanitise(&mut field.attrs);
        let property = property(field);
        if let Some(inner) = optional(&field.ty).filter(|inner| is_nullable(inner)).cloned() {
            field.ty = inner;
            field.attrs.retain(|attr| !attr.path().is_ident("serde"));
            field.attrs.push(parse_quote! {
                #[serde(default, rename = #property, skip_serializing_if = "crate::model::Nullable::is_absent")]
            });
        }
        let key = schema.map(|schema| (schema.clone(), property));
        for alias in key.as_ref().and_then(|key| marks.aliases.get(key)).into_iter().flatten() {
            field.attrs.push(parse_quote!(#[serde(alias = #alias)]));
        }
        let is_cut = key.as_ref().is_some_and(|key| marks.times.contains(key));
        if is_cut {
            field.attrs.push(parse_quote!(#[serde(serialize_with = "crate::model::lenient::write_cut")]));
        }
        // serde takes a field with a reader for required, unless `default` stands there: typify leaves it to the
        // `Option`.
        let lenient = key.and_then(|key| marks.lenient.get(&key)).map(|reader| reader.path());
        let reader = lenient.or_else(|| is_cut.then(|| "read_cut".to_owned()));
        let is_time = || is_time(optional(&field.ty).unwrap_or(&field.ty)).then(|| "time".to_owned());
        if let Some(reader) = reader.or_else(is_time) {
            let reader = format!("crate::model::lenient::{reader}");
            // What is required and nullable has one that tells null from absent, for requests, which nobody reads.
            field
                .attrs
                .retain(|attr| !serde(std::slice::from_ref(attr)).any(|said| said.path().is_ident("deserialize_with")));
            if optional(&field.ty).is_some() && !serde(&field.attrs).any(|said| said.path().is_ident("default")) {
                field.attrs.push(parse_quote!(#[serde(default)]));
            }
            field.attrs.push(parse_quote!(#[serde(deserialize_with = #reader)]));
        }
    }
}

/// Rewrites the setters: each takes what converts into the property's type, wraps it if the property is optional, and
/// names the property as the wire does when a value is refused. typify's module looks like this, for each struct:
///
/// ```text
/// #[derive(Clone, Debug)]
/// pub struct Lock {
///     name: ::std::result::Result<::std::string::String, ::std::string::String>,
///     image_url: ::std::result::Result<::std::option::Option<::std::string::String>, ::std::string::String>,
/// }
/// impl ::std::default::Default for Lock {
///     fn default() -> Self {
///         Self { name: Err("no value supplied for name".to_string()), image_url: Ok(Default::default()) }
///     }
/// }
/// impl Lock {
///     pub fn name<T>(mut self, value: T) -> Self
///     where T: ::std::convert::TryInto<::std::string::String>, T::Error: ::std::fmt::Display
///     {
///         self.name = value.try_into().map_err(|e| format!("error converting supplied value for name: {e}"));
///         self
///     }
/// }
/// impl ::std::convert::TryFrom<Lock> for super::Lock { … Ok(Self { name: value.name?, … }) … }
/// impl ::std::convert::From<super::Lock> for Lock { … Self { name: Ok(value.name), … } … }
/// ```
///
/// The struct stays, but for `Option<Nullable<T>>`; its own `impl` is written anew from the fields of the type that it
/// builds; of `Default` the body is; `From` stays, since it moves fields of one type; in place of `TryFrom`, with an error
/// of typify's, stands a function.
fn builders(items: &mut Vec<Item>, module: &syn::Path, all: &Fields, marks: &Marks) -> Vec<Item> {
    let limited = by_type(marks.lengths.keys().map(|(schema, _)| schema));
    let (mut fields_of_builders, mut built) = (Vec::new(), Vec::new());
    items.retain(|item| !matches!(item, Item::Impl(block) if is_of(block, "TryFrom")));
    for item in items.iter_mut() {
        match item {
            // pub struct Lock { name: Result<String, String>, … }
            Item::Struct(item) => {
                let text = format!("Builder of [`{}`](super::{0}).", item.ident);
                item.attrs.push(parse_quote!(#[doc = #text]));
                for field in &mut item.fields {
                    field.ty = flat(&field.ty);
                }
            }
            // impl Lock { pub fn name<T>(…) -> Self … }
            Item::Impl(block) if block.trait_.is_none() => {
                let rust = last_name(&block.self_ty).unwrap_or_default();
                let Some(fields) = all.get(&rust) else { continue };
                let schema = limited.get(&rust).copied();
                let key = |field: &Field| Some((schema?.clone(), field.property.clone()));
                let limits = |field: &Field| marks.lengths.get(&key(field)?).copied();
                block.items = fields.iter().map(|field| setter(field, limits(field))).collect();
                let name = quote::format_ident!("{rust}");
                let idents: Vec<_> = fields.iter().map(|field| &field.ident).collect();
                block.items.push(parse_quote! {
                    pub(crate) fn __built(self) -> ::std::result::Result<#module::types::#name, ::std::string::String> {
                        ::std::result::Result::Ok(#module::types::#name { #(#idents: self.#idents?),* })
                    }
                });
                let ty: Type = parse_quote!(#module::types::#name);
                fields_of_builders.extend([ty.clone(), parse_quote!(crate::model::Nullable<#ty>)].map(|target| {
                    let value =
                        if is_nullable(&target) { quote!(.map(crate::model::Nullable::Value)) } else { quote!() };
                    let item: Item = parse_quote! {
                        impl crate::model::IntoField<#target> for #module::types::builder::#name {
                            fn into_field(
                                self,
                                _: crate::model::field::Sealed,
                            ) -> ::std::result::Result<#target, crate::model::field::Refused> {
                                self.__built()#value.map_err(crate::model::field::Refused::because)
                            }
                        }
                    };
                    item
                }));
                built.push(parse_quote! {
                    impl #module::types::builder::#name {
                        /// Returns the value, if every property that is required was set and none was refused.
                        ///
                        /// # Errors
                        /// [`ErrorKind::Request`](crate::ErrorKind::Request), which names the property that is missing or
                        /// refused.
                        pub fn build(self) -> crate::error::Result<#module::types::#name> {
                            self.__built().map_err(|what| crate::error::Error::unbuilt(&crate::error::Unbuilt(
                                ::std::format!("{}: {what}", #rust),
                            )))
                        }
                    }
                });
            }
            // impl Default for Lock { fn default() -> Self … }; the other two traits are not `Default`.
            Item::Impl(block) if is_of(block, "Default") => {
                let fields = all.get(&last_name(&block.self_ty).unwrap_or_default());
                for function in &mut block.items {
                    if let (ImplItem::Fn(function), Some(fields)) = (function, fields) {
                        function.block = unset(fields);
                    }
                }
            }
            _ => {}
        }
    }
    items.extend(fields_of_builders);
    built
}

/// Whether it is the `impl` of the trait with this name.
fn is_of(block: &syn::ItemImpl, name: &str) -> bool {
    block.trait_.as_ref().and_then(|of| of.0.segments.last()).is_some_and(|last| last.ident == name)
}

/// The start of a builder: required properties say what is missing.
fn unset(fields: &[Field]) -> syn::Block {
    let values = fields.iter().map(|field| {
        let Field { ident, property, ty, .. } = field;
        // What may be null and has to be there is null only if somebody says so.
        if may_be_unset(ty) && !(field.required && is_nullable(ty)) {
            quote!(#ident: ::std::result::Result::Ok(::std::default::Default::default()))
        } else {
            let message = format!("`{property}` is not set: call `.{}(…)`", field.setter());
            quote!(#ident: ::std::result::Result::Err(::std::borrow::ToOwned::to_owned(#message)))
        }
    });
    parse_quote!({ Self { #(#values),* } })
}

fn setter(field: &Field, limits: Option<(u64, u64)>) -> ImplItem {
    let (Field { ident, property, ty, .. }, setter) = (field, field.setter());
    let inner = optional(ty).unwrap_or(ty);
    let some = optional(ty).map(|_| quote!(.map(::std::option::Option::Some)));
    let checked = limits
        .map(|(least, most)| quote!(.and_then(|text| crate::model::field::length(#property, text, #least, #most))));
    let cut = field.is_cut.then(|| quote!(.map(crate::model::lenient::Cut::cut)));
    let docs = described(field);
    parse_quote! {
        #(#docs)*
        pub fn #setter(mut self, value: impl crate::model::IntoField<#inner>) -> Self {
            self.#ident = crate::model::field::field::<#inner>(#property, value)#checked #cut #some;
            self
        }
    }
}

/// What the setters of a field say.
pub(super) fn described(field: &Field) -> Vec<Attribute> {
    let mut all = field.docs.clone();
    let limits = docs::safe(&field.limits);
    let limits = (!limits.is_empty()).then(|| format!("\n{limits}"));
    let cut =
        field.is_cut.then(|| "\nWhat is finer than a millisecond is cut off, as the service keeps no more.".to_owned());
    all.extend(limits.into_iter().chain(cut).map(|text| parse_quote!(#[doc = #text])));
    all
}

/// `Option<Nullable<T>>` anywhere inside becomes `Nullable<T>`.
fn flat(ty: &Type) -> Type {
    struct Flat;
    impl VisitMut for Flat {
        fn visit_type_mut(&mut self, ty: &mut Type) {
            if let Some(inner) = optional(ty).filter(|inner| is_nullable(inner)).cloned() {
                *ty = inner;
            }
            visit_mut::visit_type_mut(self, ty);
        }
    }
    let mut ty = ty.clone();
    Flat.visit_type_mut(&mut ty);
    ty
}

/// The name of a field on the wire: that of `#[serde(rename = "…")]`, which typify writes where the Rust name is
/// another.
fn property(field: &syn::Field) -> String {
    let renamed = serde(&field.attrs).find_map(|said| match said {
        Meta::NameValue(MetaNameValue { path, value: Expr::Lit(ExprLit { lit: Lit::Str(name), .. }), .. }) => {
            path.is_ident("rename").then(|| name.value())
        }
        _ => None,
    });
    renamed.or_else(|| field.ident.as_ref().map(ToString::to_string)).unwrap_or_default()
}

/// What `#[serde(…)]` says: `rename = "imageUrl"`, `default`.
fn serde(attrs: &[Attribute]) -> impl Iterator<Item = Meta> {
    let all = Punctuated::<Meta, Token![,]>::parse_terminated;
    let attrs = attrs.iter().filter(|attr| attr.path().is_ident("serde"));
    attrs.filter_map(move |attr| attr.parse_args_with(all).ok()).flatten()
}

fn schemas(module: &syn::Path, names: &[Ident]) -> Item {
    parse_quote! {
        /// The JSON Schema of every type in this module, by name, under `$defs`.
        #[cfg(feature = "schemars")]
        #[must_use]
        pub fn json_schemas() -> ::serde_json::Value {
            let mut generator = ::schemars::SchemaGenerator::default();
            #(generator.subschema_for::<#module::types::#names>();)*
            ::serde_json::json!({ "$defs": generator.take_definitions(true) })
        }
    }
}
