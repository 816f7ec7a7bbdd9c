//! Unloc's smart-lock APIs as a service in a box: offline, stateful, in process or as a program.
//!
//! Start one in a test, and point your client at it:
//!
//! ```
//! use unloc_emulator::Emulator;
//!
//! #[tokio::main(flavor = "current_thread")]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let emulator = Emulator::start().await?;
//!
//!     let http = reqwest::Client::new();
//!     let token: serde_json::Value = http
//!         .post(format!("{}/auth/v1/token/", emulator.base_url()))
//!         .json(&serde_json::json!({
//!             "grant_type": "client_credentials",
//!             "client_id": emulator.client_id(),
//!             "client_secret": emulator.client_secret(),
//!         }))
//!         .send()
//!         .await?
//!         .json()
//!         .await?;
//!     let town: serde_json::Value = http
//!         .get(format!("{}/integrators/v1/lock-holders/", emulator.base_url()))
//!         .bearer_auth(token["access_token"].as_str().unwrap_or_default())
//!         .send()
//!         .await?
//!         .json()
//!         .await?;
//!     assert_eq!(town["lockHolders"][0]["name"], "Fjordgløtt Utleie");
//!     Ok(())
//! }
//! ```
//!
//! The emulator answers as the documentation of Unloc's v1 says the service answers, checks requests strictly, and names
//! the field and the limit when it refuses one. It knows nothing of the SDK it is used to test, so that the two can
//! disagree.
//!
//! People, places and phone numbers are invented. The same ids come back at each start; dates are counted from it.

mod around;
mod auth;
mod body;
mod builder;
mod caller;
mod clock;
mod connection;
mod control;
mod cross_origin;
mod delivery;
mod drain;
mod emulator;
mod error;
mod faults;
mod fields;
mod guard;
mod handles;
mod ids;
mod integrator;
mod journal;
mod key_events;
mod key_request;
mod keys;
mod lock_holders;
mod locks;
mod model;
mod page;
mod paging;
mod people;
mod quirks;
mod read_timeout;
mod recurrence;
mod rewrite;
mod roles;
mod scope;
mod seed;
mod server;
mod snapshot;
mod specs;
mod state;
mod token;
mod town;
mod vendor_connections;
mod vendor_control;
mod vendors;
mod views;
mod webhook_url;
mod webhooks;
mod wire;

pub use builder::{EmulatorBuilder, StartError};
pub use chrono;
#[doc(hidden)]
pub use clock::parse_start;
pub use delivery::Delivery;
pub use emulator::Emulator;
pub use faults::{Fault, FaultError, FaultInForce};
pub use handles::{FaultControl, Time};
pub use journal::Request;
pub use people::{People, Refused};
pub use quirks::{Quirk, UnknownQuirk};
pub use snapshot::{SeenConnection, SeenKey, SeenLock, SeenLockHolder, Snapshot};
pub use vendor_control::Vendors;

/// The README's example has to compile and run, too.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
