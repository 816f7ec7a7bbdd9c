//! Removes `x-` keys from foreign specs, because those keys are meant for other programs.

use serde_json::Value;
use unloc_spec::{Document, keys};

/// Selects the `x-` keys that are not removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keep {
    /// Keeps the keys with the names of ours.
    Ours,
    /// Keeps none, because a foreign key may have the name of ours and another meaning.
    None,
}

/// Returns the document without the other `x-` keys, and whether any were removed.
pub(crate) fn without(document: &Document, keep: Keep) -> (Document, bool) {
    let mut document = document.clone();
    let mut is_changed = false;
    clean(&mut document.value, keep, false, &mut is_changed);
    (document, is_changed)
}

/// Removes the keys from a value. `is_map` says that its keys are names of properties, headers or components.
fn clean(value: &mut Value, keep: Keep, is_map: bool, is_changed: &mut bool) {
    match value {
        Value::Object(map) => {
            if !is_map {
                let count = map.len();
                map.retain(|key, _| !key.starts_with("x-") || (keep == Keep::Ours && keys::find(key).is_some()));
                *is_changed |= map.len() < count;
            }
            for (key, value) in map.iter_mut() {
                // Examples and enum values are data, in which `x-` has no meaning.
                if !is_map && keys::holds_data(key) {
                    continue;
                }
                let is_inner = !is_map && keys::holds_names(key);
                clean(value, keep, is_inner, is_changed);
            }
        }
        Value::Array(list) => list.iter_mut().for_each(|value| clean(value, keep, false, is_changed)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn removes_foreign_keys_but_not_names() {
        let text = r#"{"x-logo": {"url": "a"}, "info": {"x-api-id": 1}, "paths": {"/a": {"get": {"x-pagination": {"a": 1},
            "responses": {"200": {"headers": {"x-request-id": {"schema": {"type": "string", "x-go-type": "b"}}}}}}}},
            "components": {"schemas": {"x-thing": {"properties": {"x-color": {"type": "string", "example": {"x-a": 1}}}}}}}"#;
        let document = Document::parse(Path::new("foreign.json"), text).unwrap();
        let (ours, is_changed) = without(&document, Keep::Ours);
        assert!(is_changed);
        let is_there = |document: &Document, pointer: &str| document.value.pointer(pointer).is_some();
        let schema = "/paths/~1a/get/responses/200/headers/x-request-id/schema";
        for pointer in
            ["/components/schemas/x-thing/properties/x-color/example/x-a", schema, "/paths/~1a/get/x-pagination"]
        {
            assert!(is_there(&ours, pointer), "{pointer}");
        }
        for pointer in ["/x-logo", "/info/x-api-id", &format!("{schema}/x-go-type")] {
            assert!(!is_there(&ours, pointer), "{pointer}");
        }
        let (none, is_changed) = without(&ours, Keep::None);
        assert!(is_changed && !is_there(&none, "/paths/~1a/get/x-pagination") && is_there(&none, schema));
        assert!(!without(&none, Keep::None).1);
    }
}
