//! Checks scopes: they survive a round trip, and no part of a claim can inject a second claim.

use unloc::{Error, ErrorKind, Scope, Scopes};

/// Checks a text as a list of claims, and its lines as the parts of one claim.
pub fn scopes(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    match text.parse::<Scopes>() {
        Ok(scopes) => round_trip(&scopes, &text),
        Err(error) => refused(&error, text.len()),
    }
    let mut parts = text.split('\n');
    let mut next = || parts.next().unwrap_or_default();
    let (country, organization, suffix) = (next(), next(), next());
    check_claim(Scope::lock_holder_identifier(country, organization, suffix), || {
        format!("lockHolder.identifier:{country}.{organization}.{suffix}")
    });
    check_claim(Scope::lock_holder_admin(country), || format!("lockHolder.admin:{country}"));
    check_claim(country.parse(), || country.to_owned());
}

fn round_trip(scopes: &Scopes, text: &str) {
    let written = scopes.to_string();
    let claims: Vec<_> = written.split_whitespace().collect();
    assert_eq!(claims.len(), scopes.iter().len(), "{written:?}");
    assert!(!written.contains(char::is_control) && written.len() <= text.len(), "{written:?}");
    assert!(text.split_ascii_whitespace().all(|claim| claims.contains(&claim)), "{written:?} is not {text:?}");
    let again: Scopes = written.parse().expect("a formatted scope can be parsed");
    assert_eq!(&again, scopes);
    let backwards: Vec<_> = claims.iter().rev().copied().collect();
    assert_eq!(&backwards.join("\n").parse::<Scopes>().expect("order does not matter"), scopes);
    assert_eq!(&Scopes::new(scopes.iter().cloned()).expect("the same claims"), scopes);
}

/// Checks that a claim is one word and that parsing it returns the same claim.
fn check_claim(scope: Result<Scope, Error>, wanted: impl FnOnce() -> String) {
    match scope {
        Ok(scope) => {
            let written = scope.to_string();
            assert_eq!(written, wanted());
            assert!(!written.contains(|c: char| c.is_whitespace() || c.is_control()), "{written:?}");
            assert_eq!(written.parse::<Scope>().expect("a formatted scope can be parsed"), scope);
            assert_eq!(Scopes::from(scope).iter().len(), 1);
        }
        Err(error) => refused(&error, 0),
    }
}

fn refused(error: &Error, longest: usize) {
    let text = format!("{error} {error:?}");
    assert_eq!(error.kind(), ErrorKind::Scope, "{text}");
    assert!(!text.contains(char::is_control) && text.len() <= 1000 + 20 * longest, "{text:?}");
}
