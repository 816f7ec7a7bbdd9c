//! Texts that are told from others like them: media types, formats, descriptions, addresses, and what is somebody's.

mod somebodys;

use std::path::Path;

use unloc_lint::{Finding, by_rules};
use unloc_spec::Config;

use crate::kinds::{of, with_schemas};
use crate::{BASE, HOUSE, found_at_home};

/// What a rule says of a spec in which this text, in quotes, stands in place of another.
fn told(rule: &str, base: &str, place: &str, text: &str) -> Option<Finding> {
    let quoted = serde_json::to_string(text).unwrap();
    let spec = base.replacen(place, &quoted, 1);
    assert_ne!(spec, base, "{place} is not there");
    let found = by_rules(Path::new("doors.yaml"), &spec, Config { bindings: true, house: true });
    assert!(found.iter().all(|finding| finding.rule != "yaml"), "{text}: {found:#?}");
    found.into_iter().find(|finding| finding.rule == rule)
}

#[test]
fn formats_have_the_types_that_the_registry_gives_them() {
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
        let told = |kind: &str| of(&rules, &with_schemas(&format!("Held: {{type: {kind}, format: {format}}}")));
        let (fitting, other) = (told(fitting), told(other));
        assert!(fitting.is_empty() && other.len() == 1, "{format}: {fitting:?}, {other:?}");
    }
    for unknown in ["datetime", "uint128", "unix", "phone", "UUID", ""] {
        let text = with_schemas(&format!("Held: {{type: string, format: '{unknown}'}}"));
        assert_eq!(of(&["format-known"], &text).len(), 1, "{unknown}");
    }
}

#[test]
fn a_media_type_with_a_slip_is_told_from_one_that_is_rare() {
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
        let finding = told("media-type", BASE, "application/json", slip);
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
        assert_eq!(told("media-type", BASE, "application/json", real), None, "{real}");
    }
}

#[test]
fn only_what_rustdoc_would_take_for_more_than_text_is_refused() {
    for (text, what) in [
        ("Like this: ```json {} ```", "a code fence"),
        ("An example:\n\n    GET /", "indented code"),
        ("See https://example.com", "a bare address"),
        ("A Vec<Lock>.", "an angle bracket"),
        ("One of [Lock].", "a square bracket"),
        ("a\\b", "a backslash"),
    ] {
        let finding = told("doc-safe-text", BASE, "A door.", text).unwrap();
        assert!(finding.message.contains(what), "{text}: {}", finding.message);
    }
    for text in ["Plain.", "In `Vec<Lock>` or `[x]`, at `https://example.com`.", "* a list\n  goes on", "a\n    b"] {
        assert_eq!(told("doc-safe-text", BASE, "A door.", text), None, "{text}");
    }
}

#[test]
fn the_host_of_an_address_is_taken_for_what_it_is() {
    let is_told = |text: &str| {
        let spec = HOUSE.replacen("https://images.example.com/door.jpg", text, 1);
        found_at_home(&spec).iter().any(|finding| finding.rule == "house-example-invented")
    };
    for text in ["https://images.acme.com/a?b", "http://localhost:4010", "https://example.com.acme.com#here"] {
        assert!(is_told(text), "{text}");
    }
    for text in ["https://images.example.com/a?b", "http://example.com:4010", "https://example.com#here", "Front door"]
    {
        assert!(!is_told(text), "{text}");
    }
}
