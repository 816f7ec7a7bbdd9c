//! Kinds of changes of a schema, each in several forms: what is said of them where they are sent and where they come back.

use std::path::Path;

use unloc_spec::Document;

use super::change::Verdict;
use super::compare;

pub(super) fn document(text: &str) -> Document {
    Document::parse(Path::new("doors.yaml"), text).unwrap()
}

/// The worst that is said on the wire from one spec to the other, and all sentences; nothing if nothing has changed.
pub(super) fn told(old: &str, new: &str) -> (Option<Verdict>, String) {
    let changes = compare::compare(&document(old), &document(new));
    let loud: Vec<_> = changes.into_iter().filter(|change| !change.is_quiet).collect();
    let all: Vec<_> = loud.iter().map(|change| format!("{}: {}\n", change.wire.name(), change.what)).collect();
    (loud.iter().map(|change| change.wire).max(), all.concat())
}

/// A spec in which a schema is that of a property of a body.
fn spec(place: &str, schema: &str) -> String {
    let content = "{application/json: {schema: {$ref: '#/components/schemas/R'}}}";
    let (body, answer) = match place {
        "request" => (format!("requestBody: {{required: true, content: {content}}}\n      "), String::new()),
        _ => (String::new(), format!(", content: {content}")),
    };
    format!(
        "openapi: 3.0.3\ninfo: {{title: T, version: '1'}}\npaths:\n  /doors/:\n    post:\n      operationId: a\n      {body}responses: \
         {{'200': {{description: it{answer}}}}}\ncomponents:\n  schemas:\n    R: {{type: object, properties: {{x: {schema}}}}}\n    \
         Cat: {{type: object, required: [meow], properties: {{meow: {{type: string}}, lives: {{type: integer}}}}}}\n    \
         Dog: {{type: object, required: [bark], properties: {{bark: {{type: string}}}}}}\n    \
         Bird: {{type: object, required: [song], properties: {{song: {{type: string}}}}}}\n    \
         Text: {{type: string}}\n    NullText: {{type: string, nullable: true}}\n"
    )
}

/// Goes through `(old, new, where it is sent, where it comes back)`; an empty verdict is that nothing is said.
fn check(table: &[(&str, &str, &str, &str)]) {
    let mut wrong = Vec::new();
    for (old, new, request, response) in table {
        for (place, expected) in [("request", request), ("response", response)] {
            let (verdict, said) = told(&spec(place, old), &spec(place, new));
            if verdict.map_or("", Verdict::name) != *expected {
                wrong.push(format!("{place}, {old} to {new}: expected `{expected}`\n{said}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

const CAT: &str = "{$ref: '#/components/schemas/Cat'}";

#[test]
fn null_that_moves_into_an_alternative_is_still_there() {
    let nullable = "{type: string, nullable: true}";
    check(&[
        (nullable, "{anyOf: [{type: string}, {type: string, nullable: true}]}", "", ""),
        (nullable, "{oneOf: [{type: string}, {nullable: true, enum: [null]}]}", "", ""),
        (nullable, "{oneOf: [{type: string}, {type: string, nullable: true, enum: [null]}]}", "", ""),
        (nullable, "{oneOf: [{$ref: '#/components/schemas/Text'}, {enum: [null]}]}", "", ""),
        (nullable, "{$ref: '#/components/schemas/NullText'}", "", ""),
        (nullable, "{allOf: [{$ref: '#/components/schemas/NullText'}]}", "", ""),
        (
            "{anyOf: [{type: string}, {type: integer}], nullable: true}",
            "{anyOf: [{type: string}, {type: integer, nullable: true}]}",
            "",
            "",
        ),
        // Its neighbours, in which null has come or gone.
        (nullable, "{anyOf: [{type: string}, {type: string, maxLength: 3}]}", "breaking", "compatible"),
        ("{oneOf: [{$ref: '#/components/schemas/Cat'}, {enum: [null]}]}", CAT, "breaking", "compatible"),
        (
            "{anyOf: [{type: string}, {type: integer, nullable: true}]}",
            "{anyOf: [{type: string}, {type: integer}]}",
            "breaking",
            "compatible",
        ),
        (
            "{anyOf: [{type: string}, {type: integer}]}",
            "{anyOf: [{type: string}, {type: integer, nullable: true}]}",
            "compatible",
            "compatible",
        ),
    ]);
}

#[test]
fn null_in_an_enum_is_a_value_of_its_own() {
    check(&[
        (
            "{type: string, nullable: true, enum: [a, null]}",
            "{type: string, nullable: true, enum: [a]}",
            "breaking",
            "compatible",
        ),
        (
            "{type: string, nullable: true, enum: [a]}",
            "{type: string, nullable: true, enum: [a, null]}",
            "compatible",
            "compatible",
        ),
        ("{enum: [1, 2, null]}", "{enum: [1, 2]}", "breaking", "compatible"),
        // Without `nullable`, null is none of the values of a `type`.
        ("{type: string, enum: [a, null]}", "{type: string, enum: [a]}", "", ""),
        ("{type: string, nullable: true, enum: [a, null]}", "{nullable: true, type: string, enum: [null, a]}", "", ""),
    ]);
}

#[test]
fn equal_numbers_are_equal_however_they_are_written() {
    check(&[
        ("{type: integer, maximum: 10, exclusiveMaximum: true}", "{type: integer, maximum: 9}", "", ""),
        ("{type: integer, minimum: 0, exclusiveMinimum: true}", "{type: integer, minimum: 1}", "", ""),
        ("{type: integer, minimum: 0.5}", "{type: integer, minimum: 1}", "", ""),
        ("{type: integer, multipleOf: 1}", "{type: integer}", "", ""),
        ("{type: integer, multipleOf: 0.5}", "{type: integer, multipleOf: 1.0}", "", ""),
        ("{type: integer, format: int32, maximum: 2147483647}", "{type: integer, format: int32}", "", ""),
        ("{type: number, minimum: 1}", "{type: number, minimum: 1.0, exclusiveMinimum: false}", "", ""),
        ("{type: number, enum: [1, 2.5]}", "{type: number, enum: [1.0, 2.5]}", "", ""),
        ("{type: integer, default: 3}", "{type: integer, default: 3.0}", "", ""),
        ("{type: number, multipleOf: 0.3}", "{type: number, multipleOf: 0.1}", "compatible", "compatible"),
        ("{type: number, multipleOf: 0.07}", "{type: number, multipleOf: 0.01}", "compatible", "compatible"),
        // Their neighbours, which are not equal.
        ("{type: number, maximum: 10, exclusiveMaximum: true}", "{type: number, maximum: 9}", "breaking", "compatible"),
        (
            "{type: integer, maximum: 10, exclusiveMaximum: true}",
            "{type: integer, maximum: 8}",
            "breaking",
            "compatible",
        ),
        ("{type: number}", "{type: number, multipleOf: 1}", "breaking", "compatible"),
        ("{type: number, multipleOf: 0.1}", "{type: number, multipleOf: 0.3}", "breaking", "compatible"),
        (
            "{type: number, maximum: 10}",
            "{type: number, maximum: 10, exclusiveMaximum: true}",
            "breaking",
            "compatible",
        ),
        ("{enum: [1, 2]}", "{enum: ['1', 2]}", "breaking", "compatible"),
    ]);
}

#[test]
fn alternatives_are_compared_member_by_member() {
    let refs = |names: &[&str]| {
        let list: Vec<_> = names.iter().map(|name| format!("{{$ref: '#/components/schemas/{name}'}}")).collect();
        format!("{{oneOf: [{}]}}", list.join(", "))
    };
    let (two, three) = (refs(&["Cat", "Dog"]), refs(&["Cat", "Dog", "Bird"]));
    let kind = |name: &str, more: &str| {
        format!("{{type: object, required: [kind], properties: {{kind: {{type: string, enum: [{name}]}}{more}}}}}")
    };
    let kinds = |members: &[String]| format!("{{oneOf: [{}]}}", members.join(", "));
    let (a, b) = (kind("a", ", size: {type: integer}"), kind("b", ", size: {type: integer}"));
    let narrower = kinds(&[kind("b", ", size: {type: integer}"), kind("a", ", size: {type: integer, maximum: 5}")]);
    check(&[
        (&three, &two, "breaking", "compatible"),
        (&two, &three, "compatible", "breaking"),
        (&two, &refs(&["Dog", "Cat"]), "", ""),
        (&refs(&["Cat", "Dog"]), &refs(&["Cat", "Bird"]), "breaking", "breaking"),
        // By the value that tells them apart, wherever they stand.
        (&kinds(&[a.clone(), b.clone()]), &kinds(&[b.clone(), a.clone()]), "", ""),
        (&kinds(&[a, b]), &narrower, "breaking", "compatible"),
        // By their shape.
        (
            "{anyOf: [{type: string}, {type: integer}]}",
            "{anyOf: [{type: integer, maximum: 5}, {type: string}]}",
            "breaking",
            "compatible",
        ),
        ("{type: string}", "{anyOf: [{type: string}, {type: integer}]}", "compatible", "breaking"),
        ("{anyOf: [{type: string}, {type: integer}]}", "{type: string}", "breaking", "compatible"),
        // What another alternative takes is not gone.
        ("{anyOf: [{type: string}, {type: string, maxLength: 3}]}", "{type: string}", "", ""),
        (CAT, &refs(&["Cat", "Dog"]), "compatible", "breaking"),
    ]);
}

#[test]
fn a_change_within_an_alternative_is_told_once_and_by_name() {
    let spec = spec("request", "{oneOf: [{$ref: '#/components/schemas/Cat'}, {$ref: '#/components/schemas/Dog'}]}");
    let (verdict, said) = told(&spec, &spec.replace("required: [meow]", "required: [meow, lives]"));
    assert_eq!((verdict, said.as_str()), (Some(Verdict::Breaking), "breaking: `lives` of `Cat` is required now\n"));
    let (_, said) = told(&spec, &spec.replace(", {$ref: '#/components/schemas/Dog'}", ""));
    assert_eq!(said, "breaking: `Dog` is no longer among the alternatives of `x` of `R`\n");
}

#[test]
fn alternatives_that_name_each_other_have_an_end() {
    let spec = |more: &str| {
        let circle = "A: {oneOf: [{$ref: '#/components/schemas/B'}, {$ref: '#/components/schemas/C'}]}\n    \
                      B: {anyOf: [{$ref: '#/components/schemas/C'}, {$ref: '#/components/schemas/A'}]}\n    \
                      C: {oneOf: [{$ref: '#/components/schemas/A'}, {$ref: '#/components/schemas/B'}, MORE]}\n";
        let text = spec("response", "{$ref: '#/components/schemas/A'}");
        format!("{text}    {}", circle.replace("MORE", more))
    };
    let (verdict, _) = told(&spec("{type: string}"), &spec("{type: integer}"));
    assert_eq!(verdict, Some(Verdict::Breaking));
    assert_eq!(told(&spec("{type: string}"), &spec("{type: string, description: A text.}")).0, None);
}

#[test]
fn a_change_of_a_default_is_told() {
    check(&[
        ("{type: integer, default: 3}", "{type: integer, default: 4}", "unknown", "compatible"),
        ("{type: integer, default: 3}", "{type: integer}", "unknown", "compatible"),
        ("{type: integer}", "{type: integer, default: 3}", "compatible", "compatible"),
        (
            "{type: string, enum: [a, b], default: a}",
            "{type: string, enum: [a, b], default: b}",
            "unknown",
            "compatible",
        ),
        (
            "{type: array, items: {type: string}, default: [a]}",
            "{type: array, items: {type: string}, default: [a]}",
            "",
            "",
        ),
    ]);
    // What is always sent has no use for one.
    let text =
        spec("request", "{type: integer, default: 3}").replace("R: {type: object,", "R: {type: object, required: [x],");
    let (verdict, said) = told(&text, &text.replace("default: 3", "default: 4"));
    assert_eq!(verdict, Some(Verdict::Compatible));
    assert!(said.contains("the default of `x` of `R` is 4 where it was 3"), "{said}");
}

#[test]
fn a_property_counts_in_the_direction_in_which_it_travels() {
    let required = |place: &str, schema: &str| {
        spec(place, schema).replace("R: {type: object,", "R: {type: object, required: [x],")
    };
    let worst = |place: &str, old: &str, new: &str| {
        told(old, new).0.map_or_else(String::new, |verdict| format!("{place}: {}", verdict.name()))
    };
    for (schema, request, response) in [
        ("{type: string, readOnly: true}", "", "response: breaking"),
        ("{type: string, writeOnly: true}", "request: compatible", ""),
        ("{allOf: [{$ref: '#/components/schemas/Text'}], readOnly: true}", "", "response: breaking"),
        ("{allOf: [{type: string, writeOnly: true}]}", "request: compatible", ""),
        ("{type: string}", "request: compatible", "response: breaking"),
    ] {
        // It was required, and is no longer.
        for (place, expected) in [("request", request), ("response", response)] {
            assert_eq!(worst(place, &required(place, schema), &spec(place, schema)), expected, "{schema}");
        }
    }
    // A property that comes, required and read only, is nothing that a request needs.
    let without = |place: &str| spec(place, "{type: string}").replace("x: {type: string}", "");
    let with = |place: &str, schema: &str| required(place, schema);
    assert_eq!(told(&without("request"), &with("request", "{type: string, readOnly: true}")).0, None);
    assert_eq!(told(&without("request"), &with("request", "{type: string}")).0, Some(Verdict::Breaking));
    assert_eq!(told(&without("response"), &with("response", "{type: string, writeOnly: true}")).0, None);
    check(&[
        ("{type: string}", "{type: string, readOnly: true}", "unknown", ""),
        ("{type: string, readOnly: true}", "{type: string}", "compatible", ""),
        ("{type: string}", "{type: string, writeOnly: true}", "", "compatible"),
        ("{type: string, writeOnly: true}", "{type: integer, writeOnly: true}", "breaking", ""),
        ("{type: string, readOnly: true}", "{type: integer, readOnly: true}", "", "breaking"),
    ]);
}
