//! Classifies a response body before it is decoded.

use serde::de::IgnoredAny;

/// Strips a leading byte order mark, which parsers may ignore (RFC 8259, section 8.1).
pub(crate) fn without_mark(body: &[u8]) -> &[u8] {
    body.strip_prefix("\u{feff}".as_bytes()).unwrap_or(body)
}

/// Returns whether a body is readable without decoding a content coding: empty, HTML or XML, or JSON.
pub(super) fn is_uncompressed(body: &[u8]) -> bool {
    let body = without_mark(body);
    // gzip begins with 1F 8B, zlib with 78, zstd with 28 B5: none of these is white space, `<` or JSON.
    body.trim_ascii().is_empty() || is_markup(body) || serde_json::from_slice::<IgnoredAny>(body).is_ok()
}

/// Returns whether a body is HTML or XML, as proxies and login pages send it.
pub(crate) fn is_markup(body: &[u8]) -> bool {
    body.trim_ascii().starts_with(b"<")
}
