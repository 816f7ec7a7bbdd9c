//! Reads a folder of specs: which of its files are specs, and what its `lint.yaml` configures.

use std::path::Path;

use crate::words::nearest;
use crate::{Document, Error};

/// Is the name of the configuration file.
const FILE: &str = "lint.yaml";

/// Returns the APIs of the package in this folder, sorted: the names of the files `openapi/{api}.yaml` except
/// `lint.yaml`.
///
/// # Errors
/// Names the folder, if it cannot be read.
pub fn apis(package: &Path) -> Result<Vec<String>, Error> {
    let folder = package.join("openapi");
    let fail = |error: std::io::Error| Error::new(&folder, None, format!("cannot be read: {error}"));
    let mut apis = Vec::new();
    for entry in std::fs::read_dir(&folder).map_err(fail)? {
        let file = entry.map_err(fail)?.file_name();
        apis.extend(api(&file.to_string_lossy()).map(str::to_owned));
    }
    apis.sort();
    Ok(apis)
}

/// Returns the API that a file in `openapi/` describes, if it is a spec.
#[must_use]
pub fn api(file: &str) -> Option<&str> {
    file.strip_suffix(".yaml").filter(|api| *api != "lint")
}

/// Returns the name of the Rust module with the bindings of an API: `unloc-v2` has the module `v2`.
#[must_use]
pub fn module(api: &str) -> &str {
    feature(api).unwrap_or(api)
}

/// Returns the feature that enables the bindings of an API, if it needs one: `unloc-v2` needs the feature `v2`.
#[must_use]
pub fn feature(api: &str) -> Option<&str> {
    api.strip_prefix("unloc-")
}

/// Holds the checks that are enabled for the specs of a folder, in addition to OpenAPI itself.
///
/// Specs in a folder without `lint.yaml` are checked against OpenAPI only, so foreign specs can be checked as well.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Config {
    /// Is set if Rust bindings are generated from the specs.
    pub bindings: bool,
    /// Is set if the house rules apply to the specs.
    pub house: bool,
}

impl Config {
    /// Reads the configuration in the folder of this file.
    ///
    /// # Errors
    /// Returns the place in `lint.yaml` that is invalid.
    pub fn beside(file: &Path) -> Result<Self, Error> {
        let config = file.with_file_name(FILE);
        if config.is_file() { Self::of(&Document::read(&config)?) } else { Ok(Self::default()) }
    }

    /// Reads the configuration from `lint.yaml`.
    fn of(document: &Document) -> Result<Self, Error> {
        let mut config = Self::default();
        let fail = |key: &str, message: String| Err(document.error(&format!("/{key}"), message));
        if !document.value.is_object() && !document.value.is_null() {
            return fail("", "this must be a mapping, such as `house: true`".to_owned());
        }
        // An unknown setting is an error: ignored, a misspelt one would switch off checks in silence.
        for (key, value) in document.value.as_object().into_iter().flatten() {
            let switch = match key.as_str() {
                "bindings" => &mut config.bindings,
                "house" => &mut config.house,
                other => {
                    let near = nearest(other, ["bindings", "house"].into_iter());
                    let help = near.map_or_else(
                        || "the settings are `bindings` and `house`".to_owned(),
                        |near| format!("did you mean `{near}`?"),
                    );
                    return fail(key, format!("unknown setting `{other}`: {help}"));
                }
            };
            match value.as_bool() {
                Some(on) => *switch = on,
                None => return fail(key, format!("`{key}` must be `true` or `false`, not {value}")),
            }
        }
        Ok(config)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Config, String> {
        Config::of(&Document::parse(Path::new(FILE), text).unwrap()).map_err(|error| error.to_string())
    }

    #[test]
    fn reads_the_settings_of_a_folder() {
        assert_eq!(read("bindings: true\nhouse: false"), Ok(Config { bindings: true, house: false }));
        assert_eq!(read("{}"), Ok(Config::default()));
        assert_eq!(Config::beside(Path::new("nowhere/api.yaml")).ok(), Some(Config::default()));
    }

    #[test]
    fn reports_an_unknown_setting_with_its_place() {
        for (text, place, part) in [
            ("bindings: true\nhuose: true", "lint.yaml:2:1", "did you mean `house`?"),
            ("rules: all", "lint.yaml:1:1", "unknown setting `rules`"),
            ("house: sometimes", "lint.yaml:1:1", "`house` must be `true` or `false`"),
            ("[house]", "lint.yaml:1:1", "must be a mapping"),
        ] {
            let why = read(text).unwrap_err();
            assert!(why.contains(place) && why.contains(part), "{why}");
        }
    }
}
