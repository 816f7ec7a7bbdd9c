//! Kinds of specs that were judged wrongly, each by several of its kind, and by a neighbour that stays an error.

use std::path::Path;

use unloc_spec::reference_pointer;

use super::finding::Finding;
use super::{by_rules, report};
use crate::large::Large;
use unloc_spec::Config;

/// A spec with one operation, whose answers, further operation keys and components are these.
fn spec(responses: &str, operation: &str, components: &str) -> String {
    let indented =
        |text: &str, by: usize| -> String { text.lines().map(|line| format!("{}{line}\n", " ".repeat(by))).collect() };
    format!(
        "openapi: 3.0.3\ninfo: {{title: Doors, version: '1', description: All doors.}}\n\
         servers: [{{url: 'https://api.example.com/v1'}}]\ntags: [{{name: Doors, description: Doors.}}]\npaths:\n  /doors/:\n    post:\n\
         \x20     operationId: setDoor\n      summary: Set a door\n      description: Sets a door.\n      tags: [Doors]\n{}      responses:\n{}\
         components:\n{}",
        indented(operation, 6),
        indented(responses, 8),
        indented(components, 2),
    )
}

fn found(text: &str) -> Vec<Finding> {
    crate::text(Path::new("doors.yaml"), text, Config::default())
}

/// The same where bindings are made, of which some rules speak alone.
fn found_for_bindings(text: &str) -> Vec<Finding> {
    by_rules(Path::new("doors.yaml"), text, Config { bindings: true, house: false })
}

/// What the rules with these names find, as `rule line`.
fn of(rules: &[&str], text: &str) -> Vec<String> {
    let found = found_for_bindings(text);
    let unreadable = found.iter().find(|finding| finding.rule == "yaml");
    assert_eq!(unreadable, None, "{text}");
    let found = found.iter().filter(|finding| rules.contains(&finding.rule));
    found.map(|finding| format!("{} {}", finding.rule, finding.message)).collect()
}

const DOOR: &str = "Door: {type: object, description: d, properties: {id: {type: string, description: d}}}";
const OK: &str = "'200': {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/Door'}}}}";

fn with_schemas(schemas: &str) -> String {
    let indented: String = schemas.lines().map(|line| format!("  {line}\n")).collect();
    spec(OK, "", &format!("schemas:\n  {DOOR}\n{indented}"))
}

#[test]
fn default_is_for_what_is_not_named_and_two_named_successes_are_one_type() {
    let body = |name: &str| {
        format!(
            "{{description: d, content: {{application/json: {{schema: {{$ref: '#/components/schemas/{name}'}}}}}}}}"
        )
    };
    let schemas = format!(
        "schemas:\n  {DOOR}\n  Other: {{type: object, description: d, properties: {{a: {{type: string, description: d}}}}}}"
    );
    let empty = "{description: d}".to_owned();
    let (door, other) = (body("Door"), body("Other"));
    for (responses, is_wrong) in [
        ([("'200'", &door), ("default", &other)], false),
        ([("2XX", &door), ("default", &other)], false),
        ([("'204'", &empty), ("default", &other)], false),
        ([("'201'", &door), ("default", &empty)], false),
        ([("'404'", &other), ("default", &door)], false),
        ([("'200'", &door), ("'202'", &other)], true),
        ([("'200'", &door), ("2XX", &other)], true),
        ([("'200'", &door), ("'204'", &empty)], true),
    ] {
        let responses: String = responses.iter().map(|(status, body)| format!("{status}: {body}\n")).collect();
        let found = of(&["single-success-type"], &spec(&responses, "", &schemas));
        assert_eq!(found.len(), usize::from(is_wrong), "{responses}: {found:?}");
    }
}

#[test]
fn what_tells_alternatives_apart_may_be_inherited() {
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
fn a_percent_encoded_reference_leads_where_it_leads() {
    let responses =
        "'200': {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/D%6f%6Fr'}}}}";
    let text = spec(responses, "", &format!("schemas:\n  {DOOR}"));
    assert_eq!(of(&["ref-resolves", "component-used"], &text), Vec::<String>::new());
    let found = of(&["ref-resolves", "component-used"], &text.replace("D%6f%6Fr", "D%6f%6For"));
    assert_eq!(found.len(), 2, "{found:?}");
}

#[test]
fn a_reference_to_what_is_no_component_is_told_at_the_reference() {
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
fn a_chain_of_references_without_an_end_is_told_once() {
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
    // A long way is no circle.
    let mut chain = "parameters:\n  P0: {name: a, in: query, description: d, schema: {type: string}}\n".to_owned();
    (1..100)
        .for_each(|step| chain.push_str(&format!("  P{step}: {{$ref: '#/components/parameters/P{}'}}\n", step - 1)));
    let operation = "parameters: [{$ref: '#/components/parameters/P99'}]";
    let text = spec(OK, operation, &format!("{chain}schemas:\n  {DOOR}"));
    assert_eq!(of(&["ref-resolves", "component-used"], &text), Vec::<String>::new());
}

#[test]
fn children_of_a_discriminator_are_what_it_leads_to() {
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
    assert_eq!(of(&["component-used"], &text(&lone)).len(), 3, "without a discriminator, nothing leads to them");
    let mapped = all.replace("{propertyName: kind}", "{propertyName: kind, mapping: {k: Knob}}");
    assert_eq!(of(&["component-used"], &text(&mapped)), ["component-used nothing leads to `Bolt`"]);
    let unused = format!(
        "{children}User: {{type: object, description: d, properties: {{a: {{type: string, description: d}}}}}}"
    );
    assert_eq!(of(&["component-used"], &text(&unused)).len(), 4, "a base that nothing leads to leads nowhere");
}

#[test]
fn what_is_only_read_is_not_asked_of_a_request_wherever_that_is_said() {
    let body = |example: &str| {
        format!(
            "requestBody: {{content: {{application/json: {{schema: {{$ref: '#/components/schemas/New'}}, example: {example}}}}}}}"
        )
    };
    let stamp = "Stamp: {type: string, description: d, readOnly: true}\nText: {type: string, description: d}\n";
    for (new, is_wrong) in [
        (
            "{type: object, description: d, required: [id, made], properties: {id: {type: string, description: d}, made: {$ref: '#/components/schemas/Stamp'}}}",
            false,
        ),
        (
            "{description: d, allOf: [{type: object, properties: {id: {type: string, description: d}, made: {description: d, allOf: [{$ref: '#/components/schemas/Stamp'}]}}}, {required: [made]}]}",
            false,
        ),
        (
            "{description: d, required: [made], allOf: [{type: object, properties: {id: {type: string, description: d}, made: {type: string, description: d, readOnly: true}}}]}",
            false,
        ),
        (
            "{type: object, description: d, required: [id, made], properties: {id: {type: string, description: d}, made: {$ref: '#/components/schemas/Text'}}}",
            true,
        ),
        (
            "{description: d, allOf: [{type: object, properties: {id: {type: string, description: d}, made: {$ref: '#/components/schemas/Text'}}}, {required: [made]}]}",
            true,
        ),
        (
            "{type: object, description: d, required: [made], properties: {id: {type: string, description: d}, made: {type: string, description: d, writeOnly: true}}}",
            true,
        ),
    ] {
        let components = format!("schemas:\n  {DOOR}\n  {}  New: {new}", stamp.replace("\nText", "\n  Text"));
        let found = of(&["example-valid"], &spec(OK, &body("{id: a}"), &components));
        assert_eq!(found.len(), usize::from(is_wrong), "{new}: {found:?}");
    }
}

#[test]
fn what_is_nullable_is_held_to_its_type_and_not_to_alternatives_that_are_not_there() {
    for (schema, told) in [
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
        assert_eq!(found.len(), usize::from(told.is_some()), "{schema}: {found:?}");
        assert!(
            found.iter().all(|found| !found.contains("anyOf") && told.is_some_and(|told| found.contains(told))),
            "{found:?}"
        );
    }
}

#[test]
fn messages_say_which_and_where_the_other_one_is() {
    let neither = spec(OK, "parameters: [{name: a, in: query, description: d}]", &format!("schemas:\n  {DOOR}"));
    assert!(of(&["parameter-schema-xor-content"], &neither)[0].contains("neither `schema` nor `content`"));
    let both = neither.replace(
        "description: d}]",
        "description: d, schema: {type: string}, content: {text/plain: {schema: {type: string}}}}]",
    );
    assert!(
        of(&["parameter-schema-xor-content"], &both)[0].contains("both"),
        "{:?}",
        of(&["parameter-schema-xor-content"], &both)
    );
    let twice = with_schemas("Held: {type: string, description: d, enum: [a, b, a]}");
    assert!(of(&["enum-unique"], &twice)[0].contains("it is at "), "{:?}", of(&["enum-unique"], &twice));
    let comments = found("{\n  // Doors\n  \"openapi\": \"3.0.3\" /* yes */\n}\n");
    assert_eq!(comments.len(), 1, "{comments:?}");
    assert!(comments[0].message.contains("comments") && comments[0].at.line == 2, "{comments:?}");
    for operation in [
        "parameters: [{$ref: 'other.yaml#/P'}]",
        "requestBody: {$ref: 'other.yaml#/P'}",
        "parameters: [{name: a, in: query, description: d, schema: {$ref: 'other.yaml#/P'}}]",
    ] {
        let found = found(&spec(OK, operation, &format!("schemas:\n  {DOOR}")));
        let about: Vec<_> = found.iter().filter(|finding| finding.rule != "error-response").collect();
        assert_eq!(about.len(), 1, "{operation}: {about:?}");
    }
}

#[test]
fn a_long_line_is_shown_around_the_place_only() {
    let text = Large::of(20).minified().replace("\"maxItems\":100", "\"maxItmes\":100");
    let findings = found(&text);
    assert!(findings.len() > 50, "{}", findings.len());
    let texts = [("doors.yaml".to_owned(), text)];
    let told = report::human(&findings, &texts, false);
    let widest = told.lines().map(|line| line.chars().count()).max().unwrap();
    assert!(widest < 400, "{widest}");
    let misspelt: Vec<_> = findings.into_iter().filter(|finding| finding.rule == "unknown-field").take(9).collect();
    let told = report::human(&misspelt[1..], &texts, false);
    let mut lines = told.lines().skip_while(|line| !line.contains("…"));
    let (line, marker) = (lines.next().unwrap(), lines.next().unwrap());
    assert!(line.chars().count() <= 130, "{line}");
    let start = marker.chars().position(|sign| sign == '^').unwrap();
    let width = marker.chars().filter(|sign| *sign == '^').count();
    let marked: String = line.chars().skip(start).take(width).collect();
    assert_eq!(marked, "\"maxItmes\"");
}

#[test]
fn alternatives_that_name_each_other_come_to_an_end() {
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
    assert_eq!(of(&["finite-schema"], &text).len(), 30, "nothing can be held to what is itself by way of others");
    assert_eq!(of(&["example-valid"], &text).len(), 39, "examples are held to the diamond all the same");
}

#[test]
fn schemas_that_hold_each_other_as_alternatives_are_no_circle_where_a_property_lies_between() {
    let tree = "Tree: {description: d, oneOf: [{$ref: '#/components/schemas/Leaf'}, {$ref: '#/components/schemas/Fork'}]}\n\
                Leaf: {type: object, description: d, required: [value], properties: {value: {type: string, description: d}}}\n\
                Fork: {type: object, description: d, required: [left], properties: {left: {$ref: '#/components/schemas/Tree'}}, example: {left: {left: {value: a}}}}";
    assert_eq!(of(&["finite-schema", "example-valid"], &with_schemas(tree)), Vec::<String>::new());
    let wrong = tree.replace("{value: a}", "{valu: a}");
    assert_eq!(of(&["finite-schema", "example-valid"], &with_schemas(&wrong)).len(), 1);
}

#[test]
fn a_large_spec_has_no_errors_in_any_form() {
    let large = Large::of(12);
    for text in [large.text(), large.minified()] {
        let errors: Vec<_> =
            found(&text).into_iter().filter(|finding| finding.severity == super::Severity::Error).collect();
        assert!(errors.is_empty(), "{} errors, the first {:#?}", errors.len(), errors.first());
    }
}

#[test]
fn a_server_without_tls_is_told_where_something_secret_travels() {
    let told = |components: &str| {
        let text = format!(
            "openapi: 3.0.3\ninfo: {{title: Doors, version: '1'}}\nservers: [{{url: 'http://doors.example.com/v1'}}]\n\
             paths: {{}}\n{components}"
        );
        let findings = by_rules(Path::new("doors.yaml"), &text, Config::default());
        findings.iter().any(|finding| finding.rule == "server-https")
    };
    for open in ["", "components: {schemas: {Door: {type: object}}}\n", "components: {securitySchemes: {}}\n"] {
        assert!(!told(open), "{open}");
    }
    for scheme in ["{type: http, scheme: basic}", "{type: apiKey, in: query, name: key}"] {
        assert!(told(&format!("components: {{securitySchemes: {{door: {scheme}}}}}\n")), "{scheme}");
    }
    // A token endpoint asks for no token itself.
    assert!(told("components: {schemas: {Code: {type: string, format: password}}}\n"));
}

#[test]
fn alternatives_of_which_null_alone_is_left_are_told() {
    let null = "{type: string, nullable: true, enum: [null]}";
    let told = |place: &str| {
        let text = format!(
            "openapi: 3.0.3\ninfo: {{title: Doors, version: '1'}}\npaths: {{}}\ncomponents:\n  schemas:\n    \
             Lock: {{type: object}}\n    Door: {{type: object, properties: {{lock: {place}}}}}\n"
        );
        let findings = by_rules(Path::new("doors.yaml"), &text, Config::default());
        findings.iter().any(|finding| finding.message == "nothing but null can stand here")
    };
    for key in ["anyOf", "oneOf"] {
        assert!(told(&format!("{{{key}: [{null}]}}")) && told(&format!("{{{key}: [{null}, {null}]}}")), "{key}");
        assert!(!told(&format!("{{{key}: [{{$ref: '#/components/schemas/Lock'}}, {null}]}}")), "{key}");
    }
    assert!(!told(null));
}

/// How long files take: `FILES="a.json b.yaml" cargo test -p unloc-lint files_are_timed -- --ignored --nocapture`. Without, a
/// large spec of 1, 2 and 4 times 125 operations.
#[test]
#[ignore = "measures"]
fn files_are_timed() {
    let named = std::env::var("FILES").unwrap_or_default();
    let named = named.split_whitespace().map(|name| (name.to_owned(), std::fs::read_to_string(name).unwrap()));
    let mut texts: Vec<_> = named.collect();
    if texts.is_empty() {
        texts = [125, 250, 500].map(|count| (format!("{count} operations"), Large::of(count).text())).into();
    }
    for (name, text) in texts {
        let begun = std::time::Instant::now();
        let (findings, stages) = super::judged(Path::new(&name), &text, Config::default(), begun, false);
        let mut rules = std::collections::BTreeMap::<_, usize>::new();
        findings
            .iter()
            .filter(|finding| finding.severity == super::Severity::Error)
            .for_each(|finding| *rules.entry(finding.rule).or_default() += 1);
        let judged = begun.elapsed();
        let shown = report::human(&findings, &[(name.clone(), text.clone())], false).len();
        println!(
            "{name}: {} bytes, {} findings, {judged:?} ({stages:?}), shown in {:?} as {shown} bytes; errors {rules:?}",
            text.len(),
            findings.len(),
            begun.elapsed() - judged
        );
        if std::env::var("SHOW").is_ok() {
            let shown = std::env::var("SHOW").unwrap();
            findings.iter().filter(|finding| finding.rule == shown).take(40).for_each(|finding| {
                println!("  {}:{} {} | {}", finding.at.line, finding.at.column, finding.pointer, finding.message);
            });
        }
    }
}
