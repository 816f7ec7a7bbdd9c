//! Receives webhooks: the service posts a key event whenever a key is used.
//!
//! `cargo run --example webhook_receiver` registers a webhook at an emulator inside this program, where somebody opens a door,
//! and ends with the event. With `UNLOC_ENVIRONMENT`, `UNLOC_CLIENT_ID` and `UNLOC_CLIENT_SECRET` set, and `WEBHOOK_URL` with
//! the address under which that service reaches this machine, it registers that one, receives on the port that `PORT` names
//! until Ctrl-C, and takes the webhook away again.
//!
//! No signature of deliveries is documented, nor order or retries. So a delivery is a hint: its id is remembered, since it may
//! come twice, and the list of events says what happened.
//!
//! ```sh
//! cargo add unloc --path ../unloc
//! cargo add unloc-emulator --path ../unloc/crates/emulator
//! cargo add tokio --features macros,net,rt-multi-thread,signal,sync
//! cargo add axum --no-default-features --features http1,json,tokio
//! cargo add futures-util
//! ```

use std::collections::HashSet;
use std::env;
use std::error::Error;
use std::io::{self, Write};
use std::net::Ipv4Addr;
use std::pin::pin;

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};
use futures_util::TryStreamExt;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use unloc::types::{KeyEvent, KeyState};
use unloc::{LockHolderClient, Unloc};
use unloc_emulator::Emulator;

/// A number kept for fiction.
const GUEST: &str = "+12125550142";
/// How many deliveries may wait for their turn; the service is told to slow down when there are more.
const QUEUE: usize = 1_000;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let given = env::var_os("UNLOC_ENVIRONMENT").is_some();
    let emulator = if given { None } else { Some(Emulator::start().await?) };
    let unloc = match &emulator {
        None => Unloc::from_env()?,
        Some(emulator) => Unloc::builder()
            .environment(emulator.base_url())
            .client_credentials(emulator.client_id(), emulator.client_secret())
            .build()?,
    };
    let lock_holders = unloc.get_lock_holders().send().await?;
    let home = unloc.lock_holder(lock_holders.first().ok_or("these credentials manage no lock holder")?)?;

    let port = env::var("PORT").ok().map_or(Ok(0), |port| port.parse())?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    let own = format!("http://{}/unloc", listener.local_addr()?);
    let (sender, events) = mpsc::channel(QUEUE);
    let router = Router::new().route("/unloc", post(receive)).with_state(sender);
    tokio::spawn(axum::serve(listener, router).into_future());

    let url = match env::var("WEBHOOK_URL") {
        Ok(url) => url,
        Err(_) if given => {
            return Err("WEBHOOK_URL is not set: under which address does the service reach this?".into());
        }
        Err(_) => own,
    };
    let webhook = home.create_webhook().webhook_url(url).send().await?;
    let out = &mut io::stdout();
    let received = match &emulator {
        None => tokio::select! {
            shown = show(out, &home, events, usize::MAX) => shown,
            _ = tokio::signal::ctrl_c() => Ok(()),
        },
        Some(emulator) => match open_a_door(emulator, &home).await {
            Ok(()) => show(out, &home, events, 1).await,
            Err(error) => Err(error),
        },
    };
    // Whatever came of it: nobody listens here any more.
    match webhook.and_then(|webhook| webhook.id) {
        Some(id) => home.delete_webhook().webhook_id(id).send().await?,
        None => writeln!(out, "the service did not say which webhook this is: look at `get_webhooks`")?,
    }
    received
}

/// Takes a delivery, and answers at once: a service that waits for long may give up, and deliver again or not at all.
async fn receive(State(events): State<mpsc::Sender<KeyEvent>>, Json(event): Json<KeyEvent>) -> StatusCode {
    match events.try_send(event) {
        Ok(()) => StatusCode::NO_CONTENT,
        Err(_) => StatusCode::SERVICE_UNAVAILABLE,
    }
}

/// Shows so many events, each once.
async fn show(
    out: &mut impl Write,
    home: &LockHolderClient,
    mut events: mpsc::Receiver<KeyEvent>,
    count: usize,
) -> Result<(), Box<dyn Error>> {
    // A program that runs for long keeps them in a database, for as long as the service keeps events.
    let mut seen = HashSet::new();
    while seen.len() < count {
        let Some(delivered) = events.recv().await else { break };
        if seen.contains(&delivered.id) {
            continue;
        }
        // Anybody could have posted it: what counts is what the service says.
        let found = home.get_key_events().items().try_filter(|event| std::future::ready(event.id == delivered.id));
        let Some(event) = pin!(found).try_next().await? else {
            writeln!(out, "a delivery of which the service knows nothing")?;
            continue;
        };
        let person = event.user_id.as_ref().map_or_else(String::new, unloc::PhoneNumber::masked);
        let lock = event.lock_name.as_deref().unwrap_or("a lock");
        writeln!(out, "{person} {} {lock} at {}", event.action, event.created.format("%Y-%m-%d %H:%M:%S UTC"))?;
        seen.insert(event.id);
    }
    Ok(())
}

/// Somebody with a new key opens the first door.
async fn open_a_door(emulator: &Emulator, home: &LockHolderClient) -> Result<(), Box<dyn Error>> {
    let locks = home.get_locks().limit(1).send().await?;
    let lock = &locks.items().first().ok_or("the lock holder has no lock")?.id;
    let key = home.create_key().lock_id(lock).user_id(GUEST).duration_minutes(60).send().await?;
    home.wait_for_key(lock, key.id.ok_or("the key has no id")?, KeyState::Active).await?;
    emulator.people().unlock(lock.as_str(), GUEST)?;
    Ok(())
}
