//! What an example needs, as the `cargo add` lines beside it say.

use anyhow::{Context, Result, anyhow};
use std::collections::{BTreeMap, BTreeSet};

/// Where guides say that the checkout of this repository is.
const CHECKOUT: &str = "../unloc";

/// A crate that a reader is told to add.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Need {
    name: String,
    /// Whether it is one of this repository.
    is_ours: bool,
    default_features: bool,
    features: BTreeSet<String>,
}

impl Need {
    /// As a dependency. `cargo add` takes the newest version; of those in the lock file, so does this. What comes from the
    /// checkout in the guides comes from its package here.
    pub(super) fn toml(&self, lock: &str) -> String {
        let Self { name, is_ours, default_features, features } = self;
        let version = if *is_ours { env!("CARGO_PKG_VERSION") } else { newest(lock, name).unwrap_or("*") };
        let mut features: Vec<_> = features.iter().map(String::as_str).collect();
        // All that is on by default but `generate`, which the package has a feature for.
        let is_split = name == "unloc" && *default_features;
        features.extend(is_split.then_some("rustls"));
        let default_features = *default_features && !is_split;
        format!("{{ version = {version:?}, default-features = {default_features}, features = {features:?} }}")
    }
}

/// The newest version of a crate in a lock file, where each package is a name and, on the next line, a version.
fn newest<'a>(lock: &'a str, name: &str) -> Option<&'a str> {
    let line = format!("name = {name:?}");
    let versions = lock.lines().zip(lock.lines().skip(1)).filter(|(named, _)| *named == line);
    let versions = versions.filter_map(|(_, version)| version.strip_prefix("version = \"")?.strip_suffix('"'));
    versions.max_by_key(|version| {
        version.split(['.', '-', '+']).map(|part| part.parse().unwrap_or(0)).collect::<Vec<u32>>()
    })
}

/// The crates that a text tells its reader to add, on lines of their own or in a comment of documentation.
pub(super) fn named(text: &str) -> Result<Vec<Need>> {
    let lines = text.lines().map(|line| line.trim_start_matches("//!").trim());
    lines.filter_map(|line| line.strip_prefix("cargo add ")).map(one).collect()
}

fn one(line: &str) -> Result<Need> {
    let mut need = Need { default_features: true, ..Need::default() };
    let mut words = line.split_whitespace().take_while(|word| *word != "#");
    while let Some(word) = words.next() {
        match word {
            "--dev" => {}
            "--no-default-features" => need.default_features = false,
            "--features" => {
                let features = words.next().context("`--features` names none")?;
                need.features.extend(features.split(',').map(str::to_owned));
            }
            "--path" => {
                let path = words.next().and_then(|path| path.strip_prefix(CHECKOUT));
                path.with_context(|| format!("`{line}`: the checkout is {CHECKOUT} in all guides"))?;
                need.is_ours = true;
            }
            flag if flag.starts_with('-') => return Err(anyhow!("`cargo add {line}`: `{flag}` is not understood")),
            name if need.name.is_empty() => need.name = name.split('@').next().unwrap_or(name).to_owned(),
            _ => return Err(anyhow!("`cargo add {line}`: a line for each crate, please")),
        }
    }
    if need.name.is_empty() { Err(anyhow!("`cargo add {line}` names no crate")) } else { Ok(need) }
}

/// Adds one to those of other examples: all are built together.
pub(super) fn add(all: &mut BTreeMap<String, Need>, need: &Need) {
    let known = all.entry(need.name.clone()).or_insert_with(|| need.clone());
    known.default_features |= need.default_features;
    known.features.extend(need.features.iter().cloned());
}

/// Whether an example uses no crate that another one's lines name, and its own do not.
pub(super) fn suffice<'a>(own: &[Need], all: impl Iterator<Item = &'a String>, code: &str) -> Result<()> {
    let is_own = |name: &str| own.iter().any(|need| need.name == name);
    match all.into_iter().find(|name| !is_own(name) && uses(code, &name.replace('-', "_"))) {
        None => Ok(()),
        Some(name) => Err(anyhow!("it uses `{name}`, which no `cargo add` line of the same file names")),
    }
}

/// Whether a path begins with this crate.
fn uses(code: &str, name: &str) -> bool {
    let behind = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    code.match_indices(&format!("{name}::")).any(|(index, _)| !code[..index].ends_with(behind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_become_dependencies() {
        let text = "Say\n```sh\ncargo add unloc --path ../unloc --no-default-features --features a,b\n\
                    cargo add --dev unloc-emulator --path ../unloc/crates/emulator # for tests\n```\n//! cargo add schemars@1\n";
        let needs = named(text).unwrap();
        let lock = "name = \"schemars\"\nversion = \"1.2.0\"\n\nname = \"schemars\"\nversion = \"0.8.22\"\n\n\
                    name = \"schemars\"\nversion = \"1.10.0\"\n\nname = \"schemars_derive\"\nversion = \"2.0.0\"\n";
        let lines: Vec<_> = needs.iter().map(|need| format!("{} {}", need.name, need.toml(lock))).collect();
        assert_eq!(
            lines,
            [
                r#"unloc { version = "0.1.0", default-features = false, features = ["a", "b"] }"#,
                r#"unloc-emulator { version = "0.1.0", default-features = true, features = [] }"#,
                r#"schemars { version = "1.10.0", default-features = true, features = [] }"#,
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
    fn lines_that_say_something_else_are_refused() {
        for line in ["", "--dev", "a b", "a --git x", "a --features", "a --path ../elsewhere", "a --path"] {
            assert!(one(line).is_err(), "{line}");
        }
    }

    #[test]
    fn a_crate_that_only_another_file_names_is_told() {
        let all = ["futures-util", "tokio"].map(str::to_owned);
        let own = [one("tokio").unwrap()];
        let missing = |code: &str| suffice(&own, all.iter(), code).is_err();
        for code in ["use futures_util::TryStreamExt;", "a(futures_util::pin_mut!(b));", "use {futures_util::A, b};"] {
            assert!(missing(code), "{code}");
        }
        for code in ["use tokio::time;", "use unloc::futures_util::A;", "my_futures_util::a();", "// futures-util"] {
            assert!(!missing(code), "{code}");
        }
    }
}
