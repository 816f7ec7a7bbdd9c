//! Tests read-only and write-only properties.

use unloc_diff::Verdict;

use super::{check, spec};
use crate::on_the_wire_of;

#[test]
fn a_property_counts_only_in_the_direction_in_which_it_is_sent() {
    let required = |place: &str, schema: &str| {
        spec(place, schema).replace("R: {type: object,", "R: {type: object, required: [x],")
    };
    let worst = |place: &str, old: &str, new: &str| {
        on_the_wire_of(old, new).0.map_or_else(String::new, |verdict| format!("{place}: {}", verdict.name()))
    };
    for (schema, request, response) in [
        ("{type: string, readOnly: true}", "", "response: breaking"),
        ("{type: string, writeOnly: true}", "request: compatible", ""),
        ("{allOf: [{$ref: '#/components/schemas/Text'}], readOnly: true}", "", "response: breaking"),
        ("{allOf: [{type: string, writeOnly: true}]}", "request: compatible", ""),
        ("{type: string}", "request: compatible", "response: breaking"),
    ] {
        // The property becomes optional.
        for (place, expected) in [("request", request), ("response", response)] {
            assert_eq!(worst(place, &required(place, schema), &spec(place, schema)), expected, "{schema}");
        }
    }
    // A request does not need an added property that is required but read-only.
    let without = |place: &str| spec(place, "{type: string}").replace("x: {type: string}", "");
    let with = |place: &str, schema: &str| required(place, schema);
    assert_eq!(on_the_wire_of(&without("request"), &with("request", "{type: string, readOnly: true}")).0, None);
    assert_eq!(on_the_wire_of(&without("request"), &with("request", "{type: string}")).0, Some(Verdict::Breaking));
    assert_eq!(on_the_wire_of(&without("response"), &with("response", "{type: string, writeOnly: true}")).0, None);
    check(&[
        ("{type: string}", "{type: string, readOnly: true}", "unknown", ""),
        ("{type: string, readOnly: true}", "{type: string}", "compatible", ""),
        ("{type: string}", "{type: string, writeOnly: true}", "", "compatible"),
        ("{type: string, writeOnly: true}", "{type: integer, writeOnly: true}", "breaking", ""),
        ("{type: string, readOnly: true}", "{type: integer, readOnly: true}", "", "breaking"),
    ]);
}
