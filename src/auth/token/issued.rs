//! A token as its source issued it, and whether it can be sent.

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use crate::auth::scope::Scopes;
use crate::error::{Error, Result};
use crate::model::Secret;
use crate::model::integrator::types::LockHolderId;

/// An access token as its source gave it out.
///
/// White space around the token is trimmed, because a file or a shell adds a line end. A token that is empty then, that
/// begins with the scheme `Bearer`, or that holds anything but visible ASCII is refused by the cache, with
/// [`ErrorKind::Token`](crate::ErrorKind::Token), before anything is sent.
#[derive(Clone)]
pub struct Token {
    access_token: Secret,
    lifetime: Option<Duration>,
    granted: Option<String>,
    lock_holders: Vec<LockHolderId>,
}

impl Token {
    /// A token of unknown lifetime, which is taken to be five minutes.
    pub fn new(access_token: impl Into<Secret>) -> Self {
        Self { access_token: access_token.into(), lifetime: None, granted: None, lock_holders: Vec::new() }
    }

    /// How long it lives, counted from now.
    #[must_use]
    pub fn expires_in(self, lifetime: Duration) -> Self {
        Self { lifetime: Some(lifetime), ..self }
    }

    /// Names the scopes that the source granted, parted by blanks. Nothing says that they are those that were asked for
    /// (RFC 6749, 5.1).
    ///
    /// A token of other scopes is used all the same, since a service may write a scope in another way than it was asked
    /// for; [`Bearer::granted_scope`](super::Bearer::granted_scope), a warning in the log and the error of a call that is
    /// answered with 403 tell of it.
    #[must_use]
    pub fn granted(self, scope: impl Into<String>) -> Self {
        Self { granted: Some(scope.into()), ..self }
    }

    /// Names the lock holders that the token is for, as far as its source knows them.
    #[must_use]
    pub fn lock_holders(self, ids: impl IntoIterator<Item = impl Into<LockHolderId>>) -> Self {
        Self { lock_holders: ids.into_iter().map(Into::into).collect(), ..self }
    }

    /// The token. Take care where it goes.
    #[must_use]
    pub fn access_token(&self) -> &Secret {
        &self.access_token
    }

    /// How long it lived from the moment it was given out, if its source said so.
    #[must_use]
    pub fn lifetime(&self) -> Option<Duration> {
        self.lifetime
    }

    /// The scopes that the source granted, if it named them.
    #[must_use]
    pub fn granted_scope(&self) -> Option<&str> {
        self.granted.as_deref()
    }

    /// Returns the ids of the lock holders that the token is for: the one that a `lockHolder.identifier` scope was resolved to,
    /// or those of `lockHolder.admin` scopes, in the order of the request. Empty where the source does not say.
    #[must_use]
    pub fn lock_holder_ids(&self) -> &[LockHolderId] {
        &self.lock_holders
    }

    /// The token as it is sent, or why it cannot be.
    ///
    /// RFC 6750, 2.1, allows the characters of a `b64token`; RFC 6749, A.12, whatever is printable. Services give tokens
    /// out with other visible characters (`1|abc`) and take them back, so visible ASCII is the rule. A blank would end the
    /// token in the header.
    pub(super) fn sendable(&self) -> Result<&str> {
        let text = self.access_token.expose().trim();
        let scheme = text.split_whitespace().next().unwrap_or_default();
        if scheme.is_empty() {
            return Err(Error::token("the access token is empty"));
        }
        if scheme.eq_ignore_ascii_case("bearer") {
            let what = "the access token begins with the scheme `Bearer`: hand in what stands behind it";
            return Err(Error::token(what));
        }
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            let what =
                "the access token has characters that cannot stand in a header: it is visible ASCII, without blanks";
            return Err(Error::token(what));
        }
        Ok(text)
    }

    /// The scopes that it was granted, where they are not those that were asked for.
    ///
    /// Which ones a token has that nobody asked for is the service's default (RFC 6749, 3.3), and none other than asked for.
    pub(super) fn other_than(&self, asked: &Scopes) -> Option<&str> {
        let granted = self.granted.as_deref()?;
        let asked: BTreeSet<_> = asked.iter().map(ToString::to_string).collect();
        let given: BTreeSet<_> = granted.split_whitespace().map(str::to_owned).collect();
        (!asked.is_empty() && !given.is_empty() && asked != given).then_some(granted)
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
    fn white_space_around_a_token_is_trimmed() {
        for padded in ["abc", " abc", "abc ", "\tabc\r\n", "\n abc\n\n", "\u{a0}abc"] {
            assert_eq!(sendable(padded).unwrap(), "abc", "{padded:?}");
        }
        for visible in ["eyJhbGciOi.eyJzdWIiOi.c2ln-_", "a+/==", "1|abc", "~", "{a:\"b\"}", "bearer-of-news", "Bearers"]
        {
            assert_eq!(sendable(visible).unwrap(), visible);
        }
    }

    #[test]
    fn what_is_no_token_is_refused_and_not_repeated() {
        for (text, why) in [
            ("", "is empty"),
            (" \t\r\n", "is empty"),
            ("\u{2003}", "is empty"),
            ("Bearer", "scheme `Bearer`"),
            ("Bearer abc", "scheme `Bearer`"),
            (" bEARER\tabc", "scheme `Bearer`"),
            ("abc def", "cannot stand in a header"),
            ("abc\ndef", "cannot stand in a header"),
            ("abc\0", "cannot stand in a header"),
            ("abc\u{7f}", "cannot stand in a header"),
            ("abcø", "cannot stand in a header"),
            ("\u{feff}abc", "cannot stand in a header"),
            ("abc\u{200b}", "cannot stand in a header"),
            ("ａｂｃ", "cannot stand in a header"),
        ] {
            let error = sendable(text).unwrap_err();
            assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Token, false), "{text:?}");
            assert!(error.to_string().contains(why) && !error.to_string().contains("abc"), "{text:?}: {error}");
        }
    }

    proptest! {
        #[test]
        fn what_is_sent_is_one_word_of_visible_ascii(text in r"(Bearer |bearer)?[ -~\t\n\u{80}-\u{ff}\u{2028}]{0,12}") {
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
    fn only_other_scopes_than_those_asked_for_are_told() {
        let asked: Scopes = "lockHolder.admin:a lockHolder.admin:b".parse().unwrap();
        let told = |granted: &str, asked: &Scopes| Token::new("x").granted(granted).other_than(asked).is_some();
        for same in ["lockHolder.admin:b lockHolder.admin:a", "lockHolder.admin:a  lockHolder.admin:b ", "", " "] {
            assert!(!told(same, &asked), "{same:?}");
        }
        for other in ["lockHolder.admin:a", "lockHolder.admin:a lockHolder.admin:c", "*", "LOCKHOLDER.ADMIN:a"] {
            assert!(told(other, &asked), "{other}");
        }
        assert!(!told("integrator.admin", &Scopes::unscoped()));
        assert_eq!(Token::new("x").other_than(&asked), None);
    }
}
