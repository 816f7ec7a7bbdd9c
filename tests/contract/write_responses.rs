//! Tests incomplete and undecodable responses to operations that change something: the change itself was made.

use serde_json::{Value, json};
use unloc::{ErrorKind, Outcome};

use crate::envelopes::{Harness, sample, wrapped};
use crate::operations::calls;
use crate::support::{Response, serving};

/// Lists the response fields that the SDK can fill in from the request, by operation. The requests are those of
/// `calls`.
const ECHOED_FIELDS: [(&str, &[&str]); 7] = [
    ("createLockHolder", &["name", "countryIso", "organizationId"]),
    ("updateLockHolder", &["id", "name"]),
    ("updateLock", &["id"]),
    ("createKey", &["toUser"]),
    ("createKeyForLockHolder", &["toUser"]),
    ("createOrUpdateRole", &["userId", "lockId", "canShare"]),
    ("createVendorConnection", &["vendor"]),
];

pub(crate) fn echoed_fields(id: &str) -> &'static [&'static str] {
    ECHOED_FIELDS.iter().find(|(other, _)| *other == id).map_or(&[], |(_, echoed_fields)| echoed_fields)
}

/// Lists the operations whose response has no required field, because its schema is inferred.
pub(crate) const INFERRED: [&str; 4] = ["updateKey", "createWebhook", "createWebhookForLock", "getIntegrator"];

#[tokio::test]
async fn a_response_field_that_repeats_the_request_may_be_missing() {
    let harness = Harness::new().await;
    for call in calls() {
        let id = call.operation.id;
        let Some((names, whole)) = sample(id).filter(|_| !echoed_fields(id).is_empty()) else { continue };
        // The samples hold what the calls request, except for one name.
        let wanted = |field: &str| match (id, field) {
            ("updateLockHolder", "name") => json!("Harbour Flats South"),
            _ => whole[field].clone(),
        };
        let mut without_any = whole.clone();
        for field in echoed_fields(id) {
            without_any.as_object_mut().unwrap().remove(*field);
            for nothing in [None, Some(Value::Null)] {
                let mut lacking = whole.clone();
                lacking.as_object_mut().unwrap().remove(*field);
                lacking.as_object_mut().unwrap().extend(nothing.map(|null| ((*field).to_owned(), null)));
                let read = harness.run(&call, Response::ok(&wrapped(names[0], &lacking))).await;
                let read = read.unwrap_or_else(|error| panic!("{field}: {error}"));
                assert_eq!(read[field], wanted(field), "{id}");
            }
        }
        let read = harness.run(&call, Response::ok(&wrapped(names[0], &without_any))).await.unwrap();
        for field in echoed_fields(id) {
            assert_eq!(read[field], wanted(field), "{id}");
        }
        // A field that is present is never replaced: an invalid value is an error.
        let mut strange = whole.clone();
        strange[echoed_fields(id)[0]] = json!([7]);
        let error = harness.run(&call, Response::ok(&wrapped(names[0], &strange))).await.unwrap_err();
        assert_eq!((error.kind(), error.outcome()), (ErrorKind::Decode, Outcome::Accepted), "{id}");
        // Fields are filled in only if the changed object itself is in the response.
        for nothing in [json!({"ok": true}), json!(null), json!([]), json!("OK"), wrapped(names[0], &Value::Null)] {
            let error = harness.run(&call, Response::ok(&nothing)).await.unwrap_err();
            assert_eq!((error.kind(), error.outcome()), (ErrorKind::Decode, Outcome::Accepted), "{id}: {nothing}");
        }
    }
}

#[tokio::test]
async fn an_incomplete_role_is_accepted_in_a_write_response_and_refused_in_a_list() {
    use unloc::types::CreateOrUpdateRoleRequest;

    for (role, can_share) in [
        (json!({"userId": "+12125550101", "lockId": "door"}), false),
        (json!({"canShare": null, "userName": "Kim"}), false),
        (json!({}), false),
        (json!({"canShare": "true"}), true),
    ] {
        for body in [wrapped("role", &role), role.clone()] {
            if body == json!({}) {
                continue; // an empty response has no role
            }
            let (_server, home) = serving(body.clone()).await;
            let request = CreateOrUpdateRoleRequest::builder().can_share(false);
            let call = home.create_or_update_role().lock_id("door").user_id("+12125550101").body(request);
            let role = call.send().await.unwrap_or_else(|error| panic!("{body}: {error}"));
            assert_eq!((role.user_id.expose(), role.lock_id.as_str()), ("+12125550101", "door"), "{body}");
            assert_eq!(role.can_share, can_share, "{body}");
        }
        let (_server, home) = serving(json!({"roles": [role]})).await;
        assert_eq!(home.get_roles().send().await.unwrap_err().kind(), ErrorKind::Decode);
    }
}

#[tokio::test]
async fn an_undecodable_inferred_response_is_no_error_unless_it_is_html() {
    let harness = Harness::new().await;
    let half = r#"{"key": {"id": "k", "state": "revoked"}, "webhook": {"id": 7}, "integrator": {"id": []}}"#;
    for body in [half, "null", "true", "[]", "7", "\"OK\"", "OK", "{\"key\": [7]}", "{\"key\"", "\u{feff}null", "{} {}"]
    {
        for call in calls() {
            let (id, result) = (call.operation.id, harness.run(&call, Response::new(200, body)).await);
            if body == half && !echoed_fields(id).is_empty() {
                continue; // its missing fields are filled in from the request
            } else if INFERRED.contains(&id) {
                assert_eq!(result.unwrap_or_else(|error| panic!("{body}: {error}")), Value::Null, "{id}: {body}");
            } else if sample(id).is_some_and(|(names, _)| !body.starts_with("[]") || !names[0].ends_with('s')) {
                let error = result.expect_err(&format!("{id}: {body}"));
                assert_eq!((error.kind(), error.outcome()), (ErrorKind::Decode, Outcome::Accepted), "{id}: {body}");
            }
        }
    }
    for id in INFERRED {
        let call = calls().into_iter().find(|call| call.operation.id == id).unwrap();
        let error = harness.run(&call, Response::new(200, "<html>log in</html>")).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode, "{id}: an HTML page is not from the service");
        let error = harness.run(&call, Response::json(409, &json!({"error": "Conflict"}))).await.unwrap_err();
        assert_eq!(error.outcome(), Outcome::Rejected, "{id}");
    }
}
