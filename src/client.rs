//! Contains the clients and their builder.

mod builder;
mod credentials;
#[cfg(feature = "dynamic")]
pub mod dynamic;
mod environment;
mod lock_holder;
#[cfg(any(feature = "dynamic", feature = "typed"))]
mod resolving;
mod unloc;
#[cfg(feature = "v2")]
pub(crate) mod version2;
#[cfg(any(feature = "dynamic", feature = "typed"))]
mod waiting;

pub use builder::UnlocBuilder;
pub use credentials::ClientCredentials;
pub use environment::Environment;
pub use lock_holder::LockHolderClient;
#[cfg(feature = "typed")]
pub use resolving::CreateKeyResolution;
pub use unloc::Unloc;

pub(crate) use generated::*;

/// Contains the code that the build generates from the specs.
// Its lints are off, since only the generator can change it. `unloc-codegen` has tests of its own.
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
    // One module for each `openapi/{api}.yaml`.
    include!(concat!(env!("OUT_DIR"), "/clients.rs"));

    /// Contains the bindings for the rows of `tests/awkward/`; only that package compiles it.
    #[cfg(unloc_awkward)]
    pub(crate) mod awkward {
        include!(concat!(env!("OUT_DIR"), "/rows_client.rs"));
    }
}
