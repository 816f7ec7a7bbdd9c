//! The headers that the SDK sends by itself.

use reqwest::header::{self, HeaderName, HeaderValue};

/// The headers of every request beside its token, and what its operation and its body ask for.
///
/// A browser asks the service for permission for each header that is not safelisted, and a service that allows
/// `authorization` and `content-type` alone would refuse every call for the sake of a name (the Fetch standard, "CORS-preflight
/// fetch"; Firefox counts `user-agent` among them). `accept-encoding` is one that only the browser may set, and it decodes
/// what it asks for.
pub(super) fn own_headers(
    in_browser: bool,
    user_agent: &HeaderValue,
) -> impl Iterator<Item = (HeaderName, HeaderValue)> {
    let headers = [
        (header::USER_AGENT, user_agent.clone()),
        // Without it, a body may come in any coding (RFC 9110, section 12.5.3).
        (header::ACCEPT_ENCODING, HeaderValue::from_static("identity")),
    ];
    headers.into_iter().filter(move |_| !in_browser)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::config::USER_AGENT;

    #[test]
    fn in_a_browser_no_header_needs_a_permission_of_its_own() {
        let names = |in_browser| {
            let user_agent = HeaderValue::from_static(USER_AGENT);
            own_headers(in_browser, &user_agent).map(|(name, _)| name.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(names(true), [""; 0]);
        assert_eq!(names(false), ["user-agent", "accept-encoding"]);
    }
}
