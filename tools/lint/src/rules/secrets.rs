//! Texts that have the form of a secret which works.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use crate::finding::{Findings, Rule, Severity};
use crate::spec::Spec;

const SECRET: Rule = Rule {
    id: "no-secret-in-example",
    severity: Severity::Error,
    reason: "A token or password in an example is published, and may be somebody's.",
    example: "a JSON Web Token, `Bearer` and a token, a private key, `ghp_` and 36 letters and digits",
};

pub(crate) const RULES: &[&Rule] = &[&SECRET];

pub(crate) fn check(spec: &Spec<'_>, findings: &mut Findings<'_>) {
    super::docs::shown(spec, &mut |pointer, text| {
        if looks_secret(text) {
            let help = "write EXAMPLE in its place; if it is real, have it revoked";
            findings.value(&SECRET, pointer, "this looks like a secret that works", help);
        }
    });
}

/// Words of whoever writes what stands for a secret, and not the secret.
const STAND_INS: [&str; 10] =
    ["example", "placeholder", "your", "xxxx", "redacted", "dummy", "changeme", "...", "…", "****"];

fn looks_secret(text: &str) -> bool {
    let text = text.trim();
    let lower = text.to_lowercase();
    if STAND_INS.iter().any(|word| lower.contains(word)) {
        return false;
    }
    let token = text.strip_prefix("Bearer ").map(str::trim);
    is_private_key(text)
        || is_web_token(token.unwrap_or(text))
        || token.is_some_and(|token| token.len() >= 20 && is_random(token, b"-._~+/="))
        || is_of_a_service(token.unwrap_or(text))
}

/// A private key in PEM (RFC 7468) or in the armor of OpenPGP. Public keys, certificates, requests for them and
/// signatures are made to be shown.
fn is_private_key(text: &str) -> bool {
    let mut labels = text.split("-----BEGIN ").skip(1).filter_map(|rest| rest.split_once("-----"));
    labels.any(|(label, _)| label.contains("PRIVATE KEY"))
}

/// A JSON Web Token: a header that names an algorithm, claims and a signature (RFC 7519 3), or the five parts of an
/// encrypted one (RFC 7516 3). One part in base64 is a cursor as likely as not, and without a payload a signature is
/// that of something else (RFC 7515, appendix F).
fn is_web_token(text: &str) -> bool {
    let parts: Vec<_> = text.split('.').collect();
    let is_base64 = |part: &&str| part.bytes().all(|sign| sign.is_ascii_alphanumeric() || b"-_".contains(&sign));
    if !parts.iter().all(is_base64) {
        return false;
    }
    let names_algorithm = |header: &str| {
        let header =
            URL_SAFE_NO_PAD.decode(header).ok().and_then(|header| serde_json::from_slice::<Value>(&header).ok());
        header.is_some_and(|header| header.get("alg").is_some())
    };
    match parts.as_slice() {
        [header, claims, signature] => !claims.is_empty() && !signature.is_empty() && names_algorithm(header),
        [header, _, _, text, tag] => !text.is_empty() && !tag.is_empty() && names_algorithm(header),
        _ => false,
    }
}

/// The beginnings that services give to their secrets, and how many signs follow.
const BEGINNINGS: [(&str, usize, usize); 16] = [
    ("sk_live_", 24, 256),
    ("rk_live_", 24, 256),
    ("ghp_", 36, 255),
    ("gho_", 36, 255),
    ("ghu_", 36, 255),
    ("ghs_", 36, 255),
    ("ghr_", 36, 255),
    ("github_pat_", 60, 244),
    ("glpat-", 20, 300),
    ("xoxb-", 24, 300),
    ("xoxp-", 24, 300),
    ("xoxa-", 24, 300),
    ("AKIA", 16, 16),
    ("ASIA", 16, 16),
    ("AIza", 35, 35),
    ("npm_", 36, 36),
];

/// Whether a text has the form that a well-known service gives to its tokens, in length and signs.
fn is_of_a_service(text: &str) -> bool {
    let is_known = BEGINNINGS.iter().any(|(start, least, most)| {
        let rest = text.strip_prefix(start).unwrap_or_default();
        (*least..=*most).contains(&rest.len()) && is_random(rest, b"-_")
    });
    // `SG.`, an id of 22 signs, and a secret of 43.
    let parts: Vec<_> = text.strip_prefix("SG.").unwrap_or_default().split('.').collect();
    let is_mail = matches!(parts.as_slice(), [id, secret] if id.len() == 22 && secret.len() == 43)
        && parts.iter().all(|part| is_random(part, b"-_"));
    is_known || is_mail
}

/// Letters and digits in a mixture that nobody makes by hand.
fn is_random(text: &str, others: &[u8]) -> bool {
    let is_plain = text.bytes().all(|sign| sign.is_ascii_alphanumeric() || others.contains(&sign));
    let (digits, letters) =
        (text.bytes().any(|sign| sign.is_ascii_digit()), text.bytes().any(|sign| sign.is_ascii_alphabetic()));
    let different: BTreeSet<u8> = text.bytes().collect();
    is_plain && digits && letters && different.len() >= 8
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIXED: &str = "0a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8s9T0u1V2w3X4y5Z6a7B8c9D0e1F2g3H4";

    #[test]
    fn what_has_the_form_of_a_secret_is_one() {
        let mixed = |length: usize| MIXED.get(..length).unwrap();
        for text in [
            "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJzb21lYm9keSJ9.c2lnbmF0dXJl",
            "Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJzb21lYm9keSJ9.c2lnbmF0dXJl",
            // {"typ":"JWT","alg":"HS256"}
            "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJzb21lYm9keSJ9.c2lnbmF0dXJl",
            // {"alg":"dir","enc":"A128GCM"}
            "eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI4R0NNIn0..aXZpdml2.dGV4dA.dGFn",
            "Bearer 0123456789abcdef0123456789abcdef",
            "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIA\n-----END PRIVATE KEY-----",
            "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXk\n-----END OPENSSH PRIVATE KEY-----",
            "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n-----BEGIN RSA PRIVATE KEY-----\nMIIE\n",
            "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nlQVY\n",
            &format!("ghp_{}", mixed(36)),
            &format!("sk_live_{}", mixed(24)),
            &format!("github_pat_{}", mixed(60)),
            &format!("glpat-{}", mixed(20)),
            "xoxb-123456789012-123456789012-a1B2c3D4e5F6g7H8i9J0k1L2",
            "AKIA0123456789ABCDEF",
            &format!("AIza{}", mixed(35)),
            &format!("npm_{}", mixed(36)),
            &format!("SG.{}.{}", mixed(22), mixed(43)),
        ] {
            assert!(looks_secret(text), "{text}");
        }
    }

    #[test]
    fn what_is_made_to_be_shown_or_stands_for_a_secret_is_none() {
        for text in [
            // Cursors: {"page":2,"sort":"asc","filter":"none","size":20}, and one that its service has signed.
            "eyJwYWdlIjoyLCJzb3J0IjoiYXNjIiwiZmlsdGVyIjoibm9uZSIsInNpemUiOjIwfQ==",
            "eyJwYWdlIjoyLCJzb3J0IjoiYXNjIn0.ZxY0Aw.c2lnbmF0dXJlMTIz",
            // A signature of what is sent beside it.
            "eyJhbGciOiJFUzI1NiJ9..c2lnbmF0dXJlMTIz",
            "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA\n-----END PUBLIC KEY-----",
            "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
            "-----BEGIN CERTIFICATE REQUEST-----\nMIIB\n-----END CERTIFICATE REQUEST-----",
            "-----BEGIN PGP SIGNATURE-----\n\niQEz\n-----END PGP SIGNATURE-----",
            "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQEN\n",
            "-----BEGIN X509 CRL-----\nMIIB\n",
            "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----",
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExamp1e kari",
            "SG.Harbour.Flats.12",
            "npm_installed_package_x",
            "npm_config_registry_of_a_rather_long_name",
            "AIzaSomethingSixteen",
            "sk_live_shortx",
            "xoxb-not-a-token-at-all-but-words",
            "AKIAIOSFODNN7EXAMPLE",
            "Bearer EXAMPLE-EXAMPLE-EXAMPLE-EXAMPLE",
            "Bearer {access_token_of_the_caller}",
            "Bearer YOUR_ACCESS_TOKEN_HERE_0123456789",
            "Bearer ****************************",
            "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.EXAMPLE.EXAMPLE",
            "Bearer of good news, and of bad news",
        ] {
            assert!(!looks_secret(text), "{text}");
        }
    }
}
