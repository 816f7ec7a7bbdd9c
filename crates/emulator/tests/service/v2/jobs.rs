//! Tests jobs: creating keys, and refreshing lock connections.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use unloc_emulator::{Emulator, Fault};

use crate::support::{Service, list, text};
use crate::v2::project::{PERSON, ProjectApi};

async fn keys(api: &ProjectApi<'_>, locks: &[&str]) -> Value {
    let mut keys = Vec::new();
    for lock in locks {
        keys.push(json!({ "lockId": api.lock(lock).await, "appUserId": PERSON }));
    }
    keys.into()
}

fn connection(service: &Service) -> String {
    service.emulator.snapshot().connections[0].id.clone()
}

#[tokio::test]
async fn a_job_goes_from_pending_to_succeeded_by_the_emulators_clock() {
    let service = Service::stopped(Emulator::builder().vendor_latency(Duration::from_secs(4))).await;
    let api = service.project(0).await;
    let response = api.post("/keys", json!({ "keys": keys(&api, &["Main entrance", "Roof terrace"]).await })).await;
    assert_eq!(response.status, 202);
    let reference = &response.body["jobRef"];
    let (id, url) = (text(reference, "id"), text(reference, "jobStatusUrl"));
    assert_eq!(reference["jobType"], "createKeys");
    assert_eq!(url, service.url(&format!("/v2/projects/{}/jobs/{id}", api.id)));
    let path = format!("/jobs/{id}");
    for (seconds, status) in [(0, "pending"), (1, "inProgress"), (2, "inProgress"), (1, "succeeded")] {
        service.emulator.clock().advance(Duration::from_secs(seconds));
        let job = api.job(&path).await;
        assert_eq!((&job["status"], job.get("resultData").is_some()), (&json!(status), status == "succeeded"));
        assert_eq!(job["type"], "createKeys");
    }
    let result = api.job(&path).await["resultData"].clone();
    assert_eq!((list(&result, "failedKeys"), list(&result, "creatingKeys")), (vec![], vec![]));
    for key in list(&result, "createdKeys") {
        assert_eq!(api.state(&text(&key, "id")).await, "active");
    }
    assert_eq!(list(&result, "createdKeys").len(), 2);
}

#[tokio::test]
async fn keys_fail_in_the_job_if_their_vendor_fails() {
    let service = Service::stopped(Emulator::builder()).await;
    let api = service.project(0).await;
    service.emulator.vendors().fail(&connection(&service)).expect("the vendor fails");
    let job = api.create(keys(&api, &["Main entrance", "Roof terrace"]).await).await;
    service.emulator.clock().advance(Duration::from_secs(1));
    let job = api.job(&job).await;
    assert_eq!(job["status"], "succeeded");
    let ids = |name: &str| list(&job["resultData"], name).iter().map(|key| text(key, "id")).collect::<Vec<_>>();
    let (created, failed) = (ids("createdKeys"), ids("failedKeys"));
    assert_eq!((created.len(), failed.len()), (1, 1));
    assert_eq!((api.state(&created[0]).await, api.state(&failed[0]).await), ("active".into(), "error".into()));
}

#[tokio::test]
async fn keys_that_take_longer_than_a_minute_are_still_being_created() {
    let service = Service::stopped(Emulator::builder().vendor_latency(Duration::from_secs(600))).await;
    let api = service.project(0).await;
    let job = api.create(keys(&api, &["Main entrance"]).await).await;
    service.emulator.clock().advance(Duration::from_secs(60));
    let result = api.job(&job).await["resultData"].clone();
    let key = text(&result["creatingKeys"][0], "id");
    assert_eq!(api.state(&key).await, "creating");
    service.emulator.clock().advance(Duration::from_secs(600));
    assert_eq!((api.state(&key).await, api.job(&job).await["resultData"].clone()), ("active".into(), result));
}

#[tokio::test]
async fn a_refresh_is_a_job_that_imports_and_removes_locks_or_fails() {
    let service = Service::stopped(Emulator::builder()).await;
    let api = service.project(0).await;
    let connection = connection(&service);
    let refresh = async || {
        let path = format!("/lock-connections/{connection}/refresh");
        let response = api.call(Method::PUT, &path, None).await.ok();
        assert_eq!(response["jobRef"]["jobType"], "refreshLockConnection");
        let path = format!("/jobs/{}", text(&response["jobRef"], "id"));
        assert_eq!(api.job(&path).await["status"], "pending");
        service.emulator.clock().advance(Duration::from_secs(1));
        api.job(&path).await
    };
    let flat = api.lock("Apartment 3B").await;
    service.emulator.vendors().install(&connection, "Cellar door").expect("the lock is installed");
    service.emulator.vendors().remove(&flat).expect("the lock is removed");
    assert_eq!(refresh().await["status"], "succeeded");
    api.lock("Cellar door").await;
    let keys = api.keys(&format!("?lockId={flat}")).await;
    assert!(!keys.is_empty() && keys.iter().all(|key| key["state"] == "revoked"), "{keys:?}");

    service.emulator.vendors().fail(&connection).expect("the vendor fails");
    let job = refresh().await;
    assert_eq!((&job["status"], &job["failureReason"]), (&json!("failedJob"), &json!("The vendor did not respond")));
    let states = list(&api.get("/lock-connections").await.ok(), "lockConnections");
    assert_eq!(states[0], json!({ "id": connection, "state": "error", "vendor": "danalock" }));
}

#[tokio::test]
async fn installers_may_only_refresh() {
    let service = Service::start().await;
    let mut api = service.project(0).await;
    let token = service.ask_token_v2("project.installer", "project_id", &api.id).await.ok();
    api.token = text(&token, "access_token");
    api.call(Method::PUT, &format!("/lock-connections/{}/refresh", connection(&service)), None).await.ok();
    assert!(api.get("/lock-connections").await.problem(403).contains("project.admin"));
}

#[tokio::test]
async fn faults_apply_to_operations_of_version_2() {
    let service = Service::start().await;
    let api = service.project(0).await;
    service.emulator.faults().add(Fault::status(503).on("createKeys").carried_out()).expect("a fault");
    let body = json!({ "keys": keys(&api, &["Roof terrace"]).await });
    api.post("/keys", body).await.problem(503);
    assert_eq!(api.keys("?appUserId=%2B12125550150").await.len(), 1, "only the response was lost");
    service.emulator.faults().add(Fault::expired_token().on("getJobStatus")).expect("a fault");
    assert_eq!(api.get("/jobs/nothing").await.problem(401), "JWT expired");
}
