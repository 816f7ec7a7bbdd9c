//! A token that is kept, and the moments of its life.

use std::time::Duration;

use reqwest::header::HeaderValue;

use super::Token;
use super::clock::Moment;
use crate::error::{Error, Result};

/// How long a token lives whose source does not say.
const ASSUMED_LIFETIME: Duration = Duration::from_secs(300);

/// A token, ready to be sent.
pub(crate) struct Bearer {
    header: HeaderValue,
    /// The number of the fetch that brought it.
    pub(crate) generation: u64,
    /// From here on a new one is fetched beside the calls that still use this one.
    pub(crate) soft: Moment,
    /// From here on calls wait for a new one: a request that is under way when its token dies is refused.
    pub(crate) hard: Moment,
    /// From here on it is dead.
    pub(crate) end: Moment,
}

impl Bearer {
    /// A token that was received at `received`. `spread`, from zero to one, is the same for all tokens of a cache and
    /// differs between processes, so that a fleet does not renew in step.
    pub(crate) fn new(token: &Token, generation: u64, received: Moment, spread: f64) -> Result<Self> {
        let mut header = HeaderValue::try_from(format!("Bearer {}", token.access_token().expose()))
            .map_err(|_| Error::token("the access token has characters that cannot stand in a header"))?;
        header.set_sensitive(true);
        let lifetime = token.lifetime().unwrap_or(ASSUMED_LIFETIME);
        // Shares of the lifetime: a token of thirty seconds is to be used more than once, too.
        let soft = (lifetime / 5).min(Duration::from_secs(300));
        let soft = soft - soft.mul_f64(spread.clamp(0.0, 1.0) / 4.0);
        let hard = (lifetime / 10).min(Duration::from_secs(30));
        Ok(Self {
            header,
            generation,
            soft: received.plus(lifetime - soft),
            hard: received.plus(lifetime - hard),
            end: received.plus(lifetime),
        })
    }

    /// The header's value; marked sensitive, so that no log shows it.
    pub(crate) fn header(&self) -> HeaderValue {
        self.header.clone()
    }

    /// The token itself, to be blotted out where the service repeats it.
    pub(crate) fn token(&self) -> &str {
        self.header.to_str().ok().and_then(|text| text.strip_prefix("Bearer ")).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Moment = Moment { steady: Duration::ZERO, wall: Duration::from_secs(1_700_000_000) };

    fn moments(seconds: u64, spread: f64) -> [u64; 3] {
        let token = Token::new("x").expires_in(Duration::from_secs(seconds));
        let bearer = Bearer::new(&token, 0, START, spread).unwrap();
        [bearer.soft, bearer.hard, bearer.end].map(|moment| moment.steady.as_secs())
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
        assert!(!Bearer::new(&endless, 0, START, 0.5).unwrap().soft.is_past(START));
        let unknown = Bearer::new(&Token::new("x"), 0, START, 0.0).unwrap();
        assert_eq!(unknown.end.steady, ASSUMED_LIFETIME);
        assert!(Bearer::new(&Token::new("a\nb"), 0, START, 0.0).is_err());
    }
}
