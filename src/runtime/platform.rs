//! Selects the platform's tasks, time and jitter, and whether futures must be `Send`.

#[cfg(not(target_arch = "wasm32"))]
mod native;
#[cfg(target_arch = "wasm32")]
mod web;

#[cfg(not(target_arch = "wasm32"))]
pub(crate) use native::{jitter, now, running, sleep, spawn};
#[cfg(target_arch = "wasm32")]
pub(crate) use web::{jitter, now, running, sleep, spawn};

use std::pin::Pin;

use futures_core::Stream;

/// Requires `Send` on targets with threads, and nothing in a browser.
// Two traits and no `Send` bounds: JavaScript values cannot leave their thread, so futures that hold them are never
// `Send`. With plain bounds the crate would not compile for browsers; without any, calls could not be spawned on Tokio.
#[cfg(not(target_arch = "wasm32"))]
pub trait MaybeSend: Send {}
#[cfg(not(target_arch = "wasm32"))]
impl<T: Send + ?Sized> MaybeSend for T {}

/// Requires nothing in a browser, where JavaScript values cannot leave their thread.
#[cfg(target_arch = "wasm32")]
pub trait MaybeSend {}
#[cfg(target_arch = "wasm32")]
impl<T: ?Sized> MaybeSend for T {}

/// Requires `Sync` on targets with threads, and nothing in a browser.
#[cfg(not(target_arch = "wasm32"))]
pub trait MaybeSync: Sync {}
#[cfg(not(target_arch = "wasm32"))]
impl<T: Sync + ?Sized> MaybeSync for T {}

/// Requires nothing in a browser, where JavaScript values cannot leave their thread.
#[cfg(target_arch = "wasm32")]
pub trait MaybeSync {}
#[cfg(target_arch = "wasm32")]
impl<T: ?Sized> MaybeSync for T {}

/// Aliases a boxed future that can be sent to another thread, except in a browser.
#[cfg(not(target_arch = "wasm32"))]
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;
/// Aliases a boxed future; in a browser it stays on its thread.
#[cfg(target_arch = "wasm32")]
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// Aliases a boxed stream that can be sent to another thread, except in a browser.
#[cfg(not(target_arch = "wasm32"))]
pub(crate) type BoxStream<T> = Pin<Box<dyn Stream<Item = T> + Send>>;
/// Aliases a boxed stream; in a browser it stays on its thread.
#[cfg(target_arch = "wasm32")]
pub(crate) type BoxStream<T> = Pin<Box<dyn Stream<Item = T>>>;
