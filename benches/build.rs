//! Makes a client that `unloc` is measured against, what progenitor makes of the same spec by itself, and notes which
//! compiler it is that a record has to name.

use std::path::Path;
use std::process::{Command, ExitCode};

use unloc_codegen::plain;
use unloc_spec::{Document, Error};

const SPEC: &str = "../openapi/integrator.yaml";

fn main() -> ExitCode {
    println!("cargo::rerun-if-changed={SPEC}");
    println!("cargo::rustc-env=UNLOC_RUSTC={}", compiler().unwrap_or_else(|| "unknown".to_owned()));
    let Err(errors) = write() else { return ExitCode::SUCCESS };
    for error in errors {
        println!("cargo::error={}", error.to_string().replace('\n', " "));
    }
    ExitCode::FAILURE
}

fn write() -> Result<(), Vec<Error>> {
    let document = Document::read(Path::new(SPEC)).map_err(|error| vec![error])?;
    let refuse = |what: String| vec![document.error("", what)];
    let folder = std::env::var_os("OUT_DIR").ok_or_else(|| refuse("OUT_DIR is not set".to_owned()))?;
    std::fs::write(Path::new(&folder).join("plain.rs"), plain(&document)?)
        .map_err(|error| refuse(format!("the plain client cannot be written: {error}")))
}

/// The compiler's version, without the day it was made.
fn compiler() -> Option<String> {
    let output = Command::new(std::env::var_os("RUSTC")?).arg("--version").output().ok()?;
    String::from_utf8(output.stdout).ok()?.split(' ').nth(1).map(|version| version.trim().to_owned())
}
