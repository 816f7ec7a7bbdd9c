//! Tokens that die before their time.

use std::time::Duration;

use serde_json::{Value, json};
use unloc::token::source_fn;
use unloc::{ErrorKind, LockHolderClient, Scope, Scopes, Secret, Token, TokenSource, Unloc};
use unloc_emulator::Emulator;

use crate::HOME;
use crate::backend::{Backend, in_front_of};

/// What the README says a program without the secret does.
async fn ask_my_backend(url: String, session: String, scopes: Scopes, refused: Option<Secret>) -> unloc::Result<Token> {
    let mut body = json!({ "scope": scopes.to_string() });
    if let Some(refused) = refused {
        body["refused"] = refused.expose().into();
    }
    // What goes over loopback is no affair of a proxy.
    let http = reqwest::Client::builder().no_proxy().build().map_err(unloc::Error::token)?;
    let request = http.post(url).bearer_auth(session).json(&body);
    let answer = request.send().await.map_err(unloc::Error::token_unavailable)?;
    let answer: Value = answer.json().await.map_err(unloc::Error::token)?;
    let token = answer["access_token"].as_str().ok_or_else(|| unloc::Error::token_unavailable(&answer["error"]))?;
    Ok(Token::new(token).expires_in(Duration::from_secs(answer["expires_in"].as_u64().unwrap())))
}

impl Backend {
    /// A source of tokens that tells this backend which one was refused.
    fn hearing(&self, session: &str) -> impl TokenSource {
        let (url, session) = (format!("http://{}/token", self.host), session.to_owned());
        source_fn(move |scopes, refused| ask_my_backend(url.clone(), session.clone(), scopes, refused))
    }

    /// One that does not, though the backend keeps tokens.
    fn deaf(&self, session: &str) -> impl TokenSource {
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
async fn tokens_that_die_early_go_unnoticed_where_the_backend_hears_of_it() {
    let emulator = Emulator::start().await.unwrap();
    let backend = Backend::start(&mut in_front_of(&emulator));
    let (unloc, home) = office(&emulator, backend.hearing(&backend.office)).await;
    home.get_locks().send().await.unwrap();
    emulator.expire_tokens();
    unloc.get_lock_holders().send().await.unwrap();
    home.get_locks().send().await.unwrap();
    // So do those of other programs, which find the next token in the backend already.
    let (_, tenants) = office(&emulator, backend.hearing(&backend.office)).await;
    tenants.get_locks().send().await.unwrap();
}

#[tokio::test]
async fn where_the_backend_does_not_hear_of_a_dead_token_the_error_says_that_it_is_the_same_again() {
    let emulator = Emulator::start().await.unwrap();
    let backend = Backend::start(&mut in_front_of(&emulator));
    let (unloc, _) = office(&emulator, backend.deaf(&backend.office)).await;
    emulator.expire_tokens();
    let error = unloc.get_lock_holders().send().await.unwrap_err();
    assert_eq!((error.kind(), error.status().unwrap().as_u16()), (ErrorKind::Service, 401));
    assert!(error.to_string().contains("the token source gave the same token again"), "{error}");
    assert!(!error.to_string().contains("fresh"), "{error}");
}
