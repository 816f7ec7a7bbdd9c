use std::io::{BufRead, BufReader};
use std::time::Duration;

use serde_json::{Value, json};
use unloc_emulator::{Emulator, Quirk};

use crate::listener::Listener;
use crate::support::{Home, Service, encoded, list, text};

const IDA: &str = "+12125550109";
const CAMILLA: &str = "+12125550103";
const ASTRID: &str = "+12125550101";

async fn events(home: &Home<'_>, path: &str) -> Vec<Value> {
    list(&home.get(path).await.ok(), "keyEvents")
}

async fn register(home: &Home<'_>, path: &str, url: &str) -> String {
    text(&home.post(path, json!({ "webhookUrl": url })).await.ok()["webhook"], "id")
}

#[tokio::test]
async fn what_somebody_does_with_a_key_is_an_event_and_a_call_of_each_webhook_for_the_lock() {
    let service = Service::start().await;
    let (home, listener) = (service.home(0).await, Listener::start().await);
    let (main, garage) = (home.lock("Main entrance").await, home.lock("Parking garage gate").await);
    register(&home, "/key-events/webhooks/", &listener.url("/all")).await;
    register(&home, &format!("/locks/{main}/key-events/webhooks/"), &listener.url("/main")).await;
    register(&service.home(1).await, "/key-events/webhooks/", &listener.url("/other")).await;
    let people = service.emulator.people();
    let opened = people.unlock(&main, CAMILLA).expect("she has a key");
    people.lock(&garage, CAMILLA).expect("she has a key");
    people.view_code(&main, CAMILLA).expect("she has a key");

    let all = events(&home, "/key-events/").await;
    let actions: Vec<_> = all.iter().map(|event| text(event, "action")).collect();
    assert_eq!(actions, ["unlocked", "locked", "viewedCode"]);
    let first = &all[0];
    assert_eq!(
        ["id", "lockName", "userId", "userName"].map(|name| text(first, name)),
        [opened.as_str(), "Main entrance", CAMILLA, "Camilla Myhre"]
    );
    assert_eq!(events(&home, &format!("/locks/{main}/key-events/")).await, [all[0].clone(), all[2].clone()]);
    assert!(events(&service.home(1).await, "/key-events/").await.is_empty());

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
async fn a_webhook_is_called_at_its_address_as_it_was_registered() {
    let service = Service::start().await;
    let home = service.home(0).await;
    let main = home.lock("Main entrance").await;
    let socket = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = socket.local_addr().expect("an address");
    let target = "/%C3%B8re/a%20b;v=1?key=%F0%9F%94%91&x=(1)";
    register(&home, "/key-events/webhooks/", &format!("http://{address}{target}#part")).await;
    service.emulator.people().unlock(&main, CAMILLA).expect("she has a key");
    let read = move || {
        let lines = BufReader::new(socket.accept().expect("a call").0).lines();
        lines.map(|line| line.expect("text")).take_while(|line| !line.is_empty()).collect::<Vec<_>>()
    };
    let head = tokio::task::spawn_blocking(read).await.expect("a head");
    assert_eq!(head[0], format!("POST {target} HTTP/1.1"));
    assert!(head.contains(&format!("host: {address}")), "{head:?}");
}

#[tokio::test]
async fn a_door_stays_shut_for_whoever_has_no_key_that_works_now() {
    let service = Service::start().await;
    let home = service.home(0).await;
    let main = home.lock("Main entrance").await;
    let people = service.emulator.people();
    for (user, why) in [("+12125550199", "no key"), (IDA, "scheduled"), ("+447700900110", "revoked")] {
        let refused = people.unlock(&main, user).unwrap_err().to_string();
        assert!(refused.contains(why) && !refused.contains(user), "{refused}");
    }
    assert!(people.unlock("nowhere", IDA).unwrap_err().to_string().contains("no lock"));
    // Arguments the wrong way round are a slip that is easily made.
    let swapped = people.unlock(IDA, &main).unwrap_err().to_string();
    assert!(swapped.contains("no lock") && !swapped.contains(&IDA[1..]), "{swapped}");
    assert!(events(&home, "/key-events/").await.is_empty());
}

#[tokio::test]
async fn a_key_shared_from_the_app_opens_and_counts_but_is_not_listed_and_calls_no_webhook() {
    let service = Service::with(Emulator::builder().settling(Duration::ZERO)).await;
    let (home, listener) = (service.home(0).await, Listener::start().await);
    let main = home.lock("Main entrance").await;
    register(&home, "/key-events/webhooks/", &listener.url("/all")).await;
    let keys = home.keys().await.len();
    let people = service.emulator.people();
    people.share(&main, CAMILLA, "+12125550150").expect_err("she has no role there");
    people.share(&main, ASTRID, "12125550150").expect_err("no phone number");
    people.share(&main, ASTRID, "+12125550150").expect("she has a role");
    people.unlock(&main, "+12125550150").expect("there is a key");
    assert_eq!(home.keys().await.len(), keys);
    assert_eq!(events(&home, "/key-events/").await.len(), 1);
    service.emulator.deliveries_settled().await;
    assert!(listener.calls().is_empty());

    home.delete(&format!("/users/{}/shared-keys/", encoded(ASTRID))).await;
    people.unlock(&main, "+12125550150").expect_err("it was taken back");
}

#[tokio::test]
async fn events_are_listed_for_thirty_days_and_page_by_id() {
    let year = Duration::from_secs(365 * 24 * 3600);
    let service = Service::with(Emulator::builder().speed(0.0).token_lifetime(year)).await;
    let home = service.home(0).await;
    let main = home.lock("Main entrance").await;
    let (people, clock) = (service.emulator.people(), service.emulator.clock());
    for _ in 0..5 {
        people.unlock(&main, CAMILLA).expect("she has a key");
        clock.advance(Duration::from_secs(24 * 3600));
    }
    let all = events(&home, "/key-events/").await;
    let mut paged = Vec::new();
    let mut path = "/key-events/?limit=2".to_owned();
    loop {
        let page = home.get(&path).await.ok();
        paged.extend(list(&page, "keyEvents"));
        let Some(cursor) = page["startAfterId"].as_str() else { break };
        path = format!("/key-events/?limit=2&startAfterId={cursor}");
    }
    assert_eq!(paged, all);
    for bad in ["0", "2501", "x"] {
        assert!(home.get(&format!("/key-events/?limit={bad}")).await.refused(400).contains("1 to 2500"));
    }
    // The fifth day ends: the first event is thirty days old when twenty-five more have passed.
    clock.advance(Duration::from_secs(25 * 24 * 3600));
    assert_eq!(events(&home, "/key-events/").await.len(), 5);
    clock.advance(Duration::from_millis(1));
    assert_eq!(events(&home, "/key-events/").await, all[1..]);
    let cursor = text(&all[0], "id");
    let behind = format!("/key-events/?limit=9&startAfterId={cursor}");
    assert_eq!(events(&home, &behind).await, all[1..], "what left the list still marks its place");
}

#[tokio::test]
async fn webhooks_are_listed_and_deleted_and_called_no_more() {
    let service = Service::start().await;
    let (home, listener) = (service.home(0).await, Listener::start().await);
    let main = home.lock("Main entrance").await;
    let of_lock = format!("/locks/{main}/key-events/webhooks/");
    let kept = register(&home, &of_lock, &listener.url("/main")).await;
    let deleted = register(&home, "/key-events/webhooks/", &listener.url("/all")).await;
    home.post("/key-events/webhooks/", json!({ "webhookUrl": listener.url("/all") })).await.refused(409);
    let listed = list(&home.get("/key-events/webhooks/").await.ok(), "webhooks");
    assert_eq!(listed, [json!({ "id": deleted, "webhookUrl": listener.url("/all") })]);
    home.delete(&format!("/key-events/webhooks/{kept}/")).await.refused(404);
    assert_eq!(home.delete(&format!("/key-events/webhooks/{deleted}/")).await.status, 204);
    home.delete(&format!("/key-events/webhooks/{deleted}/")).await.refused(404);
    service.emulator.people().unlock(&main, CAMILLA).expect("she has a key");
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
        let refusal = home.post("/key-events/webhooks/", json!({ "webhookUrl": bad })).await.refused(400);
        assert!(refusal.starts_with("webhookUrl"), "{bad}: {refusal}");
    }
}

#[tokio::test]
async fn the_log_tells_of_listeners_that_fail_and_of_addresses_that_are_not_called() {
    let service = Service::start().await;
    let (home, listener) = (service.home(0).await, Listener::start().await);
    let main = home.lock("Main entrance").await;
    let gone = format!("http://{}/", Listener::closed());
    let urls = [listener.url("/broken"), gone, "https://127.0.0.1/".to_owned(), "http://hooks.example.com/".to_owned()];
    for url in &urls {
        register(&home, "/key-events/webhooks/", url).await;
    }
    service.emulator.people().unlock(&main, CAMILLA).expect("she has a key");
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
async fn with_the_quirk_webhooks_are_called_twice_for_one_event() {
    let service = Service::with(Emulator::builder().quirks([Quirk::WebhooksTwice])).await;
    let (home, listener) = (service.home(0).await, Listener::start().await);
    let main = home.lock("Main entrance").await;
    register(&home, "/key-events/webhooks/", &listener.url("/all")).await;
    service.emulator.people().unlock(&main, CAMILLA).expect("she has a key");
    service.emulator.deliveries_settled().await;
    let calls = listener.calls();
    assert!(calls.len() == 2 && calls[0] == calls[1], "{}", calls.len());
}
