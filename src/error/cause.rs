//! Classifies transport failures by their types, because messages change with any release.

#[cfg(not(target_arch = "wasm32"))]
mod native;

use std::error::Error as StdError;
use std::sync::Arc;

#[cfg(not(target_arch = "wasm32"))]
pub(crate) use native::{Unresolved, root};

/// Says why a request failed in transport.
#[cfg_attr(
    not(all(not(target_arch = "wasm32"), any(feature = "rustls", feature = "rustls-no-provider"))),
    allow(dead_code, reason = "other TLS libraries and JavaScript report less")
)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// The URL begins with `https`, and no TLS was compiled in.
    NoTls,
    /// The request itself is invalid.
    Builder,
    /// The certificate is for another host name.
    OtherName,
    /// The certificate does not verify for another reason.
    Certificate,
    /// The host name has no IP address.
    Unresolved,
    /// The connection attempt timed out.
    ConnectTimeout,
    /// The host refused the connection.
    Refused,
    /// There was no connection for another reason.
    Unconnected,
    /// The request may have been sent, and the response timed out.
    Timeout,
    /// The connection broke after the request may have been sent.
    Broken,
}

/// Describes a request that got no response.
pub(crate) struct Failed {
    pub(crate) cause: Cause,
    /// Holds scheme, host and port of the URL.
    pub(crate) origin: Option<String>,
    /// Holds the text of the platform's error.
    pub(crate) what: String,
    /// Holds the platform's error, without the URL.
    pub(crate) source: Option<Arc<dyn StdError + Send + Sync>>,
}
