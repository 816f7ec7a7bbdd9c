//! Tests the table of request and response schemas.
#![allow(clippy::unwrap_used, reason = "in a test, a panic is the failure")]

use std::path::Path;

use unloc_codegen::bindings;
use unloc_spec::Document;

/// Returns the bindings of an operation with the request `Sent` and the response `Given`, with these properties, as
/// source without blanks.
fn bound(sent: &str, given: &str, more: &str) -> String {
    let text = format!(
        r"
openapi: 3.0.3
info: {{title: Things, version: '1'}}
paths:
  /things/{{thing}}:
    post:
      operationId: changeThing
      parameters:
        - {{name: thing, in: path, required: true, schema: {{$ref: '#/components/schemas/Phone'}}}}
        - {{name: tags, in: query, schema: {{type: array, items: {{$ref: '#/components/schemas/Tag'}}}}}}
        - {{name: x-mode, in: header, schema: {{type: boolean}}}}
      requestBody:
        required: true
        content: {{application/json: {{schema: {{$ref: '#/components/schemas/Sent'}}}}}}
      responses:
        '201':
          description: Done.
          content: {{application/json: {{schema: {{$ref: '#/components/schemas/Given'}}}}}}
components:
  schemas:
    Phone: {{type: string, x-sensitive: phone-number}}
    Tag: {{type: string, enum: [new]}}
    Unused: {{type: object, properties: {{unused: {{type: string}}}}}}
    Sent: {{type: object, properties: {sent}}}
    Given: {{type: object, required: [must, list], properties: {given}}}
{more}"
    );
    let document = Document::parse(Path::new("spec.yaml"), &text).unwrap();
    let bindings = bindings(&document, "api", &std::collections::BTreeSet::new()).unwrap().model;
    bindings.split_whitespace().collect::<String>().replace(",}", "}").replace(",]", "]").replace(",)", ")")
}

/// Is the description of a property without a length.
const NO_LENGTH: &str = "length:::std::option::Option::None";

/// Asserts that the table describes a property or parameter like this.
fn assert_described(bindings: &str, name: &str, description: &str) {
    let description: String = description.split_whitespace().collect();
    let text = bindings.replace("crate::model::table::", "");
    assert!(text.contains(&format!("name:\"{name}\",{description}")), "{name}: {description}");
}

#[test]
fn describes_properties_of_every_kind() {
    let given = "{
        must: {type: boolean}, text: {type: string, format: uuid}, whole: {type: integer}, small: {type: integer, format: int32},
        natural: {type: integer, format: uint8}, real: {type: number}, time: {type: string, format: date-time},
        day: {type: string, format: date}, phone: {$ref: '#/components/schemas/Phone'}, list: {type: array, items: {type: string}},
        map: {type: object, additionalProperties: {type: integer}}, open: {type: object},
        loose: {type: string, x-tolerate: [number], x-aliases: [Loose, lax]}, never: {type: integer, x-tolerate: [string, any]},
        state: {$ref: '#/components/schemas/State'}, either: {$ref: '#/components/schemas/Either'},
        again: {$ref: '#/components/schemas/Given'}, gone: {type: string, nullable: true}}";
    let more = "    State: {type: string, enum: [on, off], x-case-insensitive: true}\n    \
                Either: {oneOf: [{type: string}, {type: integer}]}\n";
    let bindings = bound("{}", given, more);
    let strict = |required: bool, kind: &str, nullable: bool| {
        format!(
            "aliases:&[],required:{required},reading:Reading::Strict,sends_null:false,{NO_LENGTH},shape:Shape{{kind:Kind::{kind},nullable:{nullable}}}"
        )
    };
    // A property that may be missing may also be null.
    for (name, kind) in [
        ("text", "Text"),
        ("whole", "Integer{bits:64u32,signed:true}"),
        ("small", "Integer{bits:32u32,signed:true}"),
        ("natural", "Integer{bits:8u32,signed:false}"),
        ("real", "Number"),
        ("time", "Time"),
        ("day", "Date"),
        ("phone", "Component(&crate::model::api::schemas::Phone)"),
        ("state", "Component(&crate::model::api::schemas::State)"),
        ("either", "Component(&crate::model::api::schemas::Either)"),
        ("again", "Component(&crate::model::api::schemas::Given)"),
    ] {
        assert_described(&bindings, name, &strict(false, kind, true));
    }
    // A request may send null only where the author's spec says so.
    let gone = strict(false, "Text", true).replace("sends_null:false", "sends_null:true");
    assert_described(&bindings, "gone", &gone);
    assert_described(&bindings, "must", &strict(true, "Boolean", false));
    let empty = |required: bool, kind: &str| {
        format!(
            "aliases:&[],required:{required},reading:Reading::NullIsEmpty,sends_null:false,{NO_LENGTH},shape:Shape{{kind:Kind::{kind}"
        )
    };
    assert_described(&bindings, "list", &empty(true, "List(&Shape{kind:Kind::Text,"));
    assert_described(&bindings, "map", &empty(false, "Map(&Shape{kind:Kind::Integer{"));
    assert_described(&bindings, "open", &strict(false, "Map(&Shape{kind:Kind::Any,nullable:false})", true));
    assert_described(
        &bindings,
        "loose",
        &format!(
            "aliases:&[\"Loose\",\"lax\"],required:false,reading:Reading::Loose,sends_null:false,{NO_LENGTH},shape:Shape{{kind:Kind::Text,"
        ),
    );
    assert_described(
        &bindings,
        "never",
        &format!(
            "aliases:&[],required:false,reading:Reading::OrAbsent,sends_null:false,{NO_LENGTH},shape:Shape{{kind:Kind::Integer{{bits:64"
        ),
    );
    assert_described(
        &bindings,
        "State",
        "shape:Shape{kind:Kind::Choice{values:&[\"on\",\"off\"],case_insensitive:true},nullable:false}",
    );
    assert_described(
        &bindings,
        "Phone",
        "shape:Shape{kind:Kind::Sensitive(crate::model::operation::Sensitive::PhoneNumber),nullable:false}",
    );
    assert_described(&bindings, "Either", "shape:Shape{kind:Kind::Any,nullable:false}");
    assert!(!bindings.contains("staticUnused:"), "a schema that no operation uses has no entry");
}

#[test]
fn describes_requests_strictly_and_parameters_with_their_place() {
    let sent = "{end: {type: string, format: date-time, nullable: true}, loose: {type: string}, \
                named: {type: string, minLength: 2, maxLength: 9}}";
    let bindings = bound(sent, "{must: {type: string}, list: {type: array, items: {type: string}}}", "");
    assert_described(
        &bindings,
        "end",
        &format!(
            "aliases:&[],required:false,reading:Reading::Strict,sends_null:true,{NO_LENGTH},\
             shape:Shape{{kind:Kind::Component(&crate::model::api::schemas::NullableDateTime),nullable:true}}"
        ),
    );
    let length = "length:::std::option::Option::Some((2u64,9u64)),shape:Shape{kind:Kind::Text,nullable:true}";
    let named = format!("aliases:&[],required:false,reading:Reading::Strict,sends_null:false,{length}");
    assert_described(&bindings, "named", &named);
    assert_described(&bindings, "NullableDateTime", "shape:Shape{kind:Kind::Time,nullable:true}");
    assert_described(
        &bindings,
        "thing",
        "place:Place::Path,required:true,filled_in:false,\
         shape:Shape{kind:Kind::Component(&crate::model::api::schemas::Phone),nullable:false}",
    );
    assert_described(
        &bindings,
        "tags",
        "place:Place::Query,required:false,filled_in:false,shape:Shape{kind:Kind::List(&Shape{\
         kind:Kind::Component(&crate::model::api::schemas::Tag),",
    );
    assert_described(&bindings, "Tag", "shape:Shape{kind:Kind::Choice{");
    assert_described(
        &bindings,
        "x-mode",
        "place:Place::Header,required:false,filled_in:false,shape:Shape{kind:Kind::Boolean,",
    );
}
