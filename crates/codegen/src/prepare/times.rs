//! Times of requests.

use serde_json::Value;

use super::{Draft, Rule, each_property};

pub(super) const WHOLE_MILLISECONDS: Rule = Rule {
    name: "whole-milliseconds",
    reason: "The service keeps times to the millisecond, as every document shows them: what is finer in a request is cut off \
             before it is held, so that the time that was asked for is the time that comes back, and whoever looks for \
             a key after a lost response finds it.",
    apply: |draft: &mut Draft| {
        let requests = draft.requests.clone();
        draft.schemas(|schema, node, marks| {
            if requests.contains(schema) {
                each_property(node, |property| {
                    let node = property.node.get("items").and_then(Value::as_object).unwrap_or(property.node);
                    if node.get("format").and_then(Value::as_str) == Some("date-time") {
                        marks.times.insert((schema.to_owned(), property.name.to_owned()));
                    }
                });
            }
        });
    },
};
