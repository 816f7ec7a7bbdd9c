//! Tests the layers of `src/`: each module uses only modules below it, and there are no cycles.
//!
//! Every path is resolved that starts at `crate`, `self` or `super`, through re-exports: in `use` lines, code, macros
//! and generated code. Items for tests only are skipped.
#![allow(clippy::panic, clippy::unwrap_used, reason = "in a test, a panic is the failure")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use proc_macro2::{TokenStream, TokenTree};
use syn::punctuated::Punctuated;
use syn::visit::{self, Visit};
use syn::{Attribute, Item, Meta, Token, UseTree};

/// Lists the layers, the lowest first.
const LAYERS: [&str; 6] = ["model", "error", "runtime", "auth", "http", "client"];

/// Names a module by the segments of its path below the crate.
type Module = Vec<String>;

/// Holds the modules of a crate and the paths that they use.
#[derive(Default)]
struct Crate {
    modules: BTreeSet<Module>,
    /// Maps the path of each re-export to the path of its target.
    exports: BTreeMap<Module, Module>,
    /// Holds each module with the absolute paths that it uses.
    uses: BTreeSet<(Module, Module)>,
}

impl Crate {
    fn read() -> Self {
        let package = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut found = Self::default();
        found.file(&package.join("src/lib.rs"), &Vec::new());
        let sources = unloc_codegen::sources(package).unwrap();
        for (name, source) in &sources {
            let (_, layer) = name.trim_end_matches(".rs").rsplit_once('_').unwrap_or(("", ""));
            let api = name.trim_end_matches(".rs").trim_end_matches(&format!("_{layer}")).to_owned();
            match layer {
                // The file's module is in `generated`, whose items are all re-exported.
                "model" | "client" => found.source(source, &vec![layer.to_owned(), api], None),
                _ => {}
            }
        }
        found
    }

    fn file(&mut self, path: &Path, module: &Module) {
        let source = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let folder = path.with_extension("");
        let folder = if path.ends_with("lib.rs") { path.parent().unwrap().to_owned() } else { folder };
        self.source(&source, module, Some(&folder));
    }

    fn source(&mut self, source: &str, module: &Module, folder: Option<&Path>) {
        let file = syn::parse_file(source).unwrap();
        self.items(&file.items, module, folder);
    }

    fn items(&mut self, items: &[Item], module: &Module, folder: Option<&Path>) {
        self.modules.insert(module.clone());
        let mut paths = Paths { module, found: Vec::new() };
        for item in items.iter().filter(|item| !is_test(attributes(item))) {
            match item {
                Item::Mod(inner) => {
                    let below = [module.as_slice(), &[inner.ident.to_string()]].concat();
                    match (&inner.content, folder) {
                        (Some((_, items)), _) => self.items(items, &below, folder),
                        (None, Some(folder)) => self.file(&folder.join(format!("{}.rs", inner.ident)), &below),
                        (None, None) => panic!("{below:?} has no source"),
                    }
                }
                Item::Use(item) => {
                    let mut targets = Vec::new();
                    leaves(&item.tree, &mut Vec::new(), &mut targets);
                    for (path, name) in targets {
                        let Some(target) = absolute(module, &path, &self.modules) else { continue };
                        if !matches!(item.vis, syn::Visibility::Inherited) {
                            self.exports.insert([module.as_slice(), &[name]].concat(), target.clone());
                        }
                        paths.found.push(target);
                    }
                }
                item => paths.visit_item(item),
            }
        }
        let found = paths.found;
        self.uses.extend(found.into_iter().map(|path| (module.clone(), path)));
    }

    /// Returns the module that a path is in, after following re-exports.
    fn resolve(&self, path: &Module) -> Module {
        let mut path = path.clone();
        for _ in 0..10 {
            let exported = (1..=path.len()).find_map(|end| Some((end, self.exports.get(&path[..end])?)));
            match exported {
                Some((end, target)) if *target != path => path = [target.as_slice(), &path[end..]].concat(),
                _ => break,
            }
        }
        let end = (0..=path.len()).rev().find(|end| self.modules.contains(&path[..*end])).unwrap_or_default();
        path[..end].to_vec()
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

/// Returns whether an item is for tests only: `cfg(test)`, or `cfg(all(test, …))`.
fn is_test(attributes: &[Attribute]) -> bool {
    fn demands_test(meta: &Meta) -> bool {
        match meta {
            Meta::Path(path) => path.is_ident("test"),
            Meta::List(list) if list.path.is_ident("all") => {
                let parts = list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated);
                parts.is_ok_and(|parts| parts.iter().any(demands_test))
            }
            _ => false,
        }
    }
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg") && attribute.parse_args::<Meta>().is_ok_and(|meta| demands_test(&meta))
    })
}

/// Collects the paths of a `use` item, each with the name that it introduces.
fn leaves(tree: &UseTree, before: &mut Module, found: &mut Vec<(Module, String)>) {
    match tree {
        UseTree::Path(path) => {
            before.push(path.ident.to_string());
            leaves(&path.tree, before, found);
            before.pop();
        }
        UseTree::Name(name) => {
            found.push(([before.as_slice(), &[name.ident.to_string()]].concat(), name.ident.to_string()));
        }
        UseTree::Rename(name) => {
            found.push(([before.as_slice(), &[name.ident.to_string()]].concat(), name.rename.to_string()));
        }
        UseTree::Glob(_) => found.push((before.clone(), "*".to_owned())),
        UseTree::Group(group) => group.items.iter().for_each(|tree| leaves(tree, before, found)),
    }
}

/// Returns a path from the crate root, or `None` for other crates and for the module's own items.
fn absolute(module: &Module, path: &[String], modules: &BTreeSet<Module>) -> Option<Module> {
    let ups = path.iter().take_while(|name| *name == "super").count();
    let (base, rest) = match path.first()?.as_str() {
        "crate" => (&[][..], &path[1..]),
        "self" => (module.as_slice(), &path[1..]),
        "super" => (&module[..module.len().checked_sub(ups)?], &path[ups..]),
        _ => {
            let below = [module.as_slice(), &path[..1]].concat();
            return modules.contains(&below).then(|| [module.as_slice(), path].concat());
        }
    };
    Some([base, rest].concat())
}

/// Collects the paths in code.
struct Paths<'a> {
    module: &'a Module,
    found: Vec<Module>,
}

impl Paths<'_> {
    fn add(&mut self, path: &[String]) {
        let is_rooted = path.first().is_some_and(|first| ["crate", "self", "super"].contains(&first.as_str()));
        let found = absolute(self.module, path, &BTreeSet::new()).filter(|_| is_rooted && path.len() > 1);
        self.found.extend(found);
    }

    /// Collects the paths in the arguments of a macro call or the rules of a macro.
    fn tokens(&mut self, tokens: TokenStream) {
        let mut path: Vec<String> = Vec::new();
        let mut colons = 0;
        for token in tokens {
            match &token {
                TokenTree::Ident(name) if colons == 2 && !path.is_empty() => path.push(name.to_string()),
                TokenTree::Punct(sign) if sign.as_char() == ':' && !path.is_empty() => {
                    colons += 1;
                    continue;
                }
                _ => {
                    self.add(&std::mem::take(&mut path));
                    if let TokenTree::Ident(name) = &token {
                        path.push(name.to_string());
                    }
                }
            }
            if let TokenTree::Group(group) = &token {
                self.tokens(group.stream());
            }
            colons = 0;
        }
        self.add(&path);
    }
}

impl Paths<'_> {
    fn literals(&mut self, tokens: TokenStream) {
        for token in tokens {
            match token {
                TokenTree::Group(group) => self.literals(group.stream()),
                TokenTree::Literal(literal) => {
                    if let Ok(path) = syn::parse_str::<syn::LitStr>(&literal.to_string()).and_then(|text| text.parse())
                    {
                        self.visit_path(&path);
                    }
                }
                _ => {}
            }
        }
    }
}

impl<'ast> Visit<'ast> for Paths<'_> {
    fn visit_path(&mut self, path: &syn::Path) {
        if path.leading_colon.is_none() {
            let names: Vec<_> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
            self.add(&names);
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        self.visit_path(&call.path);
        self.tokens(call.tokens.clone());
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        let mut targets = Vec::new();
        leaves(&item.tree, &mut Vec::new(), &mut targets);
        targets.iter().for_each(|(path, _)| self.add(path));
    }

    /// Collects paths in attributes such as `#[serde(with = "crate::…")]`. Doc comments are skipped.
    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        if let Meta::List(list) = &attribute.meta {
            self.literals(list.tokens.clone());
        }
    }
}

fn shown(module: &[String]) -> String {
    if module.is_empty() { "lib.rs".to_owned() } else { module.join("::") }
}

#[test]
fn no_module_uses_a_higher_layer_or_the_crate_root() {
    let all = Crate::read();
    let layer = |module: &[String]| LAYERS.iter().position(|layer| module.first().is_some_and(|first| first == layer));
    let mut wrong = BTreeSet::new();
    for (from, path) in all.uses.iter().filter(|(from, _)| !from.is_empty()) {
        let to = all.resolve(path);
        match (layer(from), layer(path), layer(&to)) {
            (Some(own), Some(named), Some(used)) if named <= own && used <= own => {}
            _ => _ = wrong.insert(format!("{} uses {}", shown(from), shown(path))),
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    let others = all.modules.iter().filter(|module| module.len() == 1 && layer(module).is_none());
    assert_eq!(others.collect::<Vec<_>>(), Vec::<&Module>::new());
    assert!(all.uses.len() > 300, "{} paths", all.uses.len());
}

#[test]
fn modules_have_no_cyclic_dependencies() {
    let all = Crate::read();
    // An edge connects two siblings if anything inside the one uses anything inside the other.
    let mut edges: BTreeMap<Module, BTreeMap<String, BTreeSet<String>>> = BTreeMap::new();
    for (from, path) in &all.uses {
        let to = all.resolve(path);
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
            cycles.push((shown(&module), parts));
        }
    }
    assert!(cycles.is_empty(), "{cycles:#?}");
}

#[test]
fn paths_are_found_in_use_lines_code_macros_and_attributes() {
    let source = "
        use crate::a::{b, c as d, e::*};
        use super::f;
        fn g(h: crate::i::J) { crate::k::l(); matches!(h, crate::m::N(super::o::P)); let _ = self::q; }
        macro_rules! r { () => { $crate::x; crate::s::t } }
        #[cfg(test)] fn u() { crate::v::w(); }
        #[cfg(all(test, unix))] fn u() { crate::v::w(); }
        #[cfg(not(test))] fn y() { crate::y::z(); }
        #[derive(D)] struct S { #[serde(with = \"crate::aa::bb\")] field: u8 }
    ";
    let mut found = Crate::default();
    found.source(source, &vec!["one".to_owned(), "two".to_owned()], None);
    let found: BTreeSet<_> = found.uses.iter().map(|(_, path)| path.join("::")).collect();
    let wanted = [
        "a::b",
        "a::c",
        "a::e",
        "one::f",
        "i::J",
        "k::l",
        "m::N",
        "one::o::P",
        "one::two::q",
        "s::t",
        "x",
        "y::z",
        "aa::bb",
    ];
    assert_eq!(found, wanted.map(str::to_owned).into());
}
