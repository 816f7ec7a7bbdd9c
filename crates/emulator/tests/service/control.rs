use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Service, list, text};

async fn ask(service: &Service, method: Method, path: &str, body: Option<Value>) -> crate::support::TestResponse {
    let mut request = service.http.request(method, service.url(&format!("/_emulator{path}")));
    if let Some(body) = body {
        request = request.json(&body);
    }
    service.send(request).await
}

async fn get(service: &Service, path: &str) -> Value {
    ask(service, Method::GET, path, None).await.ok()
}

#[tokio::test]
async fn reads_stops_and_advances_the_clock_over_http() {
    let service = Service::start().await;
    let put = async |body: Value| ask(&service, Method::PUT, "/clock", Some(body)).await;
    let stopped = put(json!({ "speed": 0 })).await.ok();
    assert_eq!(get(&service, "/clock").await, stopped);
    let later = put(json!({ "advanceSeconds": 86400 })).await.ok();
    assert_ne!(later["now"], stopped["now"]);
    for bad in ["2090-01-01T00:00:60Z", "2090-06-30T23:59:60.5Z", "0000-01-01T00:00:00Z", "2090-01-01"] {
        assert!(put(json!({ "advanceTo": bad })).await.api_error(400).starts_with("advanceTo"), "{bad}");
    }
    let moment = json!({ "advanceTo": "2100-01-01T00:00:00.000Z", "speed": 60 });
    assert_eq!(put(moment.clone()).await.ok()["speed"], 60.0);
    assert!(text(&get(&service, "/clock").await, "now").starts_with("2100-01-01T00:"));
    assert!(put(json!({ "advanceTo": "2000-01-01T00:00:00Z" })).await.api_error(400).contains("never goes back"));
    for bad in [json!(-1), json!(1e10), json!("fast")] {
        assert!(put(json!({ "speed": bad })).await.api_error(400).starts_with("speed"));
    }
    assert!(put(json!({ "advanceSeconds": -5 })).await.api_error(400).starts_with("advanceSeconds"));
}

#[tokio::test]
async fn debug_shows_the_speed_and_the_number_of_faults() {
    let service = Service::with(unloc_emulator::Emulator::builder().speed(0.0)).await;
    service.emulator.faults().add(unloc_emulator::Fault::reset()).expect("a fault");
    assert!(format!("{:?}", service.emulator.clock()).contains("speed: 0.0"));
    assert!(format!("{:?}", service.emulator.faults()).contains("in_force: 1"));
}

#[tokio::test]
async fn an_emulator_works_at_both_ends_of_the_date_range() {
    use unloc_emulator::chrono::{DateTime, Utc};
    for start in [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC] {
        let builder = unloc_emulator::Emulator::builder().starts_at(start).speed(0.0);
        let service = Service::with(builder.token_lifetime(std::time::Duration::MAX)).await;
        let api = service.lock_holder(0).await;
        assert!(!api.keys().await.is_empty());
        let timeline = get(&service, &format!("/lock-holders/{}/timeline?days=60", api.id)).await;
        assert!(!list(&timeline, "locks").is_empty());
    }
}

#[tokio::test]
async fn a_request_with_a_silence_fault_is_in_the_journal() {
    let service = Service::start().await;
    let token = service.token(Value::Null).await;
    service.emulator.faults().add(unloc_emulator::Fault::silence().on("getLockHolders")).expect("a fault");
    let timeout = std::time::Duration::from_millis(300);
    let request = service.http.get(service.url(crate::support::LOCK_HOLDERS)).bearer_auth(&token).timeout(timeout);
    assert!(request.send().await.expect_err("silence").is_timeout());
    let requests = service.emulator.requests();
    let last = requests.last().expect("a request");
    assert_eq!((last.operation, last.status, last.fault.as_deref()), (Some("getLockHolders"), 502, Some("silence")));
}

#[tokio::test]
async fn a_request_whose_client_disconnects_during_a_delay_is_in_the_journal() {
    let service = Service::start().await;
    let token = service.token(Value::Null).await;
    let delay = unloc_emulator::Fault::delay(std::time::Duration::from_secs(3600));
    service.emulator.faults().add(delay.on("getLockHolders")).expect("a fault");
    let timeout = std::time::Duration::from_millis(300);
    let request = service.http.get(service.url(crate::support::LOCK_HOLDERS)).bearer_auth(&token).timeout(timeout);
    assert!(request.send().await.expect_err("a delay").is_timeout());
    let listed = async || service.emulator.requests().into_iter().find(|one| one.operation == Some("getLockHolders"));
    let listed = crate::support::eventually("the request in the journal", listed).await;
    assert_eq!((listed.status, listed.fault.as_deref()), (499, Some("delay 3600000 ms")));
}

#[tokio::test]
async fn an_unknown_field_is_refused_with_the_known_ones() {
    let service = Service::start().await;
    for (method, path, body, unknown, known) in [
        (Method::PUT, "/clock", json!({ "spede": 0 }), "spede", "advanceSeconds"),
        (Method::PUT, "/clock", json!({ "speed": 0, "now": null }), "now", "advanceTo"),
        (Method::PUT, "/quirks", json!({ "on": [], "off": [] }), "off", "on"),
        (Method::POST, "/people/unlock", json!({ "lockID": "x", "userId": "x" }), "lockID", "lockId"),
        (Method::POST, "/people/share", json!({ "lockId": "x", "userId": "x" }), "userId", "fromUserId"),
        (Method::POST, "/vendors/install", json!({ "connection": "x" }), "connection", "connectionId"),
        (Method::POST, "/vendors/remove", json!({ "connectionId": "x" }), "connectionId", "lockId"),
        (Method::POST, "/vendors/fail", json!({ "connectionId": "x", "name": "x" }), "name", "connectionId"),
        (Method::POST, "/vendors/change-password", json!({ "pasword": "x" }), "pasword", "password"),
        (Method::POST, "/faults", json!({ "kind": "reset", "operationId": "getLock" }), "operationId", "operation"),
        (Method::POST, "/faults", json!({ "kind": "delay", "seconds": 1 }), "seconds", "milliseconds"),
        (Method::POST, "/faults", json!({ "kind": "reset", "status": 500 }), "status", "carriedOut"),
        (Method::POST, "/faults", json!({ "kind": "html", "body": "x" }), "body", "status"),
        (Method::POST, "/faults", json!({ "kind": "html", "retryAfter": 1 }), "retryAfter", "status"),
        (Method::POST, "/faults", json!({ "kind": "rateLimited", "status": 503 }), "status", "retryAfter"),
    ] {
        let refusal = ask(&service, method, path, Some(body)).await.api_error(400);
        assert!(refusal.starts_with(&format!("{unknown} is an unknown field: use ")), "{path}: {refusal}");
        assert!(refusal.contains(known), "{path}: {refusal}");
    }
    let fault = json!({ "kind": "status", "contentType": "text/plain" });
    let refusal = ask(&service, Method::POST, "/faults", Some(fault)).await.api_error(400);
    assert!(refusal.starts_with("contentType"), "{refusal}");
    assert!(service.emulator.faults().list().is_empty());
}

#[tokio::test]
async fn refuses_changes_without_effect_and_invalid_queries() {
    let service = Service::start().await;
    for nothing in [json!({}), json!({ "speed": null })] {
        assert!(ask(&service, Method::PUT, "/clock", Some(nothing)).await.api_error(400).contains("advanceSeconds"));
    }
    let timeline = format!("/lock-holders/{}/timeline", service.emulator.snapshot().lock_holders[0].id);
    for days in ["0", "61", "-1", "x", "", "%ff"] {
        let refusal = ask(&service, Method::GET, &format!("{timeline}?days={days}"), None).await.api_error(400);
        assert!(refusal.contains("1 to 60"), "{days}: {refusal}");
    }
    for settled in ["settled=", "settled=false", "settled=1", "x=1&settled=no"] {
        let refusal = ask(&service, Method::GET, &format!("/deliveries?{settled}"), None).await.api_error(400);
        assert!(refusal.starts_with("settled"), "{settled}: {refusal}");
    }
    for good in ["/deliveries", "/deliveries?settled", "/deliveries?x=1&settled=true"] {
        get(&service, good).await;
    }
}

#[tokio::test]
async fn people_and_vendors_act_over_http() {
    let service = Service::start().await;
    let post = async |path: &str, body: Value| ask(&service, Method::POST, path, Some(body)).await;
    let snapshot = get(&service, "/snapshot").await;
    let key = list(&snapshot, "keys").into_iter().find(|key| key["state"] == "active" && key["shared"] == false);
    let key = key.expect("an active key");
    let (lock, user) = (text(&key, "lockId"), text(&key, "userId"));
    for action in ["unlock", "lock", "view-code"] {
        let done = post(&format!("/people/{action}"), json!({ "lockId": lock, "userId": user })).await.ok();
        assert!(done["eventId"].is_string(), "{action}");
    }
    let swapped = post("/people/unlock", json!({ "lockId": user, "userId": lock })).await.api_error(409);
    assert!(swapped.contains("no lock") && !swapped.contains(&user[1..]), "{swapped}");
    let nobody = json!({ "lockId": lock, "userId": "+12125550199" });
    assert!(post("/people/unlock", nobody).await.api_error(409).contains("no key"));
    post("/people/knock", json!({ "lockId": lock, "userId": user })).await.api_error(404);
    assert!(post("/people/unlock", json!({ "lockId": lock })).await.api_error(400).starts_with("userId"));
    let share = json!({ "lockId": lock, "fromUserId": "+12125550101", "toUserId": "+12125550150" });
    assert!(post("/people/share", share).await.ok()["keyId"].is_string());

    let connection = text(&list(&snapshot, "connections")[0], "id");
    let with = |more: Value| {
        let mut body = json!({ "connectionId": connection });
        body.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        body
    };
    for (action, body) in [
        ("install", with(json!({ "name": "Cellar door" }))),
        ("remove", json!({ "lockId": lock })),
        ("change-password", with(json!({ "password": "NEW-PASSWORD" }))),
        ("fail", with(json!({}))),
        ("recover", with(json!({}))),
        ("disconnect", with(json!({}))),
    ] {
        assert_eq!(post(&format!("/vendors/{action}"), body).await.status, 204, "{action}");
    }
    post("/vendors/paint", json!({})).await.api_error(404);
    post("/vendors/fail", json!({ "connectionId": "nowhere" })).await.api_error(409);
    let state = get(&service, "/snapshot").await["connections"][0]["state"].clone();
    assert_eq!(state, "disconnected");
}

#[tokio::test]
async fn lists_and_switches_quirks_over_http() {
    let service = Service::start().await;
    let on = async |names: Value| ask(&service, Method::PUT, "/quirks", Some(json!({ "on": names }))).await;
    let all = list(&get(&service, "/quirks").await, "quirks");
    assert!(all.len() > 20 && all.iter().all(|quirk| quirk["on"] == false && quirk["description"].is_string()));
    on(json!(["hyphenated-envelopes"])).await.ok();
    let token = service.token(Value::Null).await;
    let response = service.get(crate::support::LOCK_HOLDERS, &token).await.ok();
    assert_eq!(list(&response, "lock-holders").len(), 3);
    assert!(on(json!(["no-such-quirk"])).await.api_error(400).contains("string-booleans"));
    assert!(on(json!("all")).await.api_error(400).starts_with("on"));
    on(json!([])).await.ok();
    service.get(crate::support::LOCK_HOLDERS, &token).await.ok()["lockHolders"].as_array().expect("the usual name");
}

#[tokio::test]
async fn the_journal_contains_no_phone_numbers() {
    let service = Service::start().await;
    let api = service.lock_holder(0).await;
    api.get("/users/%2B12125550142/keys/").await.ok();
    let refusal = api.get("/users/%2B12125550142/doors/").await.api_error(404);
    assert!(refusal.contains("/openapi/") && !refusal.contains("2125550142"), "{refusal}");
    let refusal = api.delete("/users/%2B12125550142/keys/").await.api_error(405);
    assert!(refusal.contains("Allow") && !refusal.contains("2125550142"), "{refusal}");
    let requests = list(&get(&service, "/requests").await, "requests");
    let [.., read, unknown, _] = &requests[..] else { panic!("{requests:?}") };
    assert_eq!((&read["operation"], &read["status"]), (&json!("getKeysForUser"), &json!(200)));
    assert_eq!((&unknown["operation"], &unknown["status"]), (&Value::Null, &json!(404)));
    let shown = format!("{requests:?} {:?}", service.emulator.requests());
    assert!(!shown.contains("2125550142"), "{shown}");
    assert_eq!(ask(&service, Method::POST, "/tokens/expire", None).await.status, 204);
    assert_eq!(api.get("/locks/").await.api_error(401), "JWT expired");
}

/// Parses a YAML text.
fn yaml(text: &str) -> Value {
    unloc_spec::Document::parse(std::path::Path::new("served.yaml"), text).expect("YAML").value
}

#[tokio::test]
async fn serves_the_specs_with_the_emulator_as_only_server() {
    let service = Service::start().await;
    let own = service.emulator.base_url();
    let port = own.rsplit(':').next().expect("a port");
    for (name, path, file) in [
        ("auth", "/auth/v1", include_str!("../../../../openapi/auth.yaml")),
        ("integrator", "/integrators/v1", include_str!("../../../../openapi/integrator.yaml")),
        ("unloc-v2", "/v2", include_str!("../../../../openapi/unloc-v2.yaml")),
    ] {
        let near = format!("localhost:{port}");
        for (host, base) in [
            (None, own.to_owned()),
            (Some("elsewhere.example.com"), own.to_owned()),
            (Some(&near), format!("http://{near}")),
        ] {
            let mut request = service.http.get(service.url(&format!("/openapi/{name}.yaml")));
            if let Some(host) = host {
                request = request.header("host", host);
            }
            let response = request.send().await.expect("a response");
            assert_eq!(response.headers()["content-type"], "application/yaml");
            let text = response.text().await.expect("a text");
            assert!(!text.contains("unloc.app"), "{name} names another server");
            // `tokenUrl` refers to the emulator, too.
            let (mut served, mut written) = (yaml(&text), yaml(&file.replace("https://api.unloc.app", &base)));
            let servers = served["servers"].take();
            assert_eq!(servers.as_array().map(Vec::len), Some(1), "{servers}");
            assert_eq!(servers[0]["url"], format!("{base}{path}"));
            written["servers"].take();
            assert!(served == written, "{name} has other content");
        }
    }
}

#[tokio::test]
async fn the_interface_lists_its_routes() {
    let service = Service::start().await;
    let contents = get(&service, "/").await;
    for (route, _) in contents.as_object().expect("an object") {
        let (methods, path) = route.split_once(" /_emulator").expect("methods and a path");
        let path = path.replace("{unlock, lock, view-code}", "unlock").replace("{fail, recover, disconnect}", "fail");
        for method in methods.split(", ") {
            if path != "/changes" {
                let status = ask(&service, method.parse().expect("a method"), &path, None).await.status;
                assert!(status != 405 && (status != 404 || path.contains('{')), "{method} {path}: {status}");
            }
        }
    }
}

#[tokio::test]
async fn observers_get_an_event_after_each_change() {
    let service = Service::start().await;
    let mut news = service.http.get(service.url("/_emulator/changes")).send().await.expect("a response");
    assert_eq!(news.headers()["content-type"], "text/event-stream");
    assert!(news.chunk().await.expect("a chunk").is_some(), "an initial event");
    service.emulator.clock().stop();
    assert!(news.chunk().await.expect("a chunk").is_some(), "an event for the change");
}
