//! The emulator as its owner sees it.

use std::fmt;
use std::sync::Arc;

use crate::builder::EmulatorBuilder;
use crate::delivery::Delivery;
use crate::handles::{FaultControl, Time};
use crate::journal::Request;
use crate::people::People;
use crate::quirks::Quirk;
use crate::server::Server;
use crate::snapshot::Snapshot;
use crate::state::Shared;
use crate::vendor_control::Vendors;

/// A running emulator: Unloc's Auth API and Integrator API on a port of this machine, with a small invented town behind
/// them.
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
/// Each emulator has its own state and its own signing key: what one test changes, no other sees, and a token of one
/// emulator is worth nothing at another. It needs no runtime to live in; it has its own thread. Dropping it stops it, and
/// its port is closed when the drop is done.
pub struct Emulator {
    pub(crate) app: Arc<Shared>,
    // Only held: dropping it stops the service.
    pub(crate) _server: Server,
}

impl Emulator {
    /// Starts an emulator on a free port of the loopback interface.
    ///
    /// # Errors
    ///
    /// When the machine has no port, thread or randomness to give; see [`StartError`](crate::StartError).
    pub async fn start() -> Result<Self, crate::StartError> {
        Self::builder().start().await
    }

    /// Starts an emulator with settings of your own.
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

    /// Where the service listens, without a trailing slash: `http://127.0.0.1:49152`.
    ///
    /// Both APIs are below it, at `/auth/v1` and `/integrators/v1`.
    pub fn base_url(&self) -> &str {
        &self.app.base_url
    }

    /// The client id the token endpoint knows.
    pub fn client_id(&self) -> &str {
        &self.app.issuer.client_id
    }

    /// The client secret that goes with [`client_id`](Self::client_id).
    pub fn client_secret(&self) -> &str {
        &self.app.issuer.client_secret
    }

    /// Lets every token issued so far expire now.
    ///
    /// The Integrator API answers them with its documented 401 from here on; tokens issued later are good. A client
    /// that keeps tokens has no way to see this coming, which is the point.
    ///
    /// ```
    /// # use unloc_emulator::Emulator;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let emulator = Emulator::start().await?;
    /// // … the client under test gets a token and uses it …
    /// emulator.expire_tokens();
    /// // … its next call meets "JWT expired" and has to recover.
    /// # Ok(())
    /// # }
    /// ```
    pub fn expire_tokens(&self) {
        self.app.issuer.expire_all();
        self.app.changed();
    }

    /// The emulator's clock, to stop it, to let it run faster, and to put it forward.
    pub fn clock(&self) -> Time<'_> {
        Time::of(&self.app)
    }

    /// What people do with their keys.
    pub fn people(&self) -> People<'_> {
        People::of(&self.app)
    }

    /// What happens at lock vendors.
    pub fn vendors(&self) -> Vendors<'_> {
        Vendors::of(&self.app)
    }

    /// Faults, to add them and to take them away.
    pub fn faults(&self) -> FaultControl<'_> {
        FaultControl::of(&self.app)
    }

    /// Switches these quirks on and all others off.
    pub fn set_quirks(&self, quirks: impl IntoIterator<Item = Quirk>) {
        self.app.quirks.set(quirks);
        self.app.changed();
    }

    /// The quirks that are switched on.
    pub fn quirks(&self) -> Vec<Quirk> {
        self.app.quirks.list()
    }

    /// The town as it stands now: who may open which door.
    pub fn town(&self) -> Snapshot {
        Snapshot::take(&self.app, None)
    }

    /// The latest requests, a thousand at most, the oldest first; those that are under way not yet.
    pub fn requests(&self) -> Vec<Request> {
        self.app.journal.read()
    }

    /// The latest calls of webhooks, a thousand at most, the oldest first.
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.app.post.log()
    }

    /// Waits until every call of a webhook that is under way was answered, or has failed.
    pub async fn deliveries_settled(&self) {
        self.app.post.settled().await;
    }
}

/// Shows where the emulator is, and no secret.
impl fmt::Debug for Emulator {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Emulator")
            .field("base_url", &self.base_url())
            .field("client_id", &self.client_id())
            .finish_non_exhaustive()
    }
}
