//! Calls the operations one after the other, with ids from the answers before.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use reqwest::redirect::Policy;
use reqwest::{Client, Method};
use serde_json::Value;
use unloc_spec::{Document, Operation, PathTemplate};

use super::compare::{Deviation, compare};
use super::report::Report;

/// A number that is kept for fiction: nobody is called.
pub(super) const NOBODY: &str = "+12125550199";

/// How a service is called.
pub struct Access {
    /// The address before the paths of the token call and of the API.
    pub base_url: String,
    /// The client's id.
    pub client_id: String,
    /// The client's secret.
    pub client_secret: String,
    /// Whether something may be made, and taken back.
    pub write: bool,
}

pub(crate) struct Service {
    pub(super) access: Access,
    http: Client,
    pub(super) specs: Vec<(Document, &'static str)>,
    operations: Vec<(usize, Operation)>,
    /// By the client of the specs that each is for.
    pub(super) tokens: BTreeMap<String, String>,
    /// Path parameters, and other values of clients, that are known by now.
    pub(super) known: BTreeMap<String, String>,
    pub(crate) reports: Vec<Report>,
    /// What `--write` made and could not take back.
    pub(crate) left: Vec<String>,
}

/// What came of one call.
#[derive(Default)]
pub(super) struct Reply {
    /// Whether a request was sent.
    pub(super) called: bool,
    /// The status, if there was an answer.
    pub(super) status: Option<u16>,
    /// The body of a success, if it is JSON.
    pub(super) value: Option<Value>,
}

impl Reply {
    pub(super) fn is_success(&self) -> bool {
        self.status.is_some_and(|status| status < 300)
    }

    /// Whether the service may have acted.
    pub(super) fn may_have_acted(&self) -> bool {
        self.called && self.status.is_none_or(|status| !(300..500).contains(&status) || status == 408)
    }
}

/// The list of an answer, whatever it is called.
pub(super) fn list(answer: &Value) -> &[Value] {
    let list = answer.as_array().or_else(|| answer.as_object()?.values().find_map(Value::as_array));
    list.map(Vec::as_slice).unwrap_or_default()
}

/// The innermost reason: the outer ones say only that there was one.
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
            // Its errors are those of the linter, which says where and how to mend them.
            let all = Operation::all(document);
            let all = all.map_err(|_| anyhow!("the specs cannot be used: see cargo xtask validate"))?;
            operations.extend(all.into_iter().map(|operation| (place, operation)));
        }
        // A redirect would carry the token elsewhere, and is a deviation of its own.
        let http = Client::builder().timeout(Duration::from_secs(30)).redirect(Policy::none()).build();
        let http = http.context("no HTTP client")?;
        let known = [("integratorId", access.client_id.as_str()), ("userId", NOBODY)];
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

    /// Calls everything there is to call.
    pub(crate) async fn walk(&mut self) {
        for caller in self.callers().into_iter().filter(|caller| caller.parameters.is_empty()) {
            self.authorize(&caller).await;
        }
        // What needs fewer ids comes first, and finds those that the others need.
        let reads = self.operations.iter().filter(|(_, operation)| operation.method == "GET");
        let mut reads: Vec<_> =
            reads.map(|(_, operation)| (operation.template().names().count(), operation.id.clone())).collect();
        reads.sort_by_key(|(ids, _)| *ids);
        for (_, id) in reads {
            let reply = self.call(&id, None).await;
            self.learn(&id, reply.value.as_ref()).await;
        }
        self.refusals().await;
        if self.access.write {
            self.write().await;
        }
        let called: BTreeSet<_> = self.reports.iter().map(|report| report.operation.clone()).collect();
        for (_, operation) in self.operations.clone() {
            if !called.contains(&operation.id) {
                let why = if self.access.write {
                    "not probed: what it does cannot be taken back"
                } else {
                    "not called: it writes"
                };
                self.report(&operation, Err(why.to_owned()), BTreeSet::new());
            }
        }
    }

    /// What an answer tells of ids.
    async fn learn(&mut self, id: &str, answer: Option<&Value>) {
        let Some(answer) = answer else { return };
        // Lists are looked for wherever a list is: their name may be one of the deviations.
        let first = list(answer).first().unwrap_or(&Value::Null);
        let text = |value: &Value, name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
        self.meet(id, first).await;
        match id {
            // That of a key is worth more: the key can be read with it.
            "getLocks" if !self.known.contains_key("lockId") => self.keep("lockId", text(first, "id")),
            "getKeys" => {
                self.keep("keyId", text(first, "id"));
                self.keep("lockId", text(first, "lockId"));
                let user = first.get("toUser").and_then(|user| text(user, "id"));
                self.keep("userId", user);
            }
            "getVendorConnections" => self.keep("vendorConnectionId", text(first, "id")),
            _ => {}
        }
    }

    fn keep(&mut self, name: &str, value: Option<String>) {
        if let Some(value) = value {
            self.known.insert(name.to_owned(), value);
        }
    }

    pub(super) fn find(&self, id: &str) -> Option<(usize, Operation)> {
        self.operations.iter().find(|(_, operation)| operation.id == id).cloned()
    }

    /// Calls an operation, and reports how its answer deviates. That there was none is an outcome of this operation, and
    /// says nothing of the others.
    pub(super) async fn call(&mut self, id: &str, body: Option<Value>) -> Reply {
        let Some((place, operation)) = self.find(id) else { return Reply::default() };
        let path = match self.fill(&operation.path) {
            Ok(path) => path,
            Err(missing) => {
                self.report(&operation, Err(format!("not called: no {missing} was found")), BTreeSet::new());
                return Reply::default();
            }
        };
        if !self.can_call(&operation) {
            self.report(&operation, Err("not called: there is no token for it".to_owned()), BTreeSet::new());
            return Reply::default();
        }
        match self.send(place, &operation, &path, body).await {
            Ok((status, text)) => {
                let mut deviations = compare(&self.specs[place].0, &operation, status, &text);
                if status >= 400 {
                    let text = format!("{status}, where a success was to be expected");
                    deviations.insert(Deviation::new("status", "", text));
                }
                self.report(&operation, Ok(status), deviations);
                let value = if status < 300 { serde_json::from_str(&text).ok() } else { None };
                Reply { called: true, status: Some(status), value }
            }
            Err(why) => {
                let deviation = Deviation::new("answer", "", why.clone());
                self.report(&operation, Err(why), BTreeSet::from([deviation]));
                Reply { called: true, ..Reply::default() }
            }
        }
    }

    /// Calls an operation to look or to clean up, and reports nothing.
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

    /// Whether its token is there, if it needs one.
    pub(super) fn can_call(&self, operation: &Operation) -> bool {
        operation.client.is_none() || self.bearer(operation).is_some()
    }

    fn bearer(&self, operation: &Operation) -> Option<&String> {
        self.tokens.get(&operation.client.as_ref()?.name)
    }

    /// Status and body of the answer to one request, or why there is none.
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
        // The address may hold a number, so it is not shown.
        let response = request.send().await.map_err(|error| format!("no answer: {}", cause(&error.without_url())))?;
        let status = response.status().as_u16();
        let text = response.text().await;
        Ok((status, text.map_err(|error| format!("no whole answer: {}", cause(&error.without_url())))?))
    }

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

    /// More deviations of an operation that was called before.
    pub(super) fn deviate(&mut self, id: &str, deviations: impl IntoIterator<Item = Deviation>) {
        if let Some(report) = self.reports.iter_mut().find(|report| report.operation == id) {
            report.deviations.extend(deviations);
        }
    }

    /// The path with what is known in its places; the name of what is not.
    pub(super) fn fill(&self, template: &str) -> Result<String, String> {
        PathTemplate::of(template).filled(|name| {
            let value = self.known.get(name).ok_or_else(|| name.to_owned())?;
            let encoded = value.bytes().map(|byte| match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
                byte => format!("%{byte:02X}"),
            });
            Ok(encoded.collect())
        })
    }
}
