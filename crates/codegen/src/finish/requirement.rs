//! Writes whether a value is required, and what the spec limits it to, for the documentation of its setter.

use serde_json::Value;
use unloc_spec::{Document, beside_null, underlying};

/// Returns one or two sentences, such as "Required; 4 to 1024 characters."
///
/// `nullable` is set if the setter takes `None`.
pub(super) fn requirement(document: &Document, schema: &Value, required: bool, nullable: bool) -> String {
    let mut text = if required { "Required".to_owned() } else { "Optional".to_owned() };
    for part in limits(document, schema) {
        text.push_str(&format!("; {part}"));
    }
    text.push('.');
    text.push_str(match (nullable, required) {
        (false, _) => "",
        (true, true) => " `None` is sent as null.",
        (true, false) => " `None` is sent as null. Nothing is sent if the setter is not called.",
    });
    text
}

/// Returns the limits of a schema in words, such as "4 to 1024 characters".
#[must_use]
pub fn limits(document: &Document, schema: &Value) -> Vec<String> {
    let root = &document.value;
    // The document is read here and not the prepared spec, from which `prepare` has removed all limits.
    let node = beside_null(schema).map_or(schema, |(_, other)| other);
    let node = underlying(root, node).unwrap_or(node);
    let number = |key: &str| node.get(key).and_then(Value::as_f64);
    let range = |least: Option<f64>, most: Option<f64>, of: &str| match (least, most) {
        // "at least 0 characters" says nothing; "at least 0" does for a number.
        (None | Some(0.0), None) if !of.is_empty() => None,
        (None, None) => None,
        (Some(least), Some(most)) if least == most => Some(format!("{least}{of}")),
        (Some(least), Some(most)) if of.is_empty() || least > 0.0 => Some(format!("{least} to {most}{of}")),
        (_, Some(most)) => Some(format!("at most {most}{of}")),
        (Some(least), None) => Some(format!("at least {least}{of}")),
    };
    let pattern = node.get("pattern").and_then(Value::as_str).map(|pattern| format!("matches `{pattern}`"));
    let parts = [
        range(number("minimum"), number("maximum"), ""),
        range(number("minLength"), number("maxLength"), " characters"),
        range(number("minItems"), number("maxItems"), " items"),
        pattern,
    ];
    parts.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use serde_json::json;

    use super::*;

    #[test]
    fn names_the_limits_in_words() {
        let document = Document::parse(Path::new("x"), "openapi: 3.0.3").unwrap();
        for (schema, required, words) in [
            (json!({}), true, "Required."),
            (json!({"minLength": 4, "maxLength": 1024}), true, "Required; 4 to 1024 characters."),
            (json!({"minLength": 2, "maxLength": 2}), true, "Required; 2 characters."),
            (json!({"maxLength": 9, "pattern": "^a$"}), false, "Optional; at most 9 characters; matches `^a$`."),
            (json!({"minimum": 0, "maximum": 24}), true, "Required; 0 to 24."),
            (json!({"minimum": 1}), false, "Optional; at least 1."),
            (json!({"maximum": 100}), false, "Optional; at most 100."),
            (json!({"minItems": 1, "maxItems": 2}), false, "Optional; 1 to 2 items."),
            (json!({"nullable": true}), true, "Required. `None` is sent as null."),
            (
                json!({"nullable": true}),
                false,
                "Optional. `None` is sent as null. Nothing is sent if the setter is not called.",
            ),
        ] {
            let nullable = schema.get("nullable").is_some();
            assert_eq!(requirement(&document, &schema, required, nullable), words);
        }
    }
}
