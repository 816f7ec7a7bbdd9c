//! Records the latest requests.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::domain::clock;

/// Limits the journal; the oldest entries are dropped.
const MAX_ENTRIES: usize = 1000;

/// Describes a request that got a response, or that a fault left without one.
///
/// Holds neither path nor body, because both may contain personal data.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Request {
    /// Is the request's number, counted from 1.
    pub number: u64,
    /// Is the time of the response, by the emulator's clock.
    #[serde(serialize_with = "clock::serialize")]
    pub at: DateTime<Utc>,
    /// Is the HTTP method.
    pub method: String,
    /// Is the `operationId` in the specs; `None` if the path is unknown or does not allow the method.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operation: Option<&'static str>,
    /// Is the status of the response, even if a fault truncated the response.
    ///
    /// 502 means that a fault suppressed the response, 499 that the client closed the connection before the response.
    pub status: u16,
    /// Is the duration in microseconds, on the machine's clock.
    pub micros: u64,
    /// Names the fault that applied to the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
}

/// Holds the number of requests so far, and the latest of them.
#[derive(Default)]
pub(crate) struct Journal(Mutex<(u64, VecDeque<Request>)>);

impl Journal {
    pub(crate) fn record(
        &self,
        at: DateTime<Utc>,
        method: &str,
        operation: Option<&'static str>,
        status: u16,
        took: Duration,
        fault: Option<String>,
    ) {
        let mut journal = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (count, requests) = &mut *journal;
        *count += 1;
        if requests.len() == MAX_ENTRIES {
            requests.pop_front();
        }
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        // The client chooses the method, so its length is unlimited.
        let method = method.chars().take(16).collect();
        requests.push_back(Request { number: *count, at, method, operation, status, micros, fault });
    }

    /// Returns the latest requests, the oldest first.
    pub(crate) fn read(&self) -> Vec<Request> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).1.iter().cloned().collect()
    }
}
