//! Writes the public API of a small package, compares it after edits of the spec, and checks the errors.
#![allow(clippy::unwrap_used, reason = "in a test, a panic is the failure")]

use std::fs;
use std::path::{Path, PathBuf};

use unloc_surface::{differences, write};

const SPEC: &str = "\
openapi: 3.0.3
info: {title: Doors, version: '1'}
servers: [{url: 'https://example.com'}]
paths:
  /doors/{doorId}/:
    get:
      operationId: getDoor
      parameters: [{name: doorId, in: path, required: true, schema: {type: string}}]
      responses:
        '200':
          description: It.
          content: {application/json: {schema: {$ref: '#/components/schemas/Door'}}}
components:
  schemas:
    Door:
      type: object
      required: [id]
      properties:
        id: {type: string}
        width: {type: integer, format: int32}
";

/// Holds the folder of a package with one spec and empty clients.
struct Package(PathBuf);

impl Package {
    fn new(name: &str, spec: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("surface-{name}"));
        if folder.exists() {
            fs::remove_dir_all(&folder).unwrap();
        }
        let package = Self(folder);
        for source in unloc_codegen::CLIENTS {
            package.put(source, "");
        }
        package.put("openapi/doors.yaml", spec);
        package.put("src/lib.rs", "pub struct Door;");
        package.put("crates/emulator/src/lib.rs", "pub fn start() {}");
        package
    }

    fn put(&self, name: &str, text: &str) {
        let file = self.0.join(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }

    /// Returns the checked-in lines.
    fn known(&self) -> Vec<String> {
        let text = fs::read_to_string(self.0.join("openapi/surface/doors.txt")).unwrap();
        text.lines().map(str::to_owned).collect()
    }
}

#[test]
fn writes_the_public_api_sorted_with_an_item_per_line() {
    let package = Package::new("written", SPEC);
    let said = write(&package.0).unwrap();
    let known = package.known();
    let of_spec = format!("openapi/surface/doors.txt: {} items\n", known.len());
    let by_hand = "openapi/surface/unloc.txt: 1 items\nopenapi/surface/unloc-emulator.txt: 1 items\n";
    assert_eq!(said, of_spec + by_hand);
    assert!(known.is_sorted());
    for line in [
        "async fn unloc::doors::builder::GetDoor::send(self) -> unloc::Result<unloc::doors::types::Door>",
        "async fn unloc::doors::builder::GetDoor::send_with_response(self) -> \
         unloc::Result<unloc::Response<unloc::doors::types::Door>>",
        "fn unloc::doors::builder::GetDoor::door_id(self, _1: impl unloc::IntoField<String>) -> Self",
        "struct unloc::doors::types::Door, non-exhaustive",
        "unloc::doors::types::Door.id: String",
        "unloc::doors::types::Door.width: Option<i32>",
    ] {
        assert!(known.iter().any(|one| one == line), "{line}\n{known:#?}");
    }
}

#[test]
fn reports_an_edit_of_the_spec_line_by_line_until_it_is_written() {
    let package = Package::new("edited", SPEC);
    write(&package.0).unwrap();
    assert_eq!(differences(&package.0).unwrap(), "");
    package.put("openapi/doors.yaml", &SPEC.replace("        width: ", "        height: "));
    let reported = differences(&package.0).unwrap();
    let mut lines = reported.lines();
    assert_eq!(lines.next(), Some("openapi/surface/doors.txt"));
    let lines: Vec<_> = lines.collect();
    assert!(
        lines.contains(&"- unloc::doors::types::Door.width: Option<i32>")
            && lines.contains(&"+ unloc::doors::types::Door.height: Option<i32>")
    );
    assert!(lines.iter().all(|line| line.contains("width") || line.contains("height")), "{reported}");
    write(&package.0).unwrap();
    assert_eq!(differences(&package.0).unwrap(), "");
    // Descriptions are no part of the public API.
    package.put("openapi/doors.yaml", &SPEC.replace("        width: ", "        height: ").replace("It.", "The door."));
    assert_eq!(differences(&package.0).unwrap(), "");
}

#[test]
fn an_edit_of_handwritten_code_is_listed() {
    let package = Package::new("by-hand", SPEC);
    write(&package.0).unwrap();
    package.put("src/lib.rs", "mod door; pub use door::Gate; pub struct Door;");
    package.put("src/door.rs", "pub struct Gate; impl Gate { pub fn open(&self, wide: bool) {} fn jam(&self) {} }");
    let wanted = "openapi/surface/unloc.txt\n+ fn unloc::Gate::open(&self, _1: bool)\n+ struct unloc::Gate\n";
    assert_eq!(differences(&package.0).unwrap(), wanted);
}

#[test]
fn every_line_of_a_new_api_is_an_addition() {
    let package = Package::new("new", SPEC);
    let reported = differences(&package.0).unwrap();
    write(&package.0).unwrap();
    let lines: Vec<_> = package.known().iter().map(|line| format!("+ {line}")).collect();
    let by_hand = [
        "openapi/surface/unloc.txt",
        "+ struct unloc::Door",
        "openapi/surface/unloc-emulator.txt",
        "+ fn unloc_emulator::start()",
    ];
    assert_eq!(
        reported.lines().skip(1).collect::<Vec<_>>(),
        lines.iter().map(String::as_str).chain(by_hand).collect::<Vec<_>>()
    );
}

#[test]
fn fails_for_an_invalid_spec_and_for_a_package_without_clients() {
    let package = Package::new("refused", &SPEC.replace("    get:", "    gett:"));
    let why = differences(&package.0).unwrap_err().to_string();
    assert!(why.contains("openapi/doors.yaml:6:5: `gett` is not an HTTP method"), "{why}");
    assert!(!package.0.join("openapi/surface").exists());
    fs::remove_file(package.0.join(unloc_codegen::CLIENTS[0])).unwrap();
    let why = write(&package.0).unwrap_err().to_string();
    assert!(why.contains(&format!("{}: cannot be read", unloc_codegen::CLIENTS[0])), "{why}");
}

#[test]
fn an_envelope_is_not_part_of_the_public_api_but_its_content_is() {
    let spec = SPEC.replace("#/components/schemas/Door'", "#/components/schemas/Doors'").replace(
        "    Door:\n",
        "    DoorId: {type: string}
    Cursor: {type: string, x-sensitive: cursor}
    Doors:
      type: object
      x-envelope: doors
      properties:
        doors: {type: array, items: {$ref: '#/components/schemas/Door'}}
        after: {$ref: '#/components/schemas/Cursor'}
    Door:
",
    );
    let package =
        Package::new("envelope", &spec.replace("id: {type: string}", "id: {$ref: '#/components/schemas/DoorId'}"));
    write(&package.0).unwrap();
    let known = package.known();
    for line in [
        "async fn unloc::doors::builder::GetDoor::send(self) -> unloc::Result<unloc::Page<unloc::doors::types::Door>>",
        "struct unloc::doors::types::DoorId, a text",
        "unloc::doors::types::Door.id: unloc::doors::types::DoorId",
    ] {
        assert!(known.iter().any(|one| one == line), "{line}\n{known:#?}");
    }
    let within: Vec<_> = known.iter().filter(|line| line.contains("Doors") || line.contains("crate::")).collect();
    assert!(within.is_empty(), "{within:#?}");
}
