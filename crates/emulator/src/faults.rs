//! Faults on demand: what goes wrong, where, and how often.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde::Serialize;

use crate::server::OPERATIONS;

/// Something that goes wrong with an operation, once unless it is told otherwise.
///
/// ```
/// # use std::time::Duration;
/// # use unloc_emulator::{Fault, Emulator};
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let emulator = Emulator::start().await?;
/// emulator.faults().add(Fault::status(503).on("getLocks").times(2))?; // the third call goes through
/// emulator.faults().add(Fault::reset().carried_out().on("createKey"))?; // the key is made, its answer lost
/// emulator.faults().add(Fault::rate_limited(Duration::from_secs(2)))?; // whichever operation comes first
/// # Ok(())
/// # }
/// ```
///
/// Faults are looked at in the order they were added, and at most one strikes a request.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Fault {
    #[serde(skip_serializing_if = "Option::is_none")]
    operation: Option<String>,
    /// How often it still strikes; null for ever.
    times: Option<u32>,
    after: u32,
    carried_out: bool,
    #[serde(flatten)]
    pub(crate) kind: FaultKind,
}

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
    /// Answers with this status, and with an error in the form of the API until [`body`](Self::body) gives another.
    pub fn status(status: u16) -> Self {
        let content_type = "application/json".to_owned();
        Self::of(FaultKind::Status { status, body: None, content_type, retry_after: None })
    }

    /// Answers with this status and a page of HTML, as gateways do.
    pub fn html(status: u16) -> Self {
        let page =
            format!("<html><head><title>{status}</title></head><body><h1>{status}</h1><hr>gateway</body></html>");
        Self::status(status).body(page, "text/html")
    }

    /// Answers 429, with `Retry-After` in whole seconds, rounded up.
    pub fn rate_limited(retry_after: Duration) -> Self {
        Self::status(429).retry_after(retry_after)
    }

    /// Answers as always, but so much later. Measured by the machine's clock, as the client's patience is.
    pub fn delay(time: Duration) -> Self {
        Self::of(FaultKind::Delay { milliseconds: u64::try_from(time.as_millis()).unwrap_or(u64::MAX) })
    }

    /// Resets the connection in place of an answer.
    pub fn reset() -> Self {
        Self::of(FaultKind::Reset)
    }

    /// Carries the request out, sends half of the answer's body, and closes the connection.
    pub fn half_body() -> Self {
        Self::of(FaultKind::HalfBody).carried_out()
    }

    /// Carries the request out, and announces a body that is shorter than the real one: what arrives is cut, but looks
    /// whole to HTTP.
    pub fn wrong_length() -> Self {
        Self::of(FaultKind::WrongLength).carried_out()
    }

    /// Never answers, and keeps the connection open.
    pub fn silence() -> Self {
        Self::of(FaultKind::Silence)
    }

    /// The request's token has expired, whatever it was promised: it meets the documented 401, now and for ever.
    pub fn expired_token() -> Self {
        Self::of(FaultKind::ExpiredToken)
    }

    /// The request's token was taken back: it meets a 401, now and for ever.
    pub fn revoked_token() -> Self {
        Self::of(FaultKind::RevokedToken)
    }

    /// Strikes this operation only, by the name it has in the specs: `createKey`, `getToken`. Else it strikes all.
    #[must_use]
    pub fn on(mut self, operation: impl Into<String>) -> Self {
        self.operation = Some(operation.into());
        self
    }

    /// Strikes so often.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = Some(times);
        self
    }

    /// Strikes every time until it is taken away.
    #[must_use]
    pub fn always(mut self) -> Self {
        self.times = None;
        self
    }

    /// Spares so many requests first.
    #[must_use]
    pub fn after(mut self, requests: u32) -> Self {
        self.after = requests;
        self
    }

    /// Carries the request out before things go wrong: only its answer is lost. Without this, a reset, a silence or a
    /// status strikes before anything is done. Faults of tokens stop a request in any case.
    #[must_use]
    pub fn carried_out(mut self) -> Self {
        self.carried_out = true;
        self
    }

    /// The body, and its media type. For faults with a status.
    #[must_use]
    pub fn body(mut self, text: impl Into<String>, media_type: impl Into<String>) -> Self {
        if let FaultKind::Status { body, content_type, .. } = &mut self.kind {
            (*body, *content_type) = (Some(text.into()), media_type.into());
        }
        self
    }

    /// Adds `Retry-After`, in whole seconds, rounded up: 0 would mean at once. For faults with a status.
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

    /// What it is called in the journal.
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

    fn check(&self) -> Result<(), FaultError> {
        if let Some(operation) = &self.operation
            && !OPERATIONS.contains(&operation.as_str())
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

/// Why a fault cannot be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FaultError {
    /// No operation of the specs has this name.
    #[error("there is no operation {0:?}: names are those of the specs, such as createKey")]
    UnknownOperation(String),
    /// No answer can have this status.
    #[error("{0} is no status an answer can have: 200 to 599")]
    NoStatus(u16),
    /// A header cannot hold this media type.
    #[error("the media type has characters that cannot stand in a header")]
    NoMediaType,
}

/// A fault that is in force.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct FaultInForce {
    /// What it is taken away by.
    pub id: u64,
    /// What it is; its number of times is what is left of it.
    #[serde(flatten)]
    pub fault: Fault,
}

#[derive(Default)]
pub(crate) struct Faults(Mutex<(u64, Vec<FaultInForce>)>);

impl Faults {
    pub(crate) fn add(&self, fault: Fault) -> Result<u64, FaultError> {
        fault.check()?;
        let mut faults = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        faults.0 += 1;
        let id = faults.0;
        if fault.times != Some(0) {
            faults.1.push(FaultInForce { id, fault });
        }
        Ok(id)
    }

    /// Whether it was still there.
    pub(crate) fn remove(&self, id: u64) -> bool {
        let mut faults = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = faults.1.len();
        faults.1.retain(|fault| fault.id != id);
        faults.1.len() < count
    }

    pub(crate) fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).1.clear();
    }

    pub(crate) fn list(&self) -> Vec<FaultInForce> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).1.clone()
    }

    /// The fault that strikes a request for this operation, which counts as one of its times.
    pub(crate) fn strike(&self, operation: &str) -> Option<Fault> {
        let mut faults = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut struck = None;
        for place in 0..faults.1.len() {
            let fault = &mut faults.1[place].fault;
            if fault.operation.as_deref().is_some_and(|name| name != operation) {
                continue;
            }
            if fault.after > 0 {
                fault.after -= 1;
                continue;
            }
            struck = Some(fault.clone());
            if let Some(times) = &mut fault.times {
                *times -= 1;
                if *times == 0 {
                    faults.1.remove(place);
                }
            }
            break;
        }
        struck
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn struck(faults: &Faults, operation: &str) -> String {
        faults.strike(operation).map(|fault| fault.name()).unwrap_or_default()
    }

    #[test]
    fn a_fault_strikes_its_operation_as_often_as_it_was_told_to_and_not_before_its_time() {
        let faults = Faults::default();
        faults.add(Fault::status(503).on("getLock").after(1).times(2)).unwrap();
        faults.add(Fault::reset()).unwrap();
        let locks: Vec<_> = (0..5).map(|_| struck(&faults, "getLock")).collect();
        assert_eq!(locks, ["reset", "status 503", "status 503", "", ""]);
        assert!(faults.list().is_empty());
    }

    #[test]
    fn a_fault_that_always_strikes_does_until_it_is_taken_away() {
        let faults = Faults::default();
        let id = faults.add(Fault::silence().always()).unwrap();
        assert!((0..100).all(|_| struck(&faults, "getKeys") == "silence"));
        assert!(faults.remove(id) && !faults.remove(id));
        assert_eq!(struck(&faults, "getKeys"), "");
    }

    #[test]
    fn what_cannot_be_is_refused() {
        let faults = Faults::default();
        assert!(faults.add(Fault::reset().on("getlock")).unwrap_err().to_string().contains("getlock"));
        for status in [0, 99, 100, 199, 600, 1000] {
            assert_eq!(faults.add(Fault::status(status)), Err(FaultError::NoStatus(status)));
        }
        assert_eq!(faults.add(Fault::status(500).body("", "text\n")), Err(FaultError::NoMediaType));
    }
}
