//! The connection pool of a client.

use std::net::IpAddr;

use reqwest::Url;

use crate::error::{Error, Result};

/// Changes the HTTP client's settings, before those that secrecy and retries depend on.
#[cfg(not(target_arch = "wasm32"))]
pub(crate) type Configure = Box<dyn FnOnce(reqwest::ClientBuilder) -> reqwest::ClientBuilder + Send + Sync>;
/// Nothing can be set about a browser's connections.
#[cfg(target_arch = "wasm32")]
pub(crate) type Configure = std::convert::Infallible;

/// The connection pool for a service at this base URL.
pub(crate) fn connect(base: &Url, configure: Option<Configure>) -> Result<reqwest::Client> {
    let (loopback, unencrypted) = (is_loopback(base), base.scheme() == "http");
    if unencrypted && !loopback {
        let host = base.host_str().unwrap_or_default();
        tracing::warn!(target: "unloc::client", { server.address = host }, "secrets, tokens and phone numbers are sent unencrypted: for tests only");
    }
    builder(loopback || unencrypted, configure)?.build().map_err(Error::no_client)
}

/// `direct` goes past any proxy.
#[cfg(not(target_arch = "wasm32"))]
fn builder(direct: bool, configure: Option<Configure>) -> Result<reqwest::ClientBuilder> {
    use native::{CONNECT_TIMEOUT, POOL_IDLE_TIMEOUT, Resolver};

    #[cfg(all(feature = "rustls-no-provider", not(feature = "rustls")))]
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        let what = "no cryptography for TLS: install a rustls CryptoProvider first, or use the feature `rustls`";
        return Err(Error::new(crate::error::ErrorKind::Configuration, what));
    }
    let mut builder = reqwest::Client::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .pool_idle_timeout(POOL_IDLE_TIMEOUT)
        .dns_resolver(Resolver);
    if direct {
        // A proxy does not reach this machine's loopback, and would read what goes over `http` in the clear.
        builder = builder.no_proxy();
    }
    if let Some(configure) = configure {
        builder = configure(builder);
    }
    // Last, so that no closure undoes it: a redirect would carry tokens and secrets elsewhere, reqwest knows nothing of
    // operations that are not idempotent, a referer shows paths with phone numbers, and what is logged of a connection
    // is all that goes over it.
    let never = (reqwest::redirect::Policy::none(), reqwest::retry::never());
    Ok(builder.redirect(never.0).retry(never.1).referer(false).connection_verbose(false))
}

/// A browser's connections. It decides about redirects; to another origin it takes a token along only if that origin says
/// that it wants it.
#[cfg(target_arch = "wasm32")]
#[allow(clippy::unnecessary_wraps)]
fn builder(_direct: bool, _configure: Option<Configure>) -> Result<reqwest::ClientBuilder> {
    Ok(reqwest::Client::builder())
}

/// Whether a URL leads to this machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(not(target_arch = "wasm32"))]
mod native {
    use std::time::Duration;

    use reqwest::dns::{Addrs, Name, Resolve, Resolving};

    use crate::error::Unresolved;

    /// The longest time for a connection and its TLS handshake; half of what an attempt has.
    pub(super) const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

    /// How long an idle connection is kept: servers commonly close one after five seconds, and a request that is sent at that
    /// moment is lost.
    pub(super) const POOL_IDLE_TIMEOUT: Duration = Duration::from_secs(4);

    /// The system's resolver, whose errors have a type by which they are known.
    pub(super) struct Resolver;

    impl Resolve for Resolver {
        fn resolve(&self, name: Name) -> Resolving {
            Box::pin(async move {
                let found = tokio::net::lookup_host((name.as_str(), 0)).await.map(Iterator::collect::<Vec<_>>);
                found.map(|all| -> Addrs { Box::new(all.into_iter()) }).map_err(|error| Unresolved(error).into())
            })
        }
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
