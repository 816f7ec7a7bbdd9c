//! Models the emulator's data and its rules: lock holders, locks, keys, recurrences, tokens, vendors. Knows nothing of
//! HTTP.

pub(crate) mod clock;
pub(crate) mod error;
pub(crate) mod formats;
pub(crate) mod ids;
pub(crate) mod jwt;
pub(crate) mod model;
pub(crate) mod people;
pub(crate) mod recurrence;
pub(crate) mod scope;
pub(crate) mod seed;
pub(crate) mod store;
pub(crate) mod token;
pub(crate) mod vendors;
pub(crate) mod world;
