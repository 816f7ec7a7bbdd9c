//! Threads, Tokio and the machine's clocks.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::time::Duration;

use tokio::runtime::Handle;

use super::BoxFuture;
use crate::clock::Moment;
use crate::error::{Error, ErrorKind, Result};

/// The runtime that runs here. Where none does, timers and connections would panic.
fn runtime() -> Result<Handle> {
    let what = "calls run on Tokio, and no runtime of it is running here";
    Handle::try_current().map_err(|_| Error::new(ErrorKind::Configuration, what))
}

/// Whether there is what calls run on.
pub(crate) fn running() -> Result<()> {
    runtime().map(drop)
}

/// Runs a task beside the caller.
pub(crate) fn spawn(task: impl Future<Output = ()> + Send + 'static) -> Result<()> {
    runtime()?.spawn(task);
    Ok(())
}

/// What ends after this time. Not made before it is awaited: making it needs a runtime.
pub(crate) fn sleep(time: Duration) -> BoxFuture<'static, ()> {
    Box::pin(async move { tokio::time::sleep(time).await })
}

/// Both clocks. The steady one goes on while the machine sleeps, where the system has such a clock; the standard
/// library's stands still on Linux.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub(crate) fn now() -> Moment {
    use rustix::time::{ClockId, Timespec, clock_gettime};

    let duration = |time: Timespec| Duration::try_from(time).unwrap_or_default();
    // To some milliseconds is enough of the wall clock, and costs a tenth of what the exact time does.
    Moment {
        steady: duration(clock_gettime(ClockId::Boottime)),
        wall: duration(clock_gettime(ClockId::RealtimeCoarse)),
    }
}

/// Both clocks. On these systems `CLOCK_MONOTONIC` goes on while the machine sleeps.
#[cfg(all(unix, not(any(target_os = "linux", target_os = "android"))))]
pub(crate) fn now() -> Moment {
    use rustix::time::{ClockId, clock_gettime};

    Moment { steady: Duration::try_from(clock_gettime(ClockId::Monotonic)).unwrap_or_default(), wall: wall() }
}

/// Both clocks. The standard library's steady one goes on while Windows sleeps.
#[cfg(not(unix))]
pub(crate) fn now() -> Moment {
    use std::sync::LazyLock;
    use std::time::Instant;

    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    Moment { steady: START.elapsed(), wall: wall() }
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn wall() -> Duration {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default()
}

/// A number from zero up to, and without, one.
pub(crate) fn chance() -> f64 {
    // Each of these hashers has keys of its own, drawn by the standard library; to spread retries that is enough.
    let drawn = RandomState::new().build_hasher().finish();
    f64::from(u32::try_from(drawn >> 32).unwrap_or_default()) / (f64::from(u32::MAX) + 1.0)
}

/// Whether somebody's own HTTP client follows redirects, or does not say that it does not.
///
/// reqwest has no other way to ask than how a client shows itself. If that changes, clients are refused that could be
/// trusted; that is noticed by tests, and the other way round secrets would travel.
pub(crate) fn follows_redirects(client: &reqwest::Client) -> bool {
    !format!("{client:?}").contains(r#"redirect_policy: "Policy(None)""#)
}

/// Whether there was no connection, so that nothing can have been sent.
pub(crate) fn could_not_connect(error: &reqwest::Error) -> bool {
    error.is_connect()
}

/// The connection pool; `direct` goes past any proxy. Redirects are not followed: they would carry a token or a secret
/// elsewhere.
pub(crate) fn http(direct: bool) -> Result<reqwest::Client> {
    #[cfg(all(feature = "rustls-no-provider", not(feature = "rustls")))]
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        let what = "no cryptography for TLS: install a rustls CryptoProvider first, or use the feature `rustls`";
        return Err(Error::new(ErrorKind::Configuration, what));
    }
    let mut client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(Duration::from_secs(10))
        // Servers commonly close an idle connection after five seconds; one that is about to close loses a request.
        .pool_idle_timeout(Duration::from_secs(4));
    if direct {
        // A proxy does not reach this machine's loopback, and would read what goes over `http` in the clear.
        client = client.no_proxy();
    }
    client.build().map_err(Error::no_client)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chance_is_a_share() {
        assert!((0..1000).all(|_| (0.0..1.0).contains(&chance())));
    }

    #[test]
    fn a_client_that_follows_redirects_is_known_from_one_that_does_not() {
        use reqwest::redirect::Policy;

        let follows = |policy: Option<Policy>| {
            let builder = reqwest::Client::builder();
            let builder = policy.into_iter().fold(builder, reqwest::ClientBuilder::redirect);
            follows_redirects(&builder.build().unwrap())
        };
        assert!(!follows(Some(Policy::none())));
        for policy in [
            None,
            Some(Policy::default()),
            Some(Policy::limited(0)),
            Some(Policy::custom(|attempt| attempt.error("no"))),
        ] {
            assert!(follows(policy));
        }
        assert!(!follows_redirects(&http(true).unwrap()) && !follows_redirects(&http(false).unwrap()));
    }

    #[test]
    fn both_clocks_go_on() {
        let before = now();
        // A condition, and no time: the coarse clock ticks every few milliseconds.
        while now().wall == before.wall {
            std::hint::spin_loop();
        }
        assert!(now().steady > before.steady);
    }
}
