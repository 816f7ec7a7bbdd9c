//! Answers that cannot be read: what is said about them.

use serde_json::{Value, json};
use unloc::{ErrorKind, Outcome};

use crate::changes::{INFERRED, echoes};
use crate::envelopes::{Bench, sample, wrapped};
use crate::operations::calls;
use crate::support::{Answer, Server, answering, home};

#[tokio::test]
async fn a_required_field_that_is_missing_is_named_with_operation_and_place() {
    let bench = Bench::new().await;
    let mut tried = 0;
    for call in calls() {
        let id = call.operation.id;
        if id == "getWebhooks" || INFERRED.contains(&id) {
            continue;
        }
        let Some((names, value)) = sample(id) else { continue };
        let is_list = value.is_array();
        let object = if is_list { value[0].clone() } else { value };
        for field in object.as_object().unwrap().keys().filter(|field| !echoes(id).contains(&field.as_str())) {
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
    assert!(tried > 35, "{tried}");
}

#[tokio::test]
async fn a_byte_order_mark_hides_neither_a_response_nor_an_error_nor_a_token() {
    let marked = |body: &Value| format!("\u{feff}{body}");
    let token = marked(&json!({"access_token": "EXAMPLE", "token_type": "bearer", "expires_in": 60}));
    let server = Server::always(Answer::new(200, marked(&json!({"locks": []})))).await;
    server.on_token(move |_| Answer::new(200, token.clone()));
    let home = home(&server);
    home.get_locks().send().await.unwrap();
    let refused = marked(&json!({"error": "NotFound", "errorDescription": "No lock has this id"}));
    server.answer(Answer::new(404, refused.clone()));
    let error = home.get_lock().lock_id("door").send().await.unwrap_err();
    assert_eq!((error.code(), error.description()), (Some("NotFound"), Some("No lock has this id")));
    assert!(!error.to_string().contains("address"), "{error}");
    assert_eq!(error.body(), refused.as_bytes(), "as it came");
    server.answer(Answer::new(200, marked(&json!({"lock": {"name": "Door"}}))));
    let error = home.get_lock().lock_id("door").send().await.unwrap_err();
    assert!(error.to_string().contains("missing field `id`"), "{error}");
}

#[tokio::test]
async fn a_body_that_is_encoded_is_told_as_such_and_a_status_stays_what_it_is() {
    // Whatever the coding: none of them begins as JSON does.
    let coded = |status, coding| Answer::new(status, [0x1f, 0x8b, 8, 0, 0, 0]).header("content-encoding", coding);
    for coding in ["gzip", "deflate", "br", "zstd"] {
        let server = Server::always(coded(200, coding)).await;
        let home = home(&server);
        let error = home.get_locks().send().await.unwrap_err();
        let text = error.to_string();
        assert_eq!(error.kind(), ErrorKind::Decode);
        assert!(text.contains(&format!("its body is encoded as {coding}")) && !text.contains("line 1"), "{text}");
        for status in [404, 403, 503] {
            server.answer(coded(status, coding));
            let error = home.get_locks().send().await.unwrap_err();
            let text = error.to_string();
            assert_eq!((error.kind(), error.status().unwrap().as_u16()), (ErrorKind::Service, status));
            assert!(text.contains(&format!("encoded as {coding}")) && !text.contains("address"), "{text}");
        }
        server.on_token(move |_| coded(200, coding));
        let unloc = crate::support::unloc(&server);
        let error = unloc.get_lock_holders().send().await.unwrap_err();
        assert_eq!((error.kind(), error.outcome()), (ErrorKind::Token, Outcome::NotSent));
        assert!(error.to_string().contains(&format!("encoded as {coding}")), "{error}");
    }
    // Also where a response need not be read: it could be a proxy's page.
    let server = Server::always(coded(200, "gzip")).await;
    let body = unloc::types::UpdateKeyRequest::builder().state("revoked");
    let error = home(&server).update_key().lock_id("door").key_id("key").body(body).send().await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (ErrorKind::Decode, Outcome::Accepted));
    // A header that names no coding of the body does no harm, and a 404 without either is still one of the address.
    for coding in ["identity", "utf-8", ""] {
        let server = Server::always(Answer::ok(&json!({"locks": []})).header("content-encoding", coding)).await;
        home(&server).get_locks().send().await.unwrap();
        server.answer(Answer::ok(&json!({"locks": 7})).header("content-encoding", coding));
        assert!(home(&server).get_locks().send().await.unwrap_err().to_string().contains("`locks`"), "{coding}");
    }
    let server = Server::always(Answer::new(404, "nothing here")).await;
    assert!(home(&server).get_locks().send().await.unwrap_err().to_string().contains("is the address right"));
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
        assert_eq!(error.is_retryable(), call.operation.idempotent, "{}", call.operation.id);
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
