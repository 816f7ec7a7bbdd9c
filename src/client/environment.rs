//! Where the service is.

use std::env;
use std::fmt;
use std::str::FromStr;

use reqwest::Url;

use crate::error::{Error, ErrorKind};
use crate::http::connection::is_loopback;

/// The service that a client talks to.
///
/// ```
/// use unloc::Environment;
///
/// assert_eq!("production".parse::<Environment>()?, Environment::Production);
/// assert!("https://unloc.example.com".parse::<Environment>().is_ok());
/// assert!("http://unloc.example.com".parse::<Environment>().is_err(), "tokens are not sent in the clear");
/// # Ok::<(), unloc::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Environment {
    /// `https://api.unloc.app`: real doors.
    Production,
    /// `https://api-sandbox.unloc.app`: Unloc's own test service, with credentials of its own.
    Sandbox,
    /// Another address, such as that of the service in a box or of a proxy; both APIs are looked for below it.
    ///
    /// `http` is refused except on a loopback address.
    Custom(Url),
    /// The same, with `http` allowed to a host of another name: for tests whose service runs in a container beside them.
    ///
    /// Client secrets, tokens and phone numbers can be read by everyone on the way; each client that is built so logs a
    /// warning. The hosts of Unloc itself are refused. [`from_env`](Self::from_env) gives it when the environment variable
    /// `UNLOC_ALLOW_HTTP_TO` names the host.
    ///
    /// ```
    /// use unloc::{Environment, Unloc};
    ///
    /// let emulator = Environment::Unencrypted("http://emulator:4010".parse().expect("a URL"));
    /// let unloc = Unloc::builder().environment(emulator).client_credentials("my-client-id", "EXAMPLE-SECRET").build()?;
    /// # Ok::<(), unloc::Error>(())
    /// ```
    Unencrypted(Url),
}

/// The one host that may be called over `http` beside loopback.
const ALLOW_HTTP_TO: &str = "UNLOC_ALLOW_HTTP_TO";

impl Environment {
    /// Returns what the environment variable `UNLOC_ENVIRONMENT` says: `production`, `sandbox` or an address.
    ///
    /// An address that begins with `http` is taken on loopback, and where `UNLOC_ALLOW_HTTP_TO` is its host: see
    /// [`Unencrypted`](Self::Unencrypted).
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] if it is missing, empty or wrong.
    pub fn from_env() -> Result<Self, Error> {
        Self::named(&read("UNLOC_ENVIRONMENT")?, &env::var(ALLOW_HTTP_TO).unwrap_or_default())
    }

    /// What the two environment variables say together.
    fn named(text: &str, allowed: &str) -> Result<Self, Error> {
        let allowed = allowed.trim();
        let url = Url::parse(text.trim()).ok().filter(|url| url.scheme() == "http" && !is_loopback(url));
        if let Some(url) = url.filter(|_| !allowed.is_empty()) {
            if url.host_str().is_some_and(|host| host.eq_ignore_ascii_case(allowed)) {
                check(&url, true)?;
                return Ok(Self::Unencrypted(url));
            }
            let hint = format!("{ALLOW_HTTP_TO} allows another: it is the host alone, without scheme and port");
            return Err(Error::new(ErrorKind::Configuration, IN_THE_CLEAR).hint(hint));
        }
        let says = || "this is what the environment variable UNLOC_ENVIRONMENT says".to_owned();
        text.parse().map_err(|error: Error| error.also(says()))
    }

    /// The base address of one API: `servers` is what its spec names.
    pub(crate) fn base(&self, servers: &[(&str, &str)]) -> Result<Url, Error> {
        let named = |name: &str| servers.iter().find(|(other, _)| *other == name).map(|(_, url)| *url);
        let parse = |url: Option<&str>| {
            let url = url.and_then(|url| Url::parse(url).ok());
            url.ok_or_else(|| Error::new(ErrorKind::Configuration, format!("the spec names no server for {self}")))
        };
        match self {
            Self::Production => parse(named("production")),
            Self::Sandbox => parse(named("sandbox")),
            Self::Custom(url) | Self::Unencrypted(url) => {
                check(url, matches!(self, Self::Unencrypted(_)))?;
                let host = |url: &Url| url.host_str().map(|host| host.trim_end_matches('.').to_owned());
                let is_own = |(_, own): &(&str, &str)| Url::parse(own).is_ok_and(|own| host(&own) == host(url));
                if url.scheme() == "http" && servers.iter().any(is_own) {
                    let what = "the service's address is Unloc's own and begins with http: use https";
                    return Err(Error::new(ErrorKind::Configuration, what));
                }
                let below = parse(named("production"))?;
                let mut base = url.clone();
                base.set_path(&format!("{}{}", url.path().trim_end_matches('/'), below.path()));
                Ok(base)
            }
        }
    }
}

/// What an environment variable says.
pub(super) fn read(name: &str) -> Result<String, Error> {
    let refuse =
        |what: &str| Err(Error::new(ErrorKind::Configuration, format!("the environment variable {name} {what}")));
    match env::var(name) {
        Ok(text) if !text.trim().is_empty() => Ok(text),
        Ok(_) => refuse("is empty"),
        Err(env::VarError::NotPresent) => {
            let all = "UNLOC_ENVIRONMENT, UNLOC_CLIENT_ID and UNLOC_CLIENT_SECRET are needed, all three";
            refuse("is not set").map_err(|error| error.hint(all))
        }
        Err(env::VarError::NotUnicode(_)) => refuse("is not Unicode"),
    }
}

const IN_THE_CLEAR: &str = "the service's address begins with http, which would send secrets and tokens in the clear: use \
                            https; only loopback addresses may do without";

fn check(url: &Url, unencrypted: bool) -> Result<(), Error> {
    let refuse = |why: &str| Err(Error::new(ErrorKind::Configuration, why.to_owned()));
    // The address itself is not repeated: what is wrong with it may be that it holds a password.
    if !url.username().is_empty() || url.password().is_some() {
        return refuse("the service's address holds a user name or password: leave them out");
    }
    if url.query().is_some() || url.fragment().is_some() {
        return refuse("the service's address ends in a query or fragment: leave it out");
    }
    match url.scheme() {
        "https" => Ok(()),
        "http" if unencrypted || is_loopback(url) => Ok(()),
        "http" => {
            let hint = format!("for tests, {ALLOW_HTTP_TO} or `Environment::Unencrypted` allows one host");
            Err(Error::new(ErrorKind::Configuration, IN_THE_CLEAR).hint(hint))
        }
        other => refuse(&format!("the service's address begins with {other}: use https")),
    }
}

impl FromStr for Environment {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        match text.trim() {
            "production" => Ok(Self::Production),
            "sandbox" => Ok(Self::Sandbox),
            text => {
                let url = Url::parse(text).map_err(|_| {
                    let what = "an environment is `production`, `sandbox` or a URL that begins with https://";
                    Error::new(ErrorKind::Configuration, what)
                })?;
                check(&url, false)?;
                Ok(Self::Custom(url))
            }
        }
    }
}

impl TryFrom<&str> for Environment {
    type Error = Error;

    fn try_from(text: &str) -> Result<Self, Error> {
        text.parse()
    }
}

impl TryFrom<String> for Environment {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        text.parse()
    }
}

impl From<Url> for Environment {
    fn from(url: Url) -> Self {
        Self::Custom(url)
    }
}

impl fmt::Debug for Environment {
    /// Without what may hold a secret: an address with one is refused, but not before a client is built.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Production => f.write_str("Production"),
            Self::Sandbox => f.write_str("Sandbox"),
            Self::Custom(url) => write!(f, "Custom({}{})", url.origin().ascii_serialization(), url.path()),
            Self::Unencrypted(url) => write!(f, "Unencrypted({}{})", url.origin().ascii_serialization(), url.path()),
        }
    }
}

impl fmt::Display for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Production => f.write_str("production"),
            Self::Sandbox => f.write_str("sandbox"),
            Self::Custom(url) | Self::Unencrypted(url) => f.write_str(&url.origin().ascii_serialization()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base(text: &str) -> Result<String, Error> {
        text.parse::<Environment>()?.base(crate::model::integrator::SERVERS).map(String::from)
    }

    #[test]
    fn the_apis_stand_below_the_address_whether_or_not_it_ends_in_a_slash() {
        assert_eq!(base("production").unwrap(), "https://api.unloc.app/integrators/v1");
        assert_eq!(base("sandbox").unwrap(), "https://api-sandbox.unloc.app/integrators/v1");
        assert_eq!(base("https://proxy.example.com/unloc/").unwrap(), "https://proxy.example.com/unloc/integrators/v1");
        assert_eq!(base("http://127.0.0.1:4010").unwrap(), "http://127.0.0.1:4010/integrators/v1");
    }

    #[test]
    fn http_is_for_loopback_only_and_the_refusal_says_why() {
        for loopback in ["http://localhost:1", "http://127.8.9.1", "http://[::1]:4010"] {
            assert!(base(loopback).is_ok(), "{loopback}");
        }
        for open in
            ["http://example.com", "http://localhost.example.com", "http://192.0.2.1", "http://127.0.0.1.nip.io"]
        {
            let error = base(open).unwrap_err();
            assert!(error.to_string().contains("in the clear"), "{open}: {error}");
            assert_eq!(error.kind(), ErrorKind::Configuration);
        }
    }

    #[test]
    fn http_to_another_host_is_for_the_one_that_is_named() {
        let servers = crate::model::integrator::SERVERS;
        let named = |text: &str, allowed: &str| Environment::named(text, allowed)?.base(servers).map(String::from);
        for (text, allowed, base) in [
            ("http://emulator:4010", "emulator", "http://emulator:4010/integrators/v1"),
            (
                " http://Emulator.test.example.com/ ",
                "emulator.TEST.example.com",
                "http://emulator.test.example.com/integrators/v1",
            ),
            ("http://192.0.2.1:80", " 192.0.2.1 ", "http://192.0.2.1/integrators/v1"),
            // Nothing is allowed that was not, and nothing refused.
            ("http://127.0.0.1:4010", "emulator", "http://127.0.0.1:4010/integrators/v1"),
            ("https://unloc.example.com", "emulator", "https://unloc.example.com/integrators/v1"),
            ("production", "emulator", "https://api.unloc.app/integrators/v1"),
        ] {
            assert_eq!(named(text, allowed).unwrap(), base, "{text} {allowed}");
        }
        for (text, allowed) in [
            ("http://emulator:4010", ""),
            ("http://emulator:4010", " "),
            ("http://emulator:4010", "emulator:4010"),
            ("http://emulator:4010", "http://emulator:4010"),
            ("http://emulator:4010", "*"),
            ("http://emulator.example.com", "example.com"),
            ("http://emulator.example.com", "emulator"),
            ("http://api.unloc.app", "api.unloc.app"),
            ("http://api-sandbox.unloc.app.", "api-sandbox.unloc.app."),
            ("http://me:hunter2@emulator", "emulator"),
            ("ftp://emulator", "emulator"),
            ("staging", "staging"),
        ] {
            let error = named(text, allowed).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Configuration, "{text} {allowed}");
            assert!(!error.to_string().contains("hunter2"), "{error}");
        }
        assert!(base("http://emulator:4010").is_err(), "what the program itself says is no opt-in");
    }

    #[test]
    fn an_address_with_a_password_is_refused_without_repeating_it() {
        let error = base("https://me:hunter2@example.com").unwrap_err();
        assert!(!format!("{error} {error:?}").contains("hunter2"));
        assert!(base("https://example.com/?key=1").is_err());
        assert!(base("ftp://example.com").is_err());
        assert!(base("staging").is_err());
    }
}
