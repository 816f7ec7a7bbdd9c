//! Makes every path absolute, so that generated modules import nothing, and no schema that is called `Option`, `Result` or
//! `Error` is taken for what the generator means by that name.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::Span;
use quote::ToTokens;
use syn::visit_mut::{self, VisitMut};
use syn::{File, Generics, Ident, Item, Path, PathArguments, PathSegment, QSelf};

/// Crates that the generator names without `::` before them.
const CRATES: [&str; 5] = ["chrono", "progenitor_client", "reqwest", "serde_json", "std"];

/// What stands in every module by itself, as far as the generator's output uses it.
#[rustfmt::skip]
const PRELUDE: [(&str, &str); 15] = [
    ("Clone", "::std::clone::Clone"), ("Default", "::std::default::Default"), ("Err", "::std::result::Result::Err"),
    ("From", "::std::convert::From"), ("Into", "::std::convert::Into"), ("None", "::std::option::Option::None"),
    ("Ok", "::std::result::Result::Ok"), ("Option", "::std::option::Option"), ("Result", "::std::result::Result"),
    ("Some", "::std::option::Option::Some"), ("String", "::std::string::String"), ("ToString", "::std::string::ToString"),
    ("TryFrom", "::std::convert::TryFrom"), ("TryInto", "::std::convert::TryInto"), ("Vec", "::std::vec::Vec"),
];

/// What the generator's own `use` lines bring in from its run-time crate.
const IMPORTED: [&str; 5] = ["ByteStream", "ClientHooks", "ClientInfo", "Error", "OperationInfo"];
const IMPORTED_TOO: [&str; 3] = ["RequestBuilderExt", "ResponseValue", "encode_path"];

/// Types that are no paths.
const PRIMITIVE: [&str; 14] =
    ["bool", "char", "f32", "f64", "i16", "i32", "i64", "i8", "str", "u16", "u32", "u64", "u8", "usize"];

/// Makes the paths of a file absolute that stands in `module`.
///
/// # Errors
/// A path whose meaning is not known.
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
        is_of_text: false,
        unknown: None,
    };
    visitor.visit_file_mut(file);
    match visitor.unknown {
        Some(path) => Err(format!("meaning for the path `{path}`")),
        None => Ok(()),
    }
}

/// The names of what each module declares.
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

struct Qualify {
    root: Vec<String>,
    items: BTreeMap<Vec<String>, BTreeSet<String>>,
    modules: Vec<String>,
    generics: Vec<BTreeSet<String>>,
    /// Whether the path that is looked at is a type.
    is_type: bool,
    /// Whether `String` is the text, whatever schema is called so.
    is_of_text: bool,
    unknown: Option<String>,
}

/// What stands before a path's first segments, and how many of those it takes the place of.
#[derive(Clone)]
enum Start {
    AsItIs,
    Global,
    In(Vec<String>, usize),
    Unknown,
}

impl Qualify {
    fn start(&self, path: &Path) -> Start {
        let names: Vec<_> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        let (Some(first), is_single) = (names.first().map(String::as_str), names.len() == 1) else {
            return Start::AsItIs;
        };
        let below = |modules: &[String]| self.root.iter().chain(modules).cloned().collect::<Vec<_>>();
        let ups = names.iter().take_while(|name| *name == "super").count();
        if path.leading_colon.is_some() || first == "crate" || first == "Self" {
            return Start::AsItIs;
        }
        if ups > 0 {
            let kept = self.modules.len().checked_sub(ups).and_then(|kept| self.modules.get(..kept));
            return kept.map_or(Start::Unknown, |modules| Start::In(below(modules), ups));
        }
        if self.generics.iter().any(|names| names.contains(first)) || is_single && PRIMITIVE.contains(&first) {
            return Start::AsItIs;
        }
        if first == "self" {
            return if is_single { Start::AsItIs } else { Start::In(below(&self.modules), 1) };
        }
        if CRATES.contains(&first) && !is_single {
            return Start::Global;
        }
        let prelude = PRELUDE.iter().find(|(name, _)| *name == first);
        let known = prelude.map(|(_, path)| Start::In(path.split("::").map(str::to_owned).collect(), 1));
        let has_arguments = path.segments.iter().any(|segment| !segment.arguments.is_none());
        // Types of schemas have neither arguments nor functions that are called by a path, and are values nowhere.
        let is_variant = !self.is_type && matches!(first, "Ok" | "Err" | "Some" | "None");
        if let Some(known) = known.clone()
            && (is_variant || has_arguments || !is_single || self.is_of_text && first == "String")
        {
            return known;
        }
        let declares = |modules: &[String]| self.items.get(modules).is_some_and(|names| names.contains(first));
        if declares(&self.modules) {
            return Start::In(below(&self.modules), 0);
        }
        if self.modules == ["builder"] && declares(&[]) {
            return Start::In(below(&[]), 0);
        }
        if let Some(known) = known {
            return known;
        }
        if IMPORTED.contains(&first) || IMPORTED_TOO.contains(&first) {
            return Start::In(["", "progenitor_client"].map(str::to_owned).into(), 0);
        }
        // What is left is a variable.
        let is_variable = is_single && first.starts_with(|letter: char| letter.is_lowercase() || letter == '_');
        if is_variable { Start::AsItIs } else { Start::Unknown }
    }

    /// Makes a path absolute; how many segments it gained.
    fn absolute(&mut self, path: &mut Path) -> usize {
        let segment =
            |name: &String| PathSegment { ident: Ident::new(name, Span::call_site()), arguments: PathArguments::None };
        match self.start(path) {
            Start::AsItIs => 0,
            Start::Global => {
                path.leading_colon = Some(Default::default());
                0
            }
            Start::In(before, taken) => {
                let is_global = before.first().is_some_and(String::is_empty);
                let new: Vec<_> = before.iter().filter(|name| !name.is_empty()).map(segment).collect();
                let gained = new.len() - taken.min(new.len());
                // The last of what is taken keeps its arguments.
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

    fn qualified(&mut self, of: &mut Option<QSelf>, path: &mut Path) {
        match of {
            Some(of) => {
                self.visit_type_mut(&mut of.ty);
                path.segments.iter_mut().for_each(|segment| self.visit_path_segment_mut(segment));
                of.position += self.absolute(path);
            }
            None => self.visit_path_mut(path),
        }
    }

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
        // impl ::std::convert::TryFrom<String> for Lock { …; fn try_from(value: String) -> … }
        // typify means the text by it, whatever schema is called so; what it is implemented for is the schema. Where builders
        // stand, it is the builder of that schema.
        let is_of_text = self.modules != ["types", "builder"]
            && block.trait_.as_ref().is_some_and(|(of, ..)| {
                let last = of.segments.last().filter(|last| last.ident == "TryFrom");
                last.is_some_and(|last| last.arguments.to_token_stream().to_string() == "< String >")
            });
        if is_of_text {
            self.visit_type_mut(&mut block.self_ty);
        }
        self.is_of_text = is_of_text;
        self.within(&block.generics.clone(), |visitor| visit_mut::visit_item_impl_mut(visitor, block));
        self.is_of_text = false;
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
        let around = std::mem::replace(&mut self.is_type, true);
        self.qualified(&mut ty.qself, &mut ty.path);
        self.is_type = around;
    }

    fn visit_expr_mut(&mut self, expr: &mut syn::Expr) {
        let around = std::mem::replace(&mut self.is_type, false);
        visit_mut::visit_expr_mut(self, expr);
        self.is_type = around;
    }

    // Paths of these three are no types and no values.
    fn visit_attribute_mut(&mut self, _: &mut syn::Attribute) {}
    fn visit_visibility_mut(&mut self, _: &mut syn::Visibility) {}
    fn visit_macro_mut(&mut self, _: &mut syn::Macro) {}
}
