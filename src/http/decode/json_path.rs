//! Names the place of an error in a response without showing data.

use serde_path_to_error::Segment;

use crate::model::PROPERTIES;

/// Returns a path in a response, such as `keys[0].toUser.id`; empty for the response as a whole.
///
/// The keys of a map are data and may be names of people. A key that no schema of the specs has as a property is shown
/// as `[name]`.
pub(crate) fn json_path<'a>(path: impl IntoIterator<Item = &'a Segment>) -> String {
    let mut shown = String::new();
    for segment in path {
        let name = match segment {
            Segment::Seq { index } => {
                shown.push_str(&format!("[{index}]"));
                continue;
            }
            Segment::Map { key } if is_property(key) => key,
            Segment::Map { .. } => "[name]",
            // The variants are those of our own types.
            Segment::Enum { variant } => variant,
            Segment::Unknown => "?",
        };
        if !shown.is_empty() {
            shown.push('.');
        }
        shown.push_str(name);
    }
    shown
}

fn is_property(name: &str) -> bool {
    // Each API has a sorted list of its own.
    PROPERTIES.iter().any(|names| names.binary_search(&name).is_ok())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize)]
    #[allow(dead_code, reason = "reading it fails")]
    struct Response {
        lock: Vec<BTreeMap<String, BTreeMap<String, u8>>>,
    }

    #[test]
    fn shows_property_names_of_the_specs_and_no_others() {
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
            let error = serde_path_to_error::deserialize::<_, Response>(&mut serde_json::Deserializer::from_str(&body));
            assert_eq!(json_path(error.err().unwrap().path()), format!("lock[1].{shown}.[name]"), "{name}");
        }
        assert!(PROPERTIES.iter().all(|names| names.is_sorted()));
    }
}
