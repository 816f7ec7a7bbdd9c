//! Sets up an emulator with data for every operation, and makes calls to it.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};
use unloc_emulator::Emulator;
use unloc_emulator::chrono::{DateTime, Utc};

use crate::spec::{Documented, TestResponse, documented};

/// Is the number of a person with keys in the sample data.
const CAMILLA: &str = "+12125550103";

/// Describes a call of an operation. Parameters and body may contain placeholders in braces, the names of a [`World`].
#[derive(Clone, Debug, Default)]
pub(crate) struct Call {
    parameters: BTreeMap<&'static str, &'static str>,
    query: Vec<(&'static str, &'static str)>,
    body: Option<Value>,
    /// Is the name of a token; `None` selects the one that the operation needs.
    token: Option<&'static str>,
}

impl Call {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn body(body: Value) -> Self {
        Self { body: Some(body), ..Self::default() }
    }

    /// Returns the body, if there is one.
    pub(crate) fn sent(&self) -> Option<&Value> {
        self.body.as_ref()
    }

    /// Returns the same call with another body.
    pub(crate) fn sending(&self, body: Value) -> Self {
        Self { body: Some(body), ..self.clone() }
    }

    /// Sets a path parameter to another value than that of the world.
    pub(crate) fn with(mut self, parameter: &'static str, value: &'static str) -> Self {
        self.parameters.insert(parameter, value);
        self
    }

    pub(crate) fn query(mut self, name: &'static str, value: &'static str) -> Self {
        self.query.push((name, value));
        self
    }

    pub(crate) fn by(mut self, token: &'static str) -> Self {
        self.token = Some(token);
        self
    }
}

/// Returns a token request without scope.
pub(crate) fn credentials() -> Value {
    json!({ "grant_type": "client_credentials", "client_id": "{integratorId}", "client_secret": "{secret}" })
}

/// Is an emulator with a stopped clock, and the values of the placeholders in calls.
pub(crate) struct World {
    pub(crate) emulator: Emulator,
    http: reqwest::Client,
    names: BTreeMap<&'static str, String>,
}

impl World {
    /// Starts an emulator. The same time gives the same responses, except for tokens.
    pub(crate) async fn start(now: DateTime<Utc>) -> Self {
        let emulator = Emulator::builder().starts_at(now).speed(0.0).start().await.expect("the emulator starts");
        let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(20)).build().expect("a client");
        let mut world = Self { emulator, http, names: BTreeMap::new() };
        world.name_sample_data();
        world.name("expired", world.token(Value::Null).await);
        world.emulator.expire_tokens();
        for (name, scope) in [
            ("unscoped", Value::Null),
            ("admin", json!("integrator.admin")),
            ("lockHolder", json!("lockHolder.admin:{lockHolderId}")),
            ("foreign", json!("lockHolder.admin:{foreignLockHolderId}")),
        ] {
            world.name(name, world.token(scope).await);
        }
        for (name, scope, field, id) in [
            ("organization", "organization.admin", "organization_id", "{organizationId}"),
            ("project", "project.admin", "project_id", "{projectId}"),
            ("installer", "project.installer", "project_id", "{projectId}"),
            ("foreignProject", "project.admin", "project_id", "{foreignLockHolderId}"),
        ] {
            let mut body = credentials();
            (body["scope"], body[field]) = (json!(scope), json!(id));
            world.name(name, world.token_of("v2:getToken", body).await);
        }
        world.name("garbage", "no.token.atall".to_owned());
        world.create_missing_records().await;
        world
    }

    fn name_sample_data(&mut self) {
        let snapshot = self.emulator.snapshot();
        let holder = &snapshot.lock_holders[0].id;
        let connections: Vec<_> = snapshot.connections.iter().filter(|one| one.lock_holder_id == *holder).collect();
        let lock = snapshot.locks.iter().find(|lock| lock.lock_holder_id == *holder).expect("a lock");
        for (name, value) in [
            ("lockHolderId", holder.as_str()),
            ("foreignLockHolderId", &snapshot.lock_holders[1].id),
            ("lockId", &lock.id),
            ("virtualLockId", &snapshot.locks.iter().find(|lock| lock.name == "Roof terrace").expect("a lock").id),
            ("userId", CAMILLA),
            ("vendorConnectionId", &connections[0].id),
            ("virtualConnectionId", &connections[1].id),
            ("integratorId", self.emulator.client_id()),
            ("secret", self.emulator.client_secret()),
            ("base", self.emulator.base_url()),
            ("organizationId", self.emulator.organization_id()),
            ("projectId", holder),
            ("lockConnectionId", &connections[0].id),
            ("subprojectId", &snapshot.subprojects[0].id),
            ("expiredKeyId", &snapshot.keys.iter().find(|key| key.state == "expired").expect("a key").id),
        ] {
            self.names.insert(name, value.to_owned());
        }
    }

    /// Creates what the sample data lacks: a key with a recurrence, two webhooks and two events.
    async fn create_missing_records(&mut self) {
        let period = json!({ "startHour": 0, "startMinute": 0, "endHour": 24, "endMinute": 0 });
        let week = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].map(|day| (day.to_owned(), period.clone()));
        let recurrence = Value::Object(week.into_iter().collect());
        let key = json!({ "userId": CAMILLA, "recurrence": recurrence, "appSwitchOnly": true });
        let key = self.created("createKey", &Call::body(key)).await["key"]["id"].clone();
        self.name("keyId", key.as_str().expect("an id").to_owned());
        for path in ["first", "second"] {
            let webhook = Call::body(json!({ "webhookUrl": format!("{{base}}/{path}") }));
            let id = self.created("createWebhook", &webhook).await["webhook"]["id"].clone();
            self.name("webhookId", id.as_str().expect("an id").to_owned());
        }
        let key = json!({ "lockId": "{lockId}", "appUserId": CAMILLA, "metadata": { "bookingId": "42" } });
        let job = self.created("v2:createKeys", &Call::body(json!({ "keys": [key] }))).await["jobRef"]["id"].clone();
        self.name("jobId", job.as_str().expect("an id").to_owned());
        self.emulator.clock().advance(Duration::from_secs(1));
        self.emulator.people().unlock(&self.names["lockId"], CAMILLA).expect("a key that works");
        self.emulator.people().lock(&self.names["lockId"], CAMILLA).expect("a key that works");
        // The webhooks call the emulator itself, so their calls are in its journal.
        self.emulator.deliveries_settled().await;
    }

    fn name(&mut self, name: &'static str, value: String) {
        self.names.insert(name, value);
    }

    async fn created(&self, id: &str, call: &Call) -> Value {
        let response = self.call(documented(id), call).await;
        assert!(matches!(response.status, 200 | 202), "{response:?}");
        serde_json::from_str(&response.body).expect("JSON")
    }

    async fn token(&self, scope: Value) -> String {
        let mut body = credentials();
        if !scope.is_null() {
            body["scope"] = scope;
        }
        self.token_of("getToken", body).await
    }

    async fn token_of(&self, id: &str, body: Value) -> String {
        self.created(id, &Call::body(body)).await["access_token"].as_str().expect("a token").to_owned()
    }

    /// Replaces the placeholders in a text.
    pub(crate) fn fill(&self, text: &str) -> String {
        let names = self.names.iter();
        names.fold(text.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
    }

    /// Calls an operation with the method and the path of the spec.
    pub(crate) async fn call(&self, documented: &Documented, call: &Call) -> TestResponse {
        let operation = &documented.operation;
        let mut path = operation.path.clone();
        for (parameter, value) in &call.parameters {
            path = path.replace(&format!("{{{parameter}}}"), value);
        }
        let mut target = self.fill(&path).replace('+', "%2B");
        for (index, (name, value)) in call.query.iter().enumerate() {
            let value = self.fill(value).replace('+', "%2B");
            target.push_str(&format!("{}{name}={value}", if index == 0 { '?' } else { '&' }));
        }
        let url = format!("{}{}{target}", self.emulator.base_url(), documented.base);
        let mut request = self.http.request(operation.method.parse().expect("a method"), url);
        let token = call.token.or(match operation.client_name() {
            None => None,
            Some("Unloc") => Some("unscoped"),
            Some("OrganizationClient") => Some("organization"),
            Some("ProjectClient" | "SubprojectClient") => Some("project"),
            Some(_) => Some("lockHolder"),
        });
        if let Some(token) = token.filter(|token| *token != "none") {
            request = request.bearer_auth(&self.names[token]);
        }
        if let Some(body) = &call.body {
            request = request.header("content-type", "application/json").body(self.fill(&body.to_string()));
        }
        let response = request.send().await.expect("a response");
        let content_type =
            response.headers().get("content-type").map(|value| value.to_str().expect("ASCII").to_owned());
        let status = response.status().as_u16();
        TestResponse { status, content_type, body: response.text().await.expect("a whole response") }
    }
}
