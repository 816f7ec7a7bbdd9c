//! A browser, or whatever else runs `wasm32-unknown-unknown` beside JavaScript.

use std::time::Duration;

use web_time::{SystemTime, UNIX_EPOCH};

use super::BoxFuture;
use crate::error::Result;
use crate::runtime::moment::Moment;

/// Whether there is what calls run on: in a browser, always.
pub(crate) fn running() -> Result<()> {
    Ok(())
}

/// Runs a task beside the caller.
pub(crate) fn spawn(task: impl Future<Output = ()> + 'static) -> Result<()> {
    wasm_bindgen_futures::spawn_local(task);
    Ok(())
}

/// What ends after this time.
pub(crate) fn sleep(time: Duration) -> BoxFuture<'static, ()> {
    // A browser's timer counts no further, which is three weeks.
    const LONGEST: Duration = Duration::from_millis(i32::MAX as u64);
    Box::pin(gloo_timers::future::sleep(time.min(LONGEST)))
}

/// Both clocks. Whether the steady one goes on while the machine sleeps is the browser's choice; the wall clock does.
pub(crate) fn now() -> Moment {
    let wall = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Moment { steady: steady(), wall }
}

fn steady() -> Duration {
    use std::cell::LazyCell;

    use web_time::Instant;

    thread_local! { static START: LazyCell<Instant> = LazyCell::new(Instant::now); }
    START.with(|start| start.elapsed())
}

/// A number from zero up to, and without, one.
pub(crate) fn jitter() -> f64 {
    js_sys::Math::random()
}
