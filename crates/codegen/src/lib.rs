//! Turns Unloc's OpenAPI YAML into the Rust bindings of the crate `unloc`.
//!
//! Spec in, Rust out, in four steps: `unloc-spec` reads the YAML once and keeps positions; [`prepare`] applies the named
//! tolerances; `generate` runs progenitor; `finish` rewrites its output so that a call goes through `unloc`'s own
//! transport, and adds what the spec says beyond types and paths: handles, paging, tables.
//!
//! A build script needs only [`build`].

mod check;
mod collisions;
mod finish;
mod generate;
pub mod names;
mod placeholder;
pub mod prepare;
mod reserved;

use std::any::Any;
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Once;

pub use finish::Finished;
pub use reserved::{CLIENTS, Reserved};

use generate::Run;
use placeholder::Placeholders;
use prepare::Prepared;
use proc_macro2::TokenStream;
use unloc_spec::{Document, Error, Operation, apis};

/// The APIs whose types `lib.rs` exports, or keeps, by itself; every other has a public module of its name.
const AT_ROOT: [&str; 2] = ["auth", "integrator"];

/// What a build script does: writes the [`sources`] of the package to the output folder. What is wrong with a spec becomes
/// one `cargo::error` line each, with file, line and reason.
#[must_use]
pub fn build() -> ExitCode {
    CLIENTS.iter().chain(&["openapi"]).for_each(|source| println!("cargo::rerun-if-changed={source}"));
    let put = |sources: BTreeMap<String, String>| sources.iter().try_for_each(|(name, text)| put(name, text));
    let Err(errors) = sources(Path::new("")).and_then(|sources| put(sources).map_err(|error| vec![error])) else {
        return ExitCode::SUCCESS;
    };
    for error in errors {
        println!("cargo::error={}", error.to_string().replace('\n', " "));
    }
    ExitCode::FAILURE
}

/// The Rust sources that a build of the package in this folder includes, by their names: the bindings of each
/// `openapi/{api}.yaml` as `{api}_model.rs` and `{api}_client.rs`, and the [`modules`] that include those.
///
/// # Errors
/// Every reason found why there are none.
pub fn sources(package: &Path) -> Result<BTreeMap<String, String>, Vec<Error>> {
    let alone = |error| vec![error];
    let (mut reserved, apis) = (written_by_hand(package).map_err(alone)?, apis(package).map_err(alone)?);
    let (mut sources, mut errors) = (modules(&apis), Vec::new());
    for api in &apis {
        let spec = package.join(format!("openapi/{api}.yaml"));
        let made = quietly(|| made(&spec, api, &mut reserved));
        let made = made.unwrap_or_else(|panic| {
            let what = format!("the bindings cannot be made, for a reason that is not foreseen: {}", reason(&*panic));
            Err(vec![Error::new(&spec, None, what)])
        });
        match made {
            Ok(bindings) => sources.extend(bindings.files(api)),
            Err(reasons) => errors.extend(reasons),
        }
    }
    // In the order of the file: what comes first often leads to the rest.
    errors.sort_by(|one, other| (&one.file, one.position).cmp(&(&other.file, other.position)));
    if errors.is_empty() { Ok(sources) } else { Err(errors) }
}

/// The Rust sources that include the bindings: `models.rs` in `crate::model` and `clients.rs` in `crate::client`, with a
/// module for each API, and what all of them know.
#[must_use]
pub fn modules(apis: &[String]) -> BTreeMap<String, String> {
    let included = |part: &str| {
        let modules = apis.iter().map(|api| {
            format!("pub(crate) mod {api} {{ include!(concat!(env!(\"OUT_DIR\"), \"/{api}_{part}.rs\")); }}\n")
        });
        modules.collect::<String>()
    };
    let (mut models, mut clients) = (included("model"), included("client"));
    // What users get of them: `lib.rs` exports the first two by itself.
    let others = apis.iter().filter(|api| !AT_ROOT.contains(&api.as_str()));
    let exports = others.map(|api| {
        format!(
            "    pub mod {api} {{ pub use crate::client::{api}::{{builder, clients::*}}; pub use crate::model::{api}::types; }}\n"
        )
    });
    clients.push_str(&format!(
        "pub mod exported {{\n    pub use super::integrator::clients::*;\n{}}}\n",
        exports.collect::<String>()
    ));
    for (before, table, kind) in [
        ("", "OPERATIONS", "&crate::model::Operation"),
        ("", "PROPERTIES", "&str"),
        ("", "TABLES", "crate::model::table::Table"),
        ("#[cfg(test)] ", "TYPED", "(&crate::model::Operation, crate::http::decode::table::tests::Typed)"),
    ] {
        let all: Vec<_> = apis.iter().map(|api| format!("{api}::{table}")).collect();
        models.push_str(&format!("{before}pub(crate) static {table}: &[&[{kind}]] = &[{}];\n", all.join(", ")));
    }
    BTreeMap::from([("models.rs".to_owned(), models), ("clients.rs".to_owned(), clients)])
}

/// Writes a file to the output folder of a build script.
fn put(name: &str, text: &str) -> Result<(), Error> {
    let Some(folder) = std::env::var_os("OUT_DIR") else {
        return Err(Error::new(Path::new(name), None, "OUT_DIR is not set: `build` runs in a build script"));
    };
    let target = Path::new(&folder).join(name);
    std::fs::write(&target, text).map_err(|error| Error::new(&target, None, format!("cannot be written: {error}")))
}

/// Runs the generator, which panics on what it does not know: its panics are caught, and leave nothing on the standard
/// error, where it would only be noise before the place in the spec is named.
///
/// # Errors
/// What it panicked with.
pub fn quietly<T>(work: impl FnOnce() -> T) -> Result<T, Box<dyn Any + Send>> {
    static HUSH: Once = Once::new();
    // The hook is everybody's, and other specs may be worked on at the same time.
    HUSH.call_once(|| {
        let hook = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if !IS_QUIET.get() {
                hook(panic);
            }
        }));
    });
    let before = IS_QUIET.replace(true);
    let done = catch_unwind(AssertUnwindSafe(work));
    IS_QUIET.set(before);
    done
}

thread_local! {
    /// Whether a panic on this thread is caught and told as what it is about.
    static IS_QUIET: Cell<bool> = const { Cell::new(false) };
}

/// What a panic said.
fn reason(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no reason given")
}

/// The functions that the clients of the package in this folder have already.
///
/// # Errors
/// Names the source that cannot be read.
pub fn written_by_hand(folder: &Path) -> Result<Reserved, Error> {
    let read = |name: &str| {
        let file = folder.join(name);
        std::fs::read_to_string(&file).map_err(|error| Error::new(&file, None, format!("cannot be read: {error}")))
    };
    let sources = CLIENTS.iter().map(|name| read(name)).collect::<Result<Vec<_>, _>>()?;
    Reserved::of(sources.iter().map(String::as_str)).map_err(|error| Error::new(folder, None, error))
}

fn made(spec: &Path, api: &str, reserved: &mut Reserved) -> Result<Bindings, Vec<Error>> {
    let document = Document::read(spec).map_err(|error| vec![error])?;
    let clashes = reserved.clashes(&document, &Operation::all(&document)?);
    if !clashes.is_empty() {
        return Err(clashes);
    }
    bindings(&document, api, &reserved.unwritten(&document))
}

/// The Rust sources of the bindings of one API.
#[derive(Clone, Debug)]
pub struct Bindings {
    /// What stands in `crate::model::{api}`: the types, and the tables of operations.
    pub model: String,
    /// What stands in `crate::client::{api}`: the builders of operations, and the functions of clients.
    pub client: String,
}

impl Bindings {
    /// By the names that [`modules`] includes them under.
    #[must_use]
    pub fn files(self, api: &str) -> [(String, String); 2] {
        [(format!("{api}_model.rs"), self.model), (format!("{api}_client.rs"), self.client)]
    }
}

/// The bindings of one API; `made` are the clients that nobody has written by hand, and that are made with them.
///
/// # Errors
/// Every reason found why none can be made.
pub fn bindings(document: &Document, api: &str, made: &BTreeSet<String>) -> Result<Bindings, Vec<Error>> {
    let Finished { model, client } = Generated::of(document, api)?.finish(made)?;
    Ok(Bindings { model: prettyplease::unparse(&model), client: prettyplease::unparse(&client) })
}

/// What the generator made of a sound spec, and what is known of it besides.
pub struct Generated<'a> {
    document: &'a Document,
    /// Where the types will stand, and where the builders.
    module: String,
    client: String,
    prepared: Prepared,
    operations: Vec<Operation>,
    placeholders: Placeholders,
    tokens: TokenStream,
}

impl<'a> Generated<'a> {
    /// Refuses what cannot be bound, and runs the generator on the rest.
    ///
    /// # Errors
    /// Every reason found why there are no bindings of it.
    pub fn of(document: &'a Document, api: &str) -> Result<Self, Vec<Error>> {
        let operations = sound(document)?;
        let module = format!("crate::model::{api}");
        let prepared = prepare::prepare(prepare::RULES, &document.value, &format!("{module}::types"));
        let placeholders = Placeholders::of(&document.value, &operations);
        let run = Run::of(document, &prepared, &module, &operations, &placeholders);
        let tokens = run.tokens().map_err(|error| vec![error])?;
        let client = format!("crate::client::{api}");
        Ok(Self { document, module, client, prepared, operations, placeholders, tokens })
    }

    /// Rewrites what the generator made, so that it is the bindings; `made` are the clients that nobody has written.
    ///
    /// # Errors
    /// Every reason found why it cannot be.
    pub fn finish(self, made: &BTreeSet<String>) -> Result<Finished, Vec<Error>> {
        let Self { document, module, client, prepared, operations, placeholders, tokens } = self;
        let run = Run::of(document, &prepared, &module, &operations, &placeholders);
        let file = run.parsed(tokens).map_err(|error| vec![error])?;
        let (spec, marks) = (&prepared.spec, &prepared.marks);
        let around =
            finish::Around { document, spec, marks, operations: &operations, placeholders: &placeholders, made };
        finish::finish(file, &module, &client, &around).map_err(|error| vec![error])
    }
}

/// The operations of a spec that can be bound.
fn sound(document: &Document) -> Result<Vec<Operation>, Vec<Error>> {
    let mut errors = check::check(document);
    match Operation::all(document) {
        Ok(operations) => {
            errors.extend(collisions::collisions(document, &operations));
            if errors.is_empty() { Ok(operations) } else { Err(errors) }
        }
        Err(unreadable) => Err(unreadable.into_iter().chain(errors).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_caught_and_quiet_only_while_it_is_expected() {
        assert_eq!(quietly(|| 7).ok(), Some(7));
        assert!(quietly(|| std::panic::panic_any("on purpose")).is_err());
        assert!(!IS_QUIET.get());
        let nested = quietly(|| (quietly(|| ()).is_ok(), IS_QUIET.get()));
        assert_eq!(nested.ok(), Some((true, true)));
    }
}
