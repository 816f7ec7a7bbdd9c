//! Holds the set of scopes of one token, which is also its key in the cache.

use std::collections::BTreeSet;
use std::collections::hash_map::RandomState;
use std::fmt;
use std::hash::{BuildHasher, Hash, Hasher};
use std::str::FromStr;
use std::sync::{Arc, LazyLock};

use super::{ADMIN, Scope};
use crate::error::{Error, ErrorKind, Result, redact};

/// Holds the scopes that one token is requested for; without any, the token is unscoped.
///
/// Order and duplicates do not matter. Equal sets compare equal, and share a token in the cache.
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
    /// Holds the scopes in order, each once.
    // A slice and no `BTreeSet`: a cache holds one for each lock holder, and handles clone it.
    scopes: Arc<[Scope]>,
    /// Holds the further fields of the token request, by their names.
    fields: Option<Fields>,
    /// Is the hash of scopes and fields.
    // Computed once, because every call looks up its token by it.
    hash: u64,
}

/// Holds names and values.
type Fields = Arc<[(Box<str>, Box<str>)]>;

/// Lists the fields that every token request has.
const OWN_FIELDS: [&str; 4] = ["client_id", "client_secret", "grant_type", "scope"];

impl Scopes {
    fn from_sorted(scopes: Arc<[Scope]>, fields: Option<Fields>) -> Self {
        // Random keys for each process: scopes may come from outside, as in a token backend, and fixed keys would let a
        // caller choose scopes that collide.
        static STATE: LazyLock<RandomState> = LazyLock::new(RandomState::new);
        let hash = STATE.hash_one((&scopes, &fields));
        Self { scopes, fields, hash }
    }

    /// Returns the empty set. Its token permits listing and creating lock holders.
    #[must_use]
    pub fn unscoped() -> Self {
        Self::default()
    }

    /// Combines scopes into a set.
    ///
    /// # Errors
    /// Returns [`ErrorKind::Scope`] if a scope's name occurs twice with different arguments, in the service's words.
    /// Several `lockHolder.admin` scopes are allowed: the token then covers all of these lock holders.
    pub fn new(scopes: impl IntoIterator<Item = Scope>) -> Result<Self> {
        let (mut sorted, mut names) = (BTreeSet::new(), BTreeSet::new());
        sorted.extend(scopes);
        for scope in sorted.iter().filter(|scope| scope.name() != ADMIN) {
            if !names.insert(scope.name()) {
                // The service's own text, so that a search for it finds the service's documentation as well.
                let what = format!("May not have multiple of the same claim: {}", scope.name());
                return Err(Error::new(ErrorKind::Scope, what));
            }
        }
        Ok(Self::from_sorted(sorted.into_iter().collect(), None))
    }

    /// Returns these scopes with a further field of the token request, such as the `project_id` that a token is for.
    ///
    /// Sets with different fields have different tokens. Neither `Display` nor `parse` knows the fields.
    ///
    /// ```
    /// use unloc::{Scope, Scopes};
    ///
    /// let scopes = Scopes::from("project.admin".parse::<Scope>()?).with_field("project_id", "p-1")?;
    /// assert_eq!(scopes.fields().collect::<Vec<_>>(), [("project_id", "p-1")]);
    /// # Ok::<(), unloc::Error>(())
    /// ```
    ///
    /// # Errors
    /// Returns [`ErrorKind::Scope`] if the name is not in snake case or names a field that every token request has, or
    /// if the value is empty or has other characters than visible ASCII.
    pub fn with_field(self, name: &str, value: &str) -> Result<Self> {
        let refuse = |what: String| Err(Error::new(ErrorKind::Scope, what));
        let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        if !is_name || OWN_FIELDS.contains(&name) {
            return refuse(format!("`{}` cannot be a further field of a token request", name.escape_debug()));
        }
        if value.is_empty() || !value.bytes().all(|byte| byte.is_ascii_graphic()) {
            return refuse(format!("the field `{name}` of a token request must not be empty, and be visible ASCII"));
        }
        let others = self.fields().filter(|(other, _)| *other != name).map(|(name, value)| (name.into(), value.into()));
        let mut fields: Vec<(Box<str>, Box<str>)> = others.chain([(name.into(), value.into())]).collect();
        fields.sort_unstable();
        Ok(Self::from_sorted(self.scopes, Some(fields.into())))
    }

    /// Returns the further fields of the token request, by their names.
    pub fn fields(&self) -> impl ExactSizeIterator<Item = (&str, &str)> {
        self.fields.as_deref().unwrap_or_default().iter().map(|(name, value)| (&**name, &**value))
    }

    /// Returns the scopes for a log, redacted.
    pub(crate) fn redacted(&self) -> String {
        let fields = self.fields().map(|(name, value)| format!(" {name}={value}"));
        // The integrator chooses organization ids, and one may be a person's phone number.
        redact(&fields.fold(self.to_string(), |text, field| text + &field))
    }

    /// Returns the scopes in a fixed order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Scope> {
        self.scopes.iter()
    }
}

impl Default for Scopes {
    /// Returns the empty set.
    fn default() -> Self {
        Self::from_sorted(Arc::new([]), None)
    }
}

impl PartialEq for Scopes {
    fn eq(&self, other: &Self) -> bool {
        // The usual case in the cache is the same `Arc`: a handle passes clones of its own scopes.
        self.hash == other.hash
            && (Arc::ptr_eq(&self.scopes, &other.scopes) || self.scopes == other.scopes)
            && self.fields == other.fields
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
        f.debug_set().entries(self.iter()).entries(self.fields()).finish()
    }
}

impl From<Scope> for Scopes {
    fn from(scope: Scope) -> Self {
        Self::from_sorted(Arc::new([scope]), None)
    }
}

/// Parses scopes that spaces separate, as in OAuth (RFC 6749, section 3.3); an empty string is the empty set.
impl FromStr for Scopes {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::new(text.split_ascii_whitespace().map(str::parse).collect::<Result<Vec<_>>>()?)
    }
}

impl fmt::Display for Scopes {
    /// Writes the scopes with spaces between them, as in OAuth (RFC 6749, section 3.3).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, scope) in self.scopes.iter().enumerate() {
            let gap = if index == 0 { "" } else { " " };
            write!(f, "{gap}{scope}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_distinguish_tokens_and_cannot_replace_a_credential() {
        let scopes = Scopes::from("project.admin".parse::<Scope>().unwrap());
        let of = |id| scopes.clone().with_field("project_id", id).unwrap();
        assert_eq!(of("a"), of("a"));
        assert_eq!(of("a"), of("b").with_field("project_id", "a").unwrap());
        assert!(of("a") != of("b") && of("a") != scopes);
        let (one, two) = (of("a").with_field("b", "c").unwrap(), scopes.clone().with_field("b", "c").unwrap());
        assert_eq!(one, two.with_field("project_id", "a").unwrap(), "in any order");
        assert_eq!(of("a").redacted(), "project.admin project_id=a");
        for (name, value) in [
            ("scope", "x"),
            ("client_id", "x"),
            ("client_secret", "x"),
            ("grant_type", "x"),
            ("", "x"),
            ("projectId", "x"),
            ("project_id", ""),
            ("project_id", "a b"),
            ("project_id", "\n"),
            ("project_id", "é"),
        ] {
            assert!(scopes.clone().with_field(name, value).is_err(), "{name:?} {value:?}");
        }
    }

    #[test]
    fn combines_several_lock_holders_by_id_in_any_order() {
        let scope = |id| Scope::lock_holder_admin(id).unwrap();
        let one = Scopes::new([scope("a"), scope("b"), scope("a")]).unwrap();
        assert_eq!(one, Scopes::new([scope("b"), scope("a")]).unwrap());
        assert_eq!(one.to_string(), "lockHolder.admin:a lockHolder.admin:b");
        assert_eq!(" lockHolder.admin:b  lockHolder.admin:a".parse::<Scopes>().unwrap(), one);
        assert_eq!(" ".parse::<Scopes>().unwrap(), Scopes::unscoped());
        assert!("lockHolder.admin:".parse::<Scopes>().is_err() && "a:1 a:2".parse::<Scopes>().is_err());
    }
}
