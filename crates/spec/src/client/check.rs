//! Checks `x-clients`, and whether each operation has a client.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Client;
use crate::error::Flaw;
use crate::keys::CLIENTS;
use crate::keys::checks::{KeyUse, Violations};
use crate::load::{entries, escape};
use crate::template::PathTemplate;
use crate::walk::RawOperation;
use crate::words::{RESERVED, nearest};

/// Lists the fields that every token request has (RFC 6749, sections 2.3.1 and 4.4.2).
const CREDENTIALS: [&str; 4] = ["client_id", "client_secret", "grant_type", "scope"];

/// Checks the declaration of each client.
pub(crate) fn check_all(one: &KeyUse<'_>, violations: &mut Violations) {
    let Some(clients) = one.value.as_object().filter(|clients| !clients.is_empty()) else {
        return violations.add("x-clients must map the name of each client to its declaration");
    };
    for (name, node) in clients {
        let at = format!("/{}", escape(name));
        // The name is written into Rust source as it is.
        let is_type_name = name.starts_with(|first: char| first.is_ascii_uppercase())
            && name.chars().all(|letter| letter.is_ascii_alphanumeric())
            && !RESERVED.contains(&name.as_str());
        if !is_type_name {
            violations.add_at(&at, format!("`{name}` is not a Rust type name such as `Account`"));
        }
        only_known_keys(node, &at, &["description", "parameters", "parent", "schema", "tokens"], violations);
        if node.get("description").and_then(Value::as_str).is_none_or(|text| text.trim().is_empty()) {
            violations.add_at(&at, format!("`{name}` has no `description`, which documents its operations"));
        }
        client(one.root, &Client::read(name, node), node, &at, violations);
    }
}

/// Checks that a mapping has no other keys than these.
fn only_known_keys(node: &Value, at: &str, keys: &[&str], violations: &mut Violations) {
    let Some(map) = node.as_object() else {
        return violations.add_at(at, format!("this must be a mapping with the keys {}", keys.join(", ")));
    };
    for key in map.keys().filter(|key| !keys.contains(&key.as_str())) {
        let near = nearest(key, keys.iter().copied()).map(|near| format!("did you mean `{near}`?"));
        let help = near.unwrap_or_else(|| format!("the keys are {}", keys.join(", ")));
        violations.add_at(&format!("{at}/{}", escape(key)), format!("unknown key `{key}`: {help}"));
    }
}

/// Checks the parts of one declaration.
fn client(root: &Value, client: &Client, node: &Value, at: &str, violations: &mut Violations) {
    let is_list_of_texts = |list: &Value| list.as_array().is_some_and(|list| list.iter().all(Value::is_string));
    if node.get("parameters").is_some_and(|parameters| !is_list_of_texts(parameters)) {
        violations.add_at(&format!("{at}/parameters"), "`parameters` must be a list of path parameters");
    }
    if let Some(schema) = node.get("schema") {
        let known = client.schema.as_deref().map(|name| format!("/components/schemas/{}", escape(name)));
        if known.and_then(|pointer| root.pointer(&pointer)).is_none() {
            violations.add_at(&format!("{at}/schema"), format!("{schema} is not a schema under /components/schemas"));
            // Every parameter would be reported as missing in that schema.
            return;
        }
        for (index, parameter) in client.parameters.iter().enumerate() {
            if client.property(root, parameter).is_none() {
                let what = format!("the schema {schema} has no property `{parameter}` to fill this in with");
                violations.add_at(&format!("{at}/parameters/{index}"), what);
            }
        }
    }
    if node.get("parent").is_some() {
        return parent(root, client, node, at, violations);
    }
    let tokens = node.get("tokens").and_then(Value::as_array).filter(|tokens| !tokens.is_empty());
    let Some(tokens) = tokens else {
        let help = "`tokens` must list the token requests of the client; `{}` is one without scope";
        let at = if node.get("tokens").is_some() { format!("{at}/tokens") } else { at.to_owned() };
        return violations.add_at(&at, help);
    };
    let declared = declared(root);
    for (index, (token, request)) in tokens.iter().zip(&client.tokens).enumerate() {
        let at = format!("{at}/tokens/{index}");
        only_known_keys(token, &at, &["fields", "scope"], violations);
        if tokens.iter().take(index).any(|earlier| earlier == token) {
            violations.add_at(&at, "duplicate token request: remove one of the two");
        }
        if let Some(scope) = token.get("scope") {
            // A blank at an end would be an empty scope in the request.
            let is_word = |scope: &&str| !scope.is_empty() && !scope.starts_with(' ') && !scope.ends_with(' ');
            match scope.as_str().filter(is_word) {
                None => {
                    let what = "`scope` must be a string; leave it out for a token without scope";
                    violations.add_at(&format!("{at}/scope"), what);
                }
                Some(scope) => self::scope(root, client, scope, &declared, &format!("{at}/scope"), violations),
            }
        }
        if token.get("fields").is_some_and(|fields| !fields.is_object()) {
            let what = "`fields` must be a mapping from fields of the request to path parameters";
            violations.add_at(&format!("{at}/fields"), what);
        }
        for (field, parameter) in entries(token, "fields") {
            let at = format!("{at}/fields/{}", escape(field));
            if CREDENTIALS.contains(&field) {
                violations.add_at(&at, format!("every token request has the field `{field}` already"));
            } else if !request.fields.get(field).is_some_and(|name| client.parameters.contains(name)) {
                violations.add_at(&at, format!("{parameter} is not one of the `parameters` of `{}`", client.name));
            }
        }
    }
}

/// Checks that the parent of a client is another client with tokens of its own, which the client requests.
fn parent(root: &Value, client: &Client, node: &Value, at: &str, violations: &mut Violations) {
    let name = client.parent.as_deref().unwrap_or_default();
    let all = entries(root, CLIENTS);
    let at_parent = format!("{at}/parent");
    let Some(parent) = all.get(name).copied().filter(|_| name != client.name) else {
        return violations.add_at(&at_parent, "`parent` must name another client of `x-clients`");
    };
    // A single level is enough for every known path, and leaves no room for a circle.
    if parent.get("parent").is_some() {
        violations.add_at(&at_parent, format!("`{name}` has a parent itself"));
    }
    if node.get("tokens").is_some() {
        let what = format!("`{}` requests the tokens of its parent: remove `tokens` or `parent`", client.name);
        violations.add_at(&format!("{at}/tokens"), what);
    }
    let values = Client::read(name, parent).parameters;
    for (index, parameter) in client.parameters.iter().enumerate().filter(|(_, parameter)| values.contains(parameter)) {
        let what = format!("`{name}` has `{parameter}` already: a parent's values are not filled into paths");
        violations.add_at(&format!("{at}/parameters/{index}"), what);
    }
    // Its operations would be those of the parent.
    if client.parameters.is_empty() {
        violations.add_at(at, format!("`{}` needs `parameters`, which distinguish it from its parent", client.name));
    }
}

/// Returns the scopes that the OAuth flows declare.
fn declared(root: &Value) -> BTreeSet<&str> {
    let schemes = root.pointer("/components/securitySchemes").and_then(Value::as_object);
    let flows = schemes.into_iter().flatten().flat_map(|(_, scheme)| entries(scheme, "flows").into_values());
    flows.flat_map(|flow| entries(flow, "scopes").into_keys()).collect()
}

/// Checks that a scope is declared, and that its names in braces can be filled in.
fn scope(root: &Value, client: &Client, scope: &str, declared: &BTreeSet<&str>, at: &str, violations: &mut Violations) {
    for single in scope.split(' ') {
        if !declared.contains(single) {
            let near = nearest(single, declared.iter().copied()).map(|near| format!(": did you mean `{near}`?"));
            violations.add_at(at, format!("no flow declares the scope `{single}`{}", near.unwrap_or_default()));
        }
    }
    for name in PathTemplate::of(scope).names() {
        if !client.parameters.iter().any(|parameter| parameter == name) && client.property(root, name).is_none() {
            let what = "is neither one of its `parameters` nor a property of its `schema`";
            violations.add_at(at, format!("`{{{name}}}` cannot be filled in: it {what}"));
        }
    }
}

/// Checks the type of an `x-client`. [`check_operations`] checks whether the client fits.
pub(crate) fn check_one(one: &KeyUse<'_>, violations: &mut Violations) {
    if one.value.as_str().is_none() {
        violations.add("x-client must be the name of a client in `x-clients`");
    }
}

/// Checks that each operation has a client that fits, and each client an operation.
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
    // An operation without a client may belong to a client without operations: one mistake, one error.
    if flaws.is_empty() {
        let unused = clients.iter().filter(|client| !used.contains(&client.name));
        flaws.extend(unused.map(|client| Flaw {
            pointer: format!("/{CLIENTS}/{}", escape(&client.name)),
            message: format!("the client `{}` offers no operation", client.name),
            help: "remove it, or name one of its scopes in the `security` of an operation".to_owned(),
        }));
    }
    flaws
}
