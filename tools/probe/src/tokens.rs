//! Fetches tokens for the clients that the specs declare.

use std::collections::BTreeMap;
use std::convert::Infallible;

use serde_json::{Value, json};
use unloc_spec::{Client, PathTemplate, TokenRequest};

use super::walk::Service;

impl Service {
    /// Returns the clients of all specs.
    pub(super) fn callers(&self) -> Vec<Client> {
        self.specs.iter().flat_map(|(document, _)| Client::all(&document.value)).collect()
    }

    /// Fetches a token for a client, with the token operation of the Auth API and the client's first token request.
    pub(super) async fn authorize(&mut self, caller: &Client) {
        let mut body = json!({
            "grant_type": "client_credentials",
            "client_id": self.access.client_id,
            "client_secret": self.access.client_secret,
        });
        let Some(TokenRequest { scope, fields }) = caller.tokens.first() else { return };
        // A property that the listed item lacks is empty in the scope: a lock holder may have no suffix.
        let value = |name: &str| self.known.get(name).cloned().unwrap_or_default();
        if let Some(scope) = scope {
            let filled: Result<String, Infallible> = PathTemplate::of(scope).filled(|name| Ok(value(name)));
            let Ok(filled) = filled;
            body["scope"] = filled.into();
        }
        for (field, parameter) in fields {
            body[field] = value(parameter).into();
        }
        let reply = self.call("getToken", Some(body)).await;
        let token = reply.value.as_ref().and_then(|value| value.get("access_token")?.as_str());
        if let Some(token) = token {
            self.tokens.insert(caller.name.clone(), token.to_owned());
        }
    }

    /// Takes the values of clients that an operation lists from its first item, and fetches their tokens.
    pub(super) async fn authorize_listed(&mut self, id: &str, first: &Value) {
        let Some((place, operation)) = self.find(id) else { return };
        let root = &self.specs[place].0.value;
        let success = operation.success.unwrap_or_default();
        let listed = Client::all(root).into_iter().filter(|caller| caller.is_listed_by(root, &success));
        let mut found = Vec::new();
        for caller in listed {
            let scope = caller.tokens.first().and_then(|token| token.scope.as_deref()).unwrap_or_default();
            let template = PathTemplate::of(scope);
            let names = template.names().chain(caller.parameters.iter().map(String::as_str));
            let values = names.filter_map(|name| {
                let value = first.get(caller.property(root, name)?)?.as_str()?;
                Some((name.to_owned(), value.to_owned()))
            });
            let values: BTreeMap<_, _> = values.collect();
            if caller.parameters.iter().all(|parameter| values.contains_key(parameter)) {
                found.push((values, caller));
            }
        }
        for (values, caller) in found {
            self.known.extend(values);
            self.authorize(&caller).await;
        }
    }
}
