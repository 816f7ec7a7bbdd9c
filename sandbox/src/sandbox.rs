//! The sandbox as its owner sees it.

use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use crate::clock::{Clock, SystemClock};
use crate::server::Server;
use crate::state::Shared;
use crate::token::Issuer;
use crate::town;

// Fixed, so that what a shell exported once stays right when the program is started anew. They open nothing but
// invented data on the machine's own loopback.
const CLIENT_ID: &str = "5a0db0c5-0000-4000-8000-000000000001";
const CLIENT_SECRET: &str = "sandbox-secret-that-opens-no-real-door";

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
    base_url: String,
    app: Arc<Shared>,
    // Only held: dropping it stops the service.
    _server: Server,
}

impl Sandbox {
    /// Starts a sandbox on a free port of the loopback interface.
    ///
    /// # Errors
    ///
    /// When the machine has no port, thread or randomness to give; see [`StartError`].
    pub async fn start() -> Result<Self, StartError> {
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
        &self.base_url
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
    }
}

/// Shows where the sandbox is, and no secret.
impl fmt::Debug for Sandbox {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Sandbox")
            .field("base_url", &self.base_url)
            .field("client_id", &self.client_id())
            .finish_non_exhaustive()
    }
}

/// Settings of a sandbox, from [`Sandbox::builder`].
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until it is started"]
pub struct SandboxBuilder {
    address: IpAddr,
    port: u16,
    token_lifetime: Duration,
}

impl Default for SandboxBuilder {
    fn default() -> Self {
        Self { address: Ipv4Addr::LOCALHOST.into(), port: 0, token_lifetime: Duration::from_secs(3600) }
    }
}

impl SandboxBuilder {
    /// Listens on this port. 0, the default, takes any free one.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Listens on this address instead of `127.0.0.1`.
    ///
    /// The client secret is no secret: on an address others can reach, everybody can use the sandbox.
    pub fn address(mut self, address: IpAddr) -> Self {
        self.address = address;
        self
    }

    /// How long tokens live, in whole seconds; an hour by default, as the service documents it.
    ///
    /// As `iat` and `exp` of a JWT count whole seconds, a token may end up to a second early. With zero, every token is
    /// expired when it arrives.
    pub fn token_lifetime(mut self, lifetime: Duration) -> Self {
        self.token_lifetime = lifetime;
        self
    }

    /// Starts the sandbox.
    ///
    /// # Errors
    ///
    /// [`StartError::Listen`] when the port is taken or the address is not this machine's; the other kinds when the
    /// machine is out of threads or randomness.
    pub async fn start(self) -> Result<Sandbox, StartError> {
        let address = SocketAddr::new(self.address, self.port);
        let listen = |source| StartError::Listen { address, source };
        let listener = TcpListener::bind(address).map_err(listen)?;
        let base_url = format!("http://{}", reachable(listener.local_addr().map_err(listen)?));

        let mut signing_key = [0; 32];
        aws_lc_rs::rand::fill(&mut signing_key).map_err(|_| StartError::Randomness)?;
        let issuer = Issuer::new(CLIENT_ID.to_owned(), CLIENT_SECRET.to_owned(), &signing_key, self.token_lifetime);
        let clock = SystemClock;
        let town = town::seeded(clock.now());
        let app = Arc::new(Shared::new(base_url.clone(), Box::new(clock), issuer, town));
        let server = Server::start(listener, Arc::clone(&app)).await.map_err(StartError::Serve)?;
        Ok(Sandbox { base_url, app, _server: server })
    }
}

/// The address a client on this machine can connect to: "any address" is good for listening only.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

/// Why a sandbox did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The port is taken, or the address is not this machine's. Choose another, or port 0 for any that is free.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// Where the sandbox should have listened.
        address: SocketAddr,
        /// What the operating system said.
        source: io::Error,
    },
    /// The system's random generator gave no signing key.
    #[error("the system has no randomness for a signing key")]
    Randomness,
    /// The service's thread did not come up.
    #[error("cannot start the service: {0}")]
    Serve(#[source] io::Error),
}
