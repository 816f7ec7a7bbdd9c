//! Access tokens: real JWTs, signed with a key that lives as long as the emulator.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use axum::http::HeaderMap;
use chrono::{DateTime, Utc};
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use serde::{Deserialize, Serialize};

use crate::caller::bearer;
use crate::error::ApiError;
use crate::scope::Granted;

/// Signs and checks tokens. Without `Debug`, because it holds the client secret and the signing key.
pub(crate) struct Issuer {
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
    signing: EncodingKey,
    checking: DecodingKey,
    lifetime: i64,
    /// How often all tokens were expired. A token of an earlier generation is dead, whatever its `exp` says:
    /// `iat` counts whole seconds and could not tell a token issued just before from one issued just after.
    generation: AtomicU64,
    issued: AtomicU64,
    /// Single tokens that ended before their time, by their `jti`.
    doomed: Mutex<HashMap<String, Doom>>,
}

/// How a token ends before its time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Doom {
    Expired,
    Revoked,
}

/// What a token says. `lock_holders`, `generation` and `end` are the emulator's own claims.
#[derive(Serialize, Deserialize)]
pub(crate) struct Claims {
    sub: String,
    iat: i64,
    exp: i64,
    jti: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) scope: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) lock_holders: Vec<String>,
    generation: u64,
    /// Seconds and nanoseconds of the moment it expires at. `exp` counts whole seconds and is this, rounded up: rounded
    /// down, a token would live up to a second less than `expires_in` says.
    end: (i64, u32),
}

impl Issuer {
    pub(crate) fn new(client_id: String, client_secret: String, signing_key: &[u8], lifetime: Duration) -> Self {
        Self {
            client_id,
            client_secret,
            signing: EncodingKey::from_secret(signing_key),
            checking: DecodingKey::from_secret(signing_key),
            lifetime: i64::try_from(lifetime.as_secs()).unwrap_or(i64::MAX),
            generation: AtomicU64::new(0),
            issued: AtomicU64::new(0),
            doomed: Mutex::default(),
        }
    }

    /// Seconds from issue to expiry: `expires_in`.
    pub(crate) fn lifetime(&self) -> i64 {
        self.lifetime
    }

    /// Makes every token issued so far a dead one.
    pub(crate) fn expire_all(&self) {
        self.generation.fetch_add(1, Ordering::SeqCst);
    }

    pub(crate) fn issue(&self, granted: &Granted, now: DateTime<Utc>) -> Result<String, jsonwebtoken::errors::Error> {
        let nanos = now.timestamp_subsec_nanos();
        let end = (now.timestamp().saturating_add(self.lifetime), nanos);
        // Rounded up along with `exp`, so that the two are as far apart as `expires_in` says.
        let iat = now.timestamp().saturating_add(i64::from(nanos > 0));
        let claims = Claims {
            sub: self.client_id.clone(),
            iat,
            exp: iat.saturating_add(self.lifetime),
            jti: format!("{:08x}", self.issued.fetch_add(1, Ordering::Relaxed)),
            scope: granted.scope.clone(),
            lock_holders: granted.identified.iter().chain(&granted.administered).cloned().collect(),
            generation: self.generation.load(Ordering::SeqCst),
            end,
        };
        encode(&Header::new(Algorithm::HS256), &claims, &self.signing)
    }

    /// Ends the token that a request brought, if it is one of the emulator's.
    pub(crate) fn doom(&self, headers: &HeaderMap, doom: Doom) {
        if let Some(claims) = bearer(headers).and_then(|token| self.read(&token).ok()) {
            self.doomed.lock().unwrap_or_else(PoisonError::into_inner).insert(claims.jti, doom);
        }
    }

    pub(crate) fn check(&self, token: &str, now: DateTime<Utc>) -> Result<Claims, ApiError> {
        let claims = self.read(token)?;
        let doom = self.doomed.lock().unwrap_or_else(PoisonError::into_inner).get(&claims.jti).copied();
        if doom == Some(Doom::Revoked) {
            return Err(ApiError::bad_token("JWT revoked"));
        }
        let dead = claims.generation != self.generation.load(Ordering::SeqCst);
        if claims.end <= (now.timestamp(), now.timestamp_subsec_nanos()) || dead || doom == Some(Doom::Expired) {
            return Err(ApiError::bad_token("JWT expired"));
        }
        Ok(claims)
    }

    fn read(&self, token: &str) -> Result<Claims, ApiError> {
        let mut rules = Validation::new(Algorithm::HS256);
        // The library reads the machine's clock and forgives a minute. Here the emulator's clock decides, exactly.
        rules.validate_exp = false;
        rules.required_spec_claims.clear();
        match decode::<Claims>(token, &self.checking, &rules) {
            Ok(token) => Ok(token.claims),
            Err(error) => Err(ApiError::bad_token(match error.kind() {
                ErrorKind::InvalidSignature => "invalid signature",
                _ => "jwt malformed",
            })),
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    fn issuer(lifetime: u64) -> Issuer {
        Issuer::new("me".to_owned(), "secret".to_owned(), b"a signing key", Duration::from_secs(lifetime))
    }

    #[test]
    fn a_token_ends_when_the_clock_says_so() {
        let issuer = issuer(10);
        let now = DateTime::UNIX_EPOCH;
        let token = issuer.issue(&Granted::default(), now).unwrap();
        assert!(issuer.check(&token, now + TimeDelta::milliseconds(9_999)).is_ok());
        assert!(issuer.check(&token, now + TimeDelta::seconds(10)).is_err());
    }

    #[test]
    fn a_token_lives_as_long_as_it_was_promised_whenever_it_was_issued() {
        for lifetime in [1, 2, 3600] {
            let issuer = issuer(lifetime);
            for nanos in [0, 1, 499_999_999, 500_000_000, 999_999_999] {
                let now = DateTime::from_timestamp(1_900_000_000, nanos).unwrap();
                let token = issuer.issue(&Granted::default(), now).unwrap();
                let end = now + TimeDelta::seconds(lifetime as i64);
                assert!(issuer.check(&token, end - TimeDelta::nanoseconds(1)).is_ok(), "{lifetime} s from {now}");
                let claims = issuer.check(&token, now).map(|claims| [claims.iat, claims.exp]).unwrap();
                assert!(issuer.check(&token, end).is_err(), "{lifetime} s from {now}");
                // Whoever reads `exp` reads no moment at which the token has not been good for its lifetime.
                let late = i64::from(nanos > 0);
                assert_eq!(claims, [now.timestamp() + late, end.timestamp() + late]);
            }
        }
    }

    #[test]
    fn a_token_without_a_lifetime_is_expired_at_once() {
        let issuer = issuer(0);
        for nanos in [0, 1, 999_999_999] {
            let now = DateTime::from_timestamp(1_900_000_000, nanos).unwrap();
            let token = issuer.issue(&Granted::default(), now).unwrap();
            assert!(issuer.check(&token, now).is_err(), "{now}");
        }
    }

    #[test]
    fn expiring_all_tokens_spares_the_next_one() {
        let issuer = issuer(3600);
        let now = DateTime::UNIX_EPOCH;
        let before = issuer.issue(&Granted::default(), now).unwrap();
        issuer.expire_all();
        let after = issuer.issue(&Granted::default(), now).unwrap();
        assert!(issuer.check(&before, now).is_err());
        assert!(issuer.check(&after, now).is_ok());
    }

    #[test]
    fn a_lifetime_without_end_is_no_overflow() {
        let token = issuer(u64::MAX).issue(&Granted::default(), Utc::now()).unwrap();
        assert!(issuer(u64::MAX).check(&token, Utc::now()).is_ok());
    }
}
