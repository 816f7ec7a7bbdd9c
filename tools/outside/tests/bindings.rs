//! Tests that bindings inside of a package which do not match its specs are refused.
#![allow(clippy::unwrap_used, reason = "in a test, a panic is the failure")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use unloc_outside::bindings::{stage, verify};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap()
}

/// Creates a package of this name with two specs and their bindings.
fn package(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    for file in ["build.rs", "openapi/lint.yaml"].into_iter().chain(unloc_codegen::CLIENTS) {
        fs::create_dir_all(folder.join(file).parent().unwrap()).unwrap();
        fs::copy(root().join(file), folder.join(file)).unwrap();
    }
    // The smaller spec under both names, to save time.
    for api in ["auth", "integrator"] {
        fs::copy(root().join("openapi/auth.yaml"), folder.join(format!("openapi/{api}.yaml"))).unwrap();
    }
    stage(&folder).unwrap();
    folder
}

fn edit(file: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(file).unwrap();
    assert!(text.contains(from), "{}: {from}", file.display());
    fs::write(file, text.replacen(from, to, 1)).unwrap();
}

#[test]
fn generated_bindings_are_valid_until_a_file_changes() {
    let folder = package("verified");
    verify(&folder).unwrap();
    let refused = |what: &str| {
        let why = verify(&folder).unwrap_err().to_string();
        assert!(why.contains(what) && why.contains("cargo xtask package"), "{why}");
        stage(&folder).unwrap();
        verify(&folder).unwrap();
    };
    edit(&folder.join("generated/integrator_model.rs"), "pub mod types", "pub mod typos");
    refused(": integrator_model.rs;");
    edit(&folder.join("openapi/auth.yaml"), "\nservers:", "\n# Where it is.\nservers:");
    refused("auth.yaml");
    fs::remove_file(folder.join("generated/auth_client.rs")).unwrap();
    refused(": auth_client.rs;");
    fs::write(folder.join("generated/doors.rs"), "").unwrap();
    refused(": doors.rs;");
    fs::create_dir(folder.join("generated/more")).unwrap();
    refused(": more;");
    fs::remove_dir_all(folder.join("generated")).unwrap();
    assert!(verify(&folder).unwrap_err().to_string().contains("has no bindings"));
}

/// Runs the build script of a package without the feature `generate`, as cargo does.
fn built(script: &Path, folder: &Path) -> Output {
    let out = folder.join("out");
    fs::create_dir_all(&out).unwrap();
    Command::new(script).current_dir(folder).env("OUT_DIR", out).output().unwrap()
}

#[test]
fn a_build_accepts_only_bindings_of_its_own_specs() {
    let folder = package("built");
    let script = folder.join(format!("script{}", std::env::consts::EXE_SUFFIX));
    let compiled =
        Command::new("rustc").args(["--edition", "2024", "-o"]).arg(&script).arg(folder.join("build.rs")).status();
    assert!(compiled.unwrap().success());
    let refused = |what: &str| {
        let Output { status, stdout, .. } = built(&script, &folder);
        let said = String::from_utf8(stdout).unwrap();
        let lines: Vec<_> = said.lines().filter(|line| line.starts_with("cargo::error=")).collect();
        assert!(!status.success() && lines.len() == 1, "{said}");
        assert!(lines[0].contains(what) && lines[0].contains("the feature `generate`"), "{said}");
        stage(&folder).unwrap();
    };
    assert!(built(&script, &folder).status.success());
    for source in ["models.rs", "clients.rs", "auth_model.rs", "auth_client.rs", "integrator_model.rs"] {
        let [made, taken] = ["generated", "out"].map(|place| fs::read(folder.join(place).join(source)).unwrap());
        assert_eq!(made, taken, "{source}");
    }
    edit(&folder.join("openapi/integrator.yaml"), "\nservers:", "\n# Where it is.\nservers:");
    refused("generated from another version of openapi/integrator.yaml");
    fs::copy(folder.join("openapi/auth.yaml"), folder.join("openapi/doors.yaml")).unwrap();
    let Output { stdout, .. } = built(&script, &folder);
    assert!(String::from_utf8(stdout).unwrap().contains("generated from another version of openapi/doors.yaml"));
    fs::remove_file(folder.join("openapi/doors.yaml")).unwrap();
    fs::remove_dir_all(folder.join("generated")).unwrap();
    refused("needs the folder `generated`, which a checkout does not have");
}
