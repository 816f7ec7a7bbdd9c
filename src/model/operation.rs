//! What the specs say about each operation, as data.

use super::OPERATIONS;

/// One operation of the two APIs.
///
/// ```
/// let create_key = unloc::Operation::find("createKey").unwrap();
/// assert_eq!(create_key.path, "/lock-holders/{lockHolderId}/locks/{lockId}/keys/");
/// assert!(!create_key.idempotent, "a second call makes a second key");
/// ```
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Operation {
    /// Its `operationId`.
    pub id: &'static str,
    /// HTTP method.
    pub method: &'static str,
    /// Path template below the API's base path.
    pub path: &'static str,
    /// The name of the client that offers it: `Unloc`, `LockHolderClient`. `None` for the token call, which the SDK makes by
    /// itself.
    pub client: Option<&'static str>,
    /// The scopes that open it, in both generations; an unscoped token opens what [`Unloc`](crate::Unloc) offers.
    pub scopes: &'static [&'static str],
    /// Whether sending it twice does what sending it once does.
    pub idempotent: bool,
    /// Whether the vendor documents it; otherwise its path or its answer is inferred.
    pub documented: bool,
    pub(crate) envelope: Option<Envelope>,
    /// Whether the spec marks the response as inferred: one that cannot be read holds nothing.
    pub(crate) inferred: bool,
    /// Properties of the response that have other names as well, anywhere in it.
    pub(crate) aliases: &'static [(&'static str, &'static [&'static str])],
    /// What the response only repeats of the request.
    pub(crate) echoes: &'static [Echo],
    /// Parameters and properties of the request whose values must not come back in an error.
    pub(crate) sensitive: &'static [(&'static str, Sensitive)],
}

/// What `x-sensitive` says of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sensitive {
    PhoneNumber,
    Secret,
    Cursor,
}

/// The property that an answer wraps its object or list in.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Envelope {
    pub(crate) property: &'static str,
    pub(crate) required: bool,
    /// The properties of what stands inside, by which it is known when it stands bare.
    pub(crate) inside: &'static [&'static str],
}

/// A required property of a response that repeats what the call said.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Echo {
    /// The names that lead to it, from the object inside the envelope on.
    pub(crate) at: &'static [&'static str],
    pub(crate) source: Source,
}

/// Where a request says something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// In this property of its body.
    Property(&'static str),
    /// In this segment of its path below the API's base path, the empty one before the first slash counted.
    Segment(usize),
}

impl Operation {
    /// All operations of all APIs.
    pub fn all() -> impl Iterator<Item = &'static Self> {
        OPERATIONS.iter().copied().flatten().copied()
    }

    /// The operation with this `operationId`.
    #[must_use]
    pub fn find(id: &str) -> Option<&'static Self> {
        Self::all().find(|operation| operation.id == id)
    }
}
