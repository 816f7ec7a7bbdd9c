//! The sandbox as its owner sees it.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::builder::SandboxBuilder;
use crate::delivery::Delivery;
use crate::faults::{Fault, FaultError, FaultInForce};
use crate::journal::Request;
use crate::people::People;
use crate::quirks::Quirk;
use crate::server::Server;
use crate::snapshot::Snapshot;
use crate::state::Shared;
use crate::vendor_control::Vendors;

/// A running sandbox: Unloc's Auth API and Integrator API on a port of this machine, with a small invented town behind
/// them.
///
/// ```
/// # use unloc_sandbox::Sandbox;
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let sandbox = Sandbox::start().await?;
/// assert!(sandbox.base_url().starts_with("http://127.0.0.1:"));
/// # Ok(())
/// # }
/// ```
///
/// Each sandbox has its own state and its own signing key: what one test changes, no other sees, and a token of one
/// sandbox is worth nothing at another. It needs no runtime to live in; it has its own thread. Dropping it stops it, and
/// its port is closed when the drop is done.
pub struct Sandbox {
    pub(crate) app: Arc<Shared>,
    // Only held: dropping it stops the service.
    pub(crate) _server: Server,
}

impl Sandbox {
    /// Starts a sandbox on a free port of the loopback interface.
    ///
    /// # Errors
    ///
    /// When the machine has no port, thread or randomness to give; see [`StartError`](crate::StartError).
    pub async fn start() -> Result<Self, crate::StartError> {
        Self::builder().start().await
    }

    /// Starts a sandbox with settings of your own.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use unloc_sandbox::Sandbox;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let sandbox = Sandbox::builder().token_lifetime(Duration::from_secs(60)).start().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn builder() -> SandboxBuilder {
        SandboxBuilder::default()
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
    /// # use unloc_sandbox::Sandbox;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let sandbox = Sandbox::start().await?;
    /// // … the client under test gets a token and uses it …
    /// sandbox.expire_tokens();
    /// // … its next call meets "JWT expired" and has to recover.
    /// # Ok(())
    /// # }
    /// ```
    pub fn expire_tokens(&self) {
        self.app.issuer.expire_all();
        self.app.changed();
    }

    /// The sandbox's clock, to stop it, to let it run faster, and to put it forward.
    pub fn clock(&self) -> Time<'_> {
        Time { app: &self.app }
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
        FaultControl { app: &self.app }
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

    /// The latest requests that were answered, a thousand at most, the oldest first.
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

/// The clock of a sandbox, from [`Sandbox::clock`].
///
/// Keys begin and end by it, recurrences, tokens and vendor connections follow it, and events and creations carry its
/// time. It never goes back.
///
/// ```
/// # use std::time::Duration;
/// # use unloc_sandbox::Sandbox;
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let sandbox = Sandbox::builder().starts_at("2030-06-01T08:00:00Z".parse()?).speed(0.0).start().await?;
/// sandbox.clock().advance(Duration::from_secs(7 * 24 * 3600)); // a week later
/// assert_eq!(sandbox.clock().now().to_rfc3339(), "2030-06-08T08:00:00+00:00");
/// sandbox.clock().run(60.0); // a minute each second from here on
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy)]
pub struct Time<'a> {
    app: &'a Shared,
}

impl Time<'_> {
    /// What time it is.
    pub fn now(&self) -> DateTime<Utc> {
        self.app.now()
    }

    /// How many seconds pass here in one second of the machine.
    pub fn speed(&self) -> f64 {
        self.app.clock.read().1
    }

    /// Lets the clock stand still.
    pub fn stop(&self) {
        self.run(0.0);
    }

    /// Lets so many seconds pass in each second of the machine; 1 is as fast as there. Less than nothing counts as
    /// nothing.
    pub fn run(&self, speed: f64) {
        self.app.clock.set_speed(speed);
        self.app.changed();
    }

    /// Puts the clock forward.
    pub fn advance(&self, time: Duration) {
        self.app.clock.advance(time);
        self.app.changed();
    }

    /// Puts the clock forward to this moment. A moment that is past changes nothing, and is told by false.
    pub fn advance_to(&self, moment: DateTime<Utc>) -> bool {
        let done = self.app.clock.advance_to(moment);
        self.app.changed();
        done
    }
}

/// The faults of a sandbox, from [`Sandbox::faults`].
#[derive(Clone, Copy)]
pub struct FaultControl<'a> {
    app: &'a Shared,
}

impl FaultControl<'_> {
    /// Puts a fault in force, behind those that are. The result is what it is taken away by.
    ///
    /// # Errors
    ///
    /// [`FaultError`] if no operation has the name it is for, or its answer cannot be one.
    pub fn add(&self, fault: Fault) -> Result<u64, FaultError> {
        let id = self.app.faults.add(fault)?;
        self.app.changed();
        Ok(id)
    }

    /// Takes a fault away. Whether it was still in force.
    pub fn remove(&self, id: u64) -> bool {
        let removed = self.app.faults.remove(id);
        self.app.changed();
        removed
    }

    /// Takes all faults away.
    pub fn clear(&self) {
        self.app.faults.clear();
        self.app.changed();
    }

    /// The faults in force, in the order in which they strike.
    pub fn list(&self) -> Vec<FaultInForce> {
        self.app.faults.list()
    }
}

/// Shows where the sandbox is, and no secret.
impl fmt::Debug for Sandbox {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Sandbox")
            .field("base_url", &self.base_url())
            .field("client_id", &self.client_id())
            .finish_non_exhaustive()
    }
}
