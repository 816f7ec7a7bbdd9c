use std::time::Duration;

use reqwest::StatusCode;
use serde_json::{Value, json};
use unloc_emulator::Fault;

use crate::support::{LOCK_HOLDERS, Service};

/// The list of lock holders, as it comes: status, headers by name, and text.
async fn ask(service: &Service) -> (StatusCode, reqwest::header::HeaderMap, String) {
    let token = service.token(Value::Null).await;
    let answer = service.http.get(service.url(LOCK_HOLDERS)).bearer_auth(token).send().await.expect("an answer");
    let (status, headers) = (answer.status(), answer.headers().clone());
    (status, headers, answer.text().await.expect("a whole answer"))
}

#[tokio::test]
async fn a_status_comes_with_an_error_in_the_form_of_the_api_until_it_is_given_a_body() {
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
    assert_eq!(refused.denied(503).0, "temporarily_unavailable");
}

#[tokio::test]
async fn a_status_comes_with_the_body_and_the_media_type_it_was_given() {
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
async fn html_looks_like_a_gateways_page() {
    let service = Service::start().await;
    service.emulator.faults().add(Fault::html(502).on("getLockHolders")).expect("a fault");
    let (status, headers, text) = ask(&service).await;
    assert_eq!((status.as_u16(), &headers["content-type"]), (502, &"text/html".parse().unwrap()));
    assert!(text.starts_with("<html>") && text.contains("502"), "{text}");
}

#[tokio::test]
async fn who_is_rate_limited_is_told_until_when() {
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
async fn a_status_strikes_before_anything_is_done_unless_it_is_to_be_carried_out() {
    let service = Service::start().await;
    let home = service.home(0).await;
    let lock = home.lock("Main entrance").await;
    let before = home.keys().await.len();
    let key = json!({ "userId": "+12125550150" });
    service.emulator.faults().add(Fault::status(500).on("createKey")).expect("a fault");
    home.post(&format!("/locks/{lock}/keys/"), key.clone()).await.refused(500);
    assert_eq!(home.keys().await.len(), before);
    service.emulator.faults().add(Fault::status(500).on("createKey").carried_out()).expect("a fault");
    home.post(&format!("/locks/{lock}/keys/"), key).await.refused(500);
    assert_eq!(home.keys().await.len(), before + 1);
}

#[tokio::test]
async fn a_request_that_is_delayed_is_overtaken_by_one_that_is_not() {
    let service = Service::start().await;
    let home = service.home(0).await;
    // So long that no machine is busy enough to let the second one be the later by chance.
    service.emulator.faults().add(Fault::delay(Duration::from_secs(3)).on("getLocks")).expect("a fault");
    let slow = async {
        let locks = home.locks().await;
        (std::time::Instant::now(), locks.len())
    };
    let quick = async {
        // The delayed one has been struck before the other is sent.
        while !service.emulator.faults().list().is_empty() {
            tokio::task::yield_now().await;
        }
        let locks = home.locks().await;
        (std::time::Instant::now(), locks.len())
    };
    let ((late, delayed), (early, undelayed)) = tokio::join!(slow, quick);
    assert!(early < late, "the second overtakes the first");
    assert_eq!(delayed, undelayed, "a delayed answer is as good as any");
}
