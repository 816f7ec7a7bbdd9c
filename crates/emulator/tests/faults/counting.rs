use serde_json::Value;
use unloc_emulator::{Fault, FaultError};

use crate::support::{LOCK_HOLDERS, Service};

/// The statuses that so many requests in a row meet.
async fn statuses(service: &Service, count: usize) -> Vec<u16> {
    let token = service.token(Value::Null).await;
    let mut statuses = Vec::new();
    for _ in 0..count {
        statuses.push(service.get(LOCK_HOLDERS, &token).await.status);
    }
    statuses
}

#[tokio::test]
async fn a_fault_strikes_once_or_as_often_as_it_was_told_to_and_after_as_many_requests() {
    let service = Service::start().await;
    let faults = service.emulator.faults();
    faults.add(Fault::status(503).on("getLockHolders")).expect("a fault");
    assert_eq!(statuses(&service, 3).await, [503, 200, 200]);
    faults.add(Fault::status(503).on("getLockHolders").times(2).after(2)).expect("a fault");
    assert_eq!(statuses(&service, 6).await, [200, 200, 503, 503, 200, 200]);
    faults.add(Fault::status(503).on("getLockHolders").times(0)).expect("a fault that never strikes");
    assert_eq!(statuses(&service, 1).await, [200]);
}

#[tokio::test]
async fn one_that_always_strikes_does_until_it_is_taken_away() {
    let service = Service::start().await;
    let id = service.emulator.faults().add(Fault::status(503).on("getLockHolders").always()).expect("a fault");
    assert_eq!(statuses(&service, 20).await, [503; 20]);
    assert!(service.emulator.faults().remove(id) && !service.emulator.faults().remove(id));
    assert_eq!(statuses(&service, 2).await, [200, 200]);
}

#[tokio::test]
async fn faults_strike_in_the_order_they_were_added_and_one_at_a_time() {
    let service = Service::start().await;
    for status in [503, 502] {
        service.emulator.faults().add(Fault::status(status).on("getLockHolders")).expect("a fault");
    }
    assert_eq!(statuses(&service, 3).await, [503, 502, 200]);
}

#[tokio::test]
async fn a_fault_for_one_operation_spares_all_others_and_one_for_any_strikes_the_first_that_comes() {
    let service = Service::start().await;
    let home = service.home(0).await;
    service.emulator.faults().add(Fault::status(503).on("getLocks").always()).expect("a fault");
    for path in ["/keys/", "/roles/", "/vendor-connections/", "/key-events/"] {
        home.get(path).await.ok();
    }
    home.get("/locks/").await.refused(503);
    // With and without its trailing slash it is the same operation.
    home.get("/locks").await.refused(503);
    service.emulator.faults().clear();
    service.emulator.faults().add(Fault::status(503)).expect("a fault");
    service.get("/_emulator/clock", "").await.ok();
    service.get("/nothing", "").await.refused(404);
    home.get("/roles/").await.refused(503);
    home.get("/roles/").await.ok();
}

#[tokio::test]
async fn faults_of_one_emulator_are_none_of_another() {
    let (one, other) = (Service::start().await, Service::start().await);
    one.emulator.faults().add(Fault::status(503).on("getLockHolders").always()).expect("a fault");
    assert_eq!(statuses(&other, 1).await, [200]);
    assert!(other.emulator.faults().list().is_empty());
}

#[tokio::test]
async fn what_cannot_be_is_refused_and_changes_nothing() {
    let service = Service::start().await;
    let faults = service.emulator.faults();
    let unknown = faults.add(Fault::reset().on("openSesame")).expect_err("no such operation");
    assert_eq!(unknown, FaultError::UnknownOperation("openSesame".to_owned()));
    assert_eq!(faults.add(Fault::status(99)), Err(FaultError::NoStatus(99)));
    assert_eq!(faults.add(Fault::status(500).body("", "a\r\nb")), Err(FaultError::NoMediaType));
    assert!(faults.list().is_empty());
}

#[tokio::test]
async fn the_journal_tells_what_was_done_to_which_request() {
    let service = Service::start().await;
    let home = service.home(0).await;
    service.emulator.faults().add(Fault::status(503).on("getLocks")).expect("a fault");
    home.get("/locks/").await.refused(503);
    home.get("/locks/").await.ok();
    let requests = service.emulator.requests();
    let [.., struck, spared] = &requests[..] else { panic!("{requests:?}") };
    assert_eq!((struck.operation, struck.status, struck.fault.as_deref()), (Some("getLocks"), 503, Some("status 503")));
    assert_eq!((spared.operation, spared.status, spared.fault.as_deref()), (Some("getLocks"), 200, None));
}
