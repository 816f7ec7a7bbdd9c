//! Provides a client of one project, and tests how its token is made.

use reqwest::Method;
use serde_json::{Value, json};
use unloc_emulator::EmulatorBuilder;

use crate::support::{Service, TestResponse, list, text};

pub(crate) const PERSON: &str = "+12125550150";

impl TestResponse {
    /// Asserts an error with this status in the format of version 2, and returns its detail.
    #[track_caller]
    pub(crate) fn problem(self, status: u16) -> String {
        assert_eq!(self.status, status, "{self:?}");
        let name = if status == 401 { "errorDescription" } else { "detail" };
        self.body[name].as_str().unwrap_or_else(|| panic!("no text in {self:?}")).to_owned()
    }
}

impl Service {
    /// Starts an emulator whose clock is stopped, so that a test sees what happens before and after a moment.
    pub(crate) async fn stopped(builder: EmulatorBuilder) -> Self {
        Self::with(builder.speed(0.0)).await
    }

    pub(crate) async fn ask_token_v2(&self, scope: &str, field: &str, id: &str) -> TestResponse {
        let mut body = self.credentials(json!(scope));
        body[field] = json!(id);
        self.send(self.http.post(self.url("/v2/auth/token/")).json(&body)).await
    }

    /// Returns the project at this index, with a token for it.
    pub(crate) async fn project(&self, index: usize) -> ProjectApi<'_> {
        let id = self.emulator.snapshot().lock_holders[index].id.clone();
        let response = self.ask_token_v2("project.admin", "project_id", &id).await.ok();
        ProjectApi { service: self, token: text(&response, "access_token"), id }
    }
}

/// Calls the operations of one project. Paths are relative to the project.
pub(crate) struct ProjectApi<'a> {
    pub(crate) service: &'a Service,
    pub(crate) id: String,
    pub(crate) token: String,
}

impl ProjectApi<'_> {
    pub(crate) async fn call(&self, method: Method, path: &str, body: Option<Value>) -> TestResponse {
        let path = if path.starts_with("/v2/") { path.to_owned() } else { format!("/v2/projects/{}{path}", self.id) };
        self.service.call(method, &path, &self.token, body).await
    }

    pub(crate) async fn get(&self, path: &str) -> TestResponse {
        self.call(Method::GET, path, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> TestResponse {
        self.call(Method::POST, path, Some(body)).await
    }

    /// Revokes something, which responds with 204.
    pub(crate) async fn delete(&self, path: &str) {
        let response = self.call(Method::DELETE, path, None).await;
        assert_eq!(response.status, 204, "{response:?}");
    }

    pub(crate) async fn keys(&self, query: &str) -> Vec<Value> {
        list(&self.get(&format!("/keys{query}")).await.ok(), "keys")
    }

    /// Returns the id of the lock with this name.
    pub(crate) async fn lock(&self, name: &str) -> String {
        let locks = list(&self.get("/locks").await.ok(), "locks");
        text(locks.iter().find(|lock| lock["name"] == name).expect("a lock with this name"), "id")
    }

    /// Starts to create keys, and returns the path of the job.
    pub(crate) async fn create(&self, keys: Value) -> String {
        let response = self.post("/keys", json!({ "keys": keys })).await;
        assert_eq!(response.status, 202, "{response:?}");
        format!("/jobs/{}", text(&response.body["jobRef"], "id"))
    }

    pub(crate) async fn job(&self, path: &str) -> Value {
        self.get(path).await.ok()["job"].clone()
    }

    pub(crate) async fn state(&self, key: &str) -> String {
        text(&self.get(&format!("/keys/{key}")).await.ok()["key"], "state")
    }
}

#[tokio::test]
async fn a_token_repeats_its_scope_and_what_it_is_for() {
    let service = Service::start().await;
    let project = service.emulator.snapshot().lock_holders[0].id.clone();
    let organization = service.emulator.organization_id();
    for (scope, field, id) in [
        ("organization.admin", "organization_id", organization),
        ("project.admin", "project_id", &project),
        ("project.installer", "project_id", &project),
    ] {
        let mut token = service.ask_token_v2(scope, field, id).await.ok();
        assert!(token["access_token"].take().is_string());
        let mut wanted = json!({ "access_token": null, "token_type": "bearer", "expires_in": 3600, "scope": [scope] });
        wanted[field] = json!(id);
        assert_eq!(token, wanted);
    }
}

#[tokio::test]
async fn discovery_names_the_organization_and_all_projects() {
    let service = Service::start().await;
    let discover = async |secret: &str| {
        let body = json!({ "client_id": service.emulator.client_id(), "client_secret": secret });
        service.send(service.http.post(service.url("/v2/auth/resources-discovery/")).json(&body)).await
    };
    let resources = discover(service.emulator.client_secret()).await.ok()["resources"].clone();
    let projects: Vec<_> = list(&resources, "projects").iter().map(|project| text(project, "projectId")).collect();
    let holders: Vec<_> = service.emulator.snapshot().lock_holders.into_iter().map(|holder| holder.id).collect();
    assert_eq!(projects, holders);
    let organization = json!({ "organizationId": service.emulator.organization_id(), "scope": "organization.admin" });
    assert_eq!(resources["organizations"], json!([organization]));
    discover("wrong").await.problem(401);
}

#[tokio::test]
async fn tokens_expire_and_errors_name_the_parameter() {
    let service = Service::start().await;
    let api = service.project(0).await;
    assert_eq!(api.get("").await.ok()["project"]["organizationId"], service.emulator.organization_id());
    service.emulator.expire_tokens();
    assert_eq!(api.get("").await.problem(401), "JWT expired");
    let refused = service.ask_token_v2("project.admin", "organization_id", &api.id).await;
    assert_eq!(refused.body["invalidParams"][0]["name"], "organization_id");
    refused.problem(400);
}
