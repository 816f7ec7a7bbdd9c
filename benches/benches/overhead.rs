//! Compares a call through `unloc` with the same call through simpler clients. Each variant does a little more than the
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
use unloc_benches::{LOCKS, Plan, Result, Row, Server, Spread, TOKEN, Variant, compared, interleave, plain, typed};

const HOME: &str = "373c3bdd-ff32-4caa-9eca-bfc54e5042d5";
const LOCK: &str = "4c8e1b7a-93d2-4f60-a1c5-7e2b9d0f0000";
/// Is a phone number that is reserved for fiction.
const GUEST: &str = "+12125550142";
/// Is the page size that `unloc` requests by default.
const LIMIT: i32 = 500;
const NEW_KEY: &str = r#"{"userId":"+12125550142","durationMinutes":60}"#;

/// Names the variant that `unloc` is compared with.
const BASE: &str = "typed";

/// Limits the cost of `unloc` compared with [`BASE`].
struct Goal {
    /// Limits the ratio of processor times. It is only reported, since the machine affects it.
    time: f64,
    /// Limits the additional allocations. They hardly vary, so exceeding this fails the benchmark.
    allocations: f64,
}

fn main() -> ExitCode {
    unloc_benches::main("overhead", |plan| {
        let server = &Server::start()?;
        let runtime = &tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let comparison = Comparison { server, runtime, plan };
        let rows = [
            comparison.compare("getLock", 500, Call::Lock, Goal { time: 1.15, allocations: 2.0 })?,
            comparison.compare(
                &format!("getLocks, {LOCKS} of them"),
                100,
                Call::Locks,
                Goal { time: 1.05, allocations: 2.0 },
            )?,
            comparison.compare("createKey", 500, Call::CreateKey, Goal { time: 1.15, allocations: 5.0 })?,
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

struct Comparison<'a> {
    server: &'a Server,
    runtime: &'a Runtime,
    plan: Plan,
}

impl Comparison<'_> {
    /// Measures one operation with all variants. A full round makes this many calls with each.
    fn compare(&self, operation: &str, calls: usize, call: Call, goal: Goal) -> Result<Vec<Row>> {
        let mut variants =
            [self.hyper(call)?, self.reqwest(call)?, self.typed(call)?, self.plain(call)?, self.unloc(call)?];
        let rounds = interleave(self.plan.rounds, self.plan.calls(calls), &mut variants)?;
        let rows = compared(operation, &variants, &rounds, BASE);
        let figure = |variant: &str, figure: &str| {
            let row = rows.iter().find(|row| row.name == variant)?;
            row.get(figure).map(Spread::median)
        };
        let allocations = |variant| figure(variant, "allocations").ok_or("a variant was not measured");
        let (own, base) = (allocations("unloc")?, allocations(BASE)?);
        // The counts are averages, and one call of a round may grow a buffer that is reused, hence the 0.5.
        if own - base > goal.allocations + 0.5 {
            let most = goal.allocations;
            let what =
                format!("{operation}: {own} allocations, but `{BASE}` makes {base}; at most {most} more are allowed");
            return Err(what.into());
        }
        if let Some(ratio) = figure("unloc", &format!("CPU to {BASE}")).filter(|_| !self.plan.is_smoke()) {
            let met = if ratio <= goal.time { "met" } else { "missed in this run" };
            println!(
                "{operation}: {ratio:.2} times the processor time of `{BASE}`; the goal of {:.2} is {met}",
                goal.time
            );
        }
        Ok(rows)
    }

    /// Returns the variant with a single connection that reads the response as bytes.
    fn hyper(&self, call: Call) -> Result<Variant<'_>> {
        let address = self.server.url().trim_start_matches("http://").to_owned();
        let mut connection = self.runtime.block_on(connect(&address))?;
        let (host, token, path) = (HeaderValue::try_from(address)?, bearer()?, call.path());
        Ok(Variant::new("hyper", self.runtime, async move || {
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
            let response = connection.send_request(request).await?;
            let success = response.status().is_success();
            check(success && !response.into_body().collect().await?.to_bytes().is_empty())
        }))
    }

    /// Returns the variant with a connection pool that reads the response as bytes.
    fn reqwest(&self, call: Call) -> Result<Variant<'_>> {
        let http = http(HeaderMap::from_iter([(AUTHORIZATION, bearer()?)]))?;
        let url = format!("{}{}", self.server.url(), call.path());
        Ok(Variant::new("reqwest", self.runtime, async move || {
            let mut request = http.request(call.method(), url.as_str());
            if !call.body().is_empty() {
                request = request.header(CONTENT_TYPE, HeaderValue::from_static("application/json")).body(call.body());
            }
            let response = request.send().await?.error_for_status()?;
            check(!response.bytes().await?.is_empty())
        }))
    }

    /// Returns the variant with handwritten URLs, headers and types.
    fn typed(&self, call: Call) -> Result<Variant<'_>> {
        let client = typed::Client::new(http(HeaderMap::new())?, locks(self.server.url()), TOKEN);
        Ok(Variant::new("typed", self.runtime, async move || match call {
            Call::Lock => check(client.lock(LOCK).await?.id == LOCK),
            Call::Locks => check(client.locks(LIMIT).await?.len() == LOCKS),
            Call::CreateKey => {
                let key = typed::NewKey { user_id: GUEST.to_owned(), duration_minutes: 60 };
                check(client.create_key(LOCK, &key).await?.id.is_some())
            }
        }))
    }

    /// Returns the variant with the plain progenitor client.
    fn plain(&self, call: Call) -> Result<Variant<'_>> {
        let http = http(HeaderMap::from_iter([(AUTHORIZATION, bearer()?)]))?;
        let client = plain::Client::new_with_client(&format!("{}/integrators/v1", self.server.url()), http);
        let home = || plain::types::LockHolderId::from(HOME.to_owned());
        let lock = || plain::types::LockId::from(LOCK.to_owned());
        Ok(Variant::new("progenitor", self.runtime, async move || match call {
            Call::Lock => {
                let lock = client.get_lock().lock_holder_id(home()).lock_id(lock()).send().await?.into_inner().lock;
                check(lock.id.as_str() == LOCK)
            }
            Call::Locks => {
                let locks = client.get_locks().lock_holder_id(home()).limit(LIMIT).send().await?.into_inner().locks;
                check(locks.len() == LOCKS)
            }
            Call::CreateKey => {
                let guest = plain::types::PhoneNumber::from(GUEST.to_owned());
                let body = plain::types::CreateKeyRequest::builder().user_id(guest).duration_minutes(60);
                let call = client.create_key().lock_holder_id(home()).lock_id(lock()).body(body);
                check(call.send().await?.into_inner().key.id.is_some())
            }
        }))
    }

    /// Returns the variant with the public API of `unloc`.
    fn unloc(&self, call: Call) -> Result<Variant<'_>> {
        let home = home(self.server)?;
        Ok(Variant::new("unloc", self.runtime, async move || match call {
            Call::Lock => check(home.get_lock().lock_id(LOCK).send().await?.id == LOCK),
            Call::Locks => check(home.get_locks().send().await?.len() == LOCKS),
            Call::CreateKey => {
                let call = home.create_key().lock_id(LOCK).user_id(GUEST).duration_minutes(60);
                check(call.send().await?.id.is_some())
            }
        }))
    }
}

fn check(is_expected: bool) -> Result<()> {
    if is_expected { Ok(()) } else { Err("the response is not the one that the server sends".into()) }
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

/// Returns an HTTP client that is configured like `unloc`'s own, except for its timeout.
///
/// The client that progenitor generates has one as well; `unloc` has timeouts of its own instead.
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
