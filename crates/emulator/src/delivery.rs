//! Calls of webhooks, and the log of them.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::http::header::{CONTENT_TYPE, HOST, USER_AGENT};
use axum::http::{Request, Uri};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use http_body_util::Full;
use hyper_util::rt::TokioIo;
use serde::Serialize;
use serde_json::Value;
use tokio::net::TcpStream;
use tokio::sync::{mpsc, watch};
use tokio::time::timeout;

use crate::clock;
use crate::ids::Id;
use crate::state::App;

/// How long a listener may take. Nothing is documented about that.
const PATIENCE: Duration = Duration::from_secs(5);

/// How many calls the log keeps.
const KEPT: usize = 1000;

/// One call of a webhook, as the log has it.
///
/// `Debug` shows neither the address, which may hold a secret, nor the body, which names a person.
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Delivery {
    /// The webhook that was called.
    pub webhook_id: String,
    /// The key event that it was told of.
    pub event_id: String,
    /// Where it was sent.
    pub url: String,
    /// What was sent: the key event alone, as the documentation has it.
    pub body: Value,
    /// When, by the emulator's clock.
    #[serde(serialize_with = "clock::serialize")]
    pub at: DateTime<Utc>,
    /// What the listener answered with, if it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Why there is no answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
}

impl fmt::Debug for Delivery {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Delivery")
            .field("webhook_id", &self.webhook_id)
            .field("event_id", &self.event_id)
            .field("at", &self.at)
            .field("status", &self.status)
            .field("failure", &self.failure)
            .finish_non_exhaustive()
    }
}

/// What is to be sent.
pub(crate) struct Parcel {
    pub(crate) webhook_id: Id,
    pub(crate) event_id: Id,
    pub(crate) url: String,
    pub(crate) body: Value,
}

/// Takes parcels, and knows what became of them.
pub(crate) struct Post {
    out: mpsc::UnboundedSender<Parcel>,
    /// Parcels that were handed in and have no entry in the log yet.
    under_way: watch::Sender<usize>,
    log: Mutex<VecDeque<Delivery>>,
}

impl Post {
    pub(crate) fn open() -> (Self, mpsc::UnboundedReceiver<Parcel>) {
        let (out, parcels) = mpsc::unbounded_channel();
        (Self { out, under_way: watch::Sender::new(0), log: Mutex::default() }, parcels)
    }

    pub(crate) fn send(&self, parcels: Vec<Parcel>) {
        for parcel in parcels {
            self.under_way.send_modify(|count| *count += 1);
            // Once the service has stopped there is nobody to deliver, and nobody to wait for it.
            if self.out.send(parcel).is_err() {
                self.under_way.send_modify(|count| *count -= 1);
            }
        }
    }

    /// Everything that was sent so far has been answered, or has failed.
    pub(crate) async fn settled(&self) {
        let _ = self.under_way.subscribe().wait_for(|count| *count == 0).await;
    }

    pub(crate) fn log(&self) -> Vec<Delivery> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }

    fn enter(&self, delivery: Delivery) {
        let mut log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        if log.len() == KEPT {
            log.pop_front();
        }
        log.push_back(delivery);
        drop(log);
        self.under_way.send_modify(|count| *count -= 1);
    }
}

/// Delivers: the calls of one webhook one after the other, those of different ones beside each other.
pub(crate) async fn deliver(app: App, mut parcels: mpsc::UnboundedReceiver<Parcel>) {
    // Tokio's mutex serves in the order of asking, which keeps the order of events.
    let mut lines: HashMap<Id, Arc<tokio::sync::Mutex<()>>> = HashMap::new();
    while let Some(parcel) = parcels.recv().await {
        lines.retain(|_, line| Arc::strong_count(line) > 1);
        let line = Arc::clone(lines.entry(parcel.webhook_id).or_default());
        let turn = line.lock_owned();
        let app = Arc::clone(&app);
        tokio::spawn(async move {
            let _turn = turn.await;
            let at = app.now();
            let answer = timeout(PATIENCE, call(&parcel, app.leaves_the_machine)).await;
            let answer = answer.unwrap_or_else(|_| Err(format!("no answer in {} s", PATIENCE.as_secs())));
            app.post.enter(Delivery {
                webhook_id: parcel.webhook_id.to_string(),
                event_id: parcel.event_id.to_string(),
                url: parcel.url,
                body: parcel.body,
                at,
                status: answer.as_ref().ok().copied(),
                failure: answer.err(),
            });
            app.changed();
        });
    }
}

async fn call(parcel: &Parcel, leaves_the_machine: bool) -> Result<u16, String> {
    let uri: Uri = parcel.url.parse().map_err(|_| "the address cannot be read".to_owned())?;
    if uri.scheme_str() != Some("http") {
        return Err("the emulator speaks http only, not https".to_owned());
    }
    let host = uri.host().unwrap_or_default();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let is_near = bare.eq_ignore_ascii_case("localhost") || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
    if !is_near && !leaves_the_machine {
        return Err("not sent: an emulator that listens on a loopback address calls loopback addresses only".to_owned());
    }
    let stream = TcpStream::connect((bare, uri.port_u16().unwrap_or(80))).await;
    let stream = stream.map_err(|error| format!("no connection: {error}"))?;
    let handshake = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await;
    let (mut sender, connection) = handshake.map_err(|error| format!("no connection: {error}"))?;
    let connection = tokio::spawn(connection);
    // Not the authority as it stands: a user and a password before the host are no part of this header.
    let host = uri.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
    let request = Request::post(uri.path_and_query().map_or("/", |path| path.as_str()))
        .header(HOST, host)
        .header(USER_AGENT, concat!("unloc-emulator/", env!("CARGO_PKG_VERSION")))
        .header(CONTENT_TYPE, "application/json")
        .body(Full::new(Bytes::from(parcel.body.to_string())))
        .map_err(|error| format!("no request: {error}"))?;
    let answer = sender.send_request(request).await;
    connection.abort();
    answer.map(|answer| answer.status().as_u16()).map_err(|error| format!("no answer: {error}"))
}
