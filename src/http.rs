//! A call's way to the service and back: the pipeline makes attempts, the transport sends one, the response is decoded.

pub(crate) mod config;
pub(crate) mod connection;
pub(crate) mod decode;
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
