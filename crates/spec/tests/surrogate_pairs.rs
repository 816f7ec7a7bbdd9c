//! Tests escaped surrogate pairs, by which JSON writes characters beyond U+FFFF.
#![allow(clippy::unwrap_used, reason = "in a test, a panic is the failure")]

use std::path::Path;

use proptest::prelude::*;
use saphyr_parser::{Event, Parser};
use serde_json::{Value, json};
use unloc_spec::{Document, Error};

fn parse(text: &str) -> Result<Document, Error> {
    Document::parse(Path::new("spec.yaml"), text)
}

fn at(document: &Document, pointer: &str) -> (usize, usize) {
    document.value_position(pointer).map(|at| (at.line, at.column)).unwrap()
}

#[test]
fn the_yaml_reader_still_refuses_surrogate_pairs() {
    let events: Result<Vec<(Event<'_>, _)>, _> = Parser::new_from_str(r#""\ud83d\ude00""#).collect();
    let help = "saphyr reads them now (its issue 113): remove `load/surrogates.rs` and its callers";
    assert!(events.is_err(), "{help}");
}

#[test]
fn a_pair_is_one_character_in_json() {
    for (text, expected) in [
        (r#"{"a": "\ud83d\ude00"}"#, "😀"),
        (r#"{"a": "x\uD834\uDD1Ey\ud83d\udEAA"}"#, "x𝄞y🚪"),
        (r#"{"a": "\\\ud83d\ude00"}"#, "\\😀"),
        (r#"{"a": "\\ud83d\\ude00"}"#, "\\ud83d\\ude00"),
        (r#"{"a": "\udbff\udfff"}"#, "\u{10ffff}"),
    ] {
        assert_eq!(parse(text).unwrap().value["a"], expected, "{text}");
    }
    let document = parse(r#"{"k\ud83d\ude00": "\ud83d\ude00", "b": [1, "\ud83d\ude00\ud83d\ude00", 2]}"#).unwrap();
    assert_eq!(document.value, json!({ "k😀": "😀", "b": [1, "😀😀", 2] }));
    assert_eq!((at(&document, "/b"), at(&document, "/b/2")), ((1, 40), (1, 72)), "positions are those in the file");
}

#[test]
fn a_pair_is_one_character_in_double_quoted_yaml_and_text_elsewhere() {
    let text = concat!(
        "# \\ud83d\\ude00\n",
        "double: \"a \\ud83d\\ude00\"   # \\ud83d\\ude00\n",
        "single: '\\ud83d\\ude00'\n",
        "plain: a\\ud83d\\ude00\n",
        "block: |\n  \\ud83d\\ude00\n",
        "folded: \"one\n  \\ud83d\\ude00 two\"\n",
        "flow: {x: \"\\ud83d\\ude00\", y: '\\ud83d\\ude00', \"\\ud83d\\ude00\": 1}\n",
        "escaped: \"\\\\ud83d\\\\ude00\"\n",
        "end: 1\n",
    );
    let document = parse(text).unwrap();
    let raw = "\\ud83d\\ude00";
    let expected = json!({
        "double": "a 😀", "single": raw, "plain": format!("a{raw}"), "block": format!("{raw}\n"), "folded": "one 😀 two",
        "flow": { "x": "😀", "y": raw, "😀": 1 }, "escaped": raw, "end": 1,
    });
    assert_eq!(document.value, expected);
    assert_eq!((at(&document, "/flow/y"), at(&document, "/end")), ((9, 30), (11, 6)));
}

#[test]
fn keeps_private_use_characters_of_the_file() {
    let document = parse("a: \"\u{f0075} \\ud83d\\ude00 \u{f0175}\"\nb: \u{10f05c}\n").unwrap();
    assert_eq!(document.value, json!({ "a": "\u{f0075} 😀 \u{f0175}", "b": "\u{10f05c}" }));
}

#[test]
fn reports_half_a_pair_with_its_place() {
    for (text, place) in [
        ("{\"a\": \"\\ud83d\"}", "1:8"),
        ("{\"a\": 1,\n \"b\": \"xy \\ude00\"}", "2:11"),
        ("{\"a\": \"\\ude00\\ud83d\"}", "1:8"),
        ("{\"a\": \"\\ud83d \\ude00\"}", "1:8"),
        ("{\"a\": \"\\ud83d\\ude00\\ud83d\"}", "1:20"),
        ("{\"a\": \"\\ud83d\\u0041\"}", "1:8"),
        ("a: \"b\n  c \\udc00\"\n", "2:5"),
        ("a: '\\ud83d'\nb: \"\\ud83d\"\n", "2:5"),
    ] {
        let error = parse(text).unwrap_err().to_string();
        assert!(error.starts_with(&format!("spec.yaml:{place}: this escape is only one half")), "{text}: {error}");
    }
    for fine in ["a: '\\ud83d'\n", "a: |\n  \\ud83d\n", "# \\ud83d\na: 1\n", "a: \"\\\\ud83d\"\n"] {
        assert!(parse(fine).is_ok(), "{fine}");
    }
}

proptest! {
    #[test]
    fn reads_any_json_like_serde_json(value in value(), indent in any::<bool>()) {
        let text = if indent { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) }.unwrap();
        // Python's `json.dumps` writes ASCII only.
        let ascii: String = text.chars().flat_map(|letter| {
            let mut units = [0; 2];
            let units: Vec<u16> = letter.encode_utf16(&mut units).to_vec();
            let escaped: String = units.iter().map(|unit| format!("\\u{unit:04x}")).collect();
            if letter.is_ascii() { letter.to_string() } else { escaped }.chars().collect::<Vec<_>>()
        }).collect();
        for text in [&text, &ascii] {
            prop_assert_eq!(&parse(text).unwrap().value, &value);
        }
        // The same string in YAML, between two keys.
        let yaml = format!("a: {}\nb: 1\n", serde_json::to_string(&Value::String(ascii.clone())).unwrap());
        prop_assert_eq!(&parse(&yaml).unwrap().value["a"], &Value::String(ascii));
    }
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        "[ -~\\PC😀𝄞\\t\\n]{0,12}".prop_map(Value::from),
    ];
    let inner = leaf.prop_recursive(4, 32, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map("[a-z😀/~ ]{0,6}", inner, 0..5)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    });
    // A spec is an object.
    inner.prop_map(|value| json!({ "spec": value }))
}
