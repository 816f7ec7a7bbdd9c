//! The clients of the SDK, as `x-clients` declares them: what each fills in, how its tokens are asked for, and which
//! operations it offers.
//!
//! `security` says which scopes open an operation, and a client says which scopes it asks for. So the client of an
//! operation is the one whose token opens it and whose path parameters stand in its path; `x-client` decides between
//! several.

mod check;

use std::collections::BTreeMap;

use serde_json::Value;

use crate::error::Flaw;
use crate::keys::{self, CLIENT, CLIENTS};
use crate::load::{entries, escape, schema_name};
use crate::template::PathTemplate;
use crate::words::nearest;

pub(crate) use check::{check_all, check_one, check_operations};

/// A client of the SDK.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    /// The name of its Rust type.
    pub name: String,
    /// What it offers.
    pub description: String,
    /// The path parameters that it fills in, in the order of a path.
    pub parameters: Vec<String>,
    /// The schema of what it is a client of: its properties are the values of the parameters and of the scopes.
    pub schema: Option<String>,
    /// The requests that it gets its token by; each opens the operations whose `security` names its scope.
    pub tokens: Vec<TokenRequest>,
}

/// What a token is asked for with, besides the credentials.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TokenRequest {
    /// The scope, with names in braces for values of the client; none asks for a token without scope.
    pub scope: Option<String>,
    /// Further fields of the request: name of the field, and path parameter whose value it has.
    pub fields: BTreeMap<String, String>,
}

impl Client {
    /// The clients of a document, in the order of their names. What is wrong with them, [`keys::check`] tells.
    #[must_use]
    pub fn all(root: &Value) -> Vec<Self> {
        entries(root, CLIENTS).into_iter().map(|(name, node)| Self::read(name, node)).collect()
    }

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
            parameters: texts("parameters"),
            schema: node.get("schema").and_then(Value::as_str).map(str::to_owned),
            tokens: tokens.collect(),
        }
    }

    /// The property of [`schema`](Self::schema) that has the value of a path parameter, or of a name in a scope: the
    /// one of the same name, or else, for the last path parameter, `id`.
    #[must_use]
    pub fn property<'a>(&self, root: &Value, name: &'a str) -> Option<&'a str> {
        let schema = root.pointer(&format!("/components/schemas/{}", escape(self.schema.as_deref()?)))?;
        let has = |name: &str| schema.get("properties").is_some_and(|properties| properties.get(name).is_some());
        let is_own = self.parameters.last().is_some_and(|last| last == name);
        has(name).then_some(name).or_else(|| (is_own && has("id")).then_some("id"))
    }

    /// Whether the responses of this schema list what it is a client of.
    #[must_use]
    pub fn is_listed_by(&self, root: &Value, response: &str) -> bool {
        let Some(schema) = root.pointer(&format!("/components/schemas/{}", escape(response))) else { return false };
        let mut items = entries(schema, "properties").into_values().filter_map(|list| schema_name(list.get("items")?));
        self.schema.is_some() && items.any(|item| self.schema.as_deref() == Some(item))
    }

    /// The client that offers an operation; none where it takes no token, or where the document declares no clients.
    ///
    /// # Errors
    /// With a pointer that begins at the operation, if none fits or several do.
    pub(crate) fn of<'a>(
        clients: &'a [Self],
        root: &Value,
        path: &str,
        operation: &Value,
    ) -> Result<Option<&'a Self>, Flaw> {
        let accepted = accepted(root, operation);
        let flaw = |key: &str, message: String, help: Option<String>| {
            let otherwise = || format!("correct this, or what `{CLIENTS}` says, or choose by `{CLIENT}`");
            Err(Flaw { pointer: format!("/{key}"), message, help: help.unwrap_or_else(otherwise) })
        };
        if let Some(named) = operation.get(CLIENT) {
            let named = named.as_str().unwrap_or_default();
            let fail = |message: String| flaw(CLIENT, message, None);
            let Some(client) = clients.iter().find(|client| client.name == named) else {
                let near = nearest(named, clients.iter().map(|client| client.name.as_str()));
                let message = format!("x-client names a client of `x-clients`, and there is no `{named}`");
                return flaw(CLIENT, message, near.map(|near| format!("did you mean `{near}`?")));
            };
            return match (accepted.is_empty(), client.misfit(&accepted, path)) {
                (true, _) => fail("x-client says nothing here: the operation takes no token".to_owned()),
                (false, Some(why)) => fail(format!("x-client: {why}")),
                (false, None) => Ok(Some(client)),
            };
        }
        if accepted.is_empty() || clients.is_empty() {
            return Ok(None);
        }
        let fitting: Vec<_> = clients.iter().filter(|client| client.misfit(&accepted, path).is_none()).collect();
        let fail = |message: String| flaw("security", message, None);
        match fitting.as_slice() {
            [client] => Ok(Some(client)),
            [] => {
                let near = clients.iter().find(|client| client.opens(&accepted));
                fail(near.and_then(|client| client.misfit(&accepted, path)).unwrap_or_else(|| {
                    let scopes: Vec<_> = accepted.iter().map(|scope| shown(scope)).collect();
                    format!("no client of `x-clients` asks for a token with {}", scopes.join(" or "))
                }))
            }
            several => {
                let names: Vec<_> = several.iter().map(|client| format!("`{}`", client.name)).collect();
                fail(format!("{} can offer this operation: name one of them by `x-client`", names.join(" and ")))
            }
        }
    }

    fn opens(&self, accepted: &[String]) -> bool {
        self.tokens.iter().any(|token| accepted.iter().any(|scope| scope == token.scope.as_deref().unwrap_or_default()))
    }

    /// Why it cannot offer an operation with this path, which takes tokens of these scopes.
    fn misfit(&self, accepted: &[String], path: &str) -> Option<String> {
        let name = &self.name;
        if !self.opens(accepted) {
            let scopes: Vec<_> = accepted.iter().map(|scope| shown(scope)).collect();
            return Some(format!("`{name}` asks for no token with {}, as `security` wants it", scopes.join(" or ")));
        }
        let template = PathTemplate::of(path);
        let missing = self.parameters.iter().find(|parameter| !template.names().any(|name| name == *parameter))?;
        Some(format!("`{name}` fills in the path parameter `{missing}`, which does not stand in this path"))
    }
}

/// The scopes with which a token opens an operation, each alternative as the token request names it: empty for a token
/// without scope. None at all if the operation takes no token.
fn accepted(root: &Value, operation: &Value) -> Vec<String> {
    let security = operation.get("security").or_else(|| root.get("security")).and_then(Value::as_array);
    let alternatives = security.map(Vec::as_slice).unwrap_or_default();
    let schemes = |one: &Value| one.as_object().filter(|schemes| !schemes.is_empty()).cloned();
    let Some(alternatives) = alternatives.iter().map(schemes).collect::<Option<Vec<_>>>() else { return Vec::new() };
    let scopes = alternatives.iter().map(|schemes| {
        let scopes = schemes.values().filter_map(Value::as_array).flatten().filter_map(Value::as_str);
        scopes.collect::<Vec<_>>().join(" ")
    });
    scopes.collect()
}

fn shown(scope: &str) -> String {
    if scope.is_empty() { "no scope".to_owned() } else { format!("`{scope}`") }
}
