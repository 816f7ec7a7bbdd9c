//! Tests sharing rights, which are the roles of version 1.

use serde_json::{Value, json};

use crate::support::{Service, encoded, list};
use crate::v2::project::{PERSON, ProjectApi};

async fn rights(api: &ProjectApi<'_>) -> Vec<Value> {
    list(&api.get("/sharing-rights").await.ok(), "sharingRights")
}

#[tokio::test]
async fn creates_all_rights_or_none_and_version_1_sees_them_as_roles() {
    let service = Service::start().await;
    let api = service.project(0).await;
    let (main, flat) = (api.lock("Main entrance").await, api.lock("Apartment 3B").await);
    let right = |lock: &str| json!({ "lockId": lock, "appUserId": PERSON });
    let before = rights(&api).await;
    let twice = json!({ "sharingRights": [right(&main), right(&main)] });
    let refused = api.post("/sharing-rights", twice).await;
    assert_eq!(refused.body["invalidParams"][0]["name"], "sharingRights.1.appUserId");
    refused.problem(400);
    assert_eq!(rights(&api).await, before);

    let both = json!({ "sharingRights": [right(&main), right(&flat)] });
    assert_eq!(api.post("/sharing-rights", both.clone()).await.status, 204);
    assert_eq!(rights(&api).await.len(), before.len() + 2);
    api.post("/sharing-rights", both).await.problem(400);
    let roles = service.lock_holder(0).await.roles().await;
    assert_eq!(roles.iter().filter(|role| role["userId"] == PERSON).count(), 2);
    service.emulator.people().share(&main, PERSON, "+12125550151").expect("the right allows sharing");

    api.delete(&format!("/sharing-rights?lockId={main}&appUserId={}", encoded(PERSON))).await;
    let mine = list(&api.get(&format!("/sharing-rights?appUserId={}", encoded(PERSON))).await.ok(), "sharingRights");
    assert_eq!(mine, [right(&flat)]);
    service.emulator.people().share(&main, PERSON, "+12125550152").expect_err("the right is revoked");
}

#[tokio::test]
async fn without_a_filter_all_rights_of_the_project_are_revoked() {
    let service = Service::start().await;
    let (mine, theirs) = (service.project(0).await, service.project(1).await);
    let before = rights(&theirs).await;
    mine.delete("/sharing-rights?excludeSubprojectSharingRights=true").await;
    assert!(rights(&mine).await.is_empty() && service.lock_holder(0).await.roles().await.is_empty());
    assert_eq!(rights(&theirs).await, before);
}
