//! Why a request failed on its way, by the types of the errors below reqwest's: messages change with any release.

use std::error::Error as StdError;
use std::io;

/// The host name of the service could not be resolved.
#[cfg_attr(target_arch = "wasm32", allow(dead_code, reason = "a browser does not tell"))]
#[derive(Debug, thiserror::Error)]
#[error("the host name cannot be resolved: {0}")]
pub(crate) struct Unresolved(#[source] pub(crate) io::Error);

/// Why a request failed on its way.
#[cfg_attr(
    not(all(not(target_arch = "wasm32"), any(feature = "rustls", feature = "rustls-no-provider"))),
    allow(dead_code, reason = "other TLS says less, and a browser nothing")
)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// No TLS was compiled in, and the URL wants it.
    NoTls,
    /// The request cannot be sent as it is.
    Builder,
    /// The certificate is of another host.
    OtherName,
    /// The certificate does not verify, for another reason.
    Certificate,
    /// The host name has no address.
    Unresolved,
    /// There was no connection in time.
    ConnectTimeout,
    /// The other side refused the connection.
    Refused,
    /// There was no connection, for another reason.
    Unconnected,
    /// There was no response in time.
    Timeout,
    /// The connection broke.
    Broken,
}

impl Cause {
    pub(crate) fn of(error: &reqwest::Error) -> Self {
        if error.is_builder() {
            return Self::Builder;
        }
        if !could_not_connect(error) {
            return if error.is_timeout() { Self::Timeout } else { Self::Broken };
        }
        if let Some(cause) = of_tls(error) {
            return cause;
        }
        let refused = |error: &io::Error| error.kind() == io::ErrorKind::ConnectionRefused;
        if find::<Unresolved>(error).is_some() {
            Self::Unresolved
        } else if error.is_timeout() {
            Self::ConnectTimeout
        } else if find::<io::Error>(error).is_some_and(refused) {
            Self::Refused
        } else if is_without_tls(error) {
            Self::NoTls
        } else {
            Self::Unconnected
        }
    }
}

/// The first error of a type among an error and its sources; an `io::Error` has what it wraps inside and not behind it.
fn find<'a, E: StdError + 'static>(error: &'a (dyn StdError + 'static)) -> Option<&'a E> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        let inside = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        next = match inside {
            Some(inside) => Some(inside),
            None => error.source(),
        };
    }
    None
}

/// Whether there was no connection, so that nothing can have been sent.
#[cfg(not(target_arch = "wasm32"))]
fn could_not_connect(error: &reqwest::Error) -> bool {
    error.is_connect()
}

/// A browser does not tell.
#[cfg(target_arch = "wasm32")]
fn could_not_connect(_: &reqwest::Error) -> bool {
    false
}

/// hyper refuses a URL with `https` where no TLS was compiled in, before anything that has an error of the system.
fn is_without_tls(error: &reqwest::Error) -> bool {
    let compiled = cfg!(any(feature = "rustls", feature = "rustls-no-provider", feature = "native-tls"));
    let secure = error.url().is_some_and(|url| url.scheme() == "https");
    !compiled && secure && find::<io::Error>(error).is_none()
}

#[cfg(all(not(target_arch = "wasm32"), any(feature = "rustls", feature = "rustls-no-provider")))]
fn of_tls(error: &reqwest::Error) -> Option<Cause> {
    use rustls::CertificateError::{NotValidForName, NotValidForNameContext};

    if let Some(rustls::Error::InvalidCertificate(why)) = find(error) {
        let is_other = matches!(why, NotValidForName | NotValidForNameContext { .. });
        return Some(if is_other { Cause::OtherName } else { Cause::Certificate });
    }
    of_native_tls(error)
}

#[cfg(not(all(not(target_arch = "wasm32"), any(feature = "rustls", feature = "rustls-no-provider"))))]
fn of_tls(error: &reqwest::Error) -> Option<Cause> {
    of_native_tls(error)
}

/// The platform's TLS does not say by a type whether it was the certificate; what else goes wrong in a handshake is an error
/// of the connection.
#[cfg(all(not(target_arch = "wasm32"), feature = "native-tls"))]
fn of_native_tls(error: &reqwest::Error) -> Option<Cause> {
    find::<native_tls::Error>(error).filter(|error| find::<io::Error>(*error).is_none()).map(|_| Cause::Certificate)
}

#[cfg(not(all(not(target_arch = "wasm32"), feature = "native-tls")))]
fn of_native_tls(_: &reqwest::Error) -> Option<Cause> {
    None
}
