//! Tests what applies to every operation of a lock holder.

use std::collections::BTreeSet;
use std::path::PathBuf;

use reqwest::Method;
use serde_json::{Value, json};
use unloc_spec::{Document, Operation};

use crate::support::{LOCK_HOLDERS, LockHolderApi, Service, encoded, list, text};

/// Returns every route below a lock holder, with a valid body.
pub(crate) fn routes() -> Vec<(Method, &'static str, Option<Value>)> {
    let key = json!({ "userId": "+12125550199", "start": null, "end": null });
    let mut key_with_lock = key.clone();
    key_with_lock["lockId"] = json!("{lockId}");
    let account = json!({ "vendor": "danalock", "username": "new@example.com", "password": "EXAMPLE" });
    let webhook = json!({ "webhookUrl": "http://127.0.0.1:9/taken-over" });
    let name = json!({ "name": "Taken over" });
    let password = json!({ "password": "EXAMPLE" });
    let connection = "/vendor-connections/{vendorConnectionId}/";
    vec![
        (Method::PATCH, "/", Some(name.clone())),
        (Method::GET, "/locks/", None),
        (Method::GET, "/locks/{lockId}/", None),
        (Method::PATCH, "/locks/{lockId}/", Some(name)),
        (Method::GET, "/keys/", None),
        (Method::POST, "/keys/", Some(key_with_lock)),
        (Method::GET, "/locks/{lockId}/keys/", None),
        (Method::POST, "/locks/{lockId}/keys/", Some(key)),
        (Method::GET, "/locks/{lockId}/keys/{keyId}/", None),
        (Method::PUT, "/locks/{lockId}/keys/{keyId}/", Some(json!({ "state": "revoked" }))),
        (Method::GET, "/roles/", None),
        (Method::GET, "/locks/{lockId}/roles/", None),
        (Method::PUT, "/locks/{lockId}/roles/{userId}/", Some(json!({ "canShare": true, "userName": "Taken over" }))),
        (Method::GET, "/users/{userId}/keys/", None),
        (Method::GET, "/users/{userId}/roles/", None),
        (Method::DELETE, "/users/{userId}/shared-keys/", None),
        (Method::DELETE, "/locks/{lockId}/users/{userId}/shared-keys/", None),
        (Method::GET, "/vendor-connections/", None),
        (Method::POST, "/vendor-connections/", Some(account)),
        (Method::GET, connection, None),
        (Method::PUT, "/vendor-connections/{vendorConnectionId}/refresh/", None),
        (Method::PUT, "/vendor-connections/{vendorConnectionId}/update-password/", Some(password)),
        (Method::GET, "/key-events/", None),
        (Method::GET, "/locks/{lockId}/key-events/", None),
        (Method::POST, "/locks/{lockId}/key-events/webhooks/", Some(webhook.clone())),
        (Method::GET, "/key-events/webhooks/", None),
        (Method::POST, "/key-events/webhooks/", Some(webhook)),
        (Method::DELETE, "/key-events/webhooks/{webhookId}/", None),
    ]
}

/// Returns the operations of the spec that are below a lock holder, or those that are not.
pub(crate) fn documented(below: bool) -> Vec<Operation> {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../openapi/integrator.yaml");
    let operations = Operation::all(&Document::read(&file).expect("a spec")).expect("a sound spec");
    let is_below = |operation: &Operation| operation.path.starts_with("/lock-holders/{lockHolderId}/");
    operations.into_iter().filter(|operation| is_below(operation) == below).collect()
}

/// Maps each path parameter to an existing id.
#[derive(Clone)]
pub(crate) struct Ids(Vec<(&'static str, String)>);

impl Ids {
    /// Collects ids of a lock holder. Registers a webhook and uses a key, so that both exist.
    pub(crate) async fn of(api: &LockHolderApi<'_>) -> Self {
        let keys = api.keys().await;
        let key = keys.iter().find(|key| key["state"] == "active").expect("an active key");
        let (lock, user) = (text(key, "lockId"), text(&key["toUser"], "id"));
        api.service.emulator.people().unlock(&lock, &user).expect("the key works");
        let connections = list(&api.get("/vendor-connections/").await.ok(), "vendorConnections");
        let connection = connections.iter().find(|one| one["vendor"] == "danalock").expect("an account");
        let webhook = json!({ "webhookUrl": format!("http://127.0.0.1:9/{}", api.id) });
        let webhook = api.post("/key-events/webhooks/", webhook).await.ok()["webhook"].clone();
        Self(vec![
            ("lockId", lock),
            ("keyId", text(key, "id")),
            ("userId", encoded(&user)),
            ("vendorConnectionId", text(connection, "id")),
            ("webhookId", text(&webhook, "id")),
        ])
    }

    pub(crate) fn get(&self, name: &str) -> &str {
        &self.0.iter().find(|(other, _)| *other == name).expect("a known parameter").1
    }

    /// Returns the ids with another value for one parameter.
    pub(crate) fn with(&self, name: &str, value: &str) -> Self {
        let mut ids = self.clone();
        ids.0.iter_mut().find(|(other, _)| *other == name).expect("a known parameter").1 = value.to_owned();
        ids
    }

    pub(crate) fn fill(&self, template: &str) -> String {
        self.0.iter().fold(template.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
    }

    pub(crate) fn fill_body(&self, body: &Option<Value>) -> Option<Value> {
        body.as_ref().map(|body| self.fill(&body.to_string()).parse().expect("JSON"))
    }
}

#[test]
fn routes_match_the_spec() {
    let below = |path: &str| path.replacen("/lock-holders/{lockHolderId}", "", 1);
    let specs: BTreeSet<_> =
        documented(true).into_iter().map(|one| (one.method.to_owned(), below(&one.path), one.body.is_some())).collect();
    let ours: BTreeSet<_> = routes()
        .into_iter()
        .map(|(method, path, body)| (method.to_string(), path.to_owned(), body.is_some()))
        .collect();
    assert_eq!(ours, specs);
    assert_eq!(ours.len(), routes().len());
}

#[tokio::test]
async fn an_unknown_lock_holder_is_404_on_every_route() {
    let service = Service::start().await;
    let api = service.lock_holder(0).await;
    let ids = Ids::of(&api).await;
    for (method, path, body) in routes() {
        let path = format!("{LOCK_HOLDERS}nobody{}", ids.fill(path));
        service.call(method, &path, &api.token, ids.fill_body(&body)).await.api_error(404);
    }
}

#[tokio::test]
async fn every_route_checks_the_token_first() {
    let service = Service::start().await;
    for (method, path, _) in routes() {
        let url = service.url(&format!("{LOCK_HOLDERS}nobody{path}"));
        service.send(service.http.request(method, url).body("no json")).await.api_error(401);
    }
}

#[tokio::test]
async fn every_route_works_with_and_without_trailing_slash() {
    let operations = documented(true);
    for slash in ["/", ""] {
        // A new emulator for each case, because some operations succeed only once.
        let service = Service::start().await;
        let api = service.lock_holder(0).await;
        let ids = Ids::of(&api).await;
        for (method, template, body) in routes() {
            let path = format!("{}{slash}", api.path(&ids.fill(template)).trim_end_matches('/'));
            let response = service.call(method.clone(), &path, &api.token, ids.fill_body(&body)).await;
            let full = format!("/lock-holders/{{lockHolderId}}{template}");
            let same = |one: &&Operation| one.path == full && one.method == method.as_str();
            let operation = operations.iter().find(same).expect("a documented route");
            let wanted = if operation.success.is_some() { 200 } else { 204 };
            assert_eq!(response.status, wanted, "{method} {path}: {response:?}");
        }
        let token = service.token(Value::Null).await;
        service.get(&format!("{}{slash}", LOCK_HOLDERS.trim_end_matches('/')), &token).await.ok();
        let body = service.credentials(Value::Null);
        service.send(service.http.post(service.url(&format!("/auth/v1/token{slash}"))).json(&body)).await.ok();
    }
}
