//! Limits how long a future may take.

use std::pin::pin;
use std::time::Duration;

use futures_util::future::{Either, select};

use super::clock::Clock;

/// Returns the future's output, or `None` if the future takes longer than the limit.
pub(crate) async fn timeout<F: Future>(clock: &dyn Clock, limit: Duration, future: F) -> Option<F::Output> {
    // By this crate's clock and not `tokio::time::timeout`: tests replace the clock, and browsers have no Tokio timer.
    // `select` polls the future first, so an output that is ready wins over a limit that has passed.
    match select(pin!(future), clock.sleep(limit)).await {
        Either::Left((output, _)) => Some(output),
        Either::Right(_) => None,
    }
}
