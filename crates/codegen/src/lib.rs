//! Generates the Rust bindings of the crate `unloc` from Unloc's OpenAPI YAML.
//!
//! There are four steps. `unloc-spec` reads the YAML once and keeps positions. [`prepare`] applies the named
//! tolerances. `generate` runs progenitor. `finish` rewrites progenitor's output, so that a call goes through `unloc`'s
//! own transport, and adds what the spec says beyond types and paths: the functions of clients, pagination, tables of
//! operations.
//!
//! A build script needs only [`build`].

mod check;
mod collisions;
mod finish;
mod generate;
pub mod names;
mod panics;
mod placeholder;
pub mod prepare;
mod reserved;
pub mod shapes;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::ExitCode;

pub use finish::requirement::limits;
pub use finish::{Finished, envelopes};
pub use panics::quietly;
pub use reserved::{CLIENTS, Reserved};

use generate::Run;
use placeholder::Placeholders;
use prepare::Prepared;
use proc_macro2::TokenStream;
use unloc_spec::{Document, Error, Operation, apis, feature, module};

/// Lists the APIs whose types `lib.rs` of `unloc` exports or keeps private itself. Every other API gets a public module
/// of its name.
const AT_ROOT: [&str; 2] = ["auth", "integrator"];

/// Names the API whose calls the SDK makes by itself. Its types are always there.
const ALWAYS_TYPED: &str = "auth";

/// Runs a build script: writes the [`sources`] of the package to `OUT_DIR`.
///
/// Each error of a spec becomes one `cargo::error` line with file, line and reason.
#[must_use]
pub fn build() -> ExitCode {
    // The handwritten clients are inputs as well: their functions are reserved names.
    CLIENTS.iter().chain(&["openapi"]).for_each(|source| println!("cargo::rerun-if-changed={source}"));
    let write =
        |sources: BTreeMap<String, String>| sources.iter().try_for_each(|(name, text)| write_output(name, text));
    // Cargo sets such a variable for each enabled feature.
    let is_enabled =
        |feature: &str| std::env::var_os(format!("CARGO_FEATURE_{}", feature.to_ascii_uppercase())).is_some();
    let Err(errors) =
        sources(Path::new(""), &is_enabled).and_then(|sources| write(sources).map_err(|error| vec![error]))
    else {
        return ExitCode::SUCCESS;
    };
    for error in errors {
        // cargo ends a directive at the line end, and would print the rest as ordinary output.
        println!("cargo::error={}", error.to_string().replace('\n', " "));
    }
    ExitCode::FAILURE
}

/// Returns the Rust sources that a build of the package in this folder includes, by file name.
///
/// These are the bindings of each `openapi/{api}.yaml` as `{module}_model.rs` and `{module}_client.rs`, and the
/// [`modules`] that include them. An API is left out if it needs a feature that is not enabled.
///
/// # Errors
/// Returns every reason found why there are none.
pub fn sources(package: &Path, is_enabled: &dyn Fn(&str) -> bool) -> Result<BTreeMap<String, String>, Vec<Error>> {
    let alone = |error| vec![error];
    let (mut reserved, apis) = (written_by_hand(package).map_err(alone)?, apis(package).map_err(alone)?);
    let (mut sources, mut errors) = (modules(&apis), Vec::new());
    for api in apis.iter().filter(|api| feature(api).is_none_or(is_enabled)) {
        let spec = package.join(format!("openapi/{api}.yaml"));
        // `check` refuses what is known to panic in progenitor. A panic that gets here is a case that it misses.
        let generated = quietly(|| generate_api(&spec, api, &mut reserved));
        let generated = generated.unwrap_or_else(|panic| {
            let what =
                format!("the generator panicked for a reason that no check foresees: {}", panics::message(&*panic));
            Err(vec![Error::new(&spec, None, what)])
        });
        match generated {
            Ok(bindings) => sources.extend(bindings.files(api)),
            Err(reasons) => errors.extend(reasons),
        }
    }
    // Errors come in the order of the file, since an early mistake often causes later ones.
    errors.sort_by(|one, other| (&one.file, one.position).cmp(&(&other.file, other.position)));
    if errors.is_empty() { Ok(sources) } else { Err(errors) }
}

/// Returns the Rust sources that include the bindings: `models.rs` for `crate::model` and `clients.rs` for
/// `crate::client`.
///
/// Each has a module for every API, and the tables that join those of all APIs.
#[must_use]
pub fn modules(apis: &[String]) -> BTreeMap<String, String> {
    let condition =
        |api: &str| feature(api).map_or_else(String::new, |feature| format!("#[cfg(feature = \"{feature}\")] "));
    let included = |part: &str| {
        let modules = apis.iter().map(|api| {
            let (condition, module) = (condition(api), module(api));
            format!(
                "{condition}pub(crate) mod {module} {{ include!(concat!(env!(\"OUT_DIR\"), \"/{module}_{part}.rs\")); }}\n"
            )
        });
        modules.collect::<String>()
    };
    let (mut models, mut clients) = (included("model"), included("client"));
    // `exported` holds what is public. A further API needs no line in `lib.rs`, which exports the first two by itself.
    let others = apis.iter().filter(|api| !AT_ROOT.contains(&api.as_str()));
    let exports = others.map(|api| {
        let (condition, module) = (condition(api), module(api));
        format!(
            "    {condition}pub mod {module} {{\n        #[cfg(feature = \"typed\")]\n        \
             pub use crate::client::{module}::builder;\n        pub use crate::client::{module}::clients::*;\n        \
             pub use crate::model::{module}::types;\n    }}\n"
        )
    });
    clients.push_str(&format!(
        "pub mod exported {{\n    pub use super::integrator::clients::*;\n{}}}\n",
        exports.collect::<String>()
    ));
    // `TYPED` names the decoder of each response type. Only tests of the tables compare the two, so programs get none
    // of it.
    for (before, table, kind) in [
        ("", "OPERATIONS", "&crate::model::Operation"),
        ("", "PROPERTIES", "&str"),
        ("#[cfg(feature = \"dynamic\")] ", "TABLES", "crate::model::table::Table"),
        (
            "#[cfg(all(test, feature = \"dynamic\"))] ",
            "TYPED",
            "(&crate::model::Operation, crate::http::decode::table::tests::Typed)",
        ),
    ] {
        let all: Vec<_> = apis.iter().map(|api| format!("{}{}::{table}", condition(api), module(api))).collect();
        models.push_str(&format!("{before}pub(crate) static {table}: &[&[{kind}]] = &[{}];\n", all.join(", ")));
    }
    BTreeMap::from([("models.rs".to_owned(), models), ("clients.rs".to_owned(), clients)])
}

/// Writes a file to the output folder of a build script.
fn write_output(name: &str, text: &str) -> Result<(), Error> {
    let Some(folder) = std::env::var_os("OUT_DIR") else {
        return Err(Error::new(Path::new(name), None, "OUT_DIR is not set: call `build` from a build script"));
    };
    let target = Path::new(&folder).join(name);
    std::fs::write(&target, text).map_err(|error| Error::new(&target, None, format!("cannot be written: {error}")))
}

/// Reads the handwritten clients of the package in this folder, and the functions that they already have.
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

/// Generates the bindings of one file, and reserves the names of its operations.
fn generate_api(spec: &Path, api: &str, reserved: &mut Reserved) -> Result<Bindings, Vec<Error>> {
    let document = Document::read(spec).map_err(|error| vec![error])?;
    // Clashes come first: generated code with two functions of one name would only fail in rustc, far from the YAML.
    let clashes = reserved.clashes(&document, &Operation::all(&document)?);
    if !clashes.is_empty() {
        return Err(clashes);
    }
    bindings(&document, api, &reserved.unwritten(&document))
}

/// Holds the Rust sources of the bindings of one API.
#[derive(Clone, Debug)]
pub struct Bindings {
    /// Holds the content of `crate::model::{api}`: the types and the tables of operations.
    pub model: String,
    /// Holds the content of `crate::client::{api}`: the builders of operations and the functions of clients.
    pub client: String,
}

impl Bindings {
    /// Returns the sources with the file names under which [`modules`] includes them.
    #[must_use]
    pub fn files(self, api: &str) -> [(String, String); 2] {
        let module = module(api);
        [(format!("{module}_model.rs"), self.model), (format!("{module}_client.rs"), self.client)]
    }
}

/// Generates the bindings of one API. `made` names the clients that are not written by hand and have to be generated.
///
/// # Errors
/// Returns every reason found why no bindings can be generated.
pub fn bindings(document: &Document, api: &str, made: &BTreeSet<String>) -> Result<Bindings, Vec<Error>> {
    let Finished { model, client } = Generated::of(document, api)?.finish(made)?;
    // Formatted, because rustdoc's source links lead into these files: it shows code that is included from `OUT_DIR`.
    Ok(Bindings { model: prettyplease::unparse(&model), client: prettyplease::unparse(&client) })
}

/// Holds progenitor's output for a sound spec, and what the finishing passes need besides.
pub struct Generated<'a> {
    document: &'a Document,
    /// Is the path of the module that will hold the types.
    module: String,
    /// Is set for an API whose types are left out without the feature `typed`.
    is_optional: bool,
    /// Is the path of the module that will hold the builders.
    client: String,
    prepared: Prepared,
    operations: Vec<Operation>,
    placeholders: Placeholders,
    tokens: TokenStream,
}

impl<'a> Generated<'a> {
    /// Refuses a spec that cannot be bound, and runs progenitor on any other.
    ///
    /// # Errors
    /// Returns every reason found why there are no bindings of it.
    pub fn of(document: &'a Document, api: &str) -> Result<Self, Vec<Error>> {
        let operations = sound(document)?;
        let (name, is_optional) = (module(api), api != ALWAYS_TYPED);
        let module = format!("crate::model::{name}");
        let prepared = prepare::prepare(prepare::RULES, &document.value, &format!("{module}::types"));
        let placeholders = Placeholders::of(&document.value, &operations);
        let run = Run::of(document, &prepared, &module, &operations, &placeholders);
        let tokens = run.tokens().map_err(|error| vec![error])?;
        let client = format!("crate::client::{name}");
        Ok(Self { document, module, is_optional, client, prepared, operations, placeholders, tokens })
    }

    /// Rewrites progenitor's output into the bindings. `made` names the clients that have to be generated.
    ///
    /// # Errors
    /// Returns every reason found why the output cannot be rewritten.
    pub fn finish(self, made: &BTreeSet<String>) -> Result<Finished, Vec<Error>> {
        let Self { document, module, is_optional, client, prepared, operations, placeholders, tokens } = self;
        // Parsing takes longer than generating. It is here and not in `of`, so that the linter can stop before it.
        let run = Run::of(document, &prepared, &module, &operations, &placeholders);
        let file = run.parsed(tokens).map_err(|error| vec![error])?;
        let (spec, marks) = (&prepared.spec, &prepared.marks);
        let (operations, placeholders) = (&operations, &placeholders);
        let context = finish::Context { document, spec, marks, operations, placeholders, made, is_optional };
        finish::finish(file, &module, &client, &context).map_err(|error| vec![error])
    }
}

/// Returns the operations of a spec that can be bound, or all reasons why it cannot.
fn sound(document: &Document) -> Result<Vec<Operation>, Vec<Error>> {
    let mut errors = check::check(document);
    match Operation::all(document) {
        Ok(operations) => {
            // Collisions need the operations; the other checks work on a document of which none can be read.
            errors.extend(collisions::collisions(document, &operations));
            if errors.is_empty() { Ok(operations) } else { Err(errors) }
        }
        Err(unreadable) => Err(unreadable.into_iter().chain(errors).collect()),
    }
}
