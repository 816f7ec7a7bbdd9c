//! Validates webhook URLs.

use std::net::Ipv6Addr;

use axum::http::Uri;
use axum::http::uri::Authority;

use crate::domain::error::Invalid;
use crate::http::fields::Fields;

/// Reads a field with a URL of a webhook: an http or https URL by RFC 3986 that can be called unchanged.
pub(crate) fn read(body: &Fields, name: &str) -> Result<String, Invalid> {
    let url = body.required(name, body.text(name, 1..=4096)?)?;
    check(url).map_err(|rule| body.error(name, rule))?;
    Ok(url.to_owned())
}

fn check(url: &str) -> Result<(), &'static str> {
    check_characters(url)?;
    // The fragment is ignored, because it is not sent to a server.
    let url = url.split('#').next().unwrap_or_default();
    let uri = url.parse::<Uri>().ok().filter(|uri| matches!(uri.scheme_str(), Some("http" | "https")));
    let uri = uri.ok_or("must be a complete http or https URL")?;
    let authority = uri.authority().map(Authority::as_str).unwrap_or_default();
    // RFC 9110, section 4.2.4: a sender must not generate user information, and a recipient should treat it as an
    // error.
    if authority.contains('@') {
        return Err("must not have a user name or a password before the host");
    }
    let (host, port) = match authority.rfind(']') {
        Some(end) => authority.split_at(end + 1),
        None => authority.split_at(authority.find(':').unwrap_or(authority.len())),
    };
    let is_address = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    if is_address.is_some_and(|host| host.parse::<Ipv6Addr>().is_err()) {
        return Err("must have an IPv6 address in its brackets");
    }
    if host.is_empty() {
        return Err("must be a complete http or https URL");
    }
    // RFC 3986, section 3.2.3: an empty port is the default port.
    let port = port.strip_prefix(':').unwrap_or(port);
    if !port.is_empty() && port.parse::<u16>().ok().is_none_or(|port| port == 0) {
        return Err("must have a port from 1 to 65535, or none");
    }
    Ok(())
}

/// Rejects characters that must be percent-encoded (RFC 3986, section 2). `http::Uri` accepts more than the RFC.
fn check_characters(url: &str) -> Result<(), &'static str> {
    const ENCODE: &str = "must have all characters percent-encoded that RFC 3986 does not allow in a URL";
    let bytes = url.as_bytes();
    for (index, byte) in bytes.iter().enumerate() {
        let is_fine = match byte {
            b'%' => bytes.get(index + 1..index + 3).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit)),
            _ => byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=".contains(byte),
        };
        if !is_fine {
            return Err(ENCODE);
        }
    }
    // Brackets may only enclose an IP address (section 3.2.2), and there is only one fragment (section 3.5).
    let after_scheme = url.split_once("://").map_or(url, |(_, rest)| rest);
    let after_host = after_scheme.find(['/', '?', '#']).map_or("", |end| &after_scheme[end..]);
    if after_host.contains(['[', ']']) || url.matches('#').count() > 1 { Err(ENCODE) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_callable_urls() {
        for good in [
            "http://example.com",
            "https://example.com/",
            "HTTP://example.com/events?lock=1&key=%C3%B8",
            "http://127.0.0.1:65535/a/b;c=1,2/(d)/~e/!$&'*+=:@",
            "http://[::1]:4011/hook",
            "http://[::1]?lock=1",
            "http://[2001:db8::1]/",
            "http://localhost:1",
            "http://example.com:/empty-port",
            "http://example.com:080/",
            "https://example.com/?a=b?c/d",
            "https://example.com/events#part",
            "http://xn--bcher-kva.example/",
        ] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
    }

    #[test]
    fn refuses_invalid_urls_and_names_the_broken_rule() {
        for (bad, named) in [
            ("http://example.com/ø", "percent-encoded"),
            ("http://bücher.example/", "percent-encoded"),
            ("http://example.com/a b", "percent-encoded"),
            ("http://example.com/?q=\u{1f511}", "percent-encoded"),
            ("http://example.com/%", "percent-encoded"),
            ("http://example.com/%4", "percent-encoded"),
            ("http://example.com/%zz", "percent-encoded"),
            ("http://example.com/\"x\"", "percent-encoded"),
            ("http://example.com/{id}", "percent-encoded"),
            ("http://example.com/a|b", "percent-encoded"),
            ("http://example.com/a[0]", "percent-encoded"),
            ("http://example.com?a[0]=1", "percent-encoded"),
            ("http://[::1]#[1]", "percent-encoded"),
            ("http://example.com/\\", "percent-encoded"),
            ("http://example.com/a\r\nx: y", "percent-encoded"),
            ("http://example.com/#a#b", "percent-encoded"),
            ("http://example.com:65536/", "port"),
            ("http://example.com:99999/", "port"),
            ("http://example.com:0/", "port"),
            ("http://[::1]:99999/", "port"),
            ("http://example.com:4294967376/", "port"),
            ("http://user:pw@example.com/", "user name"),
            ("https://user@example.com/", "user name"),
            ("http://@example.com/", "user name"),
            ("http://[zz]/", "IPv6"),
            ("http://[::1%25lo]/", "IPv6"),
            ("ftp://example.com/", "complete"),
            ("example.com/events", "complete"),
            ("//example.com/events", "complete"),
            ("/events", "complete"),
            ("http:///events", "complete"),
            ("http://:80/", "complete"),
            ("http://", "complete"),
            ("", "complete"),
        ] {
            let refusal = check(bad);
            assert!(refusal.is_err(), "{bad}");
            // If two rules are broken, the error may name either.
            let is_named = refusal.is_err_and(|rule| rule.contains(named) || rule.contains("complete"));
            assert!(is_named, "{bad}: {refusal:?}");
        }
    }
}
