//! The clients, and how they are built.

mod builder;
mod credentials;
mod environment;
mod lock_holder;
mod resolving;
mod unloc;
mod waiting;

pub use builder::UnlocBuilder;
pub use credentials::ClientCredentials;
pub use environment::Environment;
pub use lock_holder::LockHolderClient;
pub use resolving::CreateKeyResolution;
pub use unloc::Unloc;

pub(crate) use generated::*;

/// What the build makes of the specs; nothing here is written by hand.
#[allow(
    clippy::all,
    clippy::pedantic,
    clippy::restriction,
    dead_code,
    missing_docs,
    unreachable_pub,
    unused_imports,
    unused_mut,
    unused_qualifications
)]
mod generated {
    // A module for each `openapi/{api}.yaml`.
    include!(concat!(env!("OUT_DIR"), "/clients.rs"));

    /// The rows of `tests/awkward/`, in its package alone.
    #[cfg(unloc_awkward)]
    pub(crate) mod awkward {
        include!(concat!(env!("OUT_DIR"), "/rows_client.rs"));
    }
}
