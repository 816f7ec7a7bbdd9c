//! Defines the type that starts and controls an emulator.

pub(crate) mod builder;

use std::fmt;
use std::sync::Arc;

use crate::control::handles::{ClockControl, FaultControl};
use crate::control::people::People;
use crate::control::snapshot::Snapshot;
use crate::control::vendors::Vendors;
use crate::domain::resource::ORGANIZATION_ID;
use crate::emulator::builder::{EmulatorBuilder, StartError};
use crate::faults::journal::Request;
use crate::faults::quirks::Quirk;
use crate::http::delivery::Delivery;
use crate::server::Server;
use crate::service::Service;

/// Runs both versions of Unloc's API on a port of this machine, with sample data.
///
/// ```
/// # use unloc_emulator::Emulator;
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let emulator = Emulator::start().await?;
/// assert!(emulator.base_url().starts_with("http://127.0.0.1:"));
/// # Ok(())
/// # }
/// ```
///
/// Each emulator has its own data and signing key, so tests do not affect each other, and a token of one emulator is
/// invalid at another. It runs on a thread of its own and does not need the caller's runtime. Dropping it stops it; its
/// port is closed when `drop` returns.
pub struct Emulator {
    pub(crate) app: Arc<Service>,
    // Dropping this field stops the service.
    pub(crate) _server: Server,
}

impl Emulator {
    /// Starts an emulator on a free port of the loopback interface.
    ///
    /// # Errors
    ///
    /// Fails if the machine has no free port, thread or random bytes; see [`StartError`].
    pub async fn start() -> Result<Self, StartError> {
        Self::builder().start().await
    }

    /// Returns a builder, to start an emulator with other settings than the defaults.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use unloc_emulator::Emulator;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let emulator = Emulator::builder().token_lifetime(Duration::from_secs(60)).start().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn builder() -> EmulatorBuilder {
        EmulatorBuilder::default()
    }

    /// Returns the base URL without a trailing slash, such as `http://127.0.0.1:49152`.
    ///
    /// The APIs are below it: version 1 at `/auth/v1` and `/integrators/v1`, version 2 at `/v2`.
    pub fn base_url(&self) -> &str {
        &self.app.base_url
    }

    /// Returns the id of the organization, for version 2. Its projects are the lock holders, with the same ids.
    pub fn organization_id(&self) -> &str {
        ORGANIZATION_ID
    }

    /// Returns the client id that the token endpoints of both versions accept.
    pub fn client_id(&self) -> &str {
        &self.app.issuer.client_id
    }

    /// Returns the client secret for [`client_id`](Self::client_id).
    pub fn client_secret(&self) -> &str {
        &self.app.issuer.client_secret
    }

    /// Expires all tokens that were issued so far.
    ///
    /// The Integrator API responds to them with the documented 401 ("JWT expired"). Tokens that are issued later are
    /// valid. A client with a cached token cannot foresee this, so it tests whether the client recovers.
    ///
    /// ```
    /// # use unloc_emulator::Emulator;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let emulator = Emulator::start().await?;
    /// // … the client under test fetches a token and uses it …
    /// emulator.expire_tokens();
    /// // … its next call gets a 401, and it has to fetch a new token.
    /// # Ok(())
    /// # }
    /// ```
    pub fn expire_tokens(&self) {
        self.app.issuer.expire_all();
        self.app.world.changed();
    }

    /// Returns a handle to stop, speed up or advance the emulator's clock.
    pub fn clock(&self) -> ClockControl<'_> {
        ClockControl::of(&self.app)
    }

    /// Returns a handle to act as the people who use keys.
    pub fn people(&self) -> People<'_> {
        People::of(&self.app)
    }

    /// Returns a handle to act as the lock vendors.
    pub fn vendors(&self) -> Vendors<'_> {
        Vendors::of(&self.app)
    }

    /// Returns a handle to add and remove faults.
    pub fn faults(&self) -> FaultControl<'_> {
        FaultControl::of(&self.app)
    }

    /// Switches these quirks on and all others off.
    pub fn set_quirks(&self, quirks: impl IntoIterator<Item = Quirk>) {
        self.app.quirks.set(quirks);
        self.app.world.changed();
    }

    /// Returns the quirks that are on.
    pub fn quirks(&self) -> Vec<Quirk> {
        self.app.quirks.list()
    }

    /// Returns a copy of the emulator's data: lock holders, vendor connections, locks, keys, subprojects and access
    /// groups.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot::take(&self.app, None)
    }

    /// Returns the latest 1000 requests, the oldest first. Requests in flight are not included.
    pub fn requests(&self) -> Vec<Request> {
        self.app.journal.read()
    }

    /// Returns the latest 1000 webhook calls, the oldest first.
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.app.deliveries.log()
    }

    /// Waits until no webhook call is in flight: each one has a response or has failed.
    pub async fn deliveries_settled(&self) {
        self.app.deliveries.settled().await;
    }
}

/// Shows base URL and client id, but not the secret.
impl fmt::Debug for Emulator {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Emulator")
            .field("base_url", &self.base_url())
            .field("client_id", &self.client_id())
            .finish_non_exhaustive()
    }
}
