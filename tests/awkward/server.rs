//! Runs a server that records requests byte for byte and sends scripted responses.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use url::Url;

/// Lists headers that every request has, so that the rows leave them out.
const ALWAYS: [&str; 2] = ["accept-encoding: identity", concat!("user-agent: unloc-rust/", env!("CARGO_PKG_VERSION"))];

pub(crate) struct Server {
    pub(crate) base: Url,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    responses: VecDeque<&'static str>,
    sent: Vec<String>,
    last: Option<String>,
}

impl Server {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::<Mutex<State>>::default();
        let shared = Arc::clone(&state);
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                tokio::spawn(serve(connection, address.to_string(), Arc::clone(&shared)));
            }
        });
        Self { base: format!("http://{address}/").parse().unwrap(), state }
    }

    /// Responds to the next requests with these bodies, and to those after them with their own.
    pub(crate) fn respond_with(&self, responses: &[&'static str]) {
        let responses = responses.iter().copied().collect();
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = State { responses, ..State::default() };
    }

    /// Returns the requests since the last call of `respond_with`, and the body of the last response.
    pub(crate) fn requests(&self) -> (String, Option<String>) {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        (state.sent.join(" then "), state.last.clone())
    }
}

async fn serve(mut connection: TcpStream, host: String, state: Arc<Mutex<State>>) {
    let mut bytes = Vec::new();
    let (head, length) = loop {
        if connection.read_buf(&mut bytes).await.unwrap_or(0) == 0 {
            return;
        }
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
            bytes.drain(..end + 4);
            break (head, length.unwrap_or(0));
        }
    };
    while bytes.len() < length {
        if connection.read_buf(&mut bytes).await.unwrap_or(0) == 0 {
            return;
        }
    }
    let body = String::from_utf8_lossy(&bytes).into_owned();
    let response = {
        let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
        state.sent.push(written(&head, &host, &body));
        let response = state.responses.pop_front().map_or(body, str::to_owned);
        state.last = Some(response.clone());
        response
    };
    let head = format!("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}\r\n\r\n", response.len());
    // The client may have disconnected already.
    let _ = connection.write_all(format!("{head}{response}").as_bytes()).await;
}

/// Formats a request without the headers that all requests have. Each of them has to occur, and is removed once.
fn written(head: &str, host: &str, body: &str) -> String {
    let mut lines: Vec<_> = head.split("\r\n").collect();
    lines[0] = lines[0].strip_suffix(" HTTP/1.1").unwrap_or(lines[0]);
    let (host, length) = (format!("host: {host}"), format!("content-length: {}", body.len()));
    let mut usual = ALWAYS.map(str::to_owned).to_vec();
    usual.push(host);
    // reqwest sets the second one if the operation has no response body.
    let accept = ["accept: application/json", "accept: */*"].map(str::to_owned);
    usual.extend(accept.into_iter().find(|accept| lines.contains(&accept.as_str())));
    if !body.is_empty() {
        usual.extend([length, "content-type: application/json".to_owned()]);
    }
    for usual in usual {
        match lines.iter().position(|line| *line == usual) {
            Some(at) => drop(lines.remove(at)),
            None => return format!("(without `{usual}`) {}", lines.join("\n")),
        }
    }
    let head = lines.join("\n");
    if body.is_empty() { head } else { format!("{head}\n\n{body}") }
}
