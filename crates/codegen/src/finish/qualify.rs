//! Makes every path in progenitor's output absolute.
//!
//! progenitor writes `Result<ResponseValue<types::Lock>, Error<()>>` and imports what that needs. A schema called
//! `Option`, `Result` or `Error` would capture such a name, and the modules are moved to other files, where `super::`
//! leads elsewhere. After this pass the same type reads
//! `::std::result::Result<::progenitor_client::ResponseValue<crate::model::…::Lock>, …>`.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::Span;
use quote::ToTokens;
use syn::visit_mut::{self, VisitMut};
use syn::{File, Generics, Ident, Item, Path, PathArguments, PathSegment, QSelf};

/// Lists the crates that progenitor names without a leading `::`.
const CRATES: [&str; 5] = ["chrono", "progenitor_client", "reqwest", "serde_json", "std"];

/// Lists the names of Rust's prelude that progenitor's output uses, with their paths.
#[rustfmt::skip]
const PRELUDE: [(&str, &str); 15] = [
    ("Clone", "::std::clone::Clone"), ("Default", "::std::default::Default"), ("Err", "::std::result::Result::Err"),
    ("From", "::std::convert::From"), ("Into", "::std::convert::Into"), ("None", "::std::option::Option::None"),
    ("Ok", "::std::result::Result::Ok"), ("Option", "::std::option::Option"), ("Result", "::std::result::Result"),
    ("Some", "::std::option::Option::Some"), ("String", "::std::string::String"), ("ToString", "::std::string::ToString"),
    ("TryFrom", "::std::convert::TryFrom"), ("TryInto", "::std::convert::TryInto"), ("Vec", "::std::vec::Vec"),
];

/// Lists what progenitor's own `use` lines import from its run-time crate.
#[rustfmt::skip]
const IMPORTED: [&str; 8] = [
    "ByteStream", "ClientHooks", "ClientInfo", "Error", "OperationInfo", "RequestBuilderExt", "ResponseValue", "encode_path",
];

/// Lists the primitive types, which have no path.
const PRIMITIVE: [&str; 14] =
    ["bool", "char", "f32", "f64", "i16", "i32", "i64", "i8", "str", "u16", "u32", "u64", "u8", "usize"];

/// Makes the paths of a file absolute that will be the content of `module`.
///
/// # Errors
/// Returns a path whose meaning is unknown: progenitor then writes something that this pass was not made for.
pub(super) fn qualify(file: &mut File, module: &str) -> Result<(), String> {
    let mut items = BTreeMap::new();
    declared(&file.items, &mut Vec::new(), &mut items);
    let root = module.split("::").map(str::to_owned).collect();
    let mut visitor = Qualify {
        root,
        items,
        modules: Vec::new(),
        generics: Vec::new(),
        is_type: false,
        means_std_string: false,
        unknown: None,
    };
    visitor.visit_file_mut(file);
    match visitor.unknown {
        Some(path) => Err(format!("known meaning for the path `{path}`")),
        None => Ok(()),
    }
}

/// Collects the names that each module declares, by the path of the module.
fn declared(items: &[Item], at: &mut Vec<String>, found: &mut BTreeMap<Vec<String>, BTreeSet<String>>) {
    let mut names = BTreeSet::new();
    for item in items {
        match item {
            Item::Struct(item) => _ = names.insert(item.ident.to_string()),
            Item::Enum(item) => _ = names.insert(item.ident.to_string()),
            Item::Type(item) => _ = names.insert(item.ident.to_string()),
            Item::Fn(item) => _ = names.insert(item.sig.ident.to_string()),
            Item::Mod(item) => {
                names.insert(item.ident.to_string());
                at.push(item.ident.to_string());
                declared(item.content.as_ref().map_or(&[], |(_, items)| items), at, found);
                at.pop();
            }
            _ => {}
        }
    }
    found.insert(at.clone(), names);
}

/// Visits the paths of a file and makes them absolute.
struct Qualify {
    /// Is the module that the file will be the content of.
    root: Vec<String>,
    /// Holds the names that each module declares.
    items: BTreeMap<Vec<String>, BTreeSet<String>>,
    /// Is the module that the visitor is in.
    modules: Vec<String>,
    /// Holds the type parameters in scope, innermost last.
    generics: Vec<BTreeSet<String>>,
    /// Is set while the visited path is a type.
    is_type: bool,
    /// Is set while `String` means Rust's own type, even if a schema has that name.
    means_std_string: bool,
    /// Is the first path of unknown meaning.
    unknown: Option<String>,
}

/// Says how a path becomes absolute.
#[derive(Clone)]
enum Start {
    /// The path stays unchanged.
    Unchanged,
    /// The path gets a leading `::`.
    Global,
    /// These segments replace the first ones of the path, of which this many are dropped.
    In(Vec<String>, usize),
    /// The meaning of the path is unknown.
    Unknown,
}

impl Qualify {
    /// Decides how a path becomes absolute.
    fn start(&self, path: &Path) -> Start {
        let names: Vec<_> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        let (Some(first), is_single) = (names.first().map(String::as_str), names.len() == 1) else {
            return Start::Unchanged;
        };
        let below = |modules: &[String]| self.root.iter().chain(modules).cloned().collect::<Vec<_>>();
        // super::types::Lock, in `types::builder` and in `builder`
        let ups = names.iter().take_while(|name| *name == "super").count();
        if path.leading_colon.is_some() || first == "crate" || first == "Self" {
            return Start::Unchanged;
        }
        if ups > 0 {
            let kept = self.modules.len().checked_sub(ups).and_then(|kept| self.modules.get(..kept));
            return kept.map_or(Start::Unknown, |modules| Start::In(below(modules), ups));
        }
        // `T` of `fn name<T>(mut self, value: T)`, and `u64`.
        if self.generics.iter().any(|names| names.contains(first)) || is_single && PRIMITIVE.contains(&first) {
            return Start::Unchanged;
        }
        // `self.name` is a value; `self::error::ConversionError`, in `types`, is a path.
        if first == "self" {
            return if is_single { Start::Unchanged } else { Start::In(below(&self.modules), 1) };
        }
        // std::fmt::Display, chrono::DateTime<chrono::offset::Utc>
        if CRATES.contains(&first) && !is_single {
            return Start::Global;
        }
        let prelude = PRELUDE.iter().find(|(name, _)| *name == first);
        let known = prelude.map(|(_, path)| Start::In(path.split("::").map(str::to_owned).collect(), 1));
        let has_arguments = path.segments.iter().any(|segment| !segment.arguments.is_none());
        // `Option<…>`, `Vec::is_empty`, `Some(…)`: the types of schemas have neither arguments nor functions that are
        // called by a path, and are never values. So these mean the prelude, even beside a schema `Option`.
        let is_variant = !self.is_type && matches!(first, "Ok" | "Err" | "Some" | "None");
        if let Some(known) = known.clone()
            && (is_variant || has_arguments || !is_single || self.means_std_string && first == "String")
        {
            return known;
        }
        // `Lock`, in `types`: the schema's type.
        let declares = |modules: &[String]| self.items.get(modules).is_some_and(|names| names.contains(first));
        if declares(&self.modules) {
            return Start::In(below(&self.modules), 0);
        }
        // `types::Lock`, in `builder`, which has the line `use super::types;`.
        if self.modules == ["builder"] && declares(&[]) {
            return Start::In(below(&[]), 0);
        }
        if let Some(known) = known {
            return known;
        }
        if IMPORTED.contains(&first) {
            return Start::In(["", "progenitor_client"].map(str::to_owned).into(), 0);
        }
        // Everything else that begins with a lower-case letter is a local variable: `value`, `request`, `header_map`.
        let is_variable = is_single && first.starts_with(|letter: char| letter.is_lowercase() || letter == '_');
        if is_variable { Start::Unchanged } else { Start::Unknown }
    }

    /// Makes a path absolute. Returns how many segments it gained.
    fn absolute(&mut self, path: &mut Path) -> usize {
        let segment =
            |name: &String| PathSegment { ident: Ident::new(name, Span::call_site()), arguments: PathArguments::None };
        match self.start(path) {
            Start::Unchanged => 0,
            Start::Global => {
                path.leading_colon = Some(Default::default());
                0
            }
            Start::In(before, taken) => {
                let is_global = before.first().is_some_and(String::is_empty);
                let new: Vec<_> = before.iter().filter(|name| !name.is_empty()).map(segment).collect();
                let gained = new.len() - taken.min(new.len());
                // Vec<T> → ::std::vec::Vec<T>: the segment that is replaced passes its arguments on.
                let mut kept: Vec<_> = path.segments.iter().skip(taken).cloned().collect();
                let mut new = new;
                if let (Some(last), Some(own)) =
                    (new.last_mut(), taken.checked_sub(1).and_then(|last| path.segments.get(last)))
                {
                    last.arguments = own.arguments.clone();
                }
                new.append(&mut kept);
                path.segments = new.into_iter().collect();
                path.leading_colon = is_global.then(Default::default);
                gained
            }
            Start::Unknown => {
                let names: Vec<_> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
                self.unknown.get_or_insert(names.join("::"));
                0
            }
        }
    }

    /// Makes a path absolute that may have a `<T as …>` in front.
    fn qualified(&mut self, of: &mut Option<QSelf>, path: &mut Path) {
        match of {
            // <Self as ClientHooks<()>>::exec: `position` counts the segments inside of the angle brackets.
            Some(of) => {
                self.visit_type_mut(&mut of.ty);
                path.segments.iter_mut().for_each(|segment| self.visit_path_segment_mut(segment));
                of.position += self.absolute(path);
            }
            None => self.visit_path_mut(path),
        }
    }

    /// Runs `work` with these type parameters in scope.
    fn within(&mut self, generics: &Generics, work: impl FnOnce(&mut Self)) {
        self.generics.push(generics.type_params().map(|parameter| parameter.ident.to_string()).collect());
        work(self);
        self.generics.pop();
    }
}

impl VisitMut for Qualify {
    fn visit_item_mod_mut(&mut self, module: &mut syn::ItemMod) {
        self.modules.push(module.ident.to_string());
        visit_mut::visit_item_mod_mut(self, module);
        self.modules.pop();
    }

    fn visit_item_impl_mut(&mut self, block: &mut syn::ItemImpl) {
        // impl ::std::convert::TryFrom<String> for Lock { …; fn try_from(value: String) -> … } typify means Rust's
        // `String` here, even if a schema has that name. Only the type behind `for` is the schema's. In
        // `types::builder`, the argument of `TryFrom` is the builder of that schema.
        let means_std_string = self.modules != ["types", "builder"]
            && block.trait_.as_ref().is_some_and(|(of, ..)| {
                let last = of.segments.last().filter(|last| last.ident == "TryFrom");
                last.is_some_and(|last| last.arguments.to_token_stream().to_string() == "< String >")
            });
        if means_std_string {
            self.visit_type_mut(&mut block.self_ty);
        }
        self.means_std_string = means_std_string;
        self.within(&block.generics.clone(), |visitor| visit_mut::visit_item_impl_mut(visitor, block));
        self.means_std_string = false;
    }

    fn visit_impl_item_fn_mut(&mut self, function: &mut syn::ImplItemFn) {
        self.within(&function.sig.generics.clone(), |visitor| visit_mut::visit_impl_item_fn_mut(visitor, function));
    }

    fn visit_item_fn_mut(&mut self, function: &mut syn::ItemFn) {
        self.within(&function.sig.generics.clone(), |visitor| visit_mut::visit_item_fn_mut(visitor, function));
    }

    fn visit_path_mut(&mut self, path: &mut Path) {
        visit_mut::visit_path_mut(self, path);
        self.absolute(path);
    }

    fn visit_expr_path_mut(&mut self, expr: &mut syn::ExprPath) {
        self.qualified(&mut expr.qself, &mut expr.path);
    }

    fn visit_type_path_mut(&mut self, ty: &mut syn::TypePath) {
        let outer = std::mem::replace(&mut self.is_type, true);
        self.qualified(&mut ty.qself, &mut ty.path);
        self.is_type = outer;
    }

    fn visit_expr_mut(&mut self, expr: &mut syn::Expr) {
        // An array type holds an expression, and an expression holds types: [u8; N], Vec::<u8>::new()
        let outer = std::mem::replace(&mut self.is_type, false);
        visit_mut::visit_expr_mut(self, expr);
        self.is_type = outer;
    }

    // `#[derive(…)]`, `pub(crate)` and `format!(…)` hold paths that are neither types nor values.
    fn visit_attribute_mut(&mut self, _: &mut syn::Attribute) {}
    fn visit_visibility_mut(&mut self, _: &mut syn::Visibility) {}
    fn visit_macro_mut(&mut self, _: &mut syn::Macro) {}
}
