//! A token that is kept, and the moments of its life.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::HeaderValue;

use super::Token;
use crate::clock::{Clock, Moment, share};
use crate::error::{Error, Result};
use crate::text::Secret;

/// How long a token lives whose source does not say.
pub(super) const ASSUMED_LIFETIME: Duration = Duration::from_secs(300);

/// When the two clocks have drifted apart by more than this, one of them was set, and a token is looked after early.
const DRIFT: Duration = Duration::from_secs(60);

/// A token that a [`TokenCache`](super::TokenCache) keeps, ready to be sent.
///
/// `Debug` shows neither the token nor the header.
pub struct Bearer {
    header: HeaderValue,
    clock: Arc<dyn Clock>,
    /// The number of the fetch that brought it.
    pub(super) generation: u64,
    received: Moment,
    /// At this age a new one is fetched beside the calls that still use this one.
    soft: Duration,
    /// At this age calls wait for a new one: a request that is under way when its token dies is refused.
    hard: Duration,
    /// At this age it is dead.
    lifetime: Duration,
}

impl Bearer {
    /// A token that was received at `received`. `spread`, from zero to one, is the same for all tokens of a cache and
    /// differs between processes, so that a fleet does not renew in step.
    pub(super) fn new(
        token: &Token,
        generation: u64,
        received: Moment,
        spread: f64,
        clock: Arc<dyn Clock>,
    ) -> Result<Self> {
        // Of the right size at once: this is what a cache is full of.
        let header = ["Bearer ", token.access_token().expose()].concat();
        let mut header = HeaderValue::try_from(header)
            .map_err(|_| Error::token("the access token has characters that cannot stand in a header"))?;
        header.set_sensitive(true);
        let lifetime = token.lifetime().unwrap_or(ASSUMED_LIFETIME);
        // Shares of the lifetime: a token of thirty seconds is to be used more than once, too.
        let soft = (lifetime / 5).min(Duration::from_secs(300));
        let soft = soft - soft.mul_f64(share(spread) / 4.0);
        let hard = (lifetime / 10).min(Duration::from_secs(30));
        Ok(Self { header, clock, generation, received, soft: lifetime - soft, hard: lifetime - hard, lifetime })
    }

    /// The value of the `Authorization` header; marked sensitive, so that no log shows it. Made once: a clone copies
    /// nothing.
    #[must_use]
    pub fn header(&self) -> HeaderValue {
        self.header.clone()
    }

    /// The token itself. Take care where it goes.
    #[must_use]
    pub fn access_token(&self) -> Secret {
        self.token().into()
    }

    /// How long it still lives; nothing if it is dead.
    #[must_use]
    pub fn remaining(&self) -> Duration {
        self.received.plus(self.lifetime).until(self.clock.now())
    }

    /// The token, to be blotted out where the service repeats it.
    pub(crate) fn token(&self) -> &str {
        self.header.to_str().ok().and_then(|text| text.strip_prefix("Bearer ")).unwrap_or_default()
    }

    /// Whether it is time for the next one: it is in its soft window, or a clock was set and its age is in doubt.
    pub(super) fn is_due(&self, now: Moment) -> bool {
        self.has_age(self.soft, now) || now.drift_since(self.received) > DRIFT
    }

    /// Whether calls wait for the next one.
    pub(super) fn is_at_its_end(&self, now: Moment) -> bool {
        self.has_age(self.hard, now)
    }

    pub(super) fn is_dead(&self, now: Moment) -> bool {
        self.has_age(self.lifetime, now)
    }

    fn has_age(&self, age: Duration, now: Moment) -> bool {
        self.received.plus(age).is_past(now)
    }

    /// Whether its source gave it out with no life at all: it is worth one try.
    pub(super) fn was_never_alive(&self) -> bool {
        self.lifetime.is_zero()
    }
}

impl fmt::Debug for Bearer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bearer").field("remaining", &self.remaining()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemClock;

    const START: Moment = Moment { steady: Duration::ZERO, wall: Duration::from_secs(1_700_000_000) };

    fn bearer(token: &Token, spread: f64) -> Result<Bearer> {
        Bearer::new(token, 0, START, spread, Arc::new(SystemClock))
    }

    fn moments(seconds: u64, spread: f64) -> [u64; 3] {
        let bearer = bearer(&Token::new("x").expires_in(Duration::from_secs(seconds)), spread).unwrap();
        [bearer.soft, bearer.hard, bearer.lifetime].map(|age| age.as_secs())
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
        assert!(!bearer(&endless, 0.5).unwrap().is_due(START));
        let unknown = bearer(&Token::new("x"), 0.0).unwrap();
        assert_eq!(unknown.lifetime, ASSUMED_LIFETIME);
        assert!(bearer(&Token::new("a\nb"), 0.0).is_err());
    }

    #[test]
    fn a_token_whose_age_is_in_doubt_is_due_but_not_dead() {
        let bearer = bearer(&Token::new("x").expires_in(Duration::from_secs(3600)), 0.0).unwrap();
        let steady = Duration::from_secs(10);
        let at = START.wall.as_secs();
        for (wall, due) in [(at + 10, false), (at + 60, false), (at + 90, true), (at - 40, false), (at - 90, true)] {
            let wall = Duration::from_secs(wall);
            let now = Moment { steady, wall };
            assert_eq!((bearer.is_due(now), bearer.is_at_its_end(now)), (due, false));
        }
    }
}
