//! Tests that a file is read into its value and the positions of its nodes.
#![allow(clippy::unwrap_used, reason = "in a test, a panic is the failure")]

use std::path::Path;

use unloc_spec::{Document, Error};

fn parse(text: &str) -> Result<Document, Error> {
    Document::parse(Path::new("spec.yaml"), text)
}

fn refusal(text: &str) -> String {
    parse(text).unwrap_err().to_string()
}

#[test]
fn every_node_has_the_position_of_its_key() {
    let document = parse("a:\n  b/c: 1\n  list:\n    - x\n    - y\n").unwrap();
    let at = |pointer: &str| document.position(pointer).map(|at| (at.line, at.column));
    assert_eq!(at("/a"), Some((1, 1)));
    assert_eq!(at("/a/b~1c"), Some((2, 3)));
    assert_eq!(at("/a/list/1"), Some((5, 7)));
    assert_eq!(at("/a/list/1/not/there"), Some((5, 7)), "a missing node has the position of its parent");
    assert_eq!(document.value["a"]["b/c"], 1);
}

#[test]
fn refuses_a_duplicate_key_with_its_place() {
    let error = refusal("paths:\n  /a/: {}\n  /a/: {}\n");
    assert!(error.starts_with("spec.yaml:3:"), "{error}");
    assert!(error.contains("duplicate key"), "{error}");
    let error = refusal("responses:\n  200: {}\n  '200': {}\n");
    assert!(error.starts_with("spec.yaml:3:") && error.contains("duplicate key `200`"), "{error}");
}

#[test]
fn refuses_yaml_that_json_cannot_represent() {
    assert!(refusal("a: &x 1\n<<: {b: 2}\n").contains("merge keys"));
    assert!(refusal("a: 1\n---\nb: 2\n").contains("2 YAML documents"));
    assert!(refusal("").contains("0 YAML documents"));
    assert!(refusal("a: .nan\n").contains("JSON cannot represent this number"));
    assert!(refusal("[a]: 1\n").contains("a key must be a string"));
    assert!(refusal("a: [1\n").starts_with("spec.yaml:"));
    assert!(refusal("a: !thing 1\n").contains("tags"));
}

#[test]
fn refuses_deep_nesting_without_overflowing_the_stack() {
    let deep: String = (0..500).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect();
    assert!(refusal(&deep).contains("nested more than 250 levels deep"), "{}", refusal(&deep));
    assert!(refusal(&format!("{}x", "- ".repeat(700))).contains("more than 250 levels"));
    assert!(refusal(&"[".repeat(700)).starts_with("spec.yaml:1:"));
    for count in [700, 100_000] {
        let closed = format!("{}{}", "[".repeat(count), "]".repeat(count));
        assert!(refusal(&closed).starts_with("spec.yaml:1:"));
        assert!(refusal(&format!("{}1{}", "{\"a\":".repeat(count), "}".repeat(count))).starts_with("spec.yaml:1:"));
    }
    let some: String = (0..200).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect();
    assert!(parse(&some).is_ok());
    assert!(parse(&format!("{}{}", "[".repeat(200), "]".repeat(200))).is_ok());
}

#[test]
fn accepts_long_lines_of_dashes_or_blanks_in_a_string() {
    for sign in ["-", "- ", "?", ": ", "=", " "] {
        let line = sign.repeat(300);
        let document = parse(&format!("a: |\n  wide\n  {line}\n  end\nb: 1\n")).unwrap();
        assert_eq!(document.value["b"], 1, "{sign:?}");
        assert!(document.value["a"].as_str().unwrap().starts_with("wide\n"), "{sign:?}");
    }
    let wide = format!("{{\n{}\"a\": [\n{}1]}}", " ".repeat(400), "\t".repeat(300));
    assert_eq!(parse(&wide).unwrap().position("/a/0").map(|at| (at.line, at.column)), Some((3, 301)));
}

#[test]
fn keeps_yes_no_and_norway_as_strings() {
    let document = parse("country: NO\nanswer: yes\nswitch: off\nreal: true\n").unwrap();
    assert_eq!(document.value["country"], "NO");
    assert_eq!(document.value["answer"], "yes");
    assert_eq!(document.value["switch"], "off");
    assert_eq!(document.value["real"], true);
}

#[test]
fn names_a_missing_file() {
    let error = Document::read(Path::new("no-such.yaml")).unwrap_err().to_string();
    assert!(error.starts_with("no-such.yaml: cannot be read"), "{error}");
}
