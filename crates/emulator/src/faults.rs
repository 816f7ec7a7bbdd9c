//! Implements everything between a client and the API: connections, faults, quirks, and the journal of requests.

pub(crate) mod connection;
pub(crate) mod cross_origin;
pub(crate) mod fault;
pub(crate) mod journal;
pub(crate) mod listener;
pub(crate) mod middleware;
pub(crate) mod quirks;
mod rewrite;
mod truncate;
