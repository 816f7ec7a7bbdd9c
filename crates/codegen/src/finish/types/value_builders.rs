//! Rewrites the builders of types. typify's module looks like this, for each struct:
//!
//! ```text
//! #[derive(Clone, Debug)]
//! pub struct Lock {
//!     name: ::std::result::Result<::std::string::String, ::std::string::String>,
//!     image_url: ::std::result::Result<::std::option::Option<::std::string::String>, ::std::string::String>,
//! }
//! impl ::std::default::Default for Lock {
//!     fn default() -> Self {
//!         Self { name: Err("no value supplied for name".to_string()), image_url: Ok(Default::default()) }
//!     }
//! }
//! impl Lock {
//!     pub fn name<T>(mut self, value: T) -> Self
//!     where T: ::std::convert::TryInto<::std::string::String>, T::Error: ::std::fmt::Display
//!     {
//!         self.name = value.try_into().map_err(|e| format!("error converting supplied value for name: {e}"));
//!         self
//!     }
//! }
//! impl ::std::convert::TryFrom<Lock> for super::Lock { … Ok(Self { name: value.name?, … }) … }
//! impl ::std::convert::From<super::Lock> for Lock { … Self { name: Ok(value.name), … } … }
//! ```
//!
//! The struct stays, except that `Option<Nullable<T>>` becomes `Nullable<T>`. Its inherent `impl` is written again,
//! from the fields of the type that it builds. `Default` gets another body. `From` stays, since it moves fields of the
//! same type. A function replaces `TryFrom`, whose error is typify's.

use quote::quote;
use syn::visit_mut::{self, VisitMut};
use syn::{Attribute, ImplItem, Item, Type, parse_quote};

use crate::finish::{Field, Fields, by_type, docs, is_nullable, last_name, may_be_unset, optional};
use crate::prepare::Marks;

/// Rewrites the builders of a module. Returns the functions `build`, for another module.
///
/// Each setter takes what converts into the property's type, wraps it if the property is optional, and reports a
/// refused value under the property's wire name.
pub(super) fn rewrite(items: &mut Vec<Item>, module: &syn::Path, all: &Fields, marks: &Marks) -> Vec<Item> {
    let limited = by_type(marks.lengths.keys().map(|(schema, _)| schema));
    let (mut conversions, mut build_functions) = (Vec::new(), Vec::new());
    // impl TryFrom<Lock> for super::Lock { type Error = super::error::ConversionError; … }
    items.retain(|item| !matches!(item, Item::Impl(block) if is_of(block, "TryFrom")));
    for item in items.iter_mut() {
        match item {
            // pub struct Lock { name: Result<String, String>, … }
            Item::Struct(item) => {
                let text = format!("Builds a value of type [`{}`](super::{0}).", item.ident);
                item.attrs.push(parse_quote!(#[doc = #text]));
                for field in &mut item.fields {
                    field.ty = without_option(&field.ty);
                }
            }
            // impl Lock { pub fn name<T>(…) -> Self … }
            Item::Impl(block) if block.trait_.is_none() => {
                let rust = last_name(&block.self_ty).unwrap_or_default();
                let Some(fields) = all.get(&rust) else { continue };
                let schema = limited.get(&rust).copied();
                let key = |field: &Field| Some((schema?.clone(), field.property.clone()));
                let lengths = |field: &Field| marks.lengths.get(&key(field)?).copied();
                block.items = fields.iter().map(|field| setter(field, lengths(field))).collect();
                let name = quote::format_ident!("{rust}");
                let idents: Vec<_> = fields.iter().map(|field| &field.ident).collect();
                // The two underscores keep it apart from setters: no property gives such a name.
                block.items.push(parse_quote! {
                    pub(crate) fn __built(self) -> ::std::result::Result<#module::types::#name, ::std::string::String> {
                        ::std::result::Result::Ok(#module::types::#name { #(#idents: self.#idents?),* })
                    }
                });
                let ty: Type = parse_quote!(#module::types::#name);
                // A setter takes a builder where it takes the value, so that nested objects need no `build()?`.
                conversions.extend([ty.clone(), parse_quote!(crate::model::Nullable<#ty>)].map(|target| {
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
                build_functions.push(parse_quote! {
                    impl #module::types::builder::#name {
                        /// Returns the value, if every required property was set and no value was refused.
                        ///
                        /// # Errors
                        /// [`ErrorKind::Request`](crate::ErrorKind::Request), which names the missing or refused property.
                        pub fn build(self) -> crate::error::Result<#module::types::#name> {
                            self.__built().map_err(|what| crate::error::Error::unbuilt(&crate::error::Unbuilt(
                                ::std::format!("{}: {what}", #rust),
                            )))
                        }
                    }
                });
            }
            // impl Default for Lock { fn default() -> Self … }. The third `impl` is of `From`, and stays.
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
    items.extend(conversions);
    build_functions
}

/// Returns whether a block is the `impl` of the trait with this name.
fn is_of(block: &syn::ItemImpl, name: &str) -> bool {
    block.trait_.as_ref().and_then(|of| of.0.segments.last()).is_some_and(|last| last.ident == name)
}

/// Returns the body of `default()`: a required property starts with the error that says how to set it.
fn unset(fields: &[Field]) -> syn::Block {
    let values = fields.iter().map(|field| {
        let Field { ident, property, ty, .. } = field;
        // A required nullable property is no exception: null is sent only if the caller says so.
        if may_be_unset(ty) && !(field.required && is_nullable(ty)) {
            quote!(#ident: ::std::result::Result::Ok(::std::default::Default::default()))
        } else {
            let message = format!("`{property}` is not set: call `.{}(…)`", field.setter());
            quote!(#ident: ::std::result::Result::Err(::std::borrow::ToOwned::to_owned(#message)))
        }
    });
    parse_quote!({ Self { #(#values),* } })
}

/// Returns the setter of a property. `lengths` are the least and greatest length of a string.
fn setter(field: &Field, lengths: Option<(u64, u64)>) -> ImplItem {
    let (Field { ident, property, ty, .. }, setter) = (field, field.setter());
    // The argument has no `Option`, so that callers pass a value without `Some`.
    let inner = optional(ty).unwrap_or(ty);
    let some = optional(ty).map(|_| quote!(.map(::std::option::Option::Some)));
    let checked = lengths
        .map(|(least, most)| quote!(.and_then(|text| crate::model::field::length(#property, text, #least, #most))));
    let cut = field.is_cut.then(|| quote!(.map(crate::model::lenient::Cut::cut)));
    let docs = setter_docs(field);
    parse_quote! {
        #(#docs)*
        pub fn #setter(mut self, value: impl crate::model::IntoField<#inner>) -> Self {
            self.#ident = crate::model::field::field::<#inner>(#property, value)#checked #cut #some;
            self
        }
    }
}

/// Returns the documentation of a field's setters.
pub(in crate::finish) fn setter_docs(field: &Field) -> Vec<Attribute> {
    let first = format!("Sets `{}`.", field.property);
    let mut all: Vec<Attribute> = vec![parse_quote!(#[doc = #first])];
    if !field.docs.is_empty() {
        all.push(parse_quote!(#[doc = ""]));
        all.extend(field.docs.iter().cloned());
    }
    let requirement = docs::safe(&field.requirement);
    let requirement = (!requirement.is_empty()).then(|| format!("\n{requirement}"));
    let cut = field
        .is_cut
        .then(|| "\nDigits beyond milliseconds are cut off, since the service stores no more of them.".to_owned());
    all.extend(requirement.into_iter().chain(cut).map(|text| parse_quote!(#[doc = #text])));
    all
}

/// Replaces `Option<Nullable<T>>` with `Nullable<T>`, wherever it is inside of a type.
///
/// The builder's field is `Result<Option<Nullable<T>>, String>`, of which the `Option` is an inner type.
fn without_option(ty: &Type) -> Type {
    struct Visitor;
    impl VisitMut for Visitor {
        fn visit_type_mut(&mut self, ty: &mut Type) {
            if let Some(inner) = optional(ty).filter(|inner| is_nullable(inner)).cloned() {
                *ty = inner;
            }
            visit_mut::visit_type_mut(self, ty);
        }
    }
    let mut ty = ty.clone();
    Visitor.visit_type_mut(&mut ty);
    ty
}
