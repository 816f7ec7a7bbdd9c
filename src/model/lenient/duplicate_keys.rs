//! Resolves objects in which a property occurs twice, or under several of its names.

use std::cell::Cell;
use std::fmt;

use serde::Deserializer;
use serde::de::{DeserializeSeed, MapAccess, SeqAccess, Visitor};
use serde_json::map::Entry;
use serde_json::{Map, Value};

/// Lists the properties that have aliases (`x-aliases`): each name with its aliases.
pub(crate) type Aliases = [(&'static str, &'static [&'static str])];

/// Returns a body in which each property occurs once, and whether that changed it; `None` if it is not JSON.
///
/// RFC 8259, section 4, asks for unique names, and leaves open what a reader does with duplicates. Most take the last
/// one, as ECMA-262 requires of `JSON.parse`. So does this function, except that null or an empty string, list or
/// object gives way to a value that says more. By the same rule, one of a property and its aliases is chosen: the
/// documented name comes first, then the aliases in the order of the spec.
///
/// It takes longer than deserializing, so it is used only for bodies that could not be deserialized unchanged.
pub(crate) fn once(body: &[u8], aliases: &Aliases) -> Option<(Value, bool)> {
    let changed = Cell::new(false);
    let mut reader = serde_json::Deserializer::from_slice(body);
    let value = Once { aliases, changed: &changed }.deserialize(&mut reader).ok()?;
    // Trailing data: then it is not JSON, and the caller's error says so.
    reader.end().ok()?;
    Some((value, changed.get()))
}

/// Deserializes any JSON into a `Value`, and removes duplicates on the way.
// By hand, because `Value`'s own `Deserialize` drops duplicates without a trace, and takes the last whatever it holds.
#[derive(Clone, Copy)]
struct Once<'a> {
    aliases: &'a Aliases,
    changed: &'a Cell<bool>,
}

/// Returns how much a value says: 0 for null, 1 for empty, 2 for all else.
fn weight(value: &Value) -> u8 {
    match value {
        Value::Null => 0,
        // More than null, so that null does not replace it: it is a value of the documented type.
        Value::String(text) if text.is_empty() => 1,
        Value::Array(list) if list.is_empty() => 1,
        Value::Object(object) if object.is_empty() => 1,
        _ => 2,
    }
}

/// Adds a property, unless one of that name says more. Returns whether there was one.
pub(crate) fn put(object: &mut Map<String, Value>, name: String, value: Value) -> bool {
    match object.entry(name) {
        Entry::Vacant(first) => {
            first.insert(value);
            false
        }
        Entry::Occupied(mut earlier) => {
            // Equal: the last one counts.
            if weight(&value) >= weight(earlier.get()) {
                earlier.insert(value);
            }
            true
        }
    }
}

impl Once<'_> {
    /// Replaces a property and its aliases by the one that says most, under the documented name.
    fn merge(&self, object: &mut Map<String, Value>) {
        for (name, others) in self.aliases {
            let names = std::iter::once(name).chain(*others);
            let found: Vec<_> = names.filter(|name| object.contains_key(**name)).copied().collect();
            // A single alias stays: serde reads it, and nothing would be gained by renaming it.
            if found.len() < 2 {
                continue;
            }
            self.changed.set(true);
            // Of those that say equally much, `max_by_key` returns the last. Reversed, that is the first name.
            let values = found.into_iter().rev().filter_map(|name| object.remove(name));
            let best = values.max_by_key(weight);
            object.extend(best.map(|value| ((*name).to_owned(), value)));
        }
    }
}

impl<'de> DeserializeSeed<'de> for Once<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Once<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(self)? {
            list.push(item);
        }
        Ok(list.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut properties: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(name) = properties.next_key::<String>()? {
            let value = properties.next_value_seed(self)?;
            if put(&mut object, name, value) {
                self.changed.set(true);
            }
        }
        self.merge(&mut object);
        Ok(object.into())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    const ALIASES: &Aliases = &[("events", &["Events", "key-events"])];

    fn read(body: &str) -> (Value, bool) {
        once(body.as_bytes(), ALIASES).unwrap_or_else(|| panic!("{body}"))
    }

    #[test]
    fn keeps_the_last_duplicate_that_is_not_empty() {
        for (body, wanted) in [
            (r#"{"a": 1, "a": 1}"#, json!({"a": 1})),
            (r#"{"a": 1, "a": 2}"#, json!({"a": 2})),
            (r#"{"a": 1, "a": null}"#, json!({"a": 1})),
            (r#"{"a": null, "a": 1, "b": [{"c": "", "c": "x", "c": ""}]}"#, json!({"a": 1, "b": [{"c": "x"}]})),
            (r#"{"a": [], "a": null, "a": {}}"#, json!({"a": {}})),
            (r#"{"a": false, "a": []}"#, json!({"a": false})),
        ] {
            assert_eq!(read(body), (wanted, true), "{body}");
        }
    }

    #[test]
    fn prefers_the_documented_name_unless_it_says_less() {
        for (body, wanted) in [
            (r#"{"key-events": [2], "events": [1]}"#, json!({"events": [1]})),
            (r#"{"events": [], "Events": [], "key-events": [3]}"#, json!({"events": [3]})),
            (r#"{"events": null, "key-events": []}"#, json!({"events": []})),
            (r#"{"key-events": [3], "Events": [2]}"#, json!({"events": [2]})),
            (r#"[{"x": {"events": 1, "Events": 2}}]"#, json!([{"x": {"events": 1}}])),
        ] {
            assert_eq!(read(body), (wanted, true), "{body}");
        }
    }

    #[test]
    fn leaves_unique_properties_and_refuses_invalid_json() {
        for body in [r#"{"Events": [1.5, -2, true, "x", null]}"#, "[]", "7", "\"x\"", "null"] {
            assert_eq!(read(body), (serde_json::from_str(body).unwrap(), false), "{body}");
        }
        for body in ["", "{", "{} {}", "nonsense", "{\"a\": 1,}"] {
            assert!(once(body.as_bytes(), ALIASES).is_none(), "{body}");
        }
        assert!(once("[".repeat(100_000).as_bytes(), ALIASES).is_none(), "the depth is bounded");
    }

    proptest! {
        #[test]
        fn chooses_among_aliases_independently_of_their_order(
            mut pairs in proptest::sample::subsequence(vec!["events", "Events", "key-events"], 2..=3)
                .prop_shuffle()
                .prop_flat_map(|names| {
                    let value = prop_oneof![Just("null"), Just("[]"), Just("[1]"), Just("[2]"), Just("\"\"")];
                    names.into_iter().map(|name| (Just(name), value.clone())).collect::<Vec<_>>()
                }),
        ) {
            let body = |pairs: &[(&str, &str)]| {
                let pairs: Vec<_> = pairs.iter().map(|(name, value)| format!("\"{name}\": {value}")).collect();
                read(&format!("{{{}}}", pairs.join(", ")))
            };
            let read = body(&pairs);
            prop_assert!(read.1 && read.0.as_object().unwrap().keys().eq(["events"]));
            pairs.reverse();
            prop_assert_eq!(body(&pairs), read);
        }
    }
}
