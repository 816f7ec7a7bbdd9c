//! What OpenAPI allows and the generator passes over in silence, panics at, or makes code of that does not compile. Bindings of a
//! document with any of these would send something else than is written, so there are none.

use serde_json::Value;

use crate::error::Error;
use crate::keys::SENSITIVE;
use crate::load::{Document, entries, escape, resolve};
use crate::operation::method;

/// One construct that cannot be bound.
#[derive(Clone, Copy, Debug)]
pub struct Unsupported {
    /// What is written.
    pub what: &'static str,
    /// What would become of it.
    pub reason: &'static str,
    /// What to write in its place.
    pub help: &'static str,
}

const fn unsupported(what: &'static str, reason: &'static str, help: &'static str) -> Unsupported {
    Unsupported { what, reason, help }
}

const COOKIE: Unsupported = unsupported(
    "a cookie parameter",
    "the bindings know no cookies",
    "describe it as a header, or leave it to the HTTP client",
);
const STYLE: Unsupported = unsupported(
    "a `style` other than the default",
    "the bindings write parameters in the default style only: `form` in a query, `simple` elsewhere",
    "take `style` out, or leave the operation out",
);
const EXPLODE: Unsupported = unsupported(
    "`explode: false` at a list in the query",
    "the bindings write each item of a list as a parameter of its own",
    "take `explode` out if the service reads `a=1&a=2`; else make it a text, and say in the description how to write it",
);
const RESERVED: Unsupported = unsupported(
    "`allowReserved: true`",
    "the bindings percent-encode reserved characters",
    "take `allowReserved` out if the service decodes what it gets, as it should",
);
const CONTENT: Unsupported = unsupported(
    "a parameter with `content`",
    "the bindings write parameters by their `schema`",
    "give it a `schema` of type string, and say in the description what the text holds",
);
const NO_SCHEMA: Unsupported =
    unsupported("a parameter without `schema`", "the bindings know no type for it", "give it a `schema`");
const NO_SCALAR: Unsupported = unsupported(
    "a parameter that is no scalar, or in the query no list of scalars",
    "the bindings cannot write it",
    "make it a scalar; only in a query it may be a list of them",
);
const NULLABLE: Unsupported = unsupported(
    "a nullable parameter outside of the query",
    "there is no way to write null there",
    "take `nullable` out; what may be left out is `required: false`",
);
const OPTIONAL_IN_PATH: Unsupported = unsupported(
    "a path parameter that is not `required: true`",
    "a path without it is another path",
    "write `required: true`, and describe the path without it as a path of its own",
);
const HEADER_NAME: Unsupported = unsupported(
    "a header parameter whose name no header can have",
    "a header's name consists of letters, digits and !#$%&'*+-.^_`|~ (RFC 9110, section 5.6.2)",
    "correct the name",
);
const OWN_HEADER: Unsupported = unsupported(
    "a header parameter that the client sets by itself",
    "OpenAPI ignores some of these names, and the client would send the header twice",
    "take the parameter out",
);
const SENSITIVE_HEADER: Unsupported = unsupported(
    "a sensitive header parameter",
    "headers are logged by what stands between",
    "send it in the body, or by a security scheme",
);
const OPTIONAL_BODY: Unsupported = unsupported(
    "a request body that is not `required: true`",
    "the bindings always send one",
    "write `required: true`; if it may really be left out, make everything in it optional",
);
const ENCODING: Unsupported = unsupported(
    "`encoding` at a media type",
    "the bindings know no `encoding`",
    "take it out, and say in the description how the parts are written",
);
const SERVERS: Unsupported = unsupported(
    "`servers` at a path or an operation",
    "the bindings know the servers at the top only, and would never call these",
    "give what has another server a file of its own",
);
const METHOD: Unsupported = unsupported(
    "an operation by OPTIONS or TRACE",
    "the bindings have no function to send it",
    "leave the operation out",
);
const BODY_OF_HEAD: Unsupported = unsupported(
    "content in a response to HEAD",
    "a response to HEAD has no body (RFC 9110, section 9.3.2)",
    "take the content out",
);
const PATH: Unsupported = unsupported(
    "a path with characters that no URL has",
    "a URL has letters, digits, -._~!$&'()*+,;=:@ and what is percent-encoded (RFC 3986, section 3.3)",
    "percent-encode what is none of these, and leave out `.` and `..`",
);

/// All constructs that cannot be bound.
#[rustfmt::skip]
pub const UNSUPPORTED: [Unsupported; 18] = [
    COOKIE, STYLE, EXPLODE, RESERVED, CONTENT, NO_SCHEMA, NO_SCALAR, NULLABLE, OPTIONAL_IN_PATH, HEADER_NAME, OWN_HEADER,
    SENSITIVE_HEADER, OPTIONAL_BODY, ENCODING, SERVERS, METHOD, BODY_OF_HEAD, PATH,
];

/// What the client or the HTTP library sets by itself, and what OpenAPI ignores (3.0.3, 4.7.12.1).
#[rustfmt::skip]
const OWN_HEADERS: [&str; 10] = [
    "accept", "accept-encoding", "authorization", "connection", "content-length", "content-type", "host", "te",
    "transfer-encoding", "user-agent",
];

/// Each place of a document with something that cannot be bound.
#[must_use]
pub fn unsupported_in(document: &Document) -> Vec<Error> {
    let mut found = Found { document, errors: Vec::new() };
    for (path, item) in entries(&document.value, "paths") {
        let base = format!("/paths/{}", escape(path));
        found.path(path, &base);
        found.if_there(item, &base, "servers", &SERVERS);
        found.parameters(item, &base);
        for (key, node) in item.as_object().into_iter().flatten() {
            let Some(method) = method(key) else { continue };
            let pointer = format!("{base}/{key}");
            if matches!(method, "OPTIONS" | "TRACE") {
                found.add(&pointer, &METHOD);
            }
            found.if_there(node, &pointer, "servers", &SERVERS);
            found.parameters(node, &pointer);
            found.body(node, &pointer);
            found.responses(node, method, &pointer);
        }
    }
    found.errors.sort_by_key(|one| one.position);
    found.errors.dedup();
    found.errors
}

struct Found<'a> {
    document: &'a Document,
    errors: Vec<Error>,
}

impl<'a> Found<'a> {
    fn add(&mut self, pointer: &str, of: &Unsupported) {
        let error = self.document.error(pointer, format!("{}: {}", of.what, of.reason)).helped(of.help);
        self.errors.push(error);
    }

    fn if_there(&mut self, node: &Value, pointer: &str, key: &str, of: &Unsupported) {
        if node.get(key).is_some() {
            self.add(&format!("{pointer}/{key}"), of);
        }
    }

    /// The node that one leads to, and where it stands; none where it leads to nothing, which is told as such.
    fn target(&self, node: &'a Value, pointer: &str) -> Option<(&'a Value, String)> {
        let target = resolve(&self.document.value, node)?;
        let reference = node.get("$ref").and_then(Value::as_str).and_then(|reference| reference.strip_prefix('#'));
        Some((target, reference.unwrap_or(pointer).to_owned()))
    }

    fn path(&mut self, path: &str, pointer: &str) {
        let literal: Vec<_> = path.split(['{', '}']).step_by(2).collect();
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/%".contains(&byte);
        let is_code = |rest: &str| rest.as_bytes().get(..2).is_some_and(|two| two.iter().all(u8::is_ascii_hexdigit));
        let is_sound = |text: &&str| text.bytes().all(is_plain) && text.split('%').skip(1).all(is_code);
        let is_relative = path.split('/').any(|segment| segment == "." || segment == "..");
        if is_relative || !literal.iter().all(is_sound) {
            self.add(pointer, &PATH);
        }
    }

    fn parameters(&mut self, node: &'a Value, pointer: &str) {
        for (index, parameter) in node.get("parameters").and_then(Value::as_array).into_iter().flatten().enumerate() {
            if let Some((parameter, pointer)) = self.target(parameter, &format!("{pointer}/parameters/{index}")) {
                self.parameter(parameter, &pointer);
            }
        }
    }

    fn parameter(&mut self, parameter: &'a Value, pointer: &str) {
        let text = |key: &str| parameter.get(key).and_then(Value::as_str).unwrap_or_default();
        let at = |key: &str| format!("{pointer}/{key}");
        let (name, place) = (text("name"), text("in"));
        let default = if place == "query" { "form" } else { "simple" };
        match place {
            "cookie" => return self.add(&at("in"), &COOKIE),
            "path" if parameter.get("required") != Some(&Value::Bool(true)) => self.add(pointer, &OPTIONAL_IN_PATH),
            "header" if OWN_HEADERS.contains(&name.to_ascii_lowercase().as_str()) => self.add(&at("name"), &OWN_HEADER),
            "header" if !is_token(name) => self.add(&at("name"), &HEADER_NAME),
            _ => {}
        }
        if parameter.get("style").is_some_and(|style| style != default) {
            self.add(&at("style"), &STYLE);
        }
        if parameter.get("allowReserved") == Some(&Value::Bool(true)) {
            self.add(&at("allowReserved"), &RESERVED);
        }
        let Some(schema) = parameter.get("schema") else {
            let is_content = parameter.get("content").is_some();
            return if is_content { self.add(&at("content"), &CONTENT) } else { self.add(pointer, &NO_SCHEMA) };
        };
        let Some((schema, place_of_schema)) = self.target(schema, &at("schema")) else { return };
        let kind = kind(&self.document.value, schema);
        let is_list = kind == Some("array");
        if is_list && place == "query" && parameter.get("explode") == Some(&Value::Bool(false)) {
            self.add(&at("explode"), &EXPLODE);
        }
        let items = schema.get("items").and_then(|items| resolve(&self.document.value, items));
        let item = items.and_then(|items| self::kind(&self.document.value, items));
        let is_scalar = |kind: Option<&str>| kind.is_some_and(|kind| !matches!(kind, "array" | "object"));
        if !(is_scalar(kind) || is_list && place == "query" && is_scalar(item)) {
            self.add(&at("schema"), &NO_SCALAR);
        }
        if place != "query" && schema.get("nullable") == Some(&Value::Bool(true)) {
            self.add(&format!("{place_of_schema}/nullable"), &NULLABLE);
        }
        if place == "header" && schema.get(SENSITIVE).is_some() {
            self.add(&at("schema"), &SENSITIVE_HEADER);
        }
    }

    fn body(&mut self, node: &'a Value, pointer: &str) {
        let pointer = format!("{pointer}/requestBody");
        let body = node.get("requestBody").and_then(|body| self.target(body, &pointer));
        let Some((body, pointer)) = body else { return };
        if body.get("required") != Some(&Value::Bool(true)) {
            self.add(&pointer, &OPTIONAL_BODY);
        }
        self.content(body, &pointer);
    }

    fn content(&mut self, node: &'a Value, pointer: &str) {
        for (media, content) in entries(node, "content") {
            self.if_there(content, &format!("{pointer}/content/{}", escape(media)), "encoding", &ENCODING);
        }
    }

    fn responses(&mut self, node: &'a Value, method: &str, pointer: &str) {
        for (status, response) in entries(node, "responses") {
            let target = self.target(response, &format!("{pointer}/responses/{status}"));
            let Some((response, pointer)) = target else { continue };
            self.content(response, &pointer);
            if method == "HEAD" && !entries(response, "content").is_empty() {
                self.add(&format!("{pointer}/content"), &BODY_OF_HEAD);
            }
        }
    }
}

/// The type of a schema, also where it stands in the only member of an `allOf`.
fn kind<'a>(root: &'a Value, schema: &'a Value) -> Option<&'a str> {
    let own = schema.get("type").and_then(Value::as_str);
    let member = || match schema.get("allOf")?.as_array()?.as_slice() {
        [single] => resolve(root, single)?.get("type")?.as_str(),
        _ => None,
    };
    own.or_else(member)
}

/// Whether a header can be called so.
fn is_token(name: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !name.is_empty() && name.bytes().all(is_letter)
}
