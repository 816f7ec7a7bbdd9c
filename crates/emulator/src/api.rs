//! Implements the Auth API and the Integrator API (version 1) on the emulator's data; [`v2`] implements version 2.

mod auth;
mod caller;
mod integrator;
mod key_events;
mod key_request;
mod keys;
mod lock_holders;
mod locks;
mod paging;
mod roles;
pub(crate) mod routes;
mod specs;
mod v2;
mod vendor_connections;
mod views;
mod webhook_url;
mod webhooks;
