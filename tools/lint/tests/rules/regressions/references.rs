//! Tests references and where they lead.

use unloc_spec::reference_pointer;

use super::{DOOR, OK, of, spec, with_schemas};
use crate::found_for_bindings;

#[test]
fn a_percent_encoded_reference_resolves() {
    let responses =
        "'200': {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/D%6f%6Fr'}}}}";
    let text = spec(responses, "", &format!("schemas:\n  {DOOR}"));
    assert_eq!(of(&["ref-resolves", "component-used"], &text), Vec::<String>::new());
    let found = of(&["ref-resolves", "component-used"], &text.replace("D%6f%6Fr", "D%6f%6For"));
    assert_eq!(found.len(), 2, "{found:?}");
}

#[test]
fn a_reference_into_a_component_is_reported_at_the_reference() {
    for (reference, rule) in [
        ("#/components/schemas/Door/properties/id", Some("generator-unsupported")),
        ("#/paths/~1doors~1/post/responses/200/content/application~1json/schema", Some("generator-unsupported")),
        ("#/components/schemas/Door", None),
        ("#/components/schemas/Gone", Some("ref-resolves")),
    ] {
        let text = with_schemas(&format!(
            "Pair: {{type: object, description: d, properties: {{twin: {{$ref: '{reference}'}}}}}}"
        ));
        let found = found_for_bindings(&text);
        let found: Vec<_> = found
            .iter()
            .filter(|finding| ["generator-unsupported", "ref-resolves", "example-valid"].contains(&finding.rule))
            .collect();
        assert_eq!(found.first().map(|finding| finding.rule), rule, "{reference}: {found:?}");
        assert!(
            found.len() <= 1 && found.iter().all(|finding| finding.pointer.ends_with(&reference_pointer("/twin"))),
            "{found:?}"
        );
    }
}

#[test]
fn a_circle_of_references_is_reported_once() {
    for (operation, responses, components) in [
        (
            "parameters: [{$ref: '#/components/parameters/P'}]",
            "",
            "parameters:\n  P: {$ref: '#/components/parameters/P'}",
        ),
        (
            "",
            "'500': {$ref: '#/components/responses/P'}",
            "responses:\n  P: {$ref: '#/components/responses/Q'}\n  Q: {$ref: '#/components/responses/P'}",
        ),
        (
            "requestBody: {$ref: '#/components/requestBodies/P'}",
            "",
            "requestBodies:\n  P: {$ref: '#/components/requestBodies/Q'}\n  Q: {$ref: '#/components/requestBodies/R'}\n  R: {$ref: '#/components/requestBodies/Q'}",
        ),
        (
            "",
            "'500': {description: d, headers: {X: {$ref: '#/components/headers/X'}}}",
            "headers:\n  X: {$ref: '#/components/headers/X'}",
        ),
    ] {
        let components = format!("{components}\nschemas:\n  {DOOR}");
        let found = of(&["ref-resolves"], &spec(&format!("{OK}\n{responses}"), operation, &components));
        assert!(found.len() == 1 && found[0].contains("leads back"), "{components}: {found:?}");
    }
    // A long chain is no circle.
    let mut chain = "parameters:\n  P0: {name: a, in: query, description: d, schema: {type: string}}\n".to_owned();
    (1..100)
        .for_each(|step| chain.push_str(&format!("  P{step}: {{$ref: '#/components/parameters/P{}'}}\n", step - 1)));
    let operation = "parameters: [{$ref: '#/components/parameters/P99'}]";
    let text = spec(OK, operation, &format!("{chain}schemas:\n  {DOOR}"));
    assert_eq!(of(&["ref-resolves", "component-used"], &text), Vec::<String>::new());
}

#[test]
fn a_discriminator_refers_to_the_schemas_that_inherit_from_its_own() {
    let children = "Base: {type: object, description: d, required: [kind], properties: {kind: {type: string, description: d}}, discriminator: {propertyName: kind}}\n\
                    Knob: {description: d, allOf: [{$ref: '#/components/schemas/Base'}, {type: object, properties: {a: {$ref: '#/components/schemas/Inner'}}}]}\n\
                    Bolt: {description: d, allOf: [{allOf: [{$ref: '#/components/schemas/Knob'}]}]}\n\
                    Inner: {type: string, description: d}\n";
    let user = "User: {type: object, description: d, properties: {part: {$ref: '#/components/schemas/Base'}}}\n";
    let door = "Door: {description: d, allOf: [{$ref: '#/components/schemas/User'}]}";
    let text = |schemas: &str| with_schemas(schemas).replace(DOOR, door);
    let all = format!("{children}{user}");
    assert_eq!(of(&["component-used"], &text(&all)), Vec::<String>::new());
    let lone = all.replace(", discriminator: {propertyName: kind}", "");
    assert_eq!(of(&["component-used"], &text(&lone)).len(), 3, "without a discriminator, they are unused");
    let mapped = all.replace("{propertyName: kind}", "{propertyName: kind, mapping: {k: Knob}}");
    assert_eq!(of(&["component-used"], &text(&mapped)), ["component-used component `Bolt` is unused"]);
    let unused = format!(
        "{children}User: {{type: object, description: d, properties: {{a: {{type: string, description: d}}}}}}"
    );
    assert_eq!(of(&["component-used"], &text(&unused)).len(), 4, "an unused base makes its children unused");
}
