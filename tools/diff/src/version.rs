//! Computes the version that the changes require.

use std::fmt;
use std::str::FromStr;

use anyhow::Context;

use crate::change::{Change, Kind, Verdict};

/// Holds a version as Cargo compares it. Build metadata is ignored.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(semver::Version);

impl Version {
    fn parse(text: &str) -> Option<Self> {
        let version = semver::Version::parse(text.trim()).ok()?;
        Some(Self(semver::Version { build: semver::BuildMetadata::EMPTY, ..version }))
    }

    /// Finds the version in the manifest of a workspace or a package.
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

    /// Returns the lowest version after this one that may contain such changes.
    ///
    /// Before 1.0, a breaking change raises the minor version and any other change the patch version, as in Cargo. A
    /// pre-release promises no compatibility (semver.org, item 9): any change raises its number.
    #[must_use]
    pub fn after(&self, bump: Bump) -> Self {
        let semver::Version { major, minor, patch, pre, .. } = &self.0;
        let (major, minor, patch) = (*major, *minor, *patch);
        let next = match (bump, major) {
            (Bump::None, _) => self.0.clone(),
            _ if !pre.is_empty() => semver::Version { pre: next_pre_release(pre), ..self.0.clone() },
            (Bump::Breaking, 0) => semver::Version::new(0, minor + 1, 0),
            (Bump::Breaking, _) => semver::Version::new(major + 1, 0, 0),
            (Bump::Addition, 0) => semver::Version::new(0, minor, patch + 1),
            (Bump::Addition, _) => semver::Version::new(major, minor + 1, 0),
            (Bump::Fix, _) => semver::Version::new(major, minor, patch + 1),
        };
        Self(next)
    }
}

/// Returns `alpha.2` after `alpha.1`, and `rc.1` after `rc`.
fn next_pre_release(pre: &semver::Prerelease) -> semver::Prerelease {
    let (name, number) = pre.rsplit_once('.').unwrap_or((pre.as_str(), ""));
    let next = match number.parse::<u64>() {
        Ok(number) => format!("{name}.{}", number.saturating_add(1)),
        Err(_) => format!("{}.1", pre.as_str()),
    };
    semver::Prerelease::new(&next).unwrap_or_else(|_| pre.clone())
}

impl FromStr for Version {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> anyhow::Result<Self> {
        Self::parse(text).with_context(|| format!("`{text}` is not a version such as 0.1.0"))
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Classifies the required version bump. The variants are in ascending order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bump {
    /// No new version is needed.
    None,
    /// Programs need no change.
    Fix,
    /// The public API has additions.
    Addition,
    /// Programs may need changes.
    Breaking,
}

impl Bump {
    /// Returns the bump that these changes require.
    ///
    /// Only programs compiled against the new version count: a failure at compile time or at run time is breaking. A
    /// new version cannot help programs that were built before.
    #[must_use]
    pub fn of(changes: &[Change]) -> Self {
        let of = |change: &Change| match change.rust {
            Verdict::Breaking | Verdict::FailsAtRunTime => Self::Breaking,
            // Without bindings, only the verdict on the wire is available.
            Verdict::Unknown if change.wire != Verdict::Compatible => Self::Breaking,
            Verdict::Compatible if !change.items.is_empty() => Self::Addition,
            // Programs need no change, but must be built with the new bindings to keep working as before.
            _ if change.wire != Verdict::Compatible || change.kind == Kind::Behaviour => Self::Fix,
            _ => Self::None,
        };
        changes.iter().map(of).max().unwrap_or(Self::None)
    }

    /// Returns the name that reports use.
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
    fn bumps_a_version_as_cargo_compares_it() {
        for (version, bump, next) in [
            ("0.1.0", Bump::Breaking, "0.2.0"),
            ("0.1.3", Bump::Addition, "0.1.4"),
            ("0.1.3", Bump::Fix, "0.1.4"),
            ("1.2.3", Bump::Breaking, "2.0.0"),
            ("1.2.3", Bump::Addition, "1.3.0"),
            ("0.1.0-alpha.1", Bump::Breaking, "0.1.0-alpha.2"),
            ("0.1.0-alpha.9", Bump::Fix, "0.1.0-alpha.10"),
            ("1.2.3-rc", Bump::Addition, "1.2.3-rc.1"),
            ("1.2.3-rc.1+build.7", Bump::None, "1.2.3-rc.1"),
            ("1.2.3", Bump::None, "1.2.3"),
        ] {
            assert_eq!(Version::parse(version).map(|version| version.after(bump).to_string()).as_deref(), Some(next));
        }
        assert_eq!(Version::parse("1.2"), None);
        // Any later release contains the changes of a pre-release.
        let versions = ["0.1.0-alpha.2", "0.1.0-alpha.10", "0.1.0-beta.1", "0.1.0", "0.1.1"].map(Version::parse);
        assert!(versions.is_sorted());
    }

    #[test]
    fn finds_the_version_in_a_manifest_and_ignores_those_of_dependencies() {
        let manifest = "[dependencies]\nversion = \"9.9.9\"\n[workspace.package]\nversion = \"0.1.0\"\n";
        assert_eq!(Version::of_manifest(manifest), Version::parse("0.1.0"));
        assert_eq!(Version::of_manifest("[dependencies]\nserde = \"1\"\n"), None);
    }
}
