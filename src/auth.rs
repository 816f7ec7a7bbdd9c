//! Which token a call carries: scopes, sources of tokens, and the cache of what they gave.

pub(crate) mod scope;
pub mod token;
