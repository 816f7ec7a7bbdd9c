//! Notes which compiler it is that a record has to name and, with the feature `progenitor`, makes a client that `unloc` is
//! measured against: what progenitor makes of the same spec by itself.

use std::process::{Command, ExitCode};

fn main() -> ExitCode {
    println!("cargo::rustc-env=UNLOC_RUSTC={}", compiler().unwrap_or_else(|| "unknown".to_owned()));
    #[cfg(feature = "progenitor")]
    return plain::write();
    #[cfg(not(feature = "progenitor"))]
    return ExitCode::SUCCESS;
}

/// The compiler's version, without the day it was made.
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

    /// The tolerances without which the generator takes no spec of ours, or brings more crates into what it makes than a client
    /// needs: it allows one kind of error an operation, wants an engine for patterns, and has a type of its own for more formats.
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
        let plain = plain(&document).map_err(|error| refuse(format!("the plain client cannot be made: {error}")))?;
        std::fs::write(Path::new(&folder).join("plain.rs"), plain)
            .map_err(|error| refuse(format!("the plain client cannot be written: {error}")))
    }

    /// The Rust source that progenitor makes of an API by itself, with builders: none of our types in place of its own, none of
    /// the finishing passes.
    fn plain(document: &Document) -> Result<String, Box<dyn std::error::Error>> {
        let rules: Vec<_> = RULES.iter().copied().filter(|rule| NEEDED.contains(&rule.name)).collect();
        if rules.len() < NEEDED.len() {
            return Err("a tolerance that it needs is called otherwise now".into());
        }
        let spec = serde_json::from_value(prepare(&rules, &document.value, "types").spec)?;
        let mut settings = GenerationSettings::default();
        settings.with_interface(InterfaceStyle::Builder).with_tag(TagStyle::Merged).with_hooks(HooksMode::Optional);
        let tokens = Generator::new(&settings).generate_tokens(&spec)?;
        Ok(prettyplease::unparse(&syn::parse2(tokens)?))
    }
}
