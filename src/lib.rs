#![doc = include_str!("../README.md")]

mod open_enum;

mod client;
mod decode;
mod environment;
mod error;
mod generated;
mod lenient;
mod lock_holder;
mod nullable;
mod operation;
mod page;
mod path;
#[cfg(all(test, feature = "schemars"))]
mod schemas;
mod scope;
mod text;
mod token;
mod transport;

/// Dates and times of requests and answers.
pub use chrono;
pub use client::{Unloc, UnlocBuilder};
pub use environment::Environment;
pub use error::{Error, ErrorKind, Outcome, Result};
/// Builders of the operations; the handles' methods return them.
pub use generated::integrator::builder;
/// What the operations take and give.
pub use generated::integrator::types;
pub use lock_holder::LockHolder;
pub use nullable::Nullable;
pub use operation::{Handle, Operation};
pub use page::Paged;
pub use progenitor_client::ResponseValue;
pub use reqwest::header::HeaderMap;
pub use reqwest::{StatusCode, Url};
pub use scope::{Identifier, LockHolderId, OtherScope, Scope, ScopeGeneration, Scopes, lock_holder_scope};
pub use text::{Cursor, InvalidPhoneNumber, PhoneNumber, Secret};
pub use token::{ClientCredentials, FetchToken, Token, TokenSource};

pub(crate) use open_enum::open_enum;
