#![doc = include_str!("../README.md")]
//!
//! ## Where to look
//!
//! | task | items |
//! |---|---|
//! | build a client | [`Unloc::builder`], [`Unloc::from_env`], [`UnlocBuilder`], [`Environment`] |
//! | call an operation of the integrator | the methods of [`Unloc`] |
//! | call an operation of one lock holder | the methods of [`LockHolderClient`], which [`Unloc::lock_holder`] returns |
//! | find the setters of an operation | module [`builder`]: one builder for each operation |
//! | find the fields of a request or a response | module [`types`] |
//! | read a list | [`Page`], [`Paged`], [`Cursor`] |
//! | set timeouts, retries and headers | [`RequestOptions`], [`RetryPolicy`], [`UnlocBuilder::retry_budget`] |
//! | read status, headers and attempts of a success | [`Response`] |
//! | handle a failure | [`Error`], [`ErrorKind`], [`Outcome`] |
//! | resolve a `create_key` whose response was lost | [`LockHolderClient::resolve_create_key`] |
//! | wait for a key to become active | [`LockHolderClient::wait_for_key`] |
//! | cache, share, watch or supply tokens | module [`token`], [`ClientCredentials`], [`Scope`] |
//! | look up whether an operation is idempotent | [`Operation`] |
//!
//! ## Stability of the features
//!
//! The features stay compatible within 0.1, except those that the table marks as unstable.
//!
//! | feature | enabled by default | stability within 0.1 |
//! |---|---|---|
//! | `dynamic` | no | stable |
//! | `generate` | yes | stable |
//! | `http2` | yes | stable |
//! | `rustls` | yes | stable |
//! | `native-tls` | no | stable |
//! | `rustls-no-provider` | no | stable |
//! | `typed` | yes | stable; without it, [`types`] holds the ids only |
//! | `schemars` | no | unstable: the JSON Schemas follow the types |
//! | `test-util` | no | unstable: `Clock` may get more functions |
//! | `v2` | no | unstable: a preview of version 2 of the API, in the module `v2` |
// `tests/awkward/` compiles this file with bindings of its own specs. That package lacks the dev-dependencies of the
// unit tests, so under its test harness the crate is empty.
#![cfg(not(all(test, unloc_awkward)))]
#![cfg_attr(not(feature = "typed"), allow(dead_code, unused_imports, reason = "only calls with types use it"))]

/// Contains the guide: set up a client, call operations, handle errors, supply tokens, and more.
#[cfg(any(doc, doctest))]
#[doc = include_str!("../docs/guide.md")]
pub mod guide {}

// The layers, from the top down: each module uses only those below it. `tests/layers.rs` checks this.
mod client;

mod http;

mod auth;

mod runtime;

mod error;

mod model;

#[cfg(feature = "typed")]
pub use auth::scope::lock_holder_scope;
pub use auth::scope::{Scope, ScopeGeneration, Scopes};
pub use auth::token;
// The module documents these. Inlined, they would appear twice on the front page.
pub use ::http::StatusCode;
pub use ::http::header::{HeaderMap, HeaderValue};
#[doc(no_inline)]
pub use auth::token::{FetchToken, Token, TokenCache, TokenSource};
/// Re-exports chrono, whose types are the dates and times of requests and responses.
pub use chrono;
#[cfg(feature = "typed")]
pub use client::CreateKeyResolution;
/// Calls operations by their name, with JSON in place of types.
#[cfg(feature = "dynamic")]
pub use client::dynamic;
/// Re-exports the clients that the build generates, and one module for each further API.
// A glob, because the build decides which clients there are: a spec in `openapi/` and its `x-clients` add them.
#[allow(unreachable_pub, unused_imports, reason = "the specs of this repository declare none")]
pub use client::exported::*;
/// Contains the builders that the clients' methods return, one for each operation.
#[cfg(feature = "typed")]
pub use client::integrator::builder;
#[cfg(feature = "v2")]
pub use client::version2::exported as v2;
pub use client::{ClientCredentials, Environment, LockHolderClient, Unloc, UnlocBuilder};
pub use error::{Error, ErrorKind, Outcome, Result};
pub use http::{Paged, RequestOptions, Response, RetryPolicy};
/// Contains the types of requests and responses, generated from the schemas of the spec.
pub use model::integrator::types;
pub use model::{Cursor, IntoField, InvalidPhoneNumber, Nullable, Operation, Page, PhoneNumber, Secret};
/// Re-exports reqwest, the HTTP client that [`UnlocBuilder::configure_http`] configures.
// Re-exported, so that a program's builder is of the version that this crate links.
#[cfg(not(target_arch = "wasm32"))]
pub use reqwest;
#[cfg(feature = "test-util")]
pub use runtime::clock::{Clock, SystemClock};
#[cfg(feature = "test-util")]
pub use runtime::moment::Moment;
pub use runtime::platform::{BoxFuture, MaybeSend, MaybeSync};
pub use url::Url;

// The calls of the rows of `tests/awkward/`, which its build script generates.
#[cfg(unloc_awkward)]
include!(concat!(env!("OUT_DIR"), "/calls.rs"));
