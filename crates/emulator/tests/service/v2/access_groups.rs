//! Tests access groups.

use serde_json::json;
use unloc_emulator::Emulator;

use crate::support::Service;
use crate::v2::project::PERSON;

#[tokio::test]
async fn a_group_gives_everyone_a_key_for_each_lock_which_bulk_revocation_skips() {
    let service = Service::stopped(Emulator::builder()).await;
    let api = service.project(0).await;
    let (main, flat) = (api.lock("Main entrance").await, api.lock("Apartment 3B").await);
    let before = api.keys("").await.len();
    let group = json!({
        "name": "Cleaning crew", "description": "Opens two doors", "lockIds": [main, flat, main],
        "appUserIds": [PERSON, "+12125550151"], "metadata": { "crew": "7" },
    });
    assert_eq!(api.post("/access-groups", group).await.status, 204);
    service.emulator.clock().advance(std::time::Duration::from_secs(1));
    assert_eq!(api.keys("").await.len(), before + 4);
    assert_eq!(service.lock_holder(0).await.keys().await.len(), before + 4, "version 1 lists them, too");

    api.delete("/keys").await;
    let snapshot = service.emulator.snapshot();
    let group = &snapshot.access_groups[0];
    let keys: Vec<_> = snapshot.keys.iter().filter(|key| key.access_group_id.as_ref() == Some(&group.id)).collect();
    assert_eq!((keys.len(), group.lock_ids.len(), group.user_ids.len()), (4, 2, 2));
    assert!(keys.iter().all(|key| key.state == "active"), "{keys:?}");
    assert_eq!((group.name.as_str(), group.metadata["crew"].as_str()), ("Cleaning crew", "7"));
}

#[tokio::test]
async fn refuses_unknown_locks_people_and_too_many_keys() {
    let service = Service::start().await;
    let api = service.project(0).await;
    let mut locks = Vec::new();
    for name in ["Main entrance", "Apartment 3B", "Roof terrace"] {
        locks.push(api.lock(name).await);
    }
    let many: Vec<_> = (0..3334).map(|number| format!("+4477009{number:05}")).collect();
    for (locks, people, named) in [
        (json!([locks[0], "nowhere"]), json!([PERSON]), "lockIds.1"),
        (json!(locks), json!([PERSON, "somebody"]), "appUserIds.1"),
        (json!(locks), json!(many), "appUserIds"),
        (json!([null]), json!([]), "lockIds.0"),
    ] {
        let group = json!({ "name": "Crew", "lockIds": locks, "appUserIds": people });
        let refused = api.post("/access-groups", group).await;
        assert_eq!(refused.body["invalidParams"][0]["name"], named, "{refused:?}");
        refused.problem(400);
    }
    assert!(service.emulator.snapshot().access_groups.is_empty());
}
