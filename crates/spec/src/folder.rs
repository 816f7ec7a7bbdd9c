//! A folder of specs: which of its files are specs, and what its `lint.yaml` says of them.

use std::path::Path;

use crate::words::nearest;
use crate::{Document, Error};

const FILE: &str = "lint.yaml";

/// The APIs of the package in this folder: the names of the files `openapi/{api}.yaml`, but for `lint.yaml`, sorted.
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

/// The API that a file of `openapi/` with this name describes, if it is a spec.
#[must_use]
pub fn api(file: &str) -> Option<&str> {
    file.strip_suffix(".yaml").filter(|api| *api != "lint")
}

/// What is switched on for the specs of a folder, beyond OpenAPI itself. Files elsewhere are held to OpenAPI alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Config {
    /// Rust bindings are made of them.
    pub bindings: bool,
    /// They keep the house rules.
    pub house: bool,
}

impl Config {
    /// What the folder of this file says.
    ///
    /// # Errors
    /// Names the place in `lint.yaml` that cannot be understood.
    pub fn beside(file: &Path) -> Result<Self, Error> {
        let config = file.with_file_name(FILE);
        if config.is_file() { Self::of(&Document::read(&config)?) } else { Ok(Self::default()) }
    }

    fn of(document: &Document) -> Result<Self, Error> {
        let mut config = Self::default();
        let fail = |key: &str, message: String| Err(document.error(&format!("/{key}"), message));
        if !document.value.is_object() && !document.value.is_null() {
            return fail("", "this must be a mapping, such as `house: true`".to_owned());
        }
        for (key, value) in document.value.as_object().into_iter().flatten() {
            let switch = match key.as_str() {
                "bindings" => &mut config.bindings,
                "house" => &mut config.house,
                other => {
                    let near = nearest(other, ["bindings", "house"].into_iter());
                    let help = near.map_or_else(
                        || "there are `bindings` and `house`".to_owned(),
                        |near| format!("did you mean `{near}`?"),
                    );
                    return fail(key, format!("there is no setting `{other}`: {help}"));
                }
            };
            match value.as_bool() {
                Some(on) => *switch = on,
                None => return fail(key, format!("`{key}` is `true` or `false`, not {value}")),
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
    fn a_folder_says_what_holds_for_its_specs() {
        assert_eq!(read("bindings: true\nhouse: false"), Ok(Config { bindings: true, house: false }));
        assert_eq!(read("{}"), Ok(Config::default()));
        assert_eq!(Config::beside(Path::new("nowhere/api.yaml")).ok(), Some(Config::default()));
    }

    #[test]
    fn a_setting_that_does_not_exist_is_told_with_its_place_and_not_passed_over() {
        for (text, place, part) in [
            ("bindings: true\nhuose: true", "lint.yaml:2:1", "did you mean `house`?"),
            ("rules: all", "lint.yaml:1:1", "there is no setting `rules`"),
            ("house: sometimes", "lint.yaml:1:1", "`house` is `true` or `false`"),
            ("[house]", "lint.yaml:1:1", "must be a mapping"),
        ] {
            let why = read(text).unwrap_err();
            assert!(why.contains(place) && why.contains(part), "{why}");
        }
    }
}
