//! Finds the paths in code: in `use` items, expressions, types, attributes and macros.

use std::collections::BTreeSet;

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Attribute, Meta, UseTree};

use crate::modules::Module;

/// Collects the paths of a `use` item, each with the name that it introduces.
pub(crate) fn leaves(tree: &UseTree) -> Vec<(Module, String)> {
    let mut found = Vec::new();
    add_leaves(tree, &mut Vec::new(), &mut found);
    found
}

fn add_leaves(tree: &UseTree, before: &mut Module, found: &mut Vec<(Module, String)>) {
    match tree {
        UseTree::Path(path) => {
            before.push(path.ident.to_string());
            add_leaves(&path.tree, before, found);
            before.pop();
        }
        UseTree::Name(name) => {
            found.push(([before.as_slice(), &[name.ident.to_string()]].concat(), name.ident.to_string()));
        }
        UseTree::Rename(name) => {
            found.push(([before.as_slice(), &[name.ident.to_string()]].concat(), name.rename.to_string()));
        }
        UseTree::Glob(_) => found.push((before.clone(), "*".to_owned())),
        UseTree::Group(group) => group.items.iter().for_each(|tree| add_leaves(tree, before, found)),
    }
}

/// Returns a path from the crate root, or `None` for other crates and for the module's own items.
pub(crate) fn absolute(module: &[String], path: &[String], modules: &BTreeSet<Module>) -> Option<Module> {
    let ups = path.iter().take_while(|name| *name == "super").count();
    let (base, rest) = match path.first()?.as_str() {
        "crate" => (&[][..], &path[1..]),
        "self" => (module, &path[1..]),
        "super" => (&module[..module.len().checked_sub(ups)?], &path[ups..]),
        _ => {
            let below = [module, &path[..1]].concat();
            return modules.contains(&below).then(|| [module, path].concat());
        }
    };
    Some([base, rest].concat())
}

/// Collects the paths in code.
pub(crate) struct Paths<'a> {
    pub(crate) module: &'a Module,
    pub(crate) found: Vec<Module>,
}

impl Paths<'_> {
    fn add(&mut self, path: &[String]) {
        let is_rooted = path.first().is_some_and(|first| ["crate", "self", "super"].contains(&first.as_str()));
        let found = absolute(self.module, path, &BTreeSet::new()).filter(|_| is_rooted && path.len() > 1);
        self.found.extend(found);
    }

    /// Collects the paths in the arguments of a macro call or the rules of a macro. `prefix` is the path before a group
    /// of names, as `crate::model` in `use crate::model::{Key, Lock};`.
    fn tokens(&mut self, tokens: TokenStream, prefix: &[String]) {
        let mut path: Vec<String> = prefix.to_vec();
        let mut colons = if prefix.is_empty() { 0 } else { 2 };
        for token in tokens {
            match &token {
                TokenTree::Ident(name) if colons == 2 && !path.is_empty() => path.push(name.to_string()),
                TokenTree::Punct(sign) if sign.as_char() == ':' && !path.is_empty() => {
                    colons += 1;
                    continue;
                }
                TokenTree::Group(group) if colons == 2 && !path.is_empty() && group.delimiter() == Delimiter::Brace => {
                    self.tokens(group.stream(), &std::mem::take(&mut path));
                }
                TokenTree::Punct(sign) if sign.as_char() == ',' && !prefix.is_empty() => {
                    self.add(&std::mem::replace(&mut path, prefix.to_vec()));
                    colons = 2;
                    continue;
                }
                _ => {
                    self.add(&std::mem::take(&mut path));
                    match &token {
                        TokenTree::Ident(name) => path.push(name.to_string()),
                        TokenTree::Group(group) => self.tokens(group.stream(), &[]),
                        _ => {}
                    }
                }
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
        self.tokens(call.tokens.clone(), &[]);
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        leaves(&item.tree).iter().for_each(|(path, _)| self.add(path));
    }

    /// Collects paths in attributes such as `#[serde(with = "crate::…")]`. Doc comments are skipped.
    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        if let Meta::List(list) = &attribute.meta {
            self.literals(list.tokens.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::modules::Crate;

    #[test]
    fn finds_paths_in_use_items_code_attributes_and_macros() {
        let source = "
            use crate::a::{b, c as d, e::*};
            use super::f;
            fn g(h: crate::i::J) { crate::k::l(); matches!(h, crate::m::N(super::o::P)); let _ = self::q; }
            macro_rules! r { () => { $crate::x; crate::s::t; use crate::ab::{ac, ad::ae, af::{ag}}; } }
            #[cfg(test)] fn u() { crate::v::w(); }
            #[cfg(all(test, unix))] fn u() { crate::v::w(); }
            #[cfg(any(doc, doctest))] fn u() { crate::v::w(); }
            #[cfg(any(test, unix))] fn y() { crate::ba::bb(); }
            #[cfg(not(test))] fn y() { crate::y::z(); }
            #[derive(D)] struct S { #[serde(with = \"crate::aa::bb\")] field: u8 }
        ";
        let mut found = Crate::default();
        found.add(&vec!["one".to_owned(), "two".to_owned()], source).unwrap();
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
            "ba::bb",
            "ab::ac",
            "ab::ad::ae",
            "ab::af::ag",
        ];
        assert_eq!(found, wanted.map(str::to_owned).into());
    }
}
