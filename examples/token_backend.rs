//! Serves access tokens to programs that must not hold the client secret, such as a page in a browser or a worker.
//!
//! The backend holds the secret and one token cache for all its callers. A caller authenticates with its session key
//! and gets tokens only for the scopes that its session allows. The secret never leaves the backend.
//!
//! `cargo run --example token_backend` listens on loopback, on the port `PORT` or on a free one. It prints its address
//! and `curl` commands for two invented sessions. The tokens come from an emulator inside this program. With
//! `UNLOC_ENVIRONMENT`, `UNLOC_CLIENT_ID` and `UNLOC_CLIENT_SECRET` set, they come from that service.
//! `cargo run --example token_backend -- --try` is a client of the backend as well: it lists lock holders without using
//! the secret, and ends.
//!
//! To start your own program from it, create a package next to a checkout of this repository and add the dependencies:
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
//! Before you expose this to untrusted callers, add
//!
//! * your own sessions in place of `demo_sessions`; if you store them, store and look up a hash of the key;
//! * TLS in front, and limits on time, connections and calls for each caller;
//! * for a page in a browser, its origin in `ORIGIN`, such as `https://app.example.com`: browsers let no other page
//!   call this backend. The page sends its session in `Authorization`, never in a cookie, which other sites could use.
//!
//! The service sometimes refuses a token before it expires. A caller reports such a token in `refused`, and the report
//! may be false. So the backend refreshes a token at most once in ten seconds, and serves the old one until it has a
//! new one.

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

/// Names the scope of the emulator's first lock holder. Against another service, use the scope of one of yours.
const HOME: &str = "lockHolder.identifier:NO.demo-fjordglott.";
/// Limits the size of a request body, in bytes. No scope and no token is that long.
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
    let configured =
        ["UNLOC_ENVIRONMENT", "UNLOC_CLIENT_ID", "UNLOC_CLIENT_SECRET"].iter().any(|n| env::var_os(n).is_some());
    let emulator = if configured { None } else { Some(Emulator::start().await?) };
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

/// Holds what all requests share.
struct Backend {
    tokens: TokenCache,
    sessions: Vec<Session>,
}

/// Describes a caller that may request tokens.
#[derive(Clone)]
struct Session {
    name: &'static str,
    key: Secret,
    /// Lists the sets of scopes that the caller gets tokens for. A request has to match one of them exactly.
    allowed: Vec<Scopes>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)] // Otherwise a misspelt `scope` would request an unscoped token.
struct TokenRequest {
    /// Holds claims, separated by spaces. An empty scope requests an unscoped token.
    #[serde(default)]
    scope: String,
    /// Holds a token for this scope that the service refused before it expired, according to the caller.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    refused: Option<Secret>,
}

#[derive(Serialize, Deserialize)]
struct TokenResponse {
    access_token: Secret,
    token_type: String,
    expires_in: u64,
}

fn router(backend: Backend, origin: Option<HeaderValue>) -> Router {
    let router = Router::new().route("/token", post(give_token)).layer(DefaultBodyLimit::max(BODY_LIMIT));
    // CORS is the outermost layer, because a browser's preflight (OPTIONS) carries no session. A page reads only those
    // response headers that are exposed, also on refusals.
    let cors = CorsLayer::new().allow_origin(AllowOrigin::list(origin)).allow_methods([Method::POST]);
    let cors = cors.allow_headers([header::AUTHORIZATION, header::CONTENT_TYPE]).expose_headers([header::RETRY_AFTER]);
    router.with_state(Arc::new(backend)).layer(cors.max_age(Duration::from_secs(600)))
}

/// Gives a token to an authenticated caller. The session is checked before the body is read.
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
        // Only a caller that got the cached token can name it, but its report may still be false. So the token stays in
        // the cache until a new one is fetched, and few reports cause a fetch: no session can take the token from the
        // others.
        backend.tokens.doubt(&scopes, &refused);
    }
    let bearer = backend.tokens.get(&scopes).await.map_err(|error| no_token(&error))?;
    let response = TokenResponse {
        access_token: bearer.access_token(),
        token_type: "bearer".to_owned(),
        // The token may have been in the cache for a while, so this is its remaining lifetime.
        expires_in: bearer.remaining().as_secs(),
    };
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(response)).into_response())
}

impl FromRequestParts<Arc<Backend>> for Session {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, backend: &Arc<Backend>) -> Result<Self, Response> {
        let value = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let (scheme, key) = value.and_then(|value| value.split_once(' ')).ok_or_else(no_session)?;
        // `Secret` compares in constant time. Looking the key up in a map would be faster, but its plain comparison
        // would leak by its timing how much of a guessed key is right.
        let key = Secret::from(key);
        let session = backend.sessions.iter().find(|session| session.key == key);
        session.filter(|_| scheme.eq_ignore_ascii_case("bearer")).cloned().ok_or_else(no_session)
    }
}

/// Builds an OAuth 2 error response. Its text is always ours; the service's own text goes only to the operator.
fn refuse(status: StatusCode, error: &str, description: &str) -> Response {
    let body = serde_json::json!({ "error": error, "error_description": description });
    (status, [(header::CACHE_CONTROL, "no-store")], Json(body)).into_response()
}

fn no_session() -> Response {
    let refusal = refuse(StatusCode::UNAUTHORIZED, "invalid_token", "the session key is missing or unknown");
    ([(header::WWW_AUTHENTICATE, "Bearer error=\"invalid_token\"")], refusal).into_response()
}

fn unreadable(rejection: &JsonRejection) -> Response {
    let too_large = StatusCode::PAYLOAD_TOO_LARGE;
    let status = if rejection.status() == too_large { too_large } else { StatusCode::BAD_REQUEST };
    let expected = "send a short JSON body such as {\"scope\":\"…\"}, with Content-Type: application/json";
    refuse(status, "invalid_request", expected)
}

fn no_such_scope() -> Response {
    refuse(StatusCode::BAD_REQUEST, "invalid_scope", "the scope does not exist")
}

fn no_token(error: &unloc::Error) -> Response {
    // The error is one line without secrets. Its cause, such as wrong credentials, concerns only the operator.
    let _ = writeln!(io::stderr(), "no token: {error}");
    if error.code() == Some("invalid_scope") {
        return no_such_scope();
    }
    let status = if error.is_retryable() { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::BAD_GATEWAY };
    let refusal = refuse(status, "temporarily_unavailable", "no token is available at the moment");
    // The cache fetches nothing before this pause is over. `Retry-After` is in whole seconds, so the pause is rounded
    // up.
    let seconds = |pause: Duration| (pause.as_secs() + u64::from(pause.subsec_nanos() > 0)).to_string();
    match error.retry_after() {
        Some(pause) => ([(header::RETRY_AFTER, seconds(pause))], refusal).into_response(),
        None => refusal,
    }
}

/// Lists lock holders like a program without the secret: with tokens from the backend and data from the service.
async fn list_lock_holders(
    out: &mut impl Write,
    environment: Environment,
    url: String,
    session: Secret,
) -> Result<(), Box<dyn Error>> {
    // Only the backend may see the session key: redirects are not followed, and no proxy is used for loopback.
    let http = reqwest::Client::builder().redirect(redirect::Policy::none()).no_proxy();
    let http = http.timeout(Duration::from_secs(10)).build()?;
    // The backend caches tokens, so a token that the service refused has to be reported to it.
    let source = source_fn(move |scopes: Scopes, refused: Option<Secret>| {
        let request = TokenRequest { scope: scopes.to_string(), refused };
        request_token(http.post(&url).bearer_auth(session.expose()).json(&request))
    });
    let unloc = Unloc::builder().environment(environment).token_source(source).build()?;

    let lock_holders = unloc.get_lock_holders().send().await?;
    writeln!(out, "Lock holders, listed without the secret ({}):", lock_holders.len())?;
    for lock_holder in lock_holders {
        writeln!(out, "{}", lock_holder.name)?;
    }
    Ok(())
}

/// Requests a token from the backend. The SDK caches and refreshes it like any other token.
async fn request_token(request: RequestBuilder) -> unloc::Result<Token> {
    let response = request.send().await.map_err(unloc::Error::token_unavailable)?;
    let pause = response.headers().get(header::RETRY_AFTER).and_then(|pause| pause.to_str().ok()?.parse().ok());
    match (response.error_for_status_ref(), pause) {
        (Ok(_), _) => {}
        (Err(error), Some(seconds)) => return Err(unloc::Error::token_later(error, Duration::from_secs(seconds))),
        (Err(error), None) => return Err(unloc::Error::token(error)),
    }
    let TokenResponse { access_token, token_type, expires_in } = response.json().await.map_err(unloc::Error::token)?;
    if !token_type.eq_ignore_ascii_case("bearer") {
        return Err(unloc::Error::token("the backend's token is not a bearer token"));
    }
    Ok(Token::new(access_token).expires_in(Duration::from_secs(expires_in)))
}

/// Creates two sessions with random keys. Fixed keys would be unsafe, since the service may control real doors.
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
    writeln!(out, "{address}\n\nServing tokens at /token until Ctrl-C, for {} sessions:", sessions.len())?;
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

/// Returns the origin of the pages that may call this backend, as browsers serialize it.
fn read_origin() -> Result<Option<HeaderValue>, &'static str> {
    let Some(text) = env::var_os("ORIGIN") else { return Ok(None) };
    let is_origin = |text: &&str| Url::parse(text).is_ok_and(|url| url.origin().ascii_serialization() == **text);
    let origin = text.to_str().filter(is_origin).and_then(|text| text.parse().ok());
    origin.map(Some).ok_or("ORIGIN is not the origin of a page, such as https://app.example.com, without a path")
}

/// Returns whether `--try` was given. The error does not quote other arguments: one may be a misplaced secret.
fn read_arguments() -> Result<bool, &'static str> {
    let arguments: Vec<_> = env::args_os().skip(1).collect();
    match arguments.as_slice() {
        [] => Ok(false),
        [only] if only == "--try" => Ok(true),
        _ => Err("unknown argument: the only one is --try, which lists lock holders through the backend and ends"),
    }
}
