//! Tests many concurrent clients: an acknowledged change of one stays visible, whatever the others do.

// Clippy allows `expect` and the like in functions with `#[test]` only, not in their helpers.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod client;
mod shared;
#[allow(dead_code, reason = "each test crate needs another part of it")]
#[path = "../service/support.rs"]
mod support;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use unloc_emulator::Emulator;

use crate::client::Client;
use crate::shared::Shared;
use crate::support::{Service, text};

const CLIENTS: u64 = 8;
const OPERATIONS: usize = 300;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn eight_concurrent_clients_see_consistent_data() {
    // Without vendor latency, connections are connected at once.
    let service = Arc::new(Service::with(Emulator::builder().vendor_latency(Duration::ZERO)).await);
    let before: Vec<_> = service.lock_holder(0).await.keys().await.iter().map(|key| text(key, "id")).collect();
    let locks_before = service.lock_holder(0).await.locks().await;
    let shared = Arc::new(Shared::new(&service.lock_holders().await[0], &locks_before[0], &before));

    let mut clients = tokio::task::JoinSet::new();
    for number in 0..CLIENTS {
        let (service, shared) = (Arc::clone(&service), Arc::clone(&shared));
        clients.spawn(async move {
            let api = service.lock_holder(0).await;
            let mut client = Client::new(number, &api, &shared).await;
            for _ in 0..OPERATIONS {
                client.step().await;
            }
            client.check_all().await;
            client.into_result()
        });
    }
    let result = clients.join_all().await;

    // At the end, the emulator has exactly the data that the clients created.
    let api = service.lock_holder(0).await;
    let keys: Vec<_> = api.keys().await.iter().map(|key| text(key, "id")).collect();
    let all: BTreeSet<_> = before.into_iter().chain(result.iter().flat_map(|result| result.keys.clone())).collect();
    assert_eq!(keys.len(), all.len());
    assert_eq!(keys.into_iter().collect::<BTreeSet<_>>(), all);
    let more: usize = result.iter().map(|result| result.virtual_locks).sum();
    assert_eq!(api.locks().await.len(), locks_before.len() + more);
    let holders: usize = result.iter().map(|result| result.lock_holders).sum();
    assert_eq!(service.lock_holders().await.len(), 3 + holders);
    shared.check_names(&api, &text(&locks_before[0], "id")).await;
    // The test means little unless the clients have created records of every kind.
    assert!(more > 0 && holders > 0 && result.iter().all(|result| result.keys.len() > 10));
}
