//! What time it is in the sandbox.

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serializer;

/// The sandbox's only source of time.
///
/// Everything that depends on time (a token's end, a key's state, `created`) asks this seam and derives its answer
/// on reading. There are no background tasks that could lag behind a clock that was moved.
pub(crate) trait Clock: Send + Sync {
    fn now(&self) -> DateTime<Utc>;
}

/// The machine's own clock.
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }
}

/// The form all dates of the API have: `2020-01-15T14:08:47.000Z`.
pub(crate) fn serialize<S: Serializer>(date: &DateTime<Utc>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&date.to_rfc3339_opts(SecondsFormat::Millis, true))
}

/// A date that may be null. Null is written out, as the documentation's examples do.
pub(crate) fn serialize_nullable<S: Serializer>(
    date: &Option<DateTime<Utc>>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match date {
        Some(date) => serialize(date, serializer),
        None => serializer.serialize_none(),
    }
}
