//! Reads the modules of a crate from its sources: which paths each module uses, and what it re-exports.
//!
//! Every path is resolved that starts at `crate`, `self` or `super`, through re-exports: in `use` lines, code, macros
//! and generated code. Items for tests only are skipped.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use syn::punctuated::Punctuated;
use syn::visit::Visit;
use syn::{Attribute, Item, Meta, Token};

use crate::paths::{Paths, absolute, leaves};

/// Names a module by the segments of its path below the crate.
pub type Module = Vec<String>;

/// Holds the modules of a crate and the paths that they use.
#[derive(Default)]
pub struct Crate {
    /// Holds every module.
    pub modules: BTreeSet<Module>,
    /// Holds each module with the absolute paths that it uses.
    pub uses: BTreeSet<(Module, Module)>,
    /// Holds the items of each module, except those for tests only.
    pub(crate) items: BTreeMap<Module, Vec<Item>>,
    /// Maps the path of each name that a `use` introduces to the path of its target.
    pub(crate) imports: BTreeMap<Module, Module>,
    /// Maps the path of each re-export to the path of its target.
    exports: BTreeMap<Module, Module>,
}

impl Crate {
    /// Reads the crate in this package's `src/lib.rs`.
    ///
    /// # Errors
    ///
    /// Names the file that cannot be read or parsed.
    pub fn read(package: &Path) -> Result<Self> {
        let mut found = Self::default();
        found.file(&package.join("src/lib.rs"), &Vec::new())?;
        Ok(found)
    }

    /// Adds a module whose source is not in `src/`.
    ///
    /// # Errors
    ///
    /// Fails if the source is no Rust, or declares a module in another file.
    pub fn add(&mut self, module: &Module, source: &str) -> Result<()> {
        self.source(source, module, None)
    }

    fn file(&mut self, path: &Path, module: &Module) -> Result<()> {
        let source = fs::read_to_string(path).with_context(|| path.display().to_string())?;
        let folder = match path.parent() {
            Some(parent) if path.ends_with("lib.rs") => parent.to_owned(),
            _ => path.with_extension(""),
        };
        self.source(&source, module, Some(&folder)).with_context(|| path.display().to_string())
    }

    fn source(&mut self, source: &str, module: &Module, folder: Option<&Path>) -> Result<()> {
        let file = syn::parse_file(source)?;
        self.read_items(&file.items, module, folder)
    }

    fn read_items(&mut self, items: &[Item], module: &Module, folder: Option<&Path>) -> Result<()> {
        self.modules.insert(module.clone());
        let mut paths = Paths { module, found: Vec::new() };
        for item in items.iter().filter(|item| !is_test(attributes(item))) {
            match item {
                Item::Mod(inner) => {
                    let below = [module.as_slice(), &[inner.ident.to_string()]].concat();
                    match (&inner.content, folder) {
                        (Some((_, items)), _) => self.read_items(items, &below, folder)?,
                        (None, Some(folder)) => self.file(&folder.join(format!("{}.rs", inner.ident)), &below)?,
                        (None, None) => bail!("the module `{}` has no source", below.join("::")),
                    }
                }
                Item::Use(item) => {
                    for (path, name) in leaves(&item.tree) {
                        let Some(target) = absolute(module, &path, &self.modules) else { continue };
                        let own = [module.as_slice(), &[name]].concat();
                        if !matches!(item.vis, syn::Visibility::Inherited) {
                            self.exports.insert(own.clone(), target.clone());
                        }
                        self.imports.insert(own, target.clone());
                        paths.found.push(target);
                    }
                }
                item => paths.visit_item(item),
            }
            self.items.entry(module.clone()).or_default().push(item.clone());
        }
        let found = paths.found;
        self.uses.extend(found.into_iter().map(|path| (module.clone(), path)));
        Ok(())
    }

    /// Returns the module that a path is in, after following re-exports.
    pub fn resolve(&self, path: &Module) -> Module {
        let path = self.target(path);
        let end = (0..=path.len()).rev().find(|end| self.modules.contains(&path[..*end])).unwrap_or_default();
        path[..end].to_vec()
    }

    /// Returns the path of the item that a path leads to, after following re-exports.
    pub(crate) fn target(&self, path: &Module) -> Module {
        let mut path = path.clone();
        // Bounded, because two re-exports could name each other; that does not compile, but it can be read.
        for _ in 0..10 {
            let exported = (1..=path.len()).find_map(|end| Some((end, self.exports.get(&path[..end])?)));
            match exported {
                Some((end, target)) if *target != path => path = [target.as_slice(), &path[end..]].concat(),
                _ => break,
            }
        }
        path
    }

    /// Returns the cycles: for each module whose children depend on each other in a circle, those children.
    pub fn cycles(&self) -> Vec<(Module, BTreeMap<String, BTreeSet<String>>)> {
        // An edge connects two siblings if anything inside the one uses anything inside the other.
        let mut edges: BTreeMap<Module, BTreeMap<String, BTreeSet<String>>> = BTreeMap::new();
        for (from, path) in &self.uses {
            let to = self.resolve(path);
            let common = from.iter().zip(&to).take_while(|(one, other)| one == other).count();
            if let (Some(one), Some(other)) = (from.get(common), to.get(common)) {
                let parts = edges.entry(from[..common].to_vec()).or_default();
                parts.entry(one.clone()).or_default().insert(other.clone());
            }
        }
        let mut cycles = Vec::new();
        for (module, mut parts) in edges {
            // Siblings that use none of the remaining ones are removed until none is left to remove: the rest has a cycle.
            loop {
                let left: BTreeSet<_> = parts.keys().cloned().collect();
                parts.values_mut().for_each(|used| used.retain(|name| left.contains(name)));
                let before = parts.len();
                parts.retain(|_, used| !used.is_empty());
                if parts.len() == before {
                    break;
                }
            }
            if !parts.is_empty() {
                cycles.push((module, parts));
            }
        }
        cycles
    }
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Mod(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        _ => &[],
    }
}

/// Returns whether an item is not in a build: for tests only (`cfg(test)`, or `cfg(all(test, …))`), or for documentation
/// only (`cfg(any(doc, doctest))`).
fn is_test(attributes: &[Attribute]) -> bool {
    fn demands_test(meta: &Meta) -> bool {
        let parts = |list: &syn::MetaList| {
            list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated).unwrap_or_default()
        };
        match meta {
            Meta::Path(path) => ["test", "doc", "doctest"].iter().any(|name| path.is_ident(name)),
            Meta::List(list) if list.path.is_ident("all") => parts(list).iter().any(demands_test),
            Meta::List(list) if list.path.is_ident("any") => {
                let parts = parts(list);
                !parts.is_empty() && parts.iter().all(demands_test)
            }
            _ => false,
        }
    }
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg") && attribute.parse_args::<Meta>().is_ok_and(|meta| demands_test(&meta))
    })
}
