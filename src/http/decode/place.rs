//! Where in an answer something stands, without what is data in it.

use serde_path_to_error::{Path, Segment};

use crate::model::PROPERTIES;

/// A place in an answer, such as `keys[0].toUser.id`; nothing for the whole.
///
/// The names of a map are data and may be people's: a name that no schema of the specs has is shown as `[name]`.
pub(crate) fn place(path: &Path) -> String {
    let mut place = String::new();
    for segment in path {
        let name = match segment {
            Segment::Seq { index } => {
                place.push_str(&format!("[{index}]"));
                continue;
            }
            Segment::Map { key } if is_property(key) => key,
            Segment::Map { .. } => "[name]",
            // Of ours.
            Segment::Enum { variant } => variant,
            Segment::Unknown => "?",
        };
        if !place.is_empty() {
            place.push('.');
        }
        place.push_str(name);
    }
    place
}

fn is_property(name: &str) -> bool {
    PROPERTIES.iter().any(|names| names.binary_search(&name).is_ok())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize)]
    #[allow(dead_code, reason = "it is read in order to fail")]
    struct Answer {
        lock: Vec<BTreeMap<String, BTreeMap<String, u8>>>,
    }

    #[test]
    fn names_of_the_specs_are_shown_and_others_are_not() {
        for (name, shown) in [
            ("auth", "auth"),
            ("lock-holders", "lock-holders"),
            ("expires_in", "expires_in"),
            ("Ola Nordmann 91234567", "[name]"),
            ("+12125550142", "[name]"),
            ("", "[name]"),
            ("authority", "[name]"),
            ("a.b`|", "[name]"),
        ] {
            let body = serde_json::json!({"lock": [{}, {name: {"Kari": "x"}}]}).to_string();
            let error = serde_path_to_error::deserialize::<_, Answer>(&mut serde_json::Deserializer::from_str(&body));
            assert_eq!(place(error.err().unwrap().path()), format!("lock[1].{shown}.[name]"), "{name}");
        }
        assert!(PROPERTIES.iter().all(|names| names.is_sorted()));
    }
}
