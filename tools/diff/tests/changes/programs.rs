//! The verdicts for Rust code against the compiler: programs that compile with the bindings as they are have to compile
//! after an edit exactly when `diff` does not call it breaking.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use unloc_diff::Verdict;
use unloc_spec::Document;

use crate::edits::{self, Edit};
use crate::own::{SPEC, changes};

/// A package that is the crate as it is, with other bindings, and has a program for each edit that has one.
///
/// The bindings are made here, not by a build script: that would compile the generator, and all that it needs, once more,
/// since in another workspace these have other features.
struct Package {
    root: &'static Path,
    folder: PathBuf,
}

impl Package {
    fn new(programs: &[Program]) -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap();
        let package = Self { root, folder: Path::new(env!("CARGO_TARGET_TMPDIR")).join("diff-programs") };
        fs::create_dir_all(&package.folder).unwrap();
        package.write("Cargo.lock", &fs::read_to_string(root.join("Cargo.lock")).unwrap());
        let manifest = fs::read_to_string(root.join("Cargo.toml")).unwrap();
        let (manifest, _) = manifest.split_once("[build-dependencies]").unwrap();
        let (before, members) = manifest.split_once("\nmembers = [").unwrap();
        let (_, after) = members.split_once(']').unwrap();
        let after = after.replacen("generate = [\"dep:unloc-codegen\"]", "generate = []", 1);
        let source = root.join("src/lib.rs");
        let mut manifest = format!("{before}\nmembers = [\".\"]{after}[lib]\npath = {source:?}\n").replacen(
            "\n[package]\n",
            "\n[package]\nbuild = false\n",
            1,
        );
        for Program { name, edit } in programs {
            manifest.push_str(&format!("\n[[example]]\nname = \"{name}\"\npath = \"{name}.rs\"\n"));
            let text = format!(
                "//! {}.\n\n#![allow(dead_code)]\n\nfn main() {{}}\n\nasync fn program(unloc: unloc::Unloc, home: unloc::LockHolderClient) \
                 -> Result<(), Box<dyn std::error::Error>> {{\n    {}\n    Ok(())\n}}\n",
                edit.name, edit.program
            );
            package.write(&format!("{name}.rs"), &text);
        }
        package.write("Cargo.toml", &manifest);
        package
    }

    /// What has not changed keeps its time, and need not be compiled again.
    fn write(&self, name: &str, text: &str) {
        let file = self.folder.join(name);
        if fs::read_to_string(&file).ok().as_deref() != Some(text) {
            fs::write(&file, text).unwrap();
        }
    }

    /// Makes the bindings, of this spec and of the others as they are.
    fn bind(&self, spec: &str) {
        let apis = unloc_spec::apis(self.root).unwrap();
        unloc_codegen::modules(&apis).iter().for_each(|(name, source)| self.write(name, source));
        let written = unloc_codegen::written_by_hand(self.root).unwrap();
        for api in apis {
            let file = self.root.join(format!("openapi/{api}.yaml"));
            let document = match api.as_str() {
                "integrator" => Document::parse(&file, spec).unwrap(),
                _ => Document::read(&file).unwrap(),
            };
            let bindings = unloc_codegen::bindings(&document, &api, &written.unwritten(&document));
            bindings.unwrap().files(&api).iter().for_each(|(name, source)| self.write(name, source));
        }
    }

    /// What the compiler says of each program that it refuses with these bindings.
    fn check(&self, spec: &str) -> BTreeMap<String, String> {
        self.bind(spec);
        // The target folder is that of this test, whose other builds have what can be had in common.
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
        let output = Command::new(env!("CARGO"))
            .args(["check", "--examples", "--no-default-features", "--keep-going", "--offline"])
            .args(["--message-format", "json", "--manifest-path"])
            .arg(self.folder.join("Cargo.toml"))
            .arg("--target-dir")
            .arg(target)
            .env("OUT_DIR", &self.folder)
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

struct Program {
    name: String,
    edit: &'static Edit,
}

/// All of these edits in one spec.
fn together(programs: &[&Program]) -> String {
    programs.iter().fold(SPEC.to_owned(), |text, program| program.edit.apply(&text).unwrap())
}

/// Each program is compiled twice, with its edit and without it: once the edits are made that are called breaking, and
/// once all the others.
#[test]
fn programs_compile_after_an_edit_exactly_when_it_is_not_called_breaking() {
    let edits = edits::all().filter(|edit| !edit.program.is_empty()).enumerate();
    let programs: Vec<_> = edits.map(|(place, edit)| Program { name: format!("program{place}"), edit }).collect();
    assert!(programs.len() >= 15);
    let package = Package::new(&programs);
    let is_breaking = |edit: &Edit| changes(edit).unwrap().iter().any(|change| change.rust == Verdict::Breaking);
    let (breaking, others): (Vec<_>, Vec<_>) = programs.iter().partition(|program| is_breaking(program.edit));
    assert!(breaking.len() >= 8 && others.len() >= 6, "{} and {}", breaking.len(), others.len());

    let refused = package.check(&together(&others));
    assert!(refused.is_empty(), "not called breaking, or not made, and yet: {refused:#?}");

    let mut refused = package.check(&together(&breaking));
    for Program { name, edit } in breaking {
        let said =
            refused.remove(name).unwrap_or_else(|| panic!("called breaking, and yet it compiles: {}", edit.name));
        // And for this reason, not for that of a neighbour: what the compiler shows has to do with what is gone.
        let gone = changes(edit).unwrap().iter().flat_map(|change| &change.items);
        let names: BTreeSet<_> = gone.filter_map(|line| line.strip_prefix("- ")).filter_map(last_name).collect();
        assert!(names.iter().any(|name| said.contains(name)), "{}: {said}\n{names:?}", edit.name);
    }
    assert!(refused.is_empty(), "not even without its edit: {refused:#?}");
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
