//! Checks the verdicts for Rust code with the compiler: programs that compile with the current bindings must compile
//! after an edit exactly if `diff` does not call the edit breaking.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use unloc_diff::Verdict;
use unloc_spec::Document;

use crate::edits::{self, Edit};
use crate::own_specs::{SPEC, changes};

/// Is a package with the crate's source, other bindings, and an example for each edit that has a program.
///
/// The bindings are generated here, not by a build script. A build script would compile the generator and its
/// dependencies again, because their features differ in another workspace.
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
        let manifest = without_targets(manifest);
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

    /// Writes a file only if it changed, so that Cargo does not compile it again.
    fn write(&self, name: &str, text: &str) {
        let file = self.folder.join(name);
        if fs::read_to_string(&file).ok().as_deref() != Some(text) {
            fs::write(&file, text).unwrap();
        }
    }

    /// Generates the bindings of this spec, and of the other specs without edits.
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

    /// Returns the compiler errors of each program that does not compile with these bindings.
    fn check(&self, spec: &str) -> BTreeMap<String, String> {
        self.bind(spec);
        // The target folder of this test already has the compiled dependencies.
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
        let output = Command::new(env!("CARGO"))
            .args(["check", "--examples", "--no-default-features", "--features", "typed", "--keep-going", "--offline"])
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
        // If the crate itself does not compile, the result says nothing about the programs.
        let why = (refused.get("unloc"), String::from_utf8_lossy(&output.stderr));
        assert!(compiled.contains("unloc"), "{why:#?}");
        refused
    }
}

/// Leaves out the examples and tests of a manifest: their files are not copied.
fn without_targets(manifest: &str) -> String {
    let is_target = |section: &&str| section.starts_with("[[example]]") || section.starts_with("[[test]]");
    let sections = manifest.split("\n\n").filter(|section| !is_target(section));
    sections.collect::<Vec<_>>().join("\n\n")
}

/// Is an edit with the name of its example.
struct Program {
    name: String,
    edit: &'static Edit,
}

/// Returns the spec with all of these edits.
fn together(programs: &[&Program]) -> String {
    programs.iter().fold(SPEC.to_owned(), |text, program| program.edit.apply(&text).unwrap())
}

/// Compiles each program twice, with and without its edit: first with all edits that are not breaking, then with all
/// breaking ones.
#[test]
fn programs_compile_after_an_edit_exactly_if_it_is_not_breaking() {
    let edits = edits::all().filter(|edit| !edit.program.is_empty()).enumerate();
    let programs: Vec<_> = edits.map(|(place, edit)| Program { name: format!("program{place}"), edit }).collect();
    assert!(programs.len() >= 15);
    let package = Package::new(&programs);
    let is_breaking = |edit: &Edit| changes(edit).unwrap().iter().any(|change| change.rust == Verdict::Breaking);
    let (breaking, others): (Vec<_>, Vec<_>) = programs.iter().partition(|program| is_breaking(program.edit));
    assert!(breaking.len() >= 8 && others.len() >= 6, "{} and {}", breaking.len(), others.len());

    let refused = package.check(&together(&others));
    assert!(refused.is_empty(), "not compiled although no edit of these is breaking: {refused:#?}");

    let mut refused = package.check(&together(&breaking));
    for Program { name, edit } in breaking {
        let errors = refused.remove(name).unwrap_or_else(|| panic!("called breaking, but it compiles: {}", edit.name));
        // The error must concern a removed item of this edit, not one of another edit.
        let removed = changes(edit).unwrap().iter().flat_map(|change| &change.items);
        let names: BTreeSet<_> = removed.filter_map(|line| line.strip_prefix("- ")).filter_map(last_name).collect();
        assert!(names.iter().any(|name| errors.contains(name)), "{}: {errors}\n{names:?}", edit.name);
    }
    assert!(refused.is_empty(), "not compiled even without its edit: {refused:#?}");
}

/// Returns the last name of the path at the start of an API line: the member, if there is one.
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
