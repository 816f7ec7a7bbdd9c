//! Describes the service that a client calls.

use std::env;
use std::fmt;
use std::str::FromStr;

use url::Url;

use crate::error::{Error, ErrorKind};
use crate::http::connection::is_loopback;

/// Selects the service that a client calls.
///
/// ```
/// use unloc::Environment;
///
/// assert_eq!("production".parse::<Environment>()?, Environment::Production);
/// assert!("https://unloc.example.com".parse::<Environment>().is_ok());
/// assert!("http://unloc.example.com".parse::<Environment>().is_err(), "tokens are not sent unencrypted");
/// # Ok::<(), unloc::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Environment {
    /// Selects `https://api.unloc.app`, which opens real doors.
    Production,
    /// Selects `https://api-sandbox.unloc.app`, Unloc's own test environment. It has credentials of its own.
    Sandbox,
    /// Selects another base URL, such as that of `unloc-emulator` or of a proxy. Both APIs have to be below it.
    ///
    /// `http` is refused, except for a loopback address.
    Custom(Url),
    /// Selects another base URL, and allows `http` to a host that is not loopback: for tests whose service runs in
    /// another container.
    ///
    /// Everyone on the way can read client secrets, tokens and phone numbers, so each client that is built with it logs
    /// a warning. The hosts of Unloc itself are refused. [`from_env`](Self::from_env) returns this if the environment
    /// variable `UNLOC_ALLOW_HTTP_TO` names the host.
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

/// Names the environment variable with the one host that may be called over `http`, apart from loopback.
const ALLOW_HTTP_TO: &str = "UNLOC_ALLOW_HTTP_TO";

impl Environment {
    /// Returns the environment that the variable `UNLOC_ENVIRONMENT` names: `production`, `sandbox` or a URL.
    ///
    /// A URL with `http` is accepted for loopback, and for the host that `UNLOC_ALLOW_HTTP_TO` names: see
    /// [`Unencrypted`](Self::Unencrypted).
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] if the variable is missing, empty or invalid.
    pub fn from_env() -> Result<Self, Error> {
        Self::parse(&read("UNLOC_ENVIRONMENT")?, &env::var(ALLOW_HTTP_TO).unwrap_or_default())
    }

    /// Parses the values of `UNLOC_ENVIRONMENT` and `UNLOC_ALLOW_HTTP_TO`.
    fn parse(text: &str, allowed: &str) -> Result<Self, Error> {
        let allowed = allowed.trim();
        // Only a URL that would be refused otherwise needs the second variable; it changes nothing for all others.
        let url = Url::parse(text.trim()).ok().filter(|url| url.scheme() == "http" && !is_loopback(url));
        if let Some(url) = url.filter(|_| !allowed.is_empty()) {
            // The host alone and in full: a suffix or a pattern could allow more hosts than was meant.
            if url.host_str().is_some_and(|host| host.eq_ignore_ascii_case(allowed)) {
                check(&url, true)?;
                return Ok(Self::Unencrypted(url));
            }
            let hint =
                format!("{ALLOW_HTTP_TO} allows another host: set it to the host alone, without scheme and port");
            return Err(Error::new(ErrorKind::Configuration, HTTP_REFUSED).hint(hint));
        }
        let origin = || "this is the value of the environment variable UNLOC_ENVIRONMENT".to_owned();
        text.parse().map_err(|error: Error| error.also(origin()))
    }

    /// Returns the base URL of one API, whose spec lists `servers`.
    pub(crate) fn base(&self, servers: &[(&str, &str)]) -> Result<Url, Error> {
        let named = |name: &str| servers.iter().find(|(other, _)| *other == name).map(|(_, url)| *url);
        let parse = |url: Option<&str>| {
            let url = url.and_then(|url| Url::parse(url).ok());
            url.ok_or_else(|| Error::new(ErrorKind::Configuration, format!("the spec lists no server for {self}")))
        };
        match self {
            Self::Production => parse(named("production")),
            Self::Sandbox => parse(named("sandbox")),
            Self::Custom(url) | Self::Unencrypted(url) => {
                check(url, matches!(self, Self::Unencrypted(_)))?;
                // A host with a dot at its end is the same host (RFC 1034, section 3.1).
                let host = |url: &Url| url.host_str().map(|host| host.trim_end_matches('.').to_owned());
                let is_own = |(_, own): &(&str, &str)| Url::parse(own).is_ok_and(|own| host(&own) == host(url));
                // `Unencrypted` is for tests. No test needs to send real credentials to the real service unencrypted.
                if url.scheme() == "http" && servers.iter().any(is_own) {
                    let what = "the base URL is Unloc's own and begins with http: use https";
                    return Err(Error::new(ErrorKind::Configuration, what));
                }
                // A custom service has the same path below its base URL as production, such as `/integrators/v1`.
                let below = parse(named("production"))?;
                let mut base = url.clone();
                base.set_path(&format!("{}{}", url.path().trim_end_matches('/'), below.path()));
                Ok(base)
            }
        }
    }
}

/// Reads an environment variable that must not be empty.
pub(super) fn read(name: &str) -> Result<String, Error> {
    let refuse =
        |what: &str| Err(Error::new(ErrorKind::Configuration, format!("the environment variable {name} {what}")));
    match env::var(name) {
        Ok(text) if !text.trim().is_empty() => Ok(text),
        Ok(_) => refuse("is empty"),
        Err(env::VarError::NotPresent) => {
            // A newcomer is told about all three at once, and not about one after the other.
            let all = "set UNLOC_ENVIRONMENT, UNLOC_CLIENT_ID and UNLOC_CLIENT_SECRET: all three are required";
            refuse("is not set").map_err(|error| error.hint(all))
        }
        Err(env::VarError::NotUnicode(_)) => refuse("is not valid Unicode"),
    }
}

const HTTP_REFUSED: &str =
    "the base URL begins with http, which would send secrets and tokens in the clear: use https, or a loopback address";

/// Checks a base URL; with `unencrypted`, `http` is allowed for every host.
fn check(url: &Url, unencrypted: bool) -> Result<(), Error> {
    let refuse = |why: &str| Err(Error::new(ErrorKind::Configuration, why.to_owned()));
    // No message quotes the URL, since it may contain a password.
    if !url.username().is_empty() || url.password().is_some() {
        return refuse("the base URL contains a user name or password: remove them");
    }
    if url.query().is_some() || url.fragment().is_some() {
        return refuse("the base URL contains a query or fragment: remove it");
    }
    match url.scheme() {
        "https" => Ok(()),
        "http" if unencrypted || is_loopback(url) => Ok(()),
        // There is no environment variable in JavaScript, whose programs cannot name the variant either.
        "http" if cfg!(target_arch = "wasm32") => refuse(HTTP_REFUSED),
        "http" => {
            let hint = format!("for tests, allow one host by {ALLOW_HTTP_TO} or `Environment::Unencrypted`");
            Err(Error::new(ErrorKind::Configuration, HTTP_REFUSED).hint(hint))
        }
        other => refuse(&format!("the base URL begins with {other}: use https")),
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
                    let what = "unknown environment: use `production`, `sandbox` or a URL that begins with https://";
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
    // Only origin and path: user name, password and query may be secrets. A URL with them is refused, but only when a
    // client is built, and it can be shown before.
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
    fn the_apis_are_below_the_base_url_with_or_without_a_slash_at_its_end() {
        assert_eq!(base("production").unwrap(), "https://api.unloc.app/integrators/v1");
        assert_eq!(base("sandbox").unwrap(), "https://api-sandbox.unloc.app/integrators/v1");
        assert_eq!(base("https://proxy.example.com/unloc/").unwrap(), "https://proxy.example.com/unloc/integrators/v1");
        assert_eq!(base("http://127.0.0.1:4010").unwrap(), "http://127.0.0.1:4010/integrators/v1");
    }

    #[test]
    fn refuses_http_except_for_loopback() {
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
    fn allows_http_to_the_one_host_that_is_named() {
        let servers = crate::model::integrator::SERVERS;
        let parse = |text: &str, allowed: &str| Environment::parse(text, allowed)?.base(servers).map(String::from);
        for (text, allowed, base) in [
            ("http://emulator:4010", "emulator", "http://emulator:4010/integrators/v1"),
            (
                " http://Emulator.test.example.com/ ",
                "emulator.TEST.example.com",
                "http://emulator.test.example.com/integrators/v1",
            ),
            ("http://192.0.2.1:80", " 192.0.2.1 ", "http://192.0.2.1/integrators/v1"),
            // The second variable changes nothing for these.
            ("http://127.0.0.1:4010", "emulator", "http://127.0.0.1:4010/integrators/v1"),
            ("https://unloc.example.com", "emulator", "https://unloc.example.com/integrators/v1"),
            ("production", "emulator", "https://api.unloc.app/integrators/v1"),
        ] {
            assert_eq!(parse(text, allowed).unwrap(), base, "{text} {allowed}");
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
            let error = parse(text, allowed).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Configuration, "{text} {allowed}");
            assert!(!error.to_string().contains("hunter2"), "{error}");
        }
        assert!(base("http://emulator:4010").is_err(), "a URL alone does not allow http");
    }

    #[test]
    fn refuses_a_url_with_a_password_without_quoting_it() {
        let error = base("https://me:hunter2@example.com").unwrap_err();
        assert!(!format!("{error} {error:?}").contains("hunter2"));
        assert!(base("https://example.com/?key=1").is_err());
        assert!(base("ftp://example.com").is_err());
        assert!(base("staging").is_err());
    }
}
