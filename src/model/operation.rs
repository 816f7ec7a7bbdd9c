//! Describes the operations of the specs, as data.

use super::OPERATIONS;

/// Describes one operation of the Auth API or the Integrator API, or of version 2 with the feature `v2`.
///
/// ```
/// let create_key = unloc::Operation::find("createKey").unwrap();
/// assert_eq!(create_key.path, "/lock-holders/{lockHolderId}/locks/{lockId}/keys/");
/// assert!(!create_key.idempotent, "a second call creates a second key");
/// ```
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Operation {
    /// Holds the `operationId` of the spec.
    pub id: &'static str,
    /// Holds the HTTP method.
    pub method: &'static str,
    /// Holds the path template, below the API's base path.
    pub path: &'static str,
    /// Names the client that offers it, such as `Unloc` or `LockHolderClient`. It is `None` for calls without a token,
    /// which the SDK makes by itself.
    pub client: Option<&'static str>,
    /// Lists the scopes that allow it; of version 1 in both generations. The operations of [`Unloc`](crate::Unloc) also
    /// accept a token without a scope.
    pub scopes: &'static [&'static str],
    /// Is set when the operation is idempotent: a second request changes nothing more. Others are retried only while no
    /// request has reached the service, and once after a 401: see [`RetryPolicy`](crate::RetryPolicy).
    pub idempotent: bool,
    /// Is set when Unloc documents the operation. Otherwise it is known from calls of the service only, or its path or its
    /// response is inferred.
    pub documented: bool,
    /// Describes the property that the response wraps its value in, if any.
    pub(crate) envelope: Option<Envelope>,
    /// Is set when the spec marks the response as inferred. One that cannot be decoded then counts as empty.
    pub(crate) inferred: bool,
    /// Lists the properties of the response that have aliases, at any depth, with their aliases.
    pub(crate) aliases: &'static [(&'static str, &'static [&'static str])],
    /// Lists the properties of the response that only echo the request.
    pub(crate) echoes: &'static [Echo],
    /// Lists the parameters and properties of the request whose values are redacted in errors.
    pub(crate) sensitive: &'static [(&'static str, Sensitive)],
}

/// Names the kind of a sensitive value, as `x-sensitive` does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sensitive {
    PhoneNumber,
    Secret,
    Cursor,
}

/// Describes the property that a response wraps its object or list in.
// By the documents it is always there, but Postman tests of 2020 read the fields without it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Envelope {
    pub(crate) property: &'static str,
    pub(crate) required: bool,
    /// Lists the properties of the wrapped object, by which it is recognized when it comes without its envelope.
    pub(crate) inside: &'static [&'static str],
}

/// Describes a required property of a response that echoes a value of the request.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Echo {
    /// Holds the path of property names to it, from the object inside the envelope.
    pub(crate) at: &'static [&'static str],
    pub(crate) source: Source,
}

/// Says where in a request a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// The value is this property of the body.
    Property(&'static str),
    /// The value is this segment of the path below the API's base path.
    // Counted as `split('/')` does: the empty segment before the first slash is number 0.
    Segment(usize),
}

impl Operation {
    /// Returns all operations of all APIs.
    pub fn all() -> impl Iterator<Item = &'static Self> {
        OPERATIONS.iter().copied().flatten().copied()
    }

    /// Returns the operation with this `operationId`. If both versions of the API have one, it is that of version 1.
    #[must_use]
    pub fn find(id: &str) -> Option<&'static Self> {
        Self::all().find(|operation| operation.id == id)
    }
}
