//! Lists the public API of a crate that is written by hand: what its root exports, by the paths that programs write.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::Result;
use syn::{Attribute, Item, Type, Visibility};

use crate::items::Surface;
use crate::modules::{Crate, Module};
use crate::paths::{absolute, leaves};
use crate::print::condition as condition_of;

/// Returns the public items of the crate in this package, which programs know by this name.
///
/// # Errors
///
/// Names the source that cannot be read.
pub fn handwritten(package: &Path, name: &str) -> Result<BTreeSet<String>> {
    Ok(of(&Crate::read(package)?, name))
}

fn of(all: &Crate, name: &str) -> BTreeSet<String> {
    let mut exported = Exported { all, items: BTreeMap::new(), lines: BTreeSet::new() };
    exported.module(&Vec::new(), name, "");
    exported.list()
}

/// Collects what the crate's root exports.
struct Exported<'a> {
    all: &'a Crate,
    /// Maps the path of each exported item to the public module that it is in, its public name, and its condition.
    items: BTreeMap<Module, (String, String, String)>,
    /// Holds the lines that need no item: re-exports of other crates and of generated modules.
    lines: BTreeSet<String>,
}

impl Exported<'_> {
    /// Exports the public items of a module below a public path.
    fn module(&mut self, module: &Module, public: &str, condition: &str) {
        let all = self.all;
        for item in all.items.get(module).map_or(&[][..], Vec::as_slice) {
            let Some((visibility, attributes)) = head(item) else { continue };
            if !matches!(visibility, Visibility::Public(_)) {
                continue;
            }
            let condition = format!("{condition}{}", condition_of(attributes));
            match item {
                Item::Use(item) => {
                    for (path, name) in leaves(&item.tree) {
                        // `::http` is another crate, also beside a module `http`.
                        if item.leading_colon.is_some() {
                            self.lines.insert(format!("use {public}::{name} = {}{condition}", path.join("::")));
                            continue;
                        }
                        self.reexport(module, &path, &name, public, &condition);
                    }
                }
                Item::Mod(inner) => {
                    let path = [module.as_slice(), &[inner.ident.to_string()]].concat();
                    self.module(&path, &format!("{public}::{}", inner.ident), &condition);
                }
                item => {
                    if let Some(name) = name(item) {
                        let path = [module.as_slice(), std::slice::from_ref(&name)].concat();
                        self.items.insert(path, (public.to_owned(), name, condition));
                    }
                }
            }
        }
    }

    fn reexport(&mut self, module: &Module, path: &[String], name: &str, public: &str, condition: &str) {
        let Some(target) = absolute(module, path, &self.all.modules) else {
            self.lines.insert(format!("use {public}::{name} = {}{condition}", path.join("::")));
            return;
        };
        let target = self.all.target(&target);
        let is_declared = |item: &Item| self::name(item).as_ref() == target.last();
        let parent = target.split_last().map(|(_, parent)| parent.to_vec()).unwrap_or_default();
        if self.all.modules.contains(&target) {
            let public = if name == "*" { public.to_owned() } else { format!("{public}::{name}") };
            self.module(&target, &public, condition);
        } else if self.all.items.get(&parent).is_some_and(|items| items.iter().any(is_declared)) {
            self.items.insert(target, (public.to_owned(), name.to_owned(), condition.to_owned()));
        } else {
            // The build writes it; its items are in the list of its API.
            self.lines.insert(format!("use {public}::{name}, generated{condition}"));
        }
    }

    /// Returns the lines of everything that is exported.
    fn list(self) -> BTreeSet<String> {
        let Self { all, items: exported, mut lines } = self;
        for (module, items) in &all.items {
            for item in items {
                let path = match item {
                    Item::Impl(item) => self_type(all, module, &item.self_ty),
                    item => name(item).map(|name| [module.as_slice(), &[name]].concat()),
                };
                let Some((public, name, condition)) = path.and_then(|path| exported.get(&path)) else { continue };
                let mut surface = Surface::at("");
                surface.items(&format!("{public}::"), &[renamed(item.clone(), name)]);
                lines.extend(surface.lines.into_iter().map(|line| format!("{line}{condition}")));
            }
        }
        lines
    }
}

/// Returns the path of the type that an `impl` is for, if it is one of this crate's.
fn self_type(all: &Crate, module: &Module, of: &Type) -> Option<Module> {
    let Type::Path(of) = of else { return None };
    let names: Vec<_> = of.path.segments.iter().map(|segment| segment.ident.to_string()).collect();
    let own = [module.as_slice(), &names].concat();
    let path = absolute(module, &names, &all.modules).or_else(|| all.imports.get(&own).cloned()).unwrap_or(own);
    Some(all.target(&path))
}

/// Gives an item the name under which it is exported.
fn renamed(mut item: Item, public: &str) -> Item {
    let ident = quote::format_ident!("{public}");
    match &mut item {
        Item::Struct(item) => item.ident = ident,
        Item::Enum(item) => item.ident = ident,
        Item::Trait(item) => item.ident = ident,
        Item::Type(item) => item.ident = ident,
        Item::Const(item) => item.ident = ident,
        Item::Static(item) => item.ident = ident,
        Item::Fn(item) => item.sig.ident = ident,
        Item::Impl(item) => {
            if let Type::Path(of) = &mut *item.self_ty
                && let Some(last) = of.path.segments.last().cloned()
            {
                of.path = syn::PathSegment { ident, ..last }.into();
            }
        }
        _ => {}
    }
    item
}

fn head(item: &Item) -> Option<(&Visibility, &[Attribute])> {
    Some(match item {
        Item::Struct(item) => (&item.vis, &item.attrs),
        Item::Enum(item) => (&item.vis, &item.attrs),
        Item::Trait(item) => (&item.vis, &item.attrs),
        Item::Type(item) => (&item.vis, &item.attrs),
        Item::Const(item) => (&item.vis, &item.attrs),
        Item::Static(item) => (&item.vis, &item.attrs),
        Item::Fn(item) => (&item.vis, &item.attrs),
        Item::Mod(item) => (&item.vis, &item.attrs),
        Item::Use(item) => (&item.vis, &item.attrs),
        _ => return None,
    })
}

fn name(item: &Item) -> Option<String> {
    let ident = match item {
        Item::Struct(item) => &item.ident,
        Item::Enum(item) => &item.ident,
        Item::Trait(item) => &item.ident,
        Item::Type(item) => &item.ident,
        Item::Const(item) => &item.ident,
        Item::Static(item) => &item.ident,
        Item::Fn(item) => &item.sig.ident,
        _ => return None,
    };
    Some(ident.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_what_the_root_exports_by_its_public_path() {
        let mut all = Crate::default();
        let module =
            |path: &str| path.split("::").filter(|name| !name.is_empty()).map(str::to_owned).collect::<Module>();
        for (path, source) in [
            (
                "inner",
                "pub struct Hidden; pub struct Key { pub id: u8, secret: u8 } impl Key { pub fn new() -> Self { todo!() } fn own(&self) {} }",
            ),
            (
                "inner::cache",
                "pub(crate) struct Entry; pub struct Cache; impl crate::inner::Key { pub async fn get(&self) {} }",
            ),
            (
                "other",
                "use crate::inner::Key; impl Key { pub fn far(&self) {} } impl Clone for Key {} pub trait Source { fn ask(&self); }",
            ),
            (
                "",
                "mod inner; mod other; pub mod open { pub fn run() {} } pub use inner::{cache, Key as Lock}; #[cfg(feature = \"x\")] pub use other::Source; pub use chrono; pub use ::inner::Foreign; pub use other::generated;",
            ),
        ] {
            let source = source.replace("mod inner;", "").replace("mod other;", "");
            all.add(&module(path), &source).unwrap();
        }
        let found: Vec<_> = of(&all, "door").into_iter().collect();
        assert_eq!(
            found,
            [
                "async fn door::Lock::get(&self)",
                "door::Lock.id: u8",
                "fn door::Lock::far(&self)",
                "fn door::Lock::new() -> Self",
                "fn door::Source::ask(&self) if feature = \"x\"",
                "fn door::open::run()",
                "impl Clone for door::Lock",
                "struct door::Lock",
                "struct door::cache::Cache",
                "trait door::Source if feature = \"x\"",
                "use door::Foreign = inner::Foreign",
                "use door::chrono = chrono",
                "use door::generated, generated",
            ]
        );
    }
}
