//! Tests what schemas say together about the same value.
#![allow(clippy::unwrap_used, reason = "in a test, a panic is the failure")]

use std::path::Path;

use serde_json::Value;
use unloc_spec::Document;
use unloc_spec::schemas::Schemas;

fn document(schemas: &str) -> Document {
    let indented: String = schemas.lines().map(|line| format!("    {line}\n")).collect();
    Document::parse(Path::new("spec.yaml"), &format!("openapi: 3.0.3\ncomponents:\n  schemas:\n{indented}")).unwrap()
}

fn undefined(schemas: &str) -> Vec<String> {
    let document = document(schemas);
    Schemas::of(&document.value).undefined().into_iter().map(|flaw| flaw.pointer).collect()
}

const BASE: &str = "Base: {type: object, properties: {id: {type: string}}}\n";

#[test]
fn accepts_a_required_property_that_any_schema_of_the_same_value_describes() {
    for schemas in [
        "A: {properties: {a: {}, b: {}}, anyOf: [{required: [a]}, {required: [b]}]}",
        "A: {properties: {a: {}}, oneOf: [{required: [a]}, {not: {required: [a]}}]}",
        "A: {properties: {a: {}}, not: {anyOf: [{required: [a]}, {allOf: [{required: [a]}]}]}}",
        "A: {required: [a], oneOf: [{properties: {a: {}}}, {properties: {b: {}}}]}",
        "A: {allOf: [{properties: {p: {type: object, required: [x], properties: {x: {}}}}}]}",
        "A: {allOf: [{properties: {p: {items: {required: [x], properties: {x: {}}}}}}]}",
        "A: {allOf: [{additionalProperties: {required: [x], properties: {x: {}}}}]}",
        "A: {allOf: [{$ref: '#/components/schemas/Base'}, {required: [id]}]}",
        "A: {properties: {p: {allOf: [{$ref: '#/components/schemas/Base'}], required: [id]}}}",
        "A: {allOf: [{anyOf: [{required: [id]}]}, {allOf: [{$ref: '#/components/schemas/Base'}]}]}",
        "Mixin: {required: [id]}\nA: {allOf: [{$ref: '#/components/schemas/Base'}, {$ref: '#/components/schemas/Mixin'}]}",
        "A: {required: [a], additionalProperties: {type: string}}",
        "A: {properties: {allOf: {properties: {x: {}}, required: [x]}, not: {required: [y], properties: {y: {}}}}}",
        "Alias: {$ref: '#/components/schemas/Base'}\nA: {allOf: [{$ref: '#/components/schemas/Alias'}], required: [id]}",
        "A: {not: {required: [quite_another]}, properties: {a: {}}}",
    ] {
        assert_eq!(undefined(&format!("{BASE}{schemas}")), Vec::<String>::new(), "{schemas}");
    }
}

#[test]
fn reports_a_required_property_that_only_another_value_has() {
    for (schemas, place) in [
        ("A: {properties: {a: {}}, anyOf: [{required: [aa]}]}", "A/anyOf/0/required/0"),
        ("A: {properties: {a: {}}, required: [b]}", "A/required/0"),
        (
            "A: {allOf: [{$ref: '#/components/schemas/Base'}, {properties: {owner: {required: [id], properties: {name: {}}}}}]}",
            "A/allOf/1/properties/owner/required/0",
        ),
        ("A: {properties: {p: {properties: {x: {}}}}, required: [p, x]}", "A/required/1"),
        ("A: {properties: {x: {}}, items: {required: [x]}}", "A/items/required/0"),
        ("A: {properties: {x: {}}, additionalProperties: {required: [x]}}", "A/additionalProperties/required/0"),
        ("A: {properties: {p: {$ref: '#/components/schemas/Base'}}, required: [id]}", "A/required/0"),
        ("A: {required: [a], additionalProperties: false}", "A/required/0"),
        ("A: {required: [a], additionalProperties: true}", "A/required/0"),
        ("A: {properties: {battery: {}}, not: {required: [batery]}}", "A/not/required/0"),
        ("A: {properties: {allOf: {required: [x]}, x: {}}}", "A/properties/allOf/required/0"),
        ("A: {properties: {not: {required: [x]}, x: {}}}", "A/properties/not/required/0"),
    ] {
        assert_eq!(undefined(&format!("{BASE}{schemas}")), [format!("/components/schemas/{place}")], "{schemas}");
    }
}

#[test]
fn checks_schemas_outside_of_components_and_not_examples() {
    let text = "paths:\n  /a:\n    get:\n      parameters: [{schema: {required: [x]}}]\n      responses:\n        '200':\n          content:\n            application/json:\n              schema: {items: {required: [y]}}\n              example: {schema: {required: [z]}}\n";
    let document = Document::parse(Path::new("spec.yaml"), text).unwrap();
    let places: Vec<_> = Schemas::of(&document.value).undefined().into_iter().map(|flaw| flaw.pointer).collect();
    assert_eq!(places.len(), 2, "{places:?}");
    assert!(places[0].ends_with("/schema/required/0") && places[1].ends_with("/items/required/0"), "{places:?}");
}

#[test]
fn terminates_on_circles_and_long_chains() {
    let mut ring: String = (0..40)
        .map(|one| {
            let members: Vec<_> = (0..40).map(|other| format!("{{$ref: '#/components/schemas/A{other}'}}")).collect();
            format!("A{one}: {{required: [x, kind], properties: {{x: {{}}}}, oneOf: [{}]}}\n", members.join(", "))
        })
        .collect();
    assert_eq!(undefined(&ring).len(), 40);
    ring.push_str("Self: {$ref: '#/components/schemas/Self'}\nMine: {allOf: [{$ref: '#/components/schemas/Mine'}], required: [y]}\n");
    ring.push_str("C0: {required: [z], properties: {z: {}}}\n");
    // Thousands of levels, and two ways from each to the next.
    for level in 1..3000 {
        let below = format!("{{$ref: '#/components/schemas/C{}'}}", level - 1);
        ring.push_str(&format!("C{level}: {{allOf: [{below}, {below}]}}\n"));
    }
    ring.push_str("Top: {required: [z, zz], allOf: [{$ref: '#/components/schemas/C2999'}]}\n");
    let document = document(&ring);
    let schemas = Schemas::of(&document.value);
    let found = schemas.undefined();
    assert_eq!(found.iter().filter(|flaw| flaw.pointer.contains("/Top/")).count(), 1);
    let component = |name: &str| document.value.pointer(&format!("/components/schemas/{name}")).unwrap();
    assert!(schemas.requires(component("Top"), "z") && schemas.requires(component("C2999"), "z"));
    assert!(schemas.requires(component("A1"), "kind") && !schemas.requires(component("Mine"), "z"));
    assert!(schemas.flagged(component("Top"), "readOnly").is_empty());
}

#[test]
fn finds_properties_that_are_required_by_inheritance() {
    let document = document(
        "Base: {required: [kind]}\n\
         Child: {allOf: [{$ref: '#/components/schemas/Base'}, {properties: {a: {}}}]}\n\
         Grandchild: {allOf: [{$ref: '#/components/schemas/Child'}]}\n\
         Either: {oneOf: [{$ref: '#/components/schemas/Child'}, {required: [kind]}]}\n\
         Loose: {oneOf: [{$ref: '#/components/schemas/Child'}, {properties: {kind: {}}}]}\n\
         Whole: {required: [kind], allOf: [{properties: {kind: {}}}]}\n\
         Free: {properties: {kind: {}}, allOf: []}\n",
    );
    let schemas = Schemas::of(&document.value);
    let requires = |pointer: &str| {
        let schema: &Value = document.value.pointer(&format!("/components/schemas/{pointer}")).unwrap();
        schemas.requires(schema, "kind")
    };
    for yes in ["Base", "Child", "Grandchild", "Either", "Whole", "Whole/allOf/0", "Child/allOf/1"] {
        assert!(requires(yes), "{yes}");
    }
    for no in ["Loose", "Free", "Loose/oneOf/1"] {
        assert!(!requires(no), "{no}");
    }
}

#[test]
fn suggests_the_type_that_was_meant() {
    let document =
        document("A: {type: int}\nB: {properties: {a: {type: strin}, type: {type: string}}}\nC: {type: 'null'}\n");
    let flaws = Schemas::of(&document.value).untyped();
    let found: Vec<_> = flaws.iter().map(|flaw| (flaw.pointer.as_str(), flaw.help.as_str())).collect();
    assert_eq!(found[0], ("/components/schemas/A/type", "did you mean `integer`?"));
    assert_eq!(found[1], ("/components/schemas/B/properties/a/type", "did you mean `string`?"));
    assert!(found[2].1.contains("nullable"), "{found:?}");
    assert_eq!(found.len(), 3);
}

#[test]
fn finds_schemas_below_names_that_look_like_keywords() {
    let text = "\
openapi: 3.0.3
paths:
  /doors/:
    get:
      parameters: [{name: default, in: query, schema: {type: one}}]
      responses:
        default:
          headers:
            x-rate: {schema: {type: two}}
            schema: {schema: {type: three}}
            example: {schema: {type: four}, example: {schema: {type: data}}}
          content:
            application/json:
              schema: {type: object, properties: {default: {type: five}}, default: {schema: {type: data}}}
              examples: {value: {value: {schema: {type: data}}}}
components:
  parameters:
    schema: {name: a, in: query, schema: {type: six}}
  responses:
    enum: {content: {application/json: {schema: {type: seven}}}}
  requestBodies:
    value: {content: {default: {schema: {type: eight}}}}
x-own: {schema: {type: data}}
";
    let document = Document::parse(Path::new("spec.yaml"), text).unwrap();
    let flaws = Schemas::of(&document.value).untyped();
    let types: Vec<_> =
        flaws.iter().map(|flaw| document.value.pointer(&flaw.pointer).unwrap().as_str().unwrap()).collect();
    let mut sorted = types.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, ["eight", "five", "four", "one", "seven", "six", "three", "two"], "{flaws:#?}");
}
