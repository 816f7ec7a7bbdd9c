//! Tests that legal YAML and JSON is read, and that anything else is reported once, at its place and with what to do.
#![allow(clippy::unwrap_used, reason = "in a test, a panic is the failure")]

use std::path::Path;

use serde_json::json;
use unloc_spec::{Document, Error};

fn parse(text: &str) -> Result<Document, Error> {
    Document::parse(Path::new("spec.yaml"), text)
}

#[test]
fn accepts_tabs_between_a_key_and_its_value() {
    let text = "a:\tone\nb:\t\ttwo # x:\ty\nc: 'in:\tside'\nd: |\n  in:\tside\n  e:\tf\ng:\t- 1\n";
    let error = parse(text).unwrap_err().to_string();
    assert!(error.starts_with("spec.yaml:7:3: this tab is not allowed"), "{error}");
    let document = parse(text.strip_suffix("g:\t- 1\n").unwrap()).unwrap();
    let expected = json!({ "a": "one", "b": "two", "c": "in:\tside", "d": "in:\tside\ne:\tf\n" });
    assert_eq!(document.value, expected);
    assert_eq!(document.value_position("/b").map(|at| (at.line, at.column)), Some((2, 5)));
    for (text, value) in [
        ("a:\t1\n", json!({ "a": 1 })),
        ("a:\t-1\nb:\t-x\n", json!({ "a": -1, "b": "-x" })),
        ("a:\n  b:\ttext\n  c:\ttrue\n", json!({ "a": { "b": "text", "c": true } })),
        ("{a:\tb, \"c\":\td}\n", json!({ "a": "b", "c": "d" })),
        ("a:\t\"x:\ty\"\n", json!({ "a": "x:\ty" })),
        ("- k:\tv\n  w: u:\tz\n", json!([{ "k": "v", "w": "u:\tz" }])),
    ] {
        match parse(text) {
            Ok(document) => assert_eq!(document.value, value, "{text:?}"),
            // A colon and a blank inside of a plain scalar end it (YAML 1.2.2, section 7.3.3).
            Err(error) => assert!(text.contains("u:\tz"), "{text:?}: {error}"),
        }
    }
}

#[test]
fn reports_a_tab_in_indentation_at_the_tab() {
    for (text, place) in [
        ("a:\n  b: 1\n\tc: 2\n", "3:1"),
        ("a:\n  b: some\n  \tc: 2\n", "3:3"),
        ("a:\n\tb: 1\n", "2:1"),
        ("a:\n  - x\n\t- y\n", "3:1"),
        ("a: text\n\tb: 2\n", "2:1"),
    ] {
        let error = parse(text).unwrap_err().to_string();
        assert!(error.starts_with(&format!("spec.yaml:{place}: this tab is not allowed")), "{text:?}: {error}");
        assert!(error.ends_with("replace it with spaces"), "{error}");
    }
}

#[test]
fn reads_all_of_json() {
    let long = "k".repeat(3000);
    let text = format!(
        "\u{feff}{{\n\t\"a\":\t1,\"b\":[],\n\t\"{long}\": {{\"x\":\"\u{7f}\\/\"}},\r\n\"n\": [18446744073709551615, -2, 1e3, 0.5, true, null]\n}}\n"
    );
    let document = parse(&text).unwrap();
    assert_eq!(document.value["a"], 1);
    assert_eq!(document.value[&long]["x"], "\u{7f}/");
    assert_eq!(document.value["n"], json!([u64::MAX, -2, 1e3, 0.5, true, null]));
    assert_eq!(document.value_position("/n/1").map(|at| (at.line, at.column)), Some((4, 29)));
    assert_eq!(document.position("/a").map(|at| (at.line, at.column)), Some((2, 2)));
}

#[test]
fn reports_comments_in_json_as_comments() {
    for (text, place) in [
        ("{\n  // one\n  \"a\": 1\n}\n", "2:3"),
        ("// first\n{\"a\": 1}\n", "1:1"),
        ("/* first\n*/ {\"a\": 1}\n", "1:1"),
        ("{\"a\": 1, /* é */ \"b\": 2}\n", "1:10"),
        ("{\"a\": \"http://x\" // y\n}\n", "1:18"),
        ("{\"a\": [1, // y\n 2], \"b\": 1 // z\n}\n", "1:11"),
    ] {
        let error = parse(text).unwrap_err().to_string();
        assert!(error.starts_with(&format!("spec.yaml:{place}: JSON does not allow comments")), "{text}: {error}");
    }
    for fine in [
        "{\"a\": \"// no /* comment */\"}\n",
        "{url: http://example.com/a}\n",
        "a: //b\n",
        "# {\na: http://x\n",
        "openapi: 3.0.3\nurl: https://x\n",
        "{\"a\": 1} # of YAML\n",
    ] {
        assert!(parse(fine).is_ok(), "{fine}");
    }
}

#[test]
fn reports_a_duplicate_key_with_both_places() {
    for (text, place, first) in [
        ("a: 1\nb: 2\na: 3\n", "3:1", "1:1"),
        ("{\"a\": {\"x\": 1, \"x\": 2}}", "1:16", "1:8"),
        ("p:\n  '200': {}\n  200: {}\n", "3:3", "2:3"),
        ("{a: 1, b: 2, a: 3}\n", "1:14", "1:2"),
    ] {
        let error = parse(text).unwrap_err().to_string();
        assert!(error.starts_with(&format!("spec.yaml:{place}: duplicate key")), "{error}");
        assert!(error.contains(&format!("it is already at {first}")), "{error}");
    }
    assert!(parse("a: {x: 1}\nb: {x: 1}\n").is_ok());
}

#[test]
fn reports_a_merge_conflict_before_anything_else() {
    let error = parse("a: 1\n<<<<<<< ours\nb: 2\n=======\nb: 3\n>>>>>>> theirs\n").unwrap_err().to_string();
    assert!(error.starts_with("spec.yaml:2:1: this is a marker of an unresolved merge"), "{error}");
}

#[test]
fn percent_decodes_references() {
    let text = "a: {$ref: '#/components/schemas/D%6For'}\n\
                b: {$ref: '#/paths/~1doors~1%7Bid%7D/get'}\n\
                c: {$ref: 'other.yaml#/x%20y'}\n\
                d: {$ref: '#/a%2Fb/%C3%A9/100%25/%zz/%ff'}\n\
                example: {$ref: '#/D%6For'}\n\
                properties: {example: {$ref: '#/D%6For'}}\n";
    let value = parse(text).unwrap().value;
    let reference =
        |pointer: &str| value.pointer(pointer).and_then(|node| node["$ref"].as_str()).unwrap_or_default().to_owned();
    assert_eq!(reference("/a"), "#/components/schemas/Door");
    assert_eq!(reference("/b"), "#/paths/~1doors~1{id}/get");
    assert_eq!(reference("/c"), "other.yaml#/x y");
    assert_eq!(
        reference("/d"),
        "#/a%2Fb/%C3%A9/100%25/%zz/%ff",
        "a reference that is no UTF-8 once it is decoded stays unchanged"
    );
    assert_eq!(reference("/example"), "#/D%6For", "an example is data");
    assert_eq!(reference("/properties/example"), "#/Door");
}
