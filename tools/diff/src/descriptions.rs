//! Counts changes of descriptions and examples, which are not reported one by one.

use serde_json::Value;
use unloc_spec::keys::{ENUM_DESCRIPTIONS, EVIDENCE_NOTE};

/// Lists the keys whose values only describe.
const KEYS: [&str; 9] = [
    "description",
    "summary",
    "title",
    "example",
    "examples",
    "tags",
    "externalDocs",
    EVIDENCE_NOTE,
    ENUM_DESCRIPTIONS,
];

/// Returns how many descriptions and examples differ between two versions.
pub(crate) fn count(old: &Value, new: &Value) -> usize {
    match (old, new) {
        (Value::Object(old), Value::Object(new)) => {
            let both = old.iter().filter_map(|(key, before)| Some((key, before, new.get(key)?)));
            let mut count = 0;
            for (key, before, after) in both {
                // A property can be named `title`; then its value is a schema and must be searched.
                let is_description = KEYS.contains(&key.as_str()) && !before.is_object();
                count += match is_description
                    || matches!(key.as_str(), "example" | "examples" | "externalDocs" | ENUM_DESCRIPTIONS)
                {
                    true => usize::from(before != after),
                    false => self::count(before, after),
                };
            }
            let one_sided = old
                .keys()
                .filter(|key| !new.contains_key(*key))
                .chain(new.keys().filter(|key| !old.contains_key(*key)));
            count + one_sided.filter(|key| KEYS.contains(&key.as_str())).count()
        }
        (Value::Array(old), Value::Array(new)) => old.iter().zip(new).map(|(old, new)| count(old, new)).sum(),
        _ => 0,
    }
}
