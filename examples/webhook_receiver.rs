//! Receives webhooks: the service posts a key event whenever a key is used.
//!
//! `cargo run --example webhook_receiver` starts an emulator inside this program and registers a webhook there. It uses
//! a key, prints the event that arrives, and ends. With `UNLOC_ENVIRONMENT`, `UNLOC_CLIENT_ID` and
//! `UNLOC_CLIENT_SECRET` set, it runs against that service. `WEBHOOK_URL` is then the URL under which the service
//! reaches this machine, and `PORT` the port to listen on. It receives events until Ctrl-C, and then deletes the
//! webhook.
//!
//! The service documents neither a signature of deliveries nor their order or retries. So this program takes a delivery
//! as a hint: it skips ids that it has seen, and reads the list of events to learn what happened.
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

/// Holds a phone number that is reserved for fiction.
const GUEST: &str = "+12125550142";
/// Limits how many deliveries may be queued. Further ones are refused with 503.
const QUEUE: usize = 1_000;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let configured = env::var_os("UNLOC_ENVIRONMENT").is_some();
    let emulator = if configured { None } else { Some(Emulator::start().await?) };
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
        Err(_) if configured => {
            return Err("WEBHOOK_URL is not set: set it to the URL under which the service reaches this program".into());
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
    // The webhook is deleted also after an error, because nothing listens at its URL any more.
    match webhook.and_then(|webhook| webhook.id) {
        Some(id) => home.delete_webhook().webhook_id(id).send().await?,
        None => writeln!(out, "the service returned a webhook without its id: find it with `get_webhooks`")?,
    }
    received
}

/// Queues a delivery and responds at once: a service that has to wait may give up, and deliver again or not at all.
async fn receive(State(events): State<mpsc::Sender<KeyEvent>>, Json(event): Json<KeyEvent>) -> StatusCode {
    match events.try_send(event) {
        Ok(()) => StatusCode::NO_CONTENT,
        Err(_) => StatusCode::SERVICE_UNAVAILABLE,
    }
}

/// Prints events, each once, until `count` of them are printed.
async fn show(
    out: &mut impl Write,
    home: &LockHolderClient,
    mut events: mpsc::Receiver<KeyEvent>,
    count: usize,
) -> Result<(), Box<dyn Error>> {
    // A long-running program stores the ids in a database, for as long as the service stores events.
    let mut seen = HashSet::new();
    while seen.len() < count {
        let Some(delivered) = events.recv().await else { break };
        if seen.contains(&delivered.id) {
            continue;
        }
        // Deliveries are not signed, so anyone can post one. Only the service's own list is trusted.
        let found = home.get_key_events().items().try_filter(|event| std::future::ready(event.id == delivered.id));
        let Some(event) = pin!(found).try_next().await? else {
            writeln!(out, "ignored a delivery: the service does not list its event")?;
            continue;
        };
        let person = event.user_id.as_ref().map_or_else(String::new, unloc::PhoneNumber::masked);
        let lock = event.lock_name.as_deref().unwrap_or("a lock");
        writeln!(out, "{person} {} {lock} at {}", event.action, event.created.format("%Y-%m-%d %H:%M:%S UTC"))?;
        seen.insert(event.id);
    }
    Ok(())
}

/// Creates a key for the first lock and opens the lock with it.
async fn open_a_door(emulator: &Emulator, home: &LockHolderClient) -> Result<(), Box<dyn Error>> {
    let locks = home.get_locks().limit(1).send().await?;
    let lock = &locks.items().first().ok_or("the lock holder has no lock")?.id;
    let key = home.create_key().lock_id(lock).user_id(GUEST).duration_minutes(60).send().await?;
    home.wait_for_key(lock, key.id.ok_or("the key has no id")?, KeyState::Active).await?;
    emulator.people().unlock(lock.as_str(), GUEST)?;
    Ok(())
}
