//! Sends calls to the service and decodes the responses.
//!
//! The pipeline makes the attempts of a call, the transport sends one attempt, and `decode` turns the body into a
//! value.

pub(crate) mod config;
pub(crate) mod connection;
pub(crate) mod decode;
#[cfg(feature = "dynamic")]
pub(crate) mod dynamic;
pub(crate) mod options;
pub(crate) mod pages;
pub(crate) mod path;
pub(crate) mod pipeline;
pub(crate) mod poller;
pub(crate) mod request;
pub(crate) mod response;
pub(crate) mod retry;
mod transport;

pub(crate) use config::ApiClient;
pub use options::RequestOptions;
pub use pages::Paged;
pub use response::Response;
pub use retry::RetryPolicy;
