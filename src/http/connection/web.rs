//! Calls the service through `fetch`, of the platform or of the caller.

use js_sys::Function;

use crate::error::Result;

/// Holds the `fetch` of the caller.
pub(crate) type Configure = Function;

/// Holds the function that sends requests. Without one, that is the platform's `fetch` at the time of the call.
#[derive(Clone)]
pub(crate) struct Connection(pub(crate) Option<Function>);

impl Connection {
    /// Takes the caller's `fetch`. Whether a proxy is used is for the platform to decide.
    #[allow(clippy::unnecessary_wraps, reason = "the native connection can fail")]
    pub(super) fn new(_direct: bool, configure: Option<Configure>) -> Result<Self> {
        Ok(Self(configure))
    }
}
