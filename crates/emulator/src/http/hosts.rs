//! Checks the host names under which the control interface may be called.

use std::net::IpAddr;

use axum::http::uri::Authority;

/// Holds the address and the names under which the control interface may be called.
#[derive(Clone, Debug)]
pub(crate) struct Hosts {
    address: IpAddr,
    names: Vec<String>,
}

impl Hosts {
    pub(crate) fn new(address: IpAddr, names: Vec<String>) -> Self {
        Self { address, names }
    }

    /// Returns whether a host is a loopback name, the address that the emulator listens on, or an allowed name.
    ///
    /// The port is ignored: a forwarded port has another number, and DNS rebinding is about names.
    pub(crate) fn allows(&self, host: &str) -> bool {
        let Some(authority) = authority(host) else { return false };
        let name = authority.host();
        let bare = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
        match bare.parse::<IpAddr>() {
            // An emulator that listens on all addresses is reached under each of them. DNS rebinding needs a name.
            Ok(ip) => ip.is_loopback() || ip == self.address || self.address.is_unspecified(),
            Err(_) => {
                let known = |known: &String| known.eq_ignore_ascii_case(name);
                // RFC 6761, section 6.3: names below `localhost` are loopback names, too.
                let lower = name.to_ascii_lowercase();
                lower == "localhost" || lower.ends_with(".localhost") || self.names.iter().any(known)
            }
        }
    }
}

/// Parses a text that consists of a host and an optional port.
fn authority(text: &str) -> Option<Authority> {
    text.parse::<Authority>().ok().filter(|authority| !text.contains('@') && !authority.host().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hosts(address: &str, names: &[&str]) -> Hosts {
        Hosts::new(address.parse().unwrap(), names.iter().map(|name| (*name).to_owned()).collect())
    }

    #[test]
    fn allows_loopback_names_and_no_others() {
        let hosts = hosts("127.0.0.1", &[]);
        for good in
            ["localhost", "LOCALHOST:4010", "app.localhost:80", "127.0.0.1:4010", "127.8.0.1", "[::1]", "[::1]:1"]
        {
            assert!(hosts.allows(good), "{good}");
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
            assert!(!hosts.allows(bad), "{bad}");
        }
    }

    #[test]
    fn allows_the_configured_address_and_names() {
        let one = hosts("192.0.2.1", &["emulator"]);
        for (host, is_allowed) in
            [("192.0.2.1:80", true), ("Emulator:4010", true), ("192.0.2.2", false), ("emulator.example.com", false)]
        {
            assert_eq!(one.allows(host), is_allowed, "{host}");
        }
        let all = hosts("0.0.0.0", &[]);
        for (host, is_allowed) in [("192.0.2.7:4010", true), ("[2001:db8::1]:80", true), ("emulator", false)] {
            assert_eq!(all.allows(host), is_allowed, "{host}");
        }
    }
}
