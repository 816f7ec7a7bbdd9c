//! Tests tokens that the service refuses before they expire.

use std::time::Duration;

use serde_json::{Value, json};
use unloc::token::source_fn;
use unloc::{ErrorKind, LockHolderClient, Scope, Scopes, Secret, Token, TokenSource, Unloc};
use unloc_emulator::Emulator;

use crate::HOME;
use crate::backend::{Backend, in_front_of};

/// Requests a token from the backend, as the README shows.
async fn ask_my_backend(url: String, session: String, scopes: Scopes, refused: Option<Secret>) -> unloc::Result<Token> {
    let mut body = json!({ "scope": scopes.to_string() });
    if let Some(refused) = refused {
        body["refused"] = refused.expose().into();
    }
    // A proxy from the environment must not see loopback traffic.
    let http = reqwest::Client::builder().no_proxy().build().map_err(unloc::Error::token)?;
    let request = http.post(url).bearer_auth(session).json(&body);
    let response = request.send().await.map_err(unloc::Error::token_unavailable)?;
    let body: Value = response.json().await.map_err(unloc::Error::token)?;
    let token = body["access_token"].as_str().ok_or_else(|| unloc::Error::token_unavailable(&body["error"]))?;
    Ok(Token::new(token).expires_in(Duration::from_secs(body["expires_in"].as_u64().unwrap())))
}

impl Backend {
    /// Returns a token source that reports refused tokens to this backend.
    fn reporting_source(&self, session: &str) -> impl TokenSource {
        let (url, session) = (format!("http://{}/token", self.host), session.to_owned());
        source_fn(move |scopes, refused| ask_my_backend(url.clone(), session.clone(), scopes, refused))
    }

    /// Returns a token source that reports nothing, although the backend caches tokens.
    fn silent_source(&self, session: &str) -> impl TokenSource {
        let (url, session) = (format!("http://{}/token", self.host), session.to_owned());
        move |scopes: Scopes| ask_my_backend(url.clone(), session.clone(), scopes, None)
    }
}

async fn office(emulator: &Emulator, source: impl TokenSource) -> (Unloc, LockHolderClient) {
    let unloc = Unloc::builder().environment(emulator.base_url()).token_source(source).build().unwrap();
    let lock_holders = unloc.get_lock_holders().send().await.unwrap();
    let home = unloc.lock_holder_by_id(lock_holders[0].id.as_str(), HOME.parse::<Scope>().unwrap());
    (unloc, home)
}

#[tokio::test]
async fn calls_succeed_after_early_expiry_when_refused_tokens_are_reported() {
    let emulator = Emulator::start().await.unwrap();
    let backend = Backend::start(&mut in_front_of(&emulator));
    let (unloc, home) = office(&emulator, backend.reporting_source(&backend.office)).await;
    home.get_locks().send().await.unwrap();
    emulator.expire_tokens();
    unloc.get_lock_holders().send().await.unwrap();
    home.get_locks().send().await.unwrap();
    // Another program works as well: it gets the fresh token from the backend's cache.
    let (_, other) = office(&emulator, backend.reporting_source(&backend.office)).await;
    other.get_locks().send().await.unwrap();
}

#[tokio::test]
async fn the_error_names_a_repeated_token_when_refused_tokens_are_not_reported() {
    let emulator = Emulator::start().await.unwrap();
    let backend = Backend::start(&mut in_front_of(&emulator));
    let (unloc, _) = office(&emulator, backend.silent_source(&backend.office)).await;
    emulator.expire_tokens();
    let error = unloc.get_lock_holders().send().await.unwrap_err();
    assert_eq!((error.kind(), error.status().unwrap().as_u16()), (ErrorKind::Service, 401));
    assert!(error.to_string().contains("the token source gave the same token again"), "{error}");
    assert!(!error.to_string().contains("fresh"), "{error}");
}
