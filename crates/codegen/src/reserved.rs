//! Knows the clients that are written by hand, and their functions, whose names no operation can take.
//!
//! Both are read from the Rust sources, so that no list of them has to be maintained.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use syn::{Attribute, ImplItem, Item, Meta, Token, Type};
use unloc_spec::keys::CLIENTS as DECLARED;
use unloc_spec::{Client, Document, Error, Operation};

use crate::collisions::name_of;
use crate::names;

/// Lists the sources of the handwritten clients, below the package's folder.
pub const CLIENTS: [&str; 7] = [
    "src/client/builder.rs",
    "src/client/lock_holder.rs",
    "src/client/resolving.rs",
    "src/client/unloc.rs",
    "src/client/version2.rs",
    "src/client/version2/jobs.rs",
    "src/client/waiting.rs",
];

/// Lists what every generated client has besides the getters of its parameters: its own functions, and those of the
/// traits `Clone` and `Debug`.
const ON_GENERATED_CLIENTS: [&str; 8] =
    ["call", "client", "new", "with_options", "clone", "clone_from", "to_owned", "fmt"];

/// Holds the clients and the functions that they already have.
#[derive(Debug, Default)]
pub struct Reserved {
    /// Says where each function comes from, by client and name. The text ends the sentence "`Unloc` has one …".
    functions: BTreeMap<(String, String), String>,
    /// Holds the structs that are written by hand.
    clients: BTreeSet<String>,
    /// Is the spec whose operations the handwritten clients offer.
    offered: Option<PathBuf>,
}

impl Reserved {
    /// Reads the clients of these Rust sources.
    ///
    /// # Errors
    /// When a source is not valid Rust.
    pub fn of<'a>(sources: impl Iterator<Item = &'a str>) -> Result<Self, String> {
        let mut found = Self::default();
        for source in sources {
            let file = syn::parse_file(source).map_err(|error| error.to_string())?;
            file.items.iter().for_each(|item| found.item(item));
        }
        Ok(found)
    }

    /// Returns an error for each operation of a document whose function name is taken, and for a handwritten client
    /// that already belongs to another API. Reserves the document's own operations for the documents that follow.
    #[must_use]
    pub fn clashes(&mut self, document: &Document, operations: &[Operation]) -> Vec<Error> {
        let mut errors = Vec::new();
        let declared: BTreeSet<_> = operations.iter().filter_map(Operation::client_name).collect();
        // A handwritten client has one transport with one base URL, so it can call the operations of one API only.
        if let Some(written) = declared.iter().find(|client| self.clients.contains(**client)) {
            let first = self.offered.get_or_insert_with(|| document.file.clone());
            if *first != document.file {
                let what = format!("`{written}` already offers the operations of {}", first.display());
                let error = document.error(&format!("/{DECLARED}/{written}"), what);
                errors.push(error.helped("give the client of this API another name"));
            }
        }
        // Generated clients are in no source yet, so what they will have is listed here. See `finish::clients`.
        for client in Client::all(&document.value).iter().filter(|client| !self.clients.contains(&client.name)) {
            let parameters = client.parameters.iter().map(|parameter| names::snake(parameter));
            for name in parameters.chain(ON_GENERATED_CLIENTS.map(str::to_owned)) {
                self.functions.insert((client.name.clone(), name), "that every client has".to_owned());
            }
        }
        for operation in operations {
            let (Some(client), name) = (operation.client_name(), names::function(operation)) else { continue };
            let key = (client.to_owned(), name.clone());
            if let Some(from) = self.functions.get(&key) {
                let id = &operation.id;
                let what = format!("the operation `{id}` gives a function `{name}`, and `{client}` has one {from}");
                let error = document.error(&name_of(document, operation), what);
                errors.push(error.helped("give it another name for Rust by `x-rust-name`"));
            }
            self.functions.insert(key, format!("from `{}`", document.file.display()));
        }
        errors
    }

    /// Returns the clients of a document that are not written by hand.
    #[must_use]
    pub fn unwritten(&self, document: &Document) -> BTreeSet<String> {
        let all = Client::all(&document.value).into_iter().map(|client| client.name);
        all.filter(|client| !self.clients.contains(client)).collect()
    }

    /// Adds what an item of a source declares.
    fn item(&mut self, item: &Item) {
        match item {
            Item::Impl(block) => {
                let Type::Path(path) = &*block.self_ty else { return };
                let Some(name) = path.path.segments.last().map(|segment| segment.ident.to_string()) else { return };
                let from = if block.trait_.is_some() { "from a trait" } else { "that is written by hand" };
                for item in &block.items {
                    if let ImplItem::Fn(function) = item {
                        self.functions.insert((name.clone(), function.sig.ident.to_string()), from.to_owned());
                    }
                }
            }
            Item::Struct(item) => {
                self.clients.insert(item.ident.to_string());
                for name in item.attrs.iter().flat_map(derived) {
                    self.functions.insert((item.ident.to_string(), name.to_owned()), "from a trait".to_owned());
                }
            }
            _ => {}
        }
    }
}

/// Returns the functions of the traits that a `#[derive(…)]` names. No client derives other traits than these.
///
/// An inherent function shadows the function of a trait: an operation `clone` would compile, and `client.clone()` would
/// call the service.
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
