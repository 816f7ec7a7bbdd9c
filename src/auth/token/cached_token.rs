//! Holds a cached token and computes its refresh windows.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use ::http::header::HeaderValue;

use super::bearer::{self, Bearer};
use super::issued::Token;
use crate::auth::scope::Scopes;
use crate::error::{Error, Result};
use crate::model::Secret;
use crate::runtime::clock::share;
use crate::runtime::moment::Moment;

/// Is assumed as the lifetime of a token whose source does not give one.
// RFC 6749, section 5.1, only recommends `expires_in`. Without an assumption such a token would never be refreshed.
pub(super) const ASSUMED_LIFETIME: Duration = Duration::from_secs(300);

/// Limits how far the two clocks may drift apart before a token is refreshed early.
// Beyond this one of them was set, or stood still while the machine slept; the token's age is then uncertain.
const MAX_CLOCK_DRIFT: Duration = Duration::from_secs(60);

/// Divides the lifetime: tokens are refreshed in the background during the last fifth.
// A share and not a fixed time: with a fixed 5 minutes, a token that lives 30 seconds would never be used twice.
const SOFT_SHARE: u32 = 5;
/// Limits the soft window: a token of one hour is refreshed after 55 minutes, not after 48.
const SOFT_MAX: Duration = Duration::from_secs(300);
/// Shrinks the soft window by up to this part of itself, by jitter.
// Programs that were deployed together would otherwise refresh at the same second, hour after hour.
const SOFT_JITTER: f64 = 0.25;

/// Divides the lifetime: calls wait for the refresh during the last tenth.
// A request that is in flight when its token expires is refused with 401, and costs a retry.
const HARD_SHARE: u32 = 10;
/// Limits the hard window.
// Half a minute is longer than an attempt may take, which is 20 s unless the caller says otherwise.
const HARD_MAX: Duration = Duration::from_secs(30);

/// Holds a token with the ages at which it is refreshed and expires.
pub(super) struct CachedToken {
    // Built once. Putting the header together for each call costs more than the whole lookup (`benches/README.md`).
    header: HeaderValue,
    pub(super) generation: u64,
    received: Moment,
    /// Is the age at which a background refresh starts.
    // Ages and no moments: a `Moment` takes twice the memory, and there are three in each of 10 000 entries.
    soft_age: Duration,
    /// Is the age at which calls begin to wait for the refresh.
    hard_age: Duration,
    /// Is the age at which the token expires.
    lifetime: Duration,
    /// Holds the granted scopes if they differ from the requested ones.
    granted: Option<Arc<str>>,
    /// Is set when someone reported the token as refused; it is used until there is another.
    doubted: AtomicBool,
}

impl CachedToken {
    /// Validates a token for these scopes and computes its windows.
    ///
    /// `jitter`, from zero to one, is the same for all tokens of a cache and differs between processes.
    pub(super) fn new(token: &Token, scopes: &Scopes, generation: u64, received: Moment, jitter: f64) -> Result<Self> {
        // `concat` allocates the exact size. `format!` would leave spare capacity in each of 10 000 headers.
        let header = ["Bearer ", token.sendable()?].concat();
        let mut header = HeaderValue::try_from(header)
            .map_err(|_| Error::token("the access token has characters that are not allowed in an HTTP header"))?;
        // Hides the value from `Debug`, also where hyper or a caller's own client logs headers.
        header.set_sensitive(true);
        let lifetime = token.lifetime().unwrap_or(ASSUMED_LIFETIME);
        let soft_window = (lifetime / SOFT_SHARE).min(SOFT_MAX);
        let soft_window = soft_window - soft_window.mul_f64(share(jitter) * SOFT_JITTER);
        let hard_window = (lifetime / HARD_SHARE).min(HARD_MAX);
        let granted = token.differing_scope(scopes).map(Arc::from);
        let (soft_age, hard_age) = (lifetime - soft_window, lifetime - hard_window);
        let doubted = AtomicBool::new(false);
        Ok(Self { header, generation, received, soft_age, hard_age, lifetime, granted, doubted })
    }

    /// Returns whether this is the given token; surrounding white space does not count.
    pub(super) fn matches(&self, token: &Secret) -> bool {
        // `Secret` compares texts of one length in constant time: the given token may come from someone who guesses.
        Secret::from(bearer::token(&self.header)) == Secret::from(token.expose().trim())
    }

    /// Puts the token into its hard window: calls wait for the next token, and get this one if there is none.
    pub(super) fn doubt(&self) {
        self.doubted.store(true, Ordering::Relaxed);
    }

    fn is_doubted(&self) -> bool {
        self.doubted.load(Ordering::Relaxed)
    }

    /// Returns the granted scopes if they differ from the requested ones.
    pub(super) fn granted(&self) -> Option<&str> {
        self.granted.as_deref()
    }

    /// Returns what a caller gets now.
    pub(super) fn bearer(&self, now: Moment) -> Bearer {
        let remaining = self.received.plus(self.lifetime).until(now);
        Bearer { header: self.header.clone(), generation: self.generation, remaining, granted: self.granted.clone() }
    }

    /// Returns whether a refresh is due: by age, because the clocks drifted apart, or because the token is doubted.
    pub(super) fn is_due(&self, now: Moment) -> bool {
        self.has_age(self.soft_age, now) || now.drift_since(self.received) > MAX_CLOCK_DRIFT || self.is_doubted()
    }

    /// Returns whether calls wait for the next token.
    pub(super) fn is_in_hard_window(&self, now: Moment) -> bool {
        self.hard_window_start().is_past(now) || self.is_doubted()
    }

    /// Returns when calls begin to wait for the next token.
    pub(super) fn hard_window_start(&self) -> Moment {
        self.received.plus(self.hard_age)
    }

    pub(super) fn is_expired(&self, now: Moment) -> bool {
        self.has_age(self.lifetime, now)
    }

    /// Returns whether the source gave the token a lifetime of zero.
    pub(super) fn has_zero_lifetime(&self) -> bool {
        self.lifetime.is_zero()
    }

    pub(super) fn lifetime(&self) -> Duration {
        self.lifetime
    }

    fn has_age(&self, age: Duration, now: Moment) -> bool {
        self.received.plus(age).is_past(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Moment = Moment { steady: Duration::ZERO, wall: Duration::from_secs(1_700_000_000) };

    fn cached(token: &Token, jitter: f64) -> Result<CachedToken> {
        CachedToken::new(token, &Scopes::unscoped(), 0, START, jitter)
    }

    fn ages(seconds: u64, jitter: f64) -> [u64; 3] {
        let cached = cached(&Token::new("x").expires_in(Duration::from_secs(seconds)), jitter).unwrap();
        [cached.soft_age, cached.hard_age, cached.lifetime].map(|age| age.as_secs())
    }

    #[test]
    fn the_soft_window_is_the_last_fifth_of_the_lifetime_and_the_hard_window_the_last_tenth() {
        assert_eq!(ages(3600, 0.0), [3300, 3570, 3600]);
        assert_eq!(ages(100, 0.0), [80, 90, 100]);
        assert_eq!(ages(30, 0.0), [24, 27, 30]);
        assert_eq!(ages(3600, 1.0), [3375, 3570, 3600]);
        assert_eq!(ages(100, 1.0), [85, 90, 100]);
        assert_eq!(ages(0, 0.5), [0, 0, 0]);
    }

    #[test]
    fn accepts_endless_and_unknown_lifetimes_and_refuses_tokens_that_cannot_be_sent() {
        let endless = Token::new("x").expires_in(Duration::MAX);
        assert!(!cached(&endless, 0.5).unwrap().is_due(START));
        let unknown = cached(&Token::new("x"), 0.0).unwrap();
        assert_eq!(unknown.lifetime, ASSUMED_LIFETIME);
        for unsendable in ["a\nb", "", "aøb", "Bearer a"] {
            assert!(cached(&Token::new(unsendable), 0.0).is_err(), "{unsendable}");
        }
    }

    #[test]
    fn trims_the_token_for_the_header_and_recognizes_it_with_and_without_white_space() {
        let cached = cached(&Token::new(" 1|a+/~ \n"), 0.0).unwrap();
        assert_eq!(cached.bearer(START).header(), "Bearer 1|a+/~");
        assert_eq!(cached.bearer(START).access_token().expose(), "1|a+/~");
        assert!(
            ["1|a+/~", " 1|a+/~\n"].iter().all(|text| cached.matches(&(*text).into())) && !cached.matches(&"".into())
        );
    }

    #[test]
    fn clock_drift_makes_a_token_due_but_does_not_start_the_hard_window() {
        let cached = cached(&Token::new("x").expires_in(Duration::from_secs(3600)), 0.0).unwrap();
        let steady = Duration::from_secs(10);
        let at = START.wall.as_secs();
        for (wall, due) in [(at + 10, false), (at + 60, false), (at + 90, true), (at - 40, false), (at - 90, true)] {
            let wall = Duration::from_secs(wall);
            let now = Moment { steady, wall };
            assert_eq!((cached.is_due(now), cached.is_in_hard_window(now)), (due, false));
        }
    }
}
