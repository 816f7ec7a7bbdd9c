//! Many clients at once: what one was told holds, whatever the others do.

// Clippy knows tests by their attribute and takes the helpers around them for code that ships.
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
async fn what_eight_clients_were_told_is_never_contradicted() {
    // Connections come up at once, and the clock runs: nothing waits for it.
    let service = Arc::new(Service::with(Emulator::builder().settling(Duration::ZERO)).await);
    let before: Vec<_> = service.home(0).await.keys().await.iter().map(|key| text(key, "id")).collect();
    let locks_before = service.home(0).await.locks().await;
    let shared = Arc::new(Shared::new(&service.lock_holders().await[0], &locks_before[0], &before));

    let mut clients = tokio::task::JoinSet::new();
    for number in 0..CLIENTS {
        let (service, shared) = (Arc::clone(&service), Arc::clone(&shared));
        clients.spawn(async move {
            let home = service.home(0).await;
            let mut client = Client::new(number, &home, &shared).await;
            for _ in 0..OPERATIONS {
                client.step().await;
            }
            client.check_all().await;
            client.into_told()
        });
    }
    let told = clients.join_all().await;

    // The clients are gone; what is left is what they were told, all of it and nothing else.
    let home = service.home(0).await;
    let keys: Vec<_> = home.keys().await.iter().map(|key| text(key, "id")).collect();
    let all: BTreeSet<_> = before.into_iter().chain(told.iter().flat_map(|told| told.keys.clone())).collect();
    assert_eq!(keys.len(), all.len());
    assert_eq!(keys.into_iter().collect::<BTreeSet<_>>(), all);
    let more: usize = told.iter().map(|told| told.virtual_locks).sum();
    assert_eq!(home.locks().await.len(), locks_before.len() + more);
    let holders: usize = told.iter().map(|told| told.lock_holders).sum();
    assert_eq!(service.lock_holders().await.len(), 3 + holders);
    shared.check_names(&home, &text(&locks_before[0], "id")).await;
    // Every kind of thing was done by somebody, or the rest says little.
    assert!(more > 0 && holders > 0 && told.iter().all(|told| told.keys.len() > 10));
}
