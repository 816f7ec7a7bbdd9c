//! Detects content codings, such as gzip, which the SDK does not decode.

use ::http::header::{CONTENT_ENCODING, HeaderMap};

use super::body::is_uncompressed;

/// Says what to do about a body that is encoded.
pub(crate) const ENCODED: &str = "check whether a proxy or gateway compresses responses";

/// Returns the content codings that make a body unreadable, if any (RFC 9110, section 8.4), as a text for messages.
///
/// Requests ask for `identity`, because any coding may be sent otherwise (section 12.5.3). Some gateways compress all
/// the same. Many servers name a character set in the header by mistake, so a body that is readable counts as not
/// encoded.
pub(crate) fn coding(headers: &HeaderMap, body: &[u8]) -> Option<String> {
    // Both several headers and a list in one header are allowed (RFC 9110, section 5.3).
    let values = headers.get_all(CONTENT_ENCODING).iter();
    let names = values.flat_map(|value| value.as_bytes().split(|byte| *byte == b',')).map(<[u8]>::trim_ascii);
    // `identity` is no coding, and an empty list element counts for nothing (RFC 9110, section 5.6.1).
    let coded = names.filter(|name| !name.is_empty() && !name.eq_ignore_ascii_case(b"identity"));
    let shown: Vec<_> = coded.map(shown).collect();
    // The header first: hardly any response has one, and then no body is parsed here.
    (!shown.is_empty() && !is_uncompressed(body)).then(|| shown.join(", "))
}

/// Returns a coding's name for messages, or a substitute if it is not a token of usual length.
fn shown(name: &[u8]) -> String {
    // The header is the service's, and could quote a phone number or a secret, which must not get into logs.
    let is_name = name.len() <= 20 && name.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(byte));
    match std::str::from_utf8(name) {
        Ok(name) if is_name => name.to_ascii_lowercase(),
        _ => "an unknown coding".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use ::http::header::HeaderValue;

    use super::*;

    #[test]
    fn names_content_codings_and_does_not_quote_other_header_values() {
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
            for readable in ["", " \n", "{}", "\u{feff}[1]", "7", "<html>"] {
                assert_eq!(coding(&headers, readable.as_bytes()), None, "{readable}");
            }
        }
    }
}
