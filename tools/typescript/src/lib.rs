//! Writes the TypeScript of the npm package from a spec: the types of schemas, parameters and methods, and a table that
//! says how the result of each operation is read.
//!
//! | module | purpose |
//! |---|---|
//! | `spec` | what the writers ask of the spec: order, envelopes, which properties a value can lack |
//! | `names` | names of types, and names that are refused |
//! | `text` | comments, strings and names that a spec cannot break out of |
//! | `types` | the type of a schema |
//! | `schemas` | a declaration for each schema |
//! | `operations` | parameters and result of an operation |
//! | `lists` | the form of each list's body |
//! | `methods` | the documented methods of each client, and the table of operations |
//!
//! A spec that the Rust bindings refuse is refused here for the same reasons. Names, envelopes and tolerances are those
//! of `unloc-codegen`: the package calls the Rust crate.

mod lists;
mod methods;
mod names;
mod operations;
mod schemas;
mod spec;
mod text;
mod types;

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Result, anyhow};
use unloc_codegen::Generated;
use unloc_spec::{Document, Error};

use spec::Spec;

/// Is the API that the npm package offers.
const API: &str = "integrator";

/// Is the first line of each file.
const HEADER: &str = "// Written by tools/typescript from the OpenAPI file. Do not edit.\n";

/// Lists the types of `calls.ts` that the declarations use.
const IMPORTED: [&str; 4] = ["Call", "CallOptions", "ListCall", "Page"];

/// Returns the TypeScript sources for the npm package of the repository in this folder, by file name.
///
/// # Errors
/// Returns every reason found why there are none, each with its place in the spec.
pub fn sources(root: &Path) -> Result<BTreeMap<String, String>> {
    let document = Document::read(&root.join(format!("openapi/{API}.yaml")))?;
    let reasons = |errors: Vec<Error>| anyhow!(errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"));
    of(&document, API).map_err(reasons)
}

/// Returns the TypeScript sources of one document: `types.ts`, `operations.ts` and `lists.ts`.
///
/// # Errors
/// Returns every reason found why there are none.
pub fn of(document: &Document, api: &str) -> Result<BTreeMap<String, String>, Vec<Error>> {
    // What cannot be bound cannot be called from TypeScript either.
    Generated::of(document, api)?;
    let spec = Spec::of(document)?;
    spec.check()?;
    let mut body = String::new();
    for part in [schemas::declarations(&spec), operations::parameters(&spec), methods::interfaces(&spec)] {
        body.push_str(&part);
    }
    let used: Vec<_> = IMPORTED.into_iter().filter(|name| uses(&body, name)).collect();
    let import = match used.is_empty() {
        true => String::new(),
        false => format!("\nimport type {} from \"../calls.js\";\n", text::braces(&used.join(", "))),
    };
    Ok(BTreeMap::from([
        ("types.ts".to_owned(), format!("{HEADER}{import}{body}")),
        ("lists.ts".to_owned(), format!("{HEADER}{}", lists::table(&spec))),
        ("operations.ts".to_owned(), format!("{HEADER}{}", methods::table(&spec))),
    ]))
}

/// Returns whether the declarations use an imported type. Comments do not count.
fn uses(body: &str, name: &str) -> bool {
    let code = body.lines().filter(|line| !line.trim_start().starts_with(['/', '*']));
    let is_part = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == '$';
    code.flat_map(|line| line.split(|letter| !is_part(letter))).any(|word| word == name)
}
