//! What is wrong with `x-clients`, and with the operations that the clients do not fit.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Client;
use crate::error::Flaw;
use crate::keys::CLIENTS;
use crate::keys::checks::{Faults, Use};
use crate::load::{entries, escape};
use crate::template::PathTemplate;
use crate::walk::RawOperation;
use crate::words::{RESERVED, nearest};

/// Fields that every token request has.
const CREDENTIALS: [&str; 4] = ["client_id", "client_secret", "grant_type", "scope"];

/// Holds the declaration of each client to what it may say.
pub(crate) fn check_all(one: &Use<'_>, faults: &mut Faults) {
    let Some(clients) = one.value.as_object().filter(|clients| !clients.is_empty()) else {
        return faults.say("x-clients is a mapping from the name of a client to what it is");
    };
    for (name, node) in clients {
        let at = format!("/{}", escape(name));
        let is_plain = name.starts_with(|first: char| first.is_ascii_uppercase())
            && name.chars().all(|letter| letter.is_ascii_alphanumeric())
            && !RESERVED.contains(&name.as_str());
        if !is_plain {
            faults.at(&at, format!("`{name}` is no name of a Rust type, such as `Account`"));
        }
        known(node, &at, &["description", "parameters", "schema", "tokens"], faults);
        if node.get("description").and_then(Value::as_str).is_none_or(|text| text.trim().is_empty()) {
            faults.at(&at, format!("`{name}` has no `description`, which is the documentation of what it offers"));
        }
        client(one.root, &Client::read(name, node), node, &at, faults);
    }
}

/// Nothing but these keys.
fn known(node: &Value, at: &str, keys: &[&str], faults: &mut Faults) {
    let Some(map) = node.as_object() else {
        return faults.at(at, format!("this is a mapping with {}", keys.join(", ")));
    };
    for key in map.keys().filter(|key| !keys.contains(&key.as_str())) {
        let near = nearest(key, keys.iter().copied()).map(|near| format!("did you mean `{near}`?"));
        let help = near.unwrap_or_else(|| format!("there are {}", keys.join(", ")));
        faults.at(&format!("{at}/{}", escape(key)), format!("`{key}` means nothing here: {help}"));
    }
}

fn client(root: &Value, client: &Client, node: &Value, at: &str, faults: &mut Faults) {
    let is_list_of_texts = |list: &Value| list.as_array().is_some_and(|list| list.iter().all(Value::is_string));
    if node.get("parameters").is_some_and(|parameters| !is_list_of_texts(parameters)) {
        faults.at(&format!("{at}/parameters"), "`parameters` is a list of path parameters");
    }
    if let Some(schema) = node.get("schema") {
        let known = client.schema.as_deref().map(|name| format!("/components/schemas/{}", escape(name)));
        if known.and_then(|pointer| root.pointer(&pointer)).is_none() {
            faults.at(&format!("{at}/schema"), format!("{schema} is no schema under /components/schemas"));
            return;
        }
        for (index, parameter) in client.parameters.iter().enumerate() {
            if client.property(root, parameter).is_none() {
                let what =
                    format!("the schema {schema} has no property `{parameter}` that this could be filled in with");
                faults.at(&format!("{at}/parameters/{index}"), what);
            }
        }
    }
    let tokens = node.get("tokens").and_then(Value::as_array).filter(|tokens| !tokens.is_empty());
    let Some(tokens) = tokens else {
        let help = "`tokens` is a list of the requests by which it gets a token; `{}` is one without scope";
        let at = if node.get("tokens").is_some() { format!("{at}/tokens") } else { at.to_owned() };
        return faults.at(&at, help);
    };
    let declared = declared(root);
    for (index, (token, request)) in tokens.iter().zip(&client.tokens).enumerate() {
        let at = format!("{at}/tokens/{index}");
        known(token, &at, &["fields", "scope"], faults);
        if tokens.iter().take(index).any(|earlier| earlier == token) {
            faults.at(&at, "this request stands here twice");
        }
        if let Some(scope) = token.get("scope") {
            let is_word = |scope: &&str| !scope.is_empty() && !scope.starts_with(' ') && !scope.ends_with(' ');
            match scope.as_str().filter(is_word) {
                None => faults.at(&format!("{at}/scope"), "`scope` is a text; leave it out for a token without scope"),
                Some(scope) => self::scope(root, client, scope, &declared, &format!("{at}/scope"), faults),
            }
        }
        if token.get("fields").is_some_and(|fields| !fields.is_object()) {
            faults.at(&format!("{at}/fields"), "`fields` is a mapping from fields of the request to path parameters");
        }
        for (field, parameter) in entries(token, "fields") {
            let at = format!("{at}/fields/{}", escape(field));
            if CREDENTIALS.contains(&field) {
                faults.at(&at, format!("every token request has the field `{field}`"));
            } else if !request.fields.get(field).is_some_and(|name| client.parameters.contains(name)) {
                faults.at(&at, format!("{parameter} is none of the `parameters` of `{}`", client.name));
            }
        }
    }
}

/// The scopes that the flows declare.
fn declared(root: &Value) -> BTreeSet<&str> {
    let schemes = root.pointer("/components/securitySchemes").and_then(Value::as_object);
    let flows = schemes.into_iter().flatten().flat_map(|(_, scheme)| entries(scheme, "flows").into_values());
    flows.flat_map(|flow| entries(flow, "scopes").into_keys()).collect()
}

fn scope(root: &Value, client: &Client, scope: &str, declared: &BTreeSet<&str>, at: &str, faults: &mut Faults) {
    for single in scope.split(' ') {
        if !declared.contains(single) {
            let near = nearest(single, declared.iter().copied()).map(|near| format!(": did you mean `{near}`?"));
            faults.at(at, format!("no flow declares the scope `{single}`{}", near.unwrap_or_default()));
        }
    }
    for name in PathTemplate::of(scope).names() {
        if !client.parameters.iter().any(|parameter| parameter == name) && client.property(root, name).is_none() {
            let what = "is neither one of its `parameters` nor a property of its `schema`";
            faults.at(at, format!("`{{{name}}}` cannot be filled in: it {what}"));
        }
    }
}

/// The kind of the value; whether the client fits is told with all operations, by [`check_operations`].
pub(crate) fn check_one(one: &Use<'_>, faults: &mut Faults) {
    if one.value.as_str().is_none() {
        faults.say("x-client is the name of a client of `x-clients`");
    }
}

/// Holds the operations to the clients: each has one that fits, and each client has an operation.
pub(crate) fn check_operations(root: &Value) -> Vec<Flaw> {
    let clients = Client::all(root);
    let (mut flaws, mut used) = (Vec::new(), BTreeSet::new());
    for operation in RawOperation::all(root) {
        match Client::of(&clients, root, operation.path, operation.value) {
            Ok(client) => used.extend(client.map(|client| &client.name)),
            Err(Flaw { pointer, message, help }) => {
                flaws.push(Flaw { pointer: format!("{}{pointer}", operation.pointer), message, help });
            }
        }
    }
    // An operation without a client may be the one that is missing.
    if flaws.is_empty() {
        let unused = clients.iter().filter(|client| !used.contains(&client.name));
        flaws.extend(unused.map(|client| Flaw {
            pointer: format!("/{CLIENTS}/{}", escape(&client.name)),
            message: format!("no operation is offered by the client `{}`", client.name),
            help: "take it out, or let the `security` of its operations name one of its scopes".to_owned(),
        }));
    }
    flaws
}
