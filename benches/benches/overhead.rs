//! What a call costs through `unloc`, beside the same call made in thinner ways: each rung does a little more than the
//! one before it.

use std::process::ExitCode;
use std::time::Duration;

use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use reqwest::Method;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HOST, HeaderMap, HeaderValue};
use reqwest::redirect::Policy;
use tokio::net::TcpStream;
use tokio::runtime::Runtime;
use unloc::{LockHolderClient, Scope, Unloc};
use unloc_benches::{LOCKS, Plan, Result, Row, Rung, Server, Spread, TOKEN, compared, interleave, plain, typed};

const HOME: &str = "373c3bdd-ff32-4caa-9eca-bfc54e5042d5";
const LOCK: &str = "4c8e1b7a-93d2-4f60-a1c5-7e2b9d0f0000";
/// A number kept for fiction.
const GUEST: &str = "+12125550142";
/// What `unloc` asks for where its caller names no limit.
const LIMIT: i32 = 500;
const NEW_KEY: &str = r#"{"userId":"+12125550142","durationMinutes":60}"#;

/// The rung that `unloc` is compared with.
const BASE: &str = "typed";

/// What `unloc` is to stay below, beside [`BASE`].
struct Goal {
    /// So many times the processor time.
    time: f64,
    /// So many allocations more. They hardly vary, so more of them fail the benchmark, where more time may be the
    /// machine's.
    allocations: f64,
}

fn main() -> ExitCode {
    unloc_benches::main("overhead", |plan| {
        let server = &Server::start()?;
        let runtime = &tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let bench = Bench { server, runtime, plan };
        let rows = [
            bench.compare("getLock", 500, Call::Lock, Goal { time: 1.15, allocations: 2.0 })?,
            bench.compare(
                &format!("getLocks, {LOCKS} of them"),
                100,
                Call::Locks,
                Goal { time: 1.05, allocations: 2.0 },
            )?,
            bench.compare("createKey", 500, Call::CreateKey, Goal { time: 1.15, allocations: 5.0 })?,
        ];
        Ok(rows.concat())
    })
}

#[derive(Clone, Copy)]
enum Call {
    Lock,
    Locks,
    CreateKey,
}

impl Call {
    fn method(self) -> Method {
        if matches!(self, Self::CreateKey) { Method::POST } else { Method::GET }
    }

    fn path(self) -> String {
        match self {
            Self::Lock => format!("{}{LOCK}/", locks("")),
            Self::Locks => format!("{}?limit={LIMIT}", locks("")),
            Self::CreateKey => format!("{}{LOCK}/keys/", locks("")),
        }
    }

    fn body(self) -> &'static str {
        if matches!(self, Self::CreateKey) { NEW_KEY } else { "" }
    }
}

struct Bench<'a> {
    server: &'a Server,
    runtime: &'a Runtime,
    plan: Plan,
}

impl Bench<'_> {
    /// Measures one operation through all rungs; a full round has this many calls of each.
    fn compare(&self, operation: &str, calls: usize, call: Call, goal: Goal) -> Result<Vec<Row>> {
        let mut rungs =
            [self.hyper(call)?, self.reqwest(call)?, self.typed(call)?, self.plain(call)?, self.unloc(call)?];
        let rounds = interleave(self.plan.rounds, self.plan.calls(calls), &mut rungs)?;
        let rows = compared(operation, &rungs, &rounds, BASE);
        let figure = |rung: &str, figure: &str| {
            let row = rows.iter().find(|row| row.name == rung)?;
            row.get(figure).map(Spread::median)
        };
        let allocations = |rung| figure(rung, "allocations").ok_or("a rung was not measured");
        let (own, base) = (allocations("unloc")?, allocations(BASE)?);
        // An average over calls, of which one may grow a buffer that lasts.
        if own - base > goal.allocations + 0.5 {
            let most = goal.allocations;
            let what = format!("{operation}: {own} allocations, where `{BASE}` has {base}: more than {most} more");
            return Err(what.into());
        }
        if let Some(ratio) = figure("unloc", &format!("CPU to {BASE}")).filter(|_| !self.plan.is_smoke()) {
            let met = if ratio <= goal.time { "met" } else { "missed, this time" };
            println!(
                "{operation}: {ratio:.2} times the processor time of `{BASE}`; the goal of {:.2} is {met}",
                goal.time
            );
        }
        Ok(rows)
    }

    /// One connection, and the bytes that come over it.
    fn hyper(&self, call: Call) -> Result<Rung<'_>> {
        let address = self.server.url().trim_start_matches("http://").to_owned();
        let mut connection = self.runtime.block_on(connect(&address))?;
        let (host, token, path) = (HeaderValue::try_from(address)?, bearer()?, call.path());
        Ok(Rung::new("hyper", self.runtime, async move || {
            let mut request = hyper::Request::builder()
                .method(call.method())
                .uri(path.as_str())
                .header(HOST, host.clone())
                .header(AUTHORIZATION, token.clone());
            if !call.body().is_empty() {
                request = request.header(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            }
            let request = request.body(Full::new(Bytes::from_static(call.body().as_bytes())))?;
            connection.ready().await?;
            let answer = connection.send_request(request).await?;
            let good = answer.status().is_success();
            fits(good && !answer.into_body().collect().await?.to_bytes().is_empty())
        }))
    }

    /// A pool of connections, and the bytes.
    fn reqwest(&self, call: Call) -> Result<Rung<'_>> {
        let http = http(HeaderMap::from_iter([(AUTHORIZATION, bearer()?)]))?;
        let url = format!("{}{}", self.server.url(), call.path());
        Ok(Rung::new("reqwest", self.runtime, async move || {
            let mut request = http.request(call.method(), url.as_str());
            if !call.body().is_empty() {
                request = request.header(CONTENT_TYPE, HeaderValue::from_static("application/json")).body(call.body());
            }
            let answer = request.send().await?.error_for_status()?;
            fits(!answer.bytes().await?.is_empty())
        }))
    }

    /// A token for each call, an address put together, and types written by hand.
    fn typed(&self, call: Call) -> Result<Rung<'_>> {
        let client = typed::Client::new(http(HeaderMap::new())?, locks(self.server.url()), TOKEN);
        Ok(Rung::new("typed", self.runtime, async move || match call {
            Call::Lock => fits(client.lock(LOCK).await?.id == LOCK),
            Call::Locks => fits(client.locks(LIMIT).await?.len() == LOCKS),
            Call::CreateKey => {
                let key = typed::NewKey { user_id: GUEST.to_owned(), duration_minutes: 60 };
                fits(client.create_key(LOCK, &key).await?.id.is_some())
            }
        }))
    }

    /// What progenitor makes of the spec by itself.
    fn plain(&self, call: Call) -> Result<Rung<'_>> {
        let http = http(HeaderMap::from_iter([(AUTHORIZATION, bearer()?)]))?;
        let client = plain::Client::new_with_client(&format!("{}/integrators/v1", self.server.url()), http);
        let home = || plain::types::LockHolderId::from(HOME.to_owned());
        let lock = || plain::types::LockId::from(LOCK.to_owned());
        Ok(Rung::new("progenitor", self.runtime, async move || match call {
            Call::Lock => {
                let lock = client.get_lock().lock_holder_id(home()).lock_id(lock()).send().await?.into_inner().lock;
                fits(lock.id.as_str() == LOCK)
            }
            Call::Locks => {
                let locks = client.get_locks().lock_holder_id(home()).limit(LIMIT).send().await?.into_inner().locks;
                fits(locks.len() == LOCKS)
            }
            Call::CreateKey => {
                let guest = plain::types::PhoneNumber::from(GUEST.to_owned());
                let body = plain::types::CreateKeyRequest::builder().user_id(guest).duration_minutes(60);
                let call = client.create_key().lock_holder_id(home()).lock_id(lock()).body(body);
                fits(call.send().await?.into_inner().key.id.is_some())
            }
        }))
    }

    /// The public API.
    fn unloc(&self, call: Call) -> Result<Rung<'_>> {
        let home = home(self.server)?;
        Ok(Rung::new("unloc", self.runtime, async move || match call {
            Call::Lock => fits(home.get_lock().lock_id(LOCK).send().await?.id == LOCK),
            Call::Locks => fits(home.get_locks().send().await?.len() == LOCKS),
            Call::CreateKey => {
                let call = home.create_key().lock_id(LOCK).user_id(GUEST).duration_minutes(60);
                fits(call.send().await?.id.is_some())
            }
        }))
    }
}

fn fits(answer: bool) -> Result<()> {
    if answer { Ok(()) } else { Err("the answer is not the one that the server gives".into()) }
}

fn locks(base: &str) -> String {
    format!("{base}/integrators/v1/lock-holders/{HOME}/locks/")
}

fn bearer() -> Result<HeaderValue> {
    let mut token = HeaderValue::try_from(format!("Bearer {TOKEN}"))?;
    token.set_sensitive(true);
    Ok(token)
}

async fn connect(address: &str) -> Result<SendRequest<Full<Bytes>>> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    Ok(sender)
}

/// A client that differs from `unloc`'s own in one thing: it has a timeout, as the one that progenitor makes by itself
/// does, where `unloc` keeps its time without reqwest.
fn http(headers: HeaderMap) -> Result<reqwest::Client> {
    let http = reqwest::Client::builder()
        .default_headers(headers)
        .user_agent("unloc-benches")
        .redirect(Policy::none())
        .connect_timeout(Duration::from_secs(10))
        .pool_idle_timeout(Duration::from_secs(4))
        .timeout(Duration::from_secs(30))
        .no_proxy();
    Ok(http.build()?)
}

fn home(server: &Server) -> Result<LockHolderClient> {
    let unloc = Unloc::builder().environment(server.url()).client_credentials("bench", "EXAMPLE-SECRET").build()?;
    Ok(unloc.lock_holder_by_id(HOME, Scope::lock_holder_identifier("NO", "harbour-flats", "")?))
}
