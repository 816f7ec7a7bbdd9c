//! Tests, operation by operation, that a token gives access to its own lock holder only.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};

use crate::routes::{Ids, documented, routes};
use crate::support::{LOCK_HOLDERS, Service, list};

/// Returns all data of a lock holder.
async fn belongings(service: &Service, index: usize) -> Value {
    let api = service.lock_holder(index).await;
    let holder = service.lock_holders().await[index].clone();
    let mut all = json!([holder, api.locks().await, api.keys().await, api.roles().await]);
    for (path, name) in [
        ("/vendor-connections/", "vendorConnections"),
        ("/key-events/webhooks/", "webhooks"),
        ("/key-events/", "keyEvents"),
    ] {
        let listed = list(&api.get(path).await.ok(), name);
        assert!(!listed.is_empty(), "there is no data at {path}");
        all.as_array_mut().expect("a list").push(listed.into());
    }
    // Keys shared from the app are in no list of the API.
    let snapshot = service.emulator.snapshot();
    let locks: BTreeSet<_> =
        snapshot.locks.iter().filter(|lock| lock.lock_holder_id == api.id).map(|lock| &lock.id).collect();
    let keys: Vec<_> = snapshot.keys.iter().filter(|key| locks.contains(&key.lock_id)).collect();
    all.as_array_mut().expect("a list").push(json!(keys));
    all
}

#[tokio::test]
async fn a_token_of_one_lock_holder_opens_no_route_of_another() {
    let service = Service::start().await;
    let (mine, theirs) = (service.lock_holder(0).await, service.lock_holder(1).await);
    let ids = Ids::of(&theirs).await;
    let before = belongings(&service, 1).await;
    for token in [&mine.token, &service.token(Value::Null).await, &service.token(json!("integrator.admin")).await] {
        for (method, path, body) in routes() {
            let path = theirs.path(&ids.fill(path));
            let refusal = service.call(method.clone(), &path, token, ids.fill_body(&body)).await.api_error(403);
            assert!(refusal.contains(&format!("lockHolder.admin:{}", theirs.id)), "{method} {path}: {refusal}");
        }
    }
    assert_eq!(belongings(&service, 1).await, before);
}

#[tokio::test]
async fn an_id_of_another_lock_holder_is_404_like_an_unknown_id() {
    let service = Service::start().await;
    let (mine, theirs) = (service.lock_holder(0).await, service.lock_holder(1).await);
    let (own, foreign) = (Ids::of(&mine).await, Ids::of(&theirs).await);
    let before = [belongings(&service, 0).await, belongings(&service, 1).await];
    for parameter in ["lockId", "keyId", "vendorConnectionId", "webhookId"] {
        let marker = format!("{{{parameter}}}");
        let mut tried = 0;
        for (method, path, body) in routes() {
            let in_body = body.as_ref().is_some_and(|body| body.to_string().contains(&marker));
            if !path.contains(&marker) && !in_body {
                continue;
            }
            for value in [foreign.get(parameter), "nothing"] {
                // The other ids in the path are the caller's own in the first case, and foreign in the second.
                for ids in [own.with(parameter, value), foreign.with(parameter, value)] {
                    let path = mine.path(&ids.fill(path));
                    service.call(method.clone(), &path, &mine.token, ids.fill_body(&body)).await.api_error(404);
                }
            }
            tried += 1;
        }
        assert!(tried > 0, "no route has {parameter}");
    }
    assert_eq!([belongings(&service, 0).await, belongings(&service, 1).await], before);
}

#[tokio::test]
async fn no_read_returns_data_of_other_lock_holders() {
    let service = Service::start().await;
    let mine = service.lock_holder(0).await;
    let own = Ids::of(&mine).await;
    let mut foreign = BTreeSet::new();
    for index in [1, 2] {
        let theirs = service.lock_holder(index).await;
        foreign.insert(Ids::of(&theirs).await.get("webhookId").to_owned());
        foreign.insert(theirs.id);
    }
    let snapshot = service.emulator.snapshot();
    let locks = snapshot.locks.iter().filter(|lock| lock.lock_holder_id != mine.id).map(|lock| lock.id.clone());
    let locks: BTreeSet<_> = locks.collect();
    foreign.extend(snapshot.keys.iter().filter(|key| locks.contains(&key.lock_id)).map(|key| key.id.clone()));
    foreign.extend(snapshot.connections.iter().filter(|one| one.lock_holder_id != mine.id).map(|one| one.id.clone()));
    foreign.extend(locks);
    let reads = routes().into_iter().filter(|(method, ..)| method == Method::GET).map(|(_, path, _)| path);
    for path in reads.map(|path| mine.path(&own.fill(path))).chain([LOCK_HOLDERS.to_owned()]) {
        let seen = service.get(&path, &mine.token).await.ok().to_string();
        assert!(foreign.iter().all(|id| !seen.contains(id)), "{path}: {seen}");
    }
}

#[tokio::test]
async fn integrator_operations_accept_exactly_the_scopes_of_the_spec() {
    let service = Service::start().await;
    let api = service.lock_holder(0).await.token;
    let (unscoped, admin) = (service.token(Value::Null).await, service.token(json!("integrator.admin")).await);
    for operation in documented(false) {
        assert_eq!(operation.client_name(), Some("Unloc"), "{}", operation.id);
        let is_for_homes = operation.scopes.iter().any(|scope| scope.starts_with("lockHolder."));
        for (number, (token, may)) in [(&unscoped, true), (&admin, true), (&api, is_for_homes)].into_iter().enumerate()
        {
            let body = match operation.id.as_str() {
                "getLockHolders" | "getIntegrator" => None,
                "createLockHolder" => {
                    Some(json!({ "name": "Quay", "countryIso": "NO", "organizationId": format!("quay-{number}") }))
                }
                "createVendorAccount" => {
                    let email = format!("{number}@example.com");
                    Some(json!({ "vendor": "danalock", "email": email, "password": "EXAMPLE" }))
                }
                other => panic!("{other} is new: add its request body here"),
            };
            let path = operation.path.replace("{integratorId}", service.emulator.client_id());
            let path = format!("/integrators/v1{path}");
            let response = service.call(operation.method.parse().unwrap(), &path, token, body).await;
            let wanted = if !may { 403 } else { if operation.success.is_some() { 200 } else { 204 } };
            assert_eq!(response.status, wanted, "{}: {response:?}", operation.id);
        }
    }
}
