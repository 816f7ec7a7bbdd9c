//! Lists the headers that the SDK adds to every request.

use ::http::header::{self, HeaderName, HeaderValue};

/// Returns the headers of every request, apart from the token and the headers that its operation and body require.
///
/// In a browser there are none. A browser asks the service for permission for each header that is not safelisted, and a
/// service that allows only `authorization` and `content-type` would refuse every call (Fetch Standard, "CORS-preflight
/// fetch"). Firefox asks for `user-agent` as well. Only the browser itself may set `accept-encoding`, and it decodes
/// what it asks for.
pub(super) fn sdk_headers(
    in_browser: bool,
    user_agent: &HeaderValue,
) -> impl Iterator<Item = (HeaderName, HeaderValue)> {
    let headers = [
        (header::USER_AGENT, user_agent.clone()),
        // The SDK decodes no codings. Without this header any coding is acceptable (RFC 9110, section 12.5.3).
        (header::ACCEPT_ENCODING, HeaderValue::from_static("identity")),
    ];
    headers.into_iter().filter(move |_| !in_browser)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::config::USER_AGENT;

    #[test]
    fn adds_no_header_in_a_browser() {
        let names = |in_browser| {
            let user_agent = HeaderValue::from_static(USER_AGENT);
            sdk_headers(in_browser, &user_agent).map(|(name, _)| name.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(names(true), [""; 0]);
        assert_eq!(names(false), ["user-agent", "accept-encoding"]);
    }
}
