//! Implements version 2 of the API on the same data as version 1.
//!
//! The integrator's account is the only organization. Its lock holders are the projects, vendor connections are lock
//! connections, roles that may share keys are sharing rights, and key events are the access log.

mod access_groups;
mod access_log;
mod auth;
mod caller;
mod jobs;
mod keys;
mod lock_connections;
mod locks;
mod new_key;
mod projects;
mod request;
pub(crate) mod routes;
mod sharing_rights;
mod subprojects;
pub(crate) mod views;
mod webhooks;
