//! Writes the bindings of both APIs and of every awkward spec that can be bound.

#[path = "own.rs"]
mod own;
#[path = "table.rs"]
mod table;

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs};

use unloc_codegen::{bindings, written_by_hand};
use unloc_spec::{Client, Document};

fn main() -> ExitCode {
    match generate() {
        Ok(errors) if errors.is_empty() => ExitCode::SUCCESS,
        Ok(errors) => {
            errors.iter().for_each(|error| println!("cargo::error={error}"));
            ExitCode::FAILURE
        }
        Err(error) => {
            println!("cargo::error={error}");
            ExitCode::FAILURE
        }
    }
}

/// Writes everything and returns the errors of specs that should be bound without errors.
fn generate() -> Result<Vec<String>, Box<dyn Error>> {
    let here = env::current_dir()?;
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("OUT_DIR is not set")?);
    // The SDK's sources check features that this package does not declare.
    println!(
        "cargo::rustc-check-cfg=cfg(feature, values(\"native-tls\", \"rustls\", \"rustls-no-provider\", \"schemars\", \"test-util\"))"
    );
    println!("cargo::rustc-cfg=unloc_awkward");
    for watched in ["build.rs", "own.rs", "table.rs", "spec.rs", "rows"] {
        println!("cargo::rerun-if-changed={watched}");
    }
    let handwritten = written_by_hand(Path::new("../.."))?;
    let (apis, mut own) = (unloc_spec::apis(Path::new("../.."))?, String::new());
    for (name, source) in unloc_codegen::modules(&apis) {
        fs::write(out.join(name), source)?;
    }
    println!("cargo::rerun-if-changed=../../openapi");
    for api in &apis {
        let spec = format!("../../openapi/{api}.yaml");
        let document = Document::read(Path::new(&spec))?;
        let generated =
            bindings(&document, api, &handwritten.unwritten(&document)).map_err(|errors| joined(&errors))?;
        for (name, source) in generated.files(api) {
            fs::write(out.join(name), source)?;
        }
        own.push_str(&own::calls(&document, api)?);
    }
    fs::write(out.join("own.rs"), format!("vec![{own}]"))?;
    println!("cargo::rerun-if-env-changed=AWKWARD_ROWS");
    let selected = env::var("AWKWARD_ROWS").unwrap_or_default();
    println!("cargo::rustc-env=AWKWARD_ROWS={selected}");
    let (mut groups, mut errors) = (BTreeMap::<_, [String; 2]>::new(), Vec::new());
    for row in table::rows().iter().filter(|row| row.refused.is_none()) {
        let [group, module] = row.module();
        let modules = groups.entry(group).or_default();
        if !row.is_selected(&selected) {
            println!("cargo::rustc-cfg={group}={:?}", row.what);
            continue;
        }
        let name = row.to_string();
        let document = Document::parse(Path::new(&name), &row.yaml)?;
        // The row's clients are generated as well. The handwritten ones have only the operations of the SDK's own
        // specs.
        let clients = Client::all(&document.value).into_iter().map(|client| client.name).collect();
        match bindings(&document, &format!("awkward::{name}"), &clients) {
            Ok(generated) => {
                for ((name, source), modules) in generated.files(&format!("{group}_{module}")).into_iter().zip(modules)
                {
                    let file = out.join(name);
                    fs::write(&file, source)?;
                    writeln!(modules, "    #[path = {file:?}]\n    pub mod {module};")?;
                }
            }
            Err(found) => errors.push(joined(&found)),
        }
    }
    groups.keys().for_each(|group| println!("cargo::rustc-check-cfg=cfg({group}, values(any()))"));
    for (place, name) in ["rows_model.rs", "rows_client.rs"].iter().enumerate() {
        let mut source = String::new();
        for (group, modules) in &groups {
            // Modules of rows about schemas and operations are named like types.
            writeln!(source, "#[allow(non_snake_case)]\npub mod {group} {{\n{}}}", modules[place])?;
        }
        fs::write(out.join(name), source)?;
    }
    let calls = here.join("calls.rs");
    fs::write(
        out.join("calls.rs"),
        format!("/// Holds the calls of the rows that can be bound.\n#[path = {calls:?}]\npub mod calls;\n"),
    )?;
    Ok(errors)
}

fn joined(errors: &[unloc_spec::Error]) -> String {
    errors.iter().map(|error| error.to_string().replace('\n', " ")).collect::<Vec<_>>().join(" | ")
}
