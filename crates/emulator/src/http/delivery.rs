//! Delivers key events to webhooks, and keeps a log of the deliveries.

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

use crate::domain::clock;
use crate::domain::ids::Id;
use crate::domain::world::World;

/// Limits the time that a webhook's listener may take. The documentation gives no limit.
const WEBHOOK_TIMEOUT: Duration = Duration::from_secs(5);

/// Limits the log; the oldest entries are dropped.
const MAX_LOG_ENTRIES: usize = 1000;

/// Describes one call of a webhook.
///
/// `Debug` shows neither the address, which may hold a secret, nor the body, which names a person.
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Delivery {
    /// Is the id of the webhook.
    pub webhook_id: String,
    /// Is the id of the key event.
    pub event_id: String,
    /// Is the URL that was called.
    pub url: String,
    /// Is the request body: the key event without an envelope, as documented.
    pub body: Value,
    /// Is the time of the call, by the emulator's clock.
    #[serde(serialize_with = "clock::serialize")]
    pub at: DateTime<Utc>,
    /// Is the status of the response; `None` if there was no response.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Says why there was no response.
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

/// Is a webhook call that waits to be sent.
pub(crate) struct WebhookCall {
    pub(crate) webhook_id: Id,
    pub(crate) event_id: Id,
    pub(crate) url: String,
    pub(crate) body: Value,
}

/// Queues webhook calls and holds the log of those that ended.
pub(crate) struct Deliveries {
    sender: mpsc::UnboundedSender<WebhookCall>,
    /// Counts the calls that are queued or being sent, and so have no log entry yet.
    in_flight: watch::Sender<usize>,
    log: Mutex<VecDeque<Delivery>>,
    /// Is set if hosts other than this machine may be called.
    allows_remote_hosts: bool,
}

impl Deliveries {
    pub(crate) fn open(allows_remote_hosts: bool) -> (Self, mpsc::UnboundedReceiver<WebhookCall>) {
        let (sender, calls) = mpsc::unbounded_channel();
        (Self { sender, in_flight: watch::Sender::new(0), log: Mutex::default(), allows_remote_hosts }, calls)
    }

    pub(crate) fn send(&self, calls: Vec<WebhookCall>) {
        for call in calls {
            self.in_flight.send_modify(|count| *count += 1);
            // Fails once the service has stopped: then the call is dropped.
            if self.sender.send(call).is_err() {
                self.in_flight.send_modify(|count| *count -= 1);
            }
        }
    }

    /// Waits until no call is in flight: each one has a response or has failed.
    pub(crate) async fn settled(&self) {
        let _ = self.in_flight.subscribe().wait_for(|count| *count == 0).await;
    }

    pub(crate) fn log(&self) -> Vec<Delivery> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }

    fn record(&self, delivery: Delivery) {
        let mut log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        if log.len() == MAX_LOG_ENTRIES {
            log.pop_front();
        }
        log.push_back(delivery);
        drop(log);
        self.in_flight.send_modify(|count| *count -= 1);
    }
}

/// Sends the queued calls. Calls of one webhook are sent one after the other, those of different webhooks in parallel.
pub(crate) async fn deliver(
    world: Arc<World>,
    deliveries: Arc<Deliveries>,
    mut calls: mpsc::UnboundedReceiver<WebhookCall>,
) {
    // One mutex per webhook. Tokio's mutex is fair, so calls keep the order of events.
    let mut queues: HashMap<Id, Arc<tokio::sync::Mutex<()>>> = HashMap::new();
    while let Some(call) = calls.recv().await {
        queues.retain(|_, queue| Arc::strong_count(queue) > 1);
        let queue = Arc::clone(queues.entry(call.webhook_id).or_default());
        let permit = queue.lock_owned();
        let (world, deliveries) = (Arc::clone(&world), Arc::clone(&deliveries));
        tokio::spawn(async move {
            let _permit = permit.await;
            let at = world.now();
            let response = timeout(WEBHOOK_TIMEOUT, send(&call, deliveries.allows_remote_hosts)).await;
            let response =
                response.unwrap_or_else(|_| Err(format!("no response within {} s", WEBHOOK_TIMEOUT.as_secs())));
            deliveries.record(Delivery {
                webhook_id: call.webhook_id.to_string(),
                event_id: call.event_id.to_string(),
                url: call.url,
                body: call.body,
                at,
                status: response.as_ref().ok().copied(),
                failure: response.err(),
            });
            world.changed();
        });
    }
}

async fn send(call: &WebhookCall, allows_remote_hosts: bool) -> Result<u16, String> {
    let uri: Uri = call.url.parse().map_err(|_| "the address cannot be read".to_owned())?;
    if uri.scheme_str() != Some("http") {
        return Err("not sent: the emulator calls webhooks over http only, not https".to_owned());
    }
    let host = uri.host().unwrap_or_default();
    let hostname = host.trim_start_matches('[').trim_end_matches(']');
    let is_loopback =
        hostname.eq_ignore_ascii_case("localhost") || hostname.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
    if !is_loopback && !allows_remote_hosts {
        return Err("not sent: an emulator that listens on a loopback address calls loopback addresses only".to_owned());
    }
    let stream = TcpStream::connect((hostname, uri.port_u16().unwrap_or(80))).await;
    let stream = stream.map_err(|error| format!("no connection: {error}"))?;
    let handshake = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await;
    let (mut sender, connection) = handshake.map_err(|error| format!("no connection: {error}"))?;
    let connection = tokio::spawn(connection);
    // Not the whole authority: user name and password do not belong into this header (RFC 9110, section 7.2).
    let host = uri.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
    let request = Request::post(uri.path_and_query().map_or("/", |path| path.as_str()))
        .header(HOST, host)
        .header(USER_AGENT, concat!("unloc-emulator/", env!("CARGO_PKG_VERSION")))
        .header(CONTENT_TYPE, "application/json")
        .body(Full::new(Bytes::from(call.body.to_string())))
        .map_err(|error| format!("no request: {error}"))?;
    let response = sender.send_request(request).await;
    connection.abort();
    response.map(|response| response.status().as_u16()).map_err(|error| format!("no response: {error}"))
}
