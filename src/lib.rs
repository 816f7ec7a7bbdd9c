#![doc = include_str!("../README.md")]
// `tests/awkward/` builds this file, and not its unit tests, for which it has no dependencies.
#![cfg(not(all(test, unloc_awkward)))]

// Layers: each uses only those that stand below it here.
mod client;

mod http;

mod auth;

mod runtime;

mod error;

mod model;

pub use auth::scope::{Scope, ScopeGeneration, Scopes, lock_holder_scope};
pub use auth::token;
#[doc(no_inline)]
pub use auth::token::{FetchToken, Token, TokenCache, TokenSource};
/// Dates and times of requests and responses.
pub use chrono;
/// Clients that the build makes, and the types of further APIs, a module for each.
#[allow(unreachable_pub, unused_imports, reason = "there may be none")]
pub use client::exported::*;
/// Builders of the operations; the clients' methods return them.
pub use client::integrator::builder;
pub use client::{ClientCredentials, CreateKeyResolution, Environment, LockHolderClient, Unloc, UnlocBuilder};
pub use error::{Error, ErrorKind, Outcome, Result};
pub use http::{Paged, RequestOptions, Response, RetryPolicy};
/// What the operations take and give.
pub use model::integrator::types;
pub use model::{Cursor, IntoField, InvalidPhoneNumber, Nullable, Operation, Page, PhoneNumber, Secret};
/// The HTTP client below, for [`UnlocBuilder::configure_http`].
pub use reqwest;
pub use reqwest::header::{HeaderMap, HeaderValue};
pub use reqwest::{StatusCode, Url};
#[cfg(feature = "test-util")]
pub use runtime::clock::{Clock, SystemClock};
#[cfg(feature = "test-util")]
pub use runtime::moment::Moment;
pub use runtime::platform::{BoxFuture, MaybeSend, MaybeSync};

#[cfg(unloc_awkward)]
include!(concat!(env!("OUT_DIR"), "/calls.rs"));
