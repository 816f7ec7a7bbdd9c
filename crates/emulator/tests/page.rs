//! The page for people: what it is made of comes from the emulator, and so does everything that it asks for.

// Clippy knows tests by their attribute and takes the helpers around them for code that ships.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};

use reqwest::{Client, Method, Response, StatusCode};
use unloc_emulator::Emulator;

/// An emulator and a client, as a browser is one.
struct Browser {
    emulator: Emulator,
    http: Client,
}

impl Browser {
    async fn start() -> Self {
        let emulator = Emulator::start().await.expect("the emulator starts");
        let http = Client::builder().no_proxy().build().expect("a client");
        Self { emulator, http }
    }

    async fn ask(&self, method: Method, path: &str) -> Response {
        let address = format!("{}{path}", self.emulator.base_url());
        self.http.request(method, address).send().await.expect("an answer")
    }

    async fn get(&self, path: &str) -> Response {
        self.ask(Method::GET, path).await
    }

    /// The page and everything it is made of: path and text, however deep its scripts lead.
    async fn files(&self) -> BTreeMap<String, String> {
        let mut files = BTreeMap::new();
        let mut wanted = BTreeSet::from(["/".to_owned()]);
        while let Some(path) = wanted.pop_first() {
            let response = self.get(&path).await;
            assert_eq!(response.status(), StatusCode::OK, "{path}");
            let text = response.text().await.expect("a text");
            for quoted in quoted(&text) {
                let target = quoted.strip_prefix("./").map(|name| format!("/_emulator/page/{name}"));
                let target = target.unwrap_or_else(|| quoted.to_owned());
                if target.starts_with("/_emulator/page/") && !files.contains_key(&target) {
                    wanted.insert(target);
                }
            }
            files.insert(path, text);
        }
        files
    }
}

/// The texts between quotes that are no longer than a line.
fn quoted(text: &str) -> Vec<&str> {
    let lines = text.lines();
    lines.flat_map(|line| ['"', '`'].map(|mark| line.split(mark).skip(1).step_by(2))).flatten().collect()
}

/// The paths below `/_emulator/` that the page's scripts ask for, with something in place of what they fill in.
fn asked(files: &BTreeMap<String, String>, lock_holder: &str) -> BTreeSet<String> {
    let mut paths = BTreeSet::new();
    for script in files.iter().filter(|(path, _)| path.ends_with(".js")).map(|(_, text)| text) {
        for quoted in quoted(script).into_iter().filter(|quoted| quoted.starts_with("/_emulator/")) {
            for action in ["unlock", "lock"] {
                let path = quoted.split('?').next().unwrap_or_default();
                let path = path.replace("${view.chosen}", lock_holder).replace("${action}", action);
                paths.insert(path.replace("${fault.id}", "1"));
            }
        }
    }
    paths
}

#[tokio::test]
async fn everything_the_page_is_made_of_is_served_with_its_type_and_a_policy_that_lets_nothing_else_in() {
    let browser = Browser::start().await;
    let files = browser.files().await;
    assert!(files.len() >= 4, "{:?}", files.keys());
    for path in files.keys() {
        let response = browser.get(path).await;
        let header = |name| response.headers()[name].to_str().expect("a text").to_owned();
        let media_type = match path.rsplit('.').next() {
            Some("js") => "text/javascript; charset=utf-8",
            Some("css") => "text/css; charset=utf-8",
            _ => "text/html; charset=utf-8",
        };
        assert_eq!(header("content-type"), media_type, "{path}");
        assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
        let policy = header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; script-src 'self';"), "{path}: {policy}");
        assert!(!policy.contains("unsafe") && !policy.contains('*'), "{path}: {policy}");
    }
}

#[tokio::test]
async fn the_page_names_no_address_outside_of_the_emulator() {
    for (path, text) in Browser::start().await.files().await {
        // A name for a kind of picture, which nobody fetches.
        let text = text.replace("http://www.w3.org/2000/svg", "");
        for outside in ["http:", "https:", "ws:", "wss:", "\"//", "'//", "url(", "@import"] {
            assert!(!text.contains(outside), "{path} has {outside}");
        }
    }
}

#[tokio::test]
async fn the_page_has_no_script_and_no_style_that_the_policy_would_refuse() {
    let files = Browser::start().await.files().await;
    let html = &files["/"];
    assert!(!html.contains("<style") && !html.contains(" style="), "{html}");
    let is_handler = |word: &str| word.starts_with("on") && word.contains('=');
    assert!(!html.split_whitespace().any(is_handler), "{html}");
    assert_eq!(html.matches("<script").count(), html.matches("<script type=\"module\" src=\"/_emulator/").count());
    for (path, text) in files.iter().filter(|(path, _)| path.ends_with(".js")) {
        for risky in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function"] {
            assert!(!text.contains(risky), "{path} has {risky}");
        }
    }
}

#[tokio::test]
async fn the_control_interface_answers_every_path_that_the_page_asks_for() {
    let browser = Browser::start().await;
    let lock_holder = browser.emulator.town().lock_holders[0].id.clone();
    let paths = asked(&browser.files().await, &lock_holder);
    assert!(paths.len() >= 9, "{paths:?}");
    for path in &paths {
        assert!(!path.contains('$'), "{path} has a part that this test does not know");
        // Without a body nothing is done, but a path that is there says so: 400, 404 for a fault, or 405 for the method.
        let answers = [Method::GET, Method::POST, Method::PUT, Method::DELETE];
        let mut found = false;
        for method in answers.into_iter().filter(|method| method == Method::GET || path != "/_emulator/faults") {
            let response = browser.ask(method, path).await;
            let is_stream =
                response.headers().get("content-type").is_some_and(|name| name.as_bytes().starts_with(b"text/event"));
            let (status, text) =
                (response.status(), if is_stream { String::new() } else { response.text().await.unwrap() });
            found |= status.is_success() || status == StatusCode::BAD_REQUEST || text.contains("fault in force");
        }
        assert!(found, "{path}");
    }
}

#[tokio::test]
async fn the_page_asks_for_its_stream_only_while_somebody_looks() {
    let files = Browser::start().await.files().await;
    let script = &files["/_emulator/page/page.js"];
    // Six of these are all that a browser has for a host: hidden tabs, and pages behind the back button, keep none.
    for part in
        ["\"pagehide\", stopListening", "\"pageshow\", watch", "document.hidden ? stopListening()", "source?.close()"]
    {
        assert!(script.contains(part), "{part}");
    }
    assert_eq!(script.matches("new EventSource").count(), 1);
}

#[tokio::test]
async fn the_lists_the_page_begins_with_agree_with_the_town() {
    let browser = Browser::start().await;
    let town = browser.emulator.town();
    let listed: serde_json::Value = browser.get("/_emulator/lock-holders").await.json().await.expect("JSON");
    let listed = listed["lockHolders"].as_array().expect("a list");
    assert_eq!(listed.len(), town.lock_holders.len());
    for (listed, holder) in listed.iter().zip(&town.lock_holders) {
        assert_eq!([&listed["id"], &listed["name"]], [holder.id.as_str(), holder.name.as_str()]);
        let locks: Vec<_> = town.locks.iter().filter(|lock| lock.lock_holder_id == holder.id).collect();
        assert_eq!(listed["locks"], locks.len());
        let path = format!("/_emulator/lock-holders/{}/timeline", holder.id);
        let timeline: serde_json::Value = browser.get(&path).await.json().await.expect("JSON");
        for (drawn, lock) in timeline["locks"].as_array().expect("a list").iter().zip(locks) {
            assert_eq!([&drawn["id"], &drawn["timeZone"]], [lock.id.as_str(), lock.time_zone]);
            let works = |key: &&unloc_emulator::SeenKey| key.lock_id == lock.id && key.state == "active";
            let working: BTreeSet<_> = town.keys.iter().filter(works).map(|key| key.id.as_str()).collect();
            let drawn = drawn["keys"].as_array().expect("a list").iter();
            let drawn = drawn.filter(|key| key["state"] == "active").map(|key| key["id"].as_str().unwrap());
            assert_eq!(drawn.collect::<BTreeSet<_>>(), working, "{}", lock.name);
        }
    }
}

#[tokio::test]
async fn who_can_open_a_door_now_is_drawn_before_all_others() {
    let emulator = Emulator::builder().lock_holders(1).locks(1).keys(3000).start().await.expect("the emulator starts");
    let browser = Browser { emulator, http: Client::builder().no_proxy().build().expect("a client") };
    let holder = browser.emulator.town().lock_holders[0].id.clone();
    let path = format!("/_emulator/lock-holders/{holder}/timeline");
    let timeline: serde_json::Value = browser.get(&path).await.json().await.expect("JSON");
    let lock = &timeline["locks"][0];
    let keys = lock["keys"].as_array().expect("a list");
    assert!(keys.iter().all(|key| key["state"] == "active") && lock["more"].as_u64() > Some(0), "{lock}");
}
