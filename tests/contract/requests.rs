//! Tests the bodies, headers and targets of requests.

use std::collections::BTreeSet;
use std::path::Path;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use unloc::types::{Address, CreateKeyRequest, Recurrence, RecurrencePeriod, UpdateLockRequest, builder};
use unloc::{Cursor, LockHolderClient, Nullable};
use unloc_spec::{Document, beside_null};

use crate::operations::PERSON;
use crate::support::{Response, Server, builder as unloc_builder, home, lock_holder, serving, unchecked};

fn may() -> DateTime<Utc> {
    "2024-05-01T12:00:00Z".parse().unwrap()
}

/// Creates a key that `change` configures, and returns the body that was sent, without `userId`.
async fn sent(
    server: &Server,
    home: &LockHolderClient,
    change: impl FnOnce(builder::CreateKeyRequest) -> builder::CreateKeyRequest,
) -> Value {
    let body = change(CreateKeyRequest::builder().user_id(PERSON));
    home.create_key().lock_id("door").body(body).send().await.unwrap();
    let [request] = &server.take()[..] else { panic!("exactly one request was expected") };
    assert_eq!(request.header("content-type"), Some("application/json"));
    let mut body = request.json();
    assert_eq!(body.as_object_mut().unwrap().remove("userId"), Some(json!(PERSON)));
    body
}

#[tokio::test]
async fn start_and_end_of_a_key_are_sent_as_null_as_a_value_or_not_at_all() {
    let (server, home) = serving(json!({"key": {"toUser": {"id": PERSON}, "state": "creating"}})).await;
    assert_eq!(sent(&server, &home, |key| key).await, json!({}));
    assert_eq!(sent(&server, &home, |key| key.start(None).end(None)).await, json!({"start": null, "end": null}));
    assert_eq!(sent(&server, &home, |key| key.start(may())).await, json!({"start": "2024-05-01T12:00:00Z"}));
    assert_eq!(sent(&server, &home, |key| key.end(Some(may()))).await, json!({"end": "2024-05-01T12:00:00Z"}));
    let absent = |key: builder::CreateKeyRequest| key.start(Nullable::Absent).end(Nullable::Null);
    assert_eq!(sent(&server, &home, absent).await, json!({"end": null}));
}

#[tokio::test]
async fn skip_invite_notification_is_sent_as_null_as_a_boolean_or_not_at_all() {
    let (server, home) = serving(json!({"key": {"toUser": {"id": PERSON}, "state": "creating"}})).await;
    for (value, wanted) in [
        (Nullable::Absent, json!({})),
        (Nullable::Null, json!({"skipInviteNotification": null})),
        (Nullable::Value(false), json!({"skipInviteNotification": false})),
        (Nullable::Value(true), json!({"skipInviteNotification": true})),
    ] {
        assert_eq!(sent(&server, &home, |key| key.skip_invite_notification(value)).await, wanted);
    }
}

#[tokio::test]
async fn the_address_of_a_lock_is_sent_as_null_as_a_value_or_not_at_all() {
    let (server, home) = serving(json!({"lock": {"id": "door", "name": "Door"}})).await;
    let address = Address::builder().city("Oslo").postal_code("0101").build().unwrap();
    let lock = UpdateLockRequest::builder;
    for (body, wanted) in [
        (lock().name("Door"), json!({"name": "Door"})),
        (lock().address(None), json!({"address": null})),
        (lock().address(address), json!({"address": {"city": "Oslo", "postalCode": "0101"}})),
    ] {
        home.update_lock().lock_id("door").body(body).send().await.unwrap();
        assert_eq!(server.take()[0].json(), wanted);
    }
}

#[tokio::test]
async fn a_plus_is_percent_encoded_in_paths_and_in_queries() {
    let (server, home) = serving(json!({"roles": []})).await;
    home.get_roles_for_user().user_id("+4700000000").send().await.unwrap();
    let cursor = Cursor::from("+12125550100.4c8e1b7a&limit=9#x y/é%2B");
    home.get_roles().limit(2).start_after_id(cursor).send().await.unwrap();
    let targets: Vec<_> = server.requests().into_iter().map(|request| request.target).collect();
    let base = "/integrators/v1/lock-holders/home";
    assert_eq!(targets[0], format!("{base}/users/%2B4700000000/roles/"));
    let query = "limit=2&startAfterId=%2B12125550100.4c8e1b7a%26limit%3D9%23x+y%2F%C3%A9%252B";
    assert_eq!(targets[1], format!("{base}/roles/?{query}"));
}

#[tokio::test]
async fn a_phone_number_that_was_received_without_its_plus_is_sent_with_it() {
    let role = json!({"userId": 12125550100_u64, "lockId": "door", "canShare": true});
    let (server, home) = serving(json!({"roles": [role]})).await;
    let roles = home.get_roles().send().await.unwrap().into_items();
    home.get_roles_for_user().user_id(&roles[0].user_id).send().await.unwrap();
    assert!(server.requests()[1].target.ends_with("/users/%2B12125550100/roles/"));
}

#[tokio::test]
async fn a_call_sends_accept_and_user_agent_and_no_api_version() {
    let (server, home) = serving(json!({"locks": []})).await;
    home.get_locks().send().await.unwrap();
    for request in server.requests().into_iter().chain(server.token_requests()) {
        assert_eq!(request.header("user-agent"), Some(concat!("unloc-rust/", env!("CARGO_PKG_VERSION"))));
        assert_eq!(request.header("accept"), Some("application/json"));
        assert_eq!(request.header("api-version"), None);
        // The SDK decodes no content coding, so it accepts none (RFC 9110, section 12.5.3).
        assert_eq!(request.header("accept-encoding"), Some("identity"));
        let known = ["accept", "accept-encoding", "authorization", "content-length", "content-type"];
        let wanted = [&known[..], &["host", "user-agent"]].concat();
        for (name, _) in &request.headers {
            assert!(wanted.contains(&name.to_lowercase().as_str()), "{name}");
        }
    }
}

#[tokio::test]
async fn a_call_without_a_body_sends_none() {
    let server = Server::always(Response::new(204, "")).await;
    home(&server).refresh_vendor_connection().vendor_connection_id("account").send().await.unwrap();
    home(&server).delete_webhook().webhook_id("hook").send().await.unwrap();
    assert!(server.requests().iter().all(|request| request.body.is_empty()));
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn a_base_url_with_a_path_and_trailing_slashes_is_joined_correctly() {
    let server = Server::start(|_| Response::ok(&json!({"locks": []}))).await;
    for (below, before) in [("", ""), ("/", ""), ("/unloc", "/unloc"), ("/unloc/", "/unloc"), ("/a/b//", "/a/b")] {
        // The scripted server knows the token path only at its root, so the token comes from a source of its own.
        let token = FixedToken;
        let environment: unloc::Environment = format!("{}{below}", server.url()).parse().unwrap();
        let unloc = unloc::Unloc::builder().environment(environment).token_source(token).build().unwrap();
        let home = unloc.lock_holder(&lock_holder("home")).unwrap();
        home.get_locks().send().await.unwrap();
        home.get_locks().limit(1).send().await.unwrap();
        let targets: Vec<_> = server.take().into_iter().map(|request| request.target).collect();
        let plain = format!("{before}/integrators/v1/lock-holders/home/locks/");
        assert_eq!(targets, [format!("{plain}?limit=500"), format!("{plain}?limit=1")], "{below}");
    }
}

struct FixedToken;

impl unloc::TokenSource for FixedToken {
    fn fetch(&self, _: unloc::Scopes) -> unloc::FetchToken<'_> {
        Box::pin(async { Ok(unloc::Token::new("EXAMPLE")) })
    }
}

#[tokio::test]
async fn the_auth_api_is_below_the_same_base_url() {
    let server = Server::start(|request| {
        if request.target.ends_with("/token/") {
            return Response::ok(&json!({"access_token": "EXAMPLE", "token_type": "bearer"}));
        }
        Response::ok(&json!({"lockHolders": []}))
    });
    let server = server.await;
    let unloc = unloc_builder(&format!("{}/proxy/", server.url())).build().unwrap();
    unloc.get_lock_holders().send().await.unwrap();
    let targets: Vec<_> = server.requests().into_iter().map(|request| request.target).collect();
    assert_eq!(targets, ["/proxy/auth/v1/token/", "/proxy/integrators/v1/lock-holders/"]);
}

#[tokio::test]
async fn a_phone_number_from_the_service_is_sent_unchanged() {
    let (server, home) = serving(json!({"key": {"toUser": {"id": PERSON}, "state": "creating"}})).await;
    let person = unchecked(PERSON);
    home.create_key().lock_id("door").body(CreateKeyRequest::builder().user_id(&person)).send().await.unwrap();
    assert_eq!(server.take()[0].json(), json!({"userId": PERSON}));
}

#[tokio::test]
async fn times_of_a_request_are_truncated_to_milliseconds() {
    let (server, home) = serving(json!({"key": {"toUser": {"id": PERSON}, "state": "creating"}})).await;
    for (fine, wanted) in [
        ("2030-01-01T10:00:00.123456789Z", "2030-01-01T10:00:00.123Z"),
        ("2030-01-01T10:00:00.999999999Z", "2030-01-01T10:00:00.999Z"),
        ("2030-01-01T10:00:00.000000001Z", "2030-01-01T10:00:00Z"),
        ("2030-01-01T10:00:00.5Z", "2030-01-01T10:00:00.500Z"),
    ] {
        let (fine, cut): (DateTime<Utc>, DateTime<Utc>) = (fine.parse().unwrap(), wanted.parse().unwrap());
        let times = json!({"start": wanted, "end": wanted});
        // Set by the builder, which truncates at once.
        let built = CreateKeyRequest::builder().user_id(PERSON).start(fine).end(Some(fine)).build().unwrap();
        assert_eq!((built.start, built.end), (Nullable::Value(cut), Nullable::Value(cut)));
        assert_eq!(sent(&server, &home, |key| key.start(fine).end(Some(fine))).await, times);
        // Set by the public fields, and deserialized from a program's own storage.
        let mut set = CreateKeyRequest::builder().user_id(PERSON).build().unwrap();
        (set.start, set.end) = (Nullable::Value(fine), Nullable::Value(fine));
        home.create_key().lock_id("door").body(set).send().await.unwrap();
        assert_eq!(server.take()[0].json()["end"], wanted);
        let stored = json!({"userId": PERSON, "start": fine, "end": fine});
        let stored: CreateKeyRequest = serde_json::from_value(stored).unwrap();
        assert_eq!((stored.start, stored.end), (Nullable::Value(cut), Nullable::Value(cut)));
    }
    // Times of a response are not truncated.
    let fine = "2030-01-01T10:00:00.123456789Z";
    let key = json!({"toUser": {"id": PERSON}, "state": "creating", "end": fine});
    let read: unloc::types::Key = serde_json::from_value(key.clone()).unwrap();
    assert_eq!(serde_json::to_value(read).unwrap(), key);
}

#[tokio::test]
async fn a_missing_property_is_named_with_its_setter() {
    let (server, home) = serving(json!({})).await;
    for call in [
        home.create_key().lock_id("door"),
        home.create_key().lock_id("door").end(None),
        home.create_key().lock_id("door").body(CreateKeyRequest::builder()),
    ] {
        let error = call.send().await.unwrap_err().to_string();
        assert_eq!(error, "createKey: `userId` is not set: call `.user_id(…)`");
    }
    let error = CreateKeyRequest::builder().build().unwrap_err().to_string();
    assert_eq!(error, "CreateKeyRequest: `userId` is not set: call `.user_id(…)`");
    // The path of a nested property is named.
    let half = Recurrence::builder().mon(RecurrencePeriod::builder().start_hour(8));
    let error = home.create_key().lock_id("door").user_id(PERSON).recurrence(half).send().await.unwrap_err();
    assert_eq!(error.to_string(), "createKey: `recurrence`: `mon`: `endHour` is not set: call `.end_hour(…)`");
    assert!(server.requests().is_empty());
    // A body without required properties may be empty.
    let (server, home) = serving(json!({"lock": {"id": "door", "name": "Door"}})).await;
    home.update_lock().lock_id("door").send().await.unwrap();
    home.update_lock().lock_id("door").name("Gate").send().await.unwrap();
    let bodies: Vec<_> = server.requests().iter().map(crate::support::Request::json).collect();
    assert_eq!(bodies, [json!({}), json!({"name": "Gate"})]);
}

#[tokio::test]
async fn a_body_is_set_at_once_or_by_property_and_the_last_setter_wins() {
    let (server, home) = serving(json!({"key": {"toUser": {"id": PERSON}, "state": "creating"}})).await;
    let call = || home.create_key().lock_id("door");
    let whole = CreateKeyRequest::builder().user_id(PERSON).end(None).build().unwrap();
    for (call, wanted) in [
        (call().user_id(PERSON).end(None), json!({"userId": PERSON, "end": null})),
        (call().body(whole.clone()), json!({"userId": PERSON, "end": null})),
        (
            call().body(whole.clone()).end(may()).duration_minutes(5),
            json!({"userId": PERSON, "end": "2024-05-01T12:00:00Z", "durationMinutes": 5}),
        ),
        (call().duration_minutes(5).body(whole), json!({"userId": PERSON, "end": null})),
        (call().body(CreateKeyRequest::builder().end(None)).user_id(PERSON), json!({"userId": PERSON, "end": null})),
    ] {
        call.send().await.unwrap();
        assert_eq!(server.take()[0].json(), wanted);
    }
}

/// Asserts the JSON of each nullable request property when it is absent, null or a value.
#[tokio::test]
async fn each_nullable_property_is_sent_as_null_as_a_value_or_not_at_all() {
    let key = json!({"key": {"toUser": {"id": PERSON}, "state": "creating"}});
    let lock = json!({"lock": {"id": "door", "name": "Door"}});
    let mut pinned = BTreeSet::new();
    macro_rules! pin {
        ($response:expr, $operation:ident($($fixed:ident: $with:expr),*), $schema:literal:
            $($setter:ident $property:literal $value:expr => $json:expr;)*
        ) => {
            let (server, home) = serving($response).await;
            let call = || home.$operation()$(.$fixed($with))*;
            call().send().await.unwrap();
            let absent = server.take()[0].json();
            $(
                for (call, wanted) in [
                    (call().$setter(None), json!(null)),
                    (call().$setter(Nullable::Null), json!(null)),
                    (call().$setter($value), $json),
                    (call().$setter(Some($value)), $json),
                ] {
                    call.send().await.unwrap();
                    let mut body = server.take()[0].json();
                    let sent = body.as_object_mut().unwrap().remove($property);
                    assert_eq!(sent, Some(wanted), "{}.{}", $schema, $property);
                    assert_eq!(body, absent, "the rest of the body is unchanged");
                }
                call().$setter(Nullable::Absent).send().await.unwrap();
                assert_eq!(server.take()[0].json(), absent);
                assert!(absent.get($property).is_none());
                pinned.insert(format!("{}.{}", $schema, $property));
            )*
        };
    }
    let noon = json!("2024-05-01T12:00:00Z");
    pin! { key.clone(), create_key(lock_id: "door", user_id: PERSON), "CreateKeyRequest":
        start "start" may() => noon.clone();
        end "end" may() => noon.clone();
        skip_invite_notification "skipInviteNotification" true => json!(true);
    }
    pin! { key, create_key_for_lock_holder(lock_id: "door", user_id: PERSON), "CreateKeyForLockHolderRequest":
        start "start" may() => noon.clone();
        end "end" may() => noon.clone();
        skip_invite_notification "skipInviteNotification" false => json!(false);
    }
    pin! { lock, update_lock(lock_id: "door"), "UpdateLockRequest":
        image "image" "data:image/png;base64,".to_owned() => json!("data:image/png;base64,");
        address "address" Address::builder().city("Oslo").build().unwrap() => json!({"city": "Oslo"});
    }
    let document = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi/integrator.yaml");
    let document = Document::read(&document).unwrap();
    let mut nullable = BTreeSet::new();
    for operation in unloc_spec::Operation::all(&document).unwrap() {
        let Some((schema, _)) = operation.body else { continue };
        let properties = document.value["components"]["schemas"][&schema]["properties"].as_object().unwrap();
        for (name, property) in properties {
            if property.get("nullable") == Some(&Value::Bool(true)) || beside_null(property).is_some() {
                let says = property["description"].as_str().unwrap_or_default();
                assert!(says.to_lowercase().contains("null"), "{schema}.{name} must describe what null means: {says}");
                nullable.insert(format!("{schema}.{name}"));
            }
        }
    }
    assert_eq!(pinned, nullable);
}

#[tokio::test]
async fn a_number_out_of_range_is_refused_with_its_bounds() {
    let (server, home) = serving(json!({})).await;
    let minutes = CreateKeyRequest::builder().user_id(PERSON).duration_minutes(5_000_000_000_i64);
    let errors = [
        home.get_locks().limit(-5_000_000_000_i64).send().await.unwrap_err(),
        home.create_key().lock_id("door").body(minutes).send().await.unwrap_err(),
    ];
    for (error, name) in errors.iter().zip(["limit", "durationMinutes"]) {
        let wanted = format!("`{name}` is out of range: expected a whole number from -2^31 to 2^31 - 1");
        assert!(error.to_string().contains(&wanted), "{error}");
    }
    assert!(server.requests().is_empty());
}
