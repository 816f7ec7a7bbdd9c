//! Generates the bindings of each API from its spec or, without the feature `generate`, copies those that the package
//! brings.

#[cfg(feature = "generate")]
fn main() -> std::process::ExitCode {
    unloc_codegen::build()
}

#[cfg(not(feature = "generate"))]
fn main() {
    if let Err(why) = packaged::copy() {
        // Cargo prints `cargo::error` by itself, without the script's whole output around it.
        println!("cargo::error={why}");
        std::process::exit(1);
    }
}

#[cfg(not(feature = "generate"))]
mod packaged {
    use std::collections::BTreeSet;
    use std::path::Path;
    use std::{env, fs};

    /// Holds the bindings that `cargo xtask package` generated, and a copy of each spec that they were generated from.
    const FOLDER: &str = "generated";
    const HELP: &str = "enable the feature `generate` of `unloc`, or run `cargo xtask package` in its repository";

    /// Copies the bindings to where the build would generate them, if they were generated from the specs of this
    /// package.
    pub(crate) fn copy() -> Result<(), String> {
        println!("cargo::rerun-if-changed={FOLDER}");
        println!("cargo::rerun-if-changed=openapi");
        let out = env::var_os("OUT_DIR").ok_or("OUT_DIR is not set")?;
        if !Path::new(FOLDER).is_dir() {
            return Err(format!(
                "without the feature `generate`, `unloc` needs the folder `{FOLDER}`, which a checkout does not have: {HELP}"
            ));
        }
        let (specs, packaged) = (names("openapi")?, names(FOLDER)?);
        // `lint.yaml` configures the linter; it is no spec.
        let is_spec = |name: &&String| name.ends_with(".yaml") && *name != "lint.yaml";
        // Both folders: a spec that only one of them has is a difference as well.
        for spec in specs.iter().chain(&packaged).filter(is_spec) {
            let [current, copy] = ["openapi", FOLDER].map(|folder| fs::read(Path::new(folder).join(spec)).ok());
            if current != copy {
                return Err(format!(
                    "the bindings in `{FOLDER}` were generated from another version of openapi/{spec}: {HELP}"
                ));
            }
        }
        for source in packaged.iter().filter(|name| name.ends_with(".rs")) {
            // Not `fs::copy`, which copies permissions: files of a read-only store would make the next run's write
            // fail.
            let text = fs::read(Path::new(FOLDER).join(source));
            let copied = text.and_then(|text| fs::write(Path::new(&out).join(source), text));
            copied.map_err(|error| format!("cannot copy {FOLDER}/{source} to OUT_DIR: {error}"))?;
        }
        Ok(())
    }

    fn names(folder: &str) -> Result<BTreeSet<String>, String> {
        let entries = fs::read_dir(folder).map_err(|error| format!("cannot read the folder {folder}: {error}"))?;
        Ok(entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect())
    }
}
