//! Signs and verifies JSON Web Tokens with HMAC-SHA-256 (RFC 7515, RFC 7519).
//!
//! The emulator needs one algorithm and no date validation, since its own clock decides about dates. The common JWT
//! crates compile C code or all of public-key cryptography, so these few lines are written by hand.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::Sha256;

/// Is the header of every token. It is a constant because no member of it varies.
const HEADER: &str = r#"{"typ":"JWT","alg":"HS256"}"#;

/// The token was not signed with this key.
#[derive(Debug, PartialEq)]
pub(crate) enum JwtError {
    InvalidSignature,
    Malformed,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
}

/// Serializes and signs the claims.
pub(crate) fn sign(claims: &impl Serialize, key: &[u8]) -> serde_json::Result<String> {
    let mut token = URL_SAFE_NO_PAD.encode(HEADER);
    token.push('.');
    URL_SAFE_NO_PAD.encode_string(serde_json::to_vec(claims)?, &mut token);
    let signature = mac(key, &token).map(|mac| mac.finalize().into_bytes()).unwrap_or_default();
    token.push('.');
    URL_SAFE_NO_PAD.encode_string(signature, &mut token);
    Ok(token)
}

/// Verifies the signature of a token in constant time, and deserializes its claims.
pub(crate) fn verify<T: DeserializeOwned>(token: &str, key: &[u8]) -> Result<T, JwtError> {
    let (signed, signature) = token.rsplit_once('.').ok_or(JwtError::Malformed)?;
    let (header, claims) =
        signed.split_once('.').filter(|(_, claims)| !claims.contains('.')).ok_or(JwtError::Malformed)?;
    let header: Header = read(header)?;
    // RFC 8725, section 2.1: accepting `none` or another algorithm lets an attacker forge tokens.
    if header.alg != "HS256" {
        return Err(JwtError::Malformed);
    }
    let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| JwtError::Malformed)?;
    let mac = mac(key, signed).ok_or(JwtError::InvalidSignature)?;
    mac.verify_slice(&signature).map_err(|_| JwtError::InvalidSignature)?;
    read(claims)
}

/// Starts the HMAC over the text. Never returns `None` in practice, because HMAC takes keys of any length.
fn mac(key: &[u8], text: &str) -> Option<Hmac<Sha256>> {
    let mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    Some(mac.chain_update(text.as_bytes()))
}

fn read<T: DeserializeOwned>(part: &str) -> Result<T, JwtError> {
    let bytes = URL_SAFE_NO_PAD.decode(part).map_err(|_| JwtError::Malformed)?;
    serde_json::from_slice(&bytes).map_err(|_| JwtError::Malformed)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const KEY: &[u8] = b"a signing key";

    #[test]
    fn verifies_what_it_signed() {
        let claims = json!({ "sub": "me", "exp": 7 });
        let token = sign(&claims, KEY).unwrap();
        assert_eq!(verify::<Value>(&token, KEY), Ok(claims));
        assert_eq!(verify::<Value>(&token, b"another key"), Err(JwtError::InvalidSignature));
    }

    /// Verifies the example of RFC 7515, appendix A.1. Its header and claims contain line breaks.
    #[test]
    fn verifies_a_token_of_another_implementation() {
        let key = "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";
        let key = URL_SAFE_NO_PAD.decode(key).unwrap();
        let token = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.\
                     eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.\
                     dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        let claims: Value = verify(token, &key).unwrap();
        assert_eq!((&claims["iss"], &claims["exp"]), (&json!("joe"), &json!(1_300_819_380)));
    }

    #[test]
    fn refuses_forged_and_malformed_tokens() {
        let token = sign(&json!({ "sub": "me" }), KEY).unwrap();
        let parts: Vec<&str> = token.split('.').collect();
        let none = URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#);
        let other_claims = URL_SAFE_NO_PAD.encode(r#"{"sub":"you"}"#);
        let mut forged = token.clone().into_bytes();
        forged[token.len() - 10] ^= 1;
        for (token, error) in [
            (format!("{}.{other_claims}.{}", parts[0], parts[2]), JwtError::InvalidSignature),
            (format!("{}.{}.", parts[0], parts[1]), JwtError::InvalidSignature),
            (format!("{none}.{}.", parts[1]), JwtError::Malformed),
            (format!("{}.{}", parts[0], parts[1]), JwtError::Malformed),
            (format!("{token}.{}", parts[2]), JwtError::Malformed),
            (format!("{token}="), JwtError::Malformed),
            (String::new(), JwtError::Malformed),
            ("..".to_owned(), JwtError::Malformed),
        ] {
            assert_eq!(verify::<Value>(&token, KEY), Err(error), "{token}");
        }
        assert!(verify::<Value>(&String::from_utf8_lossy(&forged), KEY).is_err());
    }
}
