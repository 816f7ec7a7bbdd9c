//! Where the service is.

use std::env;
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use reqwest::Url;

use crate::error::{Error, ErrorKind};
use crate::token;

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
}

impl Environment {
    /// What the environment variable `UNLOC_ENVIRONMENT` says: `production`, `sandbox` or an address.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] if it is missing, empty or wrong.
    pub fn from_env() -> Result<Self, Error> {
        let named = |error: Error| error.hint("this is what the environment variable UNLOC_ENVIRONMENT says");
        read("UNLOC_ENVIRONMENT")?.parse().map_err(named)
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
            Self::Custom(url) => {
                check(url)?;
                let below = parse(named("production"))?;
                let mut base = url.clone();
                base.set_path(&format!("{}{}", url.path().trim_end_matches('/'), below.path()));
                Ok(base)
            }
        }
    }
}

/// What the environment variables say, all three of which are needed.
pub(crate) fn credentials() -> Result<(Environment, String, String), Error> {
    let credential = |name: &str| {
        let text = read(name)?;
        token::credential(&format!("the environment variable {name}"), &text).map(str::to_owned)
    };
    Ok((Environment::from_env()?, credential("UNLOC_CLIENT_ID")?, credential("UNLOC_CLIENT_SECRET")?))
}

fn read(name: &str) -> Result<String, Error> {
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

fn check(url: &Url) -> Result<(), Error> {
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
        "http" if is_loopback(url) => Ok(()),
        "http" => refuse(
            "the service's address begins with http, which would send secrets and tokens in the clear: use https; only \
             loopback addresses may do without",
        ),
        other => refuse(&format!("the service's address begins with {other}: use https")),
    }
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
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
                check(&url)?;
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
        }
    }
}

impl fmt::Display for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Production => f.write_str("production"),
            Self::Sandbox => f.write_str("sandbox"),
            Self::Custom(url) => f.write_str(&url.origin().ascii_serialization()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base(text: &str) -> Result<String, Error> {
        text.parse::<Environment>()?.base(crate::generated::integrator::SERVERS).map(String::from)
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
    fn an_address_with_a_password_is_refused_without_repeating_it() {
        let error = base("https://me:hunter2@example.com").unwrap_err();
        assert!(!format!("{error} {error:?}").contains("hunter2"));
        assert!(base("https://example.com/?key=1").is_err());
        assert!(base("ftp://example.com").is_err());
        assert!(base("staging").is_err());
    }
}
