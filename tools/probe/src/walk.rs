//! Calls the operations one after the other, with ids from earlier responses.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use reqwest::redirect::Policy;
use reqwest::{Client, Method};
use serde_json::Value;
use unloc_spec::{Document, Operation, PathTemplate};

use super::compare::{Deviation, compare};
use super::report::Report;

/// Is a phone number reserved for fiction, so that nobody receives an invitation.
pub(super) const FICTIONAL_NUMBER: &str = "+12125550199";

/// Says how to call a service.
pub struct Access {
    /// Is the URL before the paths of both APIs.
    pub base_url: String,
    /// Is the id of the client.
    pub client_id: String,
    /// Is the secret of the client.
    pub client_secret: String,
    /// Allows creating resources and undoing that.
    pub write: bool,
}

/// Holds the service, what is known about it, and the reports so far.
pub(crate) struct Service {
    pub(super) access: Access,
    http: Client,
    pub(super) specs: Vec<(Document, &'static str)>,
    operations: Vec<(usize, Operation)>,
    /// Maps clients of the specs to their tokens.
    pub(super) tokens: BTreeMap<String, String>,
    /// Holds the path parameters, and other values of clients, that are known so far.
    pub(super) known: BTreeMap<String, String>,
    pub(crate) reports: Vec<Report>,
    /// Describes what `--write` created and could not undo.
    pub(crate) left: Vec<String>,
}

/// Holds the result of one call.
#[derive(Default)]
pub(super) struct Reply {
    /// Is set if a request was sent.
    pub(super) called: bool,
    /// Is the status, if there was a response.
    pub(super) status: Option<u16>,
    /// Is the body of a success, if it is JSON.
    pub(super) value: Option<Value>,
}

impl Reply {
    pub(super) fn is_success(&self) -> bool {
        self.status.is_some_and(|status| status < 300)
    }

    /// Returns whether the service may have processed the request: after a success, a 5xx, a timeout or no response at
    /// all.
    pub(super) fn may_have_acted(&self) -> bool {
        self.called && self.status.is_none_or(|status| !(300..500).contains(&status) || status == 408)
    }
}

/// Returns the list in a response, bare or under any name: the name may be one of the deviations.
pub(super) fn list(body: &Value) -> &[Value] {
    let list = body.as_array().or_else(|| body.as_object()?.values().find_map(Value::as_array));
    list.map(Vec::as_slice).unwrap_or_default()
}

/// Returns the innermost cause of an error. The outer ones only say that sending the request failed.
fn cause(error: &reqwest::Error) -> String {
    let mut last: &dyn std::error::Error = error;
    while let Some(source) = last.source() {
        last = source;
    }
    last.to_string()
}

impl Service {
    pub(crate) fn new(access: Access, auth: Document, integrator: Document) -> Result<Self> {
        let specs = vec![(auth, "/auth/v1"), (integrator, "/integrators/v1")];
        let mut operations = Vec::new();
        for (place, (document, _)) in specs.iter().enumerate() {
            // The linter reports the same errors, with their lines and fixes.
            let all = Operation::all(document);
            let all = all.map_err(|_| anyhow!("the specs have errors; run: cargo xtask validate"))?;
            operations.extend(all.into_iter().map(|operation| (place, operation)));
        }
        // Following a redirect would send the token elsewhere, and a redirect is a deviation anyway.
        let http = Client::builder().timeout(Duration::from_secs(30)).redirect(Policy::none()).build();
        let http = http.context("the HTTP client cannot be created")?;
        let known = [("integratorId", access.client_id.as_str()), ("userId", FICTIONAL_NUMBER)];
        let known = known.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        Ok(Self {
            access,
            http,
            specs,
            operations,
            tokens: BTreeMap::new(),
            known,
            reports: Vec::new(),
            left: Vec::new(),
        })
    }

    /// Calls all operations that can be called, and reports the others as not called.
    pub(crate) async fn walk(&mut self) {
        for caller in self.callers().into_iter().filter(|caller| caller.parameters.is_empty()) {
            self.authorize(&caller).await;
        }
        // Operations with fewer ids in their path come first: their responses contain the ids for the others.
        let reads = self.operations.iter().filter(|(_, operation)| operation.method == "GET");
        let mut reads: Vec<_> =
            reads.map(|(_, operation)| (operation.template().names().count(), operation.id.clone())).collect();
        reads.sort_by_key(|(ids, _)| *ids);
        for (_, id) in reads {
            let reply = self.call(&id, None).await;
            self.learn(&id, reply.value.as_ref()).await;
        }
        self.errors().await;
        if self.access.write {
            self.write().await;
        }
        let called: BTreeSet<_> = self.reports.iter().map(|report| report.operation.clone()).collect();
        for (_, operation) in self.operations.clone() {
            if !called.contains(&operation.id) {
                let why =
                    if self.access.write { "not called: its effect cannot be undone" } else { "not called: it writes" };
                self.report(&operation, Err(why.to_owned()), BTreeSet::new());
            }
        }
    }

    /// Takes ids for later calls from the first item of a response.
    async fn learn(&mut self, id: &str, body: Option<&Value>) {
        let Some(body) = body else { return };
        let first = list(body).first().unwrap_or(&Value::Null);
        let text = |value: &Value, name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
        self.authorize_listed(id, first).await;
        match id {
            // The lock of a key takes precedence: `getKey` needs the ids of both.
            "getLocks" if !self.known.contains_key("lockId") => self.remember("lockId", text(first, "id")),
            "getKeys" => {
                self.remember("keyId", text(first, "id"));
                self.remember("lockId", text(first, "lockId"));
                let user = first.get("toUser").and_then(|user| text(user, "id"));
                self.remember("userId", user);
            }
            "getVendorConnections" => self.remember("vendorConnectionId", text(first, "id")),
            _ => {}
        }
    }

    fn remember(&mut self, name: &str, value: Option<String>) {
        if let Some(value) = value {
            self.known.insert(name.to_owned(), value);
        }
    }

    pub(super) fn find(&self, id: &str) -> Option<(usize, Operation)> {
        self.operations.iter().find(|(_, operation)| operation.id == id).cloned()
    }

    /// Calls an operation, and reports how its response deviates. A missing response is an outcome of this operation
    /// alone; the probe goes on.
    pub(super) async fn call(&mut self, id: &str, body: Option<Value>) -> Reply {
        let Some((place, operation)) = self.find(id) else { return Reply::default() };
        let path = match self.fill(&operation.path) {
            Ok(path) => path,
            Err(missing) => {
                self.report(&operation, Err(format!("not called: no value for {missing} found")), BTreeSet::new());
                return Reply::default();
            }
        };
        if !self.can_call(&operation) {
            self.report(&operation, Err("not called: no token for it".to_owned()), BTreeSet::new());
            return Reply::default();
        }
        match self.send(place, &operation, &path, body).await {
            Ok((status, text)) => {
                let mut deviations = compare(&self.specs[place].0, &operation, status, &text);
                if status >= 400 {
                    let text = format!("{status}, but a success was expected");
                    deviations.insert(Deviation::new("status", "", text));
                }
                self.report(&operation, Ok(status), deviations);
                let value = if status < 300 { serde_json::from_str(&text).ok() } else { None };
                Reply { called: true, status: Some(status), value }
            }
            Err(why) => {
                let deviation = Deviation::new("response", "", why.clone());
                self.report(&operation, Err(why), BTreeSet::from([deviation]));
                Reply { called: true, ..Reply::default() }
            }
        }
    }

    /// Calls an operation without a report, to look something up or to clean up.
    pub(super) async fn quietly(&self, id: &str, body: Option<Value>) -> Reply {
        let Some((place, operation)) = self.find(id) else { return Reply::default() };
        let Ok(path) = self.fill(&operation.path) else { return Reply::default() };
        match self.send(place, &operation, &path, body).await {
            Ok((status, text)) => {
                let value = if status < 300 { serde_json::from_str(&text).ok() } else { None };
                Reply { called: true, status: Some(status), value }
            }
            Err(_) => Reply { called: true, ..Reply::default() },
        }
    }

    /// Returns whether there is a token for an operation, or it needs none.
    pub(super) fn can_call(&self, operation: &Operation) -> bool {
        operation.client.is_none() || self.bearer(operation).is_some()
    }

    fn bearer(&self, operation: &Operation) -> Option<&String> {
        self.tokens.get(&operation.client.as_ref()?.name)
    }

    /// Sends one request. Returns status and body of the response, or the reason why there is none.
    pub(super) async fn send(
        &self,
        place: usize,
        operation: &Operation,
        path: &str,
        body: Option<Value>,
    ) -> Result<(u16, String), String> {
        let url = format!("{}{}{path}", self.access.base_url, self.specs[place].1);
        let method = Method::from_bytes(operation.method.as_bytes()).unwrap_or(Method::GET);
        let mut request = self.http.request(method, url);
        if let Some(token) = self.bearer(operation) {
            request = request.bearer_auth(token);
        }
        if let Some(body) = &body {
            request = request.json(body);
        }
        // The URL may contain a phone number, so it stays out of the report.
        let response = request.send().await.map_err(|error| format!("no response: {}", cause(&error.without_url())))?;
        let status = response.status().as_u16();
        let text = response.text().await;
        Ok((status, text.map_err(|error| format!("no complete response: {}", cause(&error.without_url())))?))
    }

    /// Reports a call. The first call of an operation gives its outcome; later ones only add deviations.
    fn report(&mut self, operation: &Operation, outcome: Result<u16, String>, deviations: BTreeSet<Deviation>) {
        let same = |report: &&mut Report| report.operation == operation.id;
        match self.reports.iter_mut().find(same) {
            Some(earlier) => earlier.deviations.extend(deviations),
            None => {
                let (id, evidence) = (operation.id.clone(), operation.evidence.clone());
                self.reports.push(Report { operation: id, evidence, outcome, deviations });
            }
        }
    }

    /// Adds deviations to the report of an operation.
    pub(super) fn deviate(&mut self, id: &str, deviations: impl IntoIterator<Item = Deviation>) {
        if let Some(report) = self.reports.iter_mut().find(|report| report.operation == id) {
            report.deviations.extend(deviations);
        }
    }

    /// Fills in the parameters of a path. Fails with the name of the first one that is not known.
    pub(super) fn fill(&self, template: &str) -> Result<String, String> {
        PathTemplate::of(template).filled(|name| {
            let value = self.known.get(name).ok_or_else(|| name.to_owned())?;
            // Percent-encodes everything except the unreserved characters of RFC 3986 2.3.
            let encoded = value.bytes().map(|byte| match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
                byte => format!("%{byte:02X}"),
            });
            Ok(encoded.collect())
        })
    }
}
