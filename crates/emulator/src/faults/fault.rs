//! Defines the faults that can be injected, and holds the active ones.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde::Serialize;

/// Describes a fault to inject into requests. It applies once unless [`times`](Self::times) says otherwise.
///
/// ```
/// # use std::time::Duration;
/// # use unloc_emulator::{Emulator, Fault};
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let emulator = Emulator::start().await?;
/// emulator.faults().add(Fault::status(503).on("getLocks").times(2))?; // the third call succeeds
/// emulator.faults().add(Fault::reset().carried_out().on("createKey"))?; // the key is created, the response lost
/// emulator.faults().add(Fault::rate_limited(Duration::from_secs(2)))?; // applies to the next call of any operation
/// # Ok(())
/// # }
/// ```
///
/// Faults are checked in the order in which they were added, and at most one applies to a request.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Fault {
    #[serde(skip_serializing_if = "Option::is_none")]
    operation: Option<String>,
    /// Is the number of requests to which it still applies; `None`, or null in JSON, means all.
    times: Option<u32>,
    after: u32,
    carried_out: bool,
    #[serde(flatten)]
    pub(crate) kind: FaultKind,
}

/// Is the effect of a fault.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub(crate) enum FaultKind {
    Status { status: u16, body: Option<String>, content_type: String, retry_after: Option<u64> },
    Delay { milliseconds: u64 },
    Reset,
    HalfBody,
    WrongLength,
    Silence,
    ExpiredToken,
    RevokedToken,
}

impl Fault {
    /// Responds with this status, and with an error body in the format of the API unless [`body`](Self::body) replaces
    /// it.
    pub fn status(status: u16) -> Self {
        let content_type = "application/json".to_owned();
        Self::of(FaultKind::Status { status, body: None, content_type, retry_after: None })
    }

    /// Responds with this status and an HTML page, as gateways do.
    pub fn html(status: u16) -> Self {
        let page =
            format!("<html><head><title>{status}</title></head><body><h1>{status}</h1><hr>gateway</body></html>");
        Self::status(status).body(page, "text/html")
    }

    /// Responds with 429 and `Retry-After` in whole seconds, rounded up.
    pub fn rate_limited(retry_after: Duration) -> Self {
        Self::status(429).retry_after(retry_after)
    }

    /// Delays the request by this time on the machine's clock, which is also the clock of the client's timeouts.
    pub fn delay(time: Duration) -> Self {
        Self::of(FaultKind::Delay { milliseconds: u64::try_from(time.as_millis()).unwrap_or(u64::MAX) })
    }

    /// Resets the connection instead of responding.
    pub fn reset() -> Self {
        Self::of(FaultKind::Reset)
    }

    /// Carries the request out, sends half of the response body, and closes the connection.
    pub fn half_body() -> Self {
        Self::of(FaultKind::HalfBody).carried_out()
    }

    /// Carries the request out, and sends half of the response body with a matching `Content-Length`.
    ///
    /// The response is complete for HTTP, but its JSON is truncated.
    pub fn wrong_length() -> Self {
        Self::of(FaultKind::WrongLength).carried_out()
    }

    /// Never responds, and keeps the connection open.
    pub fn silence() -> Self {
        Self::of(FaultKind::Silence)
    }

    /// Expires the request's token before its time. This request and all later ones with the token get the documented
    /// 401.
    pub fn expired_token() -> Self {
        Self::of(FaultKind::ExpiredToken)
    }

    /// Revokes the request's token. This request and all later ones with the token get a 401.
    pub fn revoked_token() -> Self {
        Self::of(FaultKind::RevokedToken)
    }

    /// Limits the fault to the operation with this `operationId` in the specs, such as `createKey` or `getToken`.
    ///
    /// Without it, the fault applies to every operation.
    #[must_use]
    pub fn on(mut self, operation: impl Into<String>) -> Self {
        self.operation = Some(operation.into());
        self
    }

    /// Applies the fault to this number of requests.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = Some(times);
        self
    }

    /// Applies the fault to every request until it is removed.
    #[must_use]
    pub fn always(mut self) -> Self {
        self.times = None;
        self
    }

    /// Skips this number of matching requests first.
    #[must_use]
    pub fn after(mut self, requests: u32) -> Self {
        self.after = requests;
        self
    }

    /// Carries the request out before the fault applies, so that only the response is lost.
    ///
    /// Without this, a reset, a silence or a status applies before the request has any effect. Faults of tokens reject
    /// the request in any case.
    #[must_use]
    pub fn carried_out(mut self) -> Self {
        self.carried_out = true;
        self
    }

    /// Sets the response body and its media type. Has an effect on faults with a status only.
    #[must_use]
    pub fn body(mut self, text: impl Into<String>, media_type: impl Into<String>) -> Self {
        if let FaultKind::Status { body, content_type, .. } = &mut self.kind {
            (*body, *content_type) = (Some(text.into()), media_type.into());
        }
        self
    }

    /// Adds `Retry-After` in whole seconds, rounded up, because 0 would mean at once. Has an effect on faults with a
    /// status only.
    #[must_use]
    pub fn retry_after(mut self, time: Duration) -> Self {
        if let FaultKind::Status { retry_after, .. } = &mut self.kind {
            *retry_after = Some(time.as_secs().saturating_add(u64::from(time.subsec_nanos() > 0)));
        }
        self
    }

    fn of(kind: FaultKind) -> Self {
        Self { operation: None, times: Some(1), after: 0, carried_out: false, kind }
    }

    pub(crate) fn is_carried_out(&self) -> bool {
        self.carried_out
    }

    /// Returns the fault's name in the journal.
    pub(crate) fn name(&self) -> String {
        match &self.kind {
            FaultKind::Status { status, .. } => format!("status {status}"),
            FaultKind::Delay { milliseconds } => format!("delay {milliseconds} ms"),
            FaultKind::Reset => "reset".to_owned(),
            FaultKind::HalfBody => "half body".to_owned(),
            FaultKind::WrongLength => "wrong length".to_owned(),
            FaultKind::Silence => "silence".to_owned(),
            FaultKind::ExpiredToken => "expired token".to_owned(),
            FaultKind::RevokedToken => "revoked token".to_owned(),
        }
    }

    fn check(&self, operations: &[&str]) -> Result<(), FaultError> {
        if let Some(operation) = &self.operation
            && !operations.contains(&operation.as_str())
        {
            return Err(FaultError::UnknownOperation(operation.clone()));
        }
        if let FaultKind::Status { status, content_type, .. } = &self.kind {
            if !(200..=599).contains(status) {
                return Err(FaultError::NoStatus(*status));
            }
            if content_type.parse::<axum::http::HeaderValue>().is_err() {
                return Err(FaultError::NoMediaType);
            }
        }
        Ok(())
    }
}

/// The fault is not valid.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FaultError {
    /// No operation of the specs has this name.
    #[error("unknown operation {0:?}: use an operationId of the specs, such as createKey")]
    UnknownOperation(String),
    /// A response cannot have this status.
    #[error("a response cannot have the status {0}: use 200 to 599")]
    NoStatus(u16),
    /// A header cannot hold this media type.
    #[error("the media type has characters that are not allowed in a header")]
    NoMediaType,
}

/// Is an active fault.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct ActiveFault {
    /// Is the id with which [`FaultControl::remove`](crate::FaultControl::remove) removes the fault.
    pub id: u64,
    /// Is the fault itself; its number of times is the number that remains.
    #[serde(flatten)]
    pub fault: Fault,
}

/// Holds the active faults. Knows the operations of the specs, so that it can reject a misspelt name.
pub(crate) struct Faults {
    operations: Vec<&'static str>,
    /// Holds the latest id, and the faults in the order in which they were added.
    list: Mutex<(u64, Vec<ActiveFault>)>,
}

impl Faults {
    pub(crate) fn new(operations: Vec<&'static str>) -> Self {
        Self { operations, list: Mutex::default() }
    }

    pub(crate) fn add(&self, fault: Fault) -> Result<u64, FaultError> {
        fault.check(&self.operations)?;
        let mut faults = self.list.lock().unwrap_or_else(PoisonError::into_inner);
        faults.0 += 1;
        let id = faults.0;
        if fault.times != Some(0) {
            faults.1.push(ActiveFault { id, fault });
        }
        Ok(id)
    }

    /// Removes a fault. Returns whether it was still active.
    pub(crate) fn remove(&self, id: u64) -> bool {
        let mut faults = self.list.lock().unwrap_or_else(PoisonError::into_inner);
        let count = faults.1.len();
        faults.1.retain(|fault| fault.id != id);
        faults.1.len() < count
    }

    pub(crate) fn clear(&self) {
        self.list.lock().unwrap_or_else(PoisonError::into_inner).1.clear();
    }

    pub(crate) fn list(&self) -> Vec<ActiveFault> {
        self.list.lock().unwrap_or_else(PoisonError::into_inner).1.clone()
    }

    /// Returns the fault that applies to a request for this operation, and decrements its remaining times.
    pub(crate) fn take_for(&self, operation: &str) -> Option<Fault> {
        let mut faults = self.list.lock().unwrap_or_else(PoisonError::into_inner);
        let mut applied = None;
        for index in 0..faults.1.len() {
            let fault = &mut faults.1[index].fault;
            if fault.operation.as_deref().is_some_and(|name| name != operation) {
                continue;
            }
            if fault.after > 0 {
                fault.after -= 1;
                continue;
            }
            applied = Some(fault.clone());
            if let Some(times) = &mut fault.times {
                *times -= 1;
                if *times == 0 {
                    faults.1.remove(index);
                }
            }
            break;
        }
        applied
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn applied(faults: &Faults, operation: &str) -> String {
        faults.take_for(operation).map(|fault| fault.name()).unwrap_or_default()
    }

    #[test]
    fn a_fault_applies_to_its_operation_after_the_skipped_requests_and_as_often_as_configured() {
        let faults = Faults::new(vec!["getLock", "getLocks"]);
        faults.add(Fault::status(503).on("getLock").after(1).times(2)).unwrap();
        faults.add(Fault::reset()).unwrap();
        let locks: Vec<_> = (0..5).map(|_| applied(&faults, "getLock")).collect();
        assert_eq!(locks, ["reset", "status 503", "status 503", "", ""]);
        assert!(faults.list().is_empty());
    }

    #[test]
    fn a_fault_without_limit_applies_until_it_is_removed() {
        let faults = Faults::new(vec!["getLock", "getLocks"]);
        let id = faults.add(Fault::silence().always()).unwrap();
        assert!((0..100).all(|_| applied(&faults, "getKeys") == "silence"));
        assert!(faults.remove(id) && !faults.remove(id));
        assert_eq!(applied(&faults, "getKeys"), "");
    }

    #[test]
    fn rejects_invalid_faults() {
        let faults = Faults::new(vec!["getLock", "getLocks"]);
        assert!(faults.add(Fault::reset().on("getlock")).unwrap_err().to_string().contains("getlock"));
        for status in [0, 99, 100, 199, 600, 1000] {
            assert_eq!(faults.add(Fault::status(status)), Err(FaultError::NoStatus(status)));
        }
        assert_eq!(faults.add(Fault::status(500).body("", "text\n")), Err(FaultError::NoMediaType));
    }
}
