//! Finds what cannot be bound in a document.

use serde_json::Value;

#[rustfmt::skip]
use super::{
    BODY_OF_HEAD, CONTENT, COOKIE, ENCODING, ENUM_VALUE, EXPLODE, HEADER_NAME, MEDIA_TYPE, METHOD, NAMELESS, NO_SCALAR, NO_SCHEMA,
    NULLABLE, OPTIONAL_BODY, OPTIONAL_IN_PATH, OWN_HEADER, PATH, PATH_REFERENCE, REFERENCE, RESERVED, SENSITIVE_HEADER,
    SERVERS, STYLE, UNNAMED_BODY, UNNAMED_ENUM, UNNAMED_OBJECT, Unsupported,
};
use crate::at::At;
use crate::error::Flaw;
use crate::keys::SENSITIVE;
use crate::load::{self, Document, component_schema, reference_pointer, resolve, schema_name, steps, underlying};
use crate::schemas::{PARTS, Schemas};
use crate::template::PathTemplate;
use crate::walk::{RawOperation, paths};

/// Lists the headers that the client or the HTTP library sets itself, and those that OpenAPI ignores (3.0.3, 4.7.12.1).
#[rustfmt::skip]
const OWN_HEADERS: [&str; 10] = [
    "accept", "accept-encoding", "authorization", "connection", "content-length", "content-type", "host", "te",
    "transfer-encoding", "user-agent",
];

/// Returns a flaw for each place that cannot be bound, in the order of the document.
#[must_use]
pub fn unsupported_in(document: &Document) -> Vec<Flaw> {
    let root = &document.value;
    let mut found = Found { root, flaws: Vec::new() };
    for (path, item) in paths(root) {
        found.path(path, &item);
        RawOperation::of(path, &item).for_each(|operation| found.operation(&operation));
    }
    // Components that no operation uses are checked as well: they would fail as soon as one does.
    for (kind, at) in At::find(root, "/components").iter().flat_map(At::entries) {
        for (_, at) in at.entries().filter(|(_, at)| at.reference().is_none()) {
            match kind {
                "parameters" => found.parameter(&at),
                "requestBodies" => found.body(&at, true),
                "responses" => found.body(&at, false),
                "schemas" => found.component(&at),
                _ => {}
            }
        }
    }
    for (pointer, value) in Schemas::of(root).all() {
        inner(&At { value, pointer: pointer.to_owned() }).iter().for_each(|at| found.reference(at));
    }
    let mut flaws = found.flaws;
    flaws.sort_by_cached_key(|flaw| (document.position(&flaw.pointer), flaw.message.clone()));
    // A shared component is found once for each operation that refers to it.
    flaws.dedup();
    flaws
}

/// Collects the flaws of a document.
struct Found<'a> {
    root: &'a Value,
    flaws: Vec<Flaw>,
}

impl Found<'_> {
    /// Adds a flaw of a node without a name.
    fn add(&mut self, at: &At<'_>, of: &Unsupported) {
        self.named("", at, of);
    }

    /// Adds a flaw of a node with a name.
    fn named(&mut self, name: &str, at: &At<'_>, of: &Unsupported) {
        let name = if name.is_empty() { String::new() } else { format!("`{name}` is ") };
        let message = format!("{name}{}: {}", of.what, of.reason);
        self.flaws.push(Flaw { pointer: at.pointer.clone(), message, help: of.help.to_owned() });
    }

    /// Adds a flaw if the node has this key.
    fn key(&mut self, at: &At<'_>, key: &str, of: &Unsupported) {
        if let Some(at) = at.get(key) {
            self.add(&at, of);
        }
    }

    /// Adds a flaw unless the node is `required: true`.
    fn optional(&mut self, name: &str, at: &At<'_>, of: &Unsupported) {
        if !at.is("required") {
            self.named(name, &at.get("required").unwrap_or_else(|| at.clone()), of);
        }
    }

    /// Checks a path item.
    fn path(&mut self, path: &str, item: &At<'_>) {
        if !is_address(path) {
            self.named(path, item, &PATH);
        }
        self.key(item, load::REFERENCE, &PATH_REFERENCE);
        self.key(item, "servers", &SERVERS);
        // Here and not with the operations, since the path may have none yet.
        let own = item.get("parameters").into_iter().flat_map(|list| list.list());
        own.filter_map(|at| at.follow(self.root)).for_each(|parameter| self.parameter(&parameter));
    }

    /// Checks an operation.
    fn operation(&mut self, operation: &RawOperation<'_>) {
        let root = self.root;
        if matches!(operation.method, "options" | "trace") {
            self.add(operation, &METHOD);
        }
        self.key(operation, "servers", &SERVERS);
        let own = operation.get("parameters").into_iter().flat_map(|list| list.list());
        own.filter_map(|at| at.follow(root)).for_each(|parameter| self.parameter(&parameter));
        if let Some(body) = operation.get("requestBody").and_then(|body| body.follow(root)) {
            self.optional("", &body, &OPTIONAL_BODY);
            self.body(&body, true);
        }
        for (status, response) in operation.get("responses").iter().flat_map(At::entries) {
            let Some(response) = response.follow(root) else { continue };
            self.body(&response, status.starts_with('2'));
            if operation.method == "head" {
                self.key(&response, "content", &BODY_OF_HEAD);
            }
        }
    }

    /// Checks a body. `is_bound` is not set for the bodies of errors, which the bindings do not type.
    fn body(&mut self, at: &At<'_>, is_bound: bool) {
        for (name, media) in at.get("content").iter().flat_map(At::entries) {
            self.key(&media, "encoding", &ENCODING);
            if is_bound && name != "application/json" {
                self.named(name, &media, &MEDIA_TYPE);
            } else if is_bound && media.get("schema").and_then(|at| schema_name(at.value)).is_none_or(is_inside) {
                self.add(&media, &UNNAMED_BODY);
            } else if let Some(schema) = media.get("schema") {
                self.reference(&schema);
            }
        }
    }

    /// Checks a component schema.
    fn component(&mut self, at: &At<'_>) {
        let is_text = at.text("type") == Some("string");
        for value in at.get("enum").iter().flat_map(At::list).filter(|value| !(is_text && value.value.is_string())) {
            self.add(&value, &ENUM_VALUE);
        }
        inner(at).iter().for_each(|at| self.unnamed(at));
    }

    /// Checks that an inline schema needs no Rust type, since it has no name to give it.
    fn unnamed(&mut self, at: &At<'_>) {
        self.key(at, "enum", &UNNAMED_ENUM);
        self.key(at, "properties", &UNNAMED_OBJECT);
        ["items", "additionalProperties"].iter().filter_map(|key| at.get(key)).for_each(|at| self.unnamed(&at));
    }

    /// Checks that a reference leads to a component schema and not into one.
    fn reference(&mut self, at: &At<'_>) {
        let Some(reference) = at.reference() else { return };
        let is_component = component_schema(reference).is_some_and(|name| !name.is_empty() && !is_inside(name));
        // An unresolved reference has its own error.
        if !is_component && resolve(self.root, at.value).is_some() {
            let at = At { value: at.value, pointer: reference_pointer(&at.pointer) };
            self.named(reference, &at, &REFERENCE);
        }
    }

    /// Checks a parameter.
    fn parameter(&mut self, at: &At<'_>) {
        let root = self.root;
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
            // Its type does not matter any more.
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
        self.unnamed(&written);
        self.reference(&written);
        let Some(schema) = written.clone().follow(root) else { return };
        let kind = kind(root, schema.value);
        let is_list = kind == Some("array") && place == "query";
        if is_list && at.value.get("explode") == Some(&Value::Bool(false)) {
            self.named(name, &key("explode"), &EXPLODE);
        }
        let item = schema.get("items").and_then(|items| items.follow(root));
        let item = item.and_then(|items| self::kind(root, items.value));
        let is_scalar = |kind: Option<&str>| kind.is_some_and(|kind| !matches!(kind, "array" | "object"));
        // A schema without a type, such as a `oneOf`, is no scalar either.
        if !(is_scalar(kind) || is_list && is_scalar(item)) {
            self.named(name, &written, &NO_SCALAR);
        }
        // `nullable` and `x-sensitive` may be at a schema in between, such as `allOf: [Phone]` with `nullable: true`.
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

/// Returns the schemas directly inside of a schema.
fn inner<'a>(schema: &At<'a>) -> Vec<At<'a>> {
    let single = ["items", "additionalProperties"].into_iter().filter_map(|key| schema.get(key));
    let parts = PARTS.into_iter().filter_map(|key| schema.get(key)).flat_map(|parts| parts.list());
    let properties = schema.get("properties").into_iter().flat_map(|all| all.entries()).map(|(_, at)| at);
    single.chain(parts).chain(properties).collect()
}

/// Returns whether the target of a reference is inside of a component.
fn is_inside(name: &str) -> bool {
    name.contains('/')
}

/// Returns whether the literal text of a path can be part of a URL.
///
/// The URL parser encodes a segment without parameters, so such a segment may have any other characters.
fn is_address(path: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@%{}".contains(&byte);
    let is_code = |rest: &str| rest.as_bytes().get(..2).is_some_and(|two| two.iter().all(u8::is_ascii_hexdigit));
    // Unbalanced braces have their own error.
    let is_sound = |text: &&str| text.bytes().all(is_letter) && text.split('%').skip(1).all(is_code);
    let is_encoded = |text: &str| !text.contains(['?', '#', '\\', '%']) && !text.contains(char::is_control);
    PathTemplate::of(path).segments().iter().all(|segment| {
        let text = segment.text();
        // A URL parser takes `%2e` for a dot, and removes such segments (WHATWG URL, section 4.4).
        !matches!(text.to_ascii_lowercase().replace("%2e", ".").as_str(), "." | "..")
            && (segment.literals().iter().all(is_sound) || segment.is_plain() && is_encoded(text))
    })
}

/// Returns the type of a schema, or of the only member of its `allOf`.
fn kind<'a>(root: &'a Value, schema: &'a Value) -> Option<&'a str> {
    underlying(root, schema)?.get("type")?.as_str()
}

/// Returns whether a name is a token, as the name of a header must be (RFC 9110, section 5.6.2).
fn is_token(name: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !name.is_empty() && name.bytes().all(is_letter)
}
