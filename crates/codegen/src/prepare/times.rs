//! Defines the tolerance for times in requests.

use serde_json::Value;

use super::{Draft, Rule, each_property};

pub(super) const WHOLE_MILLISECONDS: Rule = Rule {
    name: "whole-milliseconds",
    reason: "The service stores times with milliseconds, as every document shows them. Setters cut off what is finer \
             before they store a time, so the time that comes back equals the time that was sent. A caller who looks \
             for a key after a lost response can compare the two.",
    apply: |draft: &mut Draft| {
        let requests = draft.requests.clone();
        draft.schemas(|schema, node, marks| {
            if requests.contains(schema) {
                each_property(node, |property| {
                    // A list of times is cut item by item.
                    let node = property.node.get("items").and_then(Value::as_object).unwrap_or(property.node);
                    if node.get("format").and_then(Value::as_str) == Some("date-time") {
                        marks.times.insert((schema.to_owned(), property.name.to_owned()));
                    }
                });
            }
        });
    },
};
