//! Connects a client to its service.

#[cfg(not(target_arch = "wasm32"))]
mod native;
#[cfg(target_arch = "wasm32")]
mod web;

use std::net::IpAddr;

use url::Url;

use crate::error::Result;
#[cfg(not(target_arch = "wasm32"))]
pub(crate) use native::{Configure, Connection};
#[cfg(target_arch = "wasm32")]
pub(crate) use web::{Configure, Connection};

/// Connects to the service at this base URL. Nothing is sent yet.
pub(crate) fn connect(base: &Url, configure: Option<Configure>) -> Result<Connection> {
    let (loopback, unencrypted) = (is_loopback(base), base.scheme() == "http");
    if unencrypted && !loopback {
        // `Environment::Unencrypted` allows this for tests. A program that runs so by mistake must not stay unnoticed.
        let host = base.host_str().unwrap_or_default();
        tracing::warn!(target: "unloc::client", { server.address = host }, "secrets, tokens and phone numbers are sent unencrypted: use http in tests only");
    }
    Connection::new(base, loopback || unencrypted, configure)
}

/// Returns whether the host of a URL is this machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    // `Url` writes an IPv6 host in brackets, which `IpAddr` does not parse.
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
