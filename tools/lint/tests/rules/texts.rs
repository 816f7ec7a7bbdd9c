//! Tests rules that judge a string: media types, formats, descriptions, URLs, secrets and personal data.

mod personal;

use std::path::Path;

use unloc_lint::{Finding, by_rules};
use unloc_spec::Config;

use crate::regressions::{of, with_schemas};
use crate::{BASE, HOUSE, found_by_house_rules};

/// Returns the finding of a rule in a spec where this text, quoted, replaces another.
fn finding_for(rule: &str, base: &str, place: &str, text: &str) -> Option<Finding> {
    let quoted = serde_json::to_string(text).unwrap();
    let spec = base.replacen(place, &quoted, 1);
    assert_ne!(spec, base, "{place:?} is not in the spec");
    let found = by_rules(Path::new("doors.yaml"), &spec, Config { bindings: true, house: true });
    assert!(found.iter().all(|finding| finding.rule != "yaml"), "{text}: {found:#?}");
    found.into_iter().find(|finding| finding.rule == rule)
}

#[test]
fn formats_go_with_the_types_of_the_registry() {
    for (format, fitting, other) in [
        ("uint32", "integer", "string"),
        ("int8", "number", "boolean"),
        ("int64", "string", "array"),
        ("uint64", "integer", "object"),
        ("decimal", "string", "boolean"),
        ("decimal128", "number", "array"),
        ("double", "number", "string"),
        ("float", "number", "integer"),
        ("json-pointer", "string", "integer"),
        ("uri-template", "string", "array"),
        ("sf-boolean", "boolean", "string"),
        ("unixtime", "integer", "boolean"),
        ("ip", "string", "integer"),
    ] {
        let rules = ["format-fits-type", "format-known"];
        let found = |kind: &str| of(&rules, &with_schemas(&format!("Held: {{type: {kind}, format: {format}}}")));
        let (fitting, other) = (found(fitting), found(other));
        assert!(fitting.is_empty() && other.len() == 1, "{format}: {fitting:?}, {other:?}");
    }
    for unknown in ["datetime", "uint128", "unix", "phone", "UUID", ""] {
        let text = with_schemas(&format!("Held: {{type: string, format: '{unknown}'}}"));
        assert_eq!(of(&["format-known"], &text).len(), 1, "{unknown}");
    }
}

#[test]
fn misspelt_media_types_are_reported_and_rare_ones_are_not() {
    for (slip, meant) in [
        ("application/jsn", "application/json"),
        ("application/josn", "application/json"),
        ("application/jsson", "application/json"),
        ("application/jsons", "application/json"),
        ("application/jsin", "application/json"),
        ("application/son", "application/json"),
        ("application/jsn; charset=utf-8", "application/json"),
        ("aplication/json", "application/json"),
        ("application/problem+jsn", "application/problem+json"),
        ("application/porblem+json", "application/problem+json"),
        ("application/problem-json", "application/problem+json"),
        ("application/octetstream", "application/octet-stream"),
        ("texts/plain", "text/plain"),
    ] {
        let finding = finding_for("media-type", BASE, "application/json", slip);
        assert_eq!(finding.unwrap().help, format!("did you mean `{meant}`?"), "{slip}");
    }
    for real in [
        "application/json",
        "Application/JSON",
        "application/problem+json",
        "application/json; charset=utf-8",
        "application/bson",
        "application/cson",
        "application/hjson",
        "application/json5",
        "application/jsonc",
        "application/jsonl",
        "application/jose",
        "application/jwt",
        "application/ld+bson",
        "application/problem+cbor",
        "application/problem+xml",
        "application/ubjson",
        "application/xml",
        "application/hal+json",
        "audio/mpeg",
        "video/mp4",
        "font/woff2",
        "model/gltf+json",
        "message/http",
        "text/json",
        "text/xml",
        "text/html",
        "*/*",
        "image/*",
    ] {
        assert_eq!(finding_for("media-type", BASE, "application/json", real), None, "{real}");
    }
}

#[test]
fn markdown_and_html_in_descriptions_are_reported() {
    for (text, what) in [
        ("Like this: ```json {} ```", "a code fence"),
        ("An example:\n\n    GET /", "indented code"),
        ("See https://example.com", "a bare URL"),
        ("A Vec<Lock>.", "an angle bracket"),
        ("One of [Lock].", "a square bracket"),
        ("a\\b", "a backslash"),
    ] {
        let finding = finding_for("doc-safe-text", BASE, "A door.", text).unwrap();
        assert!(finding.message.contains(what), "{text}: {}", finding.message);
    }
    for text in ["Plain.", "In `Vec<Lock>` or `[x]`, at `https://example.com`.", "* a list\n  goes on", "a\n    b"] {
        assert_eq!(finding_for("doc-safe-text", BASE, "A door.", text), None, "{text}");
    }
}

#[test]
fn urls_outside_of_example_com_are_reported() {
    let is_reported = |text: &str| {
        let spec = HOUSE.replacen("https://images.example.com/door.jpg", text, 1);
        found_by_house_rules(&spec).iter().any(|finding| finding.rule == "house-example-invented")
    };
    for text in ["https://images.acme.com/a?b", "http://localhost:4010", "https://example.com.acme.com#here"] {
        assert!(is_reported(text), "{text}");
    }
    for text in ["https://images.example.com/a?b", "http://example.com:4010", "https://example.com#here", "Front door"]
    {
        assert!(!is_reported(text), "{text}");
    }
}
