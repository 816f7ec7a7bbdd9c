//! Recognizes OAuth errors that a token endpoint sends with a success status.

use super::service::explain;
use super::{Error, ErrorKind, Outcome, Sent};

/// Lists the OAuth error codes that mean a transient failure.
///
/// The codes of RFC 6749, section 5.2, are all final. These are from section 4.1.2.1 and RFC 8628, section 3.5, and
/// token endpoints send them as well.
const TRANSIENT: [&str; 3] = ["temporarily_unavailable", "server_error", "slow_down"];

impl Error {
    /// Turns a success that cannot be decoded as a token into the OAuth error in its body (RFC 6749, section 5.2).
    ///
    /// Some services respond with 200 in place of 400 or 401. Without an OAuth error in the body, the error stays as it
    /// is. `secret` is redacted from the service's words.
    pub(crate) fn or_refusal(self, secret: &str) -> Self {
        // Any other kind has its own explanation already, such as a status or a broken connection.
        if self.kind() != ErrorKind::Decode {
            return self;
        }
        let mut sent = Sent::default();
        sent.secret(secret);
        // The string `error` and nothing like it: `explain` also reads codes of problem documents, which are not
        // OAuth's.
        let has_code = serde_json::from_slice::<serde_json::Value>(self.body())
            .is_ok_and(|body| body.get("error").is_some_and(serde_json::Value::is_string));
        let (code, description) = explain(self.body(), &|text| sent.redact(text));
        let (true, Some(code), Some(status)) = (has_code, code, self.status()) else { return self };
        self.change(|inner| {
            // A refusal, although the status says success: no token was issued.
            inner.kind = ErrorKind::Service;
            inner.outcome = Outcome::Rejected;
            inner.message =
                format!("the service responded with {status}, but with an error in place of a token").into();
            inner.hint = (code == "invalid_client").then(|| super::service::CHECK_CREDENTIALS.into());
            // The status is no help here: it says 200.
            inner.transient = TRANSIENT.contains(&code.as_str());
            inner.code = Some(code);
            inner.description = description;
        })
    }
}

#[cfg(test)]
mod tests {
    use ::http::StatusCode;
    use ::http::header::HeaderMap;

    use super::*;

    fn success(status: u16, body: &str) -> Error {
        let status = StatusCode::from_u16(status).unwrap();
        Error::undecodable(status, HeaderMap::new(), body.into(), "its body does not fit").or_refusal("hunter2-hunter2")
    }

    #[test]
    fn reads_an_oauth_error_under_any_success_status() {
        for status in [200, 201, 202, 203] {
            let error = success(status, r#"{"error":"invalid_client","error_description":"no: hunter2-hunter2"}"#);
            assert_eq!((error.code(), error.description()), (Some("invalid_client"), Some("no: [secret]")));
            assert_eq!(
                (error.kind(), error.outcome(), error.is_retryable()),
                (ErrorKind::Service, Outcome::Rejected, false)
            );
            assert!(error.to_string().contains("check the client id and secret"), "{error}");
        }
        assert_eq!(success(200, r#"{"error":"invalid_scope"}"#).description(), None);
        for transient in TRANSIENT {
            assert!(success(200, &format!(r#"{{"error":"{transient}","access_token":null}}"#)).is_retryable());
        }
    }

    #[test]
    fn leaves_other_errors_unchanged() {
        for body in [
            "",
            "null",
            "[]",
            "{}",
            r#"{"error":1}"#,
            r#"{"error":""}"#,
            r#"{"code":"x"}"#,
            r#"{"title":"x"}"#,
            "<html>",
        ] {
            let error = success(200, body);
            assert_eq!((error.kind(), error.code()), (ErrorKind::Decode, None), "{body}");
        }
        let error = Error::token("closed").or_refusal("");
        assert_eq!((error.kind(), error.code()), (ErrorKind::Token, None));
    }
}
