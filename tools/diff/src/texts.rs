//! What only describes: counted, and not told one by one.

use serde_json::Value;
use unloc_spec::keys::{ENUM_DESCRIPTIONS, EVIDENCE_NOTE};

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

/// How many texts and examples differ between two versions.
pub(crate) fn count(old: &Value, new: &Value) -> usize {
    match (old, new) {
        (Value::Object(old), Value::Object(new)) => {
            let both = old.iter().filter_map(|(key, before)| Some((key, before, new.get(key)?)));
            let mut count = 0;
            for (key, before, after) in both {
                // A property may be called `title`; then it is a schema, and goes on.
                let is_text = KEYS.contains(&key.as_str()) && !before.is_object();
                count += match is_text
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
