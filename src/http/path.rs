//! Keeps a request on the path of its operation.
//!
//! A URL parser resolves `..` and treats `\` as `/`. A parameter could therefore lead a request to another resource
//! than its operation names, and the token may be valid there as well. Two checks prevent that: each parameter is
//! encoded as one path segment, and the finished URL is compared with the template of its operation.

use std::fmt::{self, Display, Write};

use chrono::{DateTime, SecondsFormat, Utc};
use url::Url;

use crate::error::Unbuilt;
use crate::model::operation::Operation;

/// Returns the path that precedes the paths of operations: that of the base URL, without a slash at its end.
pub(crate) fn prefix(base: &Url) -> &str {
    base.path().strip_suffix('/').unwrap_or(base.path())
}

/// Sets the initial capacity of a path, in bytes; few paths are longer.
const CAPACITY: usize = 192;

/// Returns the URL of an operation below a base URL, with these values for the parameters of its path.
// Every call gets its URL here, with types or without.
pub(crate) fn url(base: &Url, operation: &Operation, values: &[(&str, &dyn Display)]) -> Result<Url, Unbuilt> {
    let mut address = Address::below(base);
    let mut rest = operation.path;
    // Literal text of the template is from the author of the spec, and is written as it is.
    while let Some((before, (name, after))) =
        rest.split_once('{').and_then(|(before, inside)| Some((before, inside.split_once('}')?)))
    {
        address.path.push_str(before);
        let (_, value) = values
            .iter()
            .find(|(parameter, _)| *parameter == name)
            .ok_or_else(|| Unbuilt(format!("`{name}` is not set")))?;
        // `part` is for a value with text beside it, as in `/locks/{id}:open`, where neither can be a whole segment.
        let is_whole = before.ends_with('/') && (after.is_empty() || after.starts_with('/'));
        if is_whole {
            address.segment(name, *value)?;
        } else {
            address.part(name, *value)?;
        }
        rest = after;
    }
    address.path.push_str(rest);
    address.finish(operation)
}

/// Builds the URL of a request.
// It starts from the base URL, which is parsed once for each client: to parse it for each call took measurable time.
struct Address<'a> {
    base: &'a Url,
    path: String,
}

impl<'a> Address<'a> {
    /// Starts a URL with the path of the base URL.
    fn below(base: &'a Url) -> Self {
        let mut path = String::with_capacity(CAPACITY);
        path.push_str(prefix(base));
        Self { base, path }
    }

    /// Appends a parameter that is a whole segment, percent-encoded except for letters, digits and `-_~.`.
    fn segment(&mut self, name: &str, value: &dyn Display) -> Result<(), Unbuilt> {
        let start = self.path.len();
        self.part(name, value)?;
        match self.path.get(start..) {
            // Encoding does not help: the URL parser resolves `%2e%2e` as well (WHATWG URL Standard, "double-dot").
            Some("." | "..") => Err(Unbuilt(format!("`{name}` is `.` or `..`, which is no id: give the id"))),
            _ => Ok(()),
        }
    }

    /// Appends a parameter to a segment that has other text as well, such as `{id}.json`.
    fn part(&mut self, name: &str, value: &dyn Display) -> Result<(), Unbuilt> {
        let start = self.path.len();
        // Writing to a `String` cannot fail.
        let _ = write!(Encoded(&mut self.path), "{value}");
        if self.path.len() == start {
            // `/locks//` may be the list `/locks/` to the service, which is another operation.
            return Err(Unbuilt(format!("`{name}` is empty: give the id")));
        }
        Ok(())
    }

    /// Returns the URL if its path is one of the operation's template.
    fn finish(self, operation: &Operation) -> Result<Url, Unbuilt> {
        let mut url = self.base.clone();
        url.set_path(&self.path);
        // The quick check suffices for nearly all calls: a path that the parser left unchanged consists of the
        // template's text and of encoded parameters.
        if url.path() == self.path || matches_template(operation, prefix(self.base), &url) {
            Ok(url)
        } else {
            Err(Unbuilt(format!("a parameter changes the path of {}: check the ids", operation.path)))
        }
    }
}

/// Percent-encodes what is written to it.
struct Encoded<'a>(&'a mut String);

impl Write for Encoded<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        // The unreserved characters of RFC 3986, section 2.3: no URL parser gives them a meaning.
        let is_unreserved = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'~' | b'.');
        let mut written = 0;
        // Ids rarely need encoding; such a text is copied in one piece.
        for (index, byte) in text.bytes().enumerate().filter(|(_, byte)| !is_unreserved(*byte)) {
            self.0.push_str(text.get(written..index).unwrap_or_default());
            write!(self.0, "%{byte:02X}")?;
            written = index + 1;
        }
        self.0.push_str(text.get(written..).unwrap_or_default());
        Ok(())
    }
}

/// Displays a time in the form that requests use: RFC 3339 with `Z`.
#[allow(dead_code, reason = "for bindings with times in a path or header; the specs of this repository have none")]
pub(crate) struct Time(pub(crate) DateTime<Utc>);

impl Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.to_rfc3339_opts(SecondsFormat::AutoSi, true))
    }
}

/// Decodes a percent-encoded path segment; returns `None` if it is malformed or not UTF-8.
pub(crate) fn decode_segment(segment: &str) -> Option<String> {
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

/// Returns whether the path of a finished URL is one of its operation's template.
fn matches_template(operation: &Operation, base: &str, url: &Url) -> bool {
    let Some(path) = url.path().strip_prefix(base) else { return false };
    let (mut found, mut wanted) = (path.split('/'), operation.path.split('/'));
    loop {
        match (found.next(), wanted.next()) {
            (None, None) => return true,
            (Some(found), Some(wanted)) if segment_matches(found, wanted) => {}
            _ => return false,
        }
    }
}

/// Returns whether a segment matches a template: the same texts in the same order, and a character or more for each
/// parameter.
fn segment_matches(segment: &str, template: &str) -> bool {
    // A template with a parameter cannot be equal: the parser encodes braces in a path.
    if segment == template {
        return true;
    }
    // The usual case: the whole segment is one parameter, as in `{lockId}`.
    let inside = template.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
    if inside.is_some_and(|name| !name.contains('{')) {
        return !segment.is_empty();
    }
    // A literal segment with characters that a URL cannot contain is encoded there.
    if !template.contains('{') {
        return decode_segment(segment).is_some_and(|text| text == template);
    }
    // Text and parameters in one segment, as in `v{x}-{y}`: each parameter ends where the next text first occurs.
    let Some((before, rest)) = template.split_once('{') else { return false };
    let Some(mut segment) = segment.strip_prefix(before) else { return false };
    let mut texts = rest.split('{').map(|part| part.split_once('}').map_or("", |(_, text)| text)).peekable();
    while let Some(text) = texts.next() {
        let end = match texts.peek() {
            // The last parameter takes all that is left.
            None => segment.len().checked_sub(text.len()).filter(|end| segment.ends_with(text) && *end > 0),
            Some(_) => segment.char_indices().skip(1).map(|(end, _)| end).find(|end| segment[*end..].starts_with(text)),
        };
        let Some(rest) = end.and_then(|end| segment.get(end + text.len()..)) else { return false };
        segment = rest;
    }
    segment.is_empty()
}

#[cfg(test)]
mod tests;
