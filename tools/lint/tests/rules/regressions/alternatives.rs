//! Tests alternatives, and null.

use super::{of, with_schemas};
use crate::found;

#[test]
fn a_discriminator_may_be_inherited() {
    let base = "Base: {type: object, description: d, required: [kind], properties: {kind: {type: string, description: d}}}\n\
                Child: {description: d, allOf: [{$ref: '#/components/schemas/Base'}, {type: object, properties: {a: {type: string, description: d}}}]}\n\
                Loose: {type: object, description: d, properties: {kind: {type: string, description: d}}}\n";
    for (schema, is_wrong) in [
        ("oneOf: [{$ref: '#/components/schemas/Child'}, {$ref: '#/components/schemas/Base'}]", false),
        ("anyOf: [{allOf: [{$ref: '#/components/schemas/Child'}]}]", false),
        ("required: [kind], oneOf: [{$ref: '#/components/schemas/Loose'}, {$ref: '#/components/schemas/Base'}]", false),
        ("allOf: [{$ref: '#/components/schemas/Child'}]", false),
        ("oneOf: [{$ref: '#/components/schemas/Child'}, {$ref: '#/components/schemas/Loose'}]", true),
        ("allOf: [{$ref: '#/components/schemas/Loose'}]", true),
        ("properties: {kind: {type: string, description: d}}", true),
    ] {
        let text = format!("{base}Any: {{description: d, {schema}, discriminator: {{propertyName: kind}}}}");
        let found = of(&["discriminator-property"], &with_schemas(&text));
        assert_eq!(found.len(), usize::from(is_wrong), "{schema}: {found:?}");
    }
}

#[test]
fn errors_of_nullable_values_name_the_type_and_no_any_of() {
    for (schema, expected) in [
        ("{type: integer, nullable: true, description: d, example: '1'}", Some("is not of type")),
        ("{type: string, nullable: true, description: d, maxLength: 3, example: long}", Some("longer than 3")),
        ("{type: integer, nullable: true, description: d, example: null}", None),
        ("{type: string, nullable: true, enum: [a, null], description: d, example: null}", None),
        (
            "{type: object, nullable: true, description: d, properties: {a: {type: string, description: d}}, example: {a: 1}}",
            Some("is not of type"),
        ),
        ("{type: integer, description: d, example: null}", Some("is not of type")),
    ] {
        let found = of(&["example-valid"], &with_schemas(&format!("Held: {schema}")));
        assert_eq!(found.len(), usize::from(expected.is_some()), "{schema}: {found:?}");
        assert!(
            found.iter().all(|found| !found.contains("anyOf") && expected.is_some_and(|text| found.contains(text))),
            "{found:?}"
        );
    }
}

#[test]
fn alternatives_that_refer_to_each_other_terminate() {
    let members: Vec<_> = (0..30).map(|other| format!("{{$ref: '#/components/schemas/A{other}'}}")).collect();
    let members = members.join(", ");
    let ring: Vec<_> = (0..30)
        .map(|one| format!("A{one}: {{description: d, required: [x], properties: {{x: {{type: string, description: d}}}}, oneOf: [{members}], anyOf: [{members}], example: {{x: a}}}}"))
        .collect();
    let two = |level: usize, name: &str| {
        let (below, own) = (format!("{{$ref: '#/components/schemas/{name}{}'}}", level - 1), "{type: object}");
        format!("{name}{level}: {{description: d, allOf: [{below}, {{allOf: [{below}, {own}]}}], example: {{x: 1}}}}")
    };
    let base = "D0: {type: object, description: d, properties: {x: {type: string, description: d}}}";
    let diamond: Vec<_> = (1..40).map(|level| two(level, "D")).collect();
    let text = with_schemas(&format!("{base}\n{}\n{}", ring.join("\n"), diamond.join("\n")));
    assert_eq!(of(&["required-defined"], &text), Vec::<String>::new());
    assert_eq!(of(&["finite-schema"], &text).len(), 30, "no value can be validated against a circle");
    assert_eq!(of(&["example-valid"], &text).len(), 39, "examples of the diamond are validated");
}

#[test]
fn alternatives_that_contain_each_other_in_a_property_are_no_circle() {
    let tree = "Tree: {description: d, oneOf: [{$ref: '#/components/schemas/Leaf'}, {$ref: '#/components/schemas/Fork'}]}\n\
                Leaf: {type: object, description: d, required: [value], properties: {value: {type: string, description: d}}}\n\
                Fork: {type: object, description: d, required: [left], properties: {left: {$ref: '#/components/schemas/Tree'}}, example: {left: {left: {value: a}}}}";
    assert_eq!(of(&["finite-schema", "example-valid"], &with_schemas(tree)), Vec::<String>::new());
    let wrong = tree.replace("{value: a}", "{valu: a}");
    assert_eq!(of(&["finite-schema", "example-valid"], &with_schemas(&wrong)).len(), 1);
}

#[test]
fn alternatives_that_only_allow_null_are_reported() {
    let null = "{type: string, nullable: true, enum: [null]}";
    let is_reported = |place: &str| {
        let text = format!(
            "openapi: 3.0.3\ninfo: {{title: Doors, version: '1'}}\npaths: {{}}\ncomponents:\n  schemas:\n    \
             Lock: {{type: object}}\n    Door: {{type: object, properties: {{lock: {place}}}}}\n"
        );
        let findings = found(&text);
        findings.iter().any(|finding| finding.message == "only null is allowed here")
    };
    for key in ["anyOf", "oneOf"] {
        let [one, two] = [format!("{{{key}: [{null}]}}"), format!("{{{key}: [{null}, {null}]}}")];
        assert!(is_reported(&one) && is_reported(&two), "{key}");
        assert!(!is_reported(&format!("{{{key}: [{{$ref: '#/components/schemas/Lock'}}, {null}]}}")), "{key}");
    }
    assert!(!is_reported(null));
}
