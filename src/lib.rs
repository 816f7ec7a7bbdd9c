#![doc = include_str!("../README.md")]
// `tests/awkward/` builds this file, and not its unit tests, for which it has no dependencies.
#![cfg(not(all(test, unloc_awkward)))]

mod open_enum;

mod call;
mod client;
mod clock;
mod coding;
mod decode;
mod environment;
mod error;
mod generated;
mod lenient;
mod lock_holder;
mod nullable;
mod operation;
mod options;
mod page;
mod path;
mod place;
mod platform;
mod retry;
#[cfg(all(test, feature = "schemars"))]
mod schemas;
mod scope;
mod table;
mod text;
pub mod token;
mod transport;
mod within;

/// Dates and times of requests and answers.
pub use chrono;
pub use client::{Unloc, UnlocBuilder};
pub use clock::{Clock, Moment, SystemClock};
pub use environment::Environment;
pub use error::{Error, ErrorKind, Outcome, Result};
/// Clients that the build makes, and the types of further APIs, a module for each.
#[allow(unreachable_pub, unused_imports, reason = "there may be none")]
pub use generated::exported::*;
/// Builders of the operations; the handles' methods return them.
pub use generated::integrator::builder;
/// What the operations take and give.
pub use generated::integrator::types;
pub use lock_holder::LockHolder;
pub use nullable::Nullable;
pub use operation::Operation;
pub use options::RequestOptions;
pub use page::Paged;
pub use platform::{BoxFuture, MaybeSend, MaybeSync};
pub use progenitor_client::ResponseValue;
/// The HTTP client below, for those who bring one of their own.
pub use reqwest;
pub use reqwest::header::{HeaderMap, HeaderValue};
pub use reqwest::{StatusCode, Url};
pub use retry::RetryPolicy;
pub use scope::{Identifier, LockHolderId, OtherScope, Scope, ScopeGeneration, Scopes, lock_holder_scope};
pub use text::{Cursor, InvalidPhoneNumber, PhoneNumber, Secret};
#[doc(no_inline)]
pub use token::{ClientCredentials, FetchToken, Token, TokenCache, TokenSource};

pub(crate) use open_enum::open_enum;

#[cfg(unloc_awkward)]
include!(concat!(env!("OUT_DIR"), "/calls.rs"));
