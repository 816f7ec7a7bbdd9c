//! Answers that cannot be read: what is said about them.

use serde_json::{Value, json};
use unloc::{ErrorKind, Outcome};

use crate::envelopes::{Bench, sample, wrapped};
use crate::operations::calls;
use crate::support::{Answer, Server, answering, home};

#[tokio::test]
async fn a_required_field_that_is_missing_is_named_with_operation_and_place() {
    let bench = Bench::new().await;
    let mut tried = 0;
    for call in calls() {
        let id = call.operation.id;
        // Of these, no field is required.
        if matches!(id, "getWebhooks" | "createWebhook" | "createWebhookForLock" | "getIntegrator") {
            continue;
        }
        let Some((names, value)) = sample(id) else { continue };
        let is_list = value.is_array();
        let object = if is_list { value[0].clone() } else { value };
        for field in object.as_object().unwrap().keys() {
            let mut lacking = object.clone();
            lacking.as_object_mut().unwrap().remove(field);
            let lacking = if is_list { json!([lacking]) } else { lacking };
            let error = bench.answered(&call, Answer::ok(&wrapped(names[0], &lacking))).await.unwrap_err();
            assert_eq!((error.kind(), error.outcome()), (ErrorKind::Decode, Outcome::Accepted));
            let place = if is_list { format!("{}[0]", names[0]) } else { names[0].to_owned() };
            let wanted = format!("its body does not fit at `{place}`: missing field `{field}`");
            let text = error.to_string();
            assert!(text.starts_with(&format!("{id}: ")) && text.contains(&wanted), "{text}");
            tried += 1;
        }
    }
    assert!(tried > 40, "{tried}");
}

#[tokio::test]
async fn a_place_deep_inside_is_named_too() {
    let key = json!({"toUser": {}, "state": "active"});
    let period = json!({"startHour": "eight", "startMinute": 0, "endHour": 9, "endMinute": 0});
    let user = json!({"id": "+12125550100"});
    for (key, place) in [
        (key, "keys[0].toUser"),
        (json!({"toUser": user, "state": "active", "end": "tomorrow"}), "keys[0].end"),
        (json!({"toUser": user, "state": "active", "recurrence": {"mon": period}}), "keys[0].recurrence.mon.startHour"),
    ] {
        let (_server, home) = answering(json!({"keys": [key]})).await;
        let error = home.get_keys().send().await.unwrap_err();
        assert!(error.to_string().contains(&format!("`{place}`")), "{error}");
    }
}

#[tokio::test]
async fn null_is_no_value_for_a_required_field() {
    for body in [
        json!({"roles": [{"userId": null, "lockId": "door", "canShare": true}]}),
        json!({"roles": [{"userId": "+12125550100", "lockId": null, "canShare": true}]}),
        json!({"roles": [{"userId": "+12125550100", "lockId": "door", "canShare": null}]}),
    ] {
        let (_server, home) = answering(body.clone()).await;
        let error = home.get_roles().send().await.expect_err(&body.to_string());
        assert_eq!(error.kind(), ErrorKind::Decode);
        assert!(error.to_string().contains("`roles[0]."), "{error}");
    }
}

#[tokio::test]
async fn html_with_a_success_is_no_answer_unless_none_is_needed() {
    let bench = Bench::new().await;
    for call in calls() {
        for page in ["<!DOCTYPE html><html><title>Log in</title></html>", "\n <html>", "<?xml version=\"1.0\"?>"] {
            let result = bench.answered(&call, Answer::new(200, page).header("content-type", "text/html")).await;
            if sample(call.operation.id).is_none() {
                assert_eq!(result.unwrap(), Value::Null);
                continue;
            }
            let error = result.unwrap_err();
            assert_eq!((error.kind(), error.outcome()), (ErrorKind::Decode, Outcome::Accepted));
            assert!(error.to_string().contains("HTML or XML and not JSON"), "{error}");
            assert_eq!(error.body(), page.as_bytes());
        }
    }
}

#[tokio::test]
async fn html_from_a_gateway_is_an_error_of_the_service_with_the_pages_title() {
    let bench = Bench::new().await;
    let page = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>nginx</body></html>";
    for call in calls() {
        let error =
            bench.answered(&call, Answer::new(502, page).header("content-type", "text/html")).await.unwrap_err();
        assert_eq!((error.kind(), error.outcome()), (ErrorKind::Service, Outcome::Unknown));
        assert_eq!((error.code(), error.description()), (None, Some("502 Bad Gateway")));
        assert_eq!(error.is_retryable(), call.operation.repeatable, "{}", call.operation.id);
    }
}

#[tokio::test]
async fn json_that_is_cut_off_garbled_or_something_else_is_an_error() {
    for body in
        ["{\"locks\": [", "{\"locks\": []} and more", "nonsense", "null", "true", "7", "{}", "{\"error\": \"x\"}"]
    {
        let server = Server::always(Answer::new(200, body)).await;
        let error = home(&server).get_locks().send().await.expect_err(body);
        assert_eq!((error.kind(), error.body()), (ErrorKind::Decode, body.as_bytes()));
    }
}

#[tokio::test]
async fn the_content_type_decides_nothing() {
    for content_type in ["text/plain", "application/octet-stream", "application/vnd.unloc+json; charset=utf-8"] {
        let answer = Answer::new(200, "{\"locks\": []}").header("content-type", content_type);
        let server = Server::always(answer).await;
        home(&server).get_locks().send().await.unwrap();
    }
}
