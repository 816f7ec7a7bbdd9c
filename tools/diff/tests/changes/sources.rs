//! Tests the sources of the two editions: files and git.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;
use unloc_diff::{Format, Sides, Version, compare};

use crate::foreign::FOREIGN;

#[test]
fn reports_missing_files_and_wrong_arguments() {
    let missing = PathBuf::from("missing.yaml");
    let why = compare(Path::new("."), &Sides::Files(missing.clone(), missing), None).err().unwrap();
    assert!(format!("{why:#}").contains("cannot read missing.yaml"));
    let no_version: Result<Version> = "new".parse();
    assert!(no_version.unwrap_err().to_string().contains("not a version"));
    assert!("xml".parse::<Format>().unwrap_err().to_string().contains("human, markdown or json"));
}

#[test]
fn refuses_other_versions_of_openapi() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("diff-versions");
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("newer.yaml");
    std::fs::write(&file, FOREIGN.replace("3.0.3", "3.1.0")).unwrap();
    let why = compare(&folder, &Sides::Files(file.clone(), file), None).err().unwrap();
    assert!(why.to_string().contains("only 3.0 can be compared"), "{why}");
}

/// Runs git in a folder, without the settings of the user.
fn git(folder: &Path, arguments: &[&str]) {
    let mut command = Command::new("git");
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("GIT_")) {
        command.env_remove(name);
    }
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
    command.args(["-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false"]);
    let output = command.args(arguments).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn compares_a_branch_with_where_it_left_main() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("diff-repository");
    if folder.exists() {
        std::fs::remove_dir_all(&folder).unwrap();
    }
    std::fs::create_dir_all(folder.join("openapi")).unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.join(name), text).unwrap();
    let spec = |line: &str| FOREIGN.replace("        id: {type: string}\n", line);
    write("Cargo.toml", "[workspace.package]\nversion = \"0.1.0\"\n");
    write("openapi/doors.yaml", FOREIGN);
    write("openapi/lint.yaml", "bindings: true\n");
    git(&folder, &["init", "-q", "-b", "main"]);
    git(&folder, &["add", "."]);
    git(&folder, &["commit", "-qm", "Doors"]);
    git(&folder, &["switch", "-qc", "wider"]);
    // A later commit on main must not affect the comparison.
    git(&folder, &["switch", "-q", "main"]);
    write("openapi/doors.yaml", &spec("        id: {type: integer}\n"));
    git(&folder, &["commit", "-qam", "Count them"]);
    git(&folder, &["switch", "-q", "wider"]);
    write("openapi/doors.yaml", &spec("        id: {type: string}\n        width: {type: integer}\n"));
    write("openapi/windows.yaml", FOREIGN);
    let outcome = compare(&folder, &Sides::Since(None), None).unwrap();
    let whats: Vec<_> = outcome.changes.iter().map(|change| change.what.as_str()).collect();
    assert_eq!(whats, ["the property `width` of `Door` was added", "openapi/windows.yaml was added"]);
    let why = compare(&folder, &Sides::Since(Some("nowhere".to_owned())), None).err().unwrap();
    assert!(why.to_string().contains("revision `nowhere` not found"));
}
