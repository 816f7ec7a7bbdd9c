//! Every operation below a lock holder, and what holds for all of them.

use std::collections::BTreeSet;
use std::path::PathBuf;

use reqwest::Method;
use serde_json::{Value, json};
use unloc_spec::{Document, Operation};

use crate::support::{Home, LOCK_HOLDERS, Service, encoded, list, text};

/// Every route below a lock holder, with a body that would be good.
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

/// What the spec says, and whether an operation is below a lock holder.
pub(crate) fn documented(below: bool) -> Vec<Operation> {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("openapi/integrator.yaml");
    let operations = Operation::all(&Document::read(&file).expect("a spec")).expect("a sound spec");
    let is_below = |operation: &Operation| operation.path.starts_with("/lock-holders/{lockHolderId}/");
    operations.into_iter().filter(|operation| is_below(operation) == below).collect()
}

/// What stands in paths and bodies: for each parameter of a path, a thing that is there.
#[derive(Clone)]
pub(crate) struct Ids(Vec<(&'static str, String)>);

impl Ids {
    /// Things of this lock holder: among them a webhook, which is made, and a key that was used.
    pub(crate) async fn of(home: &Home<'_>) -> Self {
        let keys = home.keys().await;
        let key = keys.iter().find(|key| key["state"] == "active").expect("an active key");
        let (lock, user) = (text(key, "lockId"), text(&key["toUser"], "id"));
        home.service.emulator.people().unlock(&lock, &user).expect("the key works");
        let connections = list(&home.get("/vendor-connections/").await.ok(), "vendorConnections");
        let connection = connections.iter().find(|one| one["vendor"] == "danalock").expect("an account");
        let webhook = json!({ "webhookUrl": format!("http://127.0.0.1:9/{}", home.id) });
        let webhook = home.post("/key-events/webhooks/", webhook).await.ok()["webhook"].clone();
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

    /// With another value for one parameter.
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
fn the_routes_are_those_that_the_spec_has_below_a_lock_holder() {
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
    let home = service.home(0).await;
    let ids = Ids::of(&home).await;
    for (method, path, body) in routes() {
        let path = format!("{LOCK_HOLDERS}nobody{}", ids.fill(path));
        service.call(method, &path, &home.token, ids.fill_body(&body)).await.refused(404);
    }
}

#[tokio::test]
async fn every_route_wants_a_token_before_it_looks_at_anything_else() {
    let service = Service::start().await;
    for (method, path, _) in routes() {
        let url = service.url(&format!("{LOCK_HOLDERS}nobody{path}"));
        service.send(service.http.request(method, url).body("no json")).await.refused(401);
    }
}

#[tokio::test]
async fn every_route_answers_with_and_without_its_trailing_slash() {
    let operations = documented(true);
    for slash in ["/", ""] {
        // An emulator of its own, because some things can be done only once.
        let service = Service::start().await;
        let home = service.home(0).await;
        let ids = Ids::of(&home).await;
        for (method, template, body) in routes() {
            let path = format!("{}{slash}", home.path(&ids.fill(template)).trim_end_matches('/'));
            let answer = service.call(method.clone(), &path, &home.token, ids.fill_body(&body)).await;
            let full = format!("/lock-holders/{{lockHolderId}}{template}");
            let same = |one: &&Operation| one.path == full && one.method == method.as_str();
            let operation = operations.iter().find(same).expect("a documented route");
            let wanted = if operation.success.is_some() { 200 } else { 204 };
            assert_eq!(answer.status, wanted, "{method} {path}: {answer:?}");
        }
        let token = service.token(Value::Null).await;
        service.get(&format!("{}{slash}", LOCK_HOLDERS.trim_end_matches('/')), &token).await.ok();
        let body = service.credentials(Value::Null);
        service.send(service.http.post(service.url(&format!("/auth/v1/token{slash}"))).json(&body)).await.ok();
    }
}
