//! Refusals of the token endpoint that come as a success.

use super::service::explain;
use super::{Error, ErrorKind, Outcome, Sent};

/// What OAuth calls a transient failure; by RFC 6749, 5.2, other codes are final.
const TRANSIENT: [&str; 3] = ["temporarily_unavailable", "server_error", "slow_down"];

impl Error {
    /// A success whose body is not a token but an OAuth error (RFC 6749, 5.2) is that error, whatever its status says. The
    /// service's words do not repeat `secret`.
    pub(crate) fn or_refusal(self, secret: &str) -> Self {
        if self.kind() != ErrorKind::Decode {
            return self;
        }
        let mut sent = Sent::default();
        sent.secret(secret);
        let has_code = serde_json::from_slice::<serde_json::Value>(self.body())
            .is_ok_and(|body| body.get("error").is_some_and(serde_json::Value::is_string));
        let (code, description) = explain(self.body(), &|text| sent.redact(text));
        let (true, Some(code), Some(status)) = (has_code, code, self.status()) else { return self };
        self.change(|inner| {
            inner.kind = ErrorKind::Service;
            inner.outcome = Outcome::Rejected;
            inner.message = format!("the service answered {status}, with an error in place of a token").into();
            inner.hint = (code == "invalid_client").then(|| super::service::CHECK_CREDENTIALS.into());
            inner.transient = TRANSIENT.contains(&code.as_str());
            inner.code = Some(code);
            inner.description = description;
        })
    }
}

#[cfg(test)]
mod tests {
    use reqwest::StatusCode;
    use reqwest::header::HeaderMap;

    use super::*;

    fn answered(status: u16, body: &str) -> Error {
        let status = StatusCode::from_u16(status).unwrap();
        Error::undecodable(status, HeaderMap::new(), body.into(), "its body does not fit").or_refusal("hunter2-hunter2")
    }

    #[test]
    fn an_oauth_error_is_one_whatever_status_it_comes_with() {
        for status in [200, 201, 202, 203] {
            let error = answered(status, r#"{"error":"invalid_client","error_description":"no: hunter2-hunter2"}"#);
            assert_eq!((error.code(), error.description()), (Some("invalid_client"), Some("no: [secret]")));
            assert_eq!(
                (error.kind(), error.outcome(), error.is_retryable()),
                (ErrorKind::Service, Outcome::Rejected, false)
            );
            assert!(error.to_string().contains("check the client id and secret"), "{error}");
        }
        assert_eq!(answered(200, r#"{"error":"invalid_scope"}"#).description(), None);
        for passing in TRANSIENT {
            assert!(answered(200, &format!(r#"{{"error":"{passing}","access_token":null}}"#)).is_retryable());
        }
    }

    #[test]
    fn what_is_no_oauth_error_stays_what_it_was() {
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
            let error = answered(200, body);
            assert_eq!((error.kind(), error.code()), (ErrorKind::Decode, None), "{body}");
        }
        let error = Error::token("closed").or_refusal("");
        assert_eq!((error.kind(), error.code()), (ErrorKind::Token, None));
    }
}
