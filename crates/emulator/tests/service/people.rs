use std::io::{BufRead, BufReader};
use std::time::Duration;

use serde_json::{Value, json};
use unloc_emulator::{Emulator, Quirk};

use crate::listener::Listener;
use crate::support::{LockHolderApi, Service, encoded, list, text};

const IDA: &str = "+12125550109";
const CAMILLA: &str = "+12125550103";
const ASTRID: &str = "+12125550101";

async fn events(api: &LockHolderApi<'_>, path: &str) -> Vec<Value> {
    list(&api.get(path).await.ok(), "keyEvents")
}

async fn register(api: &LockHolderApi<'_>, path: &str, url: &str) -> String {
    text(&api.post(path, json!({ "webhookUrl": url })).await.ok()["webhook"], "id")
}

#[tokio::test]
async fn each_use_of_a_key_is_an_event_and_calls_each_webhook_of_the_lock() {
    let service = Service::start().await;
    let (api, listener) = (service.lock_holder(0).await, Listener::start().await);
    let (main, garage) = (api.lock("Main entrance").await, api.lock("Parking garage gate").await);
    register(&api, "/key-events/webhooks/", &listener.url("/all")).await;
    register(&api, &format!("/locks/{main}/key-events/webhooks/"), &listener.url("/main")).await;
    register(&service.lock_holder(1).await, "/key-events/webhooks/", &listener.url("/other")).await;
    let people = service.emulator.people();
    let opened = people.unlock(&main, CAMILLA).expect("an active key");
    people.lock(&garage, CAMILLA).expect("an active key");
    people.view_code(&main, CAMILLA).expect("an active key");

    let all = events(&api, "/key-events/").await;
    let actions: Vec<_> = all.iter().map(|event| text(event, "action")).collect();
    assert_eq!(actions, ["unlocked", "locked", "viewedCode"]);
    let first = &all[0];
    assert_eq!(
        ["id", "lockName", "userId", "userName"].map(|name| text(first, name)),
        [opened.as_str(), "Main entrance", CAMILLA, "Camilla Myhre"]
    );
    assert_eq!(events(&api, &format!("/locks/{main}/key-events/")).await, [all[0].clone(), all[2].clone()]);
    assert!(events(&service.lock_holder(1).await, "/key-events/").await.is_empty());

    service.emulator.deliveries_settled().await;
    let calls = listener.calls();
    let to = |path: &str| calls.iter().filter(|call| call.0 == path).map(|call| call.1.clone()).collect::<Vec<_>>();
    assert_eq!(to("/all"), all, "the events themselves, in their order, without an envelope");
    assert_eq!(to("/main"), [all[0].clone(), all[2].clone()]);
    assert_eq!(calls.len(), 5);
    let log = service.emulator.deliveries();
    assert!(log.len() == 5 && log.iter().all(|delivery| delivery.status == Some(200)), "{log:?}");
}

#[tokio::test]
async fn calls_a_webhook_at_exactly_its_registered_url() {
    let service = Service::start().await;
    let api = service.lock_holder(0).await;
    let main = api.lock("Main entrance").await;
    let socket = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = socket.local_addr().expect("an address");
    let target = "/%C3%B8re/a%20b;v=1?key=%F0%9F%94%91&x=(1)";
    register(&api, "/key-events/webhooks/", &format!("http://{address}{target}#part")).await;
    service.emulator.people().unlock(&main, CAMILLA).expect("an active key");
    let read = move || {
        let lines = BufReader::new(socket.accept().expect("a call").0).lines();
        lines.map(|line| line.expect("text")).take_while(|line| !line.is_empty()).collect::<Vec<_>>()
    };
    let head = tokio::task::spawn_blocking(read).await.expect("a head");
    assert_eq!(head[0], format!("POST {target} HTTP/1.1"));
    assert!(head.contains(&format!("host: {address}")), "{head:?}");
}

#[tokio::test]
async fn a_lock_does_not_open_without_an_active_key() {
    let service = Service::start().await;
    let api = service.lock_holder(0).await;
    let main = api.lock("Main entrance").await;
    let people = service.emulator.people();
    for (user, why) in [("+12125550199", "no key"), (IDA, "scheduled"), ("+447700900110", "revoked")] {
        let refused = people.unlock(&main, user).unwrap_err().to_string();
        assert!(refused.contains(why) && !refused.contains(user), "{refused}");
    }
    assert!(people.unlock("nowhere", IDA).unwrap_err().to_string().contains("no lock"));
    // Swapping the arguments is an easy mistake; the error must not quote the phone number.
    let swapped = people.unlock(IDA, &main).unwrap_err().to_string();
    assert!(swapped.contains("no lock") && !swapped.contains(&IDA[1..]), "{swapped}");
    assert!(events(&api, "/key-events/").await.is_empty());
}

#[tokio::test]
async fn a_shared_key_works_but_is_not_listed_and_calls_no_webhook() {
    let service = Service::with(Emulator::builder().vendor_latency(Duration::ZERO)).await;
    let (api, listener) = (service.lock_holder(0).await, Listener::start().await);
    let main = api.lock("Main entrance").await;
    register(&api, "/key-events/webhooks/", &listener.url("/all")).await;
    let keys = api.keys().await.len();
    let people = service.emulator.people();
    people.share(&main, CAMILLA, "+12125550150").expect_err("no role at the lock");
    people.share(&main, ASTRID, "12125550150").expect_err("an invalid phone number");
    people.share(&main, ASTRID, "+12125550150").expect("a role at the lock");
    people.unlock(&main, "+12125550150").expect("an active key");
    assert_eq!(api.keys().await.len(), keys);
    assert_eq!(events(&api, "/key-events/").await.len(), 1);
    service.emulator.deliveries_settled().await;
    assert!(listener.calls().is_empty());

    api.delete(&format!("/users/{}/shared-keys/", encoded(ASTRID))).await;
    people.unlock(&main, "+12125550150").expect_err("the key was revoked");
}

#[tokio::test]
async fn events_are_listed_for_thirty_days_in_pages() {
    let year = Duration::from_secs(365 * 24 * 3600);
    let service = Service::with(Emulator::builder().speed(0.0).token_lifetime(year)).await;
    let api = service.lock_holder(0).await;
    let main = api.lock("Main entrance").await;
    let (people, clock) = (service.emulator.people(), service.emulator.clock());
    for _ in 0..5 {
        people.unlock(&main, CAMILLA).expect("an active key");
        clock.advance(Duration::from_secs(24 * 3600));
    }
    let all = events(&api, "/key-events/").await;
    let mut paged = Vec::new();
    let mut path = "/key-events/?limit=2".to_owned();
    loop {
        let page = api.get(&path).await.ok();
        paged.extend(list(&page, "keyEvents"));
        let Some(cursor) = page["startAfterId"].as_str() else { break };
        path = format!("/key-events/?limit=2&startAfterId={cursor}");
    }
    assert_eq!(paged, all);
    for bad in ["0", "2501", "x"] {
        assert!(api.get(&format!("/key-events/?limit={bad}")).await.api_error(400).contains("1 to 2500"));
    }
    // Five days have passed since the first event; 25 more make it thirty days old, which is still listed.
    clock.advance(Duration::from_secs(25 * 24 * 3600));
    assert_eq!(events(&api, "/key-events/").await.len(), 5);
    clock.advance(Duration::from_millis(1));
    assert_eq!(events(&api, "/key-events/").await, all[1..]);
    let cursor = text(&all[0], "id");
    let behind = format!("/key-events/?limit=9&startAfterId={cursor}");
    assert_eq!(events(&api, &behind).await, all[1..], "what left the list still marks its index");
}

#[tokio::test]
async fn lists_and_deletes_webhooks_and_stops_calling_them() {
    let service = Service::start().await;
    let (api, listener) = (service.lock_holder(0).await, Listener::start().await);
    let main = api.lock("Main entrance").await;
    let of_lock = format!("/locks/{main}/key-events/webhooks/");
    let lock_webhook = register(&api, &of_lock, &listener.url("/main")).await;
    let all_webhook = register(&api, "/key-events/webhooks/", &listener.url("/all")).await;
    api.post("/key-events/webhooks/", json!({ "webhookUrl": listener.url("/all") })).await.api_error(409);
    let listed = list(&api.get("/key-events/webhooks/").await.ok(), "webhooks");
    assert_eq!(listed, [json!({ "id": all_webhook, "webhookUrl": listener.url("/all") })]);
    api.delete(&format!("/key-events/webhooks/{lock_webhook}/")).await.api_error(404);
    assert_eq!(api.delete(&format!("/key-events/webhooks/{all_webhook}/")).await.status, 204);
    api.delete(&format!("/key-events/webhooks/{all_webhook}/")).await.api_error(404);
    service.emulator.people().unlock(&main, CAMILLA).expect("an active key");
    service.emulator.deliveries_settled().await;
    assert_eq!(listener.calls().into_iter().map(|call| call.0).collect::<Vec<_>>(), ["/main"]);
    for bad in [
        "",
        "hooks.example.com/x",
        "/x",
        "ftp://127.0.0.1/x",
        "http://",
        "http:///x",
        "http://127.0.0.1:65536/x",
        "http://127.0.0.1:0/x",
        "http://127.0.0.1/sjø",
        "http://me:EXAMPLE-PASSWORD@127.0.0.1/x",
    ] {
        let refusal = api.post("/key-events/webhooks/", json!({ "webhookUrl": bad })).await.api_error(400);
        assert!(refusal.starts_with("webhookUrl"), "{bad}: {refusal}");
    }
}

#[tokio::test]
async fn the_log_contains_failed_and_skipped_calls() {
    let service = Service::start().await;
    let (api, listener) = (service.lock_holder(0).await, Listener::start().await);
    let main = api.lock("Main entrance").await;
    let gone = format!("http://{}/", Listener::closed());
    let urls = [listener.url("/broken"), gone, "https://127.0.0.1/".to_owned(), "http://hooks.example.com/".to_owned()];
    for url in &urls {
        register(&api, "/key-events/webhooks/", url).await;
    }
    service.emulator.people().unlock(&main, CAMILLA).expect("an active key");
    service.emulator.deliveries_settled().await;
    let log = service.emulator.deliveries();
    let of = |url: &String| log.iter().find(|delivery| delivery.url == *url).expect("an entry");
    assert_eq!((of(&urls[0]).status, of(&urls[0]).failure.clone()), (Some(500), None));
    for (url, why) in [(&urls[1], "no connection"), (&urls[2], "http only"), (&urls[3], "loopback")] {
        let failure = of(url).failure.clone().expect("a reason");
        assert!(failure.contains(why) && of(url).status.is_none(), "{failure}");
    }
    let shown = format!("{log:?}");
    assert!(!shown.contains("hooks.example.com") && !shown.contains(CAMILLA), "{shown}");
}

#[tokio::test]
async fn webhooks_twice_calls_webhooks_twice_for_each_event() {
    let service = Service::with(Emulator::builder().quirks([Quirk::WebhooksTwice])).await;
    let (api, listener) = (service.lock_holder(0).await, Listener::start().await);
    let main = api.lock("Main entrance").await;
    register(&api, "/key-events/webhooks/", &listener.url("/all")).await;
    service.emulator.people().unlock(&main, CAMILLA).expect("an active key");
    service.emulator.deliveries_settled().await;
    let calls = listener.calls();
    assert!(calls.len() == 2 && calls[0] == calls[1], "{}", calls.len());
}
