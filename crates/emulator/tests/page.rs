//! Tests the web page: all its files and all data that it requests come from the emulator.

// Clippy allows `expect` and the like in functions with `#[test]` only, not in their helpers.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};

use reqwest::{Client, Method, Response, StatusCode};
use unloc_emulator::Emulator;

/// Is an emulator with an HTTP client in the role of a browser.
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
        self.http.request(method, address).send().await.expect("a response")
    }

    async fn get(&self, path: &str) -> Response {
        self.ask(Method::GET, path).await
    }

    /// Returns path and text of the page and of all files that it refers to, directly or indirectly.
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

/// Returns the quoted texts of each line.
fn quoted(text: &str) -> Vec<&str> {
    let lines = text.lines();
    lines.flat_map(|line| ['"', '`'].map(|mark| line.split(mark).skip(1).step_by(2))).flatten().collect()
}

/// Returns the paths below `/_emulator/` that the page's scripts request, with values for their template expressions.
fn requested_paths(files: &BTreeMap<String, String>, lock_holder: &str) -> BTreeSet<String> {
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
async fn serves_all_files_of_the_page_with_media_type_and_content_security_policy() {
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
async fn the_page_refers_to_no_other_host() {
    for (path, text) in Browser::start().await.files().await {
        // The XML namespace of SVG is a name that browsers do not request.
        let text = text.replace("http://www.w3.org/2000/svg", "");
        for outside in ["http:", "https:", "ws:", "wss:", "\"//", "'//", "url(", "@import"] {
            assert!(!text.contains(outside), "{path} has {outside}");
        }
    }
}

#[tokio::test]
async fn the_page_has_no_inline_scripts_or_styles() {
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
async fn the_control_interface_has_every_path_that_the_page_requests() {
    let browser = Browser::start().await;
    let lock_holder = browser.emulator.snapshot().lock_holders[0].id.clone();
    let paths = requested_paths(&browser.files().await, &lock_holder);
    assert!(paths.len() >= 9, "{paths:?}");
    for path in &paths {
        assert!(!path.contains('$'), "{path} has a part that this test does not know");
        // Without a body these requests have no effect. An existing path responds with a success, a 400, or the 404 of
        // a fault.
        let methods = [Method::GET, Method::POST, Method::PUT, Method::DELETE];
        let mut found = false;
        for method in methods.into_iter().filter(|method| method == Method::GET || path != "/_emulator/faults") {
            let response = browser.ask(method, path).await;
            let is_stream =
                response.headers().get("content-type").is_some_and(|name| name.as_bytes().starts_with(b"text/event"));
            let (status, text) =
                (response.status(), if is_stream { String::new() } else { response.text().await.unwrap() });
            found |= status.is_success() || status == StatusCode::BAD_REQUEST || text.contains("no active fault");
        }
        assert!(found, "{path}");
    }
}

#[tokio::test]
async fn the_page_holds_its_event_stream_only_while_visible() {
    let files = Browser::start().await.files().await;
    let script = &files["/_emulator/page/page.js"];
    // A browser has six connections to a host, so hidden tabs and pages in the back-forward cache must hold none.
    for part in
        ["\"pagehide\", stopListening", "\"pageshow\", watch", "document.hidden ? stopListening()", "source?.close()"]
    {
        assert!(script.contains(part), "{part}");
    }
    assert_eq!(script.matches("new EventSource").count(), 1);
}

#[tokio::test]
async fn lock_holder_list_and_timelines_match_the_snapshot() {
    let browser = Browser::start().await;
    let snapshot = browser.emulator.snapshot();
    let listed: serde_json::Value = browser.get("/_emulator/lock-holders").await.json().await.expect("JSON");
    let listed = listed["lockHolders"].as_array().expect("a list");
    assert_eq!(listed.len(), snapshot.lock_holders.len());
    for (listed, holder) in listed.iter().zip(&snapshot.lock_holders) {
        assert_eq!([&listed["id"], &listed["name"]], [holder.id.as_str(), holder.name.as_str()]);
        let locks: Vec<_> = snapshot.locks.iter().filter(|lock| lock.lock_holder_id == holder.id).collect();
        assert_eq!(listed["locks"], locks.len());
        let path = format!("/_emulator/lock-holders/{}/timeline", holder.id);
        let timeline: serde_json::Value = browser.get(&path).await.json().await.expect("JSON");
        for (drawn, lock) in timeline["locks"].as_array().expect("a list").iter().zip(locks) {
            assert_eq!([&drawn["id"], &drawn["timeZone"]], [lock.id.as_str(), lock.time_zone]);
            let works = |key: &&unloc_emulator::KeySnapshot| key.lock_id == lock.id && key.state == "active";
            let working: BTreeSet<_> = snapshot.keys.iter().filter(works).map(|key| key.id.as_str()).collect();
            let drawn = drawn["keys"].as_array().expect("a list").iter();
            let drawn = drawn.filter(|key| key["state"] == "active").map(|key| key["id"].as_str().unwrap());
            assert_eq!(drawn.collect::<BTreeSet<_>>(), working, "{}", lock.name);
        }
    }
}

#[tokio::test]
async fn a_truncated_timeline_shows_active_keys_first() {
    let emulator = Emulator::builder().lock_holders(1).locks(1).keys(3000).start().await.expect("the emulator starts");
    let browser = Browser { emulator, http: Client::builder().no_proxy().build().expect("a client") };
    let holder = browser.emulator.snapshot().lock_holders[0].id.clone();
    let path = format!("/_emulator/lock-holders/{holder}/timeline");
    let timeline: serde_json::Value = browser.get(&path).await.json().await.expect("JSON");
    let lock = &timeline["locks"][0];
    let keys = lock["keys"].as_array().expect("a list");
    assert!(keys.iter().all(|key| key["state"] == "active") && lock["more"].as_u64() > Some(0), "{lock}");
}
