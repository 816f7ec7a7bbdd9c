//! Tests alternatives, which are compared member by member.

use unloc_diff::Verdict;

use super::{check, spec};
use crate::on_the_wire_of;

pub(super) const CAT: &str = "{$ref: '#/components/schemas/Cat'}";

#[test]
fn compares_alternatives_member_by_member() {
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
        // Members match by their discriminating value, in any order.
        (&kinds(&[a.clone(), b.clone()]), &kinds(&[b.clone(), a.clone()]), "", ""),
        (&kinds(&[a, b]), &narrower, "breaking", "compatible"),
        // Members match by similarity.
        (
            "{anyOf: [{type: string}, {type: integer}]}",
            "{anyOf: [{type: integer, maximum: 5}, {type: string}]}",
            "breaking",
            "compatible",
        ),
        ("{type: string}", "{anyOf: [{type: string}, {type: integer}]}", "compatible", "breaking"),
        ("{anyOf: [{type: string}, {type: integer}]}", "{type: string}", "breaking", "compatible"),
        // The other alternative still accepts the values of the removed one.
        ("{anyOf: [{type: string}, {type: string, maxLength: 3}]}", "{type: string}", "", ""),
        (CAT, &refs(&["Cat", "Dog"]), "compatible", "breaking"),
    ]);
}

#[test]
fn reports_a_change_within_an_alternative_once_and_by_name() {
    let spec = spec("request", "{oneOf: [{$ref: '#/components/schemas/Cat'}, {$ref: '#/components/schemas/Dog'}]}");
    let (verdict, messages) = on_the_wire_of(&spec, &spec.replace("required: [meow]", "required: [meow, lives]"));
    assert_eq!((verdict, messages.as_str()), (Some(Verdict::Breaking), "breaking: `lives` of `Cat` is now required\n"));
    let (_, messages) = on_the_wire_of(&spec, &spec.replace(", {$ref: '#/components/schemas/Dog'}", ""));
    assert_eq!(messages, "breaking: `Dog` was removed from the alternatives of `x` of `R`\n");
}

#[test]
fn terminates_for_alternatives_that_refer_to_each_other() {
    let spec = |more: &str| {
        let circle = "A: {oneOf: [{$ref: '#/components/schemas/B'}, {$ref: '#/components/schemas/C'}]}\n    \
                      B: {anyOf: [{$ref: '#/components/schemas/C'}, {$ref: '#/components/schemas/A'}]}\n    \
                      C: {oneOf: [{$ref: '#/components/schemas/A'}, {$ref: '#/components/schemas/B'}, MORE]}\n";
        let text = spec("response", "{$ref: '#/components/schemas/A'}");
        format!("{text}    {}", circle.replace("MORE", more))
    };
    let (verdict, _) = on_the_wire_of(&spec("{type: string}"), &spec("{type: integer}"));
    assert_eq!(verdict, Some(Verdict::Breaking));
    assert_eq!(on_the_wire_of(&spec("{type: string}"), &spec("{type: string, description: A text.}")).0, None);
}
