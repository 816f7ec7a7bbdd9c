//! A backend that gives access tokens to programs that must not hold the client secret: a page in a browser, a worker.
//!
//! It keeps the secret, and one cache of tokens for all its callers. A caller shows the key of its session, and gets
//! tokens for the scopes that this session lists and for no others. The tokens go out, the secret never does.
//!
//! `cargo run --example token_backend` serves on loopback, on the port that `PORT` names or on a free one. It prints its
//! address, and a call for `curl` for each of two invented sessions. The tokens are those of an emulator inside this
//! program; with `UNLOC_ENVIRONMENT`, `UNLOC_CLIENT_ID` and `UNLOC_CLIENT_SECRET` set, those of that service.
//! `cargo run --example token_backend -- --try` plays the other side as well: it lists lock holders as a program without
//! the secret does, and ends.
//!
//! To begin a program of your own with it, beside a checkout of this repository:
//!
//! ```sh
//! cargo add unloc --path ../unloc
//! cargo add unloc-emulator --path ../unloc/crates/emulator
//! cargo add tokio --features macros,net,rt-multi-thread,signal
//! cargo add axum --no-default-features --features http1,json,tokio
//! cargo add tower-http --no-default-features --features cors
//! cargo add getrandom
//! cargo add reqwest --no-default-features --features json
//! cargo add serde --features derive
//! cargo add serde_json
//! ```
//!
//! Before this meets strangers, it needs
//!
//! * sessions of your own in place of `demo_sessions`; where they are stored, store and look up a hash of the key;
//! * TLS in front, and limits on time, connections and calls for each caller;
//! * for a page in a browser, its origin in `ORIGIN`, such as `https://app.example.com`: no page from elsewhere can call
//!   this without. The page sends its session in `Authorization`, never in a cookie, which foreign pages could use.
//!
//! The service refuses a token before its time now and then. A caller says so in `refused`, which need not be true: the
//! token is renewed once in ten seconds at most, and given out until there is another.

use std::env;
use std::error::Error;
use std::io::{self, Write};
use std::net::Ipv4Addr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::rejection::JsonRejection;
use axum::extract::{DefaultBodyLimit, FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use reqwest::{RequestBuilder, redirect};
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;
use tower_http::cors::{AllowOrigin, CorsLayer};
use unloc::token::{Token, TokenCache, source_fn};
use unloc::{ClientCredentials, Environment, Scope, Scopes, Secret, Unloc, Url};
use unloc_emulator::Emulator;

/// The first lock holder of the emulator; with another service, put one of yours.
const HOME: &str = "lockHolder.identifier:NO.demo-fjordglott.";
/// What a request may weigh, in bytes: more than any scope and any token do.
const BODY_LIMIT: usize = 16_384;

#[tokio::main]
async fn main() -> ExitCode {
    match run(&mut io::stdout()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    let only_try = read_arguments()?;
    let given =
        ["UNLOC_ENVIRONMENT", "UNLOC_CLIENT_ID", "UNLOC_CLIENT_SECRET"].iter().any(|n| env::var_os(n).is_some());
    let emulator = if given { None } else { Some(Emulator::start().await?) };
    let (credentials, environment) = match &emulator {
        None => (ClientCredentials::from_env()?, Environment::from_env()?),
        Some(emulator) => {
            let environment = emulator.base_url().parse()?;
            (ClientCredentials::new(&environment, emulator.client_id(), emulator.client_secret())?, environment)
        }
    };
    let (sessions, origin) = (demo_sessions()?, read_origin()?);
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, read_port()?)).await?;
    let address = format!("http://{}", listener.local_addr()?);
    let backend = Backend { tokens: TokenCache::new(credentials), sessions: sessions.to_vec() };
    let serving = axum::serve(listener, router(backend, origin));
    if only_try {
        tokio::spawn(serving.into_future());
        return list_lock_holders(out, environment, format!("{address}/token"), sessions[0].key.clone()).await;
    }
    announce(out, &address, &sessions)?;
    tokio::select! {
        served = serving.into_future() => Ok(served?),
        Ok(()) = tokio::signal::ctrl_c() => Ok(()),
    }
}

/// What all requests share.
struct Backend {
    tokens: TokenCache,
    sessions: Vec<Session>,
}

/// Someone who may ask for tokens.
#[derive(Clone)]
struct Session {
    name: &'static str,
    key: Secret,
    /// The sets of scopes that it gets tokens for, each as it stands: what is not on the list nobody has decided on.
    allowed: Vec<Scopes>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)] // A misspelt `scope` is not to be taken for a wish without one.
struct TokenRequest {
    /// Claims with blanks between; an unscoped token if there is none.
    #[serde(default)]
    scope: String,
    /// A token for this scope of which the caller says that the service refused it before its time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    refused: Option<Secret>,
}

#[derive(Serialize, Deserialize)]
struct TokenAnswer {
    access_token: Secret,
    token_type: String,
    expires_in: u64,
}

fn router(backend: Backend, origin: Option<HeaderValue>) -> Router {
    let router = Router::new().route("/token", post(give_token)).layer(DefaultBodyLimit::max(BODY_LIMIT));
    // Outermost: before it sends anything, a browser asks by OPTIONS, and without a session, whether the page may send
    // these headers. Of the answer's headers it shows the page only those that are exposed, on refusals as well.
    let cors = CorsLayer::new().allow_origin(AllowOrigin::list(origin)).allow_methods([Method::POST]);
    let cors = cors.allow_headers([header::AUTHORIZATION, header::CONTENT_TYPE]).expose_headers([header::RETRY_AFTER]);
    router.with_state(Arc::new(backend)).layer(cors.max_age(Duration::from_secs(600)))
}

/// The session comes before the body: from a stranger, nothing is read.
async fn give_token(
    State(backend): State<Arc<Backend>>,
    session: Session,
    body: Result<Json<TokenRequest>, JsonRejection>,
) -> Result<Response, Response> {
    let Json(TokenRequest { scope, refused }) = body.map_err(|rejection| unreadable(&rejection))?;
    let scopes: Scopes = scope.parse().map_err(|_| no_such_scope())?;
    if !session.allowed.contains(&scopes) {
        return Err(refuse(StatusCode::FORBIDDEN, "invalid_scope", "this session gets no tokens for this scope"));
    }
    if let Some(refused) = refused {
        // To name the token that is kept one must have been given it. The claim may be false for all that: the token goes
        // when there is another, so that no session takes it from all, and not with each claim.
        backend.tokens.doubt(&scopes, &refused);
    }
    let bearer = backend.tokens.get(&scopes).await.map_err(|error| no_token(&error))?;
    let answer = TokenAnswer {
        access_token: bearer.access_token(),
        token_type: "bearer".to_owned(),
        // The token may have lain in the cache for a while: what counts is what is left of it.
        expires_in: bearer.remaining().as_secs(),
    };
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(answer)).into_response())
}

impl FromRequestParts<Arc<Backend>> for Session {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, backend: &Arc<Backend>) -> Result<Self, Response> {
        let given = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let (scheme, key) = given.and_then(|given| given.split_once(' ')).ok_or_else(no_session)?;
        // Secrets are compared in the same time wherever they differ. A map by key would look the key up faster, and
        // compare it as any text: how long that takes says how much of a guess was right.
        let key = Secret::from(key);
        let session = backend.sessions.iter().find(|session| session.key == key);
        session.filter(|_| scheme.eq_ignore_ascii_case("bearer")).cloned().ok_or_else(no_session)
    }
}

/// A refusal as OAuth 2 writes it. The words are all in here: those of the service are for the operator alone.
fn refuse(status: StatusCode, error: &str, description: &str) -> Response {
    let body = serde_json::json!({ "error": error, "error_description": description });
    (status, [(header::CACHE_CONTROL, "no-store")], Json(body)).into_response()
}

fn no_session() -> Response {
    let refusal = refuse(StatusCode::UNAUTHORIZED, "invalid_token", "no session has this key, or none was given");
    ([(header::WWW_AUTHENTICATE, "Bearer error=\"invalid_token\"")], refusal).into_response()
}

fn unreadable(rejection: &JsonRejection) -> Response {
    let too_large = StatusCode::PAYLOAD_TOO_LARGE;
    let status = if rejection.status() == too_large { too_large } else { StatusCode::BAD_REQUEST };
    refuse(status, "invalid_request", "the body has to be short JSON such as {\"scope\":\"…\"}, and to say so")
}

fn no_such_scope() -> Response {
    refuse(StatusCode::BAD_REQUEST, "invalid_scope", "the scope is none that exists")
}

fn no_token(error: &unloc::Error) -> Response {
    // One line, without secrets. If the credentials are wrong, say, that is no affair of the caller's.
    let _ = writeln!(io::stderr(), "no token: {error}");
    if error.code() == Some("invalid_scope") {
        return no_such_scope();
    }
    let status = if error.is_retryable() { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::BAD_GATEWAY };
    let refusal = refuse(status, "temporarily_unavailable", "there is no token to be had at the moment");
    // Before this pause is over nothing is asked for. The header counts in whole seconds.
    let seconds = |pause: Duration| (pause.as_secs() + u64::from(pause.subsec_nanos() > 0)).to_string();
    match error.retry_after() {
        Some(pause) => ([(header::RETRY_AFTER, seconds(pause))], refusal).into_response(),
        None => refusal,
    }
}

/// What a program without the secret does: it gets its tokens from the backend, and all else from the service.
async fn list_lock_holders(
    out: &mut impl Write,
    environment: Environment,
    url: String,
    session: Secret,
) -> Result<(), Box<dyn Error>> {
    // A session's key belongs to the backend alone: no redirect takes it elsewhere, no proxy sees what goes over loopback.
    let http = reqwest::Client::builder().redirect(redirect::Policy::none()).no_proxy();
    let http = http.timeout(Duration::from_secs(10)).build()?;
    // The backend keeps tokens, and so it has to hear of one that the service refused.
    let source = source_fn(move |scopes: Scopes, refused: Option<Secret>| {
        let request = TokenRequest { scope: scopes.to_string(), refused };
        ask(http.post(&url).bearer_auth(session.expose()).json(&request))
    });
    let unloc = Unloc::builder().environment(environment).token_source(source).build()?;

    let lock_holders = unloc.get_lock_holders().send().await?;
    writeln!(out, "Lock holders, listed without the secret ({}):", lock_holders.len())?;
    for lock_holder in lock_holders {
        writeln!(out, "{}", lock_holder.name)?;
    }
    Ok(())
}

/// Asks the backend for a token. What it gives is kept and renewed behind the calls, as other tokens are.
async fn ask(request: RequestBuilder) -> unloc::Result<Token> {
    let answer = request.send().await.map_err(unloc::Error::token_unavailable)?;
    let asked = answer.headers().get(header::RETRY_AFTER).and_then(|pause| pause.to_str().ok()?.parse().ok());
    match (answer.error_for_status_ref(), asked) {
        (Ok(_), _) => {}
        (Err(error), Some(seconds)) => return Err(unloc::Error::token_later(error, Duration::from_secs(seconds))),
        (Err(error), None) => return Err(unloc::Error::token(error)),
    }
    let TokenAnswer { access_token, token_type, expires_in } = answer.json().await.map_err(unloc::Error::token)?;
    if !token_type.eq_ignore_ascii_case("bearer") {
        return Err(unloc::Error::token("the backend gave a token that is no bearer token"));
    }
    Ok(Token::new(access_token).expires_in(Duration::from_secs(expires_in)))
}

/// Two callers with keys that are new each time: the service behind may be one with real doors.
fn demo_sessions() -> Result<[Session; 2], Box<dyn Error>> {
    let home = Scopes::from(HOME.parse::<Scope>()?);
    let key = || {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes).map_err(|error| error.to_string())?;
        Ok::<_, String>(Secret::from(format!("{:032x}", u128::from_ne_bytes(bytes))))
    };
    Ok([
        Session { name: "the office", key: key()?, allowed: vec![Scopes::unscoped(), home.clone()] },
        Session { name: "the tenant", key: key()?, allowed: vec![home] },
    ])
}

fn announce(out: &mut impl Write, address: &str, sessions: &[Session]) -> io::Result<()> {
    writeln!(out, "{address}\n\nTokens are at /token until Ctrl-C, for {} sessions:", sessions.len())?;
    for Session { name, key, allowed } in sessions {
        writeln!(out, "\n# {name}")?;
        for scopes in allowed {
            write!(out, "curl -sS {address}/token -H 'Authorization: Bearer {}' ", key.expose())?;
            writeln!(out, "-H 'Content-Type: application/json' -d '{{\"scope\":\"{scopes}\"}}'")?;
        }
    }
    out.flush()
}

fn read_port() -> Result<u16, &'static str> {
    let Some(text) = env::var_os("PORT") else { return Ok(0) };
    text.to_str().and_then(|text| text.parse().ok()).ok_or("PORT is not a number from 0 to 65535")
}

/// The origin of the pages that may call this, as a browser writes it.
fn read_origin() -> Result<Option<HeaderValue>, &'static str> {
    let Some(text) = env::var_os("ORIGIN") else { return Ok(None) };
    let is_origin = |text: &&str| Url::parse(text).is_ok_and(|url| url.origin().ascii_serialization() == **text);
    let origin = text.to_str().filter(is_origin).and_then(|text| text.parse().ok());
    origin.map(Some).ok_or("ORIGIN is not the origin of a page, such as https://app.example.com, without a path")
}

/// Whether `--try` was given. What else was given is not repeated: it may be a secret in the wrong place.
fn read_arguments() -> Result<bool, &'static str> {
    let arguments: Vec<_> = env::args_os().skip(1).collect();
    match arguments.as_slice() {
        [] => Ok(false),
        [only] if only == "--try" => Ok(true),
        _ => Err("unknown argument: there is only --try, which lists lock holders through the backend and ends"),
    }
}
