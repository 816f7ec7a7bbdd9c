//! Who may use the control interface and the page: programs, and the page itself.
//!
//! The API is open to pages of any origin, as clients in browsers need it. The control interface is not: a page from
//! anywhere could otherwise have webhooks called on this machine, and read what came of it. Three checks keep it out:
//!
//! * No CORS headers, so that no page of another origin reads a response, and no request of it passes a preflight.
//! * `Origin` and `Sec-Fetch-Site`, where a browser sends them, tell of the page itself: a POST without a body needs no
//!   preflight.
//! * `Host` names this machine: under a name of its own that leads here (DNS rebinding), a foreign page would be of the
//!   same origin.

use std::net::IpAddr;

use axum::extract::{Request, State};
use axum::http::header::{HeaderMap, HeaderValue};
use axum::http::uri::Authority;
use axum::http::{Method, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::error::ApiError;
use crate::state::App;

const WRONG_HOST: &str = "The control interface is not reachable under the name in the header Host: use a loopback name \
     such as localhost, or the address that the emulator listens on, or start it with --allow-host NAME";

const WRONG_ORIGIN: &str = "The control interface is for programs and for its own page: pages of other origins can call \
     the Auth API and the Integrator API only";

/// The names under which the control interface can be reached.
#[derive(Clone, Debug)]
pub(crate) struct Hosts {
    address: IpAddr,
    names: Vec<String>,
}

impl Hosts {
    pub(crate) fn new(address: IpAddr, names: Vec<String>) -> Self {
        Self { address, names }
    }

    /// Whether a host, with or without a port, is a loopback name, the address listened on, or a name that was allowed.
    ///
    /// The port is no matter: forwarded ports have other numbers, and rebinding is about names.
    pub(crate) fn takes(&self, host: &str) -> bool {
        let Some(authority) = authority(host) else { return false };
        let name = authority.host();
        let bare = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
        match bare.parse::<IpAddr>() {
            // An emulator that listens everywhere has all addresses of its machine. Addresses cannot be rebound.
            Ok(ip) => ip.is_loopback() || ip == self.address || self.address.is_unspecified(),
            Err(_) => {
                let known = |known: &String| known.eq_ignore_ascii_case(name);
                // RFC 6761 6.3: names below localhost are loopback names as well.
                let lower = name.to_ascii_lowercase();
                lower == "localhost" || lower.ends_with(".localhost") || self.names.iter().any(known)
            }
        }
    }
}

/// The authority that this text is, if it is no more than a host and a port.
fn authority(text: &str) -> Option<Authority> {
    text.parse::<Authority>().ok().filter(|authority| !text.contains('@') && !authority.host().is_empty())
}

/// Refuses requests to the control interface and the page that come from elsewhere.
pub(crate) async fn guard(State(app): State<App>, request: Request, next: Next) -> Response {
    let host = one(request.headers(), "host").filter(|host| app.hosts.takes(host));
    // RFC 9112 3.2.2: a target with a host of its own counts in place of the header.
    let is_elsewhere = request.uri().host().is_some_and(|host| !app.hosts.takes(host));
    let refusal = match host {
        Some(host) if !is_elsewhere => (!is_from_its_own_page(&request, host)).then_some(WRONG_ORIGIN),
        _ => Some(WRONG_HOST),
    };
    let mut response = match refusal {
        None => next.run(request).await,
        Some(text) => ApiError::forbidden(text).into_response(),
    };
    // No page of another origin embeds any of this either, as a picture or a script.
    response.headers_mut().insert("cross-origin-resource-policy", HeaderValue::from_static("same-origin"));
    response
}

/// A header that is there once, and is text.
fn one<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let first = values.next().filter(|_| values.next().is_none())?;
    first.to_str().ok()
}

/// Whether no other page asks: programs send neither of these headers.
fn is_from_its_own_page(request: &Request, host: &str) -> bool {
    let headers = request.headers();
    let same_origin = !headers.contains_key("origin")
        || one(headers, "origin").and_then(|origin| origin.parse::<Uri>().ok()).is_some_and(|origin| {
            let same = |authority: &Authority| authority.as_str().eq_ignore_ascii_case(host);
            matches!(origin.scheme_str(), Some("http" | "https")) && origin.authority().is_some_and(same)
        });
    // A link from another page to this one is good: whoever follows it sees it, and the other page does not.
    let is_link = request.method() == Method::GET && one(headers, "sec-fetch-mode") == Some("navigate");
    let same_site = !headers.contains_key("sec-fetch-site")
        || one(headers, "sec-fetch-site").is_some_and(|site| matches!(site, "same-origin" | "none") || is_link);
    same_origin && same_site
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hosts(address: &str, names: &[&str]) -> Hosts {
        Hosts::new(address.parse().unwrap(), names.iter().map(|name| (*name).to_owned()).collect())
    }

    #[test]
    fn loopback_names_lead_here_and_others_do_not() {
        let hosts = hosts("127.0.0.1", &[]);
        for good in
            ["localhost", "LOCALHOST:4010", "app.localhost:80", "127.0.0.1:4010", "127.8.0.1", "[::1]", "[::1]:1"]
        {
            assert!(hosts.takes(good), "{good}");
        }
        for bad in [
            "",
            ":4010",
            "example.com",
            "localhost.example.com",
            "notlocalhost",
            "127.0.0.1.example.com",
            "127.0.0.1@example.com",
            "example.com@127.0.0.1",
            "192.0.2.1:4010",
            "0.0.0.0:4010",
            "[2001:db8::1]",
            "[",
            "local host",
            "localhost/",
        ] {
            assert!(!hosts.takes(bad), "{bad}");
        }
    }

    #[test]
    fn the_configured_address_and_allowed_names_lead_here() {
        let one = hosts("192.0.2.1", &["emulator"]);
        for (host, leads_here) in
            [("192.0.2.1:80", true), ("Emulator:4010", true), ("192.0.2.2", false), ("emulator.example.com", false)]
        {
            assert_eq!(one.takes(host), leads_here, "{host}");
        }
        let all = hosts("0.0.0.0", &[]);
        for (host, leads_here) in [("192.0.2.7:4010", true), ("[2001:db8::1]:80", true), ("emulator", false)] {
            assert_eq!(all.takes(host), leads_here, "{host}");
        }
    }
}
