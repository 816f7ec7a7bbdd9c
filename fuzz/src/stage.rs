//! A service in this very thread that answers as the input says, and a client of it.

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

/// What time it is, since 1970.
pub(super) const NOW: Duration = Duration::from_secs(1_700_000_000);

/// An answer of the service.
#[derive(Clone, Default)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// Names and values that can stand in a header, and none that says how long the body is.
    pub(super) headers: Vec<(String, Vec<u8>)>,
    pub(super) body: Vec<u8>,
}

impl Answer {
    /// Whether HTTP gives it a body.
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

/// Stands still.
struct Stopped;

impl Clock for Stopped {
    fn now(&self) -> Moment {
        Moment { steady: Duration::from_secs(5), wall: NOW }
    }
}

/// What the service answers with, and the body of what it was asked last.
#[derive(Default)]
struct Script {
    answer: Answer,
    asked: Vec<u8>,
}

struct Stage {
    runtime: Runtime,
    script: Arc<Mutex<Script>>,
    environment: Environment,
    unloc: Unloc,
}

/// The call, with this answer to it.
pub(super) fn play(call: &Call, answer: &Answer) -> Result<Seen> {
    with(|stage| stage.answering(answer, call.see(&stage.unloc, &Ids::plain())))
}

/// Whether the last call sent this text in its body.
pub(super) fn was_sent(text: &str) -> bool {
    with(|stage| locked(&stage.script).asked.windows(text.len()).any(|part| part == text.as_bytes()))
}

/// The call for a token that stands before every other call, with this answer to it.
pub(super) fn play_token(answer: &Answer) -> Result<()> {
    with(|stage| {
        let unloc = stage.builder().client_credentials("me", SECRET).build().expect("a client");
        // What is asked with the token meets the same answer, which is of no interest here.
        let tokens = async { unloc.get_lock_holders().send().await.map(drop) };
        stage.answering(answer, tokens)
    })
}

/// Each thread has a stage of its own, which is built for the first input and kept: a socket for each input would be slow,
/// and there would soon be no port left.
fn with<T>(act: impl FnOnce(&Stage) -> T) -> T {
    thread_local!(static STAGE: OnceCell<Stage> = const { OnceCell::new() });
    STAGE.with(|stage| act(stage.get_or_init(Stage::build)))
}

impl Stage {
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

    fn answering<T>(&self, answer: &Answer, call: impl Future<Output = T>) -> T {
        locked(&self.script).answer = answer.clone();
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
    while let Some(asked) = read(&mut stream).await {
        let answer = {
            let mut script = locked(&script);
            script.asked = asked;
            script.answer.bytes()
        };
        if stream.write_all(&answer).await.is_err() {
            break;
        }
    }
}

/// Reads a request to its end, and gives its body; what it is has no influence on the answer.
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
