//! Builds the connection pool of a client.

use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::Url;

use crate::error::{Error, Result, Unresolved};

/// Limits a connection and its TLS handshake to half of the attempt timeout, so that time for the request remains.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Limits how long an idle connection stays in the pool.
// Node.js and other servers close idle connections after five seconds. A request that is sent on a connection at
// that moment is lost, and whether the service acted on it is unknown. reqwest's own default of 90 s invites this.
const POOL_IDLE_TIMEOUT: Duration = Duration::from_secs(4);

/// Changes the settings of the HTTP client; the settings that secrecy and retries depend on are applied after it.
pub(crate) type Configure = Box<dyn FnOnce(reqwest::ClientBuilder) -> reqwest::ClientBuilder + Send + Sync>;

/// Holds the connection pool of a client. Clones share it.
#[derive(Clone)]
pub(crate) struct Connection(pub(crate) reqwest::Client);

impl Connection {
    /// Builds a connection pool; with `direct`, connections bypass any proxy.
    pub(super) fn new(_base: &Url, direct: bool, configure: Option<Configure>) -> Result<Self> {
        builder(direct, configure)?.build().map(Self).map_err(Error::no_client)
    }
}

/// Returns a builder with the SDK's settings and the caller's; with `direct`, connections bypass any proxy.
fn builder(direct: bool, configure: Option<Configure>) -> Result<reqwest::ClientBuilder> {
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

/// Resolves host names as the system does, and wraps errors in [`Unresolved`].
// Without the type, only the text of the error would tell a failed lookup from a refused connection.
struct Resolver;

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await.map(Iterator::collect::<Vec<_>>);
            found.map(|all| -> Addrs { Box::new(all.into_iter()) }).map_err(|error| Unresolved(error).into())
        })
    }
}
