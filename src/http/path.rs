//! Keeps a request on the path of its operation.
//!
//! A URL parser resolves `..` and treats `\` as `/`, so a parameter could lead a request to another resource than its
//! operation names, and a token that opens the one may open the other. Two walls stand against that: a parameter is
//! encoded so that it is one segment and nothing else, and the finished request is held against its template.

use std::fmt::{self, Display, Write};

use chrono::{DateTime, SecondsFormat, Utc};
use reqwest::Url;

use crate::error::Unbuilt;
use crate::model::operation::Operation;

/// What the paths of operations follow, of a base address with or without a slash at its end.
pub(crate) fn prefix(base: &Url) -> &str {
    base.path().strip_suffix('/').unwrap_or(base.path())
}

/// Room for a path; few are longer.
const ROOM: usize = 192;

/// The address of a request while it is put together. The base address is parsed once for each client, and not for each
/// call.
pub(crate) struct Address<'a> {
    base: &'a Url,
    path: String,
}

impl<'a> Address<'a> {
    pub(crate) fn below(base: &'a Url) -> Self {
        let mut path = String::with_capacity(ROOM);
        path.push_str(prefix(base));
        Self { base, path }
    }

    /// What the operation's template says.
    pub(crate) fn text(&mut self, text: &str) {
        self.path.push_str(text);
    }

    /// A parameter that is a whole segment: all but letters, digits and `-_~.` percent-encoded.
    pub(crate) fn segment(&mut self, name: &str, value: &dyn Display) -> Result<(), Unbuilt> {
        let start = self.path.len();
        self.part(name, value)?;
        match self.path.get(start..) {
            Some("." | "..") => Err(Unbuilt(format!("`{name}` is a relative path and no id"))),
            _ => Ok(()),
        }
    }

    /// A parameter in a segment that has other text as well.
    pub(crate) fn part(&mut self, name: &str, value: &dyn Display) -> Result<(), Unbuilt> {
        let start = self.path.len();
        // Writing to a String does not fail.
        let _ = write!(Encoded(&mut self.path), "{value}");
        if self.path.len() == start {
            return Err(Unbuilt(format!("`{name}` is empty: give the id")));
        }
        Ok(())
    }

    /// The address, if it is still on its operation's path.
    pub(crate) fn finish(self, operation: &Operation) -> Result<Url, Unbuilt> {
        let mut url = self.base.clone();
        url.set_path(&self.path);
        // A path that the parser left as it was holds what the operation and the parameters say, and nothing else.
        if url.path() == self.path || is_on(operation, prefix(self.base), &url) {
            Ok(url)
        } else {
            Err(Unbuilt(format!("a parameter leads away from {}", operation.path)))
        }
    }
}

/// Encodes what is written to it.
struct Encoded<'a>(&'a mut String);

impl Write for Encoded<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'~' | b'.');
        let mut written = 0;
        // As a rule all of it is plain, and is written at once.
        for (place, byte) in text.bytes().enumerate().filter(|(_, byte)| !is_plain(*byte)) {
            self.0.push_str(text.get(written..place).unwrap_or_default());
            write!(self.0, "%{byte:02X}")?;
            written = place + 1;
        }
        self.0.push_str(text.get(written..).unwrap_or_default());
        Ok(())
    }
}

/// A time as requests have it.
#[allow(dead_code, reason = "for bindings with times in a path or header; the specs have none now")]
pub(crate) struct Time(pub(crate) DateTime<Utc>);

impl Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.to_rfc3339_opts(SecondsFormat::AutoSi, true))
    }
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
fn is_on(operation: &Operation, base: &str, url: &Url) -> bool {
    let Some(path) = url.path().strip_prefix(base) else { return false };
    let (mut found, mut wanted) = (path.split('/'), operation.path.split('/'));
    loop {
        match (found.next(), wanted.next()) {
            (None, None) => return true,
            (Some(found), Some(wanted)) if fits(found, wanted) => {}
            _ => return false,
        }
    }
}

/// Whether a segment is one of a template: the same texts in the same order, and something for each parameter.
fn fits(segment: &str, template: &str) -> bool {
    // No segment of a URL has a brace.
    if segment == template {
        return true;
    }
    let inside = template.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
    if inside.is_some_and(|name| !name.contains('{')) {
        return !segment.is_empty();
    }
    // What a URL cannot have as it is written is encoded in it.
    if !template.contains('{') {
        return unsegment(segment).is_some_and(|text| text == template);
    }
    let Some((before, rest)) = template.split_once('{') else { return false };
    let Some(mut segment) = segment.strip_prefix(before) else { return false };
    let mut texts = rest.split('{').map(|part| part.split_once('}').map_or("", |(_, text)| text)).peekable();
    while let Some(text) = texts.next() {
        let end = match texts.peek() {
            // Whatever is left belongs to the last one.
            None => segment.len().checked_sub(text.len()).filter(|end| segment.ends_with(text) && *end > 0),
            Some(_) => segment.char_indices().skip(1).map(|(end, _)| end).find(|end| segment[*end..].starts_with(text)),
        };
        let Some(rest) = end.and_then(|end| segment.get(end + text.len()..)) else { return false };
        segment = rest;
    }
    segment.is_empty()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn url(lock: &str, key: &str) -> Result<Url, Unbuilt> {
        let base = Url::parse("https://api.unloc.app/integrators/v1").unwrap();
        let mut address = Address::below(&base);
        address.text("/lock-holders/home/locks/");
        address.segment("lockId", &lock)?;
        address.text("/keys/");
        address.segment("keyId", &key)?;
        address.text("/");
        let any = Operation::find("getKey").unwrap();
        // To see what `is_on` says of it.
        let mut url = base.clone();
        url.set_path(&address.path);
        assert!(address.finish(any).is_err() || is_on(any, "/integrators/v1", &url));
        Ok(url)
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
    fn a_segment_has_the_texts_of_its_template_and_something_for_each_parameter() {
        for (segment, template) in [
            ("a.json", "{x}.json"),
            (".json.json", "{x}.json"),
            ("v1-2", "v{x}-{y}"),
            ("ab", "{x}{y}"),
            ("a.b.c", "{x}.{y}"),
        ] {
            assert!(fits(segment, template), "{segment} {template}");
        }
        for (segment, template) in [
            (".json", "{x}.json"),
            ("a.xml", "{x}.json"),
            ("v-2", "v{x}-{y}"),
            ("v1-", "v{x}-{y}"),
            ("a", "{x}{y}"),
            ("", "{x}"),
        ] {
            assert!(!fits(segment, template), "{segment} {template}");
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
            let base = Url::parse("https://api.unloc.app/").unwrap();
            let mut address = Address::below(&base);
            address.text("/");
            if address.segment("lockId", &text).is_ok() {
                prop_assert_eq!(unsegment(&address.path[1..]), Some(text));
            }
        }

        #[test]
        fn no_parameter_leaves_its_template(lock in any::<String>(), key in r"[./\\%2e+\n ?#]{0,12}") {
            prop_assert!(is_safe(&lock, &key));
            prop_assert!(is_safe(&key, &lock));
        }
    }
}
