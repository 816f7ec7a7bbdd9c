//! Texts that are told from others like them: media types, formats, secrets, numbers and addresses of people.

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

/// Whether a rule says something of an example with this text.
fn is_told(rule: &str, text: &str) -> bool {
    told(rule, BASE, "Unauthorized", text).is_some()
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

const MIXED: &str = "0a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8s9T0u1V2w3X4y5Z6a7B8c9D0e1F2g3H4";

#[test]
fn what_has_the_form_of_a_secret_is_one() {
    let mixed = |length: usize| MIXED.get(..length).unwrap();
    for text in [
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJzb21lYm9keSJ9.c2lnbmF0dXJl",
        "Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJzb21lYm9keSJ9.c2lnbmF0dXJl",
        // {"typ":"JWT","alg":"HS256"}
        "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJzb21lYm9keSJ9.c2lnbmF0dXJl",
        // {"alg":"dir","enc":"A128GCM"}
        "eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI4R0NNIn0..aXZpdml2.dGV4dA.dGFn",
        "Bearer 0123456789abcdef0123456789abcdef",
        "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIA\n-----END PRIVATE KEY-----",
        "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXk\n-----END OPENSSH PRIVATE KEY-----",
        "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n-----BEGIN RSA PRIVATE KEY-----\nMIIE\n",
        "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nlQVY\n",
        &format!("ghp_{}", mixed(36)),
        &format!("sk_live_{}", mixed(24)),
        &format!("github_pat_{}", mixed(60)),
        &format!("glpat-{}", mixed(20)),
        "xoxb-123456789012-123456789012-a1B2c3D4e5F6g7H8i9J0k1L2",
        "AKIA0123456789ABCDEF",
        &format!("AIza{}", mixed(35)),
        &format!("npm_{}", mixed(36)),
        &format!("SG.{}.{}", mixed(22), mixed(43)),
    ] {
        assert!(is_told("no-secret-in-example", text), "{text}");
    }
}

#[test]
fn what_is_made_to_be_shown_or_stands_for_a_secret_is_none() {
    for text in [
        // Cursors: {"page":2,"sort":"asc","filter":"none","size":20}, and one that its service has signed.
        "eyJwYWdlIjoyLCJzb3J0IjoiYXNjIiwiZmlsdGVyIjoibm9uZSIsInNpemUiOjIwfQ==",
        "eyJwYWdlIjoyLCJzb3J0IjoiYXNjIn0.ZxY0Aw.c2lnbmF0dXJlMTIz",
        // A signature of what is sent beside it.
        "eyJhbGciOiJFUzI1NiJ9..c2lnbmF0dXJlMTIz",
        "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA\n-----END PUBLIC KEY-----",
        "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
        "-----BEGIN CERTIFICATE REQUEST-----\nMIIB\n-----END CERTIFICATE REQUEST-----",
        "-----BEGIN PGP SIGNATURE-----\n\niQEz\n-----END PGP SIGNATURE-----",
        "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQEN\n",
        "-----BEGIN X509 CRL-----\nMIIB\n",
        "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----",
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExamp1e kari",
        "SG.Harbour.Flats.12",
        "npm_installed_package_x",
        "npm_config_registry_of_a_rather_long_name",
        "AIzaSomethingSixteen",
        "sk_live_shortx",
        "xoxb-not-a-token-at-all-but-words",
        "AKIAIOSFODNN7EXAMPLE",
        "Bearer EXAMPLE-EXAMPLE-EXAMPLE-EXAMPLE",
        "Bearer {access_token_of_the_caller}",
        "Bearer YOUR_ACCESS_TOKEN_HERE_0123456789",
        "Bearer ****************************",
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.EXAMPLE.EXAMPLE",
        "Bearer of good news, and of bad news",
    ] {
        assert!(!is_told("no-secret-in-example", text), "{text}");
    }
}

#[test]
fn numbers_are_flagged_where_they_can_be_somebodys() {
    for text in ["+4791234567", "+47 912 34 567", "+47-91-23-45-67", "+1 (212) 555-1234", "+12125551234"] {
        assert!(is_told("no-personal-data-in-example", text), "{text}");
    }
    for text in [
        // Kept for fiction.
        "+12125550142",
        "+1 (303) 555-0199",
        "+15555550100",
        "+447700900123",
        "+44 20 7946 0958",
        "+61491570156",
        "+33 1 99 00 12 34",
        // Of no country, or too short or too long for theirs.
        "+999999999999",
        "+00000000000",
        "+1234567",
        "+1234567890",
        "+11234567890",
        "+1234567890123456",
        "+987654321",
        "+7777777777",
        "+8312345678",
        // No numbers.
        "12125550143",
        "+02:00",
        "+1.5",
        "+47 per month",
        "+100 000 000",
    ] {
        assert!(!is_told("no-personal-data-in-example", text), "{text}");
    }
}

#[test]
fn mail_addresses_are_flagged_where_they_can_be_somebodys() {
    for text in [
        "kari@gmail.com",
        "mailto:kari@gmail.com",
        "mailto:kari@gmail.com?subject=Doors",
        "kari.doors+keys@gmail.com",
        "https://acme.example.com/?mail=kari@gmail.com&page=2",
        "Write to <kari@gmail.com>, please.",
        "KARI@GMAIL.COM",
        "kari@example.dk",
        "kari@notexample.com",
        "kari@1.gmail.com",
        "o'kari@gmail.com",
        "kari@gmail.com.",
    ] {
        assert!(is_told("no-personal-data-in-example", text), "{text}");
    }
    for text in [
        "git@github.com",
        "git@git.example.com:team/door.git",
        "deploy@git.acme.com:team/door.git",
        "ssh://git@github.com/acme/doors.git",
        "https://user@host.acme.com/x",
        "https://user:word@host.acme.com/x",
        "https://cdn.acme.com/@kari.design",
        "@unloc/sdk@1.2.3",
        "sdk@1.2.beta",
        "lodash@4.17.21",
        "door@2x.png",
        "door@night.jpg",
        "getty@tty1.service",
        "image@sha256.abc",
        "x@10.30",
        "root@127.0.0.1",
        "a@b",
        "kari@localhost",
        "user@EXAMPLE.COM",
        "kari@sub.example.com",
        "kari@acme.invalid",
        "kari@mail.test",
        "kari@printer.local",
        "@kari.design",
        "@kari:matrix.org",
        "meet @ 10.30",
    ] {
        assert!(!is_told("no-personal-data-in-example", text), "{text}");
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
