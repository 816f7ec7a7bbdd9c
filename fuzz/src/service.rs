//! Runs a service that sends a scripted response, and a client of it, in the same thread.

use std::cell::OnceCell;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Runtime};
use unloc::token::Token;
use unloc::{Clock, Environment, Moment, RequestOptions, Result, RetryPolicy, Scopes, Unloc, UnlocBuilder};

use super::calls::{Call, Ids, Seen};

pub(super) const TOKEN: &str = "eyJhbGciOi.eyJzdWIiOi.c2lnbmF0dXJl";
pub(super) const SECRET: &str = "EXAMPLE-SECRET-hunter2-hunter2-2";

/// Is the time of the stopped clock, since 1970.
pub(super) const NOW: Duration = Duration::from_secs(1_700_000_000);

/// Holds a response of the service.
#[derive(Clone, Default)]
pub(super) struct Response {
    pub(super) status: u16,
    /// Lists valid header names and values, without any that frame the body.
    pub(super) headers: Vec<(String, Vec<u8>)>,
    pub(super) body: Vec<u8>,
}

impl Response {
    /// Returns whether HTTP allows a body with this status.
    pub(super) fn has_body(&self) -> bool {
        !matches!(self.status, 204 | 304)
    }

    fn bytes(&self) -> Vec<u8> {
        let mut bytes = format!("HTTP/1.1 {} Scripted\r\n", self.status).into_bytes();
        for (name, value) in &self.headers {
            bytes.extend([name.as_bytes(), b": ", value, b"\r\n"].concat());
        }
        if self.has_body() {
            bytes.extend(format!("content-length: {}\r\n\r\n", self.body.len()).as_bytes());
            bytes.extend(&self.body);
        } else {
            bytes.extend(b"\r\n");
        }
        bytes
    }
}

/// Implements a clock that stands still.
struct Stopped;

impl Clock for Stopped {
    fn now(&self) -> Moment {
        Moment { steady: Duration::from_secs(5), wall: NOW }
    }
}

/// Holds the next response and the body of the last request.
#[derive(Default)]
struct Script {
    response: Response,
    request_body: Vec<u8>,
}

/// Holds the runtime, the service's script and a client.
struct Harness {
    runtime: Runtime,
    script: Arc<Mutex<Script>>,
    environment: Environment,
    unloc: Unloc,
}

/// Makes a call that gets this response.
pub(super) fn play(call: &Call, response: &Response) -> Result<Seen> {
    with_harness(|harness| harness.responding(response, call.see(&harness.unloc, &Ids::plain())))
}

/// Returns whether the last call sent this text in its body.
pub(super) fn was_sent(text: &str) -> bool {
    with_harness(|harness| locked(&harness.script).request_body.windows(text.len()).any(|part| part == text.as_bytes()))
}

/// Makes a call whose token request gets this response.
pub(super) fn play_token(response: &Response) -> Result<()> {
    with_harness(|harness| {
        let unloc = harness.builder().client_credentials("me", SECRET).build().expect("a client");
        // If the token is accepted, the operation gets the same response, whose error is returned as well.
        let tokens = async { unloc.get_lock_holders().send().await.map(drop) };
        harness.responding(response, tokens)
    })
}

/// Runs `act` with the harness of this thread, which is built once.
///
/// A socket for each input would be slow, and would soon exhaust the ports.
fn with_harness<T>(act: impl FnOnce(&Harness) -> T) -> T {
    thread_local!(static HARNESS: OnceCell<Harness> = const { OnceCell::new() });
    HARNESS.with(|harness| act(harness.get_or_init(Harness::build)))
}

impl Harness {
    fn build() -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
        let script = Arc::new(Mutex::<Script>::default());
        let listener = runtime.block_on(TcpListener::bind(("127.0.0.1", 0))).expect("a free port");
        let address = listener.local_addr().expect("an address");
        runtime.spawn(listen(listener, Arc::clone(&script)));
        let environment = format!("http://{address}").parse().expect("an address");
        let tokens = |_: Scopes| async { Ok(Token::new(TOKEN).expires_in(Duration::from_secs(3600))) };
        let unloc = builder(&environment).token_source(tokens).build().expect("a client");
        Self { runtime, script, environment, unloc }
    }

    fn builder(&self) -> UnlocBuilder {
        builder(&self.environment)
    }

    fn responding<T>(&self, response: &Response, call: impl Future<Output = T>) -> T {
        locked(&self.script).response = response.clone();
        self.runtime.block_on(call)
    }
}

fn builder(environment: &Environment) -> UnlocBuilder {
    let once = RequestOptions::new().retry(RetryPolicy::never());
    Unloc::builder().environment(environment.clone()).options(once).clock(Stopped)
}

async fn listen(listener: TcpListener, script: Arc<Mutex<Script>>) {
    while let Ok((stream, _)) = listener.accept().await {
        let _ = stream.set_nodelay(true);
        tokio::spawn(serve(stream, Arc::clone(&script)));
    }
}

async fn serve(stream: TcpStream, script: Arc<Mutex<Script>>) {
    let mut stream = BufReader::new(stream);
    while let Some(request_body) = read(&mut stream).await {
        let response = {
            let mut script = locked(&script);
            script.request_body = request_body;
            script.response.bytes()
        };
        if stream.write_all(&response).await.is_err() {
            break;
        }
    }
}

/// Reads a request to its end and returns its body. The response does not depend on it.
async fn read(stream: &mut BufReader<TcpStream>) -> Option<Vec<u8>> {
    let (mut line, mut length) = (String::new(), 0);
    loop {
        line.clear();
        stream.read_line(&mut line).await.ok().filter(|read| *read > 0)?;
        match line.trim_end().split_once(':') {
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => length = value.trim().parse().ok()?,
            _ if line.trim_end().is_empty() => break,
            _ => {}
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    Some(body)
}

fn locked(script: &Mutex<Script>) -> MutexGuard<'_, Script> {
    script.lock().unwrap_or_else(PoisonError::into_inner)
}
