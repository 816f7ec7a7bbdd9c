//! How an emulator is set up.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use crate::clock::Clock;
use crate::delivery::Post;
use crate::emulator::Emulator;
use crate::guard::Hosts;
use crate::quirks::{Quirk, Quirks};
use crate::seed::{self, Plan};
use crate::server::Server;
use crate::state::{Parts, Shared};
use crate::token::Issuer;

// Fixed, so that what a shell exported once stays right when the program is started anew. They open nothing but
// invented data on the machine's own loopback.
const CLIENT_ID: &str = "5a0db0c5-0000-4000-8000-000000000001";
const CLIENT_SECRET: &str = "emulator-secret-that-opens-no-real-door";

/// Settings of an emulator, from [`Emulator::builder`].
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until it is started"]
pub struct EmulatorBuilder {
    address: IpAddr,
    port: u16,
    token_lifetime: Duration,
    starts_at: Option<DateTime<Utc>>,
    speed: f64,
    plan: Plan,
    quirks: Vec<Quirk>,
    hosts: Vec<String>,
    read_timeout: Duration,
}

impl Default for EmulatorBuilder {
    fn default() -> Self {
        Self {
            address: Ipv4Addr::LOCALHOST.into(),
            port: 0,
            token_lifetime: Duration::from_secs(3600),
            starts_at: None,
            speed: 1.0,
            plan: Plan::default(),
            quirks: Vec::new(),
            hosts: Vec::new(),
            read_timeout: Duration::from_secs(10),
        }
    }
}

impl EmulatorBuilder {
    /// Listens on this port. 0, the default, takes any free one.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Listens on this address instead of `127.0.0.1`.
    ///
    /// The client secret is no secret: on an address others can reach, everybody can use the emulator. And webhooks are
    /// called on loopback addresses only, unless the emulator listens on another.
    pub fn address(mut self, address: IpAddr) -> Self {
        self.address = address;
        self
    }

    /// How long tokens live, in whole seconds; an hour by default, as the service documents it. With zero, every token
    /// is expired when it arrives.
    ///
    /// A token expires exactly so long after it was issued. `iat` and `exp` in the JWT count whole seconds and are
    /// rounded up.
    pub fn token_lifetime(mut self, lifetime: Duration) -> Self {
        self.token_lifetime = lifetime;
        self
    }

    /// Draws another town's ids, and other keys where many are asked for. The same seed always gives the same town.
    pub fn seed(mut self, seed: u64) -> Self {
        self.plan.seed = seed;
        self
    }

    /// What time it is at the start, in place of the machine's time: a moment of the years 6 to 9999, or else the
    /// nearest one. Dates of the town are counted from it.
    pub fn starts_at(mut self, moment: DateTime<Utc>) -> Self {
        self.starts_at = Some(moment);
        self
    }

    /// How many seconds pass here in one second of the machine: 1 unless said otherwise, and 0 for a clock that stands
    /// still until it is put forward. A number from 0 to 1e9; others are no settings to start with.
    pub fn speed(mut self, speed: f64) -> Self {
        self.speed = speed;
        self
    }

    /// How long the vendor's side of a key or a vendor connection takes, by the emulator's clock: 200 ms unless said
    /// otherwise. The real service takes seconds, and in extreme cases hours.
    pub fn settling(mut self, time: Duration) -> Self {
        self.plan.settling = TimeDelta::from_std(time).unwrap_or(TimeDelta::MAX).min(TimeDelta::days(36_500));
        self
    }

    /// How many lock holders there are: the three of the usual town first, then made-up ones.
    pub fn lock_holders(mut self, count: usize) -> Self {
        self.plan.lock_holders = Some(count);
        self
    }

    /// How many locks there are in all: the twelve of the usual town first, then made-up ones, one lock holder after the
    /// other. Locks without a lock holder are no settings to start with.
    pub fn locks(mut self, count: usize) -> Self {
        self.plan.locks = Some(count);
        self
    }

    /// How many keys were made through the API: the seventeen of the usual town first, then made-up ones. Nothing is
    /// shared from the app then. Keys without a lock are no settings to start with.
    pub fn keys(mut self, count: usize) -> Self {
        self.plan.keys = Some(count);
        self
    }

    /// Lets the control interface and the page be called by this name as well, without a port: `emulator`, say, as the
    /// containers beside it know it.
    ///
    /// Loopback names and the address listened on are always good, and on an address such as `0.0.0.0` all addresses
    /// are. Other names are refused: a page from anywhere could be served under one that leads to this machine.
    pub fn allow_host(mut self, name: impl Into<String>) -> Self {
        self.hosts.push(name.into());
        self
    }

    /// How long the head of a request may take to arrive, and then its body: 10 seconds each unless said otherwise. A
    /// head that takes longer ends the connection, and a body meets a 408. Measured by the machine's clock.
    ///
    /// A connection on which nothing comes ends after this time, too.
    pub fn read_timeout(mut self, time: Duration) -> Self {
        self.read_timeout = time;
        self
    }

    /// Switches these quirks on.
    pub fn quirks(mut self, quirks: impl IntoIterator<Item = Quirk>) -> Self {
        self.quirks.extend(quirks);
        self
    }

    /// Starts the emulator.
    ///
    /// # Errors
    ///
    /// [`StartError::Settings`] when two settings contradict each other or one is out of range; [`StartError::Listen`] when the port is taken
    /// or the address is not this machine's; the other kinds when the machine is out of threads or randomness.
    pub async fn start(self) -> Result<Emulator, StartError> {
        self.plan.check().map_err(StartError::Settings)?;
        if !(0.0..=1e9).contains(&self.speed) {
            return Err(StartError::Settings(format!("the speed must be a number from 0 to 1e9, not {}", self.speed)));
        }
        let address = SocketAddr::new(self.address, self.port);
        let listen = |source| StartError::Listen { address, source };
        let listener = TcpListener::bind(address).map_err(listen)?;
        let base_url = format!("http://{}", reachable(listener.local_addr().map_err(listen)?));

        let mut signing_key = [0; 32];
        // From the system itself: a library's own generator takes 50 ms to wake up, in each process of tests anew.
        getrandom::fill(&mut signing_key).map_err(|_| StartError::Randomness)?;
        let issuer = Issuer::new(CLIENT_ID.to_owned(), CLIENT_SECRET.to_owned(), &signing_key, self.token_lifetime);
        let clock = Clock::new(self.starts_at, self.speed);
        let town = seed::build(&self.plan, clock.now());
        let (post, parcels) = Post::open();
        let quirks = Quirks::default();
        quirks.set(self.quirks);
        let leaves_the_machine = !self.address.is_loopback();
        let hosts = Hosts::new(self.address, self.hosts);
        let read_timeout = self.read_timeout;
        let parts = Parts { base_url, clock, issuer, quirks, post, leaves_the_machine, hosts, read_timeout, town };
        let app = Arc::new(Shared::new(parts));
        let server = Server::start(listener, Arc::clone(&app), parcels).await.map_err(StartError::Serve)?;
        Ok(Emulator { app, _server: server })
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

/// Why an emulator did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// Two settings contradict each other, or one is out of its range.
    #[error("{0}")]
    Settings(String),
    /// The port is taken, or the address is not this machine's. Choose another, or port 0 for any that is free.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// Where the emulator should have listened.
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
