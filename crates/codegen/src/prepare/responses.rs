//! Defines the tolerances for a response as a whole.

use serde_json::Value;
use unloc_spec::keys::ENVELOPE;
use unloc_spec::{entries, schema_name};

use super::{Draft, Envelope, Rule};

pub(super) const ERRORS_STAY_RAW: Rule = Rule {
    name: "errors-stay-raw",
    reason: "Error bodies come in four forms, and sometimes as a gateway's HTML. progenitor allows one error type for \
             each operation, and loses the status of a body that does not fit it. So documented errors are left to \
             the transport, which keeps status, headers and body of every error.",
    apply: |draft| {
        // `default` goes as well: progenitor takes it for a success and for an error at once, and panics if it differs.
        draft.operation_responses(|responses| responses.retain(|status, _| status.starts_with('2')));
        draft.find_used_schemas();
    },
};

pub(super) const ANY_SUCCESS_STATUS: Rule = Rule {
    name: "any-success-status",
    reason: "No document says whether a creation is answered with 200, 201 or 202. One success response stands for \
             all of them, and the transport reads every 2xx as that response.",
    apply: |draft| {
        draft.operation_responses(|responses| {
            // A response with content is preferred: "200 with a body, or 204 without" is two types to progenitor, which
            // panics with `response_types.len() <= 1` (oxidecomputer/progenitor#344).
            let first = responses.iter().find(|(_, response)| response.get("content").is_some());
            let first = first.or_else(|| responses.iter().next()).map(|(_, response)| response.clone());
            responses.retain(|status, _| !status.starts_with('2'));
            responses.extend(first.map(|response| ("200".to_owned(), response)));
        });
    },
};

pub(super) const BARE_ENVELOPE: Rule = Rule {
    name: "bare-envelope",
    reason: "Older documents show an object or a list without the envelope that later ones wrap it in. A response \
             without its envelope is read as if it had one.",
    apply: |draft: &mut Draft| {
        let schemas = draft.spec.pointer("/components/schemas").cloned().unwrap_or_default();
        draft.schemas(|schema, node, marks| {
            if let Some(property) = node.remove(ENVELOPE).as_ref().and_then(Value::as_str) {
                let listed = node.get("required").and_then(Value::as_array);
                let required = listed.is_some_and(|names| names.iter().any(|name| name == property));
                let inner = node.get("properties").and_then(|properties| schema_name(properties.get(property)?));
                // An optional envelope cannot be told from a bare object by its absence. The bare object's own
                // properties decide, so the transport has to know their names.
                let inside = inner.map(|name| entries(&schemas[name], "properties")).unwrap_or_default();
                let inside = inside.into_keys().map(str::to_owned).collect();
                let envelope = Envelope { property: property.to_owned(), required, inside };
                marks.envelopes.insert(schema.to_owned(), envelope);
            }
        });
    },
};
