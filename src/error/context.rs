//! Creates errors, and adds the context that callers see: operation, outcome, attempts, hints.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use ::http::StatusCode;
use ::http::header::{HeaderMap, HeaderName, HeaderValue};

use super::{ACTED, Error, ErrorKind, Inner, Outcome, REQUEST_IDS, Sent, redact};
use crate::model::operation::Operation;

impl Error {
    /// Creates an error with the outcome [`Outcome::NotSent`]; callers raise it where a request may have been sent.
    pub(crate) fn new(kind: ErrorKind, message: impl Into<Cow<'static, str>>) -> Self {
        Self(Arc::new(Inner {
            kind,
            outcome: Outcome::NotSent,
            operation: None,
            message: message.into(),
            hint: None,
            status: None,
            code: None,
            description: None,
            headers: HeaderMap::new(),
            body: Vec::new(),
            attempts: 0,
            retry_after: None,
            about_a_token: false,
            transient: false,
            source: None,
        }))
    }

    /// Changes the error in place, or a copy of it where it is shared.
    pub(super) fn change(mut self, change: impl FnOnce(&mut Inner)) -> Self {
        match Arc::get_mut(&mut self.0) {
            Some(inner) => change(inner),
            None => {
                // Callers that wait for one token share its error, and each adds its own operation to it.
                let mut copy = self.0.copy();
                change(&mut copy);
                self.0 = Arc::new(copy);
            }
        }
        self
    }

    /// Names the operation that failed.
    pub(crate) fn during(self, operation: &'static Operation) -> Self {
        self.change(|inner| {
            inner.operation = Some(operation);
            // An idempotent operation is safe to retry, and a more specific hint says more than this general one.
            if inner.outcome == Outcome::Unknown && !operation.idempotent && inner.hint.is_none() {
                inner.hint = Some(ACTED.into());
            }
        })
    }

    /// Redacts from the message what the call sent, and drops an id of the request that quotes it.
    pub(crate) fn redacted(self, sent: &Sent) -> Self {
        let message = sent.redact_own(&self.0.message);
        let quotes = |value: &HeaderValue| value.to_str().is_ok_and(|text| sent.redact_own(text) != text);
        let quoting: Vec<_> =
            REQUEST_IDS.into_iter().filter(|name| self.0.headers.get(*name).is_some_and(quotes)).collect();
        // Nearly always so, and then no shared error has to be copied.
        if message == self.0.message && quoting.is_empty() {
            return self;
        }
        self.change(|inner| {
            inner.message = message.into();
            for name in quoting {
                if let Some(value) = inner.headers.get_mut(name) {
                    value.set_sensitive(true);
                }
            }
        })
    }

    /// Sets the hint, in place of any other.
    pub(crate) fn hint(self, hint: impl Into<Cow<'static, str>>) -> Self {
        self.change(|inner| inner.hint = Some(hint.into()))
    }

    /// Appends a hint to the one that is there.
    pub(crate) fn also(self, hint: String) -> Self {
        self.change(|inner| {
            inner.hint = Some(match inner.hint.take() {
                Some(first) => format!("{first}; {hint}").into(),
                None => hint.into(),
            });
        })
    }

    /// Sets how long the service, or the token cache, asks not to be called.
    pub(crate) fn retry_in(self, pause: Duration) -> Self {
        self.change(|inner| inner.retry_after = Some(pause))
    }

    /// Raises the outcome to this one, if less may have happened by the error's own.
    ///
    /// A connection that is refused on the last attempt does not undo what an earlier attempt may have done.
    pub(crate) fn at_worst(self, outcome: Outcome) -> Self {
        self.change(|inner| inner.outcome = inner.outcome.max(outcome))
    }

    /// Returns a copy for the token cache, which keeps only the request id of the response.
    ///
    /// The cache may hold one error for each of very many scopes, so headers and body are dropped.
    pub(crate) fn remembered(&self) -> Self {
        self.clone().change(|inner| {
            let named = REQUEST_IDS.iter().filter_map(|name| Some((*name, inner.headers.get(*name)?)));
            let named = named.filter(|(_, value)| !value.is_sensitive());
            // Copied byte by byte: a clone would share, and so keep alive, the buffer that hyper read the whole head
            // into.
            let copy = |value: &HeaderValue| HeaderValue::from_bytes(value.as_bytes()).ok();
            inner.headers =
                named.filter_map(|(name, value)| Some((HeaderName::from_static(name), copy(value)?))).collect();
            inner.body = Vec::new();
        })
    }

    /// Drops the body, where it may hold a secret.
    pub(crate) fn without_body(self) -> Self {
        self.change(|inner| inner.body = Vec::new())
    }

    /// Sets how many requests were sent.
    pub(crate) fn after(self, attempts: u32) -> Self {
        self.change(|inner| inner.attempts = attempts)
    }

    /// Adds to a refused token why no fresh one could be fetched.
    ///
    /// The 401 itself is final. It becomes transient exactly if the failed fetch is, and is then retried like one.
    pub(crate) fn without_another_token(self, why: &Self) -> Self {
        self.change(|inner| {
            inner.hint = Some(format!("and no fresh token: {why}").into());
            // The pause of the token cache applies, and not a `Retry-After` of the service, which refused the token
            // only.
            inner.transient = why.is_transient();
            inner.retry_after = why.retry_after();
            inner.about_a_token = true;
        })
    }

    /// Adds to a 403 which scope was requested and which was granted, if the token endpoint named the granted one.
    ///
    /// RFC 6749, section 5.1, requires the token endpoint to name it exactly if it differs from the requested one.
    pub(crate) fn with_scopes(self, asked: &impl fmt::Display, granted: Option<&str>) -> Self {
        match granted {
            Some(granted) if self.status() == Some(StatusCode::FORBIDDEN) => {
                // A scope holds ids that a person chose, and the granted one is the token endpoint's text.
                let (asked, granted) = (redact(&asked.to_string()), redact(granted));
                self.also(format!("the token was requested with the scope `{asked}` and granted `{granted}`"))
            }
            _ => self,
        }
    }

    /// Turns a failed token fetch into the error of the operation that needed the token, which was not sent.
    pub(crate) fn while_getting_a_token(self, operation: &'static Operation) -> Self {
        self.change(|inner| {
            if inner.outcome >= Outcome::Unknown && inner.kind != ErrorKind::Service {
                // The hint says that the service may have processed the request: true of the token request only.
                inner.hint = None;
            }
            // These two describe the caller's own settings, for which "no access token" would hide the cause.
            if !matches!(inner.kind, ErrorKind::Configuration | ErrorKind::Scope) {
                inner.message = format!("no access token: {}", inner.message).into();
            }
            // `Service` and `Decode` would be read as the response to the operation. Connection and timeout stay, since
            // they decide whether the failure is transient.
            if matches!(inner.kind, ErrorKind::Service | ErrorKind::Decode | ErrorKind::Request) {
                inner.kind = ErrorKind::Token;
            }
            // Fetching a second token does no harm, so whatever became of the token request leaves nothing open.
            inner.outcome = Outcome::NotSent;
            inner.operation = Some(operation);
            inner.attempts = 0;
            inner.about_a_token = true;
        })
    }
}

impl Inner {
    /// Returns a copy of all fields.
    fn copy(&self) -> Self {
        let Self { kind, outcome, operation, status, attempts, retry_after, about_a_token, transient, .. } = *self;
        // No `..` here: a new field that is not copied does not compile.
        Self {
            kind,
            outcome,
            operation,
            status,
            attempts,
            retry_after,
            about_a_token,
            transient,
            message: self.message.clone(),
            hint: self.hint.clone(),
            code: self.code.clone(),
            description: self.description.clone(),
            headers: self.headers.clone(),
            body: self.body.clone(),
            source: self.source.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_of_the_request_that_quotes_a_secret_of_the_call_is_none() {
        let mut sent = Sent::default();
        sent.secret("hunter2-hunter2");
        let error = |id: &'static str| {
            let headers = [("x-request-id", id), ("x-correlation-id", "r-7")];
            let headers = headers.map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
            Error::rejected(StatusCode::FORBIDDEN, headers.into_iter().collect(), Vec::new(), &sent).redacted(&sent)
        };
        assert_eq!(error("r-6").request_id(), Some("r-6"));
        let quoting = error("r-6-hunter2-hunter2");
        assert_eq!((quoting.request_id(), quoting.remembered().request_id()), (Some("r-7"), Some("r-7")));
    }

    #[test]
    fn the_copy_for_the_token_cache_keeps_the_request_id_and_drops_other_headers_and_the_body() {
        let headers = [("x-request-id", "r-7"), ("server", "scripted"), ("set-cookie", "session=1")];
        let headers = headers.map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
        let body = br#"{"error":"busy","error_description":"later"}"#.to_vec();
        let status = StatusCode::SERVICE_UNAVAILABLE;
        let error = Error::rejected(status, headers.into_iter().collect(), body, &Sent::default());
        let error = error.retry_in(Duration::from_secs(7));
        let remembered = error.remembered();
        assert_eq!((remembered.request_id(), remembered.headers().len()), (Some("r-7"), 1));
        assert!(remembered.body().is_empty());
        assert_eq!((remembered.to_string(), remembered.retry_after()), (error.to_string(), error.retry_after()));
        assert_eq!((error.headers().len(), error.body().is_empty()), (3, false), "the caller's error is unchanged");
    }
}
