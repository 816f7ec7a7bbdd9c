//! Which version changes need at least.

use std::fmt;
use std::str::FromStr;

use anyhow::Context;

use crate::change::{Change, Kind, Verdict};

/// A version as Cargo reads it; what stands behind a hyphen or a plus is no matter here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(u64, u64, u64);

impl Version {
    fn parse(text: &str) -> Option<Self> {
        let core = text.trim().split(['-', '+']).next()?;
        let mut parts = core.split('.').map(str::parse);
        let version = Self(parts.next()?.ok()?, parts.next()?.ok()?, parts.next()?.ok()?);
        parts.next().is_none().then_some(version)
    }

    /// The version that the manifest of a workspace or of a package names.
    pub(crate) fn of_manifest(manifest: &str) -> Option<Self> {
        let mut section = "";
        for line in manifest.lines().map(str::trim) {
            if line.starts_with('[') {
                section = line;
            } else if matches!(section, "[workspace.package]" | "[package]")
                && let Some(value) =
                    line.strip_prefix("version").map(str::trim_start).and_then(|rest| rest.strip_prefix('='))
            {
                return Self::parse(value.trim().trim_matches('"'));
            }
        }
        None
    }

    /// The least version after this one that may bring such changes: before 1.0, a breaking change raises the second
    /// number and any other the third, as Cargo takes them.
    #[must_use]
    pub fn after(self, bump: Bump) -> Self {
        let Self(major, minor, patch) = self;
        match (bump, major) {
            (Bump::None, _) => self,
            (Bump::Breaking, 0) => Self(0, minor + 1, 0),
            (Bump::Breaking, _) => Self(major + 1, 0, 0),
            (Bump::Addition, 0) => Self(0, minor, patch + 1),
            (Bump::Addition, _) => Self(major, minor + 1, 0),
            (Bump::Fix, _) => Self(major, minor, patch + 1),
        }
    }
}

impl FromStr for Version {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> anyhow::Result<Self> {
        Self::parse(text).with_context(|| format!("`{text}` is no version, like 0.1.0"))
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.0, self.1, self.2)
    }
}

/// How much changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bump {
    /// No new version is needed.
    None,
    /// Programs go on as they are.
    Fix,
    /// There is more to call.
    Addition,
    /// Programs may have to be changed.
    Breaking,
}

impl Bump {
    /// What these changes need. A program compiled against the new version counts: whatever it may no longer do, at
    /// compile time or at run time, is breaking. What the service has done to programs out there, no version mends.
    #[must_use]
    pub fn of(changes: &[Change]) -> Self {
        let of = |change: &Change| match change.rust {
            Verdict::Breaking | Verdict::FailsAtRunTime => Self::Breaking,
            // Without bindings to compare, the wire is all there is to go by.
            Verdict::Unknown if change.wire != Verdict::Compatible => Self::Breaking,
            Verdict::Compatible if !change.items.is_empty() => Self::Addition,
            // Programs go on as they are, but need the new bindings to go on as they were.
            _ if change.wire != Verdict::Compatible || change.kind == Kind::Behaviour => Self::Fix,
            _ => Self::None,
        };
        changes.iter().map(of).max().unwrap_or(Self::None)
    }

    /// What reports call it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Fix => "fix",
            Self::Addition => "addition",
            Self::Breaking => "breaking",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_raised_as_cargo_compares_it() {
        for (version, bump, next) in [
            ("0.1.0", Bump::Breaking, "0.2.0"),
            ("0.1.3", Bump::Addition, "0.1.4"),
            ("0.1.3", Bump::Fix, "0.1.4"),
            ("1.2.3", Bump::Breaking, "2.0.0"),
            ("1.2.3", Bump::Addition, "1.3.0"),
            ("1.2.3-rc.1", Bump::Fix, "1.2.4"),
            ("1.2.3", Bump::None, "1.2.3"),
        ] {
            assert_eq!(Version::parse(version).map(|version| version.after(bump).to_string()).as_deref(), Some(next));
        }
        assert_eq!(Version::parse("1.2"), None);
    }

    #[test]
    fn the_version_is_found_in_a_manifest_and_that_of_a_dependency_is_not_taken_for_it() {
        let manifest = "[dependencies]\nversion = \"9.9.9\"\n[workspace.package]\nversion = \"0.1.0\"\n";
        assert_eq!(Version::of_manifest(manifest), Some(Version(0, 1, 0)));
        assert_eq!(Version::of_manifest("[dependencies]\nserde = \"1\"\n"), None);
    }
}
