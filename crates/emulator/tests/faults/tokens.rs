use serde_json::Value;
use unloc_emulator::Fault;

use crate::support::{LOCK_HOLDERS, Service};

#[tokio::test]
async fn a_token_that_expired_or_was_taken_back_stays_dead_while_others_live() {
    let service = Service::start().await;
    for (fault, text) in [(Fault::expired_token(), "JWT expired"), (Fault::revoked_token(), "JWT revoked")] {
        let (unlucky, lucky) = (service.token(Value::Null).await, service.token(Value::Null).await);
        service.get(LOCK_HOLDERS, &lucky).await.ok();
        service.emulator.faults().add(fault.on("getLockHolders")).expect("a fault");
        for _ in 0..3 {
            let answer = service.get(LOCK_HOLDERS, &unlucky).await;
            assert_eq!(answer.body["error"], "JsonWebTokenError");
            assert!(answer.headers.contains_key("www-authenticate"));
            assert_eq!(answer.refused(401), text);
        }
        assert!(service.emulator.faults().list().is_empty(), "it struck once, and the token is dead all the same");
        service.get(LOCK_HOLDERS, &lucky).await.ok();
        service.get(LOCK_HOLDERS, &service.token(Value::Null).await).await.ok();
    }
}

#[tokio::test]
async fn a_token_that_dies_stops_its_request_whether_it_is_to_be_carried_out_or_not() {
    let service = Service::start().await;
    for fault in [Fault::expired_token(), Fault::revoked_token()] {
        for fault in [fault.clone(), fault.carried_out()] {
            let home = service.home(0).await;
            service.emulator.faults().add(fault.on("updateLockHolder")).expect("a fault");
            home.patch("/", serde_json::json!({ "name": "Never renamed" })).await.refused(401);
        }
    }
    let names = service.lock_holders().await;
    assert!(names.iter().all(|holder| holder["name"] != "Never renamed"), "{names:?}");
}

#[tokio::test]
async fn what_is_no_token_can_neither_expire_nor_be_taken_back() {
    let service = Service::start().await;
    service.emulator.faults().add(Fault::revoked_token().always()).expect("a fault");
    assert!(service.get(LOCK_HOLDERS, "no.token.this").await.refused(401).contains("malformed"));
    // The token endpoint takes none, and gives good ones.
    service.emulator.faults().clear();
    service.emulator.faults().add(Fault::expired_token().on("getToken")).expect("a fault");
    let token = service.token(Value::Null).await;
    service.get(LOCK_HOLDERS, &token).await.ok();
}
