//! Provides what the tests share: an emulator, a plain HTTP client, and responses as JSON.

use std::time::{Duration, Instant};

use reqwest::header::HeaderMap;
use reqwest::{Client, Method};
use serde_json::{Value, json};
use unloc_emulator::{Emulator, EmulatorBuilder};

pub(crate) const LOCK_HOLDERS: &str = "/integrators/v1/lock-holders/";

/// Is an emulator with a client for it.
pub(crate) struct Service {
    pub(crate) emulator: Emulator,
    pub(crate) http: Client,
}

/// Is a response with its complete body.
#[derive(Debug)]
pub(crate) struct TestResponse {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl TestResponse {
    /// Asserts a 200 and returns the body.
    #[track_caller]
    pub(crate) fn ok(self) -> Value {
        assert_eq!(self.status, 200, "{self:?}");
        self.body
    }

    /// Asserts an error with this status in the format of the Integrator API, and returns its description.
    #[track_caller]
    pub(crate) fn api_error(self, status: u16) -> String {
        assert_eq!(self.status, status, "{self:?}");
        assert!(self.body["error"].is_string(), "{self:?}");
        self.body["errorDescription"].as_str().expect("a text").to_owned()
    }

    /// Asserts an error with this status in the format of OAuth 2.0, and returns its code and description.
    #[track_caller]
    pub(crate) fn oauth_error(self, status: u16) -> (String, String) {
        assert_eq!(self.status, status, "{self:?}");
        let text = |name: &str| self.body[name].as_str().expect("a text").to_owned();
        (text("error"), text("error_description"))
    }
}

impl Service {
    pub(crate) async fn start() -> Self {
        Self::with(Emulator::builder()).await
    }

    pub(crate) async fn with(builder: EmulatorBuilder) -> Self {
        let emulator = builder.start().await.expect("the emulator starts");
        let http = Client::builder().no_proxy().timeout(Duration::from_secs(20)).build().expect("a client");
        Self { emulator, http }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.emulator.base_url())
    }

    pub(crate) async fn send(&self, request: reqwest::RequestBuilder) -> TestResponse {
        let response = request.send().await.expect("a response");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = response.bytes().await.expect("a whole response");
        let body = if bytes.is_empty() {
            Value::Null
        } else {
            serde_json::from_slice(&bytes).unwrap_or_else(|_| panic!("not JSON: {bytes:?}"))
        };
        TestResponse { status, headers, body }
    }

    pub(crate) async fn call(&self, method: Method, path: &str, token: &str, body: Option<Value>) -> TestResponse {
        let mut request = self.http.request(method, self.url(path)).bearer_auth(token);
        if let Some(body) = body {
            request = request.json(&body);
        }
        self.send(request).await
    }

    pub(crate) async fn get(&self, path: &str, token: &str) -> TestResponse {
        self.call(Method::GET, path, token, None).await
    }

    pub(crate) async fn post(&self, path: &str, token: &str, body: Value) -> TestResponse {
        self.call(Method::POST, path, token, Some(body)).await
    }

    pub(crate) async fn put(&self, path: &str, token: &str, body: Value) -> TestResponse {
        self.call(Method::PUT, path, token, Some(body)).await
    }

    pub(crate) async fn patch(&self, path: &str, token: &str, body: Value) -> TestResponse {
        self.call(Method::PATCH, path, token, Some(body)).await
    }

    pub(crate) async fn delete(&self, path: &str, token: &str) -> TestResponse {
        self.call(Method::DELETE, path, token, None).await
    }

    /// Returns a token request with valid credentials, and with this scope unless it is null.
    pub(crate) fn credentials(&self, scope: Value) -> Value {
        let mut body = json!({
            "grant_type": "client_credentials",
            "client_id": self.emulator.client_id(),
            "client_secret": self.emulator.client_secret(),
        });
        if !scope.is_null() {
            body["scope"] = scope;
        }
        body
    }

    pub(crate) async fn ask_token(&self, body: &Value) -> TestResponse {
        self.send(self.http.post(self.url("/auth/v1/token/")).json(body)).await
    }

    pub(crate) async fn token(&self, scope: Value) -> String {
        let response = self.ask_token(&self.credentials(scope)).await.ok();
        response["access_token"].as_str().expect("a token").to_owned()
    }

    pub(crate) async fn lock_holders(&self) -> Vec<Value> {
        let token = self.token(Value::Null).await;
        list(&self.get(LOCK_HOLDERS, &token).await.ok(), "lockHolders")
    }

    /// Returns the API of the lock holder at this index of the list, with a token for it.
    pub(crate) async fn lock_holder(&self, index: usize) -> LockHolderApi<'_> {
        let id = text(&self.lock_holders().await[index], "id");
        let token = self.token(json!(format!("lockHolder.admin:{id}"))).await;
        LockHolderApi { service: self, base: format!("{LOCK_HOLDERS}{id}"), id, token }
    }
}

/// Calls the operations of one lock holder. Paths are relative to the lock holder.
pub(crate) struct LockHolderApi<'a> {
    pub(crate) service: &'a Service,
    pub(crate) id: String,
    pub(crate) token: String,
    pub(crate) base: String,
}

impl LockHolderApi<'_> {
    pub(crate) fn path(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    pub(crate) async fn get(&self, path: &str) -> TestResponse {
        self.service.get(&self.path(path), &self.token).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> TestResponse {
        self.service.post(&self.path(path), &self.token, body).await
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> TestResponse {
        self.service.put(&self.path(path), &self.token, body).await
    }

    pub(crate) async fn patch(&self, path: &str, body: Value) -> TestResponse {
        self.service.patch(&self.path(path), &self.token, body).await
    }

    pub(crate) async fn delete(&self, path: &str) -> TestResponse {
        self.service.delete(&self.path(path), &self.token).await
    }

    pub(crate) async fn locks(&self) -> Vec<Value> {
        list(&self.get("/locks/").await.ok(), "locks")
    }

    pub(crate) async fn keys(&self) -> Vec<Value> {
        list(&self.get("/keys/").await.ok(), "keys")
    }

    pub(crate) async fn roles(&self) -> Vec<Value> {
        list(&self.get("/roles/").await.ok(), "roles")
    }

    /// Returns the id of the lock with this name.
    pub(crate) async fn lock(&self, name: &str) -> String {
        let locks = self.locks().await;
        text(locks.iter().find(|lock| lock["name"] == name).expect("a lock with this name"), "id")
    }
}

/// Returns a list from its envelope.
#[track_caller]
pub(crate) fn list(body: &Value, name: &str) -> Vec<Value> {
    body[name].as_array().unwrap_or_else(|| panic!("no list {name} in {body}")).clone()
}

/// Returns a field that must be a string.
#[track_caller]
pub(crate) fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_else(|| panic!("no text {name} in {value}")).to_owned()
}

/// Percent-encodes a plus, for a path or query.
pub(crate) fn encoded(text: &str) -> String {
    text.replace('+', "%2B")
}

/// Polls until the condition returns a value, at most 10 seconds.
pub(crate) async fn eventually<T>(what: &str, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(value) = ask().await {
            return value;
        }
        assert!(started.elapsed() < Duration::from_secs(10), "timed out waiting for: {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
