use std::path::Path;
use std::sync::OnceLock;

use unloc_spec::Document;

use super::change::Change;
use super::edits::{self, Edit};
use super::*;

pub(super) const SPEC: &str = include_str!("../../../openapi/integrator.yaml");

fn document(text: &str) -> Document {
    Document::parse(Path::new("integrator.yaml"), text).unwrap()
}

/// What an edit of our spec changes; the public API before it is the same for all.
pub(super) fn changes(edit: &Edit) -> Result<Vec<Change>, String> {
    static OLD: OnceLock<(Document, rust::Surface)> = OnceLock::new();
    let (old, before) = OLD.get_or_init(|| {
        let old = document(SPEC);
        let before = rust::surface(&old, "integrator");
        (old, before)
    });
    let new = document(&edit.apply(SPEC)?);
    let mut changes = compare::compare(old, &new);
    rust::judge((old, before), (&new, &rust::surface(&new, "integrator")), &mut changes);
    Ok(changes)
}

fn summary(changes: &[Change]) -> Vec<String> {
    let mut lines: Vec<_> = changes
        .iter()
        .map(|one| format!("{} {}: {} / {}", one.kind.name(), one.direction.name(), one.wire.name(), one.rust.name()))
        .collect();
    lines.sort();
    lines
}

/// What is wrong with each of these edits, on all cores.
fn wrong(edits: &[&Edit]) -> Vec<String> {
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    std::thread::scope(|scope| {
        let chunks = edits.chunks(edits.len().div_ceil(threads)).map(|edits| {
            scope.spawn(move || {
                let mut wrong = Vec::new();
                for edit in edits {
                    match changes(edit) {
                        Ok(changes) if summary(&changes) == edit.expected => {}
                        Ok(changes) => {
                            let said =
                                changes.iter().map(|one| format!("  {} ({}) {:?}\n", one.what, one.why, one.items));
                            let said = said.collect::<String>();
                            wrong.push(format!("{}:\n{:#?}\n{said}", edit.name, summary(&changes)));
                        }
                        Err(why) => wrong.push(format!("{}: {why}", edit.name)),
                    }
                }
                wrong
            })
        });
        let chunks: Vec<_> = chunks.collect();
        chunks.into_iter().flat_map(|chunk| chunk.join().unwrap()).collect()
    })
}

#[test]
fn what_an_edit_does_is_told_apart_on_the_wire_and_in_rust() {
    let edits: Vec<_> = edits::all().collect();
    let wrong = wrong(&edits);
    assert!(wrong.is_empty(), "{} of {}\n{}", wrong.len(), edits.len(), wrong.join("\n"));
}

#[test]
fn a_change_names_its_places_values_operations_and_items() {
    let name = "an enum of requests and answers has a value less";
    let edit = edits::all().find(|edit| edit.name == name).unwrap();
    let changes = changes(edit).unwrap();
    let change = changes.iter().find(|change| change.direction == Direction::Request).unwrap();
    assert_eq!(change.lost, ["inactive"]);
    assert_eq!(change.items, ["- types::KeyState::Inactive"]);
    assert_eq!(change.operations.iter().collect::<Vec<_>>(), ["updateKey"]);
    let line = |text: &str| text.lines().position(|line| line == "    KeyState:").unwrap() + 1;
    let place = |place: &Option<change::Place>| place.as_ref().unwrap().at.line;
    assert_eq!(place(&change.old_place), line(SPEC) + 3);
    assert_eq!(place(&change.new_place), line(&edit.apply(SPEC).unwrap()) + 3);
}

/// The changes of the Auth API's spec after one edit.
fn auth(from: &str, to: &str) -> Vec<Change> {
    let old = include_str!("../../../openapi/auth.yaml");
    let new = old.replacen(from, to, 1);
    assert_ne!(new, old, "{from}");
    let pair = Pair {
        name: "auth.yaml".into(),
        api: "auth".into(),
        is_ours: true,
        old: Some(document(old)),
        new: Some(document(&new)),
    };
    between(&pair).0
}

#[test]
fn of_alternatives_an_engine_tells_whether_what_travels_is_still_understood() {
    let more =
        auth("        - title: Many\n", "        - title: Count\n          type: integer\n        - title: Many\n");
    assert_eq!(summary(&more), ["type request: compatible / breaking"]);
    let one =
        "        - title: One\n          type: string\n          description: A scope, or several parted by blanks.\n";
    let many = "        - title: Many\n          type: array\n          description: One scope in each entry.\n          items:\n            \
                type: string\n            description: A single scope.\n";
    let less = auth(one, "");
    assert!(summary(&less).contains(&"type request: breaking / breaking".to_owned()), "{:?}", summary(&less));
    let same = auth(&format!("{one}{many}"), &format!("{many}{one}"));
    assert!(same.iter().all(|change| change.wire == Verdict::Compatible), "{:?}", summary(&same));
}

/// A spec that is no spec of ours, and that no bindings can be made of.
const FOREIGN: &str = "\
openapi: 3.0.3
info: {title: Doors, version: '1'}
servers: [{url: https://example.com}]
paths:
  /doors:
    get:
      responses:
        '200':
          description: All.
          content:
            application/json:
              schema:
                type: object
                required: [doors]
                properties:
                  doors: {type: array, items: {$ref: '#/components/schemas/Door'}}
components:
  schemas:
    Door:
      type: object
      required: [id]
      properties:
        id: {type: string}
        parent: {$ref: '#/components/schemas/Door'}
";

fn foreign(from: &str, to: &str) -> Vec<Change> {
    let new = FOREIGN.replacen(from, to, 1);
    assert_ne!(new, FOREIGN, "{from}");
    let pair = Pair {
        name: "doors.yaml".into(),
        api: "doors".into(),
        is_ours: false,
        old: Some(document(FOREIGN)),
        new: Some(document(&new)),
    };
    between(&pair).0
}

#[test]
fn of_a_spec_without_bindings_the_wire_is_told_and_rust_is_unknown() {
    let changes = foreign("      required: [id]\n", "");
    assert_eq!(summary(&changes), ["property response: breaking / unknown"]);
    assert_eq!(changes[0].operations.iter().collect::<Vec<_>>(), ["GET /doors"]);
    assert_eq!(Bump::of(&changes), Bump::Breaking);
    let changes =
        foreign("        id: {type: string}\n", "        id: {type: string}\n        width: {type: integer}\n");
    assert_eq!(summary(&changes), ["property response: compatible / unknown"]);
}

#[test]
fn what_means_the_same_in_other_words_is_silent() {
    let door = "items: {$ref: '#/components/schemas/Door'}";
    let wrapped = "items: {allOf: [{$ref: '#/components/schemas/Door'}]}";
    assert_eq!(foreign(door, wrapped), []);
    let written_out = "items: {type: object, required: [id], properties: {id: {type: string}, parent: {$ref: '#/components/schemas/Door'}}}";
    assert!(foreign(door, written_out).iter().all(|change| change.wire == Verdict::Compatible));
    assert_eq!(foreign("title: Doors", "title: All doors"), []);
}

#[test]
fn a_reference_that_leads_nowhere_is_unknown_and_no_panic() {
    let changes = foreign("items: {$ref: '#/components/schemas/Door'}", "items: {$ref: '#/components/schemas/Dor'}");
    assert_eq!(summary(&changes), ["type response: unknown / unknown"]);
}

fn outcome_of(edit: &str) -> Outcome {
    let edit = edits::all().find(|one| one.name == edit).unwrap();
    let changes = changes(edit).unwrap();
    let (bump, version) = (Bump::of(&changes), Version::parse("0.1.0"));
    Outcome { sides: "before -> after".into(), changes, texts: 3, notes: Vec::new(), bump, base: version, now: version }
}

#[test]
fn the_report_ends_with_the_version_and_a_draft_for_the_changelog() {
    let outcome = outcome_of("a property of an answer is called differently");
    assert!(outcome.is_too_small());
    let human = outcome.human(false);
    for said in [
        "rename: the property `createdKeys` of `Role` is now called `keysCreated`",
        "- integrator.yaml:",
        "on the wire: unknown: the old bindings read it as absent, which a program may or may not mind",
        "    - types::Role.created_keys: Option<i32>",
        "response: createOrUpdateRole, getRoles, getRolesForLock, getRolesForUser",
        "1 change. On the wire: 1 unknown. For Rust code: 1 breaking; 3 texts or examples are others",
        "least version bump: breaking (0.1.0 to 0.2.0); Cargo.toml says 0.1.0, which is too small: set it to 0.2.0",
        "### Changed\n\n* **Breaking:** The property `createdKeys` of `Role` is now called `keysCreated`.",
    ] {
        assert!(human.contains(said), "{said}\n{human}");
    }
    let markdown = outcome.markdown();
    assert!(
        markdown.contains("| rename: the property `createdKeys` of `Role` is now called `keysCreated` | **unknown**")
    );
    let json = outcome.json();
    for (pointer, value) in [
        ("/changes/0/wire", "unknown"),
        ("/changes/0/rust", "breaking"),
        ("/changes/0/kind", "rename"),
        ("/changes/0/direction", "response"),
        ("/changes/0/lost/0", "createdKeys"),
        ("/changes/0/new/0", "keysCreated"),
        ("/version/needed", "0.2.0"),
    ] {
        assert_eq!(json.pointer(pointer).and_then(serde_json::Value::as_str), Some(value), "{pointer}");
    }
    assert!(!outcome_of("texts are others").is_too_small());
    assert!(outcome_of("a property of an answer is new").is_too_small());
}

#[test]
fn what_cannot_be_compared_is_said() {
    let missing = PathBuf::from("missing.yaml");
    let why = compare(Path::new("."), &Sides::Files(missing.clone(), missing), None).err().unwrap();
    assert!(format!("{why:#}").contains("missing.yaml cannot be read"));
    let no_version: std::result::Result<Version, _> = "new".parse();
    assert!(no_version.unwrap_err().contains("no version"));
    assert!("xml".parse::<Format>().unwrap_err().contains("human, markdown or json"));
}

/// Runs git in a folder, away from the settings of whoever runs the test.
fn git(folder: &Path, arguments: &[&str]) {
    let mut command = std::process::Command::new("git");
    command.args(["-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false"]);
    let output = command.args(arguments).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn a_branch_is_compared_with_where_it_left_main() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/diff-repository");
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
    // Main goes on; that is no matter of the branch.
    git(&folder, &["switch", "-q", "main"]);
    write("openapi/doors.yaml", &spec("        id: {type: integer}\n"));
    git(&folder, &["commit", "-qam", "Count them"]);
    git(&folder, &["switch", "-q", "wider"]);
    write("openapi/doors.yaml", &spec("        id: {type: string}\n        width: {type: integer}\n"));
    write("openapi/windows.yaml", FOREIGN);
    let told = compare(&folder, &Sides::Since(None), None).unwrap();
    let whats: Vec<_> = told.changes.iter().map(|change| change.what.as_str()).collect();
    assert_eq!(whats, ["the property `width` of `Door` is new", "openapi/windows.yaml is new"]);
    // From a revision where there was nothing yet of it, everything is new.
    let why = compare(&folder, &Sides::Since(Some("nowhere".to_owned())), None).err().unwrap();
    assert!(why.to_string().contains("no revision `nowhere`"));
}

/// What the wire says of an edit of a schema that stands in answers, in requests, or in both.
fn of_schema(schema: &str, from: &str, to: &str, place: &str) -> Vec<String> {
    let both = |schema: &str| {
        let content = format!("content: {{application/json: {{schema: {schema}}}}}");
        let (body, answer) = match place {
            "request" => (format!("requestBody: {{{content}}}"), String::new()),
            _ => (String::new(), format!(", {content}")),
        };
        let node = "    Node: {type: object, required: [v], properties: {v: {type: integer}, next: {$ref: '#/components/schemas/Node'}}}";
        let loops = "    Loop: {allOf: [{$ref: '#/components/schemas/Loop'}, {$ref: '#/components/schemas/Loop'}]}";
        format!(
            "openapi: 3.0.3\ninfo: {{title: T, version: '1'}}\npaths:\n  /a/:\n    post:\n      {body}\n      responses:\n        \
             '200': {{description: it{answer}}}\ncomponents:\n  schemas:\n{node}\n{loops}\n"
        )
    };
    let (old, new) = (both(schema), both(&schema.replacen(from, to, 1)));
    let changes = compare::compare(&document(&old), &document(&new));
    let mut told: Vec<_> = changes.iter().map(|change| change.wire.name().to_owned()).collect();
    told.sort();
    told.dedup();
    told
}

#[test]
fn what_is_put_together_of_parts_is_compared_as_a_whole() {
    let node = "{$ref: '#/components/schemas/Node'}";
    let twice = format!(
        "{{type: object, properties: {{a: {{allOf: [{node}]}}, b: {{allOf: [{node}, {{properties: {{l: {{type: string}}}}}}]}}}}}}"
    );
    for (schema, from, to, place, wire) in [
        (
            twice.as_str(),
            "{properties: {l: {type: string}}}",
            "{required: [m], properties: {m: {type: integer}}}",
            "request",
            "breaking",
        ),
        ("{allOf: [{type: string, maxLength: 64}, {maxLength: 32}]}", "64", "5", "request", "breaking"),
        ("{type: string, not: {enum: [a]}}", "[a]", "[a, b]", "request", "breaking"),
        (
            "{oneOf: [{type: integer}, {type: string, format: date-time}]}",
            ", format: date-time",
            "",
            "response",
            "breaking",
        ),
        (
            "{oneOf: [{type: boolean}, {type: integer}]}",
            "{type: integer}",
            "{type: integer, multipleOf: 5}",
            "request",
            "breaking",
        ),
        (
            "{type: object, properties: {p: {type: string}, q: {type: string}}, oneOf: [{required: [p]}, {required: [q]}]}",
            "p: {type: string}",
            "p: {type: integer}",
            "request",
            "breaking",
        ),
        ("{type: object}", "{type: object}", "{type: object, additionalProperties: false}", "request", "breaking"),
        ("{type: integer}", "{type: integer}", "{type: number, maximum: 10}", "request", "breaking"),
        ("{type: array, items: {type: string}}", ", items: {type: string}", "", "response", "breaking"),
        ("{enum: [1, 2]}", "[1, 2]", "['1', '2']", "request", "breaking"),
        ("{type: object, properties: {a: {$ref: '#/components/schemas/Loop'}}}", "a:", "b:", "response", "unknown"),
    ] {
        let told = of_schema(schema, from, to, place);
        assert!(told.iter().any(|verdict| verdict == wire), "{schema}: {told:?}");
    }
    let many: Vec<_> = (0..16).map(|place| format!("p{place}: {node}")).collect();
    assert!(
        of_schema(&format!("{{type: object, properties: {{{}}}}}", many.join(", ")), "p0", "p0", "response").is_empty()
    );
    assert!(of_schema("{$ref: '#/components/schemas/Loop'}", "Loop", "Loop", "response").is_empty());
    // What the engine cannot tell apart is the same all the same if nothing has changed.
    let hard = "{oneOf: [{type: integer, multipleOf: 5}, {type: string, pattern: '^a'}]}";
    assert!(of_schema(hard, "5", "5", "request").is_empty());
}

#[test]
fn an_error_is_no_answer_and_another_version_of_the_specification_is_refused() {
    let spec = |field: &str| {
        FOREIGN.replace(
            "components:",
            &format!(
                "        default:\n          description: Why not.\n          content: {{application/json: {{schema: {{type: object, \
                 required: [e], properties: {{e: {{type: {field}}}}}}}}}}}\ncomponents:"
            ),
        )
    };
    let changes = compare::compare(&document(&spec("string")), &document(&spec("integer")));
    assert!(changes.iter().all(|change| change.wire == Verdict::Compatible), "{:?}", summary(&changes));
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/diff-versions");
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("newer.yaml");
    std::fs::write(&file, FOREIGN.replace("3.0.3", "3.1.0")).unwrap();
    let why = compare(&folder, &Sides::Files(file.clone(), file), None).err().unwrap();
    assert!(why.to_string().contains("only 3.0 can be compared"), "{why}");
}
