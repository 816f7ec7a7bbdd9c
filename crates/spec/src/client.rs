//! Reads the clients of the SDK from `x-clients`: what each fills in, how it requests tokens, and which operations it
//! offers.
//!
//! `security` names the scopes that open an operation, and a client names the scopes that it requests. So the client of
//! an operation is the one whose token opens it and whose path parameters are in its path. If several fit, `x-client`
//! decides.

mod check;

use std::collections::BTreeMap;

use serde_json::Value;

use crate::error::Flaw;
use crate::keys::{self, CLIENT, CLIENTS};
use crate::load::{entries, escape, schema_name};
use crate::template::PathTemplate;
use crate::words::nearest;

pub(crate) use check::{check_all, check_one, check_operations};

/// Describes a client of the SDK.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    /// Is the name of its Rust type.
    pub name: String,
    /// Documents what it offers.
    pub description: String,
    /// Names the client that it is created from and whose tokens it requests. The values of that client are not in the
    /// paths of its operations.
    pub parent: Option<String>,
    /// Lists the path parameters that it fills in, in the order of a path.
    pub parameters: Vec<String>,
    /// Names the schema that the client stands for. Its properties are the values of the parameters and of the scopes.
    pub schema: Option<String>,
    /// Lists its token requests, or those of its parent. Each token opens the operations whose `security` names its
    /// scope.
    pub tokens: Vec<TokenRequest>,
}

/// Describes a token request, without the credentials.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TokenRequest {
    /// Is the scope, with names in braces for values of the client. `None` requests a token without scope.
    pub scope: Option<String>,
    /// Holds further fields of the request: the field's name, and the path parameter whose value it has.
    pub fields: BTreeMap<String, String>,
}

impl Client {
    /// Returns the clients of a document, sorted by name. [`keys::check`] reports what is wrong with them.
    #[must_use]
    pub fn all(root: &Value) -> Vec<Self> {
        let declared = entries(root, CLIENTS);
        let of_parent = |client: &Self| Some(Self::read("", declared.get(client.parent.as_deref()?)?).tokens);
        let all = declared.iter().map(|(name, node)| {
            let client = Self::read(name, node);
            Self { tokens: of_parent(&client).unwrap_or_else(|| client.tokens.clone()), ..client }
        });
        all.collect()
    }

    /// Reads a client, and skips what has the wrong type.
    fn read(name: &str, node: &Value) -> Self {
        let texts = |key: &str| {
            let list = node.get(key).and_then(Value::as_array).into_iter().flatten();
            list.filter_map(Value::as_str).map(str::to_owned).collect()
        };
        let tokens = node.get("tokens").and_then(Value::as_array).into_iter().flatten();
        let tokens = tokens.map(|token| TokenRequest {
            scope: token.get("scope").and_then(Value::as_str).map(str::to_owned),
            fields: entries(token, "fields")
                .into_iter()
                .filter_map(|(field, parameter)| Some((field.to_owned(), parameter.as_str()?.to_owned())))
                .collect(),
        });
        Self {
            name: name.to_owned(),
            description: keys::text(node, "description"),
            parent: node.get("parent").and_then(Value::as_str).map(str::to_owned),
            parameters: texts("parameters"),
            schema: node.get("schema").and_then(Value::as_str).map(str::to_owned),
            tokens: tokens.collect(),
        }
    }

    /// Returns the property of [`schema`](Self::schema) that has the value of a path parameter, or of a name in a
    /// scope.
    ///
    /// This is the property of the same name or, for the last path parameter, `id`.
    #[must_use]
    pub fn property<'a>(&self, root: &Value, name: &'a str) -> Option<&'a str> {
        let schema = root.pointer(&format!("/components/schemas/{}", escape(self.schema.as_deref()?)))?;
        let has = |name: &str| schema.get("properties").is_some_and(|properties| properties.get(name).is_some());
        // The last parameter names the thing itself: `lockHolderId` is the `id` of a `LockHolder`.
        let is_own = self.parameters.last().is_some_and(|last| last == name);
        has(name).then_some(name).or_else(|| (is_own && has("id")).then_some("id"))
    }

    /// Returns whether responses of this schema list what the client stands for.
    #[must_use]
    pub fn is_listed_by(&self, root: &Value, response: &str) -> bool {
        let Some(schema) = root.pointer(&format!("/components/schemas/{}", escape(response))) else { return false };
        let mut items = entries(schema, "properties").into_values().filter_map(|list| schema_name(list.get("items")?));
        self.schema.is_some() && items.any(|item| self.schema.as_deref() == Some(item))
    }

    /// Returns the client that offers an operation, or `None` if it takes no token or the document declares no clients.
    ///
    /// # Errors
    /// If no client fits, or several do. The pointer is relative to the operation.
    pub(crate) fn of<'a>(
        clients: &'a [Self],
        root: &Value,
        path: &str,
        operation: &Value,
    ) -> Result<Option<&'a Self>, Flaw> {
        let accepted = accepted(root, operation);
        let flaw = |key: &str, message: String, help: Option<String>| {
            let otherwise = || format!("correct this or `{CLIENTS}`, or choose a client with `{CLIENT}`");
            Err(Flaw { pointer: format!("/{key}"), message, help: help.unwrap_or_else(otherwise) })
        };
        // An explicit choice is checked as well, so that it cannot contradict `security` or the path.
        if let Some(named) = operation.get(CLIENT) {
            let named = named.as_str().unwrap_or_default();
            let fail = |message: String| flaw(CLIENT, message, None);
            let Some(client) = clients.iter().find(|client| client.name == named) else {
                let near = nearest(named, clients.iter().map(|client| client.name.as_str()));
                let message = format!("`x-clients` declares no client `{named}`");
                return flaw(CLIENT, message, near.map(|near| format!("did you mean `{near}`?")));
            };
            return match (accepted.is_empty(), client.misfit(&accepted, path)) {
                (true, _) => fail("x-client has no effect here: the operation takes no token".to_owned()),
                (false, Some(why)) => fail(format!("x-client: {why}")),
                (false, None) => Ok(Some(client)),
            };
        }
        // The token request itself, or a foreign spec.
        if accepted.is_empty() || clients.is_empty() {
            return Ok(None);
        }
        let fitting: Vec<_> = clients.iter().filter(|client| client.misfit(&accepted, path).is_none()).collect();
        let fail = |message: String| flaw("security", message, None);
        match fitting.as_slice() {
            [client] => Ok(Some(client)),
            [] => {
                // The likeliest mistake is a missing path parameter of a client whose token would fit.
                let near = clients.iter().find(|client| client.opens(&accepted));
                fail(near.and_then(|client| client.misfit(&accepted, path)).unwrap_or_else(|| {
                    let scopes: Vec<_> = accepted.iter().map(|scope| shown(scope)).collect();
                    format!("no client of `x-clients` requests a token with {}", scopes.join(" or "))
                }))
            }
            several => {
                let names: Vec<_> = several.iter().map(|client| format!("`{}`", client.name)).collect();
                fail(format!("{} can offer this operation: choose one with `x-client`", names.join(" and ")))
            }
        }
    }

    /// Returns whether one of its tokens has a scope that the operation accepts.
    fn opens(&self, accepted: &[String]) -> bool {
        self.tokens.iter().any(|token| accepted.iter().any(|scope| scope == token.scope.as_deref().unwrap_or_default()))
    }

    /// Returns why the client cannot offer an operation with this path, which accepts tokens of these scopes.
    fn misfit(&self, accepted: &[String], path: &str) -> Option<String> {
        let name = &self.name;
        if !self.opens(accepted) {
            let scopes: Vec<_> = accepted.iter().map(|scope| shown(scope)).collect();
            return Some(format!("`{name}` requests no token with {}, which `security` requires", scopes.join(" or ")));
        }
        let template = PathTemplate::of(path);
        let missing = self.parameters.iter().find(|parameter| !template.names().any(|name| name == *parameter))?;
        Some(format!("`{name}` fills in the path parameter `{missing}`, which is not in this path"))
    }
}

/// Returns the scopes that open an operation, one for each alternative of its `security`.
///
/// A scope is written as in a token request, and is empty for a token without scope. The result is empty if the
/// operation takes no token.
fn accepted(root: &Value, operation: &Value) -> Vec<String> {
    let security = operation.get("security").or_else(|| root.get("security")).and_then(Value::as_array);
    let alternatives = security.map(Vec::as_slice).unwrap_or_default();
    let schemes = |one: &Value| one.as_object().filter(|schemes| !schemes.is_empty()).cloned();
    // An empty alternative, `{}`, makes the token optional (OpenAPI 3.0.3, 4.7.1). The client then sends none.
    let Some(alternatives) = alternatives.iter().map(schemes).collect::<Option<Vec<_>>>() else { return Vec::new() };
    let scopes = alternatives.iter().map(|schemes| {
        let scopes = schemes.values().filter_map(Value::as_array).flatten().filter_map(Value::as_str);
        // OAuth separates the scopes of one request by blanks (RFC 6749, section 3.3).
        scopes.collect::<Vec<_>>().join(" ")
    });
    scopes.collect()
}

/// Returns a scope as it is written in a message.
fn shown(scope: &str) -> String {
    if scope.is_empty() { "no scope".to_owned() } else { format!("`{scope}`") }
}
