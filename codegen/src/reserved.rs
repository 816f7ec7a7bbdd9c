//! Functions of a client that are written by hand, which no operation can be called as. They are read from the source, so that
//! no list of them is kept.

use std::collections::BTreeMap;

use syn::{Attribute, ImplItem, Item, Meta, Token, Type};
use unloc_spec::{Document, Error, Operation};

use crate::collisions::name_of;
use crate::names;

/// Where the clients' functions are written, below the package's folder.
pub const CLIENTS: [&str; 2] = ["src/client.rs", "src/lock_holder.rs"];

/// The functions that clients have already, by client and name, and where each is from.
#[derive(Debug, Default)]
pub struct Reserved(BTreeMap<(String, String), String>);

impl Reserved {
    /// Those of these Rust sources.
    ///
    /// # Errors
    /// When a source is no Rust.
    pub fn of<'a>(sources: impl Iterator<Item = &'a str>) -> Result<Self, String> {
        let mut found = Self::default();
        for source in sources {
            let file = syn::parse_file(source).map_err(|error| error.to_string())?;
            file.items.iter().for_each(|item| found.item(item));
        }
        Ok(found)
    }

    /// Operations of a document that would be called as one of them; they are reserved themselves from now on, for the
    /// documents to come.
    #[must_use]
    pub fn clashes(&mut self, document: &Document, operations: &[Operation]) -> Vec<Error> {
        let mut errors = Vec::new();
        for operation in operations {
            let (Some(client), name) = (operation.client_name(), names::function(operation)) else { continue };
            let key = (client.to_owned(), name.clone());
            if let Some(from) = self.0.get(&key) {
                let id = &operation.id;
                let what = format!("the operation `{id}` gives a function `{name}`, and `{client}` has one {from}");
                let error = document.error(&name_of(document, operation), what);
                errors.push(error.helped("give it another name for Rust by `x-rust-name`"));
            }
            self.0.insert(key, format!("from `{}`", document.file.display()));
        }
        errors
    }

    fn item(&mut self, item: &Item) {
        match item {
            Item::Impl(block) => {
                let Type::Path(path) = &*block.self_ty else { return };
                let Some(name) = path.path.segments.last().map(|segment| segment.ident.to_string()) else { return };
                let from = if block.trait_.is_some() { "from a trait" } else { "that is written by hand" };
                for item in &block.items {
                    if let ImplItem::Fn(function) = item {
                        self.0.insert((name.clone(), function.sig.ident.to_string()), from.to_owned());
                    }
                }
            }
            Item::Struct(item) => {
                for name in item.attrs.iter().flat_map(derived) {
                    self.0.insert((item.ident.to_string(), name.to_owned()), "from a trait".to_owned());
                }
            }
            _ => {}
        }
    }
}

/// What the derived traits bring; others than these are derived for no client.
fn derived(attribute: &Attribute) -> Vec<&'static str> {
    let Meta::List(list) = &attribute.meta else { return Vec::new() };
    let all = syn::punctuated::Punctuated::<syn::Path, Token![,]>::parse_terminated;
    let traits =
        if list.path.is_ident("derive") { list.parse_args_with(all).unwrap_or_default() } else { Default::default() };
    let functions = traits.iter().filter_map(|path| match path.segments.last()?.ident.to_string().as_str() {
        "Clone" => Some(vec!["clone", "clone_from", "to_owned"]),
        "Debug" => Some(vec!["fmt"]),
        "PartialEq" => Some(vec!["eq", "ne"]),
        _ => None,
    });
    functions.flatten().collect()
}
