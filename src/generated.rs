//! What the build makes of the specs; nothing here is written by hand.
#![allow(
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

pub(crate) mod auth {
    include!(concat!(env!("OUT_DIR"), "/auth.rs"));
}

pub(crate) mod integrator {
    include!(concat!(env!("OUT_DIR"), "/integrator.rs"));
}
