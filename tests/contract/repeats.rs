//! Which operations are retried although they may have been processed: a change here is a change of what happens to
//! doors.

use std::time::Duration;

use unloc::{Operation, Outcome, RequestOptions, RetryPolicy};

use crate::operations::{Ids, calls};
use crate::support::{Answer, Server, repeating};

/// The operations by POST or PATCH that do the same when done twice; those by other methods do (RFC 9110, section
/// 9.2.2).
const IDEMPOTENT: [&str; 3] = ["getToken", "updateLock", "updateLockHolder"];

fn is_idempotent(operation: &Operation) -> bool {
    !["POST", "PATCH"].contains(&operation.method) || IDEMPOTENT.contains(&operation.id)
}

#[test]
fn what_is_idempotent_beyond_its_method_is_listed_and_is_what_the_specs_say() {
    for operation in Operation::all() {
        assert_eq!(operation.idempotent, is_idempotent(operation), "{}: `x-idempotent`, and this list", operation.id);
    }
    assert!(IDEMPOTENT.iter().all(|id| Operation::find(id).is_some()));
}

#[tokio::test]
async fn a_busy_service_is_asked_again_for_what_can_be_repeated_and_once_for_all_else() {
    let server = Server::always(Answer::new(503, "")).await;
    let at_once =
        RequestOptions::new().retry(RetryPolicy::default().initial_backoff(Duration::ZERO).max_backoff(Duration::ZERO));
    let unloc = repeating(&server.url()).options(at_once).retry_budget(1000).build().unwrap();
    for call in calls() {
        let id = call.operation.id;
        let error = call.run(&unloc, &Ids::plain()).await.unwrap_err();
        let times = if is_idempotent(call.operation) { 3 } else { 1 };
        assert_eq!((server.take().len(), error.attempts()), (times, u32::try_from(times).unwrap()), "{id}");
        assert_eq!(error.outcome(), Outcome::Unknown, "{id}");
        assert_eq!(error.is_retryable(), is_idempotent(call.operation), "{id}");
    }
}

#[tokio::test]
async fn a_refused_token_is_replaced_once_whatever_the_operation() {
    let server = Server::always(Answer::expired()).await;
    let unloc = repeating(&server.url()).build().unwrap();
    for call in calls() {
        let error = call.run(&unloc, &Ids::plain()).await.unwrap_err();
        assert_eq!((server.take().len(), error.attempts()), (2, 2), "{}", call.operation.id);
        assert_eq!(error.outcome(), Outcome::Rejected, "{}", call.operation.id);
    }
}
