use serde_json::Value;
use unloc_emulator::{Fault, FaultError};

use crate::support::{LOCK_HOLDERS, Service};

/// Returns the statuses of this number of requests.
async fn statuses(service: &Service, count: usize) -> Vec<u16> {
    let token = service.token(Value::Null).await;
    let mut statuses = Vec::new();
    for _ in 0..count {
        statuses.push(service.get(LOCK_HOLDERS, &token).await.status);
    }
    statuses
}

#[tokio::test]
async fn a_fault_applies_once_or_as_often_as_configured_after_skipped_requests() {
    let service = Service::start().await;
    let faults = service.emulator.faults();
    faults.add(Fault::status(503).on("getLockHolders")).expect("a fault");
    assert_eq!(statuses(&service, 3).await, [503, 200, 200]);
    faults.add(Fault::status(503).on("getLockHolders").times(2).after(2)).expect("a fault");
    assert_eq!(statuses(&service, 6).await, [200, 200, 503, 503, 200, 200]);
    faults.add(Fault::status(503).on("getLockHolders").times(0)).expect("a fault that never applies");
    assert_eq!(statuses(&service, 1).await, [200]);
}

#[tokio::test]
async fn a_fault_without_limit_applies_until_removed() {
    let service = Service::start().await;
    let id = service.emulator.faults().add(Fault::status(503).on("getLockHolders").always()).expect("a fault");
    assert_eq!(statuses(&service, 20).await, [503; 20]);
    assert!(service.emulator.faults().remove(id) && !service.emulator.faults().remove(id));
    assert_eq!(statuses(&service, 2).await, [200, 200]);
}

#[tokio::test]
async fn faults_apply_in_order_and_one_per_request() {
    let service = Service::start().await;
    for status in [503, 502] {
        service.emulator.faults().add(Fault::status(status).on("getLockHolders")).expect("a fault");
    }
    assert_eq!(statuses(&service, 3).await, [503, 502, 200]);
}

#[tokio::test]
async fn a_fault_applies_to_its_operation_only_or_to_the_next_of_any() {
    let service = Service::start().await;
    let api = service.lock_holder(0).await;
    service.emulator.faults().add(Fault::status(503).on("getLocks").always()).expect("a fault");
    for path in ["/keys/", "/roles/", "/vendor-connections/", "/key-events/"] {
        api.get(path).await.ok();
    }
    api.get("/locks/").await.api_error(503);
    // The path without its trailing slash is the same operation.
    api.get("/locks").await.api_error(503);
    service.emulator.faults().clear();
    service.emulator.faults().add(Fault::status(503)).expect("a fault");
    service.get("/_emulator/clock", "").await.ok();
    service.get("/nothing", "").await.api_error(404);
    api.get("/roles/").await.api_error(503);
    api.get("/roles/").await.ok();
}

#[tokio::test]
async fn faults_do_not_affect_other_emulators() {
    let (one, other) = (Service::start().await, Service::start().await);
    one.emulator.faults().add(Fault::status(503).on("getLockHolders").always()).expect("a fault");
    assert_eq!(statuses(&other, 1).await, [200]);
    assert!(other.emulator.faults().list().is_empty());
}

#[tokio::test]
async fn refuses_invalid_faults() {
    let service = Service::start().await;
    let faults = service.emulator.faults();
    let unknown = faults.add(Fault::reset().on("openSesame")).expect_err("no such operation");
    assert_eq!(unknown, FaultError::UnknownOperation("openSesame".to_owned()));
    assert_eq!(faults.add(Fault::status(99)), Err(FaultError::NoStatus(99)));
    assert_eq!(faults.add(Fault::status(500).body("", "a\r\nb")), Err(FaultError::NoMediaType));
    assert!(faults.list().is_empty());
}

#[tokio::test]
async fn the_journal_names_the_fault_of_a_request() {
    let service = Service::start().await;
    let api = service.lock_holder(0).await;
    service.emulator.faults().add(Fault::status(503).on("getLocks")).expect("a fault");
    api.get("/locks/").await.api_error(503);
    api.get("/locks/").await.ok();
    let requests = service.emulator.requests();
    let [.., affected, unaffected] = &requests[..] else { panic!("{requests:?}") };
    assert_eq!(
        (affected.operation, affected.status, affected.fault.as_deref()),
        (Some("getLocks"), 503, Some("status 503"))
    );
    assert_eq!((unaffected.operation, unaffected.status, unaffected.fault.as_deref()), (Some("getLocks"), 200, None));
}
