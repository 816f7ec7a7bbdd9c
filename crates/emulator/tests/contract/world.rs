//! An emulator in which every operation has something to find, and calls of it.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};
use unloc_emulator::Emulator;
use unloc_emulator::chrono::{DateTime, Utc};

use crate::spec::{Answer, Documented, documented};

/// Somebody with keys and with a role, by a number for fiction.
const CAMILLA: &str = "+12125550103";

/// A call of an operation. Texts in braces, in parameters and in the body, are names of a [`World`].
#[derive(Clone, Debug, Default)]
pub(crate) struct Call {
    parameters: BTreeMap<&'static str, &'static str>,
    query: Vec<(&'static str, &'static str)>,
    body: Option<Value>,
    /// The name of a token; none is the one that the operation needs.
    token: Option<&'static str>,
}

impl Call {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn body(body: Value) -> Self {
        Self { body: Some(body), ..Self::default() }
    }

    /// The body, if there is one.
    pub(crate) fn sent(&self) -> Option<&Value> {
        self.body.as_ref()
    }

    /// The same call with another body.
    pub(crate) fn sending(&self, body: Value) -> Self {
        Self { body: Some(body), ..self.clone() }
    }

    /// Another value in the path than the one that the world has under the parameter's name.
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

/// An emulator whose clock stands still, and what its things are called in calls.
pub(crate) struct World {
    pub(crate) emulator: Emulator,
    http: reqwest::Client,
    names: BTreeMap<&'static str, String>,
}

impl World {
    /// The same moment gives the same answers, but for tokens.
    pub(crate) async fn begin(now: DateTime<Utc>) -> Self {
        let emulator = Emulator::builder().starts_at(now).speed(0.0).start().await.expect("the emulator starts");
        let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(20)).build().expect("a client");
        let mut world = Self { emulator, http, names: BTreeMap::new() };
        world.name_what_is_there();
        world.name("expired", world.token(Value::Null).await);
        world.emulator.expire_tokens();
        for (name, scope) in [
            ("unscoped", Value::Null),
            ("admin", json!("integrator.admin")),
            ("home", json!("lockHolder.admin:{lockHolderId}")),
            ("foreign", json!("lockHolder.admin:{foreignLockHolderId}")),
        ] {
            world.name(name, world.token(scope).await);
        }
        world.name("garbage", "no.token.atall".to_owned());
        world.make_what_is_not().await;
        world
    }

    fn name_what_is_there(&mut self) {
        let town = self.emulator.town();
        let home = &town.lock_holders[0].id;
        let connections: Vec<_> = town.connections.iter().filter(|one| one.lock_holder_id == *home).collect();
        let lock = town.locks.iter().find(|lock| lock.lock_holder_id == *home).expect("a lock");
        for (name, value) in [
            ("lockHolderId", home.as_str()),
            ("foreignLockHolderId", &town.lock_holders[1].id),
            ("lockId", &lock.id),
            ("virtualLockId", &town.locks.iter().find(|lock| lock.name == "Roof terrace").expect("a lock").id),
            ("userId", CAMILLA),
            ("vendorConnectionId", &connections[0].id),
            ("virtualConnectionId", &connections[1].id),
            ("integratorId", self.emulator.client_id()),
            ("secret", self.emulator.client_secret()),
            ("base", self.emulator.base_url()),
        ] {
            self.names.insert(name, value.to_owned());
        }
    }

    /// A key with times of the week, webhooks, an event, and a moment for the vendor to make the key.
    async fn make_what_is_not(&mut self) {
        let period = json!({ "startHour": 0, "startMinute": 0, "endHour": 24, "endMinute": 0 });
        let week = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].map(|day| (day.to_owned(), period.clone()));
        let recurrence = Value::Object(week.into_iter().collect());
        let key = json!({ "userId": CAMILLA, "recurrence": recurrence, "appSwitchOnly": true });
        let key = self.made("createKey", &Call::body(key)).await["key"]["id"].clone();
        self.name("keyId", key.as_str().expect("an id").to_owned());
        for path in ["kept", "deleted"] {
            let webhook = Call::body(json!({ "webhookUrl": format!("{{base}}/{path}") }));
            let id = self.made("createWebhook", &webhook).await["webhook"]["id"].clone();
            self.name("webhookId", id.as_str().expect("an id").to_owned());
        }
        self.emulator.clock().advance(Duration::from_secs(1));
        self.emulator.people().unlock(&self.names["lockId"], CAMILLA).expect("a key that works");
        self.emulator.people().lock(&self.names["lockId"], CAMILLA).expect("a key that works");
        // The webhooks lead to the emulator itself, and their calls are in its journal.
        self.emulator.deliveries_settled().await;
    }

    fn name(&mut self, name: &'static str, value: String) {
        self.names.insert(name, value);
    }

    async fn made(&self, id: &str, call: &Call) -> Value {
        let answer = self.call(documented(id), call).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        serde_json::from_str(&answer.body).expect("JSON")
    }

    async fn token(&self, scope: Value) -> String {
        let mut body = json!({
            "grant_type": "client_credentials", "client_id": "{integratorId}", "client_secret": "{secret}",
        });
        if !scope.is_null() {
            body["scope"] = scope;
        }
        self.made("getToken", &Call::body(body)).await["access_token"].as_str().expect("a token").to_owned()
    }

    /// The text with names put in.
    pub(crate) fn fill(&self, text: &str) -> String {
        let names = self.names.iter();
        names.fold(text.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
    }

    /// Calls the operation by the method and at the path that the spec has for it.
    pub(crate) async fn call(&self, documented: &Documented, call: &Call) -> Answer {
        let operation = &documented.operation;
        let mut path = operation.path.clone();
        for (parameter, value) in &call.parameters {
            path = path.replace(&format!("{{{parameter}}}"), value);
        }
        let mut target = self.fill(&path).replace('+', "%2B");
        for (place, (name, value)) in call.query.iter().enumerate() {
            target.push_str(&format!("{}{name}={value}", if place == 0 { '?' } else { '&' }));
        }
        let url = format!("{}{}{target}", self.emulator.base_url(), documented.base);
        let mut request = self.http.request(operation.method.parse().expect("a method"), url);
        let token = call.token.or(match operation.client_name() {
            None => None,
            Some("Unloc") => Some("unscoped"),
            Some(_) => Some("home"),
        });
        if let Some(token) = token.filter(|token| *token != "none") {
            request = request.bearer_auth(&self.names[token]);
        }
        if let Some(body) = &call.body {
            request = request.header("content-type", "application/json").body(self.fill(&body.to_string()));
        }
        let response = request.send().await.expect("an answer");
        let content_type =
            response.headers().get("content-type").map(|value| value.to_str().expect("ASCII").to_owned());
        let status = response.status().as_u16();
        Answer { status, content_type, body: response.text().await.expect("a whole answer") }
    }
}
