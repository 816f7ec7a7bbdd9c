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

use quote::quote;
use syn::punctuated::Punctuated;
use syn::visit_mut::{self, VisitMut};
use syn::{
    Attribute, Expr, ExprLit, Fields as SynFields, ImplItem, Item, ItemStruct, Lit, Meta, MetaNameValue, Token, Type,
    parse_quote,
};
use unloc_spec::Error;

use super::{Field, Fields, by_type, docs, enums, is_nullable, is_time, last_name, may_be_unset, optional, refusal};
use crate::prepare::Marks;

pub(super) fn finish(items: &mut Vec<Item>, module: &syn::Path, marks: &Marks) -> Result<(), Error> {
    let mut names: Vec<syn::Ident> = Vec::new();
    let marked = marks.lenient.keys().chain(marks.aliases.keys()).chain(&marks.times);
    let read = by_type(marked.map(|(schema, _)| schema));
    for item in items.iter_mut() {
        match item {
            Item::Struct(item) => {
                docs::sanitise(&mut item.attrs);
                names.push(item.ident.clone());
                // `pub struct Name(pub T)` has no property.
                if let SynFields::Named(_) = &item.fields {
                    fields_of(item, marks, read.get(&item.ident.to_string()).copied());
                }
            }
            Item::Enum(item) => {
                docs::sanitise(&mut item.attrs);
                names.push(item.ident.clone());
            }
            // impl Lock { pub fn builder() -> builder::Lock { Default::default() } }, which says nothing of itself.
            Item::Impl(item) => {
                for function in item.items.iter_mut() {
                    if let ImplItem::Fn(function) = function
                        && function.sig.ident == "builder"
                    {
                        function.attrs.push(parse_quote!(#[doc = "A builder whose setters take each property."]));
                    }
                }
            }
            _ => {}
        }
    }
    let all = fields(items);
    for item in items.iter_mut() {
        if let Item::Mod(inner) = item
            && inner.ident == "builder"
            && let Some((_, items)) = &mut inner.content
        {
            builders(items, module, &all, marks);
        }
    }
    items.extend(marks.enums.iter().map(|(name, open)| enums::item(name, open)));
    // Only objects have a builder.
    let built = |name: &syn::Ident| all.get(&name.to_string()).is_some_and(|fields| !fields.is_empty());
    items.extend(marks.replaced.values().filter_map(|rust| nullable_builder(module, rust, built)));
    items.push(schemas(module, &names));
    Ok(())
}

/// A builder is taken where the value it builds may be null, as it is everywhere else: typify writes only
/// `impl TryFrom<builder::Lock> for Lock`. What stands in place of a schema is
/// `crate::Nullable<crate::…::types::Lock>`.
fn nullable_builder(module: &syn::Path, rust: &str, built: impl Fn(&syn::Ident) -> bool) -> Option<Item> {
    let inner = rust.strip_prefix("crate::Nullable<")?.strip_suffix('>')?;
    let name = syn::Ident::new(inner.rsplit_once("::types::")?.1, proc_macro2::Span::call_site());
    built(&name).then(|| {
        parse_quote! {
            impl ::std::convert::TryFrom<#module::types::builder::#name> for crate::Nullable<#module::types::#name> {
                type Error = #module::types::error::ConversionError;
                fn try_from(value: #module::types::builder::#name) -> ::std::result::Result<Self, Self::Error> {
                    #module::types::#name::try_from(value).map(Self::Value)
                }
            }
        }
    })
}

/// The named fields of all structs.
pub(super) fn fields(items: &[Item]) -> Fields {
    let structs = items.iter().filter_map(|item| match item {
        Item::Struct(item) => Some(item),
        _ => None,
    });
    let field = |field: &syn::Field| {
        let ident = field.ident.clone()?;
        let docs = field.attrs.iter().filter(|attr| attr.path().is_ident("doc")).cloned().collect();
        Some(Field { property: property(field), ident, ty: field.ty.clone(), docs })
    };
    structs.map(|item| (item.ident.to_string(), item.fields.iter().filter_map(field).collect())).collect()
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
/// What may be null and may be left out comes as `Option<crate::Nullable<T>>`, and becomes `crate::Nullable<T>`, of
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
                #[serde(default, rename = #property, skip_serializing_if = "crate::Nullable::is_absent")]
            });
        }
        let key = schema.map(|schema| (schema.clone(), property));
        for alias in key.as_ref().and_then(|key| marks.aliases.get(key)).into_iter().flatten() {
            field.attrs.push(parse_quote!(#[serde(alias = #alias)]));
        }
        let is_cut = key.as_ref().is_some_and(|key| marks.times.contains(key));
        if is_cut {
            field.attrs.push(parse_quote!(#[serde(serialize_with = "crate::lenient::write_cut")]));
        }
        // serde takes a field with a reader for required, unless `default` stands there: typify leaves it to the
        // `Option`.
        let lenient = key.and_then(|key| marks.lenient.get(&key)).map(|reader| reader.path());
        let reader = lenient.or_else(|| is_cut.then(|| "read_cut".to_owned()));
        let is_time = || is_time(optional(&field.ty).unwrap_or(&field.ty)).then(|| "time".to_owned());
        if let Some(reader) = reader.or_else(is_time) {
            let reader = format!("crate::lenient::{reader}");
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
/// builds; of `Default` the body is; the conversions stay, since they move fields of one type.
fn builders(items: &mut [Item], module: &syn::Path, all: &Fields, marks: &Marks) {
    let limited = by_type(marks.lengths.keys().chain(&marks.times).map(|(schema, _)| schema));
    for item in items {
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
                let is_cut = |field: &Field| key(field).is_some_and(|key| marks.times.contains(&key));
                block.items = fields.iter().map(|field| setter(field, limits(field), is_cut(field))).collect();
                let built = syn::Ident::new(&rust, proc_macro2::Span::call_site());
                block.items.push(parse_quote! {
                    /// The value, if every property that is required was set and none was refused.
                    ///
                    /// # Errors
                    /// Names the property that is missing or refused.
                    pub fn build(self) -> ::std::result::Result<#module::types::#built, #module::types::error::ConversionError> {
                        ::std::convert::TryInto::try_into(self)
                    }
                });
            }
            // impl Default for Lock { fn default() -> Self … }; the other two traits are not `Default`.
            Item::Impl(block) => {
                let rust = last_name(&block.self_ty).unwrap_or_default();
                let fields = all.get(&rust);
                let last = block.trait_.as_ref().and_then(|of| of.0.segments.last());
                let default = last.is_some_and(|last| last.ident == "Default");
                for function in block.items.iter_mut().filter(|_| default) {
                    if let (ImplItem::Fn(function), Some(fields)) = (function, fields) {
                        function.block = unset(&rust, fields);
                    }
                }
            }
            _ => {}
        }
    }
}

/// The start of a builder: required properties say what is missing, and on which builder: one stands inside the other.
fn unset(rust: &str, fields: &[Field]) -> syn::Block {
    let values = fields.iter().map(|Field { ident, property, ty, .. }| {
        if may_be_unset(ty) {
            quote!(#ident: ::std::result::Result::Ok(::std::default::Default::default()))
        } else {
            let message = format!("`{property}` is not set: call `.{ident}(…)` on `{rust}::builder()`");
            quote!(#ident: ::std::result::Result::Err(::std::borrow::ToOwned::to_owned(#message)))
        }
    });
    parse_quote!({ Self { #(#values),* } })
}

fn setter(Field { ident, property, ty, docs }: &Field, limits: Option<(u64, u64)>, is_cut: bool) -> ImplItem {
    let inner = optional(ty).unwrap_or(ty);
    let some = optional(ty).map(|_| quote!(.map(::std::option::Option::Some)));
    let refused = refusal(property, optional(ty).unwrap_or(ty));
    let checked =
        limits.map(|(least, most)| quote!(.and_then(|text| crate::text::length(#property, text, #least, #most))));
    let cut = is_cut.then(|| quote!(.map(crate::lenient::Cut::cut)));
    let told: Option<Attribute> = is_cut
        .then(|| parse_quote!(#[doc = "\nWhat is finer than a millisecond is cut off, as the service keeps no more."]));
    parse_quote! {
        #(#docs)*
        #told
        pub fn #ident<T>(mut self, value: T) -> Self
        where
            T: ::std::convert::TryInto<#inner>,
            T::Error: ::std::fmt::Display,
        {
            self.#ident = ::std::convert::TryInto::<#inner>::try_into(value).map_err(#refused)#checked #cut #some;
            self
        }
    }
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

fn schemas(module: &syn::Path, names: &[syn::Ident]) -> Item {
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
