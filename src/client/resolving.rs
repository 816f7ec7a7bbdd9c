//! Resolves calls of `create_key` whose outcome is unknown.

use std::time::Duration;

use ::http::header::{DATE, HeaderMap};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

use crate::error::Result;
use crate::http::poller::Poller;
use crate::http::{ApiClient, RequestOptions, Response};
use crate::model::integrator::operations::GET_KEYS_FOR_LOCK;
use crate::model::lenient::Cut;
#[cfg(feature = "typed")]
use crate::{
    client::LockHolderClient,
    model::Page,
    model::integrator::types::{CreateKeyRequest, Key, LockId},
};

/// Sets how often the list of keys is polled before a missing key counts as not created.
// Four polls take about two seconds. That is for a request that was still on its way when its connection broke.
const MAX_POLLS: u32 = 4;

/// Limits how much older than the call its key may seem.
// The service's clock is unknown if the response has no `Date`, and it may have been set since the call.
const CLOCK_SKEW: TimeDelta = TimeDelta::minutes(5);

/// Says whether a call of `create_key` created a key.
///
/// [`LockHolderClient::resolve_create_key`] returns it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
#[cfg(feature = "typed")]
#[must_use = "after an unknown outcome, what to do next depends on it"]
pub enum CreateKeyResolution {
    /// The key was created. Its `id` is missing if the service's list leaves it out.
    Created(Box<Key>),
    /// No such key appeared in four polls over about two seconds.
    ///
    /// Trust it only if neither a proxy nor the service can still hold the request. After an
    /// [`ErrorKind::Timeout`](crate::ErrorKind::Timeout) they may: resolve the call again later. After
    /// [`Outcome::Accepted`](crate::Outcome::Accepted) the service has reported success, so do not create another key.
    NotCreated,
    /// It cannot be decided automatically. Look at the keys of the lock before you create a key.
    #[non_exhaustive]
    Unknown {
        /// Says why it cannot be decided.
        reason: &'static str,
    },
}

#[cfg(feature = "typed")]
impl LockHolderClient {
    /// Finds out whether a call of [`create_key`](Self::create_key) created a key, if its error has the outcome
    /// [`Unknown`](crate::Outcome::Unknown) or [`Accepted`](crate::Outcome::Accepted).
    ///
    /// Polls the list of the lock's keys, up to four times in about two seconds, since the request may still be on its
    /// way. A call whose future was dropped can be resolved as well.
    ///
    /// The key has to be of the same lock, person and times as the request, and created since the call began. What the
    /// request leaves out is not compared, except that a request without an end creates a key without one. For a
    /// request with `duration_minutes`, any end matches, since Unloc does not document when the duration begins.
    ///
    /// The result is [`CreateKeyResolution::Unknown`] in these cases:
    ///
    /// * Two keys match.
    /// * The key that matches may be older than the call, or has no time of creation.
    /// * The service truncates the list. This reads one page.
    /// * The operation timeout ends before the last poll.
    ///
    /// `since` is the time by this machine's clock right before the call. If a response has a `Date` header, `since` is
    /// converted to the service's clock.
    ///
    /// ```no_run
    /// # async fn example(home: unloc::LockHolderClient, lock: unloc::types::LockId) -> unloc::Result<()> {
    /// use unloc::chrono::{TimeDelta, Utc};
    /// use unloc::types::CreateKeyRequest;
    /// use unloc::{CreateKeyResolution, ErrorKind, Outcome};
    ///
    /// let since = Utc::now();
    /// let request = CreateKeyRequest::builder().user_id("+12125550142").end(since + TimeDelta::hours(24)).build()?;
    /// let key = match home.create_key().lock_id(&lock).body(request.clone()).send().await {
    ///     Err(error) if matches!(error.outcome(), Outcome::Unknown | Outcome::Accepted) => {
    ///         match home.resolve_create_key(&lock, &request, since).await? {
    ///             CreateKeyResolution::Created(key) => *key,
    ///             // After a timeout, the service may still hold the request. Here the connection broke.
    ///             CreateKeyResolution::NotCreated
    ///                 if (error.kind(), error.outcome()) == (ErrorKind::Connection, Outcome::Unknown) =>
    ///             {
    ///                 home.create_key().lock_id(&lock).body(request).send().await?
    ///             }
    ///             _ => return Err(error),
    ///         }
    ///     }
    ///     created => created?,
    /// };
    /// println!("{}", key.state);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// Any error of [`get_keys_for_lock`](Self::get_keys_for_lock).
    ///
    /// # Evidence
    /// Documented: the list of a lock contains all of its keys, with the time at which each was created. Inferred: the
    /// times of a key equal those of the request to the millisecond.
    pub async fn resolve_create_key(
        &self,
        lock_id: impl Into<LockId>,
        request: &CreateKeyRequest,
        since: DateTime<Utc>,
    ) -> Result<CreateKeyResolution> {
        let (client, lock_id) = (self.client(), lock_id.into());
        let fetch = |options| self.get_keys_for_lock().lock_id(lock_id.as_str()).options(options).send_with_response();
        let options = RequestOptions::new();
        let found = resolve(&client, &options, since, fetch, |page, since| judge(page, &lock_id, request, since)).await;
        found.map(|(page, found)| resolution(&page, found))
    }
}

/// Polls the list of a lock's keys until `judge` finds a key, or a reason why none can be named. Returns the last list.
pub(super) async fn resolve<T, F: Future<Output = Result<Response<T>>>>(
    client: &ApiClient,
    options: &RequestOptions,
    since: DateTime<Utc>,
    fetch: impl Fn(RequestOptions) -> F,
    judge: impl Fn(&T, DateTime<Utc>) -> Found,
) -> Result<(T, Found)> {
    let mut poller = Poller::with_options(client, &GET_KEYS_FOR_LOCK, options);
    let mut polls = 1;
    loop {
        let response = fetch(poller.options()).await?;
        // With each response, since each has a `Date` of its own.
        let since = on_service_clock(since, response.headers(), client.config.clock.now().wall);
        let found = judge(response.value(), since);
        // A key, or a reason why none can be named, does not change by another poll. A missing key may still appear.
        if found != Found::Missing || polls == MAX_POLLS {
            return Ok((response.into_value(), found));
        }
        if !poller.pause().await {
            let why = "the operation timeout leaves no time to poll the list of keys again";
            return Ok((response.into_value(), Found::Unknown(why)));
        }
        polls += 1;
    }
}

/// Says which key of a list was created by a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// The key at this place of the list was.
    At(usize),
    Missing,
    Unknown(&'static str),
}

/// Converts a time of this machine's clock, which reads `wall` now, to the service's clock, if the response has a
/// `Date`.
fn on_service_clock(since: DateTime<Utc>, headers: &HeaderMap, wall: Duration) -> DateTime<Utc> {
    let date = headers.get(DATE).and_then(|date| httpdate::parse_http_date(date.to_str().ok()?).ok());
    let own = DateTime::UNIX_EPOCH.checked_add_signed(TimeDelta::from_std(wall).unwrap_or_default());
    // `Date` has whole seconds, and how a server rounds is unknown. One second is taken off, so that the key of this
    // call cannot seem older than the call.
    let shifted = date.zip(own).and_then(|(date, own)| {
        since.checked_add_signed(DateTime::<Utc>::from(date) - own)?.checked_sub_signed(TimeDelta::seconds(1))
    });
    shifted.unwrap_or(since).cut()
}

/// Looks for the key of the request in the list of the lock's keys.
#[cfg(feature = "typed")]
fn judge(page: &Page<Key>, lock_id: &LockId, request: &CreateKeyRequest, since: DateTime<Utc>) -> Found {
    // As JSON, like dynamic calls have them: one function decides for both.
    let keys: Vec<_> = page.iter().map(|key| serde_json::to_value(key).unwrap_or_default()).collect();
    let request = serde_json::to_value(request).unwrap_or_default();
    find(&keys, page.cursor().is_some(), lock_id.as_str(), &request, since)
}

/// Returns what was found with the key itself.
#[cfg(feature = "typed")]
fn resolution(page: &Page<Key>, found: Found) -> CreateKeyResolution {
    match found {
        Found::At(index) => match page.items().get(index) {
            Some(key) => CreateKeyResolution::Created(Box::new(key.clone())),
            None => CreateKeyResolution::NotCreated,
        },
        Found::Missing => CreateKeyResolution::NotCreated,
        Found::Unknown(reason) => CreateKeyResolution::Unknown { reason },
    }
}

/// Looks for the key of a request among the keys of a lock, both as the SDK reads and writes them.
pub(super) fn find(keys: &[Value], is_truncated: bool, lock_id: &str, request: &Value, since: DateTime<Utc>) -> Found {
    let oldest = since.checked_sub_signed(CLOCK_SKEW).unwrap_or(DateTime::<Utc>::MIN_UTC);
    let mut candidates = keys.iter().enumerate().filter(|(_, key)| {
        let is_old = time(&key["created"]).is_some_and(|created| created < oldest);
        // A key without a lock id is of this lock: the list is that of the lock.
        let elsewhere = key["lockId"].as_str().is_some_and(|other| other != lock_id);
        !is_old && !elsewhere && matches_request(key, request)
    });
    match (candidates.next(), candidates.next()) {
        // Documented as complete, but a cursor says that there are more: one of them may be the key, or a second one.
        _ if is_truncated => Found::Unknown("the list of the lock's keys is truncated"),
        (None, _) => Found::Missing,
        (Some(_), Some(_)) => Found::Unknown("several keys of the lock match the request"),
        (Some((index, key)), None) => match time(&key["created"]) {
            Some(created) if created >= since => Found::At(index),
            Some(_) => Found::Unknown("a key matches the request, but was created up to five minutes before the call"),
            None => Found::Unknown("a key matches the request, but the service does not say when it was created"),
        },
    }
}

/// Returns whether the request may have created this key.
// Properties that the request leaves to the service are not compared, since its defaults are not documented.
fn matches_request(key: &Value, request: &Value) -> bool {
    // The times of requests are cut to milliseconds: a clock reads finer, so that uncut times would hardly ever be
    // equal.
    let starts = time(&request["start"]).is_none_or(|start| time(&key["start"]) == Some(start));
    let ends = match (time(&request["end"]), request["durationMinutes"].is_null()) {
        (Some(end), true) => time(&key["end"]) == Some(end),
        (None, true) => key["end"].is_null(),
        // With both `end` and `durationMinutes`, it is not documented which counts, nor when a duration begins.
        (_, false) => !key["end"].is_null(),
    };
    let recurs = request["recurrence"].is_null() || key["recurrence"] == request["recurrence"];
    key["toUser"]["id"] == request["userId"] && starts && ends && recurs
}

/// Reads a time.
fn time(value: &Value) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(value.as_str()?).ok().map(|time| time.to_utc())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::Cursor;

    fn at(text: &str) -> DateTime<Utc> {
        format!("2030-05-01T{text}Z").parse().unwrap()
    }

    fn key(created: Option<&str>, end: Option<&str>) -> Key {
        let time = |text: &str| format!("2030-05-01T{text}Z");
        let (created, end) = (created.map(time), end.map(time));
        serde_json::from_value(json!({
            "toUser": {"id": "+12125550142"}, "state": "creating", "created": created, "end": end,
        }))
        .unwrap()
    }

    fn judged(keys: Vec<Key>, cursor: Option<&str>) -> CreateKeyResolution {
        let request = CreateKeyRequest::builder().user_id("+12125550142").end(at("18:00:00")).build().unwrap();
        let page = Page::new(keys, cursor.map(Cursor::from));
        resolution(&page, judge(&page, &"door".into(), &request, at("12:00:00")))
    }

    fn matches(key: &Key, request: &CreateKeyRequest) -> bool {
        matches_request(&serde_json::to_value(key).unwrap(), &serde_json::to_value(request).unwrap())
    }

    fn is_unknown(found: &CreateKeyResolution) -> bool {
        matches!(found, CreateKeyResolution::Unknown { .. })
    }

    #[test]
    fn a_single_matching_key_newer_than_the_call_was_created_by_it() {
        let own = key(Some("12:00:01"), Some("18:00:00"));
        assert_eq!(judged(vec![own.clone()], None), CreateKeyResolution::Created(Box::new(own.clone())));
        let others = [
            key(Some("12:00:01"), Some("18:00:01")),
            key(Some("12:00:01"), None),
            key(Some("11:00:00"), Some("18:00:00")),
            Key { lock_id: Some("gate".into()), ..own.clone() },
        ];
        assert_eq!(judged(others.to_vec(), None), CreateKeyResolution::NotCreated);
        let all = others.into_iter().chain([own.clone()]).collect();
        assert_eq!(judged(all, None), CreateKeyResolution::Created(Box::new(own)));
    }

    #[test]
    fn two_keys_a_truncated_list_and_a_possibly_older_key_are_unknown() {
        let own = || key(Some("12:00:01"), Some("18:00:00"));
        assert!(is_unknown(&judged(vec![own(), own()], None)));
        assert!(is_unknown(&judged(vec![own()], Some("next"))) && is_unknown(&judged(vec![], Some("next"))));
        assert!(is_unknown(&judged(vec![key(Some("11:58:00"), Some("18:00:00"))], None)));
        assert!(is_unknown(&judged(vec![key(None, Some("18:00:00"))], None)));
    }

    #[test]
    fn converts_the_time_of_the_call_to_the_services_clock() {
        let wall = Duration::from_secs(at("12:00:00").timestamp().unsigned_abs());
        let shifted = |date: Option<&'static str>| {
            let date = date.map(|date| (DATE, ::http::header::HeaderValue::from_static(date)));
            on_service_clock(at("11:59:50"), &date.into_iter().collect(), wall)
        };
        assert_eq!(shifted(None), at("11:59:50"));
        assert_eq!(shifted(Some("Wed, 01 May 2030 12:00:00 GMT")), at("11:59:49"));
        assert_eq!(shifted(Some("Wed, 01 May 2030 11:30:00 GMT")), at("11:29:49"));
        assert_eq!(shifted(Some("yesterday")), at("11:59:50"));
        let first = DateTime::<Utc>::MIN_UTC;
        assert_eq!(on_service_clock(first, &HeaderMap::new(), wall), first);
        let request = CreateKeyRequest::builder().user_id("+12125550142").build().unwrap();
        let found = judge(&Page::new(vec![], None), &"door".into(), &request, first);
        assert_eq!(found, Found::Missing);
    }

    #[test]
    fn does_not_compare_what_the_request_leaves_to_the_service() {
        let request = |request: Value| serde_json::from_value::<CreateKeyRequest>(request).unwrap();
        let started = Key { start: Some(at("12:00:00")), ..key(Some("12:00:01"), None) };
        assert!(matches(&started, &request(json!({"userId": "+12125550142"}))));
        assert!(!matches(&started, &request(json!({"userId": "+12125550143"}))));
        assert!(!matches(&started, &request(json!({"userId": "+12125550142", "start": "2030-05-01T13:00:00Z"}))));
        let lasting = request(json!({"userId": "+12125550142", "durationMinutes": 60}));
        assert!(!matches(&started, &lasting) && matches(&key(Some("12:00:01"), Some("13:00:01")), &lasting));
        let weekly = request(json!({"userId": "+12125550142", "recurrence": {"mon": {
            "startHour": 8, "startMinute": 0, "endHour": 9, "endMinute": 0}}}));
        assert!(!matches(&started, &weekly));
    }
}
