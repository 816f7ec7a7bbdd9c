//! Emulates Unloc's smart-lock APIs locally, with state, for tests and for development without a network.
//!
//! Start an emulator in a test and point your client at it:
//!
//! ```
//! use unloc_emulator::{Emulator, Fault};
//!
//! #[tokio::main(flavor = "current_thread")]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let emulator = Emulator::start().await?;
//!     println!("{} {} {}", emulator.base_url(), emulator.client_id(), emulator.client_secret());
//!     // … your client calls this base URL with these credentials …
//!     emulator.faults().add(Fault::status(503).on("getLocks"))?;
//!     // … its next getLocks gets a 503, and the one after that succeeds …
//!     Ok(())
//! }
//! ```
//!
//! The emulator implements version 2 of the API, and version 1 (the Auth API and the Integrator API), as they are
//! documented. Both act on the same data. Requests are validated strictly: an error names the field and the limit.
//! Version 2 is below `/v2`. Its organization is [`Emulator::organization_id`], and its projects are the lock holders. Any HTTP client can call it:
//!
//! ```
//! use serde_json::{Value, json};
//! use unloc_emulator::Emulator;
//!
//! #[tokio::main(flavor = "current_thread")]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let emulator = Emulator::start().await?;
//!     let http = reqwest::Client::new();
//!     let token_request = http.post(format!("{}/auth/v1/token/", emulator.base_url())).json(&json!({
//!         "grant_type": "client_credentials",
//!         "client_id": emulator.client_id(),
//!         "client_secret": emulator.client_secret(),
//!     }));
//!     let token: Value = token_request.send().await?.json().await?;
//!     let list_request = http
//!         .get(format!("{}/integrators/v1/lock-holders/", emulator.base_url()))
//!         .bearer_auth(token["access_token"].as_str().unwrap_or_default());
//!     let list: Value = list_request.send().await?.json().await?;
//!     assert_eq!(list["lockHolders"][0]["name"], "Fjordgløtt Utleie");
//!     Ok(())
//! }
//! ```
//!
//! [`Emulator`] controls everything that the APIs cannot: the [clock](Emulator::clock), [people](Emulator::people) who
//! use keys, the [vendors](Emulator::vendors) of locks, [faults](Emulator::faults) and [quirks](Emulator::set_quirks).
//! Other languages have the same functions over HTTP, below `/_emulator/`; the README documents them.
//!
//! The sample data is fictional. Its ids are the same at each start, and its dates are relative to the start. The
//! emulator does not use the crate `unloc`, which is tested against it, so the two do not share their mistakes.

mod api;
mod control;
mod domain;
mod emulator;
mod faults;
mod http;
#[cfg(feature = "page")]
mod page;
mod server;
mod service;

pub use chrono;
pub use control::groups::{AccessGroupSnapshot, SubprojectSnapshot};
pub use control::handles::{ClockControl, FaultControl};
pub use control::people::People;
pub use control::snapshot::{ConnectionSnapshot, KeySnapshot, LockHolderSnapshot, LockSnapshot, Snapshot};
pub use control::vendors::Vendors;
#[doc(hidden)]
pub use domain::clock::parse_start;
pub use domain::error::Refused;
pub use emulator::Emulator;
pub use emulator::builder::{EmulatorBuilder, StartError};
pub use faults::fault::{ActiveFault, Fault, FaultError};
pub use faults::journal::Request;
pub use faults::quirks::{Quirk, UnknownQuirk};
pub use http::delivery::Delivery;

/// Runs the README's examples as documentation tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
