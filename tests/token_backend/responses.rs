//! Tests what the backend's responses and logs say, and that they hold no secret.

use std::process::Output;

use serde_json::json;
use unloc_emulator::Emulator;

use crate::HOME;
use crate::backend::{Backend, Response, SECRET, Service, against, in_front_of, program};
use crate::pages::PAGE;

#[tokio::test]
async fn the_secret_never_leaves_the_backend() {
    let emulator = Emulator::start().await.unwrap();
    let backend = Backend::start(&mut in_front_of(&emulator));
    let key = format!("Authorization: Bearer {}\r\n", backend.office);
    let mut seen = vec![
        backend.request_token(&backend.office, &json!({})),
        backend.request_token(&backend.tenant, &json!({ "scope": HOME })),
        backend.request_token(&backend.tenant, &json!({})),
        backend.request_token(&backend.office, &json!({ "scope": "?" })),
        backend.request_token("nobody", &json!({})),
        backend.post(&key, "{"),
        backend.send("GET /token HTTP/1.1\r\n", ""),
        backend.send("POST / HTTP/1.1\r\n", ""),
    ];
    let statuses: Vec<_> = seen.iter().map(|response| response.status).collect();
    assert_eq!(statuses, [200, 200, 403, 403, 401, 400, 405, 404]);
    let mut printed = backend.end();

    // A service that echoes the secret in its response.
    for (status, error) in [(401, "invalid_client"), (400, "invalid_scope"), (500, "server_error"), (200, "?")] {
        let service = Service::start(move |_| {
            (status, "", format!(r#"{{"error":"{error}","error_description":"no: {SECRET}","x":"{SECRET}"}}"#))
        });
        let backend = Backend::start(&mut against(&service.url));
        seen.push(backend.request_token(&backend.office, &json!({})));
        printed += &backend.end();
    }
    assert!(printed.contains("no token: ") && printed.contains("invalid_client"), "{printed}");
    for secret in [emulator.client_secret(), SECRET] {
        assert!(!printed.contains(secret), "{printed}");
        for Response { head, body, .. } in &seen {
            assert!(!head.contains(secret) && !body.contains(secret), "{head}\n{body}");
        }
    }
}

#[test]
fn errors_of_the_service_reach_the_caller_as_an_error_code_and_retry_after() {
    for (status, header, body, expected, pause) in [
        (503, "retry-after: 7\r\n", "{}", (503, "temporarily_unavailable"), Some("7")),
        (401, "", r#"{"error":"invalid_client"}"#, (502, "temporarily_unavailable"), None),
        (200, "", "no JSON", (502, "temporarily_unavailable"), None),
        (400, "", r#"{"error":"invalid_scope"}"#, (400, "invalid_scope"), None),
    ] {
        let service = Service::start(move |_| (status, header, body.to_owned()));
        let backend = Backend::start(&mut against(&service.url));
        let response = backend.request_token(&backend.office, &json!({}));
        let (got, error) = response.refusal();
        assert_eq!((got, error.as_str()), expected);
        match pause {
            Some(pause) => assert!(response.has("retry-after", pause), "{}", response.head),
            None => assert_eq!(response.head.contains("retry-after: "), got >= 500, "{}", response.head),
        }
    }
}

#[test]
fn broken_and_huge_bodies_are_refused() {
    let backend = Backend::start(&mut program());
    let key = format!("Authorization: Bearer {}\r\n", backend.office);
    let invalid = |status: u16| (status, "invalid_request".to_owned());
    for broken in [
        "",
        "{",
        "null",
        "\"\"",
        "{}{}",
        r#"{"scope":7}"#,
        r#"{"scope":null}"#,
        r#"{"scope":[]}"#,
        r#"{"scopes":""}"#,
        r#"{"scope":"","scope":""}"#,
        "{\"scope\":\"\u{0}\"}",
    ] {
        assert_eq!(backend.post(&key, broken).refusal(), invalid(400), "{broken}");
    }
    // With the content type of an HTML form, which any page can send without a preflight request.
    let head = format!("POST /token HTTP/1.1\r\n{key}Content-Type: text/plain\r\nContent-Length: 2\r\n");
    assert_eq!(backend.send(&head, "{}").refusal(), invalid(400));

    let json = format!("POST /token HTTP/1.1\r\n{key}Content-Type: application/json\r\n");
    let little = format!("{{\"scope\":\"{}\"}}", " ".repeat(16_000));
    assert_eq!(backend.post(&key, &little).status, 200);
    // The body never ends. The response comes once the body exceeds the limit.
    let more = " ".repeat(16_385);
    let announced = format!("{json}Content-Length: 1000000000000\r\n");
    assert_eq!(backend.send(&announced, &more).refusal(), invalid(413));
    let in_chunks = format!("{json}Transfer-Encoding: chunked\r\n");
    assert_eq!(backend.send(&in_chunks, &format!("4001\r\n{more}")).refusal(), invalid(413));
    assert_eq!(backend.request_token(&backend.office, &json!({})).status, 200);
}

#[test]
fn a_program_without_the_secret_lists_lock_holders_through_the_backend() {
    let Output { status, stdout, stderr } = program().arg("--try").output().unwrap();
    let (out, err) = (String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap());
    assert!(status.success() && err.is_empty(), "{out}\n{err}");
    assert!(out.contains("(3)") && out.contains("Fjordgløtt Utleie") && out.contains("Havneby"), "{out}");
}

#[tokio::test]
async fn line_ends_after_environment_variables_are_ignored() {
    let emulator = Emulator::start().await.unwrap();
    let mut command = in_front_of(&emulator);
    command.env("UNLOC_CLIENT_SECRET", format!("{}\r\n", emulator.client_secret()));
    command.env("UNLOC_CLIENT_ID", format!(" {}\n", emulator.client_id()));
    let backend = Backend::start(&mut command);
    assert_eq!(backend.request_token(&backend.office, &json!({})).status, 200);
}

#[test]
fn invalid_settings_are_named_and_not_quoted() {
    for (command, named) in [
        (program().args(["--secret", SECRET]), "--try"),
        (program().env("PORT", SECRET), "PORT is not a number"),
        (program().env("UNLOC_CLIENT_SECRET", SECRET), "UNLOC_ENVIRONMENT is not set"),
        (program().env("ORIGIN", SECRET), "ORIGIN is not the origin"),
        (program().env("ORIGIN", format!("{PAGE}/")), "without a path"),
        (program().env("ORIGIN", "*"), "ORIGIN is not the origin"),
        (
            against(PAGE).env("UNLOC_CLIENT_SECRET", format!("{SECRET}\n{SECRET}")),
            "variable UNLOC_CLIENT_SECRET contains a line end",
        ),
        (against(PAGE).env("UNLOC_CLIENT_ID", "m\u{e9}"), "variable UNLOC_CLIENT_ID contains"),
        (against(PAGE).env("UNLOC_CLIENT_ID", " \n"), "variable UNLOC_CLIENT_ID is empty"),
    ] {
        let Output { status, stdout, stderr } = command.output().unwrap();
        let err = String::from_utf8(stderr).unwrap();
        assert!(status.code() == Some(1) && stdout.is_empty(), "{err}");
        assert!(err.starts_with("error: ") && err.lines().count() == 1 && err.contains(named), "{err}");
        assert!(!err.contains(SECRET), "{err}");
    }
}
