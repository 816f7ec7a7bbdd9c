//! What OpenAPI allows and the generator passes over in silence, panics at, or makes code of that does not compile. Bindings of a
//! document with any of these would send something else than is written, so there are none.

use serde_json::Value;

use crate::at::At;
use crate::error::Error;
use crate::keys::SENSITIVE;
use crate::load::{Document, steps, underlying};
use crate::template::PathTemplate;
use crate::walk::{RawOperation, paths};

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
const NAMELESS: Unsupported =
    unsupported("a parameter whose name is no text", "nothing could be sent for it", "give it a `name`, in quotes");
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
pub const UNSUPPORTED: [Unsupported; 19] = [
    COOKIE, NAMELESS, STYLE, EXPLODE, RESERVED, CONTENT, NO_SCHEMA, NO_SCALAR, NULLABLE, OPTIONAL_IN_PATH, HEADER_NAME, OWN_HEADER,
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
    let root = &document.value;
    let mut found = Found { document, errors: Vec::new() };
    for (path, item) in paths(root) {
        if !is_address(path) {
            found.named(path, &item, &PATH);
        }
        found.key(&item, "servers", &SERVERS);
        // Of a path without operations, too.
        let own = item.get("parameters").into_iter().flat_map(|list| list.list()).filter_map(|at| at.follow(root));
        own.for_each(|parameter| found.parameter(&parameter));
        for operation in RawOperation::of(path, &item) {
            if matches!(operation.method, "options" | "trace") {
                found.add(&operation, &METHOD);
            }
            found.key(&operation, "servers", &SERVERS);
            operation.parameters(root).iter().for_each(|parameter| found.parameter(parameter));
            if let Some(body) = operation.get("requestBody").and_then(|body| body.follow(root)) {
                found.optional("", &body, &OPTIONAL_BODY);
                found.content(&body);
            }
            let responses = operation.get("responses").into_iter().flat_map(|responses| responses.entries());
            for response in responses.filter_map(|(_, response)| response.follow(root)) {
                found.content(&response);
                if operation.method == "head" {
                    found.key(&response, "content", &BODY_OF_HEAD);
                }
            }
        }
    }
    found.errors.sort_by_key(|error| error.position);
    found.errors.dedup();
    found.errors
}

struct Found<'a> {
    document: &'a Document,
    errors: Vec<Error>,
}

impl Found<'_> {
    fn add(&mut self, at: &At<'_>, of: &Unsupported) {
        self.named("", at, of);
    }

    /// Of a thing with a name.
    fn named(&mut self, name: &str, at: &At<'_>, of: &Unsupported) {
        let name = if name.is_empty() { String::new() } else { format!("`{name}` is ") };
        let error = self.document.error(&at.pointer, format!("{name}{}: {}", of.what, of.reason)).helped(of.help);
        self.errors.push(error);
    }

    /// What stands under a key.
    fn key(&mut self, at: &At<'_>, key: &str, of: &Unsupported) {
        if let Some(at) = at.get(key) {
            self.add(&at, of);
        }
    }

    /// What is not said to be required, under a key or by leaving it out.
    fn optional(&mut self, name: &str, at: &At<'_>, of: &Unsupported) {
        if !at.is("required") {
            self.named(name, &at.get("required").unwrap_or_else(|| at.clone()), of);
        }
    }

    fn content(&mut self, at: &At<'_>) {
        for (_, media) in at.get("content").into_iter().flat_map(|content| content.entries()) {
            self.key(&media, "encoding", &ENCODING);
        }
    }

    fn parameter(&mut self, at: &At<'_>) {
        let root = &self.document.value;
        let (name, place) = (at.text("name").unwrap_or_default(), at.text("in").unwrap_or_default());
        let default = if place == "query" { "form" } else { "simple" };
        let key = |key: &str| at.get(key).unwrap_or_else(|| at.clone());
        if at.text("name").is_none() {
            return self.add(&key("name"), &NAMELESS);
        }
        match place {
            "cookie" => return self.named(name, &key("in"), &COOKIE),
            "path" => self.optional(name, at, &OPTIONAL_IN_PATH),
            "header" if OWN_HEADERS.contains(&name.to_ascii_lowercase().as_str()) => {
                self.named(name, &key("name"), &OWN_HEADER);
            }
            "header" if !is_token(name) => self.named(name, &key("name"), &HEADER_NAME),
            _ => {}
        }
        if let Some(style) = at.text("style").filter(|style| *style != default) {
            // What it would hold is another question.
            return self.named(style, &key("style"), &STYLE);
        }
        if at.is("allowReserved") {
            self.named(name, &key("allowReserved"), &RESERVED);
        }
        let Some(written) = at.get("schema") else {
            return match at.get("content") {
                Some(content) => self.named(name, &content, &CONTENT),
                None => self.named(name, at, &NO_SCHEMA),
            };
        };
        let Some(schema) = written.clone().follow(root) else { return };
        let kind = kind(root, schema.value);
        let is_list = kind == Some("array") && place == "query";
        if is_list && at.value.get("explode") == Some(&Value::Bool(false)) {
            self.named(name, &key("explode"), &EXPLODE);
        }
        let item = schema.get("items").and_then(|items| items.follow(root));
        let item = item.and_then(|items| self::kind(root, items.value));
        let is_scalar = |kind: Option<&str>| kind.is_some_and(|kind| !matches!(kind, "array" | "object"));
        if !(is_scalar(kind) || is_list && is_scalar(item)) {
            self.named(name, &written, &NO_SCALAR);
        }
        let steps = steps(root, written.value).unwrap_or_default();
        if place != "query" && schema.is("nullable") {
            self.named(name, &schema.get("nullable").unwrap_or(schema.clone()), &NULLABLE);
        } else if place != "query" && steps.iter().any(|step| step.get("nullable") == Some(&Value::Bool(true))) {
            self.named(name, &written, &NULLABLE);
        }
        if place == "header" && steps.iter().any(|step| step.get(SENSITIVE).is_some()) {
            self.named(name, &written, &SENSITIVE_HEADER);
        }
    }
}

/// Whether what stands around a path's parameters can stand in an address. What a URL has to encode is encoded, in a
/// segment that is nothing else.
fn is_address(path: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@%{}".contains(&byte);
    let is_code = |rest: &str| rest.as_bytes().get(..2).is_some_and(|two| two.iter().all(u8::is_ascii_hexdigit));
    // Of braces without their counterpart is told elsewhere.
    let is_sound = |text: &&str| text.bytes().all(is_letter) && text.split('%').skip(1).all(is_code);
    let is_encoded = |text: &str| !text.contains(['?', '#', '\\', '%']) && !text.contains(char::is_control);
    PathTemplate::of(path).segments().iter().all(|segment| {
        let text = segment.text();
        // What reads an address takes an encoded dot for one (WHATWG URL, 4.4).
        !matches!(text.to_ascii_lowercase().replace("%2e", ".").as_str(), "." | "..")
            && (segment.literals().iter().all(is_sound) || segment.is_plain() && is_encoded(text))
    })
}

/// The type of a schema, also where it stands in the only member of an `allOf`.
fn kind<'a>(root: &'a Value, schema: &'a Value) -> Option<&'a str> {
    underlying(root, schema)?.get("type")?.as_str()
}

/// Whether a header can be called so.
fn is_token(name: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !name.is_empty() && name.bytes().all(is_letter)
}
