//! Waiting for what the service does behind a response, and finding out what became of a lost one.
#![allow(clippy::unwrap_used)]

use std::time::Duration;

use unloc::chrono::{DateTime, TimeDelta, Utc};
use unloc::types::{CreateKeyRequest, KeyId, KeyState, LockId, VendorConnectionState};
use unloc::{CreateKeyResolution, ErrorKind, LockHolderClient, Outcome, RequestOptions, Unloc};
use unloc_emulator::{Emulator, Fault};

const GUEST: &str = "+12125550142";

/// The client of the first lock holder, and its first lock.
async fn door(emulator: &Emulator) -> (LockHolderClient, LockId) {
    let unloc = Unloc::builder().environment(emulator.base_url());
    let unloc = unloc.client_credentials(emulator.client_id(), emulator.client_secret()).build().unwrap();
    let home = unloc.lock_holder(&unloc.get_lock_holders().send().await.unwrap()[0]).unwrap();
    let lock = home.get_locks().send().await.unwrap().items()[0].id.clone();
    (home, lock)
}

async fn key(home: &LockHolderClient, lock: &LockId, start: Option<DateTime<Utc>>) -> KeyId {
    let key = home.create_key().lock_id(lock).user_id(GUEST).start(start).end(Utc::now() + TimeDelta::days(2));
    key.send().await.unwrap().id.unwrap()
}

fn at_most(seconds: f64) -> RequestOptions {
    RequestOptions::new().operation_timeout(Duration::from_secs_f64(seconds))
}

#[tokio::test]
async fn a_key_is_waited_for_from_its_making_to_its_revocation() {
    let emulator = Emulator::start().await.unwrap();
    let (home, lock) = door(&emulator).await;
    let id = key(&home, &lock, None).await;
    assert_eq!(home.wait_for_key(&lock, &id, KeyState::Active).await.unwrap().state, KeyState::Active);
    // What is there already is not waited for.
    let asked = emulator.requests().len();
    home.wait_for_key(&lock, &id, KeyState::Active).await.unwrap();
    assert_eq!(emulator.requests().len(), asked + 1);
    home.update_key().lock_id(&lock).key_id(&id).state(KeyState::Revoked).send().await.unwrap();
    assert_eq!(home.wait_for_key(&lock, &id, KeyState::Revoked).await.unwrap().state, KeyState::Revoked);
    let error = home.wait_for_key(&lock, &id, KeyState::Active).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::State);
    assert_eq!(error.to_string(), "getKey: the key is `revoked`, and does not become `active` from there");
}

#[tokio::test]
async fn a_key_that_does_not_get_there_in_time_is_told_with_its_state() {
    let emulator = Emulator::start().await.unwrap();
    let (home, lock) = door(&emulator).await;
    let later = key(&home, &lock, Some(Utc::now() + TimeDelta::days(1))).await;
    home.wait_for_key(&lock, &later, KeyState::Scheduled).await.unwrap();
    let error = home.with_options(at_most(0.5)).wait_for_key(&lock, &later, KeyState::Active).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    let text = error.to_string();
    assert!(text.contains("still `scheduled`") && text.contains("after 0.5 s, the operation timeout"), "{text}");
    let unknown = home.wait_for_key(&lock, "no-such-key", KeyState::Active).await.unwrap_err();
    assert_eq!(unknown.status().unwrap(), 404);
}

#[tokio::test]
async fn failures_that_go_away_are_no_end_of_waiting() {
    let emulator = Emulator::start().await.unwrap();
    let (home, lock) = door(&emulator).await;
    let id = key(&home, &lock, None).await;
    emulator.faults().add(Fault::status(503).on("getKey").times(2)).unwrap();
    home.wait_for_key(&lock, &id, KeyState::Active).await.unwrap();
}

#[tokio::test]
async fn a_vendor_connection_is_waited_for() {
    let emulator = Emulator::start().await.unwrap();
    let (home, _) = door(&emulator).await;
    let made = home.create_vendor_connection().vendor("virtual").locks_to_create(2).send().await.unwrap();
    let connected = home.wait_for_vendor_connection(&made.id, VendorConnectionState::Connected).await.unwrap();
    assert_eq!(connected.id, made.id);
    let back = home.wait_for_vendor_connection(&made.id, VendorConnectionState::Connecting).await.unwrap_err();
    assert_eq!(back.kind(), ErrorKind::State);
    assert!(back.to_string().contains("the vendor connection is `connected`"), "{back}");
}

/// What becomes of a key whose call meets this fault, before and behind the time of it.
async fn resolved(fault: Fault) -> (LockHolderClient, LockId, CreateKeyRequest, CreateKeyResolution) {
    let emulator = Emulator::start().await.unwrap();
    let (home, lock) = door(&emulator).await;
    let since = Utc::now();
    let request = CreateKeyRequest::builder().user_id(GUEST).end(since + TimeDelta::hours(24)).build().unwrap();
    emulator.faults().add(fault.on("createKey")).unwrap();
    let error = home.create_key().lock_id(&lock).body(request.clone()).send().await.unwrap_err();
    assert!(matches!(error.outcome(), Outcome::Unknown | Outcome::Accepted), "{error}");
    let resolution = home.resolve_create_key(&lock, &request, since).await.unwrap();
    (home, lock, request, resolution)
}

#[tokio::test]
async fn a_key_whose_response_was_lost_is_found() {
    for fault in [Fault::reset().carried_out(), Fault::half_body(), Fault::status(502).carried_out()] {
        let (.., resolution) = resolved(fault).await;
        let CreateKeyResolution::Created(key) = resolution else { panic!("{resolution:?}") };
        assert_eq!(key.to_user.id.expose(), GUEST);
    }
}

#[tokio::test]
async fn a_key_whose_request_was_lost_was_not_created() {
    let (.., resolution) = resolved(Fault::reset()).await;
    assert_eq!(resolution, CreateKeyResolution::NotCreated);
}

#[tokio::test]
async fn two_keys_that_may_be_the_one_cannot_be_told_apart() {
    let emulator = Emulator::start().await.unwrap();
    let (home, lock) = door(&emulator).await;
    let since = Utc::now();
    let request = CreateKeyRequest::builder().user_id(GUEST).end(since + TimeDelta::hours(24)).build().unwrap();
    for _ in 0..2 {
        home.create_key().lock_id(&lock).body(request.clone()).send().await.unwrap();
    }
    let resolution = home.resolve_create_key(&lock, &request, since).await.unwrap();
    assert!(matches!(resolution, CreateKeyResolution::Unknown { reason, .. } if reason.contains("several")));
    // A minute later they may be somebody else's.
    let later = home.resolve_create_key(&lock, &request, since + TimeDelta::minutes(1)).await.unwrap();
    assert!(matches!(later, CreateKeyResolution::Unknown { .. }));
}

/// A call whose future is dropped leaves no error; what the service makes of it is found in the same way.
#[tokio::test]
async fn a_call_that_is_dropped_may_have_been_carried_out() {
    let emulator = Emulator::start().await.unwrap();
    let (home, lock) = door(&emulator).await;
    let since = Utc::now();
    let request = CreateKeyRequest::builder().user_id(GUEST).end(since + TimeDelta::hours(24)).build().unwrap();
    emulator.faults().add(Fault::silence().carried_out().on("createKey")).unwrap();
    let keys = emulator.town().keys.len();
    let call = tokio::spawn(home.create_key().lock_id(&lock).body(request.clone()).send());
    while emulator.town().keys.len() == keys {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    call.abort();
    assert!(call.await.unwrap_err().is_cancelled());
    let resolution = home.resolve_create_key(&lock, &request, since).await.unwrap();
    assert!(matches!(resolution, CreateKeyResolution::Created(_)), "{resolution:?}");
}
