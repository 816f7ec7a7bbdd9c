//! Describes what a token permits, in both generations of the service's scopes.

mod set;

use std::fmt;
use std::str::FromStr;

pub use set::Scopes;

use crate::error::{Error, ErrorKind, Result};
#[cfg(feature = "typed")]
use crate::model::integrator::types;

/// Holds one scope: a name and, after a colon, its arguments.
///
/// A scope says what a token permits: access to one lock holder, or the operations of the integrator as a whole.
///
/// Every constructor validates its arguments, so no field of a lock holder can inject a second scope. Use `parse` for a
/// scope that this crate has no constructor for.
///
/// ```
/// use unloc::Scope;
///
/// let scope = Scope::lock_holder_identifier("NO", "919424508", "")?;
/// assert_eq!(scope.to_string(), "lockHolder.identifier:NO.919424508.");
/// assert_eq!((scope.name(), scope.arguments().collect()), ("lockHolder.identifier", vec!["NO", "919424508", ""]));
/// assert_eq!(scope, "lockHolder.identifier:NO.919424508.".parse()?);
/// assert!(Scope::lock_holder_identifier("NO", "919424508. lockHolder.identifier:NO.1", "").is_err());
/// assert_eq!("project.admin".parse::<Scope>()?.name(), "project.admin");
/// # Ok::<(), unloc::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Scope(Box<str>);

/// Names the scope for one lock holder by its natural key (first generation).
const IDENTIFIER: &str = "lockHolder.identifier";
/// Names the scope for one lock holder by its id (second generation).
const ADMIN: &str = "lockHolder.admin";
/// Names the scope for listing and creating lock holders (second generation; the first one uses no scope for it).
const INTEGRATOR: &str = "integrator.admin";

impl Scope {
    /// Returns the scope for one lock holder by its natural key.
    ///
    /// The form is `lockHolder.identifier:{countryIso}.{organizationId}.{organizationIdSuffix}`. Without a suffix, the
    /// last dot stays.
    ///
    /// # Errors
    /// Returns [`ErrorKind::Scope`] unless the country is two letters and the other parts are letters, digits, `_` and
    /// `-`. The service requires the same.
    pub fn lock_holder_identifier(country_iso: &str, organization_id: &str, suffix: &str) -> Result<Self> {
        // A space would begin another scope in the token request, and a dot another part of this one.
        let is_valid = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
        let refuse = |what: &str| Err(Error::new(ErrorKind::Scope, format!("invalid {IDENTIFIER} scope: {what}")));
        if country_iso.len() != 2 || !country_iso.bytes().all(|byte| byte.is_ascii_alphabetic()) {
            return refuse("`countryIso` must be two letters");
        }
        if organization_id.is_empty() || !is_valid(organization_id) {
            return refuse("`organizationId` must not be empty, and may hold only letters, digits, `_` and `-`");
        }
        if !is_valid(suffix) {
            return refuse("`organizationIdSuffix` may hold only letters, digits, `_` and `-`");
        }
        Ok(Self(format!("{IDENTIFIER}:{country_iso}.{organization_id}.{suffix}").into()))
    }

    /// Returns `lockHolder.admin:{id}`, the scope for the lock holder with this id.
    ///
    /// # Errors
    /// Returns [`ErrorKind::Scope`] if the id is empty or has other characters than letters, digits, `-`, `_` and `:`.
    pub fn lock_holder_admin(id: impl AsRef<str>) -> Result<Self> {
        let id = id.as_ref();
        if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_:".contains(&byte)) {
            let what = "invalid lockHolder.admin scope: the id must not be empty, and may hold only letters, digits, `-`, \
                        `_` and `:`";
            return Err(Error::new(ErrorKind::Scope, what));
        }
        Ok(Self(format!("{ADMIN}:{id}").into()))
    }

    /// Returns `integrator.admin`, the scope for operations that concern the integrator as a whole.
    #[must_use]
    pub fn integrator_admin() -> Self {
        Self(INTEGRATOR.into())
    }

    /// Returns the scope as the service writes it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the name, which is the part before the first colon.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.split_once(':').map_or(&*self.0, |(name, _)| name)
    }

    /// Returns the arguments after the first colon, which dots separate; none if there is no colon.
    pub fn arguments(&self) -> impl Iterator<Item = &str> {
        self.0.split_once(':').into_iter().flat_map(|(_, arguments)| arguments.split('.'))
    }
}

impl FromStr for Scope {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        if text.is_empty() || text.chars().any(|c| c.is_whitespace() || c.is_control()) {
            let what = "a scope must be one word, without white space or control characters";
            return Err(Error::new(ErrorKind::Scope, what));
        }
        match text.split_once(':') {
            Some((IDENTIFIER, parts)) => match parts.split('.').collect::<Vec<_>>().as_slice() {
                [country, organization, suffix] => Self::lock_holder_identifier(country, organization, suffix),
                _ => {
                    let what = format!(
                        "invalid {IDENTIFIER} scope: expected three parts separated by dots; keep the last dot"
                    );
                    Err(Error::new(ErrorKind::Scope, what))
                }
            },
            Some((ADMIN, id)) => Self::lock_holder_admin(id),
            // The service may define scopes that this version of the crate does not know.
            _ => Ok(Self(text.into())),
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Returns the scope that permits access to this lock holder, by its natural key.
///
/// ```
/// use unloc::types::LockHolder;
///
/// let lock_holder = LockHolder::builder()
///     .id("373c3bdd-ff32-4caa-9eca-bfc54e5042d5")
///     .name("Harbour Flats")
///     .country_iso("NO")
///     .organization_id("harbour-flats")
///     .build()?;
/// assert_eq!(unloc::lock_holder_scope(&lock_holder)?.to_string(), "lockHolder.identifier:NO.harbour-flats.");
/// # Ok::<(), unloc::Error>(())
/// ```
///
/// # Errors
/// Returns [`ErrorKind::Scope`] if a part of the lock holder's natural key is not allowed in a scope.
#[cfg(feature = "typed")]
pub fn lock_holder_scope(lock_holder: &types::LockHolder) -> Result<Scope> {
    let suffix = lock_holder.organization_id_suffix.as_deref().unwrap_or_default();
    Scope::lock_holder_identifier(&lock_holder.country_iso, &lock_holder.organization_id, suffix)
}

/// Selects the generation of scopes that a client requests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ScopeGeneration {
    /// The client requests no scope for the integrator, and `lockHolder.identifier:…` for a lock holder.
    #[default]
    Identifier,
    /// The client requests `integrator.admin` for the integrator, and `lockHolder.admin:…` for a lock holder.
    Admin,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn holder(country: &str, organization: &str, suffix: &str) -> types::LockHolder {
        let builder = types::LockHolder::builder().id("id").name("name").country_iso(country);
        builder.organization_id(organization).organization_id_suffix(suffix).build().unwrap()
    }

    #[test]
    fn parses_scopes_of_both_generations_and_refuses_malformed_ones() {
        for text in [
            "lockHolder.identifier:NO.opk-1.b_2",
            "lockHolder.identifier:dk.x.",
            "integrator.admin",
            "lockHolder.admin:7",
            "new.claim:x",
        ] {
            assert_eq!(text.parse::<Scope>().unwrap().to_string(), text);
        }
        for refused in
            ["", " ", "a b", "lockHolder.identifier:NO.x", "lockHolder.identifier:NO. x.", "lockHolder.admin:", "x\ny"]
        {
            assert!(refused.parse::<Scope>().is_err(), "{refused:?}");
        }
    }

    proptest! {
        #[test]
        fn no_id_injects_a_second_scope(id in r"[a-zA-Z0-9_. ,:\-\n\u{a0}]{0,40}") {
            if let Ok(scope) = Scope::lock_holder_admin(&id) {
                let text = Scopes::from(scope.clone()).to_string();
                prop_assert_eq!(text.split([' ', ',']).count(), 1);
                prop_assert_eq!(text.parse::<Scope>().unwrap(), scope);
            }
        }

        #[test]
        fn no_lock_holder_injects_a_second_scope(
            country in ".{0,4}", organization in r"[a-zA-Z0-9_. :\-\n\u{a0}]{0,24}", suffix in r"[a-zA-Z0-9_. :\-\t]{0,24}",
        ) {
            if let Ok(scope) = lock_holder_scope(&holder(&country, &organization, &suffix)) {
                let text = Scopes::from(scope.clone()).to_string();
                prop_assert_eq!(text.split_whitespace().count(), 1);
                prop_assert_eq!(text.matches(':').count(), 1);
                prop_assert_eq!(&text, &format!("lockHolder.identifier:{country}.{organization}.{suffix}"));
                prop_assert_eq!(text.parse::<Scope>().unwrap(), scope);
            }
        }
    }
}
