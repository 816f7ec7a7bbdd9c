//! Names the versions of the API.

/// Is a version of the API. Both act on the same data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ApiVersion {
    V1,
    V2,
}
