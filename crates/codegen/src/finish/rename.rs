//! Puts the names of the wire in the place of placeholders, in literals; and looks whether any other is left.

use quote::ToTokens;
use syn::visit_mut::{self, VisitMut};
use syn::{File, LitStr};
use unloc_spec::Operation;

use super::docs;
use crate::placeholder::Placeholders;

/// # Errors
/// What has a placeholder left that users would see or the service would get.
pub(super) fn rename(file: &mut File, operations: &[Operation], placeholders: &Placeholders) -> Result<(), String> {
    Rename { operations, placeholders }.visit_file_mut(file);
    let mut left = Left { placeholders, found: None };
    left.visit_file_mut(file);
    left.found.map_or(Ok(()), |found| Err(format!("name for what is called `{found}`")))
}

struct Rename<'a> {
    operations: &'a [Operation],
    placeholders: &'a Placeholders,
}

impl VisitMut for Rename<'_> {
    fn visit_lit_str_mut(&mut self, literal: &mut LitStr) {
        let text = literal.value();
        if !self.placeholders.stand_in(&text) {
            return;
        }
        for (index, operation) in self.operations.iter().enumerate() {
            for (place, parameter) in operation.parameters.iter().enumerate() {
                if self.placeholders.parameter(index, place) == text {
                    *literal = LitStr::new(&parameter.name, literal.span());
                }
            }
        }
    }

    // Documentation speaks of no placeholder, but names have any letters.
    fn visit_attribute_mut(&mut self, attribute: &mut syn::Attribute) {
        docs::printable(std::slice::from_mut(attribute));
    }
}

/// Fields and variables may be called so; functions, types, texts and macros may not.
struct Left<'a> {
    placeholders: &'a Placeholders,
    found: Option<String>,
}

impl Left<'_> {
    fn look(&mut self, text: &str) {
        if self.placeholders.stand_in(text) {
            self.found.get_or_insert(text.to_owned());
        }
    }
}

impl VisitMut for Left<'_> {
    fn visit_lit_str_mut(&mut self, literal: &mut LitStr) {
        self.look(&literal.value());
    }

    fn visit_signature_mut(&mut self, signature: &mut syn::Signature) {
        self.look(&signature.ident.to_string());
        visit_mut::visit_signature_mut(self, signature);
    }

    fn visit_item_struct_mut(&mut self, item: &mut syn::ItemStruct) {
        self.look(&item.ident.to_string());
        visit_mut::visit_item_struct_mut(self, item);
    }

    fn visit_attribute_mut(&mut self, attribute: &mut syn::Attribute) {
        self.look(&attribute.to_token_stream().to_string());
    }

    fn visit_type_mut(&mut self, ty: &mut syn::Type) {
        self.look(&ty.to_token_stream().to_string());
    }

    fn visit_macro_mut(&mut self, call: &mut syn::Macro) {
        self.look(&call.to_token_stream().to_string());
    }
}
