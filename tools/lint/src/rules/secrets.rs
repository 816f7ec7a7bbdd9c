//! Finds strings that have the form of a real secret.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use crate::finding::{Findings, Rule, Severity};
use crate::spec::Spec;

const SECRET: Rule = Rule {
    id: "no-secret-in-example",
    severity: Severity::Error,
    reason: "A token or password in an example is published, and may be a real one.",
    example: "a JSON Web Token, `Bearer` and a token, a private key, `ghp_` and 36 letters and digits",
};

pub(crate) const RULES: &[&Rule] = &[&SECRET];

pub(crate) fn check(spec: &Spec<'_>, findings: &mut Findings<'_>) {
    super::docs::example_strings(spec, &mut |pointer, text| {
        if looks_secret(text) {
            let help = "replace it with a placeholder that contains EXAMPLE; if it is real, revoke it";
            findings.value(&SECRET, pointer, "this looks like a real secret", help);
        }
    });
}

/// Lists words that occur in placeholders, and not in secrets.
const PLACEHOLDERS: [&str; 10] =
    ["example", "placeholder", "your", "xxxx", "redacted", "dummy", "changeme", "...", "…", "****"];

/// Returns whether a text has the form of a secret and is no placeholder.
fn looks_secret(text: &str) -> bool {
    let text = text.trim();
    let lower = text.to_lowercase();
    if PLACEHOLDERS.iter().any(|word| lower.contains(word)) {
        return false;
    }
    let token = text.strip_prefix("Bearer ").map(str::trim);
    is_private_key(text)
        || is_web_token(token.unwrap_or(text))
        // Opaque bearer tokens have no common form (RFC 6750 2.1): long and random is all there is to see.
        || token.is_some_and(|token| token.len() >= 20 && is_random(token, b"-._~+/="))
        || is_of_a_service(token.unwrap_or(text))
}

/// Returns whether a text contains a private key in PEM (RFC 7468) or in OpenPGP armor. Public keys, certificates,
/// certificate requests and signatures are public.
fn is_private_key(text: &str) -> bool {
    let mut labels = text.split("-----BEGIN ").skip(1).filter_map(|rest| rest.split_once("-----"));
    labels.any(|(label, _)| label.contains("PRIVATE KEY"))
}

/// Returns whether a text is a JSON Web Token: a header that names an algorithm, claims and a signature (RFC 7519 3),
/// or the five parts of an encrypted one (RFC 7516 3). A single part in base64 may as well be a pagination cursor, and
/// a signature without a payload is detached (RFC 7515, appendix F).
fn is_web_token(text: &str) -> bool {
    let parts: Vec<_> = text.split('.').collect();
    let is_base64 = |part: &&str| part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
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

/// Lists the prefixes of well-known services' secrets, with the least and greatest number of characters that follow.
const PREFIXES: [(&str, usize, usize); 16] = [
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

/// Returns whether a text has the prefix, length and alphabet of a well-known service's tokens.
fn is_of_a_service(text: &str) -> bool {
    let is_known = PREFIXES.iter().any(|(start, least, most)| {
        let rest = text.strip_prefix(start).unwrap_or_default();
        (*least..=*most).contains(&rest.len()) && is_random(rest, b"-_")
    });
    // SendGrid: `SG.`, an id of 22 characters, a dot, and a secret of 43.
    let parts: Vec<_> = text.strip_prefix("SG.").unwrap_or_default().split('.').collect();
    let is_mail = matches!(parts.as_slice(), [id, secret] if id.len() == 22 && secret.len() == 43)
        && parts.iter().all(|part| is_random(part, b"-_"));
    is_known || is_mail
}

/// Returns whether a text mixes letters and digits as random tokens do: at least eight different characters, of both
/// kinds.
fn is_random(text: &str, others: &[u8]) -> bool {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || others.contains(&byte));
    let (digits, letters) =
        (text.bytes().any(|byte| byte.is_ascii_digit()), text.bytes().any(|byte| byte.is_ascii_alphabetic()));
    let different: BTreeSet<u8> = text.bytes().collect();
    is_plain && digits && letters && different.len() >= 8
}
