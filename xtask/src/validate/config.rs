//! `lint.yaml` beside the specs: what holds for them beyond OpenAPI itself. Files elsewhere are held to OpenAPI alone.

use std::path::Path;

use unloc_spec::Document;

use super::spec::entries;
use super::text::nearest;

const FILE: &str = "lint.yaml";

/// What is switched on for the specs of a folder.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Config {
    /// Rust bindings are made of them.
    pub(crate) bindings: bool,
    /// They keep the house rules.
    pub(crate) house: bool,
}

impl Config {
    /// What the folder of this file says.
    pub(crate) fn beside(file: &Path) -> Result<Self, String> {
        let config = file.with_file_name(FILE);
        if config.is_file() {
            Self::of(&Document::read(&config).map_err(|error| error.to_string())?)
        } else {
            Ok(Self::default())
        }
    }

    fn of(document: &Document) -> Result<Self, String> {
        let mut config = Self::default();
        let fail = |key: &str, message: String| Err(document.error(&format!("/{key}"), message).to_string());
        if !document.value.is_object() && !document.value.is_null() {
            return fail("", "this must be a mapping, such as `house: true`".to_owned());
        }
        for (key, value) in entries(Some(&document.value)) {
            let switch = match key {
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
        Config::of(&Document::parse(Path::new(FILE), text).unwrap())
    }

    #[test]
    fn a_folder_says_what_holds_for_its_specs() {
        assert_eq!(read("bindings: true\nhouse: false"), Ok(Config { bindings: true, house: false }));
        assert_eq!(read("{}"), Ok(Config::default()));
        assert_eq!(Config::beside(Path::new("nowhere/api.yaml")), Ok(Config::default()));
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
