//! Tests the errors of responses that cannot be decoded.

use serde_json::{Value, json};
use unloc::{ErrorKind, Outcome};

use crate::envelopes::{Harness, sample, wrapped};
use crate::operations::calls;
use crate::support::{Response, Server, home, serving};
use crate::write_responses::{INFERRED, echoed_fields};

#[tokio::test]
async fn a_missing_required_field_is_named_with_its_operation_and_path() {
    let harness = Harness::new().await;
    let mut cases = 0;
    for call in calls() {
        let id = call.operation.id;
        if id == "getWebhooks" || INFERRED.contains(&id) {
            continue;
        }
        let Some((names, value)) = sample(id) else { continue };
        let is_list = value.is_array();
        let object = if is_list { value[0].clone() } else { value };
        for field in object.as_object().unwrap().keys().filter(|field| !echoed_fields(id).contains(&field.as_str())) {
            let mut lacking = object.clone();
            lacking.as_object_mut().unwrap().remove(field);
            let lacking = if is_list { json!([lacking]) } else { lacking };
            let error = harness.run(&call, Response::ok(&wrapped(names[0], &lacking))).await.unwrap_err();
            assert_eq!((error.kind(), error.outcome()), (ErrorKind::Decode, Outcome::Accepted));
            let place = if is_list { format!("{}[0]", names[0]) } else { names[0].to_owned() };
            let wanted = format!("its body does not match the spec at `{place}`: missing field `{field}`");
            let text = error.to_string();
            assert!(text.starts_with(&format!("{id}: ")) && text.contains(&wanted), "{text}");
            cases += 1;
        }
    }
    assert!(cases > 35, "{cases}");
}

#[tokio::test]
async fn a_byte_order_mark_is_accepted_in_responses_errors_and_tokens() {
    let marked = |body: &Value| format!("\u{feff}{body}");
    let token = marked(&json!({"access_token": "EXAMPLE", "token_type": "bearer", "expires_in": 60}));
    let server = Server::always(Response::new(200, marked(&json!({"locks": []})))).await;
    server.on_token(move |_| Response::new(200, token.clone()));
    let home = home(&server);
    home.get_locks().send().await.unwrap();
    let refused = marked(&json!({"error": "NotFound", "errorDescription": "No lock has this id"}));
    server.respond_with(Response::new(404, refused.clone()));
    let error = home.get_lock().lock_id("door").send().await.unwrap_err();
    assert_eq!((error.code(), error.description()), (Some("NotFound"), Some("No lock has this id")));
    assert!(!error.to_string().contains("base URL"), "{error}");
    assert_eq!(error.body(), refused.as_bytes(), "the body is unchanged");
    server.respond_with(Response::new(200, marked(&json!({"lock": {"name": "Door"}}))));
    let error = home.get_lock().lock_id("door").send().await.unwrap_err();
    assert!(error.to_string().contains("missing field `id`"), "{error}");
}

#[tokio::test]
async fn a_content_encoding_is_named_and_keeps_the_status() {
    // This is the magic number of gzip. It stands for all codings: none of them starts like JSON.
    let coded = |status, coding| Response::new(status, [0x1f, 0x8b, 8, 0, 0, 0]).header("content-encoding", coding);
    for coding in ["gzip", "deflate", "br", "zstd"] {
        let server = Server::always(coded(200, coding)).await;
        let home = home(&server);
        let error = home.get_locks().send().await.unwrap_err();
        let text = error.to_string();
        assert_eq!(error.kind(), ErrorKind::Decode);
        assert!(text.contains(&format!("its body is encoded as {coding}")) && !text.contains("line 1"), "{text}");
        for status in [404, 403, 503] {
            server.respond_with(coded(status, coding));
            let error = home.get_locks().send().await.unwrap_err();
            let text = error.to_string();
            assert_eq!((error.kind(), error.status().unwrap().as_u16()), (ErrorKind::Service, status));
            assert!(text.contains(&format!("encoded as {coding}")) && !text.contains("base URL"), "{text}");
        }
        server.on_token(move |_| coded(200, coding));
        let unloc = crate::support::unloc(&server);
        let error = unloc.get_lock_holders().send().await.unwrap_err();
        assert_eq!((error.kind(), error.outcome()), (ErrorKind::Token, Outcome::NotSent));
        assert!(error.to_string().contains(&format!("encoded as {coding}")), "{error}");
    }
    // Also where the response has no required field, because the body could be a proxy's page.
    let server = Server::always(coded(200, "gzip")).await;
    let body = unloc::types::UpdateKeyRequest::builder().state("revoked");
    let error = home(&server).update_key().lock_id("door").key_id("key").body(body).send().await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (ErrorKind::Decode, Outcome::Accepted));
    // A value that is no coding is ignored. A 404 without a coding still gets the hint about the address.
    for coding in ["identity", "utf-8", ""] {
        let server = Server::always(Response::ok(&json!({"locks": []})).header("content-encoding", coding)).await;
        home(&server).get_locks().send().await.unwrap();
        server.respond_with(Response::ok(&json!({"locks": 7})).header("content-encoding", coding));
        assert!(home(&server).get_locks().send().await.unwrap_err().to_string().contains("`locks`"), "{coding}");
    }
    let server = Server::always(Response::new(404, "nothing here")).await;
    assert!(home(&server).get_locks().send().await.unwrap_err().to_string().contains("check the base URL"));
}

#[tokio::test]
async fn a_nested_field_is_named_with_its_path() {
    let key = json!({"toUser": {}, "state": "active"});
    let period = json!({"startHour": "eight", "startMinute": 0, "endHour": 9, "endMinute": 0});
    let user = json!({"id": "+12125550100"});
    for (key, place) in [
        (key, "keys[0].toUser"),
        (json!({"toUser": user, "state": "active", "end": "tomorrow"}), "keys[0].end"),
        (json!({"toUser": user, "state": "active", "recurrence": {"mon": period}}), "keys[0].recurrence.mon.startHour"),
    ] {
        let (_server, home) = serving(json!({"keys": [key]})).await;
        let error = home.get_keys().send().await.unwrap_err();
        assert!(error.to_string().contains(&format!("`{place}`")), "{error}");
    }
}

#[tokio::test]
async fn null_in_a_required_field_is_an_error() {
    for body in [
        json!({"roles": [{"userId": null, "lockId": "door", "canShare": true}]}),
        json!({"roles": [{"userId": "+12125550100", "lockId": null, "canShare": true}]}),
        json!({"roles": [{"userId": "+12125550100", "lockId": "door", "canShare": null}]}),
    ] {
        let (_server, home) = serving(body.clone()).await;
        let error = home.get_roles().send().await.expect_err(&body.to_string());
        assert_eq!(error.kind(), ErrorKind::Decode);
        assert!(error.to_string().contains("`roles[0]."), "{error}");
    }
}

#[tokio::test]
async fn html_with_status_200_is_an_error_unless_no_body_is_needed() {
    let harness = Harness::new().await;
    for call in calls() {
        for page in ["<!DOCTYPE html><html><title>Log in</title></html>", "\n <html>", "<?xml version=\"1.0\"?>"] {
            let result = harness.run(&call, Response::new(200, page).header("content-type", "text/html")).await;
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
async fn html_from_a_gateway_is_a_service_error_with_the_title_of_the_page() {
    let harness = Harness::new().await;
    let page = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>nginx</body></html>";
    for call in calls() {
        let error = harness.run(&call, Response::new(502, page).header("content-type", "text/html")).await.unwrap_err();
        assert_eq!((error.kind(), error.outcome()), (ErrorKind::Service, Outcome::Unknown));
        assert_eq!((error.code(), error.description()), (None, Some("502 Bad Gateway")));
        assert_eq!(error.is_retryable(), call.operation.idempotent, "{}", call.operation.id);
    }
}

#[tokio::test]
async fn truncated_malformed_or_unexpected_json_is_an_error() {
    for body in
        ["{\"locks\": [", "{\"locks\": []} and more", "nonsense", "null", "true", "7", "{}", "{\"error\": \"x\"}"]
    {
        let server = Server::always(Response::new(200, body)).await;
        let error = home(&server).get_locks().send().await.expect_err(body);
        assert_eq!((error.kind(), error.body()), (ErrorKind::Decode, body.as_bytes()));
    }
}

#[tokio::test]
async fn the_content_type_of_a_response_is_ignored() {
    for content_type in ["text/plain", "application/octet-stream", "application/vnd.unloc+json; charset=utf-8"] {
        let response = Response::new(200, "{\"locks\": []}").header("content-type", content_type);
        let server = Server::always(response).await;
        home(&server).get_locks().send().await.unwrap();
    }
}
