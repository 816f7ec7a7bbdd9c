//! Which operations are made again by themselves, one by one: a change here is a change of what happens to doors.

use std::collections::BTreeSet;
use std::time::Duration;

use unloc::{Operation, Outcome, RequestOptions, RetryPolicy};

use crate::operations::{Ids, calls};
use crate::support::{Answer, Server, repeating};

/// Every operation of both APIs, and whether doing it twice does what doing it once does.
const OPERATIONS: &[(&str, bool)] = &[
    ("createKey", false),
    ("createKeyForLockHolder", false),
    ("createLockHolder", false),
    ("createOrUpdateRole", true),
    ("createVendorAccount", false),
    ("createVendorConnection", false),
    ("createWebhook", false),
    ("createWebhookForLock", false),
    ("deleteSharedKeysForLock", true),
    ("deleteSharedKeysForUser", true),
    ("deleteWebhook", true),
    ("getIntegrator", true),
    ("getKey", true),
    ("getKeyEvents", true),
    ("getKeyEventsForLock", true),
    ("getKeys", true),
    ("getKeysForLock", true),
    ("getKeysForUser", true),
    ("getLock", true),
    ("getLockHolders", true),
    ("getLocks", true),
    ("getRoles", true),
    ("getRolesForLock", true),
    ("getRolesForUser", true),
    ("getToken", true),
    ("getVendorConnection", true),
    ("getVendorConnections", true),
    ("getWebhooks", true),
    ("refreshVendorConnection", true),
    ("updateKey", true),
    ("updateLock", true),
    ("updateLockHolder", true),
    ("updateVendorConnectionPassword", true),
];

fn is_idempotent(id: &str) -> bool {
    OPERATIONS.iter().find(|(other, _)| *other == id).expect("every operation is listed").1
}

#[test]
fn every_operation_is_listed_with_what_the_specs_say_of_it() {
    let specs: BTreeSet<_> = Operation::all().map(|operation| (operation.id, operation.idempotent)).collect();
    let listed: BTreeSet<_> = OPERATIONS.iter().copied().collect();
    assert_eq!(listed.len(), OPERATIONS.len());
    let differ: Vec<_> = specs.symmetric_difference(&listed).collect();
    assert!(differ.is_empty(), "{differ:?}: in one of the specs and this list, not in both");
}

#[tokio::test]
async fn a_busy_service_is_asked_again_for_what_can_be_repeated_and_once_for_all_else() {
    let server = Server::always(Answer::new(503, "")).await;
    let at_once = RequestOptions::new().retry(RetryPolicy::default().backoff(Duration::ZERO, Duration::ZERO));
    let unloc = repeating(&server.url()).options(at_once).retry_budget(1000).build().unwrap();
    for call in calls() {
        let id = call.operation.id;
        let error = call.run(&unloc, &Ids::plain()).await.unwrap_err();
        let times = if is_idempotent(id) { 3 } else { 1 };
        assert_eq!((server.take().len(), error.attempts()), (times, u32::try_from(times).unwrap()), "{id}");
        assert_eq!(error.outcome(), Outcome::Unknown, "{id}");
        assert_eq!(error.is_retryable(), is_idempotent(id), "{id}");
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
