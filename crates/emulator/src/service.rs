//! Defines the state that all handlers share.

use std::sync::Arc;
use std::time::Duration;

use crate::domain::token::Issuer;
use crate::domain::world::World;
use crate::faults::fault::Faults;
use crate::faults::journal::Journal;
use crate::faults::quirks::Quirks;
use crate::http::delivery::Deliveries;
use crate::http::hosts::Hosts;

/// Is the state of one emulator, as axum passes it to each handler.
pub(crate) type App = Arc<Service>;

/// Holds the parts of one emulator. Each layer gets only the parts that it needs.
pub(crate) struct Service {
    pub(crate) base_url: String,
    pub(crate) world: Arc<World>,
    pub(crate) issuer: Arc<Issuer>,
    pub(crate) faults: Arc<Faults>,
    pub(crate) quirks: Arc<Quirks>,
    pub(crate) journal: Arc<Journal>,
    pub(crate) deliveries: Arc<Deliveries>,
    /// Holds the host names under which the control interface may be called.
    pub(crate) hosts: Hosts,
    /// Limits the time that the head of a request may take to arrive, and then its body.
    pub(crate) read_timeout: Duration,
}
