//! Tolerances that concern a response as a whole.

use serde_json::Value;
use unloc_spec::keys::ENVELOPE;
use unloc_spec::{entries, schema_name};

use super::{Draft, Envelope, Rule};

pub(super) const ERRORS_STAY_RAW: Rule = Rule {
    name: "errors-stay-raw",
    reason: "Error bodies come in four shapes and sometimes as a gateway's HTML, and the generator allows one shape an \
             operation and loses the status of a body that does not fit: documented errors are left to the transport, \
             which keeps status, headers and body of any of them.",
    apply: |draft| {
        draft.operation_responses(|responses| responses.retain(|status, _| status.starts_with('2')));
        draft.look_around();
    },
};

pub(super) const ANY_SUCCESS_STATUS: Rule = Rule {
    name: "any-success-status",
    reason: "Whether a creation answers 200, 201 or 202 is documented nowhere: one success response stands for them \
             all, and the transport reads any 2xx as it.",
    apply: |draft| {
        draft.operation_responses(|responses| {
            // The one with content says what there is to read.
            let first = responses.iter().find(|(_, response)| response.get("content").is_some());
            let first = first.or_else(|| responses.iter().next()).map(|(_, response)| response.clone());
            responses.retain(|status, _| !status.starts_with('2'));
            responses.extend(first.map(|response| ("200".to_owned(), response)));
        });
    },
};

pub(super) const BARE_ENVELOPE: Rule = Rule {
    name: "bare-envelope",
    reason: "Older documents show an object or a list without the envelope that later ones put around it: a response \
             whose envelope is missing is read as if it stood there.",
    apply: |draft: &mut Draft| {
        let schemas = draft.spec.pointer("/components/schemas").cloned().unwrap_or_default();
        draft.schemas(|schema, node, marks| {
            if let Some(property) = node.remove(ENVELOPE).as_ref().and_then(Value::as_str) {
                let listed = node.get("required").and_then(Value::as_array);
                let required = listed.is_some_and(|names| names.iter().any(|name| name == property));
                let inner = node.get("properties").and_then(|properties| schema_name(properties.get(property)?));
                let inside = inner.map(|name| entries(&schemas[name], "properties")).unwrap_or_default();
                let inside = inside.into_keys().map(str::to_owned).collect();
                let envelope = Envelope { property: property.to_owned(), required, inside };
                marks.envelopes.insert(schema.to_owned(), envelope);
            }
        });
    },
};
