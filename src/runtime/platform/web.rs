//! Implements the platform for `wasm32-unknown-unknown` with JavaScript, as in a browser.

use std::time::Duration;

use web_time::{SystemTime, UNIX_EPOCH};

use super::BoxFuture;
use crate::error::Result;
use crate::runtime::moment::Moment;

/// Succeeds always: a browser's event loop is always there.
pub(crate) fn running() -> Result<()> {
    Ok(())
}

/// Spawns a task on the browser's event loop.
pub(crate) fn spawn(task: impl Future<Output = ()> + 'static) -> Result<()> {
    wasm_bindgen_futures::spawn_local(task);
    Ok(())
}

/// Returns a future that completes after this time, never before.
pub(crate) fn sleep(time: Duration) -> BoxFuture<'static, ()> {
    // `setTimeout` takes a signed 32-bit number of milliseconds, about 25 days. It fires at once for anything longer.
    const LONGEST: Duration = Duration::from_millis(i32::MAX as u64);
    // It takes whole milliseconds, and some platforms fire one early by their own clock. Whoever waits for the end of a
    // backoff must not find it still on.
    const LATE: Duration = Duration::from_millis(2);
    Box::pin(gloo_timers::future::sleep(time.saturating_add(LATE).min(LONGEST)))
}

/// Returns the time on both clocks.
pub(crate) fn now() -> Moment {
    // Browsers differ in whether the steady clock continues while the machine sleeps; the wall clock always does.
    let wall = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Moment { steady: steady(), wall }
}

fn steady() -> Duration {
    use std::cell::LazyCell;

    use web_time::Instant;

    // For each thread: workers have time origins of their own.
    thread_local! { static START: LazyCell<Instant> = LazyCell::new(Instant::now); }
    START.with(|start| start.elapsed())
}

/// Returns a random number from zero up to, but not including, one.
pub(crate) fn jitter() -> f64 {
    js_sys::Math::random()
}
