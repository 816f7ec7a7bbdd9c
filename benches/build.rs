//! Sets the compiler's version for records, and generates a client for comparison with plain progenitor.
//!
//! The client needs the feature `progenitor`.

use std::process::{Command, ExitCode};

fn main() -> ExitCode {
    println!("cargo::rustc-env=UNLOC_RUSTC={}", compiler().unwrap_or_else(|| "unknown".to_owned()));
    #[cfg(feature = "progenitor")]
    return plain::write();
    #[cfg(not(feature = "progenitor"))]
    return ExitCode::SUCCESS;
}

/// Returns the compiler's version without its date.
fn compiler() -> Option<String> {
    let output = Command::new(std::env::var_os("RUSTC")?).arg("--version").output().ok()?;
    String::from_utf8(output.stdout).ok()?.split(' ').nth(1).map(|version| version.trim().to_owned())
}

#[cfg(feature = "progenitor")]
mod plain {
    use std::path::Path;
    use std::process::ExitCode;

    use progenitor::{GenerationSettings, Generator, HooksMode, InterfaceStyle, TagStyle};
    use unloc_codegen::prepare::{RULES, prepare};
    use unloc_spec::{Document, Error};

    const SPEC: &str = "../openapi/integrator.yaml";

    /// Lists the tolerances that progenitor needs for our specs. It allows one error type per operation, needs a regex
    /// engine for patterns, and maps more formats to types of other crates.
    const NEEDED: [&str; 3] = ["errors-stay-raw", "plain-format", "no-limit-at-run-time"];

    pub(crate) fn write() -> ExitCode {
        println!("cargo::rerun-if-changed={SPEC}");
        let Err(errors) = written() else { return ExitCode::SUCCESS };
        for error in errors {
            println!("cargo::error={}", error.to_string().replace('\n', " "));
        }
        ExitCode::FAILURE
    }

    fn written() -> Result<(), Vec<Error>> {
        let document = Document::read(Path::new(SPEC)).map_err(|error| vec![error])?;
        let refuse = |what: String| vec![document.error("", what)];
        let folder = std::env::var_os("OUT_DIR").ok_or_else(|| refuse("OUT_DIR is not set".to_owned()))?;
        let plain = plain(&document).map_err(|error| refuse(format!("cannot generate the plain client: {error}")))?;
        std::fs::write(Path::new(&folder).join("plain.rs"), plain)
            .map_err(|error| refuse(format!("cannot write the plain client: {error}")))
    }

    /// Returns the Rust source that progenitor generates with builders, without our types and finishing passes.
    fn plain(document: &Document) -> Result<String, Box<dyn std::error::Error>> {
        let rules: Vec<_> = RULES.iter().copied().filter(|rule| NEEDED.contains(&rule.name)).collect();
        if rules.len() < NEEDED.len() {
            return Err("a tolerance in `NEEDED` no longer exists: update the names".into());
        }
        let spec = serde_json::from_value(prepare(&rules, &document.value, "types").spec)?;
        let mut settings = GenerationSettings::default();
        settings.with_interface(InterfaceStyle::Builder).with_tag(TagStyle::Merged).with_hooks(HooksMode::Optional);
        let tokens = Generator::new(&settings).generate_tokens(&spec)?;
        Ok(prettyplease::unparse(&syn::parse2(tokens)?))
    }
}
