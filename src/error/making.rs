//! How errors are made, and how they become what the caller sees.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

use super::{ACTED, Error, ErrorKind, Inner, Outcome, REQUEST_IDS, Sent, redact};
use crate::model::operation::Operation;

impl Error {
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

    pub(super) fn change(mut self, change: impl FnOnce(&mut Inner)) -> Self {
        match Arc::get_mut(&mut self.0) {
            Some(inner) => change(inner),
            None => {
                // Shared with others who wait for the same token: they keep theirs as it is.
                let mut copy = self.0.copy();
                change(&mut copy);
                self.0 = Arc::new(copy);
            }
        }
        self
    }

    pub(crate) fn during(self, operation: &'static Operation) -> Self {
        self.change(|inner| {
            inner.operation = Some(operation);
            if inner.outcome == Outcome::Unknown && !operation.idempotent && inner.hint.is_none() {
                inner.hint = Some(ACTED.into());
            }
        })
    }

    /// With nothing in its message that the call sent.
    pub(crate) fn redacted(self, sent: &Sent) -> Self {
        let message = sent.redact_own(&self.0.message);
        if message == self.0.message { self } else { self.change(|inner| inner.message = message.into()) }
    }

    pub(crate) fn hint(self, hint: impl Into<Cow<'static, str>>) -> Self {
        self.change(|inner| inner.hint = Some(hint.into()))
    }

    /// One more thing to say.
    pub(crate) fn also(self, hint: String) -> Self {
        self.change(|inner| {
            inner.hint = Some(match inner.hint.take() {
                Some(first) => format!("{first}; {hint}").into(),
                None => hint.into(),
            });
        })
    }

    /// The service, or the cache of tokens, wants to be left alone for so long.
    pub(crate) fn retry_in(self, pause: Duration) -> Self {
        self.change(|inner| inner.retry_after = Some(pause))
    }

    /// With an outcome that leaves as much open as this one.
    pub(crate) fn at_worst(self, outcome: Outcome) -> Self {
        self.change(|inner| inner.outcome = inner.outcome.max(outcome))
    }

    /// As a cache keeps it, perhaps for each of very many scopes: of the answer, only what the service needs to find the
    /// call. Copied, since a header holds on to all that was read with it.
    pub(crate) fn remembered(&self) -> Self {
        self.clone().change(|inner| {
            let named = REQUEST_IDS.iter().filter_map(|name| Some((*name, inner.headers.get(*name)?)));
            let copy = |value: &HeaderValue| HeaderValue::from_bytes(value.as_bytes()).ok();
            inner.headers =
                named.filter_map(|(name, value)| Some((HeaderName::from_static(name), copy(value)?))).collect();
            inner.body = Vec::new();
        })
    }

    /// Without the body, where that may hold a secret.
    pub(crate) fn without_body(self) -> Self {
        self.change(|inner| inner.body = Vec::new())
    }

    pub(crate) fn after(self, attempts: u32) -> Self {
        self.change(|inner| inner.attempts = attempts)
    }

    /// The service refused the token, and there is no other for this reason. If that one passes, so does this.
    pub(crate) fn without_another_token(self, why: &Self) -> Self {
        self.change(|inner| {
            inner.hint = Some(format!("and no fresh token: {why}").into());
            inner.transient = why.is_transient();
            inner.retry_after = why.retry_after();
            inner.about_a_token = true;
        })
    }

    /// Where the service says that the token does not cover what was asked of it: what it was granted, if that was not what
    /// was asked for.
    pub(crate) fn with_scopes(self, asked: &impl fmt::Display, granted: Option<&str>) -> Self {
        match granted {
            Some(granted) if self.status() == Some(StatusCode::FORBIDDEN) => {
                let (asked, granted) = (redact(&asked.to_string()), redact(granted));
                self.also(format!("the token was asked for with `{asked}` and granted `{granted}`"))
            }
            _ => self,
        }
    }

    /// The same failure as one of getting a token: the operation itself was not sent.
    pub(crate) fn while_getting_a_token(self, operation: &'static Operation) -> Self {
        self.change(|inner| {
            if inner.outcome >= Outcome::Unknown && inner.kind != ErrorKind::Service {
                // That the service acted, or may have, is true of the token only.
                inner.hint = None;
            }
            if !matches!(inner.kind, ErrorKind::Configuration | ErrorKind::Scope) {
                inner.message = format!("no access token: {}", inner.message).into();
            }
            if matches!(inner.kind, ErrorKind::Service | ErrorKind::Decode | ErrorKind::Request) {
                inner.kind = ErrorKind::Token;
            }
            inner.outcome = Outcome::NotSent;
            inner.operation = Some(operation);
            inner.attempts = 0;
            inner.about_a_token = true;
        })
    }
}

impl Inner {
    fn copy(&self) -> Self {
        let Self { kind, outcome, operation, status, attempts, retry_after, about_a_token, transient, .. } = *self;
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
    fn what_a_cache_remembers_of_an_answer_is_the_name_of_the_call_and_the_words() {
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
        assert_eq!((error.headers().len(), error.body().is_empty()), (3, false), "the caller's own is as it was");
    }
}
