//! Tests waiting for asynchronous changes of the service, and resolving calls whose response was lost.
#![allow(clippy::unwrap_used)]

use std::time::Duration;

use unloc::chrono::{DateTime, TimeDelta, Utc};
use unloc::types::{CreateKeyRequest, KeyId, KeyState, LockId, VendorConnectionState};
use unloc::{CreateKeyResolution, ErrorKind, LockHolderClient, Outcome, RequestOptions, Unloc};
use unloc_emulator::{Emulator, Fault};

const GUEST: &str = "+12125550142";

/// Returns a client of the first lock holder and the id of its first lock.
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
async fn wait_for_key_returns_once_the_key_is_active_and_once_it_is_revoked() {
    let emulator = Emulator::start().await.unwrap();
    let (home, lock) = door(&emulator).await;
    let id = key(&home, &lock, None).await;
    assert_eq!(home.wait_for_key(&lock, &id, KeyState::Active).await.unwrap().state, KeyState::Active);
    // A state that is reached already takes a single request.
    let requests = emulator.requests().len();
    home.wait_for_key(&lock, &id, KeyState::Active).await.unwrap();
    assert_eq!(emulator.requests().len(), requests + 1);
    home.update_key().lock_id(&lock).key_id(&id).state(KeyState::Revoked).send().await.unwrap();
    assert_eq!(home.wait_for_key(&lock, &id, KeyState::Revoked).await.unwrap().state, KeyState::Revoked);
    let error = home.wait_for_key(&lock, &id, KeyState::Active).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::State);
    assert_eq!(error.to_string(), "getKey: the key is `revoked`, from which it cannot become `active`");
}

#[tokio::test]
async fn a_wait_that_times_out_names_the_last_state() {
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
async fn waiting_continues_after_transient_failures() {
    let emulator = Emulator::start().await.unwrap();
    let (home, lock) = door(&emulator).await;
    let id = key(&home, &lock, None).await;
    emulator.faults().add(Fault::status(503).on("getKey").times(2)).unwrap();
    home.wait_for_key(&lock, &id, KeyState::Active).await.unwrap();
}

#[tokio::test]
async fn wait_for_vendor_connection_returns_once_it_is_connected() {
    let emulator = Emulator::start().await.unwrap();
    let (home, _) = door(&emulator).await;
    let created = home.create_vendor_connection().vendor("virtual").locks_to_create(2).send().await.unwrap();
    let connected = home.wait_for_vendor_connection(&created.id, VendorConnectionState::Connected).await.unwrap();
    assert_eq!(connected.id, created.id);
    let back = home.wait_for_vendor_connection(&created.id, VendorConnectionState::Connecting).await.unwrap_err();
    assert_eq!(back.kind(), ErrorKind::State);
    assert!(back.to_string().contains("the vendor connection is `connected`"), "{back}");
}

/// Creates a key under this fault and resolves the outcome.
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
async fn a_key_whose_response_was_lost_is_resolved_as_created() {
    for fault in [Fault::reset().carried_out(), Fault::half_body(), Fault::status(502).carried_out()] {
        let (.., resolution) = resolved(fault).await;
        let CreateKeyResolution::Created(key) = resolution else { panic!("{resolution:?}") };
        assert_eq!(key.to_user.id.expose(), GUEST);
    }
}

#[tokio::test]
async fn a_key_whose_request_was_lost_is_resolved_as_not_created() {
    let (.., resolution) = resolved(Fault::reset()).await;
    assert_eq!(resolution, CreateKeyResolution::NotCreated);
}

#[tokio::test]
async fn two_matching_keys_are_resolved_as_unknown() {
    let emulator = Emulator::start().await.unwrap();
    let (home, lock) = door(&emulator).await;
    let since = Utc::now();
    let request = CreateKeyRequest::builder().user_id(GUEST).end(since + TimeDelta::hours(24)).build().unwrap();
    for _ in 0..2 {
        home.create_key().lock_id(&lock).body(request.clone()).send().await.unwrap();
    }
    let resolution = home.resolve_create_key(&lock, &request, since).await.unwrap();
    assert!(matches!(resolution, CreateKeyResolution::Unknown { reason, .. } if reason.contains("several")));
    // For a call that started a minute later, they may be the keys of an earlier call.
    let later = home.resolve_create_key(&lock, &request, since + TimeDelta::minutes(1)).await.unwrap();
    assert!(matches!(later, CreateKeyResolution::Unknown { .. }));
}

/// Asserts that a call whose future is dropped, and so returns no error, is resolved in the same way.
#[tokio::test]
async fn a_dropped_call_is_resolved_as_created_if_it_was_carried_out() {
    let emulator = Emulator::start().await.unwrap();
    let (home, lock) = door(&emulator).await;
    let since = Utc::now();
    let request = CreateKeyRequest::builder().user_id(GUEST).end(since + TimeDelta::hours(24)).build().unwrap();
    emulator.faults().add(Fault::silence().carried_out().on("createKey")).unwrap();
    let keys = emulator.snapshot().keys.len();
    let call = tokio::spawn(home.create_key().lock_id(&lock).body(request.clone()).send());
    while emulator.snapshot().keys.len() == keys {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    call.abort();
    assert!(call.await.unwrap_err().is_cancelled());
    let resolution = home.resolve_create_key(&lock, &request, since).await.unwrap();
    assert!(matches!(resolution, CreateKeyResolution::Created(_)), "{resolution:?}");
}
