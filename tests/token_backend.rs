//! The backend for programs without the secret, as its callers meet it: a program, over real sockets.
#![allow(clippy::unwrap_used)]

mod programs;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};
use unloc::token::source_fn;
use unloc::{ErrorKind, LockHolder, Scope, Scopes, Secret, Token, TokenSource, Unloc};
use unloc_sandbox::Sandbox;

use crate::programs::example;

const HOME: &str = "lockHolder.identifier:NO.demo-fjordglott.";
const SECRET: &str = "EXAMPLE-SECRET-THAT-MUST-NOT-SHOW";

#[test]
fn a_caller_without_a_session_gets_no_token() {
    let backend = Backend::start(&mut program());
    let key = backend.office.as_str();
    let (zeros, longer, shorter) = ("0".repeat(key.len()), format!("{key}0"), &key[..key.len() - 1]);
    let strangers = ["", "Bearer", "Bearer ", key, &format!("Basic {key}"), &format!("Bearer  {key}")]
        .map(str::to_owned)
        .into_iter()
        .chain([&zeros, &longer, shorter].map(|wrong| format!("Bearer {wrong}")))
        .map(|value| format!("Authorization: {value}\r\n"))
        .chain([String::new(), format!("X-Authorization: Bearer {key}\r\n")]);
    for header in strangers {
        for body in ["{}", "no JSON"] {
            let answer = backend.post(&header, body);
            assert_eq!(answer.refusal(), (401, "invalid_token".to_owned()), "{header}");
            assert!(answer.has("www-authenticate", "Bearer error=\"invalid_token\""), "{}", answer.head);
        }
    }
    assert_eq!(backend.ask(key, &json!({})).status, 200);
}

#[tokio::test]
async fn a_caller_gets_tokens_for_its_own_scopes_only() {
    let sandbox = Sandbox::start().await.unwrap();
    let backend = Backend::start(&mut in_front_of(&sandbox));
    let (office, tenant) = (backend.office.as_str(), backend.tenant.as_str());

    // What it gets is good for what it says: the office's for the list, the tenant's for what belongs to its home.
    let integrator = with_tokens(&sandbox, &backend.ask(office, &json!({})));
    let lock_holders = integrator.get_lock_holders().send().await.unwrap().into_inner().lock_holders;
    let scope: Scope = HOME.parse().unwrap();
    let home = with_tokens(&sandbox, &backend.ask(tenant, &json!({ "scope": HOME })));
    let home = home.lock_holder_by_id(lock_holders[0].id.as_str(), scope);
    assert_eq!(home.get_locks().send().await.unwrap().into_inner().locks.len(), 5);

    let other = "lockHolder.identifier:NO.demo-nordlys.tromso";
    let both = format!("{HOME} integrator.admin");
    for (caller, scope) in [
        (tenant, ""),
        (tenant, " "),
        (tenant, other),
        (tenant, &both),
        (tenant, "integrator.admin"),
        (tenant, "lockHolder.identifier:no.demo-fjordglott."),
        (office, other),
        (office, &both),
        (office, "*"),
    ] {
        let refusal = backend.ask(caller, &json!({ "scope": scope })).refusal();
        assert_eq!(refusal, (403, "invalid_scope".to_owned()), "{scope:?}");
    }
    assert_eq!(backend.ask(tenant, &json!({})).refusal().0, 403);
    for none in ["lockHolder.identifier:NO.demo-fjordglott", "lockHolder.admin:", &format!("{HOME} {other}")] {
        assert_eq!(
            backend.ask(office, &json!({ "scope": none })).refusal(),
            (400, "invalid_scope".to_owned()),
            "{none}"
        );
    }
}

#[test]
fn two_callers_share_one_token() {
    let service = Service::start(|number| {
        (200, "", format!(r#"{{"access_token":"number-{number}","token_type":"bearer","expires_in":3600}}"#))
    });
    let backend = Backend::start(&mut against(&service.url));
    let ask = |caller: &str, scope: &str| {
        let answer = backend.ask(caller, &json!({ "scope": scope }));
        assert_eq!(answer.status, 200, "{}", answer.body);
        assert!(answer.has("cache-control", "no-store") && answer.has("content-type", "application/json"));
        let body: Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!(body.as_object().unwrap().len(), 3, "{body}");
        assert_eq!(body["token_type"], "bearer");
        (body["access_token"].as_str().unwrap().to_owned(), body["expires_in"].as_u64().unwrap())
    };
    let (first, lifetime) = ask(&backend.office, HOME);
    let (second, rest) = ask(&backend.tenant, HOME);
    assert_eq!((first.as_str(), second.as_str()), ("number-1", "number-1"));
    assert!(rest <= lifetime && lifetime <= 3600, "{rest} of {lifetime}");
    assert_eq!(ask(&backend.office, "").0, "number-2");
}

#[test]
fn a_token_that_the_service_refused_is_not_given_out_again() {
    let service = Service::start(|number| {
        (200, "", format!(r#"{{"access_token":"number-{number}","token_type":"bearer","expires_in":3600}}"#))
    });
    let backend = Backend::start(&mut against(&service.url));
    let ask = |body: Value| {
        let body: Value = serde_json::from_str(&backend.ask(&backend.office, &body).body).unwrap();
        body["access_token"].as_str().unwrap().to_owned()
    };
    assert_eq!(ask(json!({ "scope": HOME })), "number-1");
    for other in ["", "number-2", "number-10"] {
        assert_eq!(ask(json!({ "scope": HOME, "refused": other })), "number-1", "it was another one");
    }
    for _ in 0..2 {
        assert_eq!(ask(json!({ "scope": HOME, "refused": "number-1" })), "number-2", "said twice, it is fetched once");
    }
    assert_eq!(ask(json!({})), "number-3");
    assert_eq!(ask(json!({ "scope": HOME })), "number-2");
}

/// What the README says a program without the secret does.
async fn ask_my_backend(url: String, session: String, scopes: Scopes, refused: Option<Secret>) -> unloc::Result<Token> {
    let mut body = json!({ "scope": scopes.to_string() });
    if let Some(refused) = refused {
        body["refused"] = refused.expose().into();
    }
    // What goes over loopback is no affair of a proxy.
    let http = reqwest::Client::builder().no_proxy().build().map_err(unloc::Error::token)?;
    let request = http.post(url).bearer_auth(session).json(&body);
    let answer = request.send().await.map_err(unloc::Error::token_unavailable)?;
    let answer: Value = answer.json().await.map_err(unloc::Error::token)?;
    let token = answer["access_token"].as_str().ok_or_else(|| unloc::Error::token_unavailable(&answer["error"]))?;
    Ok(Token::new(token).expires_in(Duration::from_secs(answer["expires_in"].as_u64().unwrap())))
}

impl Backend {
    /// A source of tokens that tells this backend which one was refused.
    fn hearing(&self, session: &str) -> impl TokenSource {
        let (url, session) = (format!("http://{}/token", self.host), session.to_owned());
        source_fn(move |scopes, refused| ask_my_backend(url.clone(), session.clone(), scopes, refused))
    }

    /// One that does not, though the backend keeps tokens.
    fn deaf(&self, session: &str) -> impl TokenSource {
        let (url, session) = (format!("http://{}/token", self.host), session.to_owned());
        move |scopes: Scopes| ask_my_backend(url.clone(), session.clone(), scopes, None)
    }
}

async fn office(sandbox: &Sandbox, source: impl TokenSource) -> (Unloc, LockHolder) {
    let unloc = Unloc::builder().environment(sandbox.base_url()).token_source(source).build().unwrap();
    let lock_holders = unloc.get_lock_holders().send().await.unwrap().into_inner().lock_holders;
    let home = unloc.lock_holder_by_id(lock_holders[0].id.as_str(), HOME.parse::<Scope>().unwrap());
    (unloc, home)
}

#[tokio::test]
async fn tokens_that_die_early_go_unnoticed_where_the_backend_hears_of_it() {
    let sandbox = Sandbox::start().await.unwrap();
    let backend = Backend::start(&mut in_front_of(&sandbox));
    let (unloc, home) = office(&sandbox, backend.hearing(&backend.office)).await;
    home.get_locks().send().await.unwrap();
    sandbox.expire_tokens();
    unloc.get_lock_holders().send().await.unwrap();
    home.get_locks().send().await.unwrap();
    // So do those of other programs, which find the next token in the backend already.
    let (_, tenants) = office(&sandbox, backend.hearing(&backend.office)).await;
    tenants.get_locks().send().await.unwrap();
}

#[tokio::test]
async fn where_the_backend_does_not_hear_of_a_dead_token_the_error_says_that_it_is_the_same_again() {
    let sandbox = Sandbox::start().await.unwrap();
    let backend = Backend::start(&mut in_front_of(&sandbox));
    let (unloc, _) = office(&sandbox, backend.deaf(&backend.office)).await;
    sandbox.expire_tokens();
    let error = unloc.get_lock_holders().send().await.unwrap_err();
    assert_eq!((error.kind(), error.status().unwrap().as_u16()), (ErrorKind::Service, 401));
    assert!(error.to_string().contains("the token source gave the same token again"), "{error}");
    assert!(!error.to_string().contains("fresh"), "{error}");
}

#[test]
fn no_session_can_take_the_token_from_the_others_or_make_the_backend_ask_for_many() {
    for down in [false, true] {
        let (asked, counter) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let counted = Arc::clone(&counter);
        let service = Service::start(move |number| {
            counted.fetch_add(1, Ordering::SeqCst);
            match (number, down) {
                (2.., true) => (503, "", "{}".to_owned()),
                _ => (
                    200,
                    "",
                    format!(r#"{{"access_token":"number-{number}","token_type":"bearer","expires_in":3600}}"#),
                ),
            }
        });
        let backend = Backend::start(&mut against(&service.url));
        let token = |caller: &str, body: Value| {
            asked.fetch_add(1, Ordering::SeqCst);
            let answer = backend.ask(caller, &body);
            assert_eq!(answer.status, 200, "{}", answer.body);
            serde_json::from_str::<Value>(&answer.body).unwrap()["access_token"].clone()
        };
        let mut current = token(&backend.office, json!({ "scope": HOME }));
        for _ in 0..50 {
            current = token(&backend.tenant, json!({ "scope": HOME, "refused": current }));
        }
        assert_eq!(token(&backend.office, json!({ "scope": HOME })), if down { "number-1" } else { "number-2" });
        // The first, and one more for each ten seconds that this takes.
        let (asked, fetched) = (asked.load(Ordering::SeqCst), counter.load(Ordering::SeqCst));
        assert!(asked == 52 && (2..12).contains(&fetched), "{fetched}");
    }
}

const PAGE: &str = "https://app.example.com";

/// What a browser asks before it sends a request of a page.
fn preflight(origin: &str) -> String {
    format!(
        "OPTIONS /token HTTP/1.1\r\nOrigin: {origin}\r\nAccess-Control-Request-Method: POST\r\n\
         Access-Control-Request-Headers: authorization,content-type\r\n"
    )
}

#[test]
fn a_page_of_the_origin_that_is_named_can_ask_for_tokens_and_no_other_page() {
    let service = Service::start(|number| match number {
        1 => (503, "retry-after: 7\r\n", "{}".to_owned()),
        _ => (200, "", r#"{"access_token":"EXAMPLE","token_type":"bearer","expires_in":3600}"#.to_owned()),
    });
    let backend = Backend::start(against(&service.url).env("ORIGIN", PAGE));
    // The browser asks without a session.
    let asked = backend.send(&preflight(PAGE), "");
    let named = |name: &str| asked.value(name).unwrap_or_default().to_ascii_lowercase();
    assert_eq!((asked.status, named("access-control-allow-origin")), (200, PAGE.to_owned()));
    assert_eq!(named("access-control-allow-methods"), "post");
    let headers = named("access-control-allow-headers");
    assert!(["authorization", "content-type"].iter().all(|name| headers.split(',').any(|other| other.trim() == *name)));
    assert!(asked.value("access-control-allow-credentials").is_none());
    // A page reads a refusal, and when to come again.
    let with_origin = format!("Authorization: Bearer {}\r\nOrigin: {PAGE}\r\n", backend.office);
    let refused = backend.post(&with_origin, "{}");
    assert_eq!((refused.status, refused.value("retry-after")), (503, Some("7")));
    assert_eq!(refused.value("access-control-allow-origin"), Some(PAGE));
    assert_eq!(
        refused.value("access-control-expose-headers").map(str::to_ascii_lowercase).as_deref(),
        Some("retry-after")
    );
    let stranger = backend.post(&format!("Origin: {PAGE}\r\n"), "{}");
    assert_eq!((stranger.status, stranger.value("access-control-allow-origin")), (401, Some(PAGE)));
    for other in ["https://app.example.com.evil.example.com", "http://app.example.com", "null"] {
        let asked = backend.send(&preflight(other), "");
        assert_eq!(asked.value("access-control-allow-origin"), None, "{other}");
        assert!(asked.value("vary").is_some_and(|vary| vary.to_ascii_lowercase().contains("origin")), "{}", asked.head);
    }
    drop(backend);
    // Without an origin no page can.
    let backend = Backend::start(&mut against(&service.url));
    assert_eq!(backend.send(&preflight(PAGE), "").value("access-control-allow-origin"), None);
}

#[tokio::test]
async fn the_secret_never_leaves_the_backend() {
    let sandbox = Sandbox::start().await.unwrap();
    let backend = Backend::start(&mut in_front_of(&sandbox));
    let key = format!("Authorization: Bearer {}\r\n", backend.office);
    let mut seen = vec![
        backend.ask(&backend.office, &json!({})),
        backend.ask(&backend.tenant, &json!({ "scope": HOME })),
        backend.ask(&backend.tenant, &json!({})),
        backend.ask(&backend.office, &json!({ "scope": "?" })),
        backend.ask("nobody", &json!({})),
        backend.post(&key, "{"),
        backend.send("GET /token HTTP/1.1\r\n", ""),
        backend.send("POST / HTTP/1.1\r\n", ""),
    ];
    let statuses: Vec<_> = seen.iter().map(|answer| answer.status).collect();
    assert_eq!(statuses, [200, 200, 403, 403, 401, 400, 405, 404]);
    let mut printed = backend.end();

    // A service that throws the secret back.
    for (status, error) in [(401, "invalid_client"), (400, "invalid_scope"), (500, "server_error"), (200, "?")] {
        let service = Service::start(move |_| {
            (status, "", format!(r#"{{"error":"{error}","error_description":"no: {SECRET}","x":"{SECRET}"}}"#))
        });
        let backend = Backend::start(&mut against(&service.url));
        seen.push(backend.ask(&backend.office, &json!({})));
        printed += &backend.end();
    }
    assert!(printed.contains("no token: ") && printed.contains("invalid_client"), "{printed}");
    for secret in [sandbox.client_secret(), SECRET] {
        assert!(!printed.contains(secret), "{printed}");
        for Answer { head, body, .. } in &seen {
            assert!(!head.contains(secret) && !body.contains(secret), "{head}\n{body}");
        }
    }
}

#[test]
fn what_the_service_says_reaches_the_caller_as_its_kind_and_its_pause() {
    for (status, header, body, expected, pause) in [
        (503, "retry-after: 7\r\n", "{}", (503, "temporarily_unavailable"), Some("7")),
        (401, "", r#"{"error":"invalid_client"}"#, (502, "temporarily_unavailable"), None),
        (200, "", "no JSON", (502, "temporarily_unavailable"), None),
        (400, "", r#"{"error":"invalid_scope"}"#, (400, "invalid_scope"), None),
    ] {
        let service = Service::start(move |_| (status, header, body.to_owned()));
        let backend = Backend::start(&mut against(&service.url));
        let answer = backend.ask(&backend.office, &json!({}));
        let (got, error) = answer.refusal();
        assert_eq!((got, error.as_str()), expected);
        match pause {
            Some(pause) => assert!(answer.has("retry-after", pause), "{}", answer.head),
            None => assert_eq!(answer.head.contains("retry-after: "), got >= 500, "{}", answer.head),
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
    // Without its type, as a form of any page could send it.
    let head = format!("POST /token HTTP/1.1\r\n{key}Content-Type: text/plain\r\nContent-Length: 2\r\n");
    assert_eq!(backend.send(&head, "{}").refusal(), invalid(400));

    let json = format!("POST /token HTTP/1.1\r\n{key}Content-Type: application/json\r\n");
    let little = format!("{{\"scope\":\"{}\"}}", " ".repeat(16_000));
    assert_eq!(backend.post(&key, &little).status, 200);
    // It is not read to its end, which never comes: the answer is there once the limit is passed.
    let more = " ".repeat(16_385);
    let announced = format!("{json}Content-Length: 1000000000000\r\n");
    assert_eq!(backend.send(&announced, &more).refusal(), invalid(413));
    let in_chunks = format!("{json}Transfer-Encoding: chunked\r\n");
    assert_eq!(backend.send(&in_chunks, &format!("4001\r\n{more}")).refusal(), invalid(413));
    assert_eq!(backend.ask(&backend.office, &json!({})).status, 200);
}

#[test]
fn a_program_without_the_secret_lists_lock_holders_through_the_backend() {
    let Output { status, stdout, stderr } = program().arg("--try").output().unwrap();
    let (out, err) = (String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap());
    assert!(status.success() && err.is_empty(), "{out}\n{err}");
    assert!(out.contains("(3)") && out.contains("Fjordgløtt Utleie") && out.contains("Havneby"), "{out}");
}

#[tokio::test]
async fn a_line_end_behind_an_environment_variable_does_no_harm() {
    let sandbox = Sandbox::start().await.unwrap();
    let mut command = in_front_of(&sandbox);
    command.env("UNLOC_CLIENT_SECRET", format!("{}\r\n", sandbox.client_secret()));
    command.env("UNLOC_CLIENT_ID", format!(" {}\n", sandbox.client_id()));
    let backend = Backend::start(&mut command);
    assert_eq!(backend.ask(&backend.office, &json!({})).status, 200);
}

#[test]
fn what_it_cannot_start_with_is_named_and_not_repeated() {
    for (command, named) in [
        (program().args(["--secret", SECRET]), "--try"),
        (program().env("PORT", SECRET), "PORT is not a number"),
        (program().env("UNLOC_CLIENT_SECRET", SECRET), "UNLOC_ENVIRONMENT is not set"),
        (program().env("ORIGIN", SECRET), "ORIGIN is not the origin"),
        (program().env("ORIGIN", format!("{PAGE}/")), "without a path"),
        (program().env("ORIGIN", "*"), "ORIGIN is not the origin"),
        (
            against(PAGE).env("UNLOC_CLIENT_SECRET", format!("{SECRET}\n{SECRET}")),
            "variable UNLOC_CLIENT_SECRET holds a line end",
        ),
        (against(PAGE).env("UNLOC_CLIENT_ID", "m\u{e9}"), "variable UNLOC_CLIENT_ID holds"),
        (against(PAGE).env("UNLOC_CLIENT_ID", " \n"), "variable UNLOC_CLIENT_ID is empty"),
    ] {
        let Output { status, stdout, stderr } = command.output().unwrap();
        let err = String::from_utf8(stderr).unwrap();
        assert!(status.code() == Some(1) && stdout.is_empty(), "{err}");
        assert!(err.starts_with("error: ") && err.lines().count() == 1 && err.contains(named), "{err}");
        assert!(!err.contains(SECRET), "{err}");
    }
}

/// A client of the sandbox that has this token and no other.
fn with_tokens(sandbox: &Sandbox, answer: &Answer) -> Unloc {
    let body: Value = serde_json::from_str(&answer.body).unwrap();
    let token = Secret::from(body["access_token"].as_str().unwrap());
    let source = move |_: Scopes| std::future::ready(Ok(Token::new(token.clone())));
    Unloc::builder().environment(sandbox.base_url()).token_source(source).build().unwrap()
}

/// The program while it serves. Dropping it ends it.
struct Backend {
    child: Child,
    out: BufReader<std::process::ChildStdout>,
    host: String,
    office: String,
    tenant: String,
}

impl Backend {
    /// Starts it, and waits until it has printed where it is and who may ask.
    fn start(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        let (host, office, tenant) = Default::default();
        let mut backend = Self { child, out, host, office, tenant };
        backend.host = backend.line().strip_prefix("http://").unwrap().to_owned();
        backend.office = backend.key_of("# the office");
        backend.tenant = backend.key_of("# the tenant");
        assert_ne!(backend.office, backend.tenant);
        backend
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        let ended = self.out.read_line(&mut line).unwrap() == 0;
        if ended {
            let mut why = String::new();
            self.child.stderr.take().unwrap().read_to_string(&mut why).unwrap();
            assert!(!ended, "the program ended: {why}");
        }
        line.trim_end().to_owned()
    }

    fn key_of(&mut self, session: &str) -> String {
        while self.line() != session {}
        let call = self.line();
        let key = call.split_once("Authorization: Bearer ").and_then(|(_, rest)| rest.split_once('\'')).unwrap().0;
        key.to_owned()
    }

    fn ask(&self, key: &str, body: &Value) -> Answer {
        self.post(&format!("Authorization: Bearer {key}\r\n"), &body.to_string())
    }

    fn post(&self, header: &str, body: &str) -> Answer {
        let length = body.len();
        let head =
            format!("POST /token HTTP/1.1\r\n{header}Content-Type: application/json\r\nContent-Length: {length}\r\n");
        self.send(&head, body)
    }

    fn send(&self, head: &str, body: &str) -> Answer {
        let mut stream = TcpStream::connect(&self.host).unwrap();
        // Only so that a program that never answers fails the test.
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        // In one piece: what arrives behind an early answer would break the connection before the answer is read.
        let request = format!("{head}Host: {}\r\nConnection: close\r\n\r\n{body}", self.host);
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Answer { status, head: head.to_owned(), body: body.to_owned() }
    }

    /// Ends it, and gives all that it printed beside the keys.
    fn end(mut self) -> String {
        self.child.kill().unwrap();
        let mut printed = String::new();
        self.out.read_to_string(&mut printed).unwrap();
        self.child.stderr.take().unwrap().read_to_string(&mut printed).unwrap();
        printed
    }
}

impl Drop for Backend {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

struct Answer {
    status: u16,
    head: String,
    body: String,
}

impl Answer {
    fn has(&self, name: &str, value: &str) -> bool {
        self.value(name) == Some(value)
    }

    fn value(&self, name: &str) -> Option<&str> {
        self.head
            .lines()
            .filter_map(|line| line.split_once(": "))
            .find(|(other, _)| *other == name)
            .map(|(_, value)| value)
    }

    /// The status and OAuth's word for it, of an answer that holds no token and that nothing keeps.
    #[track_caller]
    fn refusal(&self) -> (u16, String) {
        let Self { status, head, body } = self;
        assert!(!body.contains("access_token") && self.has("cache-control", "no-store"), "{head}\n{body}");
        let body: Value = serde_json::from_str(body).unwrap();
        assert!(body["error_description"].is_string(), "{body}");
        (*status, body["error"].as_str().unwrap().to_owned())
    }
}

/// A token endpoint that answers the first, second, … request with a status, a header and a body.
struct Service {
    url: String,
}

impl Service {
    fn start(answer: impl Fn(usize) -> (u16, &'static str, String) + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        thread::spawn(move || {
            for (index, stream) in listener.incoming().enumerate() {
                let mut stream = BufReader::new(stream.unwrap());
                let (mut line, mut length) = (String::new(), 0);
                while stream.read_line(&mut line).unwrap() > 2 {
                    let header = line.to_ascii_lowercase();
                    length =
                        header.strip_prefix("content-length: ").map_or(length, |text| text.trim().parse().unwrap());
                    line.clear();
                }
                stream.read_exact(&mut vec![0; length]).unwrap();
                let (status, header, body) = answer(index + 1);
                let head =
                    format!("HTTP/1.1 {status} X\r\n{header}connection: close\r\ncontent-length: {}", body.len());
                write!(stream.get_mut(), "{head}\r\n\r\n{body}").unwrap();
            }
        });
        Self { url }
    }
}

/// The program on a free port, with nothing in its environment that would lead it elsewhere.
fn program() -> Command {
    let mut command = example("token_backend");
    command.env("PORT", "0");
    command
}

fn in_front_of(sandbox: &Sandbox) -> Command {
    let mut command = against(sandbox.base_url());
    command.env("UNLOC_CLIENT_ID", sandbox.client_id()).env("UNLOC_CLIENT_SECRET", sandbox.client_secret());
    command
}

fn against(url: &str) -> Command {
    let mut command = program();
    command.env("UNLOC_ENVIRONMENT", url).env("UNLOC_CLIENT_ID", "me").env("UNLOC_CLIENT_SECRET", SECRET);
    command
}
