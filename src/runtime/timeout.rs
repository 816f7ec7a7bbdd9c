//! Waiting, but not for ever.

use std::pin::pin;
use std::time::Duration;

use futures_util::future::{Either, select};

use super::clock::Clock;

/// What the future gives, if it does so within the limit. A future that is ready wins over a limit that is over.
pub(crate) async fn timeout<F: Future>(clock: &dyn Clock, limit: Duration, future: F) -> Option<F::Output> {
    match select(pin!(future), clock.sleep(limit)).await {
        Either::Left((output, _)) => Some(output),
        Either::Right(_) => None,
    }
}
