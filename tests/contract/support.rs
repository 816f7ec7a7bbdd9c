//! Runs a scripted HTTP server that records every request as it was sent.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard};

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::JoinSet;
use unloc::{Environment, LockHolderClient, RequestOptions, RetryPolicy, Unloc, UnlocBuilder};

pub(crate) use crate::calls::{lock_holder, unchecked};
use crate::faults::connection::{self, Step};

pub(crate) const CLIENT_ID: &str = "6f1a0c52-4a3e-4a5e-9c37-2f5d3c1b7a10";
pub(crate) const SECRET: &str = "EXAMPLE-SECRET-hunter2-hunter2-2";
pub(crate) const TOKEN_TARGET: &str = "/auth/v1/token/";

/// Holds a request as it was sent.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("the body of the request is JSON")
    }

    async fn read(stream: &mut (impl AsyncBufReadExt + Unpin)) -> Option<Self> {
        let mut line = String::new();
        stream.read_line(&mut line).await.ok().filter(|read| *read > 0)?;
        let mut parts = line.split_whitespace().map(str::to_owned);
        let (method, target) = (parts.next()?, parts.next()?);
        let mut headers = Vec::new();
        loop {
            line.clear();
            stream.read_line(&mut line).await.ok()?;
            let Some((name, value)) = line.trim_end().split_once(':') else { break };
            headers.push((name.to_owned(), value.trim().to_owned()));
        }
        let mut request = Self { method, target, headers, body: Vec::new() };
        let length = request.header("content-length").map_or(0, |text| text.parse().expect("a length"));
        request.body.resize(length, 0);
        stream.read_exact(&mut request.body).await.ok()?;
        Some(request)
    }
}

/// Describes how the server handles a request.
#[derive(Clone, Debug)]
pub(crate) enum Response {
    /// Sends a complete response.
    Whole { status: u16, headers: Vec<(String, String)>, body: Vec<u8> },
    /// Closes the connection without a response.
    HangUp,
    /// Plays these steps, for behaviour that no server should have.
    Steps(Vec<Step>),
}

impl Response {
    pub(crate) fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self::Whole { status, headers: Vec::new(), body: body.into() }
    }

    pub(crate) fn json(status: u16, body: &Value) -> Self {
        Self::new(status, body.to_string()).header("content-type", "application/json")
    }

    pub(crate) fn ok(body: &Value) -> Self {
        Self::json(200, body)
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        if let Self::Whole { headers, .. } = &mut self {
            headers.push((name.to_owned(), value.to_owned()));
        }
        self
    }

    /// Returns the service's response to an expired token.
    pub(crate) fn expired() -> Self {
        Self::json(401, &json!({"error": "JsonWebTokenError", "errorDescription": "JWT expired"}))
    }

    /// Writes the response and returns whether the connection stays open.
    async fn write(self, stream: &mut (impl AsyncWrite + Unpin)) -> bool {
        let Self::Whole { status, headers, body } = self else { return false };
        let mut head = format!("HTTP/1.1 {status} Scripted\r\n");
        let own_length = headers.iter().any(|(name, _)| name == "content-length");
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        if status != 204 && !own_length {
            head.push_str(&format!("content-length: {}\r\n", body.len()));
        }
        let bytes = [head.as_bytes(), b"\r\n", &body].concat();
        // A script that sets its own content-length announces more than it sends, so the connection is closed.
        stream.write_all(&bytes).await.is_ok() && stream.flush().await.is_ok() && !own_length
    }
}

type Script = Box<dyn FnMut(&Request) -> Response + Send>;

struct State {
    requests: Vec<Request>,
    token_requests: Vec<Request>,
    script: Script,
    tokens: Script,
    /// Advances the client's clock while the server keeps the client waiting.
    pass_time: Arc<dyn Fn() + Send + Sync>,
}

impl State {
    fn respond(&mut self, request: Request) -> Response {
        let (seen, script) = match request.target.as_str() {
            TOKEN_TARGET => (&mut self.token_requests, &mut self.tokens),
            _ => (&mut self.requests, &mut self.script),
        };
        let response = script(&request);
        seen.push(request);
        response
    }
}

/// Serves on a loopback port. Dropping it closes the port and its connections.
pub(crate) struct Server {
    port: u16,
    state: Arc<Mutex<State>>,
    tasks: Mutex<JoinSet<()>>,
    /// Holds the bound socket until the server listens.
    socket: Mutex<Option<TcpSocket>>,
}

impl Server {
    /// Starts a server that responds by `script` to everything but token requests.
    pub(crate) async fn start(script: impl FnMut(&Request) -> Response + Send + 'static) -> Self {
        let server = Self::closed(script);
        server.open();
        server
    }

    /// Binds a port without listening on it, so that connections are refused and no other program can take the port.
    ///
    /// [`open`](Self::open) starts to listen.
    pub(crate) fn closed(script: impl FnMut(&Request) -> Response + Send + 'static) -> Self {
        let mut issued = 0;
        let tokens: Script = Box::new(move |_| {
            issued += 1;
            token_response(&token(issued))
        });
        let (requests, token_requests, script) = (Vec::new(), Vec::new(), Box::new(script));
        let state = State { requests, token_requests, script, tokens, pass_time: Arc::new(|| {}) };
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.bind(([127, 0, 0, 1], 0).into()).expect("a free port");
        let port = socket.local_addr().expect("an address").port();
        let socket = Mutex::new(Some(socket));
        Self { port, state: Arc::new(Mutex::new(state)), tasks: Mutex::default(), socket }
    }

    /// Starts to listen, unless the server listens already.
    pub(crate) fn open(&self) {
        let Some(socket) = self.socket.lock().expect("no task panicked while it held the lock").take() else { return };
        let listener: TcpListener = socket.listen(1024).expect("a port to listen on");
        let shared = Arc::clone(&self.state);
        self.tasks.lock().expect("no task panicked while it held the lock").spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                connections.spawn(serve(stream, Arc::clone(&shared)));
            }
        });
    }

    pub(crate) async fn always(response: Response) -> Self {
        Self::start(move |_| response.clone()).await
    }

    /// Starts a server that sends these responses in order, and status 418 to any request after the last.
    pub(crate) async fn one_by_one(responses: impl IntoIterator<Item = Response>) -> Self {
        let mut responses: VecDeque<_> = responses.into_iter().collect();
        Self::start(move |_| {
            responses.pop_front().unwrap_or_else(|| Response::new(418, "the script has no more responses"))
        })
        .await
    }

    /// Responds to token requests by `script` instead of with [`token`] 1, 2, 3 and so on.
    pub(crate) fn on_token(&self, script: impl FnMut(&Request) -> Response + Send + 'static) {
        self.state().tokens = Box::new(script);
    }

    /// Sets how [`Step::KeepWaiting`] advances the client's clock.
    pub(crate) fn on_waiting(&self, pass_time: impl Fn() + Send + Sync + 'static) {
        self.state().pass_time = Arc::new(pass_time);
    }

    /// Responds by `script` from now on to everything but token requests.
    pub(crate) fn on_request(&self, script: impl FnMut(&Request) -> Response + Send + 'static) {
        self.state().script = Box::new(script);
    }

    /// Responds like this from now on to everything but token requests.
    pub(crate) fn respond_with(&self, response: Response) {
        self.on_request(move |_| response.clone());
    }

    /// Returns all requests so far, except token requests.
    pub(crate) fn requests(&self) -> Vec<Request> {
        self.state().requests.clone()
    }

    pub(crate) fn token_requests(&self) -> Vec<Request> {
        self.state().token_requests.clone()
    }

    /// Returns the same as [`requests`](Self::requests) and clears the list.
    pub(crate) fn take(&self) -> Vec<Request> {
        std::mem::take(&mut self.state().requests)
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no script has panicked")
    }
}

async fn serve(stream: TcpStream, state: Arc<Mutex<State>>) {
    let mut stream = BufReader::new(stream);
    while let Some(request) = Request::read(&mut stream).await {
        let (response, pass_time) = {
            let mut state = state.lock().expect("no script has panicked");
            (state.respond(request), Arc::clone(&state.pass_time))
        };
        let stays_open = match response {
            Response::Steps(steps) => connection::play(steps, &mut stream, &*pass_time).await,
            response => response.write(&mut stream).await,
        };
        if !stays_open {
            break;
        }
    }
}

/// Returns the token that the server issues in response to its `number`th token request, counted from 1.
pub(crate) fn token(number: usize) -> String {
    format!("eyJhbGciOi.{number:010}.c2lnbmF0dXJl")
}

pub(crate) fn token_response(token: &str) -> Response {
    Response::ok(&json!({"access_token": token, "token_type": "bearer", "expires_in": 3600}))
}

/// Returns a builder whose client does not retry. Retries have tests of their own, in `faults`.
pub(crate) fn builder(url: &str) -> UnlocBuilder {
    retrying(url).options(RequestOptions::new().retry(RetryPolicy::never()))
}

/// Returns a builder with the default options, so with retries.
pub(crate) fn retrying(url: &str) -> UnlocBuilder {
    let environment: Environment = url.parse().expect("an address");
    Unloc::builder().environment(environment).client_credentials(CLIENT_ID, SECRET)
}

pub(crate) fn unloc(server: &Server) -> Unloc {
    builder(&server.url()).build().expect("a client")
}

/// Returns a client of the lock holder with the id `home`.
pub(crate) fn home(server: &Server) -> LockHolderClient {
    unloc(server).lock_holder(&lock_holder("home")).expect("a scope")
}

/// Starts a server that always responds 200 with `body`, and returns it with a client of `home`.
pub(crate) async fn serving(body: Value) -> (Server, LockHolderClient) {
    let server = Server::always(Response::ok(&body)).await;
    let home = home(&server);
    (server, home)
}
