//! Models the emulator's data and its rules: lock holders, locks, keys, recurrences, tokens, vendors. Knows nothing of
//! HTTP.

pub(crate) mod access_groups;
pub(crate) mod clock;
pub(crate) mod error;
pub(crate) mod formats;
pub(crate) mod ids;
pub(crate) mod jobs;
pub(crate) mod jwt;
pub(crate) mod model;
pub(crate) mod offboarding;
pub(crate) mod people;
pub(crate) mod recurrence;
pub(crate) mod resource;
pub(crate) mod revocation;
pub(crate) mod scope;
pub(crate) mod seed;
pub(crate) mod store;
pub(crate) mod token;
pub(crate) mod vendors;
pub(crate) mod version;
pub(crate) mod world;
