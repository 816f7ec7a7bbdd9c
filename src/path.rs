//! Keeps a request on the path of its operation.
//!
//! A URL parser resolves `..` and treats `\` as `/`, so a parameter could lead a request to another resource than its
//! operation names, and a token that opens the one may open the other. Two walls stand against that: a parameter is
//! encoded so that it is one segment and nothing else, and the finished request is held against its template.

use std::fmt::Write;

use reqwest::Url;

use crate::operation::Operation;
use crate::text::PhoneNumber;
use crate::transport::Unbuilt;

/// What can stand in a path.
pub(crate) trait Parameter {
    fn text(&self) -> &str;
}

impl Parameter for String {
    fn text(&self) -> &str {
        self
    }
}

impl Parameter for PhoneNumber {
    fn text(&self) -> &str {
        self.expose()
    }
}

/// A parameter as one path segment: all but letters, digits and `-_~.` percent-encoded.
pub(crate) fn segment(name: &str, value: &impl Parameter) -> Result<String, Unbuilt> {
    let text = value.text();
    let refuse = |why: &str| Err(Unbuilt::InvalidRequest(format!("`{name}` {why}")));
    match text {
        "" => return refuse("is empty: give the id"),
        "." | ".." => return refuse("is a relative path and no id"),
        _ => {}
    }
    let mut encoded = String::with_capacity(text.len() + 8);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_~.".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a String does not fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    Ok(encoded)
}

/// What a path segment stands for.
pub(crate) fn unsegment(segment: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(segment.len());
    let mut rest = segment.as_bytes();
    while let Some((first, others)) = rest.split_first() {
        rest = others;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let (code, others) = rest.split_at_checked(2)?;
        rest = others;
        bytes.push(u8::from_str_radix(std::str::from_utf8(code).ok()?, 16).ok()?);
    }
    String::from_utf8(bytes).ok()
}

/// Whether a finished request is still on its operation's path.
pub(crate) fn is_on(operation: &Operation, base: &str, url: &Url) -> bool {
    let Some(path) = url.path().strip_prefix(base) else { return false };
    let (mut found, mut wanted) = (path.split('/'), operation.path.split('/'));
    loop {
        match (found.next(), wanted.next()) {
            (None, None) => return true,
            (Some(found), Some(wanted)) if wanted.starts_with('{') => {
                if found.is_empty() {
                    return false;
                }
            }
            (Some(found), Some(wanted)) if found == wanted => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn url(lock: &str, key: &str) -> Result<Url, Unbuilt> {
        let (lock, key) = (segment("lockId", &lock.to_owned())?, segment("keyId", &key.to_owned())?);
        let text = format!("https://api.unloc.app/integrators/v1/lock-holders/home/locks/{lock}/keys/{key}/");
        Url::parse(&text).map_err(|error| Unbuilt::InvalidRequest(error.to_string()))
    }

    fn is_safe(lock: &str, key: &str) -> bool {
        let operation = Operation::find("getKey").unwrap();
        match url(lock, key) {
            Err(_) => true,
            Ok(url) => {
                let segments: Vec<_> = url.path_segments().unwrap().map(str::to_owned).collect();
                is_on(operation, "/integrators/v1", &url)
                    && url.query().is_none()
                    && url.fragment().is_none()
                    && segments[..4] == ["integrators", "v1", "lock-holders", "home"]
            }
        }
    }

    #[test]
    fn awkward_parameters_stay_in_their_segment() {
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
        assert!(url("..", "x").is_err() && url("x", "").is_err());
        assert!(url("+12125550142", "a/b").unwrap().path().ends_with("/%2B12125550142/keys/a%2Fb/"));
    }

    #[test]
    fn a_request_off_its_path_is_noticed() {
        let operation = Operation::find("getLock").unwrap();
        let on = |path: &str| {
            let url = Url::parse(&format!("https://example.com{path}")).unwrap();
            is_on(operation, "/integrators/v1", &url)
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
    fn what_is_no_segment_stands_for_nothing() {
        for wrong in ["%", "%2", "%GG", "%FF"] {
            assert_eq!(unsegment(wrong), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn a_segment_stands_for_the_text_that_it_was_made_of(text in r"\PC{1,20}") {
            if let Ok(segment) = segment("lockId", &text) {
                prop_assert_eq!(unsegment(&segment), Some(text));
            }
        }

        #[test]
        fn no_parameter_leaves_its_template(lock in any::<String>(), key in r"[./\\%2e+\n ?#]{0,12}") {
            prop_assert!(is_safe(&lock, &key));
            prop_assert!(is_safe(&key, &lock));
        }
    }
}
