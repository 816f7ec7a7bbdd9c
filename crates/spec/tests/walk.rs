//! Tests that operations of documents are found even if the documents cannot be bound.
#![allow(clippy::unwrap_used, reason = "in a test, a panic is the failure")]

use unloc_spec::{Document, Operation, RawOperation, paths, reached};

const TEXT: &str = "\
openapi: 3.0.3
paths:
  x-note: nothing
  /doors/{id}/:
    summary: Doors
    parameters:
      - {name: id, in: path}
      - {name: X-Trace, in: header}
      - {$ref: '#/components/parameters/First'}
      - {$ref: '#/components/parameters/Round'}
    get:
      parameters:
        - {name: x-trace, in: header, description: own}
        - {name: id, in: query}
        - {name: id, in: query}
    post: 7
    fetch: {}
components:
  parameters:
    First: {$ref: '#/components/parameters/Second'}
    Second: {name: limit, in: query, schema: {$ref: '#/components/schemas/Count'}}
    Round: {$ref: '#/components/parameters/Round'}
  schemas:
    Count: {type: integer}
";

fn document() -> Document {
    Document::parse("doors.yaml".as_ref(), TEXT).unwrap()
}

#[test]
fn finds_every_operation_whatever_describes_it() {
    let document = document();
    assert_eq!(paths(&document.value).map(|(path, _)| path).collect::<Vec<_>>(), ["/doors/{id}/"]);
    let found: Vec<_> = RawOperation::all(&document.value).map(|one| (one.address(), one.at.pointer)).collect();
    let expected =
        [("GET /doors/{id}/", "/paths/~1doors~1{id}~1/get"), ("POST /doors/{id}/", "/paths/~1doors~1{id}~1/post")];
    assert_eq!(found, expected.map(|(address, pointer)| (address.to_owned(), pointer.to_owned())));
    let errors: Vec<_> = Operation::all(&document).unwrap_err().iter().map(ToString::to_string).collect();
    for wrong in [
        "doors.yaml:3:3: unknown extension `x-note`",
        "`fetch` is not an HTTP method",
        "`#/components/parameters/Round` is circular",
    ] {
        assert!(errors.iter().any(|error| error.contains(wrong)), "{wrong}: {errors:?}");
    }
}

#[test]
fn finds_parameters_where_they_are_described() {
    let document = document();
    let get = RawOperation::find(&document.value, "/doors/{id}/", "GET").unwrap();
    let found: Vec<_> = get.parameters(&document.value).into_iter().map(|one| one.pointer).collect();
    let own = "/paths/~1doors~1{id}~1/get/parameters";
    // The header overrides that of the path, in any letter case. The circular reference has no target.
    let expected = [
        format!("{own}/0"),
        format!("{own}/1"),
        format!("{own}/2"),
        "/paths/~1doors~1{id}~1/parameters/0".to_owned(),
        "/components/parameters/Second".to_owned(),
    ];
    assert_eq!(found, expected);
}

#[test]
fn finds_what_a_part_refers_to_once_and_terminates() {
    let document = document();
    let found = reached(&document.value, [document.value.pointer("/paths").unwrap()]);
    let parameters = ["First", "Round", "Second"].map(|name| format!("/components/parameters/{name}"));
    let expected: Vec<_> = parameters.into_iter().chain(["/components/schemas/Count".to_owned()]).collect();
    assert_eq!(found.into_iter().collect::<Vec<_>>(), expected);
}
