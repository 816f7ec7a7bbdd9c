//! Specs that are not ours: what they say in `x-` keys is said to other programs.

use serde_json::Value;
use unloc_spec::{Document, keys};

/// Which keys a spec keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keep {
    /// Those that are called as ours are.
    Ours,
    /// None: others call theirs so, too, and mean something else.
    None,
}

/// The document without the `x-` keys that it does not keep, and whether any were taken out.
pub(crate) fn without(document: &Document, keep: Keep) -> (Document, bool) {
    let mut document = document.clone();
    let mut is_changed = false;
    clean(&mut document.value, keep, false, &mut is_changed);
    (document, is_changed)
}

/// `is_map` is whether the keys are names that somebody gave: of properties, headers, components.
fn clean(value: &mut Value, keep: Keep, is_map: bool, is_changed: &mut bool) {
    match value {
        Value::Object(map) => {
            if !is_map {
                let count = map.len();
                map.retain(|key, _| !key.starts_with("x-") || (keep == Keep::Ours && keys::find(key).is_some()));
                *is_changed |= map.len() < count;
            }
            for (key, value) in map.iter_mut() {
                // Examples and the values of enums are data.
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
    fn keys_of_others_go_and_names_stay() {
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
