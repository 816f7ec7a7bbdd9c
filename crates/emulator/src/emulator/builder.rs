//! Configures and starts an emulator.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use crate::api::routes;
use crate::domain::clock::Clock;
use crate::domain::seed::{self, SeedOptions};
use crate::domain::token::Issuer;
use crate::domain::world::World;
use crate::emulator::Emulator;
use crate::faults::fault::Faults;
use crate::faults::quirks::{Quirk, Quirks};
use crate::http::delivery::Deliveries;
use crate::http::hosts::Hosts;
use crate::server::Server;
use crate::service::Service;

// The credentials are constant, so that variables exported in a shell stay valid when the program is restarted. They
// protect nothing: the data is fictional.
const CLIENT_ID: &str = "5a0db0c5-0000-4000-8000-000000000001";
const CLIENT_SECRET: &str = "emulator-secret-that-opens-no-real-door";

/// Configures an emulator before it starts. Created by [`Emulator::builder`].
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until it is started"]
pub struct EmulatorBuilder {
    address: IpAddr,
    port: u16,
    token_lifetime: Duration,
    starts_at: Option<DateTime<Utc>>,
    speed: f64,
    seed_options: SeedOptions,
    quirks: Vec<Quirk>,
    allowed_hosts: Vec<String>,
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
            seed_options: SeedOptions::default(),
            quirks: Vec::new(),
            allowed_hosts: Vec::new(),
            read_timeout: Duration::from_secs(10),
        }
    }
}

impl EmulatorBuilder {
    /// Sets the port to listen on. The default, 0, selects any free port.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Sets the address to listen on. The default is `127.0.0.1`.
    ///
    /// The client secret is public, so anyone who can reach the address can use the emulator. Webhooks on other hosts
    /// are called only if the address is not a loopback address.
    pub fn address(mut self, address: IpAddr) -> Self {
        self.address = address;
        self
    }

    /// Sets the lifetime of tokens, in whole seconds. The default is an hour, as documented.
    ///
    /// With zero, every token is expired at once. A token expires exactly after its lifetime; `iat` and `exp` in the
    /// JWT count whole seconds and are rounded up.
    pub fn token_lifetime(mut self, lifetime: Duration) -> Self {
        self.token_lifetime = lifetime;
        self
    }

    /// Sets the seed of all ids and of generated keys. The same seed gives the same data.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed_options.seed = seed;
        self
    }

    /// Sets the time at the start. The default is the machine's time. Dates of the sample data are relative to it.
    ///
    /// The time is clamped to the years 6 to 9999.
    pub fn starts_at(mut self, moment: DateTime<Utc>) -> Self {
        self.starts_at = Some(moment);
        self
    }

    /// Sets the speed of the clock, in seconds per second of the machine. The default is 1.
    ///
    /// With 0, the clock moves only when it is advanced. [`start`](Self::start) fails for values outside of 0 to 1e9.
    pub fn speed(mut self, speed: f64) -> Self {
        self.speed = speed;
        self
    }

    /// Sets the time that a vendor takes to make a key or to connect, by the emulator's clock. The default is 200 ms.
    ///
    /// The real service takes seconds, and in extreme cases hours.
    pub fn vendor_latency(mut self, time: Duration) -> Self {
        self.seed_options.vendor_latency =
            TimeDelta::from_std(time).unwrap_or(TimeDelta::MAX).min(TimeDelta::days(36_500));
        self
    }

    /// Sets the number of lock holders: first the three of the sample data, then generated ones.
    pub fn lock_holders(mut self, count: usize) -> Self {
        self.seed_options.lock_holders = Some(count);
        self
    }

    /// Sets the total number of locks: first the twelve of the sample data, then generated ones, spread over the lock
    /// holders.
    ///
    /// [`start`](Self::start) fails if there are locks but no lock holders.
    pub fn locks(mut self, count: usize) -> Self {
        self.seed_options.locks = Some(count);
        self
    }

    /// Sets the number of keys made through the API: first the seventeen of the sample data, then generated ones.
    ///
    /// No keys are shared from the app then. [`start`](Self::start) fails if there are keys but no locks.
    pub fn keys(mut self, count: usize) -> Self {
        self.seed_options.keys = Some(count);
        self
    }

    /// Allows this host name, without a port, for the control interface and the page: a container's name, for example.
    ///
    /// Loopback names and the address that the emulator listens on are always allowed; with `0.0.0.0`, all addresses
    /// are. Other names get a 403, as a protection against DNS rebinding.
    pub fn allow_host(mut self, name: impl Into<String>) -> Self {
        self.allowed_hosts.push(name.into());
        self
    }

    /// Limits the time that the head of a request may take to arrive, and then its body. The default is 10 seconds
    /// each.
    ///
    /// If the head takes longer, or the connection is idle for this time, the connection is closed. If the body takes
    /// longer, the response is a 408. The time is measured by the machine's clock.
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
    /// * [`StartError::Settings`]: two settings contradict each other, or one is out of range.
    /// * [`StartError::Listen`]: the port is in use, or the address does not belong to this machine.
    /// * The other variants: the machine has no threads or no random bytes.
    pub async fn start(self) -> Result<Emulator, StartError> {
        self.seed_options.check().map_err(StartError::Settings)?;
        if !(0.0..=1e9).contains(&self.speed) {
            return Err(StartError::Settings(format!("the speed must be a number from 0 to 1e9, not {}", self.speed)));
        }
        let address = SocketAddr::new(self.address, self.port);
        let listen = |source| StartError::Listen { address, source };
        let listener = TcpListener::bind(address).map_err(listen)?;
        let base_url = format!("http://{}", connectable(listener.local_addr().map_err(listen)?));

        let mut signing_key = [0; 32];
        // From the system directly: the random generator of a crypto library takes 50 ms to start, in every test
        // process.
        getrandom::fill(&mut signing_key).map_err(|_| StartError::Randomness)?;
        let issuer = Issuer::new(CLIENT_ID.to_owned(), CLIENT_SECRET.to_owned(), &signing_key, self.token_lifetime);
        let clock = Clock::new(self.starts_at, self.speed);
        let store = seed::build(&self.seed_options, clock.now());
        let (deliveries, calls) = Deliveries::open(!self.address.is_loopback());
        let quirks = Quirks::default();
        quirks.set(self.quirks);
        let app = Arc::new(Service {
            base_url,
            world: Arc::new(World::new(clock, store)),
            issuer: Arc::new(issuer),
            faults: Arc::new(Faults::new(routes::names())),
            quirks: Arc::new(quirks),
            journal: Arc::default(),
            deliveries: Arc::new(deliveries),
            hosts: Hosts::new(self.address, self.allowed_hosts),
            read_timeout: self.read_timeout,
        });
        let server = Server::start(listener, Arc::clone(&app), calls).await.map_err(StartError::Serve)?;
        Ok(Emulator { app, _server: server })
    }
}

/// Returns an address to which a client can connect: the unspecified address is for listening only.
fn connectable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

/// The emulator did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// Two settings contradict each other, or one is out of range.
    #[error("{0}")]
    Settings(String),
    /// The port is in use, or the address does not belong to this machine. Use another port, or 0 for any free one.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// Is the address on which the emulator should listen.
        address: SocketAddr,
        /// Is the error of the operating system.
        source: io::Error,
    },
    /// The system's random generator failed.
    #[error("the system's random generator failed, so there is no signing key")]
    Randomness,
    /// The thread of the service did not start.
    #[error("cannot start the thread of the service: {0}")]
    Serve(#[source] io::Error),
}
