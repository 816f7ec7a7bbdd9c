//! Renders a request as bytes.

use serde_json::Value;

use crate::request::{Body, Framing, PathForm, Plan, Token};
use crate::targets::{Names, Target};

impl Plan {
    /// Returns the bytes of the request with this token.
    pub(crate) fn bytes(&self, targets: &[Target], names: &Names, token: Option<&[u8]>) -> Vec<u8> {
        let (method, template, valid) = self.target.get(targets);
        let method = self.method.as_deref().unwrap_or(method);
        let mut bytes = format!("{method} ").into_bytes();
        bytes.extend(self.path(template, names));
        bytes.extend(self.query.as_bytes());
        bytes.extend(b" HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n");
        if let Some(token) = token {
            bytes.extend([b"authorization: ", token, b"\r\n"].concat());
        }
        let body = self.body(valid.as_ref(), names);
        if body.is_some() && !self.headers.iter().any(|(name, _)| name == "content-type") {
            bytes.extend(b"content-type: application/json\r\n");
        }
        for (name, value) in &self.headers {
            bytes.extend([name.as_bytes(), b": ", value.as_slice(), b"\r\n"].concat());
        }
        self.frame(&mut bytes, &body.unwrap_or_default());
        bytes
    }

    fn path(&self, template: &str, names: &Names) -> Vec<u8> {
        match &self.path_form {
            PathForm::Any(bytes) => bytes.clone(),
            PathForm::Template { other, slashes } => {
                let other = other.as_ref().map(|(index, text)| (*index, text.as_str()));
                let (path, query) = template.split_once('?').unwrap_or((template, ""));
                let path = path.trim_end_matches('/');
                // The path of the page, `/`, needs its slash.
                let path = format!("{path}{}", "/".repeat((*slashes).max(usize::from(path.is_empty()))));
                let mark = if query.is_empty() { "" } else { "?" };
                names.fill(&format!("{path}{mark}{query}"), other).into_bytes()
            }
        }
    }

    fn body(&self, valid: Option<&Value>, names: &Names) -> Option<Vec<u8>> {
        let mut valid = valid.map(|valid| names.fill_body(valid));
        match &self.body {
            Body::Raw(bytes) => return Some(bytes.clone()),
            Body::Valid => {}
            Body::Mutated(field, value) => {
                let count = valid.as_mut().map_or(0, |body| fields(body).len());
                if let Some(body) = valid.as_mut().filter(|_| count > 0) {
                    *fields(body).swap_remove(field.index(count)) = value.clone();
                }
            }
        }
        valid.map(|body| body.to_string().into_bytes())
    }

    fn frame(&self, bytes: &mut Vec<u8>, body: &[u8]) {
        match self.framing {
            Framing::Missing => bytes.extend(b"\r\n"),
            Framing::Length | Framing::Wrong(_) => {
                let off = if let Framing::Wrong(off) = self.framing { isize::from(off) } else { 0 };
                let length = body.len().saturating_add_signed(off);
                bytes.extend(format!("content-length: {length}\r\n\r\n").as_bytes());
            }
            Framing::Chunked => {
                bytes.extend(b"transfer-encoding: chunked\r\n\r\n");
                for chunk in body.chunks(7) {
                    bytes.extend([format!("{:x}\r\n", chunk.len()).as_bytes(), chunk, b"\r\n"].concat());
                }
                bytes.extend(b"0\r\n\r\n");
                return;
            }
        }
        bytes.extend(body);
    }

    /// Returns whether this is unambiguous HTTP. Other requests may be refused by hyper, or end without a response.
    pub(crate) fn is_plain(&self) -> bool {
        const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
        let is_plain =
            |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._%+&=?".contains(&byte));
        self.method.as_deref().is_none_or(|method| METHODS.contains(&method))
            && is_plain(&self.query)
            && matches!(&self.path_form, PathForm::Template { other, .. } if other.as_ref().is_none_or(|(_, text)| is_plain(text)))
            && !matches!(self.token, Token::Raw(_))
            && self.headers.iter().all(|(name, _)| name == "content-type" || name == "origin")
            && matches!(self.framing, Framing::Length | Framing::Chunked)
    }

    /// Returns whether the end of the request follows from its bytes.
    pub(crate) fn is_whole(&self) -> bool {
        let has_line = |bytes: &[u8]| bytes.iter().any(|byte| b"\r\n".contains(byte));
        let has_end = |(name, value): &(String, Vec<u8>)| {
            name != "content-length" && name != "transfer-encoding" && !has_line(value)
        };
        !matches!(self.framing, Framing::Wrong(_))
            && !matches!(&self.path_form, PathForm::Any(bytes) if has_line(bytes))
            && self.headers.iter().all(has_end)
    }

    /// Returns whether the method is HEAD, whose responses have no body.
    pub(crate) fn is_head(&self) -> bool {
        self.method.as_deref() == Some("HEAD")
    }
}

/// Returns all fields of an object, of nested objects and of objects in arrays.
pub(crate) fn fields(value: &mut Value) -> Vec<&mut Value> {
    // An object's fields replace the object itself, which could not be borrowed mutably at the same time.
    match value {
        Value::Object(map) => map
            .values_mut()
            .flat_map(|field| match field {
                Value::Object(inner) if !inner.is_empty() => fields(field),
                Value::Array(items) if items.first().is_some_and(Value::is_object) => fields(field),
                _ => vec![field],
            })
            .collect(),
        Value::Array(items) => items.iter_mut().flat_map(fields).collect(),
        _ => Vec::new(),
    }
}
