//! What of the clients is written by hand: that there are any, and their functions, which no operation can be called
//! as. It is read from the source, so that no list of it is kept.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use syn::{Attribute, ImplItem, Item, Meta, Token, Type};
use unloc_spec::keys::CLIENTS as DECLARED;
use unloc_spec::{Client, Document, Error, Operation};

use crate::collisions::name_of;
use crate::names;

/// Where the clients' functions are written, below the package's folder.
pub const CLIENTS: [&str; 5] = [
    "src/client/builder.rs",
    "src/client/lock_holder.rs",
    "src/client/resolving.rs",
    "src/client/unloc.rs",
    "src/client/waiting.rs",
];

/// The clients, and the functions that they have already.
#[derive(Debug, Default)]
pub struct Reserved {
    /// By client and name, where each function is from.
    functions: BTreeMap<(String, String), String>,
    /// The structs that are written.
    clients: BTreeSet<String>,
    /// The spec whose operations the clients offer.
    offered: Option<PathBuf>,
}

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

    /// Operations of a document that would be called as one of them, and clients of another API; the operations are
    /// reserved themselves from now on, for the documents to come.
    #[must_use]
    pub fn clashes(&mut self, document: &Document, operations: &[Operation]) -> Vec<Error> {
        let mut errors = Vec::new();
        let declared: BTreeSet<_> = operations.iter().filter_map(Operation::client_name).collect();
        if let Some(written) = declared.iter().find(|client| self.clients.contains(**client)) {
            let first = self.offered.get_or_insert_with(|| document.file.clone());
            if *first != document.file {
                let what = format!("`{written}` offers what {} describes", first.display());
                let error = document.error(&format!("/{DECLARED}/{written}"), what);
                errors.push(error.helped("give the client of this API another name"));
            }
        }
        // What the build makes of a client has these functions.
        for client in Client::all(&document.value).iter().filter(|client| !self.clients.contains(&client.name)) {
            let parameters = client.parameters.iter().map(|parameter| names::snake(parameter));
            for name in parameters.chain(["client", "new", "clone", "clone_from", "to_owned", "fmt"].map(str::to_owned))
            {
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

    /// The clients of a document that nobody has written.
    #[must_use]
    pub fn unwritten(&self, document: &Document) -> BTreeSet<String> {
        let all = Client::all(&document.value).into_iter().map(|client| client.name);
        all.filter(|client| !self.clients.contains(client)).collect()
    }

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
