//! Runs the example `token_backend`, and scripts the token endpoint behind it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use serde_json::Value;
use unloc_emulator::Emulator;

use crate::programs::example;

pub(crate) const SECRET: &str = "EXAMPLE-SECRET-THAT-MUST-NOT-SHOW";

/// Holds the running program. Dropping it kills the program.
pub(crate) struct Backend {
    pub(crate) child: Child,
    pub(crate) out: BufReader<std::process::ChildStdout>,
    pub(crate) host: String,
    pub(crate) office: String,
    pub(crate) tenant: String,
}

impl Backend {
    /// Starts the program and waits until it has printed its address and its session keys.
    pub(crate) fn start(command: &mut Command) -> Self {
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

    pub(crate) fn line(&mut self) -> String {
        let mut line = String::new();
        let ended = self.out.read_line(&mut line).unwrap() == 0;
        if ended {
            let mut why = String::new();
            self.child.stderr.take().unwrap().read_to_string(&mut why).unwrap();
            assert!(!ended, "the program ended: {why}");
        }
        line.trim_end().to_owned()
    }

    pub(crate) fn key_of(&mut self, session: &str) -> String {
        while self.line() != session {}
        let call = self.line();
        let key = call.split_once("Authorization: Bearer ").and_then(|(_, rest)| rest.split_once('\'')).unwrap().0;
        key.to_owned()
    }

    pub(crate) fn request_token(&self, key: &str, body: &Value) -> Response {
        self.post(&format!("Authorization: Bearer {key}\r\n"), &body.to_string())
    }

    pub(crate) fn post(&self, header: &str, body: &str) -> Response {
        let length = body.len();
        let head =
            format!("POST /token HTTP/1.1\r\n{header}Content-Type: application/json\r\nContent-Length: {length}\r\n");
        self.send(&head, body)
    }

    pub(crate) fn send(&self, head: &str, body: &str) -> Response {
        let mut stream = TcpStream::connect(&self.host).unwrap();
        // Without a timeout, a program that never responds would hang the test instead of failing it.
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        // One write, because data that arrives after an early response resets the connection before the response is
        // read.
        let request = format!("{head}Host: {}\r\nConnection: close\r\n\r\n{body}", self.host);
        stream.write_all(request.as_bytes()).unwrap();
        let mut response = String::new();
        stream.read_to_string(&mut response).unwrap();
        let (head, body) = response.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Response { status, head: head.to_owned(), body: body.to_owned() }
    }

    /// Kills the program and returns everything that it printed after the session keys.
    pub(crate) fn end(mut self) -> String {
        self.child.kill().unwrap();
        let mut printed = String::new();
        self.out.read_to_string(&mut printed).unwrap();
        self.child.stderr.take().unwrap().read_to_string(&mut printed).unwrap();
        printed
    }
}

impl Drop for Backend {
    fn drop(&mut self) {
        // The program may have exited already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Response {
    pub(crate) fn has(&self, name: &str, value: &str) -> bool {
        self.value(name) == Some(value)
    }

    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        self.head
            .lines()
            .filter_map(|line| line.split_once(": "))
            .find(|(other, _)| *other == name)
            .map(|(_, value)| value)
    }

    /// Returns the status and the OAuth error code. Asserts that the response has no token and must not be cached.
    #[track_caller]
    pub(crate) fn refusal(&self) -> (u16, String) {
        let Self { status, head, body } = self;
        assert!(!body.contains("access_token") && self.has("cache-control", "no-store"), "{head}\n{body}");
        let body: Value = serde_json::from_str(body).unwrap();
        assert!(body["error_description"].is_string(), "{body}");
        (*status, body["error"].as_str().unwrap().to_owned())
    }
}

/// Scripts a token endpoint: a function maps the number of the request to a status, a header and a body.
pub(crate) struct Service {
    pub(crate) url: String,
}

impl Service {
    pub(crate) fn start(respond: impl Fn(usize) -> (u16, &'static str, String) + Send + 'static) -> Self {
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
                let (status, header, body) = respond(index + 1);
                let head =
                    format!("HTTP/1.1 {status} X\r\n{header}connection: close\r\ncontent-length: {}", body.len());
                write!(stream.get_mut(), "{head}\r\n\r\n{body}").unwrap();
            }
        });
        Self { url }
    }
}

/// Returns a command for the program on a free port, without environment variables that would configure it.
pub(crate) fn program() -> Command {
    let mut command = example("token_backend");
    command.env("PORT", "0");
    command
}

pub(crate) fn in_front_of(emulator: &Emulator) -> Command {
    let mut command = against(emulator.base_url());
    command.env("UNLOC_CLIENT_ID", emulator.client_id()).env("UNLOC_CLIENT_SECRET", emulator.client_secret());
    command
}

pub(crate) fn against(url: &str) -> Command {
    let mut command = program();
    command.env("UNLOC_ENVIRONMENT", url).env("UNLOC_CLIENT_ID", "me").env("UNLOC_CLIENT_SECRET", SECRET);
    command
}
