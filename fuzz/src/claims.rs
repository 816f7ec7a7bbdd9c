//! Scopes: what is read is written as it was, and nothing that is put into a claim makes a second one of it.

use unloc::{Error, ErrorKind, Scope, Scopes};

/// A text of claims, and its lines as the parts of one.
pub fn scopes(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    match text.parse::<Scopes>() {
        Ok(scopes) => round_trip(&scopes, &text),
        Err(error) => refused(&error, text.len()),
    }
    let mut parts = text.split('\n');
    let mut next = || parts.next().unwrap_or_default();
    let (country, organization, suffix) = (next(), next(), next());
    made(Scope::lock_holder_identifier(country, organization, suffix), || {
        format!("lockHolder.identifier:{country}.{organization}.{suffix}")
    });
    made(Scope::lock_holder_admin(country), || format!("lockHolder.admin:{country}"));
    made(country.parse(), || country.to_owned());
}

fn round_trip(scopes: &Scopes, text: &str) {
    let written = scopes.to_string();
    let claims: Vec<_> = written.split_whitespace().collect();
    assert_eq!(claims.len(), scopes.iter().len(), "{written:?}");
    assert!(!written.contains(char::is_control) && written.len() <= text.len(), "{written:?}");
    assert!(text.split_ascii_whitespace().all(|claim| claims.contains(&claim)), "{written:?} is not {text:?}");
    let again: Scopes = written.parse().expect("what was written can be read");
    assert_eq!(&again, scopes);
    let backwards: Vec<_> = claims.iter().rev().copied().collect();
    assert_eq!(&backwards.join("\n").parse::<Scopes>().expect("order does not matter"), scopes);
    assert_eq!(&Scopes::new(scopes.iter().cloned()).expect("the same claims"), scopes);
}

/// A claim is one word, and is read as what it was made as.
fn made(scope: Result<Scope, Error>, wanted: impl FnOnce() -> String) {
    match scope {
        Ok(scope) => {
            let written = scope.to_string();
            assert_eq!(written, wanted());
            assert!(!written.contains(|c: char| c.is_whitespace() || c.is_control()), "{written:?}");
            assert_eq!(written.parse::<Scope>().expect("what was written can be read"), scope);
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
