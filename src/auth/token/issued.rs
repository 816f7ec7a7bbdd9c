//! Holds a token as its source issued it, and checks whether it can be sent.

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use crate::auth::scope::Scopes;
use crate::error::{Error, Result};
use crate::model::Secret;
use crate::model::integrator::types::LockHolderId;

/// Holds an access token as its source issued it.
///
/// The cache trims white space before and after the token, because a file or a shell adds a line end. It refuses these
/// tokens with [`ErrorKind::Token`](crate::ErrorKind::Token), before anything is sent:
///
/// * an empty token;
/// * a token that begins with the scheme `Bearer`;
/// * a token with a character other than visible ASCII.
#[derive(Clone)]
pub struct Token {
    access_token: Secret,
    lifetime: Option<Duration>,
    granted: Option<String>,
    lock_holders: Vec<LockHolderId>,
}

impl Token {
    /// Creates a token of unknown lifetime. The cache assumes five minutes, and logs one warning.
    pub fn new(access_token: impl Into<Secret>) -> Self {
        Self { access_token: access_token.into(), lifetime: None, granted: None, lock_holders: Vec::new() }
    }

    /// Sets the lifetime, counted from the moment at which the cache receives the token.
    #[must_use]
    pub fn expires_in(self, lifetime: Duration) -> Self {
        Self { lifetime: Some(lifetime), ..self }
    }

    /// Sets the scopes that the source granted, separated by spaces.
    ///
    /// They may differ from the requested ones (RFC 6749, section 5.1). Such a token is used all the same, since a
    /// service may spell a scope in another way. [`Bearer::granted_scope`](super::Bearer::granted_scope), a warning in
    /// the log and the error of a call with status 403 report the difference.
    #[must_use]
    pub fn granted(self, scope: impl Into<String>) -> Self {
        Self { granted: Some(scope.into()), ..self }
    }

    /// Sets the ids of the lock holders that the token is for, if the source knows them.
    #[must_use]
    pub fn lock_holders(self, ids: impl IntoIterator<Item = impl Into<LockHolderId>>) -> Self {
        Self { lock_holders: ids.into_iter().map(Into::into).collect(), ..self }
    }

    /// Returns the token itself. Do not log or store it.
    #[must_use]
    pub fn access_token(&self) -> &Secret {
        &self.access_token
    }

    /// Returns the lifetime, counted from the moment at which the cache receives the token, if the source gave one.
    #[must_use]
    pub fn lifetime(&self) -> Option<Duration> {
        self.lifetime
    }

    /// Returns the granted scopes, if the source named them.
    #[must_use]
    pub fn granted_scope(&self) -> Option<&str> {
        self.granted.as_deref()
    }

    /// Returns the ids of the lock holders that the token is for, or none if the source does not say.
    ///
    /// For a `lockHolder.identifier` scope this is the lock holder that the scope was resolved to. For
    /// `lockHolder.admin` scopes these are their lock holders, in the order of the request.
    #[must_use]
    pub fn lock_holder_ids(&self) -> &[LockHolderId] {
        &self.lock_holders
    }

    /// Returns the trimmed token, or an error that says why it cannot be sent.
    pub(super) fn sendable(&self) -> Result<&str> {
        let text = self.access_token.expose().trim();
        let scheme = text.split_whitespace().next().unwrap_or_default();
        // Sent, it would be `Authorization: Bearer `: a 401 that blames the credentials, and a fetch for each call.
        if scheme.is_empty() {
            return Err(Error::token("the access token is empty"));
        }
        // A source that returns a whole header value. Sent, it would be `Bearer Bearer abc`.
        if scheme.eq_ignore_ascii_case("bearer") {
            let what = "the access token begins with the scheme `Bearer`: pass only the token after the scheme";
            return Err(Error::token(what));
        }
        // RFC 6750, section 2.1, allows the characters of a `b64token`, and RFC 6749, appendix A.12, all printable
        // ones. Services issue tokens such as `1|abc` and accept them, so the rule here is visible ASCII. A space would
        // end the token within the header, and a line break would start another header.
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            let what =
                "the access token has characters that are not allowed in an HTTP header: use visible ASCII, no spaces";
            return Err(Error::token(what));
        }
        Ok(text)
    }

    /// Returns the granted scopes if they differ from the requested ones, in any order.
    pub(super) fn differing_scope(&self, requested: &Scopes) -> Option<&str> {
        let text = self.granted.as_deref()?;
        let (mut asked, mut granted) = (BTreeSet::new(), BTreeSet::new());
        asked.extend(requested.iter().map(ToString::to_string));
        granted.extend(text.split_whitespace().map(str::to_owned));
        // A request without scopes gets the service's default (RFC 6749, section 3.3), which differs from nothing.
        (!asked.is_empty() && !granted.is_empty() && asked != granted).then_some(text)
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token").field("lifetime", &self.lifetime).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::error::ErrorKind;

    fn sendable(text: &str) -> Result<String> {
        Token::new(text).sendable().map(str::to_owned)
    }

    #[test]
    fn trims_white_space_before_and_after_the_token() {
        for padded in ["abc", " abc", "abc ", "\tabc\r\n", "\n abc\n\n", "\u{a0}abc"] {
            assert_eq!(sendable(padded).unwrap(), "abc", "{padded:?}");
        }
        for visible in ["eyJhbGciOi.eyJzdWIiOi.c2ln-_", "a+/==", "1|abc", "~", "{a:\"b\"}", "bearer-of-news", "Bearers"]
        {
            assert_eq!(sendable(visible).unwrap(), visible);
        }
    }

    #[test]
    fn refuses_tokens_that_cannot_be_sent_and_does_not_quote_them() {
        for (text, why) in [
            ("", "is empty"),
            (" \t\r\n", "is empty"),
            ("\u{2003}", "is empty"),
            ("Bearer", "scheme `Bearer`"),
            ("Bearer abc", "scheme `Bearer`"),
            (" bEARER\tabc", "scheme `Bearer`"),
            ("abc def", "not allowed in an HTTP header"),
            ("abc\ndef", "not allowed in an HTTP header"),
            ("abc\0", "not allowed in an HTTP header"),
            ("abc\u{7f}", "not allowed in an HTTP header"),
            ("abcø", "not allowed in an HTTP header"),
            ("\u{feff}abc", "not allowed in an HTTP header"),
            ("abc\u{200b}", "not allowed in an HTTP header"),
            ("ａｂｃ", "not allowed in an HTTP header"),
        ] {
            let error = sendable(text).unwrap_err();
            assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Token, false), "{text:?}");
            assert!(error.to_string().contains(why) && !error.to_string().contains("abc"), "{text:?}: {error}");
        }
    }

    proptest! {
        #[test]
        fn sends_only_one_word_of_visible_ascii(text in r"(Bearer |bearer)?[ -~\t\n\u{80}-\u{ff}\u{2028}]{0,12}") {
            match sendable(&text) {
                Ok(sent) => {
                    prop_assert!(!sent.is_empty() && sent.bytes().all(|byte| byte.is_ascii_graphic()));
                    prop_assert_eq!(text.trim(), sent);
                }
                Err(error) => prop_assert_eq!(error.kind(), ErrorKind::Token),
            }
        }
    }

    #[test]
    fn reports_granted_scopes_only_if_they_differ_from_the_requested_ones() {
        let requested: Scopes = "lockHolder.admin:a lockHolder.admin:b".parse().unwrap();
        let differs =
            |granted: &str, requested: &Scopes| Token::new("x").granted(granted).differing_scope(requested).is_some();
        for same in ["lockHolder.admin:b lockHolder.admin:a", "lockHolder.admin:a  lockHolder.admin:b ", "", " "] {
            assert!(!differs(same, &requested), "{same:?}");
        }
        for other in ["lockHolder.admin:a", "lockHolder.admin:a lockHolder.admin:c", "*", "LOCKHOLDER.ADMIN:a"] {
            assert!(differs(other, &requested), "{other}");
        }
        assert!(!differs("integrator.admin", &Scopes::unscoped()));
        assert_eq!(Token::new("x").differing_scope(&requested), None);
    }
}
