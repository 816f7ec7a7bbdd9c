//! Tests null, numbers and defaults.

use unloc_diff::Verdict;

use super::alternatives::CAT;
use super::{check, spec};
use crate::on_the_wire_of;

#[test]
fn null_may_move_into_an_alternative() {
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
        // In these similar rows, null is added or removed.
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
fn null_is_a_separate_value_of_an_enum() {
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
        // Without `nullable`, a `type` excludes null.
        ("{type: string, enum: [a, null]}", "{type: string, enum: [a]}", "", ""),
        ("{type: string, nullable: true, enum: [a, null]}", "{nullable: true, type: string, enum: [null, a]}", "", ""),
    ]);
}

#[test]
fn equal_numbers_are_equal_in_any_notation() {
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
        // These similar rows are not equal.
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
fn reports_a_changed_default() {
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
    // A default has no effect on a required property.
    let text =
        spec("request", "{type: integer, default: 3}").replace("R: {type: object,", "R: {type: object, required: [x],");
    let (verdict, messages) = on_the_wire_of(&text, &text.replace("default: 3", "default: 4"));
    assert_eq!(verdict, Some(Verdict::Compatible));
    assert!(messages.contains("the default of `x` of `R` changed from 3 to 4"), "{messages}");
}
