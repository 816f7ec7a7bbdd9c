//! Provides the HTTP parts that the API and the control interface share: errors, request bodies, limits, webhook calls.

pub(crate) mod bearer;
pub(crate) mod delivery;
pub(crate) mod drain;
pub(crate) mod error;
pub(crate) mod fields;
pub(crate) mod hosts;
pub(crate) mod problem;
pub(crate) mod read_timeout;
pub(crate) mod request_body;
