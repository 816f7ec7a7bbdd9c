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
mod plain;
pub mod prepare;
mod reserved;
mod surface;

use std::any::Any;
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

pub use reserved::{CLIENTS, Reserved};
pub use surface::surface;

use placeholder::Placeholders;
use unloc_spec::{Document, Error, Operation};

/// The APIs whose types `lib.rs` exports, or keeps, by itself; every other has a public module of its name.
const AT_ROOT: [&str; 2] = ["auth", "integrator"];

/// What a build script does: reads each `openapi/{api}.yaml` of the package and writes `{api}.rs` to the output
/// folder, and [`modules`] to `apis.rs`. What is wrong with a spec becomes one `cargo::error` line each, with file,
/// line and reason.
#[must_use]
pub fn build() -> ExitCode {
    // Panics are caught and explained with the place in the spec; their own message would only be noise before that.
    std::panic::set_hook(Box::new(|_| {}));
    let mut failed = false;
    let mut reserved = match written_by_hand(Path::new(".")) {
        Ok(reserved) => reserved,
        Err(error) => {
            println!("cargo::error={error}");
            return ExitCode::FAILURE;
        }
    };
    CLIENTS.iter().chain(&["openapi"]).for_each(|source| println!("cargo::rerun-if-changed={source}"));
    let apis = match apis(Path::new(".")).and_then(|apis| put("apis.rs", &modules(&apis)).map(|()| apis)) {
        Ok(apis) => apis,
        Err(error) => {
            println!("cargo::error={error}");
            return ExitCode::FAILURE;
        }
    };
    for api in &apis {
        let spec = PathBuf::from(format!("openapi/{api}.yaml"));
        let written = catch_unwind(AssertUnwindSafe(|| write(&spec, api, &mut reserved)));
        let written = written.unwrap_or_else(|panic| {
            let what = format!("the bindings cannot be made, for a reason that is not foreseen: {}", reason(&*panic));
            Err(vec![Error::new(&spec, None, what)])
        });
        if let Err(errors) = written {
            failed = true;
            for error in errors {
                println!("cargo::error={}", error.to_string().replace('\n', " "));
            }
        }
    }
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// The APIs of the package in this folder: the names of the files `openapi/{api}.yaml`, but for `lint.yaml`.
///
/// # Errors
/// Names the folder, if it cannot be read.
pub fn apis(folder: &Path) -> Result<Vec<String>, Error> {
    let folder = folder.join("openapi");
    let fail = |error: std::io::Error| Error::new(&folder, None, format!("cannot be read: {error}"));
    let mut apis = Vec::new();
    for entry in std::fs::read_dir(&folder).map_err(fail)? {
        let file = entry.map_err(fail)?.file_name().to_string_lossy().into_owned();
        apis.extend(file.strip_suffix(".yaml").filter(|api| *api != "lint").map(str::to_owned));
    }
    apis.sort();
    Ok(apis)
}

/// The Rust source of `crate::generated`: a module for each API, and what all of them know.
#[must_use]
pub fn modules(apis: &[String]) -> String {
    let mut source = String::new();
    for api in apis {
        source.push_str(&format!("pub(crate) mod {api} {{ include!(concat!(env!(\"OUT_DIR\"), \"/{api}.rs\")); }}\n"));
    }
    // What users get of them: `lib.rs` exports the first two by itself.
    let others: Vec<_> = apis.iter().filter(|api| !AT_ROOT.contains(&api.as_str())).collect();
    let exports = others.iter().map(|api| {
        format!("    pub mod {api} {{ pub use crate::generated::{api}::{{builder, clients::*, types}}; }}\n")
    });
    source.push_str(&format!(
        "pub mod exported {{\n    pub use super::integrator::clients::*;\n{}}}\n",
        exports.collect::<String>()
    ));
    for (before, table, kind) in [
        ("", "OPERATIONS", "&crate::Operation"),
        ("", "PROPERTIES", "&str"),
        ("", "TABLES", "crate::table::Table"),
        ("#[cfg(test)] ", "TYPED", "(&crate::Operation, crate::table::tests::Typed)"),
    ] {
        let all: Vec<_> = apis.iter().map(|api| format!("{api}::{table}")).collect();
        source.push_str(&format!("{before}pub(crate) static {table}: &[&[{kind}]] = &[{}];\n", all.join(", ")));
    }
    source
}

/// Writes a file to the output folder of a build script.
fn put(name: &str, text: &str) -> Result<(), Error> {
    let Some(folder) = std::env::var_os("OUT_DIR") else {
        return Err(Error::new(Path::new(name), None, "OUT_DIR is not set: `build` runs in a build script"));
    };
    let target = Path::new(&folder).join(name);
    std::fs::write(&target, text).map_err(|error| Error::new(&target, None, format!("cannot be written: {error}")))
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

fn write(spec: &Path, api: &str, reserved: &mut Reserved) -> Result<(), Vec<Error>> {
    let document = Document::read(spec).map_err(|error| vec![error])?;
    let clashes = reserved.clashes(&document, &Operation::all(&document)?);
    if !clashes.is_empty() {
        return Err(clashes);
    }
    let bindings = bindings_making(&document, api, &reserved.unwritten(&document))?;
    put(&format!("{api}.rs"), &bindings).map_err(|error| vec![error])
}

/// The Rust source of the bindings of one API, to stand in `crate::generated::{api}`, where all its clients are written by
/// hand.
///
/// # Errors
/// Every reason found why none can be made.
pub fn bindings(document: &Document, api: &str) -> Result<String, Vec<Error>> {
    bindings_making(document, api, &BTreeSet::new())
}

/// The same where these clients are not written by hand, and the build makes them.
///
/// # Errors
/// Every reason found why none can be made.
pub fn bindings_making(document: &Document, api: &str, clients: &BTreeSet<String>) -> Result<String, Vec<Error>> {
    Ok(prettyplease::unparse(&tree(document, api, clients)?))
}

/// Whether [`bindings`] can be made, which takes a fraction of the time that it takes to make them.
///
/// # Errors
/// Every reason found why none can be made; the same as those of [`bindings`].
pub fn bindable(document: &Document) -> Result<(), Vec<Error>> {
    let operations = sound(document)?;
    if !plain::is_plain(document, &operations) {
        return tree(document, "api", &BTreeSet::new()).map(drop);
    }
    let module = "crate::generated::api";
    let prepared = prepare::prepare_by(prepare::RULES, &document.value, &format!("{module}::types"));
    let placeholders = Placeholders::of(&document.value, &operations);
    let run = generate::ours(&prepared, module, &placeholders);
    generate::accept(document, &prepared, &operations, &run).map_err(|error| vec![error])
}

/// The bindings of one API before they are written; `made` are the clients that nobody has written.
fn tree(document: &Document, api: &str, made: &BTreeSet<String>) -> Result<syn::File, Vec<Error>> {
    let operations = sound(document)?;
    let module = format!("crate::generated::{api}");
    let prepared = prepare::prepare_by(prepare::RULES, &document.value, &format!("{module}::types"));
    let placeholders = Placeholders::of(&document.value, &operations);
    let run = generate::ours(&prepared, &module, &placeholders);
    let file = generate::generate(document, &prepared, &operations, &run).map_err(|error| vec![error])?;
    let around = finish::Around {
        document,
        spec: &prepared.spec,
        marks: &prepared.marks,
        operations: &operations,
        placeholders: &placeholders,
        made,
    };
    finish::finish(file, &module, &around).map_err(|error| vec![error])
}

/// The Rust source that progenitor makes of one API by itself, with builders: none of our types in place of its own, none
/// of the finishing passes. It is what `unloc` is measured against, and stands in any module of a crate with
/// `progenitor-client`, `reqwest`, `serde`, `serde_json` and `chrono`.
///
/// Of the tolerances only [`prepare::NEEDED`] apply, which make the spec one that progenitor takes.
///
/// # Errors
/// Every reason found why none can be made; the same specs are refused as by [`bindings`].
pub fn plain(document: &Document) -> Result<String, Vec<Error>> {
    let operations = sound(document)?;
    let prepared = prepare::prepare_by(prepare::NEEDED, &document.value, "types");
    let file = generate::generate(document, &prepared, &operations, &generate::plain());
    file.map(|file| prettyplease::unparse(&file)).map_err(|error| vec![error])
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
