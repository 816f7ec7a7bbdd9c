//! A service of our own, whose every answer is scripted and that remembers every request as it came.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard};

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::JoinSet;
use unloc::{Environment, LockHolderClient, RequestOptions, RetryPolicy, Unloc, UnlocBuilder};

pub(crate) use crate::calls::{lock_holder, unchecked};
use crate::hostile::wire::{self, Step};

pub(crate) const CLIENT_ID: &str = "6f1a0c52-4a3e-4a5e-9c37-2f5d3c1b7a10";
pub(crate) const SECRET: &str = "EXAMPLE-SECRET-hunter2-hunter2-2";
pub(crate) const TOKEN_TARGET: &str = "/auth/v1/token/";

/// A request, as it was on the wire.
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

/// What the server does with a request.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    Whole {
        status: u16,
        headers: Vec<(String, String)>,
        body: Vec<u8>,
    },
    /// Closes the connection without a word.
    HangUp,
    /// Whatever no server should do.
    Steps(Vec<Step>),
}

impl Answer {
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

    /// What an expired token is answered with.
    pub(crate) fn expired() -> Self {
        Self::json(401, &json!({"error": "JsonWebTokenError", "errorDescription": "JWT expired"}))
    }

    /// Writes the answer; whether the connection stays open.
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
        // What was announced and does not come is cut off.
        stream.write_all(&bytes).await.is_ok() && stream.flush().await.is_ok() && !own_length
    }
}

type Script = Box<dyn FnMut(&Request) -> Answer + Send>;

struct State {
    requests: Vec<Request>,
    token_requests: Vec<Request>,
    script: Script,
    tokens: Script,
    /// Lets the client's time pass, for a client that is kept waiting.
    pass_time: Arc<dyn Fn() + Send + Sync>,
}

impl State {
    fn answer(&mut self, request: Request) -> Answer {
        let (seen, script) = match request.target.as_str() {
            TOKEN_TARGET => (&mut self.token_requests, &mut self.tokens),
            _ => (&mut self.requests, &mut self.script),
        };
        let answer = script(&request);
        seen.push(request);
        answer
    }
}

/// A server on a loopback port; dropping it ends it and its connections.
pub(crate) struct Server {
    port: u16,
    state: Arc<Mutex<State>>,
    tasks: Mutex<JoinSet<()>>,
    /// Until it listens.
    socket: Mutex<Option<TcpSocket>>,
}

impl Server {
    /// Answers whatever is not a request for a token by `script`.
    pub(crate) async fn start(script: impl FnMut(&Request) -> Answer + Send + 'static) -> Self {
        let server = Self::closed(script);
        server.open();
        server
    }

    /// The same, but nobody listens before [`open`](Self::open): a connection is refused, and the port is no one else's.
    pub(crate) fn closed(script: impl FnMut(&Request) -> Answer + Send + 'static) -> Self {
        let mut given = 0;
        let tokens: Script = Box::new(move |_| {
            given += 1;
            token_answer(&token(given))
        });
        let (requests, token_requests, script) = (Vec::new(), Vec::new(), Box::new(script));
        let state = State { requests, token_requests, script, tokens, pass_time: Arc::new(|| {}) };
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.bind(([127, 0, 0, 1], 0).into()).expect("a free port");
        let port = socket.local_addr().expect("an address").port();
        let socket = Mutex::new(Some(socket));
        Self { port, state: Arc::new(Mutex::new(state)), tasks: Mutex::default(), socket }
    }

    /// Listens, if it does not do so already.
    pub(crate) fn open(&self) {
        let Some(socket) = self.socket.lock().expect("nobody panicked").take() else { return };
        let listener: TcpListener = socket.listen(1024).expect("a port to listen on");
        let shared = Arc::clone(&self.state);
        self.tasks.lock().expect("nobody panicked").spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                connections.spawn(serve(stream, Arc::clone(&shared)));
            }
        });
    }

    pub(crate) async fn always(answer: Answer) -> Self {
        Self::start(move |_| answer.clone()).await
    }

    /// One answer after the other; what is asked beyond them is answered with an unusual status.
    pub(crate) async fn one_by_one(answers: impl IntoIterator<Item = Answer>) -> Self {
        let mut answers: VecDeque<_> = answers.into_iter().collect();
        Self::start(move |_| answers.pop_front().unwrap_or_else(|| Answer::new(418, "the script is at its end"))).await
    }

    /// Answers requests for tokens by `script`, instead of with [`token`] 1, 2, 3 and so on.
    pub(crate) fn on_token(&self, script: impl FnMut(&Request) -> Answer + Send + 'static) {
        self.state().tokens = Box::new(script);
    }

    /// How the client's time passes, for [`Step::KeepWaiting`].
    pub(crate) fn on_waiting(&self, pass_time: impl Fn() + Send + Sync + 'static) {
        self.state().pass_time = Arc::new(pass_time);
    }

    /// Answers everything else like this from here on.
    pub(crate) fn answer(&self, answer: Answer) {
        self.state().script = Box::new(move |_| answer.clone());
    }

    /// All requests so far except those for tokens.
    pub(crate) fn requests(&self) -> Vec<Request> {
        self.state().requests.clone()
    }

    pub(crate) fn token_requests(&self) -> Vec<Request> {
        self.state().token_requests.clone()
    }

    /// The same as [`requests`](Self::requests), which begin anew.
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
        let (answer, pass_time) = {
            let mut state = state.lock().expect("no script has panicked");
            (state.answer(request), Arc::clone(&state.pass_time))
        };
        let goes_on = match answer {
            Answer::Steps(steps) => wire::play(steps, &mut stream, &*pass_time).await,
            answer => answer.write(&mut stream).await,
        };
        if !goes_on {
            break;
        }
    }
}

/// The token that the server gives out as its `number`th, from 1 on.
pub(crate) fn token(number: usize) -> String {
    format!("eyJhbGciOi.{number:010}.c2lnbmF0dXJl")
}

pub(crate) fn token_answer(token: &str) -> Answer {
    Answer::ok(&json!({"access_token": token, "token_type": "bearer", "expires_in": 3600}))
}

/// A client that makes each call once: what is made again, and when, is for the tests of repeats.
pub(crate) fn builder(url: &str) -> UnlocBuilder {
    repeating(url).options(RequestOptions::new().retry(RetryPolicy::never()))
}

/// A client as it is unless its user says otherwise.
pub(crate) fn repeating(url: &str) -> UnlocBuilder {
    let environment: Environment = url.parse().expect("an address");
    Unloc::builder().environment(environment).client_credentials(CLIENT_ID, SECRET)
}

pub(crate) fn unloc(server: &Server) -> Unloc {
    builder(&server.url()).build().expect("a client")
}

/// The handle on the lock holder with the id `home`.
pub(crate) fn home(server: &Server) -> LockHolderClient {
    unloc(server).lock_holder(&lock_holder("home")).expect("a scope")
}

/// A server that always answers 200 with `body`, and the handle of `home` at it.
pub(crate) async fn answering(body: Value) -> (Server, LockHolderClient) {
    let server = Server::always(Answer::ok(&body)).await;
    let home = home(&server);
    (server, home)
}
