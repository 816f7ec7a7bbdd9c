//! What kind of body a response has, before anybody reads it.

use serde::de::IgnoredAny;

/// A body without the byte order mark that stands before it, which a reader may ignore (RFC 8259, section 8.1).
pub(crate) fn without_mark(body: &[u8]) -> &[u8] {
    body.strip_prefix("\u{feff}".as_bytes()).unwrap_or(body)
}

/// Whether a body is something that can be read, or told of, as it is.
pub(crate) fn is_plain(body: &[u8]) -> bool {
    let body = without_mark(body);
    body.trim_ascii().is_empty() || is_markup(body) || serde_json::from_slice::<IgnoredAny>(body).is_ok()
}

pub(crate) fn is_markup(body: &[u8]) -> bool {
    body.trim_ascii().starts_with(b"<")
}
