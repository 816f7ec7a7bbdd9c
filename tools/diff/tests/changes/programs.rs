//! The verdicts for Rust code against the compiler: programs that compile with the bindings as they are have to compile
//! after an edit exactly when `diff` does not call it breaking.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use unloc_diff::Verdict;

use crate::edits::{self, Edit};
use crate::own::{SPEC, changes};

/// A workspace with the crate as it is, another spec, and a program for each edit that has one.
struct Workspace {
    folder: PathBuf,
}

impl Workspace {
    fn new(root: &Path) -> Self {
        let folder = root.join("target/diff-programs");
        let workspace = Self { folder };
        for (from, to) in [("src", "src"), ("openapi", "openapi")] {
            copy(&root.join(from), &workspace.folder.join(to));
        }
        for name in ["build.rs", "README.md", "Cargo.lock"] {
            fs::copy(root.join(name), workspace.folder.join(name)).unwrap();
        }
        let manifest = fs::read_to_string(root.join("Cargo.toml")).unwrap();
        let (head, rest) = manifest.split_once("[dev-dependencies]").unwrap();
        let (_, lints) = rest.split_once("[lints]").unwrap();
        let (before, members) = head.split_once("\nmembers = [").unwrap();
        let (_, after) = members.split_once(']').unwrap();
        let mut head = format!("{before}\nmembers = [\".\", \"programs\"]{after}");
        for own in ["crates/codegen", "crates/spec"] {
            head = head.replace(&format!("path = {own:?}"), &format!("path = {:?}", root.join(own)));
        }
        workspace.write("Cargo.toml", &format!("{head}[lints]{lints}"));
        workspace.write(
            "programs/Cargo.toml",
            "[package]\nname = \"programs\"\nedition = \"2024\"\n[dependencies]\nunloc = { path = \"..\", default-features = false }\n",
        );
        workspace.write("programs/src/lib.rs", "");
        workspace
    }

    fn write(&self, name: &str, text: &str) {
        let file = self.folder.join(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        // What has not changed keeps its time, and need not be built again.
        if fs::read_to_string(&file).ok().as_deref() != Some(text) {
            fs::write(&file, text).unwrap();
        }
    }

    /// What the compiler says of each program that it refuses.
    fn check(&self, root: &Path, spec: &str) -> BTreeMap<String, String> {
        self.write("openapi/integrator.yaml", spec);
        let output = Command::new(env!("CARGO"))
            .args(["check", "--examples", "-p", "programs", "--keep-going", "--offline", "--message-format", "json"])
            .arg("--manifest-path")
            .arg(self.folder.join("Cargo.toml"))
            .arg("--target-dir")
            .arg(root.join("target"))
            .output()
            .unwrap();
        let mut refused = BTreeMap::new();
        let mut compiled = BTreeSet::new();
        for line in String::from_utf8_lossy(&output.stdout).lines() {
            let Ok(message) = serde_json::from_str::<Value>(line) else { continue };
            let text = |pointer: &str| message.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
            let name = text("/target/name");
            if text("/reason") == "compiler-artifact" {
                compiled.insert(name);
            } else if text("/message/level") == "error" {
                refused.entry(name).or_insert_with(String::new).push_str(&text("/message/rendered"));
            }
        }
        // Only programs may fail; otherwise nothing was learnt of them.
        let why = (refused.get("unloc"), String::from_utf8_lossy(&output.stderr));
        assert!(compiled.contains("unloc"), "{why:#?}");
        refused
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else if fs::read(&target).ok() != fs::read(entry.path()).ok() {
            fs::copy(entry.path(), &target).unwrap();
        }
    }
}

/// All of these edits in one spec.
fn together(edits: &[(String, &Edit)]) -> String {
    edits.iter().fold(SPEC.to_owned(), |text, (_, edit)| edit.apply(&text).unwrap())
}

#[test]
fn programs_compile_after_an_edit_exactly_when_it_is_not_called_breaking() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap();
    let workspace = Workspace::new(root);
    let programs = edits::all().filter(|edit| !edit.program.is_empty()).enumerate();
    let programs: Vec<_> = programs.map(|(place, edit)| (format!("program{place}"), edit)).collect();
    assert!(programs.len() >= 15);
    for (name, edit) in &programs {
        let body = edit.program;
        let text = format!(
            "//! {}.\n\n#![allow(dead_code)]\n\nfn main() {{}}\n\nasync fn program(unloc: unloc::Unloc, home: unloc::LockHolder) \
             -> Result<(), Box<dyn std::error::Error>> {{\n    {body}\n    Ok(())\n}}\n",
            edit.name
        );
        workspace.write(&format!("programs/examples/{name}.rs"), &text);
    }
    let refused = workspace.check(root, SPEC);
    assert!(refused.is_empty(), "not even with the bindings as they are: {refused:#?}");

    let is_breaking = |edit: &Edit| changes(edit).unwrap().iter().any(|change| change.rust == Verdict::Breaking);
    let (breaking, others): (Vec<_>, Vec<_>) = programs.into_iter().partition(|(_, edit)| is_breaking(edit));
    assert!(breaking.len() >= 8 && others.len() >= 6, "{} and {}", breaking.len(), others.len());
    let refused = workspace.check(root, &together(&others));
    assert!(refused.is_empty(), "not called breaking, and yet: {refused:#?}");

    let refused = workspace.check(root, &together(&breaking));
    for (name, edit) in &breaking {
        let said = refused.get(name).unwrap_or_else(|| panic!("called breaking, and yet it compiles: {}", edit.name));
        // And for this reason, not for that of a neighbour: what the compiler shows has to do with what is gone.
        let changes = changes(edit).unwrap();
        let gone = changes.iter().flat_map(|change| &change.items).filter_map(|line| line.strip_prefix("- "));
        let names: BTreeSet<_> = gone.filter_map(last_name).collect();
        assert!(names.iter().any(|name| said.contains(name)), "{}: {said}\n{names:?}", edit.name);
    }
}

/// The last name of the path that a line of the public API begins with: a member, if it has one.
fn last_name(line: &str) -> Option<&str> {
    let path = line
        .rsplit(" for ")
        .next()?
        .trim_start_matches("async ")
        .trim_start_matches("fn ")
        .trim_start_matches("struct ");
    let path = path.split(['(', '<', ',']).next()?;
    let path = path.split_once(": ").map_or(path, |(path, _)| path);
    path.rsplit(['.', ':']).next().filter(|name| !name.is_empty())
}
