//! Codings of bodies, such as gzip.

use reqwest::header::{CONTENT_ENCODING, HeaderMap};

use super::body::is_plain;

/// What to do about a body that is encoded.
pub(crate) const ENCODED: &str = "does a proxy or gateway between compress it?";

/// The codings that a body cannot be read for, if any (RFC 9110, section 8.4), as they can be shown.
///
/// A request asks for none (section 12.5.3: without that wish any may be sent), and some gateways compress all the same. A
/// header that names a character set instead is a mistake of many servers, so that a body that is plain counts as that.
pub(crate) fn coding(headers: &HeaderMap, body: &[u8]) -> Option<String> {
    let values = headers.get_all(CONTENT_ENCODING).iter();
    let names = values.flat_map(|value| value.as_bytes().split(|byte| *byte == b',')).map(<[u8]>::trim_ascii);
    let coded = names.filter(|name| !name.is_empty() && !name.eq_ignore_ascii_case(b"identity"));
    let shown: Vec<_> = coded.map(shown).collect();
    (!shown.is_empty() && !is_plain(body)).then(|| shown.join(", "))
}

/// A name, unless it is none: headers are the service's, and what is told goes into logs.
fn shown(name: &[u8]) -> String {
    let is_name = name.len() <= 20 && name.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(byte));
    match std::str::from_utf8(name) {
        Ok(name) if is_name => name.to_ascii_lowercase(),
        _ => "an unknown coding".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;

    use super::*;

    #[test]
    fn codings_are_named_and_what_is_none_is_not_quoted() {
        for (values, wanted) in [
            (&[][..], None),
            (&["identity"], None),
            (&["", " , Identity"], None),
            (&["gzip"], Some("gzip")),
            (&["Br"], Some("br")),
            (&["x-gzip, identity"], Some("x-gzip")),
            (&["gzip", "zstd"], Some("gzip, zstd")),
            (&["+12125550142 hunter2"], Some("an unknown coding")),
        ] {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(CONTENT_ENCODING, HeaderValue::from_static(value));
            }
            assert_eq!(coding(&headers, b"\x1f\x8b\x08").as_deref(), wanted, "{values:?}");
            for plain in ["", " \n", "{}", "\u{feff}[1]", "7", "<html>"] {
                assert_eq!(coding(&headers, plain.as_bytes()), None, "{plain}");
            }
        }
    }
}
