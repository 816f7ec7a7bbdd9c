//! What a token may do, in both generations of the service's scopes.

use std::collections::BTreeSet;
use std::collections::hash_map::RandomState;
use std::fmt;
use std::hash::{BuildHasher, Hash, Hasher};
use std::str::FromStr;
use std::sync::{Arc, LazyLock};

use crate::error::{Error, ErrorKind, Result, redact};
use crate::model::integrator::types;

/// One claim of a token: a name and, behind a colon, its arguments.
///
/// Each form is checked when it is made, so that no field of a lock holder can smuggle in a second claim. A scope that this
/// crate does not know is made by `parse`.
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

/// One lock holder by its natural key, the first generation.
const IDENTIFIER: &str = "lockHolder.identifier";
/// One lock holder by its id, the second generation.
const ADMIN: &str = "lockHolder.admin";
/// Lock holders can be listed and created, the second generation's word for no scope at all.
const INTEGRATOR: &str = "integrator.admin";

impl Scope {
    /// Returns `lockHolder.identifier:{countryIso}.{organizationId}.{organizationIdSuffix}`, the scope for one lock holder by
    /// its natural key. The suffix is empty if it has none; the last dot stays.
    ///
    /// # Errors
    /// [`ErrorKind::Scope`] unless the country is two letters and the others are letters, digits, `_` and `-`, as the
    /// service demands of them.
    pub fn lock_holder_identifier(country_iso: &str, organization_id: &str, suffix: &str) -> Result<Self> {
        let plain = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
        let refuse =
            |what: &str| Err(Error::new(ErrorKind::Scope, format!("cannot form a {IDENTIFIER} scope: {what}")));
        if country_iso.len() != 2 || !country_iso.bytes().all(|byte| byte.is_ascii_alphabetic()) {
            return refuse("`countryIso` is not two letters");
        }
        if organization_id.is_empty() || !plain(organization_id) {
            return refuse("`organizationId` is empty or has other characters than letters, digits, `_` and `-`");
        }
        if !plain(suffix) {
            return refuse("`organizationIdSuffix` has other characters than letters, digits, `_` and `-`");
        }
        Ok(Self(format!("{IDENTIFIER}:{country_iso}.{organization_id}.{suffix}").into()))
    }

    /// Returns `lockHolder.admin:{id}`, the scope for the lock holder with this id.
    ///
    /// # Errors
    /// [`ErrorKind::Scope`] if the id is empty or has other characters than letters, digits, `-`, `_` and `:`.
    pub fn lock_holder_admin(id: impl AsRef<str>) -> Result<Self> {
        let id = id.as_ref();
        if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_:".contains(&byte)) {
            let what = "cannot form a lockHolder.admin scope: the id is empty or has other characters than letters, digits, \
                        `-`, `_` and `:`";
            return Err(Error::new(ErrorKind::Scope, what));
        }
        Ok(Self(format!("{ADMIN}:{id}").into()))
    }

    /// Returns `integrator.admin`, the scope for what concerns the integrator as a whole.
    #[must_use]
    pub fn integrator_admin() -> Self {
        Self(INTEGRATOR.into())
    }

    /// Returns the scope as the service writes it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the name, which stands before the first colon.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.split_once(':').map_or(&*self.0, |(name, _)| name)
    }

    /// Returns the arguments, which stand behind the first colon with dots between; none where there is no colon.
    pub fn arguments(&self) -> impl Iterator<Item = &str> {
        self.0.split_once(':').into_iter().flat_map(|(_, arguments)| arguments.split('.'))
    }
}

impl FromStr for Scope {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        if text.is_empty() || text.chars().any(|c| c.is_whitespace() || c.is_control()) {
            let what = "a claim is one word, without blanks or control characters";
            return Err(Error::new(ErrorKind::Scope, what));
        }
        match text.split_once(':') {
            Some((IDENTIFIER, parts)) => match parts.split('.').collect::<Vec<_>>().as_slice() {
                [country, organization, suffix] => Self::lock_holder_identifier(country, organization, suffix),
                _ => {
                    let what = format!("{IDENTIFIER} has three parts with dots between, and the last dot stays");
                    Err(Error::new(ErrorKind::Scope, what))
                }
            },
            Some((ADMIN, id)) => Self::lock_holder_admin(id),
            _ => Ok(Self(text.into())),
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The scope that opens what belongs to a lock holder, by its natural key.
///
/// ```
/// use unloc::types::LockHolder;
///
/// let home = LockHolder::builder()
///     .id("373c3bdd-ff32-4caa-9eca-bfc54e5042d5")
///     .name("Harbour Flats")
///     .country_iso("NO")
///     .organization_id("harbour-flats")
///     .build()?;
/// assert_eq!(unloc::lock_holder_scope(&home)?.to_string(), "lockHolder.identifier:NO.harbour-flats.");
/// # Ok::<(), unloc::Error>(())
/// ```
///
/// # Errors
/// [`ErrorKind::Scope`] if one of the lock holder's parts could not stand in a scope.
pub fn lock_holder_scope(lock_holder: &types::LockHolder) -> Result<Scope> {
    let suffix = lock_holder.organization_id_suffix.as_deref().unwrap_or_default();
    Scope::lock_holder_identifier(&lock_holder.country_iso, &lock_holder.organization_id, suffix)
}

/// Which generation of scopes a client asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ScopeGeneration {
    /// No scope, and `lockHolder.identifier:…`.
    #[default]
    Identifier,
    /// `integrator.admin`, and `lockHolder.admin:…`.
    Admin,
}

/// The claims that one token is asked for; none makes an unscoped token.
///
/// Order and repetition do not matter: equal sets are equal, and share a token.
///
/// ```
/// use unloc::{Scope, Scopes};
///
/// let two = ["lockHolder.identifier:NO.first.", "lockHolder.identifier:NO.second."];
/// let error = Scopes::new(two.map(|text| text.parse().unwrap())).unwrap_err();
/// assert!(error.to_string().contains("May not have multiple of the same claim: lockHolder.identifier"));
/// # Ok::<(), unloc::Error>(())
/// ```
#[derive(Clone, PartialOrd, Ord)]
pub struct Scopes {
    /// In order, and each once.
    claims: Arc<[Scope]>,
    /// Reckoned once, since every call looks for its token by it.
    hash: u64,
}

impl Scopes {
    fn of(claims: Arc<[Scope]>) -> Self {
        // Keys of its own for each process, since the claims may come from outside.
        static STATE: LazyLock<RandomState> = LazyLock::new(RandomState::new);
        let hash = STATE.hash_one(&claims);
        Self { claims, hash }
    }

    /// No scope: lock holders can be listed and created.
    #[must_use]
    pub fn unscoped() -> Self {
        Self::default()
    }

    /// These claims together.
    ///
    /// # Errors
    /// [`ErrorKind::Scope`] when a claim stands there twice with different values, with the service's words for it.
    /// Several `lockHolder.admin` are fine: the token then covers all of them.
    pub fn new(scopes: impl IntoIterator<Item = Scope>) -> Result<Self> {
        let scopes: BTreeSet<_> = scopes.into_iter().collect();
        let mut claims = BTreeSet::new();
        for scope in scopes.iter().filter(|scope| scope.name() != ADMIN) {
            if !claims.insert(scope.name()) {
                let what = format!("May not have multiple of the same claim: {}", scope.name());
                return Err(Error::new(ErrorKind::Scope, what));
            }
        }
        Ok(Self::of(scopes.into_iter().collect()))
    }

    /// The claims for a log: an organization id is the integrator's own choice, and may be a number that is somebody's.
    pub(crate) fn shown(&self) -> String {
        redact(&self.to_string())
    }

    /// The claims, in a fixed order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Scope> {
        self.claims.iter()
    }
}

impl Default for Scopes {
    /// No scope.
    fn default() -> Self {
        Self::of(Arc::new([]))
    }
}

impl PartialEq for Scopes {
    fn eq(&self, other: &Self) -> bool {
        self.hash == other.hash && (Arc::ptr_eq(&self.claims, &other.claims) || self.claims == other.claims)
    }
}

impl Eq for Scopes {}

impl Hash for Scopes {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.hash);
    }
}

impl fmt::Debug for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

impl From<Scope> for Scopes {
    fn from(scope: Scope) -> Self {
        Self::of(Arc::new([scope]))
    }
}

/// Claims with blanks between, as OAuth writes them; nothing is the unscoped set.
impl FromStr for Scopes {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::new(text.split_ascii_whitespace().map(str::parse).collect::<Result<Vec<_>>>()?)
    }
}

impl fmt::Display for Scopes {
    /// The claims with blanks between, as OAuth writes them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, scope) in self.claims.iter().enumerate() {
            let gap = if index == 0 { "" } else { " " };
            write!(f, "{gap}{scope}")?;
        }
        Ok(())
    }
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
    fn scopes_of_both_generations_are_read_as_they_are_written() {
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

    #[test]
    fn several_lock_holders_by_id_make_one_token_and_order_does_not_matter() {
        let scope = |id| Scope::lock_holder_admin(id).unwrap();
        let one = Scopes::new([scope("a"), scope("b"), scope("a")]).unwrap();
        assert_eq!(one, Scopes::new([scope("b"), scope("a")]).unwrap());
        assert_eq!(one.to_string(), "lockHolder.admin:a lockHolder.admin:b");
        assert_eq!(" lockHolder.admin:b  lockHolder.admin:a".parse::<Scopes>().unwrap(), one);
        assert_eq!(" ".parse::<Scopes>().unwrap(), Scopes::unscoped());
        assert!("lockHolder.admin:".parse::<Scopes>().is_err() && "a:1 a:2".parse::<Scopes>().is_err());
    }

    proptest! {
        #[test]
        fn no_id_makes_a_scope_with_two_claims(id in r"[a-zA-Z0-9_. ,:\-\n\u{a0}]{0,40}") {
            if let Ok(scope) = Scope::lock_holder_admin(&id) {
                let text = Scopes::from(scope.clone()).to_string();
                prop_assert_eq!(text.split([' ', ',']).count(), 1);
                prop_assert_eq!(text.parse::<Scope>().unwrap(), scope);
            }
        }

        #[test]
        fn no_lock_holder_makes_a_scope_with_two_claims(
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
