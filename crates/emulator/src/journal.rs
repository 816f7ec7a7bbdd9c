//! The latest requests, for whoever wants to see what a client does.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::clock;

/// How many requests are remembered.
const KEPT: usize = 1000;

/// A request that was answered, or by a fault left without an answer. Holds neither its path nor its body, in which
/// people may be named.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Request {
    /// Counts from 1.
    pub number: u64,
    /// When it was answered, by the emulator's clock.
    #[serde(serialize_with = "clock::serialize")]
    pub at: DateTime<Utc>,
    /// Its HTTP method.
    pub method: String,
    /// The operation, by the name it has in the specs; none if there is nothing at its path, or not by this method.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operation: Option<&'static str>,
    /// The status of the answer, also where the answer was spoiled on its way; 502 where a fault left it out, 499 where the
    /// client gave up before there was one.
    pub status: u16,
    /// How long it took, in microseconds on the machine's clock.
    pub micros: u64,
    /// What was done to the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
}

#[derive(Default)]
pub(crate) struct Journal(Mutex<(u64, VecDeque<Request>)>);

impl Journal {
    pub(crate) fn enter(
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
        if requests.len() == KEPT {
            requests.pop_front();
        }
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        // Anybody can send a method of any length.
        let method = method.chars().take(16).collect();
        requests.push_back(Request { number: *count, at, method, operation, status, micros, fault });
    }

    /// The oldest first.
    pub(crate) fn read(&self) -> Vec<Request> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).1.iter().cloned().collect()
    }
}
