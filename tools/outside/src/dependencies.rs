//! Reads the dependencies of an example from the `cargo add` lines of its file.

use anyhow::{Context, Result, anyhow};
use std::collections::{BTreeMap, BTreeSet};

/// Is the path by which guides refer to a checkout of this repository.
const CHECKOUT: &str = "../unloc";

/// Describes a crate that a `cargo add` line names.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Dependency {
    name: String,
    /// Is set for a crate of this repository.
    is_ours: bool,
    default_features: bool,
    features: BTreeSet<String>,
}

impl Dependency {
    /// Formats the dependency for a manifest. `cargo add` takes the newest version; this takes the newest in the lock
    /// file. Crates that the guides take from the checkout come from their packages.
    pub(super) fn toml(&self, lock: &str) -> String {
        let Self { name, is_ours, default_features, features } = self;
        let version = if *is_ours { env!("CARGO_PKG_VERSION") } else { newest(lock, name).unwrap_or("*") };
        let mut features: Vec<_> = features.iter().map(String::as_str).collect();
        // The default features except `generate`, which is a feature of the example package: it is tested on and off.
        let is_split = name == "unloc" && *default_features;
        features.extend(is_split.then_some(["rustls", "typed"]).into_iter().flatten());
        let default_features = *default_features && !is_split;
        format!("{{ version = {version:?}, default-features = {default_features}, features = {features:?} }}")
    }
}

/// Returns the newest version of a crate in a lock file, where a line `name = "…"` is followed by `version = "…"`.
fn newest<'a>(lock: &'a str, name: &str) -> Option<&'a str> {
    let line = format!("name = {name:?}");
    let versions = lock.lines().zip(lock.lines().skip(1)).filter(|(named, _)| *named == line);
    let versions = versions.filter_map(|(_, version)| version.strip_prefix("version = \"")?.strip_suffix('"'));
    versions.max_by_key(|version| {
        version.split(['.', '-', '+']).map(|part| part.parse().unwrap_or(0)).collect::<Vec<u32>>()
    })
}

/// Returns the crates of all `cargo add` lines of a text, in Markdown or in `//!` comments.
pub(super) fn parse(text: &str) -> Result<Vec<Dependency>> {
    let lines = text.lines().map(|line| line.trim_start_matches("//!").trim());
    lines.filter_map(|line| line.strip_prefix("cargo add ")).map(one).collect()
}

/// Parses the arguments of one `cargo add`.
fn one(line: &str) -> Result<Dependency> {
    let mut dependency = Dependency { default_features: true, ..Dependency::default() };
    let mut words = line.split_whitespace().take_while(|word| *word != "#");
    while let Some(word) = words.next() {
        match word {
            "--dev" => {}
            "--no-default-features" => dependency.default_features = false,
            "--features" => {
                let features = words.next().context("missing value for `--features`")?;
                dependency.features.extend(features.split(',').map(str::to_owned));
            }
            "--path" => {
                let path = words.next().and_then(|path| path.strip_prefix(CHECKOUT));
                path.with_context(|| {
                    format!("`cargo add {line}`: the path must begin with {CHECKOUT}, as in all guides")
                })?;
                dependency.is_ours = true;
            }
            flag if flag.starts_with('-') => return Err(anyhow!("`cargo add {line}`: unknown option `{flag}`")),
            name if dependency.name.is_empty() => {
                dependency.name = name.split('@').next().unwrap_or(name).to_owned();
            }
            _ => return Err(anyhow!("`cargo add {line}`: use a separate line for each crate")),
        }
    }
    if dependency.name.is_empty() { Err(anyhow!("`cargo add {line}`: missing crate name")) } else { Ok(dependency) }
}

/// Merges a dependency with those of other examples: all examples are built as one package.
pub(super) fn add(all: &mut BTreeMap<String, Dependency>, dependency: &Dependency) {
    let known = all.entry(dependency.name.clone()).or_insert_with(|| dependency.clone());
    known.default_features |= dependency.default_features;
    known.features.extend(dependency.features.iter().cloned());
}

/// Refuses an example that uses a crate which only the `cargo add` lines of another file name. It would compile here.
pub(super) fn check_uses<'a>(own: &[Dependency], all: impl Iterator<Item = &'a String>, code: &str) -> Result<()> {
    let is_own = |name: &str| own.iter().any(|dependency| dependency.name == name);
    match all.into_iter().find(|name| !is_own(name) && uses(code, &name.replace('-', "_"))) {
        None => Ok(()),
        Some(name) => Err(anyhow!("uses `{name}`, but no `cargo add` line of the same file adds it")),
    }
}

/// Returns whether a path in the code begins with this crate.
fn uses(code: &str, name: &str) -> bool {
    // `unloc::tokio::` and `my_tokio::` are no paths of `tokio`.
    let continues = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    code.match_indices(&format!("{name}::")).any(|(index, _)| !code[..index].ends_with(continues))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_cargo_add_lines() {
        let text = "Say\n```sh\ncargo add unloc --path ../unloc --no-default-features --features a,b\n\
                    cargo add --dev unloc-emulator --path ../unloc/crates/emulator # for tests\n```\n//! cargo add schemars@1\n";
        let parsed = parse(text).unwrap();
        let lock = "name = \"schemars\"\nversion = \"1.2.0\"\n\nname = \"schemars\"\nversion = \"0.8.22\"\n\n\
                    name = \"schemars\"\nversion = \"1.10.0\"\n\nname = \"schemars_derive\"\nversion = \"2.0.0\"\n";
        let own = env!("CARGO_PKG_VERSION");
        let lines: Vec<_> = parsed.iter().map(|one| format!("{} {}", one.name, one.toml(lock))).collect();
        assert_eq!(
            lines,
            [
                format!(r#"unloc {{ version = "{own}", default-features = false, features = ["a", "b"] }}"#),
                format!(r#"unloc-emulator {{ version = "{own}", default-features = true, features = [] }}"#),
                r#"schemars { version = "1.10.0", default-features = true, features = [] }"#.to_owned(),
            ]
        );
        let mut all = BTreeMap::new();
        for line in ["tokio --no-default-features --features rt", "tokio --features macros"] {
            add(&mut all, &one(line).unwrap());
        }
        let together = r#"{ version = "*", default-features = true, features = ["macros", "rt"] }"#;
        assert_eq!(all["tokio"].toml(lock), together);
    }

    #[test]
    fn refuses_invalid_cargo_add_lines() {
        for line in ["", "--dev", "a b", "a --git x", "a --features", "a --path ../elsewhere", "a --path"] {
            assert!(one(line).is_err(), "{line}");
        }
    }

    #[test]
    fn refuses_a_crate_that_only_another_file_adds() {
        let all = ["futures-util", "tokio"].map(str::to_owned);
        let own = [one("tokio").unwrap()];
        let missing = |code: &str| check_uses(&own, all.iter(), code).is_err();
        for code in ["use futures_util::TryStreamExt;", "a(futures_util::pin_mut!(b));", "use {futures_util::A, b};"] {
            assert!(missing(code), "{code}");
        }
        for code in ["use tokio::time;", "use unloc::futures_util::A;", "my_futures_util::a();", "// futures-util"] {
            assert!(!missing(code), "{code}");
        }
    }
}
