//! Replaces the placeholders with wire names, and checks that none is left where it would show.
//!
//! Before this pass the output reads `request.query("placeholderp000003", &placeholderp000003)?`. The literal is what
//! the service gets, so it becomes `"startAfterId"`. The variable keeps its placeholder: with the author's name it
//! could collide with `request`, `url` and the like again.

use quote::ToTokens;
use syn::visit_mut::{self, VisitMut};
use syn::{File, LitStr};
use unloc_spec::Operation;

use super::docs;
use crate::placeholder::Placeholders;

/// Replaces the placeholders in string literals.
///
/// # Errors
/// Returns a placeholder that is left where users would see it or the service would get it.
pub(super) fn rename(file: &mut File, operations: &[Operation], placeholders: &Placeholders) -> Result<(), String> {
    Rename { operations, placeholders }.visit_file_mut(file);
    let mut left = Left { placeholders, found: None };
    left.visit_file_mut(file);
    left.found.map_or(Ok(()), |found| Err(format!("name for the placeholder `{found}`")))
}

/// Replaces the placeholders in string literals.
struct Rename<'a> {
    operations: &'a [Operation],
    placeholders: &'a Placeholders,
}

impl VisitMut for Rename<'_> {
    fn visit_lit_str_mut(&mut self, literal: &mut LitStr) {
        let text = literal.value();
        if !self.placeholders.occur_in(&text) {
            return;
        }
        // Only a literal that is nothing else than a placeholder is replaced; `Left` reports any other.
        for (index, operation) in self.operations.iter().enumerate() {
            for (place, parameter) in operation.parameters.iter().enumerate() {
                if self.placeholders.parameter(index, place) == text {
                    *literal = LitStr::new(&parameter.name, literal.span());
                }
            }
        }
    }

    // Doc attributes are literals, too. They hold wire names already, with any character that the author has used.
    fn visit_attribute_mut(&mut self, attribute: &mut syn::Attribute) {
        docs::remove_forbidden(std::slice::from_mut(attribute));
    }
}

/// Finds placeholders that are left. Fields and variables may have such names; functions, types, literals and macros
/// may not.
struct Left<'a> {
    placeholders: &'a Placeholders,
    found: Option<String>,
}

impl Left<'_> {
    /// Remembers a text if it contains a placeholder.
    fn look(&mut self, text: &str) {
        if self.placeholders.occur_in(text) {
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
