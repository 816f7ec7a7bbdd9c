//! Makes the bindings of each API from its spec or, without the feature `generate`, takes those that came with the package.

#[cfg(feature = "generate")]
fn main() -> std::process::ExitCode {
    unloc_codegen::build()
}

#[cfg(not(feature = "generate"))]
fn main() {
    if let Err(why) = made::take() {
        println!("cargo::error={why}");
        std::process::exit(1);
    }
}

#[cfg(not(feature = "generate"))]
mod made {
    use std::collections::BTreeSet;
    use std::path::Path;
    use std::{env, fs};

    /// What `cargo xtask package` made of the specs, and a copy of each spec that it was made of.
    const FOLDER: &str = "generated";
    const OTHERWISE: &str =
        "switch on the feature `generate` of `unloc`, or run `cargo xtask package` in its repository";

    /// Copies it to where the build would have made it, if it was made of the specs that stand here.
    pub(crate) fn take() -> Result<(), String> {
        println!("cargo::rerun-if-changed={FOLDER}");
        println!("cargo::rerun-if-changed=openapi");
        let out = env::var_os("OUT_DIR").ok_or("OUT_DIR is not set")?;
        if !Path::new(FOLDER).is_dir() {
            return Err(format!(
                "`unloc` is built without the feature `generate`, and has no bindings here, as in every checkout: {OTHERWISE}"
            ));
        }
        let (here, there) = (names("openapi")?, names(FOLDER)?);
        let is_spec = |name: &&String| name.ends_with(".yaml") && *name != "lint.yaml";
        for spec in here.iter().chain(&there).filter(is_spec) {
            let [one, other] = ["openapi", FOLDER].map(|folder| fs::read(Path::new(folder).join(spec)).ok());
            if one != other {
                return Err(format!(
                    "the bindings in {FOLDER} were made of another version of openapi/{spec} than stands here: {OTHERWISE}"
                ));
            }
        }
        for source in there.iter().filter(|name| name.ends_with(".rs")) {
            // Without its permissions: what came from a store is read-only there, and is written again by the next run.
            let text = fs::read(Path::new(FOLDER).join(source));
            let copied = text.and_then(|text| fs::write(Path::new(&out).join(source), text));
            copied.map_err(|error| format!("{FOLDER}/{source} cannot be copied: {error}"))?;
        }
        Ok(())
    }

    fn names(folder: &str) -> Result<BTreeSet<String>, String> {
        let entries = fs::read_dir(folder).map_err(|error| format!("{folder} cannot be read: {error}"))?;
        Ok(entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect())
    }
}
