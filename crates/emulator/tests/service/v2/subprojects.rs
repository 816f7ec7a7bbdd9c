//! Tests the keys of subprojects.

use serde_json::Value;

use crate::support::{Service, list, text};

#[tokio::test]
async fn a_subproject_has_its_own_keys_which_its_project_can_leave_out() {
    let service = Service::start().await;
    let api = service.project(0).await;
    let subproject = service.emulator.snapshot().subprojects[0].clone();
    assert_eq!(subproject.lock_holder_id, api.id);
    let base = format!("/v2/subprojects/{}", subproject.id);
    let ids = |keys: Vec<Value>| keys.iter().map(|key| text(key, "id")).collect::<Vec<_>>();
    let own = ids(list(&api.get(&format!("{base}/keys")).await.ok(), "keys"));
    let (all, rest) = (ids(api.keys("").await), ids(api.keys("?excludeSubprojectKeys=true").await));
    assert!(!own.is_empty() && own.iter().all(|id| all.contains(id) && !rest.contains(id)));
    assert_eq!(own.len() + rest.len(), all.len());

    let active = async |query: &str| api.keys(&format!("?excludeStates=revoked,expired{query}")).await.len();
    api.delete("/keys?excludeSubprojectKeys=true").await;
    assert_eq!(active("").await, own.len());
    api.delete(&format!("{base}/keys")).await;
    assert_eq!(active("").await, 0);

    let shared = || {
        let keys = service.emulator.snapshot().keys;
        keys.into_iter().filter(|key| key.shared && key.state != "revoked").count()
    };
    let before = shared();
    api.delete(&format!("{base}/shared-keys")).await;
    assert_eq!(shared(), before - 1);
}

#[tokio::test]
async fn a_subproject_needs_a_token_of_its_project() {
    let service = Service::start().await;
    let (mine, theirs) = (service.project(0).await, service.project(1).await);
    let own = format!("/v2/subprojects/{}/keys", service.emulator.snapshot().subprojects[0].id);
    assert_eq!(mine.get(&own).await.status, 200);
    theirs.get(&own).await.problem(403);
    mine.get("/v2/subprojects/nothing/keys").await.problem(404);
    let page = mine.get(&format!("{own}?limit=1")).await.ok();
    assert_eq!((list(&page, "keys").len(), &page["startAfterId"]), (1, &page["keys"][0]["id"]));
}
