//! Measures the memory of a full token cache by the allocator. It is alone in its program, so nothing else is counted.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the failure")]

use std::alloc::System;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use unloc::token::{Token, TokenCache};
use unloc::{Scope, Scopes};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// Is the default capacity of the cache.
const SCOPES: usize = 10_000;
/// Limits the memory of the full cache, in bytes.
const MOST: isize = 10_000_000;

fn scopes(number: usize) -> Scopes {
    Scope::lock_holder_identifier("NO", &format!("919424508-{number:08}"), "block-b").unwrap().into()
}

fn held(region: &Region<'_, System>) -> isize {
    let change = region.change();
    let of = |bytes: usize| isize::try_from(bytes).unwrap();
    // Reallocations are part of both counts already, so they are not added.
    of(change.bytes_allocated) - of(change.bytes_deallocated)
}

#[tokio::test]
async fn ten_thousand_scopes_take_at_most_ten_megabytes_and_more_are_evicted() {
    let fetches = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&fetches);
    let cache = TokenCache::new(move |_: Scopes| {
        counter.fetch_add(1, Ordering::SeqCst);
        // A JWT with a few claims has about this length.
        async { Ok(Token::new("x".repeat(500)).expires_in(Duration::from_secs(3600))) }
    });
    let region = Region::new(ALLOCATOR);
    for number in 0..SCOPES {
        cache.get(&scopes(number)).await.unwrap();
    }
    let full = held(&region);
    println!("{SCOPES} scopes: {} kB, {} bytes each", full / 1000, full / isize::try_from(SCOPES).unwrap());
    assert!(full <= MOST, "{full} bytes");
    assert_eq!(cache.stats().entries, SCOPES);
    for number in 0..SCOPES {
        cache.get(&scopes(number)).await.unwrap();
    }
    assert_eq!(fetches.load(Ordering::SeqCst), SCOPES, "each token is cached");

    for number in SCOPES..3 * SCOPES {
        cache.get(&scopes(number)).await.unwrap();
        assert!(number % 1000 > 0 || cache.stats().entries <= SCOPES);
    }
    let later = held(&region);
    assert!(later <= MOST, "{later} bytes");
    cache.get(&scopes(3 * SCOPES - 1)).await.unwrap();
    assert_eq!(fetches.load(Ordering::SeqCst), 3 * SCOPES, "the newest token is cached");
    cache.get(&scopes(0)).await.unwrap();
    assert_eq!(fetches.load(Ordering::SeqCst), 3 * SCOPES + 1, "the oldest token was evicted");
    assert!(cache.stats().evicted >= 2 * SCOPES as u64);
}
