//! Tests, operation by operation, that a token gives access to its own project only.

use std::path::PathBuf;

use reqwest::Method;
use serde_json::{Value, json};
use unloc_emulator::Emulator;
use unloc_spec::{Document, Operation, PathTemplate};

use crate::support::{Service, list};
use crate::v2::project::{PERSON, ProjectApi};

/// Returns the operations of the spec that need a token.
fn operations() -> Vec<Operation> {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../openapi/unloc-v2.yaml");
    let operations = Operation::all(&Document::read(&file).expect("a spec")).expect("a sound spec");
    operations.into_iter().filter(|operation| operation.client.is_some()).collect()
}

/// Returns everything that belongs to a project, including what no operation shows.
async fn belongings(service: &Service, index: usize) -> Value {
    let api = service.project(index).await;
    let snapshot = service.emulator.snapshot();
    let locks: Vec<_> =
        snapshot.locks.iter().filter(|lock| lock.lock_holder_id == api.id).map(|lock| &lock.id).collect();
    let keys: Vec<_> = snapshot.keys.iter().filter(|key| locks.contains(&&key.lock_id)).collect();
    let groups: Vec<_> = snapshot.access_groups.iter().filter(|group| group.lock_holder_id == api.id).collect();
    let mut all = json!([locks, keys, groups, api.get("").await.ok()]);
    for path in ["/sharing-rights", "/lock-connections", "/logs/access"] {
        all.as_array_mut().expect("a list").push(api.get(path).await.ok());
    }
    let hooks = service.lock_holder(index).await.get("/key-events/webhooks/").await.ok();
    all.as_array_mut().expect("a list").push(hooks);
    all
}

/// Maps each path parameter to an id of a project.
async fn ids(api: &ProjectApi<'_>) -> Vec<(&'static str, String)> {
    let snapshot = api.service.emulator.snapshot();
    let connection = snapshot.connections.iter().find(|one| one.lock_holder_id == api.id).expect("a connection");
    let subproject = snapshot.subprojects.iter().find(|one| one.lock_holder_id == api.id).expect("a subproject");
    let lock = snapshot.locks.iter().find(|one| one.lock_holder_id == api.id).expect("a lock").id.clone();
    let job = api.create(json!([{ "lockId": lock, "appUserId": PERSON }])).await;
    let key = api.keys("?excludeStates=revoked,expired").await[0]["id"].as_str().expect("an id").to_owned();
    vec![
        ("{projectId}", api.id.clone()),
        ("{organizationId}", api.service.emulator.organization_id().to_owned()),
        ("{keyId}", key),
        ("{jobId}", job.replace("/jobs/", "")),
        ("{lockConnectionId}", connection.id.clone()),
        ("{subprojectId}", subproject.id.clone()),
        ("{lockId}", lock),
    ]
}

fn fill(text: &str, ids: &[(&str, String)]) -> String {
    ids.iter().fold(text.to_owned(), |text, (name, id)| text.replace(name, id))
}

/// Returns a valid body of an operation for a lock.
fn body(operation: &Operation, ids: &[(&str, String)]) -> Option<Value> {
    let item = json!({ "lockId": "{lockId}", "appUserId": PERSON });
    let body = match operation.id.as_str() {
        "createKeys" => json!({ "keys": [item] }),
        "createSharingRights" => json!({ "sharingRights": [item] }),
        "createAccessGroup" => json!({ "name": "Taken over", "lockIds": ["{lockId}"], "appUserIds": [PERSON] }),
        "registerWebhook" => {
            json!({ "trigger": "accessEvent", "url": "http://127.0.0.1:9/taken-over", "lockId": "{lockId}" })
        }
        _ => return None,
    };
    Some(fill(&body.to_string(), ids).parse().expect("JSON"))
}

#[tokio::test]
async fn a_token_of_one_project_opens_no_operation_of_another() {
    let service = Service::stopped(Emulator::builder()).await;
    let (mine, theirs) = (service.project(0).await, service.project(1).await);
    let foreign = ids(&theirs).await;
    let before = belongings(&service, 1).await;
    for operation in operations() {
        let path = format!("/v2{}", fill(&operation.path, &foreign));
        let method = operation.method.parse().expect("a method");
        let response = mine.call(method, &path, body(&operation, &foreign)).await;
        assert_eq!(response.status, 403, "{}: {response:?}", operation.id);
    }
    assert_eq!(belongings(&service, 1).await, before);
}

#[tokio::test]
async fn an_id_of_another_project_is_like_an_unknown_id() {
    let service = Service::stopped(Emulator::builder()).await;
    let (mine, theirs) = (service.project(0).await, service.project(1).await);
    let foreign = ids(&theirs).await;
    let before = belongings(&service, 1).await;
    let mut tried = 0;
    for operation in operations().into_iter().filter(|operation| operation.path.starts_with("/projects/")) {
        let method: Method = operation.method.parse().expect("a method");
        let project = operation.path.replace("{projectId}", &mine.id);
        if PathTemplate::of(&project).names().next().is_some() {
            let path = format!("/v2{}", fill(&project, &foreign));
            mine.call(method, &path, None).await.problem(404);
        } else if let Some(body) = body(&operation, &foreign) {
            mine.call(method, &format!("/v2{project}"), Some(body)).await.problem(400);
        } else {
            // A filter for something of another project matches nothing.
            let path = format!("/v2{project}?lockId={}", foreign.last().expect("a lock").1);
            let response = mine.call(method, &path, None).await;
            assert!(matches!(response.status, 200 | 204), "{}: {response:?}", operation.id);
            for name in ["keys", "sharingRights", "accessEvents"] {
                assert!(response.body.get(name).is_none_or(|_| list(&response.body, name).is_empty()), "{response:?}");
            }
        }
        tried += 1;
    }
    assert!(tried > 15, "{tried}");
    assert_eq!(belongings(&service, 1).await, before);
}
