//! Tests what the error of a failed call reports.

use std::error::Error as _;

use serde_json::{Value, json};
use tokio::net::TcpSocket;
use unloc::types::{CreateKeyRequest, CreateLockHolderRequest};
use unloc::{Environment, Error, ErrorKind, LockHolderClient, Outcome, Unloc};

use crate::operations::PERSON;
use crate::support::{Response, Server, builder, home, lock_holder, unloc};

async fn create_key(home: &LockHolderClient) -> Error {
    let body = CreateKeyRequest::builder().user_id(PERSON);
    home.create_key().lock_id("door").body(body).send().await.unwrap_err()
}

/// Returns the errors of getLocks and createKey, which both get this response.
async fn both(response: Response) -> [Error; 2] {
    let server = Server::always(response).await;
    let home = home(&server);
    let errors = [home.get_locks().send().await.unwrap_err(), create_key(&home).await];
    assert_eq!(server.requests().len(), 2, "each request is sent once");
    errors
}

#[tokio::test]
async fn a_service_error_has_status_code_description_request_id_and_body() {
    for status in [400, 403, 404, 409, 429, 500, 503] {
        let body = json!({"error": "SomeError", "errorDescription": format!("words for {status}")});
        let errors = both(Response::json(status, &body).header("x-request-id", "r-42")).await;
        for (error, id) in errors.iter().zip(["getLocks", "createKey"]) {
            assert_eq!(error.kind(), ErrorKind::Service);
            assert_eq!(error.operation().unwrap().id, id);
            assert_eq!(error.status().unwrap(), status);
            assert_eq!(error.code(), Some("SomeError"));
            assert_eq!(error.description(), Some(format!("words for {status}").as_str()));
            assert_eq!(error.request_id(), Some("r-42"));
            assert_eq!(error.headers()["content-type"], "application/json");
            assert_eq!(serde_json::from_slice::<Value>(error.body()).unwrap(), body);
            assert_eq!(error.attempts(), 1);
            let outcome = if status < 500 { Outcome::Rejected } else { Outcome::Unknown };
            assert_eq!(error.outcome(), outcome, "{status}");
            let text = error.to_string();
            assert!(text.starts_with(&format!("{id}: the service responded with {status}")), "{text}");
            assert!(text.contains(&format!("SomeError: words for {status}")) && !text.contains('\n'), "{text}");
        }
        let retryable = errors.map(|error| error.is_retryable());
        // A call that is not idempotent is not retryable if the service may have carried it out.
        let wanted = match status {
            429 => [true, true],
            500 | 503 => [true, false],
            _ => [false, false],
        };
        assert_eq!(retryable, wanted, "{status}");
    }
}

#[tokio::test]
async fn error_bodies_of_every_format_are_decoded() {
    let problem = json!({
        "type": "https://example.com/problems/bad", "title": "Bad Request", "status": 400, "detail": "The body is wrong",
        "invalidParams": [{"name": "end", "reason": "must be a string"}, {"name": "start", "reason": "is in the past"}],
    });
    let words = "The body is wrong; end must be a string; start is in the past";
    let html = "<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>";
    let oauth = json!({"error": "invalid_request", "error_description": "no"}).to_string();
    let cases: [(u16, String, Option<&str>, Option<&str>); 7] = [
        (400, problem.to_string(), Some("Bad Request"), Some(words)),
        (400, oauth, Some("invalid_request"), Some("no")),
        (400, json!({"message": "no"}).to_string(), None, Some("no")),
        (502, html.to_owned(), None, Some("502 Bad Gateway")),
        (404, String::new(), None, None),
        (400, "[1, 2]".to_owned(), None, None),
        (500, "\u{0}\u{fffd}plain".to_owned(), None, None),
    ];
    for (status, body, code, description) in cases {
        for error in both(Response::new(status, body.clone())).await {
            assert_eq!((error.code(), error.description()), (code, description), "{body}");
            assert_eq!((error.status().unwrap().as_u16(), error.body()), (status, body.as_bytes()));
        }
    }
}

#[tokio::test]
async fn a_refused_connection_is_a_connection_error_and_nothing_was_sent() {
    // The port is bound, so that no other program can listen on it, but this one does not listen either.
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let url = format!("http://{}", socket.local_addr().unwrap());
    let home = builder(&url).build().unwrap().lock_holder(&lock_holder("home")).unwrap();
    let error = create_key(&home).await;
    assert_eq!((error.kind(), error.outcome()), (ErrorKind::Connection, Outcome::NotSent));
    assert_eq!((error.status(), error.attempts()), (None, 0));
    assert_eq!(error.operation().unwrap().id, "createKey");
    // Nothing was sent, so even createKey can be retried.
    assert!(error.is_retryable());
    assert!(error.headers().is_empty() && error.body().is_empty() && error.source().is_some());
}

#[tokio::test]
async fn the_outcome_is_unknown_if_the_connection_closes_without_a_response() {
    let [locks, key] = both(Response::HangUp).await;
    for error in [&locks, &key] {
        assert_eq!((error.kind(), error.outcome()), (ErrorKind::Connection, Outcome::Unknown));
        assert_eq!((error.status(), error.attempts()), (None, 1));
        assert!(error.source().is_some());
    }
    assert!(locks.is_retryable() && !key.is_retryable());
}

#[tokio::test]
async fn a_truncated_success_body_means_that_the_call_was_accepted() {
    let cut = Response::new(201, r#"{"key": {"#).header("content-length", "500").header("x-request-id", "r-9");
    let [locks, key] = both(cut).await;
    for error in [&locks, &key] {
        assert_eq!((error.kind(), error.outcome()), (ErrorKind::Connection, Outcome::Accepted));
        assert_eq!((error.status().unwrap().as_u16(), error.request_id()), (201, Some("r-9")));
        assert!(error.to_string().contains("was carried out"), "{error}");
    }
    assert!(locks.is_retryable() && !key.is_retryable());
    // A truncated error body does not change that the call was rejected.
    for error in both(Response::new(409, "{").header("content-length", "500")).await {
        assert_eq!((error.kind(), error.outcome()), (ErrorKind::Service, Outcome::Rejected));
    }
}

#[tokio::test]
async fn a_long_list_of_reasons_is_shortened_to_one_line() {
    let reasons: Vec<_> = (0..20_000).map(|n| json!({"name": format!("field{n}"), "reason": "is wrong"})).collect();
    let body = json!({"title": "Bad Request", "invalidParams": reasons}).to_string();
    for error in both(Response::new(400, body)).await {
        assert!(error.to_string().len() < 1000, "{} bytes", error.to_string().len());
        assert!(error.description().unwrap().starts_with("field0 is wrong; field1 is wrong"), "{error}");
    }
}

#[tokio::test]
async fn a_string_shorter_than_min_length_is_refused_before_it_is_sent() {
    let server = Server::always(Response::ok(&json!({}))).await;
    let body = CreateLockHolderRequest::builder().name("abc").country_iso("NO").organization_id("harbour-flats");
    let error = unloc(&server).create_lock_holder().body(body).send().await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (ErrorKind::Request, Outcome::NotSent));
    assert!(error.to_string().contains("`name` has 3 characters; the minimum is 4"), "{error}");
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn a_redirect_is_not_followed_so_no_token_or_secret_leaks() {
    let elsewhere = Server::always(Response::ok(&json!({"locks": []}))).await;
    for status in [301, 302, 307, 308] {
        let location = format!("{}/integrators/v1/lock-holders/home/locks/", elsewhere.url());
        for error in both(Response::new(status, "").header("location", &location)).await {
            assert_eq!((error.kind(), error.outcome()), (ErrorKind::Service, Outcome::Rejected));
            assert_eq!(error.status().unwrap(), status);
            assert!(error.to_string().contains("redirects are not followed"), "{error}");
            assert!(!error.is_retryable());
        }
    }
    // A redirect of the token endpoint, which would carry the secret, is not followed either.
    let server = Server::always(Response::ok(&json!({"locks": []}))).await;
    let location = format!("{}/auth/v1/token/", elsewhere.url());
    server.on_token(move |_| Response::new(307, "").header("location", &location));
    let error = home(&server).get_locks().send().await.unwrap_err();
    assert_eq!((error.kind(), error.status().unwrap().as_u16()), (ErrorKind::Token, 307));
    assert!(elsewhere.requests().is_empty() && elsewhere.token_requests().is_empty());
}

#[test]
fn a_plain_http_url_is_refused_however_it_is_set() {
    let error = "http://unloc.example.com".parse::<Environment>().unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (ErrorKind::Configuration, Outcome::NotSent));
    let url: unloc::Url = "http://unloc.example.com".parse().unwrap();
    let builder = || Unloc::builder().client_credentials("id", "EXAMPLE");
    for builder in [builder().environment(url), builder().environment("http://unloc.example.com")] {
        let error = builder.build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert!(error.to_string().contains("in the clear"), "{error}");
    }
}

#[test]
fn missing_credentials_are_named() {
    let nothing = Unloc::builder().build().unwrap_err();
    let id = Unloc::builder().client_credentials(" ", "EXAMPLE").build().unwrap_err();
    let secret = Unloc::builder().client_credentials("id", "").build().unwrap_err();
    for (error, named) in [(nothing, "client credentials"), (id, "client id"), (secret, "client secret")] {
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert!(error.to_string().contains(named), "{error}");
        assert!(!error.is_retryable());
    }
}

#[tokio::test]
async fn a_decode_error_has_operation_status_headers_and_body() {
    let body = r#"{"key": {"toUser": {"id": 5}, "state": 7}}"#;
    let server = Server::always(Response::new(201, body).header("x-request-id", "r-7")).await;
    let error = create_key(&home(&server)).await;
    assert_eq!((error.kind(), error.outcome()), (ErrorKind::Decode, Outcome::Accepted));
    assert_eq!(error.operation().unwrap().id, "createKey");
    assert_eq!((error.status().unwrap().as_u16(), error.request_id()), (201, Some("r-7")));
    assert_eq!((error.body(), error.attempts()), (body.as_bytes(), 1));
    assert!(!error.is_retryable());
    assert!(error.to_string().contains("`key.state`"), "{error}");
}

#[tokio::test]
async fn a_body_that_announces_a_tebibyte_is_not_read() {
    // The announced length decides: the server sends no byte of this body.
    let endless = Response::new(200, "").header("content-length", &(1_u64 << 40).to_string());
    let server = Server::always(endless).await;
    let error = home(&server).get_locks().send().await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (ErrorKind::Decode, Outcome::Accepted));
    assert!(error.to_string().contains("larger than 32 MiB"), "{error}");
}

#[tokio::test]
async fn display_and_debug_of_an_error_are_the_same_single_line() {
    let mut errors = vec![Error::token("the backend\nis closed"), "staging".parse::<Environment>().unwrap_err()];
    let html = Response::new(502, "<html>\n<title>Bad\nGateway</title>").header("content-type", "text/html");
    for response in [html, Response::json(409, &json!({"errorDescription": "a\r\nb"})), Response::new(200, "{\n")] {
        errors.extend(both(response).await);
    }
    errors.push(Unloc::builder().build().unwrap_err());
    for error in errors {
        let (line, parts) = (format!("{error:?}"), format!("{error:#?}"));
        assert_eq!(line, error.to_string());
        assert_eq!(line.lines().count(), 1, "{line}");
        assert!(parts.starts_with("Error {\n") && parts.contains(&format!("kind: {:?}", error.kind())), "{parts}");
        assert!(parts.contains(&format!("outcome: {:?}", error.outcome())) && parts.contains(&line), "{parts}");
        // `main` and `unwrap()` print an error by `Debug`, here nested in another value.
        let shown = format!("{:?}", Err::<(), _>(error));
        assert_eq!(shown, format!("Err({line})"));
    }
}
