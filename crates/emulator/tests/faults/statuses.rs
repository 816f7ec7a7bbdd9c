use std::time::Duration;

use reqwest::StatusCode;
use serde_json::{Value, json};
use unloc_emulator::Fault;

use crate::support::{LOCK_HOLDERS, Service};

/// Lists the lock holders. Returns status, headers and text of the response.
async fn ask(service: &Service) -> (StatusCode, reqwest::header::HeaderMap, String) {
    let token = service.token(Value::Null).await;
    let response = service.http.get(service.url(LOCK_HOLDERS)).bearer_auth(token).send().await.expect("a response");
    let (status, headers) = (response.status(), response.headers().clone());
    (status, headers, response.text().await.expect("a whole response"))
}

#[tokio::test]
async fn a_status_fault_has_an_error_body_in_the_format_of_the_api() {
    let service = Service::start().await;
    for status in [400, 404, 409, 418, 429, 500, 503, 599] {
        service.emulator.faults().add(Fault::status(status).on("getLockHolders")).expect("a fault");
        let (seen, _, text) = ask(&service).await;
        let body: Value = text.parse().expect("JSON");
        assert_eq!(seen, status);
        assert!(body["error"].is_string() && body["errorDescription"].is_string(), "{body}");
    }
    service.emulator.faults().add(Fault::status(503).on("getToken")).expect("a fault");
    let refused = service.ask_token(&service.credentials(Value::Null)).await;
    assert_eq!(refused.oauth_error(503).0, "temporarily_unavailable");
}

#[tokio::test]
async fn a_status_fault_can_have_any_body_and_media_type() {
    let service = Service::start().await;
    for (status, body, media_type) in
        [(500, "{\"odd\": [", "application/json"), (200, "bare", "text/plain"), (503, "", "x/y")]
    {
        let fault = Fault::status(status).body(body, media_type).on("getLockHolders");
        service.emulator.faults().add(fault).expect("a fault");
        let (seen, headers, text) = ask(&service).await;
        assert_eq!((seen.as_u16(), text.as_str()), (status, body));
        assert_eq!(headers["content-type"], media_type);
    }
}

#[tokio::test]
async fn an_html_fault_looks_like_a_gateways_page() {
    let service = Service::start().await;
    service.emulator.faults().add(Fault::html(502).on("getLockHolders")).expect("a fault");
    let (status, headers, text) = ask(&service).await;
    assert_eq!((status.as_u16(), &headers["content-type"]), (502, &"text/html".parse().unwrap()));
    assert!(text.starts_with("<html>") && text.contains("502"), "{text}");
}

#[tokio::test]
async fn retry_after_is_in_whole_seconds_rounded_up() {
    let service = Service::start().await;
    service.emulator.faults().add(Fault::rate_limited(Duration::from_secs(7)).on("getLockHolders")).expect("a fault");
    let (status, headers, _) = ask(&service).await;
    assert_eq!((status.as_u16(), &headers["retry-after"]), (429, &"7".parse().unwrap()));
    service
        .emulator
        .faults()
        .add(Fault::status(503).retry_after(Duration::from_secs(30)).on("getLockHolders"))
        .expect("a fault");
    assert_eq!(ask(&service).await.1["retry-after"], "30");
    for (milliseconds, seconds) in [(0, "0"), (500, "1"), (1000, "1"), (1001, "2")] {
        let time = Duration::from_millis(milliseconds);
        for fault in [Fault::rate_limited(time), Fault::status(503).retry_after(time)] {
            service.emulator.faults().add(fault.on("getLockHolders")).expect("a fault");
            assert_eq!(ask(&service).await.1["retry-after"], seconds, "whole seconds, rounded up");
        }
    }
    assert_eq!(ask(&service).await.0, 200);
}

#[tokio::test]
async fn a_status_fault_creates_the_key_only_if_carried_out() {
    let service = Service::start().await;
    let api = service.lock_holder(0).await;
    let lock = api.lock("Main entrance").await;
    let before = api.keys().await.len();
    let key = json!({ "userId": "+12125550150" });
    service.emulator.faults().add(Fault::status(500).on("createKey")).expect("a fault");
    api.post(&format!("/locks/{lock}/keys/"), key.clone()).await.api_error(500);
    assert_eq!(api.keys().await.len(), before);
    service.emulator.faults().add(Fault::status(500).on("createKey").carried_out()).expect("a fault");
    api.post(&format!("/locks/{lock}/keys/"), key).await.api_error(500);
    assert_eq!(api.keys().await.len(), before + 1);
}

#[tokio::test]
async fn a_delay_does_not_delay_other_requests() {
    let service = Service::start().await;
    let api = service.lock_holder(0).await;
    // Long enough that the second request is not the slower one on a busy machine.
    service.emulator.faults().add(Fault::delay(Duration::from_secs(3)).on("getLocks")).expect("a fault");
    let slow = async {
        let locks = api.locks().await;
        (std::time::Instant::now(), locks.len())
    };
    let quick = async {
        // The list is empty as soon as the fault has been applied to the first request.
        while !service.emulator.faults().list().is_empty() {
            tokio::task::yield_now().await;
        }
        let locks = api.locks().await;
        (std::time::Instant::now(), locks.len())
    };
    let ((late, delayed), (early, undelayed)) = tokio::join!(slow, quick);
    assert!(early < late, "the second request is faster");
    assert_eq!(delayed, undelayed, "a delayed response is complete");
}
