use serde_json::Value;
use unloc_emulator::Fault;

use crate::support::{LOCK_HOLDERS, Service};

#[tokio::test]
async fn an_expired_or_revoked_token_stays_invalid_and_others_stay_valid() {
    let service = Service::start().await;
    for (fault, text) in [(Fault::expired_token(), "JWT expired"), (Fault::revoked_token(), "JWT revoked")] {
        let (unlucky, lucky) = (service.token(Value::Null).await, service.token(Value::Null).await);
        service.get(LOCK_HOLDERS, &lucky).await.ok();
        service.emulator.faults().add(fault.on("getLockHolders")).expect("a fault");
        for _ in 0..3 {
            let response = service.get(LOCK_HOLDERS, &unlucky).await;
            assert_eq!(response.body["error"], "JsonWebTokenError");
            assert!(response.headers.contains_key("www-authenticate"));
            assert_eq!(response.api_error(401), text);
        }
        assert!(service.emulator.faults().list().is_empty(), "the fault applied once, and the token stays invalid");
        service.get(LOCK_HOLDERS, &lucky).await.ok();
        service.get(LOCK_HOLDERS, &service.token(Value::Null).await).await.ok();
    }
}

#[tokio::test]
async fn a_token_fault_rejects_the_request_even_if_carried_out() {
    let service = Service::start().await;
    for fault in [Fault::expired_token(), Fault::revoked_token()] {
        for fault in [fault.clone(), fault.carried_out()] {
            let api = service.lock_holder(0).await;
            service.emulator.faults().add(fault.on("updateLockHolder")).expect("a fault");
            api.patch("/", serde_json::json!({ "name": "Never renamed" })).await.api_error(401);
        }
    }
    let names = service.lock_holders().await;
    assert!(names.iter().all(|holder| holder["name"] != "Never renamed"), "{names:?}");
}

#[tokio::test]
async fn a_token_fault_ignores_requests_without_a_valid_token() {
    let service = Service::start().await;
    service.emulator.faults().add(Fault::revoked_token().always()).expect("a fault");
    assert!(service.get(LOCK_HOLDERS, "no.token.this").await.api_error(401).contains("malformed"));
    // Requests to the token endpoint have no token, so the fault has no effect there.
    service.emulator.faults().clear();
    service.emulator.faults().add(Fault::expired_token().on("getToken")).expect("a fault");
    let token = service.token(Value::Null).await;
    service.get(LOCK_HOLDERS, &token).await.ok();
}
