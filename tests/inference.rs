//! Tests that the compiler infers the types of numbers, texts and `None` in setters.
//!
//! The test is that this file compiles. Values that setters must refuse are in `tests/setters/`.

#![allow(clippy::needless_borrows_for_generic_args, reason = "setters have to accept borrowed values as well")]

use unloc::chrono::{DateTime, TimeDelta, Utc};
use unloc::types::{
    Address, CreateKeyRequest, Key, KeyId, KeyState, Lock, LockId, Recurrence, RecurrencePeriod, UpdateLockRequest,
    Vendor,
};
use unloc::{Cursor, LockHolderClient, Nullable, PhoneNumber, Unloc};

fn numbers(home: &LockHolderClient) {
    let _ = home.get_keys().limit(5);
    let _ = home.get_keys().limit(5_u32);
    let _ = home.get_keys().limit(5_usize).limit(5_i64).limit(&5);
    let _ = home.create_key().duration_minutes(60).duration_minutes(60_u8);
    let _ = home.create_key().duration_minutes(TimeDelta::hours(1).num_minutes());
}

fn texts(home: &LockHolderClient, text: String, lock: &Lock, key: &Key, id: LockId, person: PhoneNumber) {
    let _ = home.get_lock().lock_id("front-door");
    let _ = home.get_lock().lock_id(&text);
    let _ = home.get_lock().lock_id(text.as_str());
    let _ = home.get_lock().lock_id(text);
    let _ = home.get_lock().lock_id(&lock.id).lock_id(lock.id.clone());
    if let Some(key_id) = &key.id {
        let _ = home.get_key().lock_id(&id).key_id(key_id);
    }
    let _ = home.get_key().lock_id(id).key_id(KeyId::from("k"));
    let _ = home.create_key().user_id("+12125550142").user_id(&person).user_id(&key.to_user.id).user_id(person);
    let _ = home.get_keys().start_after_id("a").start_after_id(Cursor::from("a"));
    let _ = home.update_key().state("revoked").state(KeyState::Revoked).state(&KeyState::Revoked);
    let _ = home.create_vendor_connection().vendor("danalock").vendor(Vendor::Danalock).password("EXAMPLE");
}

fn nulls(home: &LockHolderClient, end: Option<DateTime<Utc>>, other: Nullable<DateTime<Utc>>) {
    let now = Utc::now();
    let _ = home.create_key().end(None).end(now).end(&now).end(Some(now)).end(end).end(other);
    let _ = home.create_key().end(Nullable::Null).end(Nullable::Absent).end("2030-05-01T12:00:00Z");
    let _ = home.create_key().end(now.fixed_offset()).skip_invite_notification(None).skip_invite_notification(true);
    let _ = home.update_lock().image(None).image("data:image/png;base64,").address(None);
}

fn objects(home: &LockHolderClient, address: Address, request: CreateKeyRequest) {
    let period = || RecurrencePeriod::builder().start_hour(8).start_minute(0).end_hour(9).end_minute(30);
    let _ = home.create_key().recurrence(Recurrence::builder().mon(period()).tue(period()));
    let _ = home.update_lock().address(Address::builder().city("Oslo")).address(&address).address(address);
    let _ = home.create_key().body(request.clone()).body(CreateKeyRequest::builder()).end(None);
    let _ = home.update_lock().body(UpdateLockRequest::builder().name("Gate"));
    let _ = home.create_key().body(request);
}

fn types_are_send_and_sync() {
    fn check<T: Send + Sync>() {}
    fn is_send<T: Send>(_: T) {}

    check::<Unloc>();
    check::<LockHolderClient>();
    check::<unloc::UnlocBuilder>();
    check::<unloc::ClientCredentials>();
    check::<unloc::TokenCache>();
    check::<unloc::Token>();
    check::<unloc::token::Bearer>();
    check::<unloc::Error>();
    check::<unloc::RequestOptions>();
    check::<unloc::RetryPolicy>();
    check::<unloc::Environment>();
    check::<unloc::Scopes>();
    check::<unloc::Response<Key>>();
    check::<unloc::Page<Key>>();
    check::<unloc::builder::CreateKey>();
    check::<unloc::CreateKeyResolution>();
    let _ = |home: LockHolderClient, request: CreateKeyRequest| {
        is_send(home.get_keys().send());
        is_send(home.get_keys().items());
        is_send(home.create_key().send_with_response());
        is_send(async move {
            home.wait_for_key("a", "b", KeyState::Active).await?;
            home.resolve_create_key("a", &request, Utc::now()).await
        });
    };
}

#[test]
fn setters_accept_all_these_values() {
    let _ = (numbers, texts, nulls, objects, types_are_send_and_sync);
}
