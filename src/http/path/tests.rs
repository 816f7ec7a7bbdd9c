//! Tests that no parameter changes the path of a request.

use proptest::prelude::*;

use super::*;

fn key_url(lock: &str, key: &str) -> Result<Url, Unbuilt> {
    let base = Url::parse("https://api.unloc.app/integrators/v1").unwrap();
    let any = Operation::find("getKey").unwrap();
    let url = url(&base, any, &[("lockHolderId", &"home"), ("lockId", &lock), ("keyId", &key)])?;
    // `finish` takes a shortcut for an unchanged path; this checks that `matches_template` agrees with it.
    assert!(matches_template(any, "/integrators/v1", &url));
    Ok(url)
}

fn is_safe(lock: &str, key: &str) -> bool {
    let operation = Operation::find("getKey").unwrap();
    match key_url(lock, key) {
        Err(_) => true,
        Ok(url) => {
            let segments: Vec<_> = url.path_segments().unwrap().map(str::to_owned).collect();
            matches_template(operation, "/integrators/v1", &url)
                && url.query().is_none()
                && url.fragment().is_none()
                && segments[..4] == ["integrators", "v1", "lock-holders", "home"]
        }
    }
}

#[test]
fn hostile_parameters_stay_in_their_segment() {
    let long = "x".repeat(10_000);
    let hostile = [
        "..",
        ".",
        "",
        "\\",
        "/",
        "%2e",
        "%2e%2e",
        "..\\..\\admin",
        "x\\..\\..\\..\\lock-holders\\other\\locks\\y",
        "a/../../b",
        "\n",
        "\t..",
        "\0",
        "?a=b",
        "#x",
        "%2F..",
        "é",
        "+12125550142",
        "..;",
        "...",
        &long,
    ];
    for value in hostile {
        assert!(is_safe(value, "key") && is_safe("lock", value), "{value:?}");
    }
    assert!(key_url("..", "x").is_err() && key_url("x", "").is_err());
    assert!(key_url("+12125550142", "a/b").unwrap().path().ends_with("/%2B12125550142/keys/a%2Fb/"));
}

#[test]
fn refuses_a_path_that_is_not_of_the_template() {
    let operation = Operation::find("getLock").unwrap();
    let on = |path: &str| {
        let url = Url::parse(&format!("https://example.com{path}")).unwrap();
        matches_template(operation, "/integrators/v1", &url)
    };
    assert!(on("/integrators/v1/lock-holders/home/locks/x/"));
    for off in [
        "/integrators/v1/lock-holders/home/locks/",
        "/integrators/v1/lock-holders/home/locks//",
        "/integrators/v1/lock-holders/home/locks/x/../",
        "/integrators/v1/lock-holders/home/locks/x/keys/",
        "/integrators/v1/lock-holders/home/keys/x/",
        "/lock-holders/home/locks/x/",
    ] {
        assert!(!on(off), "{off}");
    }
}

#[test]
fn a_segment_matches_a_template_with_text_and_parameters() {
    for (segment, template) in [
        ("a.json", "{x}.json"),
        (".json.json", "{x}.json"),
        ("v1-2", "v{x}-{y}"),
        ("ab", "{x}{y}"),
        ("a.b.c", "{x}.{y}"),
    ] {
        assert!(segment_matches(segment, template), "{segment} {template}");
    }
    for (segment, template) in [
        (".json", "{x}.json"),
        ("a.xml", "{x}.json"),
        ("v-2", "v{x}-{y}"),
        ("v1-", "v{x}-{y}"),
        ("a", "{x}{y}"),
        ("", "{x}"),
    ] {
        assert!(!segment_matches(segment, template), "{segment} {template}");
    }
}

#[test]
fn decoding_refuses_malformed_segments() {
    for wrong in ["%", "%2", "%GG", "%FF"] {
        assert_eq!(decode_segment(wrong), None, "{wrong}");
    }
}

proptest! {
    #[test]
    fn decoding_a_segment_restores_its_text(text in r"\PC{1,20}") {
        let base = Url::parse("https://api.unloc.app/").unwrap();
        let mut address = Address::below(&base);
        address.path.push('/');
        if address.segment("lockId", &text).is_ok() {
            prop_assert_eq!(decode_segment(&address.path[1..]), Some(text));
        }
    }

    #[test]
    fn no_parameter_changes_the_path_of_its_operation(lock in any::<String>(), key in r"[./\\%2e+\n ?#]{0,12}") {
        prop_assert!(is_safe(&lock, &key));
        prop_assert!(is_safe(&key, &lock));
    }
}
