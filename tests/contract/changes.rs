//! Responses to what changed something: what they leave out, and what of them cannot be read, undoes nothing.

use serde_json::{Value, json};
use unloc::{ErrorKind, Outcome};

use crate::envelopes::{Bench, sample, wrapped};
use crate::operations::calls;
use crate::support::{Answer, answering};

/// The properties of each response that the call itself has said: the body and the path of each are those of `calls`.
const ECHOES: [(&str, &[&str]); 7] = [
    ("createLockHolder", &["name", "countryIso", "organizationId"]),
    ("updateLockHolder", &["id", "name"]),
    ("updateLock", &["id"]),
    ("createKey", &["toUser"]),
    ("createKeyForLockHolder", &["toUser"]),
    ("createOrUpdateRole", &["userId", "lockId", "canShare"]),
    ("createVendorConnection", &["vendor"]),
];

pub(crate) fn echoes(id: &str) -> &'static [&'static str] {
    ECHOES.iter().find(|(other, _)| *other == id).map_or(&[], |(_, echoes)| echoes)
}

/// Of these, no field is required.
pub(crate) const INFERRED: [&str; 4] = ["updateKey", "createWebhook", "createWebhookForLock", "getIntegrator"];

#[tokio::test]
async fn what_a_response_to_a_change_leaves_out_of_the_request_is_no_error() {
    let bench = Bench::new().await;
    for call in calls() {
        let id = call.operation.id;
        let Some((names, whole)) = sample(id).filter(|_| !echoes(id).is_empty()) else { continue };
        // What the calls ask for is what the samples hold, but for one name.
        let wanted = |field: &str| match (id, field) {
            ("updateLockHolder", "name") => json!("Harbour Flats South"),
            _ => whole[field].clone(),
        };
        let mut without_any = whole.clone();
        for field in echoes(id) {
            without_any.as_object_mut().unwrap().remove(*field);
            for nothing in [None, Some(Value::Null)] {
                let mut lacking = whole.clone();
                lacking.as_object_mut().unwrap().remove(*field);
                lacking.as_object_mut().unwrap().extend(nothing.map(|null| ((*field).to_owned(), null)));
                let read = bench.answered(&call, Answer::ok(&wrapped(names[0], &lacking))).await;
                let read = read.unwrap_or_else(|error| panic!("{field}: {error}"));
                assert_eq!(read[field], wanted(field), "{id}");
            }
        }
        let read = bench.answered(&call, Answer::ok(&wrapped(names[0], &without_any))).await.unwrap();
        for field in echoes(id) {
            assert_eq!(read[field], wanted(field), "{id}");
        }
        // What stands there is the service's word, and what is no value of the field is an error still.
        let mut strange = whole.clone();
        strange[echoes(id)[0]] = json!([7]);
        let error = bench.answered(&call, Answer::ok(&wrapped(names[0], &strange))).await.unwrap_err();
        assert_eq!((error.kind(), error.outcome()), (ErrorKind::Decode, Outcome::Accepted), "{id}");
        // Without the object that was changed there is nothing that repeats anything.
        for nothing in [json!({"ok": true}), json!(null), json!([]), json!("OK"), wrapped(names[0], &Value::Null)] {
            let error = bench.answered(&call, Answer::ok(&nothing)).await.unwrap_err();
            assert_eq!((error.kind(), error.outcome()), (ErrorKind::Decode, Outcome::Accepted), "{id}: {nothing}");
        }
    }
}

#[tokio::test]
async fn a_role_that_says_less_than_the_call_is_read_and_a_role_of_a_list_is_not() {
    use unloc::types::CreateOrUpdateRoleRequest;

    for (role, can_share) in [
        (json!({"userId": "+12125550101", "lockId": "door"}), false),
        (json!({"canShare": null, "userName": "Kim"}), false),
        (json!({}), false),
        (json!({"canShare": "true"}), true),
    ] {
        for body in [wrapped("role", &role), role.clone()] {
            if body == json!({}) {
                continue; // no role at all
            }
            let (_server, home) = answering(body.clone()).await;
            let request = CreateOrUpdateRoleRequest::builder().can_share(false);
            let call = home.create_or_update_role().lock_id("door").user_id("+12125550101").body(request);
            let role = call.send().await.unwrap_or_else(|error| panic!("{body}: {error}"));
            assert_eq!((role.user_id.expose(), role.lock_id.as_str()), ("+12125550101", "door"), "{body}");
            assert_eq!(role.can_share, can_share, "{body}");
        }
        let (_server, home) = answering(json!({"roles": [role]})).await;
        assert_eq!(home.get_roles().send().await.unwrap_err().kind(), ErrorKind::Decode);
    }
}

#[tokio::test]
async fn an_inferred_response_that_cannot_be_read_is_no_error_unless_it_is_a_page_and_reads_of_documented_ones_are() {
    let bench = Bench::new().await;
    let half = r#"{"key": {"id": "k", "state": "revoked"}, "webhook": {"id": 7}, "integrator": {"id": []}}"#;
    for body in [half, "null", "true", "[]", "7", "\"OK\"", "OK", "{\"key\": [7]}", "{\"key\"", "\u{feff}null", "{} {}"]
    {
        for call in calls() {
            let (id, result) = (call.operation.id, bench.answered(&call, Answer::new(200, body)).await);
            if body == half && !echoes(id).is_empty() {
                continue; // what it lacks the call has said
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
        let error = bench.answered(&call, Answer::new(200, "<html>log in</html>")).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode, "{id}: a page is not from the service");
        let error = bench.answered(&call, Answer::json(409, &json!({"error": "Conflict"}))).await.unwrap_err();
        assert_eq!(error.outcome(), Outcome::Rejected, "{id}");
    }
}
