//! Classifies the errors of reqwest by the types of the errors below them.

use std::error::Error as StdError;
use std::io;
use std::sync::Arc;

use super::{Cause, Failed};

/// The service's host name could not be resolved; our DNS resolver returns it, so that it can be found by its type.
#[derive(Debug, thiserror::Error)]
#[error("the host name cannot be resolved: {0}")]
pub(crate) struct Unresolved(#[source] pub(crate) io::Error);

impl From<reqwest::Error> for Failed {
    fn from(error: reqwest::Error) -> Self {
        let (cause, origin) = (Cause::of(&error), error.url().map(|url| url.origin().ascii_serialization()));
        // Without its URL, since callers print the chain of sources as well.
        let error = error.without_url();
        Self { cause, origin, what: root(&error), source: Some(Arc::new(error)) }
    }
}

/// Returns the text of the innermost source.
pub(crate) fn root(error: &dyn StdError) -> String {
    // The outer layers repeat each other ("error sending request", "client error (Connect)"); only the last names the
    // cause.
    let mut last = error;
    while let Some(source) = last.source() {
        last = source;
    }
    last.to_string()
}

impl Cause {
    /// Returns the cause of a reqwest error.
    pub(crate) fn of(error: &reqwest::Error) -> Self {
        if error.is_builder() {
            return Self::Builder;
        }
        // reqwest connects and sends in one step. Without a connect error, bytes of the request may have left the
        // machine, so the outcome is unknown.
        if !error.is_connect() {
            return if error.is_timeout() { Self::Timeout } else { Self::Broken };
        }
        // Before all else: rustls wraps its error in an `io::Error`, which would count as any failed connection.
        if let Some(cause) = of_tls(error) {
            return cause;
        }
        let refused = |error: &io::Error| error.kind() == io::ErrorKind::ConnectionRefused;
        // By our resolver's own type: no stable `io::ErrorKind` tells failed name resolution from other errors.
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

/// Returns the first error of type `E` in the chain of sources.
fn find<'a, E: StdError + 'static>(error: &'a (dyn StdError + 'static)) -> Option<&'a E> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        // `io::Error::source` skips the error that it wraps and returns that one's source, so it has to be unwrapped
        // here.
        let inside = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        next = match inside {
            Some(inside) => Some(inside),
            None => error.source(),
        };
    }
    None
}

/// Returns whether an `https` URL failed because no TLS was compiled in.
fn is_without_tls(error: &reqwest::Error) -> bool {
    let compiled = cfg!(any(feature = "rustls", feature = "rustls-no-provider", feature = "native-tls"));
    let secure = error.url().is_some_and(|url| url.scheme() == "https");
    // hyper refuses the scheme before it opens a socket, so that no `io::Error` is in the chain.
    !compiled && secure && find::<io::Error>(error).is_none()
}

/// Returns the cause if a certificate was refused.
#[cfg(any(feature = "rustls", feature = "rustls-no-provider"))]
fn of_tls(error: &reqwest::Error) -> Option<Cause> {
    use rustls::CertificateError::{NotValidForName, NotValidForNameContext};

    if let Some(rustls::Error::InvalidCertificate(why)) = find(error) {
        // A certificate of another host is a matter of the address, all else of the clock or of trust: the hints
        // differ.
        let is_other = matches!(why, NotValidForName | NotValidForNameContext { .. });
        return Some(if is_other { Cause::OtherName } else { Cause::Certificate });
    }
    of_native_tls(error)
}

#[cfg(not(any(feature = "rustls", feature = "rustls-no-provider")))]
fn of_tls(error: &reqwest::Error) -> Option<Cause> {
    of_native_tls(error)
}

/// Returns the cause if the platform's TLS failed without an I/O error.
///
/// `native_tls` has no type for a refused certificate. A handshake that the other side broke off has an I/O error; what
/// remains is taken for the certificate.
#[cfg(feature = "native-tls")]
fn of_native_tls(error: &reqwest::Error) -> Option<Cause> {
    find::<native_tls::Error>(error).filter(|error| find::<io::Error>(*error).is_none()).map(|_| Cause::Certificate)
}

#[cfg(not(feature = "native-tls"))]
fn of_native_tls(_: &reqwest::Error) -> Option<Cause> {
    None
}
