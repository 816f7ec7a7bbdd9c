//! Tests that no parameter value can change the path of a request beyond its own segment.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::json;
use tokio::runtime::Runtime;
use unloc::{ErrorKind, Outcome, Unloc};
use unloc_spec::PathTemplate;

use crate::operations::{Call, Ids, calls};
use crate::support::{Response, Server, home, unloc};

/// Calls the operation with this parameter value. Panics if the value affects the path outside its segment.
async fn assert_stays_in_segment(server: &Server, unloc: &Unloc, call: &Call, parameter: &str, value: &str) {
    let ids = Ids::plain().with(parameter, value);
    let error = call.run(unloc, &ids).await.expect_err("the server responds 404");
    let (id, requests) = (call.operation.id, server.take());
    if error.kind() == ErrorKind::Request {
        assert_eq!(error.outcome(), Outcome::NotSent, "{id} {value:?}");
        assert!(requests.is_empty(), "{id} {value:?}");
        return;
    }
    assert_eq!(error.status().map(|status| status.as_u16()), Some(404), "{id} {value:?}: {error}");
    let [request] = &requests[..] else { panic!("{id} {value:?}: {requests:?}") };
    assert_eq!(request.method, call.operation.method);
    let path = request.target.strip_prefix("/integrators/v1").expect(&request.target);
    // Lists send a page size in the query.
    let path = path.strip_suffix("?limit=500").unwrap_or(path);
    let (found, wanted): (Vec<_>, _) = (path.split('/').collect(), PathTemplate::of(call.operation.path));
    assert_eq!(found.len(), wanted.segments().len(), "{id} {value:?}: {path}");
    for (found, wanted) in found.into_iter().zip(wanted.segments()) {
        match wanted.whole() {
            // Any character that is special in a URL, or to a lenient server, is percent-encoded.
            Some(name) => {
                assert!(found.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_~.%".contains(&b)), "{found}");
                assert!(!matches!(found, "" | "." | ".."), "{id} {value:?}");
                assert_eq!(decoded(found), ids.get(name).as_bytes(), "{id} {value:?}");
            }
            None => assert_eq!(found, wanted.text(), "{id} {value:?}"),
        }
    }
}

fn decoded(segment: &str) -> Vec<u8> {
    let mut bytes = segment.bytes();
    let mut decoded = Vec::new();
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let hex: String = bytes.by_ref().take(2).map(char::from).collect();
            decoded.push(u8::from_str_radix(&hex, 16).expect("two hexadecimal digits"));
        } else {
            decoded.push(byte);
        }
    }
    decoded
}

async fn not_found() -> (Server, Unloc) {
    let server = Server::always(Response::json(404, &json!({"error": "NotFound"}))).await;
    let unloc = unloc(&server);
    (server, unloc)
}

#[tokio::test]
async fn hostile_values_stay_in_their_segment_for_every_parameter_of_every_operation() {
    let (server, unloc) = not_found().await;
    let long = "x/".repeat(5_000);
    let hostile = [
        "..",
        ".",
        "",
        "...",
        "\\",
        "/",
        "//",
        "%2e",
        "%2e%2e",
        "%2E%2E%2F",
        "%00",
        "\n",
        "\r\nHost: example.com",
        "\t..",
        "\0",
        " ",
        "?limit=1",
        "#",
        "a;b",
        "@example.com",
        "é",
        "x\\..\\..\\..\\lock-holders\\other\\locks\\y",
        "../../other/locks",
        &long,
    ];
    for call in calls() {
        for parameter in call.parameters() {
            for value in hostile {
                assert_stays_in_segment(&server, &unloc, &call, parameter, value).await;
            }
        }
    }
}

#[tokio::test]
async fn dot_segments_and_empty_values_are_refused_with_the_parameters_name() {
    let (server, unloc) = not_found().await;
    for call in calls() {
        for parameter in call.parameters() {
            for value in ["", ".", ".."] {
                let error = call.run(&unloc, &Ids::plain().with(parameter, value)).await.unwrap_err();
                assert_eq!((error.kind(), error.outcome()), (ErrorKind::Request, Outcome::NotSent));
                assert_eq!(error.operation(), Some(call.operation));
                assert!(error.to_string().contains(&format!("`{parameter}`")), "{error}");
            }
        }
    }
    assert!(server.requests().is_empty());
}

#[test]
fn random_values_stay_in_their_segment() {
    let runtime = Runtime::new().unwrap();
    let (server, unloc) = runtime.block_on(not_found());
    let calls: Vec<_> = calls().into_iter().filter(|call| !call.parameters().is_empty()).collect();
    let value = prop_oneof![any::<String>(), r"[./\\%2eEfF+\n\x00 ?#;:@a]{0,12}"];
    let strategy = (0..calls.len(), any::<prop::sample::Index>(), value);
    // Few cases, because each one is sent over a socket.
    let config = Config { cases: 128, failure_persistence: None, ..Config::default() };
    let outcome = TestRunner::new(config).run(&strategy, |(call, parameter, value)| {
        let parameters = calls[call].parameters();
        let parameter = *parameter.get(&parameters);
        runtime.block_on(assert_stays_in_segment(&server, &unloc, &calls[call], parameter, &value));
        Ok(())
    });
    outcome.unwrap();
}

#[tokio::test]
async fn an_invalid_phone_number_is_refused_before_anything_is_sent() {
    let (server, _) = not_found().await;
    let home = home(&server);
    for text in ["12125550100", "..", "+1 212 555 0100", ""] {
        let error = home.get_keys_for_user().user_id(text).send().await.unwrap_err();
        assert_eq!((error.kind(), error.outcome()), (ErrorKind::Request, Outcome::NotSent));
        assert!(error.to_string().contains("`userId`"), "{error}");
    }
    let error = home.get_lock().send().await.unwrap_err();
    assert_eq!(error.to_string(), "getLock: `lockId` is not set: call `.lock_id(…)`");
    assert!(server.requests().is_empty() && server.token_requests().is_empty());
}
