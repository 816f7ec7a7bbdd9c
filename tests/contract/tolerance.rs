//! Tests that all forms are decoded for which the service's documents contradict each other.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use unloc::types::{self, KeyState, LockAuth, Vendor, VendorConnectionState, Weekday};

use crate::envelopes::sample;
use crate::operations::PERSON;
use crate::support::serving;

/// Returns the object with these fields added.
fn with(mut object: Value, more: &Value) -> Value {
    object.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    object
}

fn minimal(operation: &str) -> Value {
    sample(operation).unwrap().1
}

async fn lock(more: Value) -> types::Lock {
    let (_server, home) = serving(json!({"lock": with(minimal("getLock"), &more)})).await;
    home.get_lock().lock_id("door").send().await.unwrap_or_else(|error| panic!("{more}: {error}"))
}

async fn key(more: Value) -> types::Key {
    let (_server, home) = serving(json!({"key": with(minimal("getKey"), &more)})).await;
    let key = home.get_key().lock_id("door").key_id("key").send().await;
    key.unwrap_or_else(|error| panic!("{more}: {error}"))
}

#[tokio::test]
async fn a_phone_number_in_a_json_number_gets_its_plus() {
    let number = 12125550100_u64;
    let (_server, home) = serving(json!({
        "roles": [{"userId": number, "lockId": "door", "canShare": true}],
        "keys": [{"toUser": {"id": number}, "state": "active"}],
        "keyEvents": [{"id": "e", "action": "locked", "created": "2024-05-02T10:35:24Z", "userId": number}],
    }))
    .await;
    let roles = home.get_roles().send().await.unwrap().into_items();
    let keys = home.get_keys().send().await.unwrap().into_items();
    let events = home.get_key_events().send().await.unwrap().into_items();
    assert_eq!([roles[0].user_id.expose(), keys[0].to_user.id.expose()], [PERSON; 2]);
    assert_eq!(events[0].user_id.as_ref().unwrap().expose(), PERSON);
    assert_eq!(key(json!({"toUser": {"id": number}})).await.to_user.id.expose(), PERSON);
    assert_eq!(key(json!({})).await.to_user.id.expose(), PERSON);
}

#[tokio::test]
async fn can_share_is_decoded_from_a_boolean_or_a_string() {
    for (form, wanted) in [(json!(true), true), (json!("true"), true), (json!(false), false), (json!("false"), false)] {
        let role = with(minimal("createOrUpdateRole"), &json!({"canShare": form}));
        let (_server, home) = serving(json!({"roles": [role]})).await;
        assert_eq!(home.get_roles().send().await.unwrap().items()[0].can_share, wanted, "{form}");
    }
}

#[tokio::test]
async fn a_postal_code_is_decoded_from_a_string_or_a_number() {
    for (form, wanted) in [(json!("0101"), Some("0101")), (json!(1234), Some("1234")), (Value::Null, None)] {
        let address = lock(json!({"address": {"postalCode": form, "city": "Oslo"}})).await.address.unwrap();
        assert_eq!(address.postal_code.as_deref(), wanted);
    }
}

#[tokio::test]
async fn an_image_url_is_any_string_null_or_absent() {
    for (form, wanted) in [
        (json!({}), None),
        (json!({"imageUrl": null}), None),
        (json!({"imageUrl": ""}), Some("")),
        (json!({"imageUrl": "url"}), Some("url")),
        (json!({"imageUrl": "https://images.example.com/a.png"}), Some("https://images.example.com/a.png")),
    ] {
        assert_eq!(lock(form).await.image_url.as_deref(), wanted);
    }
}

#[tokio::test]
async fn vendors_are_case_insensitive_and_country_codes_stay_unchanged() {
    for vendor in ["danalock", "Danalock", "DANALOCK"] {
        assert_eq!(lock(json!({"vendor": vendor})).await.vendor, Some(Vendor::Danalock));
    }
    assert_eq!(lock(json!({"vendor": "Virtual"})).await.vendor, Some(Vendor::Virtual));
    for country in ["NO", "us"] {
        let address = lock(json!({"address": {"countryIso": country}})).await.address.unwrap();
        assert_eq!(address.country_iso.as_deref(), Some(country));
    }
}

#[tokio::test]
async fn start_and_end_are_times_null_or_absent() {
    for form in [json!({}), json!({"start": null, "end": null, "created": null, "appSwitchOnly": null})] {
        let key = key(form).await;
        assert_eq!((key.start, key.end, key.created), (None, None, None));
    }
    for form in ["2024-05-01T12:00:00.000Z", "2024-05-01T12:00:00Z", "2024-05-01T14:00:00+02:00"] {
        let key = key(json!({"start": form, "end": form})).await;
        let may: chrono::DateTime<chrono::Utc> = "2024-05-01T12:00:00Z".parse().unwrap();
        assert_eq!((key.start, key.end), (Some(may), Some(may)), "{form}");
    }
}

#[tokio::test]
async fn a_recurrence_is_absent_empty_by_weekday_or_a_list_with_two_names() {
    assert_eq!(key(json!({})).await.recurrence, None);
    assert_eq!(key(json!({"recurrence": null})).await.recurrence, None);
    let empty = key(json!({"recurrence": {}})).await.recurrence.unwrap();
    assert!(empty.mon.is_none() && empty.sun.is_none() && empty.time_spans.is_empty());
    let period = json!({"startHour": 8, "startMinute": 0, "endHour": 16, "endMinute": 30});
    let by_day = key(json!({"recurrence": {"mon": period, "thu": null}})).await.recurrence.unwrap();
    assert_eq!((by_day.mon.unwrap().end_minute, by_day.thu), (30, None));
    for name in ["timeSpans", "timespans"] {
        let span = with(period.clone(), &json!({"weekday": "fri"}));
        let listed = key(json!({"recurrence": {name: [span]}})).await.recurrence.unwrap();
        assert_eq!((&listed.time_spans[0].weekday, listed.time_spans[0].end_hour), (&Weekday::Fri, Some(16)));
        assert!(key(json!({"recurrence": {name: null}})).await.recurrence.unwrap().time_spans.is_empty());
    }
}

#[tokio::test]
async fn a_cursor_is_absent_null_empty_or_any_scalar() {
    for (form, wanted) in [
        (json!({}), None),
        (json!({"startAfterId": null}), None),
        (json!({"startAfterId": ""}), None),
        (json!({"startAfterId": 17}), Some("17")),
        (json!({"startAfterId": "+12125550100.4c8e"}), Some("+12125550100.4c8e")),
    ] {
        let (_server, home) = serving(with(json!({"roles": []}), &form)).await;
        let page = home.get_roles().send().await.unwrap();
        assert_eq!(page.cursor().map(unloc::Cursor::expose), wanted);
    }
}

#[tokio::test]
async fn maps_and_lists_in_responses_may_be_null_or_absent() {
    for form in [json!({}), json!({"auth": null}), json!({"auth": {}})] {
        assert!(lock(form).await.auth.is_empty());
    }
    let auth = lock(json!({"auth": {"\"Post\" Couriers": "opt-in", "other": "perhaps"}})).await.auth;
    assert_eq!(auth["\"Post\" Couriers"], LockAuth::OptIn);
    assert_eq!(auth["other"], LockAuth::Unknown("perhaps".to_owned()));
    for more in [json!({}), json!({"activeInstallerInviteCodes": null, "organizationIdSuffix": null})] {
        let holder = with(minimal("updateLockHolder"), &more);
        let (_server, home) = serving(json!({"lockHolder": holder})).await;
        let body = types::UpdateLockHolderRequest::builder().name("Name");
        let holder = home.update_lock_holder().body(body).send().await.unwrap();
        assert!(holder.active_installer_invite_codes.is_empty() && holder.organization_id_suffix.is_none());
    }
}

/// Asserts that a minimal `T` decodes to the same value with all its other properties null.
fn assert_null_is_absent<T: DeserializeOwned + Serialize + PartialEq + std::fmt::Debug>(
    minimal: &Value,
    others: &[&str],
) {
    let wanted: T = serde_json::from_value(minimal.clone()).unwrap();
    assert_eq!(serde_json::to_value(&wanted).unwrap(), *minimal, "no property is added");
    let nulls = Value::Object(Map::from_iter(others.iter().map(|name| ((*name).to_owned(), Value::Null))));
    assert_eq!(serde_json::from_value::<T>(with(minimal.clone(), &nulls)).unwrap(), wanted);
}

#[test]
fn optional_properties_may_be_null() {
    let key = ["id", "lockId", "start", "end", "created", "recurrence", "appSwitchOnly"];
    let lock =
        ["vendor", "imageUrl", "auth", "address", "created", "duplicateLock", "canCreateKeysCount", "keysCreatedCount"];
    let address = ["street", "postalCode", "city", "countryIso", "floor", "visitorInstructions"];
    let event = ["keyId", "lockId", "lockName", "userId", "userName"];
    let holder = ["organizationIdSuffix", "activeInstallerInviteCodes"];
    let span = ["startHour", "startMinute", "endHour", "endMinute"];
    let week = ["mon", "tue", "wed", "thu", "fri", "sat", "sun", "timeSpans"];
    assert_null_is_absent::<types::Key>(&minimal("getKey"), &key);
    assert_null_is_absent::<types::KeyUser>(&json!({"id": PERSON}), &["name", "imageUrl"]);
    assert_null_is_absent::<types::Lock>(&minimal("getLock"), &lock);
    assert_null_is_absent::<types::Address>(&json!({}), &address);
    assert_null_is_absent::<types::Role>(&minimal("createOrUpdateRole"), &["userName", "created", "createdKeys"]);
    assert_null_is_absent::<types::KeyEvent>(&minimal("getKeyEvents")[0], &event);
    assert_null_is_absent::<types::LockHolder>(&minimal("updateLockHolder"), &holder);
    assert_null_is_absent::<types::TimeSpan>(&json!({"weekday": "mon"}), &span);
    assert_null_is_absent::<types::Recurrence>(&json!({}), &week);
    assert_null_is_absent::<types::Webhook>(&json!({}), &["id", "webhookUrl"]);
    assert_null_is_absent::<types::Integrator>(&json!({}), &["id", "name"]);
}

#[tokio::test]
async fn unknown_enum_values_are_preserved_in_a_round_trip() {
    let locks = json!({"locks": [{"id": "a", "name": "A", "vendor": "Master Lock", "auth": {"x": "Opt-In"}}]});
    let keys = json!({"keys": [
        {"toUser": {"id": PERSON}, "state": "on-holiday", "recurrence": {"timeSpans": [{"weekday": "someday"}]}},
    ]});
    let connections = json!({"vendorConnections": [{"id": "c", "state": "Paused", "vendor": "futurehome"}]});
    let events = json!({"keyEvents": [{"id": "e", "action": "rang", "created": "2024-05-02T10:35:24.083Z"}]});
    let (_server, home) = serving(locks.clone()).await;
    assert_eq!(serde_json::to_value(home.get_locks().send().await.unwrap().items()).unwrap(), locks["locks"]);
    let (_server, home) = serving(keys.clone()).await;
    let list = home.get_keys().send().await.unwrap();
    assert_eq!(list.items()[0].state, KeyState::Unknown("on-holiday".to_owned()));
    assert_eq!(serde_json::to_value(list.items()).unwrap(), keys["keys"]);
    let (_server, home) = serving(connections.clone()).await;
    let list = home.get_vendor_connections().send().await.unwrap();
    assert_eq!(list[0].state, VendorConnectionState::Unknown("Paused".to_owned()));
    assert_eq!(serde_json::to_value(list).unwrap(), connections["vendorConnections"]);
    let (_server, home) = serving(events.clone()).await;
    assert_eq!(serde_json::to_value(home.get_key_events().send().await.unwrap().items()).unwrap(), events["keyEvents"]);
}

#[tokio::test]
async fn keys_in_the_list_of_a_lock_may_lack_their_ids() {
    let (_server, home) = serving(json!({"keys": [minimal("getKey"), minimal("getKey")]})).await;
    let keys = home.get_keys_for_lock().lock_id("door").send().await.unwrap().into_items();
    assert_eq!(keys.len(), 2);
    assert!(keys.iter().all(|key| key.id.is_none() && key.lock_id.is_none()));
}

#[tokio::test]
async fn an_empty_string_is_an_absent_time_where_the_time_is_optional() {
    let key = key(json!({"start": "", "end": "", "created": " "})).await;
    assert_eq!((key.start, key.end, key.created), (None, None, None));
    assert_eq!(lock(json!({"created": ""})).await.created, None);
    let event = with(minimal("getKeyEvents")[0].clone(), &json!({"created": ""}));
    let (_server, home) = serving(json!({"keyEvents": [event]})).await;
    let error = home.get_key_events().send().await.unwrap_err().to_string();
    assert!(error.contains("`keyEvents[0].created`") && error.contains("an empty string where"), "{error}");
}

#[tokio::test]
async fn the_extreme_dates_of_javascript_are_decoded() {
    let forever = json!({"start": "-271821-04-20T00:00:00.000Z", "end": "+275760-09-13T00:00:00.000Z"});
    let key = key(forever).await;
    let at = |text: &str| text.parse::<chrono::DateTime<chrono::Utc>>().unwrap();
    assert!(key.end.unwrap() > at("+200000-01-01T00:00:00Z"));
    assert!(key.start.unwrap() < at("-200000-01-01T00:00:00Z"));
}
