//! Runs a server with constant responses in a process of its own.

use std::io::{self, BufRead};
use std::net::Ipv4Addr;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, copy, sink};
use tokio::net::{TcpListener, TcpStream};

use crate::Result;

/// Is the number of locks on a page.
pub const LOCKS: usize = 200;
/// Is the id of a lock that does not exist.
pub const NO_LOCK: &str = "no-such-lock";
/// Is the token that the server issues.
pub const TOKEN: &str = "EXAMPLE.ACCESS.TOKEN";
/// Is the argument that makes a benchmark program run as the server.
pub(crate) const SERVE: &str = "serve";

/// Holds the server process. Dropping it ends the server.
#[derive(Debug)]
pub struct Server {
    process: Child,
    url: String,
}

impl Server {
    /// Starts this program again as the server, on another processor if there are two.
    ///
    /// # Errors
    /// If it does not start, or prints no address.
    pub fn start() -> Result<Self> {
        let program = std::env::current_exe()?;
        let mut process = Command::new(program).arg(SERVE).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut url = String::new();
        if let Some(output) = process.stdout.take() {
            io::BufReader::new(output).read_line(&mut url)?;
        }
        let server = Self { process, url: url.trim_end().to_owned() };
        if server.url.is_empty() {
            return Err("the server ended before it printed its address".into());
        }
        pin_to_a_processor(<[usize]>::first);
        Ok(server)
    }

    /// Returns the URL of the server.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}

/// Serves until the standard input is closed, which happens when the parent process ends.
pub(crate) fn serve() -> Result<()> {
    std::thread::spawn(|| {
        let _ = io::copy(&mut io::stdin(), &mut io::sink());
        std::process::exit(0);
    });
    pin_to_a_processor(<[usize]>::last);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        println!("http://{}", listener.local_addr()?);
        Ok(accept(listener).await?)
    })
}

/// Accepts connections and serves them.
///
/// # Errors
/// If a connection cannot be accepted.
pub async fn accept(listener: TcpListener) -> io::Result<()> {
    let responses = Arc::new(Responses::precomputed());
    loop {
        let (stream, _) = listener.accept().await?;
        let responses = Arc::clone(&responses);
        // If a connection breaks, the client reports it.
        tokio::spawn(async move { attend(stream, &responses).await });
    }
}

/// Pins this thread to a processor, which keeps its caches warm and separates it from the other process.
///
/// If pinning is not allowed, the benchmark runs without it. Threads and processes that are started later are pinned as
/// well.
#[cfg(target_os = "linux")]
pub fn pin_to_a_processor(choose: impl Fn(&[usize]) -> Option<&usize>) {
    use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

    let Ok(allowed) = sched_getaffinity(None) else { return };
    let allowed: Vec<usize> = (0..CpuSet::MAX_CPU).filter(|&processor| allowed.is_set(processor)).collect();
    if let Some(&processor) = choose(&allowed) {
        let mut only = CpuSet::new();
        only.set(processor);
        let _ = sched_setaffinity(None, &only);
    }
}

/// Does nothing, because pinning is implemented for Linux only.
#[cfg(not(target_os = "linux"))]
pub fn pin_to_a_processor(_: impl Fn(&[usize]) -> Option<&usize>) {}

async fn attend(stream: TcpStream, responses: &Responses) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut stream = BufReader::new(stream);
    let (mut first, mut line) = (String::new(), String::new());
    loop {
        first.clear();
        if stream.read_line(&mut first).await? == 0 {
            return Ok(());
        }
        let mut length = 0;
        loop {
            line.clear();
            stream.read_line(&mut line).await?;
            let Some((name, value)) = line.split_once(':') else { break };
            if name.eq_ignore_ascii_case("content-length") {
                length = value.trim().parse().map_err(io::Error::other)?;
            }
        }
        copy(&mut (&mut stream).take(length), &mut sink()).await?;
        stream.write_all(responses.to(&first)).await?;
    }
}

/// Holds complete responses, head and body.
struct Responses {
    token: Vec<u8>,
    lock: Vec<u8>,
    locks: Vec<u8>,
    key: Vec<u8>,
    nothing: Vec<u8>,
}

impl Responses {
    fn precomputed() -> Self {
        let key = json!({
            "id": "b2f7d4c9-1e5a-4b83-9d06-3c8a7f1e2b54",
            "lockId": "4c8e1b7a-93d2-4f60-a1c5-7e2b9d0f6a38",
            "toUser": {"id": "+12125550142"},
            "start": null,
            "end": "2024-05-03T11:00:00.000Z",
            "created": "2024-04-28T08:15:30.000Z",
            "state": "creating",
        });
        Self {
            token: response(
                "200 OK",
                &json!({"access_token": TOKEN, "token_type": "bearer", "expires_in": 3600}).to_string(),
            ),
            lock: response("200 OK", &lock()),
            locks: response("200 OK", &locks()),
            // The spec documents 200, and the plain client accepts only that, while `unloc` accepts any 2xx.
            key: response("200 OK", &json!({"key": key}).to_string()),
            nothing: response(
                "404 Not Found",
                &json!({"error": "NotFound", "errorDescription": "There is no such lock for this lock holder"})
                    .to_string(),
            ),
        }
    }

    /// Returns the response to the request with this first line.
    fn to(&self, line: &str) -> &[u8] {
        let mut words = line.split([' ', '?']);
        match (words.next(), words.next()) {
            (Some("POST"), Some("/auth/v1/token/")) => &self.token,
            (Some("POST"), Some(path)) if path.ends_with("/keys/") => &self.key,
            (Some("GET"), Some(path)) if path.ends_with("/locks/") => &self.locks,
            (Some("GET"), Some(path)) if path.contains(NO_LOCK) => &self.nothing,
            (Some("GET"), Some(path)) if path.contains("/locks/") => &self.lock,
            _ => &self.nothing,
        }
    }
}

/// Returns the response body of one lock.
#[must_use]
pub fn lock() -> String {
    json!({"lock": numbered(0)}).to_string()
}

/// Returns the response body of [`LOCKS`] locks.
#[must_use]
pub fn locks() -> String {
    json!({"locks": (0..LOCKS).map(numbered).collect::<Vec<Value>>()}).to_string()
}

fn response(status: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}")
        .into_bytes()
}

fn numbered(number: usize) -> Value {
    json!({
        "id": format!("4c8e1b7a-93d2-4f60-a1c5-7e2b9d0f{number:04}"),
        "name": format!("Front door {number}"),
        "vendor": "danalock",
        "imageUrl": "https://images.example.com/locks/4c8e1b7a-93d2-4f60-a1c5-7e2b9d0f6a38/front-door.jpg",
        "auth": {"Example Parcels": "opt-in", "Example Groceries": "deny"},
        "address": {
            "street": "1 Quay Street",
            "postalCode": "0101",
            "city": "Oslo",
            "countryIso": "no",
            "floor": "2",
            "visitorInstructions": "Second entrance from the water, then up the stairs and to the left",
        },
        "created": "2021-12-08T09:30:00.000Z",
        "canCreateKeysCount": 2,
        "keysCreatedCount": 7,
    })
}
