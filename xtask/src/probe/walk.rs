//! Calls the operations one after the other, with ids from the answers before.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use reqwest::{Client, Method};
use serde_json::{Value, json};
use unloc_codegen::load::Document;
use unloc_codegen::operation::{Needs, Operation};

use super::compare::{Deviation, compare};

/// A number that is kept for fiction: nobody is called.
const NOBODY: &str = "+12125550199";

pub(crate) struct Access {
    pub(crate) base_url: String,
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
    pub(crate) write: bool,
}

/// What became of one operation.
#[derive(Clone, Debug)]
pub(crate) struct Report {
    pub(crate) operation: String,
    pub(crate) evidence: String,
    /// The status, or why it was not called.
    pub(crate) outcome: Result<u16, String>,
    pub(crate) deviations: BTreeSet<Deviation>,
}

pub(crate) struct Service {
    access: Access,
    http: Client,
    specs: Vec<(Document, &'static str)>,
    operations: Vec<(usize, Operation)>,
    tokens: BTreeMap<&'static str, String>,
    /// Path parameters that are known by now.
    known: BTreeMap<&'static str, String>,
    pub(crate) reports: Vec<Report>,
}

impl Service {
    pub(crate) fn new(access: Access, auth: Document, integrator: Document) -> Result<Self, String> {
        let specs = vec![(auth, "/auth/v1"), (integrator, "/integrators/v1")];
        let mut operations = Vec::new();
        for (place, (document, _)) in specs.iter().enumerate() {
            let all = Operation::all(document);
            let all = all.map_err(|_| "the specs cannot be used: see cargo xtask validate".to_owned())?;
            operations.extend(all.into_iter().map(|operation| (place, operation)));
        }
        let http = Client::builder().timeout(Duration::from_secs(30)).build();
        let http = http.map_err(|error| format!("no HTTP client: {error}"))?;
        let known = BTreeMap::from([("integratorId", access.client_id.clone()), ("userId", NOBODY.to_owned())]);
        Ok(Self { access, http, specs, operations, tokens: BTreeMap::new(), known, reports: Vec::new() })
    }

    /// Calls everything there is to call.
    pub(crate) async fn walk(&mut self) -> Result<(), String> {
        let token = self.token(None).await?;
        self.tokens.insert("integrator", token);
        // What needs fewer ids comes first, and finds those that the others need.
        let reads = self.operations.iter().filter(|(_, operation)| operation.method == "GET");
        let mut reads: Vec<_> =
            reads.map(|(_, operation)| (operation.path.matches('{').count(), operation.id.clone())).collect();
        reads.sort_by_key(|(ids, _)| *ids);
        for (_, id) in reads {
            let answer = self.call(&id, None).await?;
            self.learn(&id, answer.as_ref()).await?;
        }
        if self.access.write {
            self.write().await?;
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
        Ok(())
    }

    /// Makes things, and takes them back.
    async fn write(&mut self) -> Result<(), String> {
        let key = json!({ "userId": NOBODY, "durationMinutes": 1, "skipInviteNotification": true });
        let made = self.call("createKey", Some(key.clone())).await?;
        let old = self.known.get("keyId").cloned();
        if let Some(id) = made.as_ref().and_then(|made| made.pointer("/key/id")?.as_str()) {
            self.known.insert("keyId", id.to_owned());
            self.call("updateKey", Some(json!({ "state": "revoked" }))).await?;
        }
        let mut with_lock = key;
        with_lock["lockId"] = json!(self.known.get("lockId"));
        let made = self.call("createKeyForLockHolder", Some(with_lock)).await?;
        if let Some(id) = made.as_ref().and_then(|made| made.pointer("/key/id")?.as_str()) {
            self.known.insert("keyId", id.to_owned());
            self.again("updateKey", json!({ "state": "revoked" })).await?;
        }
        if let Some(old) = old {
            self.known.insert("keyId", old);
        }
        self.known.insert("userId", NOBODY.to_owned());
        self.call("createOrUpdateRole", Some(json!({ "canShare": false }))).await?;
        self.call("deleteSharedKeysForLock", None).await?;
        self.call("deleteSharedKeysForUser", None).await?;
        let hook = json!({ "webhookUrl": "https://hooks.example.com/unloc-probe" });
        let made = self.call("createWebhook", Some(hook)).await?;
        if let Some(id) = made.as_ref().and_then(|made| made.pointer("/webhook/id")?.as_str()) {
            self.known.insert("webhookId", id.to_owned());
            self.call("deleteWebhook", None).await?;
        }
        Ok(())
    }

    /// A token, by the Auth API's own operation.
    async fn token(&mut self, scope: Option<&str>) -> Result<String, String> {
        let mut body = json!({
            "grant_type": "client_credentials", "client_id": self.access.client_id, "client_secret": self.access.client_secret,
        });
        if let Some(scope) = scope {
            body["scope"] = scope.into();
        }
        let answer = self.call("getToken", Some(body)).await?;
        let token = answer.as_ref().and_then(|answer| answer.get("access_token")?.as_str());
        token.map(str::to_owned).ok_or_else(|| "no token was given: are base URL and credentials right?".to_owned())
    }

    /// What an answer tells of ids.
    async fn learn(&mut self, id: &str, answer: Option<&Value>) -> Result<(), String> {
        let Some(answer) = answer else { return Ok(()) };
        // Lists are looked for wherever a list is: their name may be one of the deviations.
        let list = answer.as_array().or_else(|| answer.as_object()?.values().find_map(Value::as_array));
        let first = list.and_then(|list| list.first()).unwrap_or(&Value::Null);
        let text = |value: &Value, name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
        match id {
            "getLockHolders" => {
                let Some(id) = text(first, "id") else { return Err("there is no lock holder to look at".to_owned()) };
                let part = |name| text(first, name).unwrap_or_default();
                let (country, organization) = (part("countryIso"), part("organizationId"));
                let suffix = part("organizationIdSuffix");
                let scope = format!("lockHolder.identifier:{country}.{organization}.{suffix}");
                self.known.insert("lockHolderId", id);
                let token = self.token(Some(&scope)).await?;
                self.tokens.insert("lockHolder", token);
            }
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
        Ok(())
    }

    fn keep(&mut self, name: &'static str, value: Option<String>) {
        if let Some(value) = value {
            self.known.insert(name, value);
        }
    }

    /// Calls without a second report, to clean up.
    async fn again(&mut self, id: &str, body: Value) -> Result<(), String> {
        let reports = self.reports.len();
        self.call(id, Some(body)).await?;
        let again = self.reports.split_off(reports);
        if let Some(first) = self.reports.iter_mut().find(|report| report.operation == id) {
            first.deviations.extend(again.into_iter().flat_map(|report| report.deviations));
        }
        Ok(())
    }

    /// Calls an operation, and reports how its answer deviates. Gives the answer, if it is a success in JSON.
    async fn call(&mut self, id: &str, body: Option<Value>) -> Result<Option<Value>, String> {
        let found = self.operations.iter().find(|(_, operation)| operation.id == id).cloned();
        let Some((place, operation)) = found else { return Ok(None) };
        let path = match self.fill(&operation.path) {
            Ok(path) => path,
            Err(missing) => {
                self.report(&operation, Err(format!("not called: no {missing} was found")), BTreeSet::new());
                return Ok(None);
            }
        };
        let (document, base) = &self.specs[place];
        let url = format!("{}{base}{path}", self.access.base_url);
        let method = Method::from_bytes(operation.method.as_bytes()).unwrap_or(Method::GET);
        let mut request = self.http.request(method, url);
        let token = match operation.needs {
            Needs::Nothing => None,
            Needs::LockHolder => self.tokens.get("lockHolder"),
            _ => self.tokens.get("integrator"),
        };
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        if let Some(body) = &body {
            request = request.json(body);
        }
        // The address may hold a number, so it is not shown.
        let response = request.send().await.map_err(|error| format!("{id}: no answer: {}", error.without_url()))?;
        let status = response.status().as_u16();
        let text = response.text().await.map_err(|error| format!("{id}: no whole answer: {}", error.without_url()))?;
        let mut deviations = compare(document, &operation, status, &text);
        if status >= 400 {
            deviations.insert(Deviation::new("status", "", format!("{status}, where a success was to be expected")));
        }
        self.report(&operation, Ok(status), deviations);
        Ok(if status < 300 { serde_json::from_str(&text).ok() } else { None })
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

    /// The path with what is known in its places; the name of what is not.
    fn fill(&self, template: &str) -> Result<String, String> {
        let mut path = String::new();
        for part in template.split('{') {
            let Some((name, rest)) = part.split_once('}') else {
                path.push_str(part);
                continue;
            };
            let value = self.known.get(name).ok_or_else(|| name.to_owned())?;
            let encoded = value.bytes().map(|byte| match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
                byte => format!("%{byte:02X}"),
            });
            path.extend(encoded);
            path.push_str(rest);
        }
        Ok(path)
    }
}
