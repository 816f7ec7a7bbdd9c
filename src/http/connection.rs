//! Builds the connection pool of a client.

use std::net::IpAddr;

use reqwest::Url;

use crate::error::{Error, Result};

/// Changes the settings of the HTTP client; the settings that secrecy and retries depend on are applied after it.
#[cfg(not(target_arch = "wasm32"))]
pub(crate) type Configure = Box<dyn FnOnce(reqwest::ClientBuilder) -> reqwest::ClientBuilder + Send + Sync>;
/// Has no value, because a browser's connections have no settings.
#[cfg(target_arch = "wasm32")]
pub(crate) type Configure = std::convert::Infallible;

/// Builds the connection pool for the service at this base URL.
pub(crate) fn connect(base: &Url, configure: Option<Configure>) -> Result<reqwest::Client> {
    let (loopback, unencrypted) = (is_loopback(base), base.scheme() == "http");
    if unencrypted && !loopback {
        // `Environment::Unencrypted` allows this for tests. A program that runs so by mistake must not stay unnoticed.
        let host = base.host_str().unwrap_or_default();
        tracing::warn!(target: "unloc::client", { server.address = host }, "secrets, tokens and phone numbers are sent unencrypted: use http in tests only");
    }
    builder(loopback || unencrypted, configure)?.build().map_err(Error::no_client)
}

/// Returns a builder with the SDK's settings and the caller's; with `direct`, connections bypass any proxy.
#[cfg(not(target_arch = "wasm32"))]
fn builder(direct: bool, configure: Option<Configure>) -> Result<reqwest::ClientBuilder> {
    use native::{CONNECT_TIMEOUT, POOL_IDLE_TIMEOUT, Resolver};

    // Checked here, because reqwest panics when it builds a client without a provider.
    #[cfg(all(feature = "rustls-no-provider", not(feature = "rustls")))]
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        let what =
            "no cryptography for TLS: install a rustls CryptoProvider before this call, or enable the feature `rustls`";
        return Err(Error::new(crate::error::ErrorKind::Configuration, what));
    }
    let mut builder = reqwest::Client::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .pool_idle_timeout(POOL_IDLE_TIMEOUT)
        .dns_resolver(Resolver);
    if direct {
        // A proxy cannot reach this machine's loopback addresses, and it can read everything that is sent over `http`.
        builder = builder.no_proxy();
    }
    if let Some(configure) = configure {
        builder = configure(builder);
    }
    // Applied last, so that no closure undoes these settings:
    // - A redirect would carry tokens and secrets to another host.
    // - reqwest does not know which operations are idempotent, so its retries could create a second key.
    // - A `referer` header contains the path, and paths contain phone numbers.
    // - A verbose connection logs every byte, tokens included.
    let never = (reqwest::redirect::Policy::none(), reqwest::retry::never());
    Ok(builder.redirect(never.0).retry(never.1).referer(false).connection_verbose(false))
}

/// Returns a builder for a browser's connections.
// `fetch` follows redirects whatever the SDK wants. It sends the token to another origin only if that origin's CORS
// headers allow `authorization`.
#[cfg(target_arch = "wasm32")]
#[allow(clippy::unnecessary_wraps)]
fn builder(_direct: bool, _configure: Option<Configure>) -> Result<reqwest::ClientBuilder> {
    Ok(reqwest::Client::builder())
}

/// Returns whether the host of a URL is this machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    // `Url` writes an IPv6 host in brackets, which `IpAddr` does not parse.
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(not(target_arch = "wasm32"))]
mod native {
    use std::time::Duration;

    use reqwest::dns::{Addrs, Name, Resolve, Resolving};

    use crate::error::Unresolved;

    /// Limits a connection and its TLS handshake to half of the attempt timeout, so that time for the request remains.
    pub(super) const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

    /// Limits how long an idle connection stays in the pool.
    // Node.js and other servers close idle connections after five seconds. A request that is sent on a connection at
    // that moment is lost, and whether the service acted on it is unknown. reqwest's own default of 90 s invites this.
    pub(super) const POOL_IDLE_TIMEOUT: Duration = Duration::from_secs(4);

    /// Resolves host names as the system does, and wraps errors in [`Unresolved`].
    // Without the type, only the text of the error would tell a failed lookup from a refused connection.
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
