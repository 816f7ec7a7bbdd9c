//! Tests which operations are idempotent, so that they are retried although they may have been carried out.
//!
//! A wrong entry here lets a retry create a second key, so a change needs the same care as one of `x-idempotent`.

use std::time::Duration;

use unloc::{Operation, Outcome, RequestOptions, RetryPolicy};

use crate::operations::{Ids, calls};
use crate::support::{Response, Server, retrying};

/// Lists the idempotent operations that use POST or PATCH. Those that use other methods are idempotent anyway (RFC
/// 9110, section 9.2.2).
const IDEMPOTENT: [&str; 4] = ["discoverResources", "getToken", "updateLock", "updateLockHolder"];

fn is_idempotent(operation: &Operation) -> bool {
    !["POST", "PATCH"].contains(&operation.method) || IDEMPOTENT.contains(&operation.id)
}

#[test]
fn the_specs_and_this_list_agree_on_idempotent_operations() {
    for operation in Operation::all() {
        assert_eq!(
            operation.idempotent,
            is_idempotent(operation),
            "{}: `x-idempotent` differs from this list",
            operation.id
        );
    }
    // The first one is of version 2.
    let bound = if cfg!(feature = "v2") { &IDEMPOTENT[..] } else { &IDEMPOTENT[1..] };
    assert!(bound.iter().all(|id| Operation::find(id).is_some()));
}

#[tokio::test]
async fn only_idempotent_operations_are_retried_after_a_503() {
    let server = Server::always(Response::new(503, "")).await;
    let no_backoff =
        RequestOptions::new().retry(RetryPolicy::default().initial_backoff(Duration::ZERO).max_backoff(Duration::ZERO));
    let unloc = retrying(&server.url()).options(no_backoff).retry_budget(1000).build().unwrap();
    for call in calls() {
        let id = call.operation.id;
        let error = call.run(&unloc, &Ids::plain()).await.unwrap_err();
        let attempts = if is_idempotent(call.operation) { 3 } else { 1 };
        assert_eq!((server.take().len(), error.attempts()), (attempts, u32::try_from(attempts).unwrap()), "{id}");
        assert_eq!(error.outcome(), Outcome::Unknown, "{id}");
        assert_eq!(error.is_retryable(), is_idempotent(call.operation), "{id}");
    }
}

#[tokio::test]
async fn every_operation_is_retried_once_after_a_401() {
    let server = Server::always(Response::expired()).await;
    let unloc = retrying(&server.url()).build().unwrap();
    for call in calls() {
        let error = call.run(&unloc, &Ids::plain()).await.unwrap_err();
        assert_eq!((server.take().len(), error.attempts()), (2, 2), "{}", call.operation.id);
        assert_eq!(error.outcome(), Outcome::Rejected, "{}", call.operation.id);
    }
}
