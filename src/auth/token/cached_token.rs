//! A cached token, and the moments of its life.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use reqwest::header::HeaderValue;

use super::bearer::{self, Bearer};
use super::issued::Token;
use crate::auth::scope::Scopes;
use crate::error::{Error, Result};
use crate::model::Secret;
use crate::runtime::clock::share;
use crate::runtime::moment::Moment;

/// How long a token lives whose source does not say.
pub(super) const ASSUMED_LIFETIME: Duration = Duration::from_secs(300);

/// When the two clocks have drifted apart by more than this, one of them was set, and a token is looked after early.
const DRIFT: Duration = Duration::from_secs(60);

/// Tokens are refreshed in the background during this part of their lifetime, the last fifth: a share, so that a token of
/// thirty seconds is used more than once, too.
const SOFT_SHARE: u32 = 5;
/// … but no longer than this: an hour's token need not be thrown away after 48 minutes.
const SOFT_MOST: Duration = Duration::from_secs(300);
/// By up to so much of itself that window shrinks, by jitter, so that a fleet does not refresh in step.
const SOFT_SPREAD: f64 = 0.25;

/// Calls wait for the next token during this part of the lifetime, the last tenth: a request that is under way when its token
/// expires is refused.
const HARD_SHARE: u32 = 10;
/// … but no longer than this, which is more than an attempt takes.
const HARD_MOST: Duration = Duration::from_secs(30);

/// A token that is kept.
pub(super) struct CachedToken {
    header: HeaderValue,
    pub(super) generation: u64,
    received: Moment,
    /// At this age a new one is fetched beside the calls that still use this one.
    soft: Duration,
    /// At this age calls wait for a new one: a request that is under way when its token dies is refused.
    hard: Duration,
    /// At this age it is dead.
    lifetime: Duration,
    /// What it was granted, if that is not what was asked for.
    granted: Option<Arc<str>>,
    /// Whether somebody said that it was refused: it is good enough until there is another.
    doubted: AtomicBool,
}

impl CachedToken {
    /// A token for these scopes that was received at `received`. `spread`, from zero to one, is the same for all tokens of a
    /// cache and differs between processes, so that a fleet does not renew in step.
    pub(super) fn new(token: &Token, scopes: &Scopes, generation: u64, received: Moment, spread: f64) -> Result<Self> {
        // Of the right size at once: this is what a cache is full of.
        let header = ["Bearer ", token.sendable()?].concat();
        let mut header = HeaderValue::try_from(header)
            .map_err(|_| Error::token("the access token has characters that cannot stand in a header"))?;
        header.set_sensitive(true);
        let lifetime = token.lifetime().unwrap_or(ASSUMED_LIFETIME);
        let soft = (lifetime / SOFT_SHARE).min(SOFT_MOST);
        let soft = soft - soft.mul_f64(share(spread) * SOFT_SPREAD);
        let hard = (lifetime / HARD_SHARE).min(HARD_MOST);
        let granted = token.other_than(scopes).map(Arc::from);
        let (soft, hard, doubted) = (lifetime - soft, lifetime - hard, AtomicBool::new(false));
        Ok(Self { header, generation, received, soft, hard, lifetime, granted, doubted })
    }

    /// Whether it is this one, with or without the white space that is not sent.
    pub(super) fn is(&self, token: &Secret) -> bool {
        Secret::from(bearer::token(&self.header)) == Secret::from(token.expose().trim())
    }

    /// From here on it is as if its end were near: calls wait for the next one, and get this one if there is none.
    pub(super) fn doubt(&self) {
        self.doubted.store(true, Ordering::Relaxed);
    }

    fn is_doubted(&self) -> bool {
        self.doubted.load(Ordering::Relaxed)
    }

    /// What it was granted, if that is not what was asked for.
    pub(super) fn granted(&self) -> Option<&str> {
        self.granted.as_deref()
    }

    /// What a caller gets now.
    pub(super) fn bearer(&self, now: Moment) -> Bearer {
        let remaining = self.received.plus(self.lifetime).until(now);
        Bearer { header: self.header.clone(), generation: self.generation, remaining, granted: self.granted.clone() }
    }

    /// Whether it is time for the next one: it is in its soft window, or a clock was set and its age is in doubt.
    pub(super) fn is_due(&self, now: Moment) -> bool {
        self.has_age(self.soft, now) || now.drift_since(self.received) > DRIFT || self.is_doubted()
    }

    /// Whether calls wait for the next one.
    pub(super) fn is_at_its_end(&self, now: Moment) -> bool {
        self.begins_to_end().is_past(now) || self.is_doubted()
    }

    /// When calls begin to wait for the next one.
    pub(super) fn begins_to_end(&self) -> Moment {
        self.received.plus(self.hard)
    }

    pub(super) fn is_dead(&self, now: Moment) -> bool {
        self.has_age(self.lifetime, now)
    }

    /// Whether its source gave it out with no life at all: it is worth one try.
    pub(super) fn was_never_alive(&self) -> bool {
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

    fn kept(token: &Token, spread: f64) -> Result<CachedToken> {
        CachedToken::new(token, &Scopes::unscoped(), 0, START, spread)
    }

    fn moments(seconds: u64, spread: f64) -> [u64; 3] {
        let kept = kept(&Token::new("x").expires_in(Duration::from_secs(seconds)), spread).unwrap();
        [kept.soft, kept.hard, kept.lifetime].map(|age| age.as_secs())
    }

    #[test]
    fn a_token_is_renewed_in_the_last_fifth_of_its_life_and_waited_for_in_the_last_tenth() {
        assert_eq!(moments(3600, 0.0), [3300, 3570, 3600]);
        assert_eq!(moments(100, 0.0), [80, 90, 100]);
        assert_eq!(moments(30, 0.0), [24, 27, 30]);
        assert_eq!(moments(3600, 1.0), [3375, 3570, 3600]);
        assert_eq!(moments(100, 1.0), [85, 90, 100]);
        assert_eq!(moments(0, 0.5), [0, 0, 0]);
    }

    #[test]
    fn what_a_source_may_say_is_survived() {
        let endless = Token::new("x").expires_in(Duration::MAX);
        assert!(!kept(&endless, 0.5).unwrap().is_due(START));
        let unknown = kept(&Token::new("x"), 0.0).unwrap();
        assert_eq!(unknown.lifetime, ASSUMED_LIFETIME);
        for unsendable in ["a\nb", "", "aøb", "Bearer a"] {
            assert!(kept(&Token::new(unsendable), 0.0).is_err(), "{unsendable}");
        }
    }

    #[test]
    fn a_token_that_can_be_sent_is_handed_out_and_known_again_whole() {
        let kept = kept(&Token::new(" 1|a+/~ \n"), 0.0).unwrap();
        assert_eq!(kept.bearer(START).header(), "Bearer 1|a+/~");
        assert_eq!(kept.bearer(START).access_token().expose(), "1|a+/~");
        assert!(["1|a+/~", " 1|a+/~\n"].iter().all(|text| kept.is(&(*text).into())) && !kept.is(&"".into()));
    }

    #[test]
    fn a_token_whose_age_is_in_doubt_is_due_but_not_dead() {
        let kept = kept(&Token::new("x").expires_in(Duration::from_secs(3600)), 0.0).unwrap();
        let steady = Duration::from_secs(10);
        let at = START.wall.as_secs();
        for (wall, due) in [(at + 10, false), (at + 60, false), (at + 90, true), (at - 40, false), (at - 90, true)] {
            let wall = Duration::from_secs(wall);
            let now = Moment { steady, wall };
            assert_eq!((kept.is_due(now), kept.is_at_its_end(now)), (due, false));
        }
    }
}
