//! Decides which token a call carries: scopes, token sources, and the token cache.

pub(crate) mod scope;
pub mod token;
