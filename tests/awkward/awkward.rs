//! Tests the bindings of awkward specs. Each spec either sends exactly the request of its row, or is refused at its
//! line.
//!
//! [`table`] documents the rows.
#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test, a panic is the failure")]

mod server;
mod table;

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;
use server::Server;
use table::Row;
use unloc_awkward::calls::{At, Call, Outcome, calls, own};
use unloc_codegen::{bindings, written_by_hand};
use unloc_lint::bindable;
use unloc_spec::{Document, Error, Operation, apis};

/// Selects the rows that the build compiled.
const SELECTED: &str = env!("AWKWARD_ROWS");

fn rows() -> Vec<Row> {
    table::rows().into_iter().filter(|row| row.is_selected(SELECTED)).collect()
}

/// Panics with all problems if there are any.
fn assert_none(found: &[String]) {
    assert!(found.is_empty(), "{} rows fail:\n\n{}\n", found.len(), found.join("\n\n"));
}

#[tokio::test]
async fn calls_send_the_request_of_their_row_and_decode_the_response() {
    check_calls(calls()).await;
}

/// Asserts that every operation of the SDK's specs sends and decodes what the YAML describes.
#[tokio::test]
async fn every_operation_of_our_specs_sends_and_decodes_what_the_yaml_describes() {
    let called: BTreeSet<_> = own().iter().map(|call| call.row.to_owned()).collect();
    let package = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let described = apis(&package).unwrap().into_iter().map(|api| {
        let file = package.join(format!("openapi/{api}.yaml"));
        Operation::all(&Document::read(&file).unwrap()).unwrap()
    });
    assert_eq!(called, described.flatten().map(|operation| operation.id).collect());
    check_calls(own()).await;
}

async fn check_calls(calls: Vec<Call>) {
    let server = Server::start().await;
    let at = At::new(&server.base);
    let mut found = Vec::new();
    for call in calls {
        server.respond_with(call.responses);
        let outcome = (call.make)(&at).await;
        let (sent, last) = server.requests();
        if let Err(what) = compare(&call, &outcome, &sent, last.as_deref()) {
            found.push(format!("{}: {what}", call.row));
        }
    }
    assert_none(&found);
}

fn compare(call: &Call, outcome: &Outcome, sent: &str, last: Option<&str>) -> Result<(), String> {
    if let Some(words) = call.sent.strip_prefix("error: ") {
        let is_refused = matches!(outcome, Err(error) if error.contains(words));
        return if is_refused && sent.is_empty() {
            Ok(())
        } else {
            Err(format!("returned {outcome:?} and sent {sent:?}"))
        };
    }
    if sent != call.sent {
        return Err(format!("sent\n{sent}\ninstead of\n{}\nand returned {outcome:?}", call.sent));
    }
    let Some(json) = call.decoded.or(last) else { return Err("got no response".to_owned()) };
    match outcome {
        Err(error) => Err(format!("got the response {json:?} and returned the error {error}")),
        Ok(None) if call.responses.is_empty() => Ok(()),
        Ok(None) => Err(format!("returned no value instead of {json}")),
        Ok(Some(decoded)) => {
            let wanted = serde_json::from_str(json).map_err(|error| format!("{json:?}: {error}"))?;
            let is_right = without_nulls(decoded) == without_nulls(&wanted);
            if is_right { Ok(()) } else { Err(format!("returned {decoded} instead of {wanted}")) }
        }
    }
}

/// Removes nulls, which the bindings decode as absent.
fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            let set = map.iter().filter(|(_, value)| !value.is_null());
            set.map(|(key, value)| (key.clone(), without_nulls(value))).collect::<serde_json::Map<_, _>>().into()
        }
        Value::Array(list) => list.iter().map(without_nulls).collect(),
        other => other.clone(),
    }
}

#[test]
fn refused_specs_are_refused_at_the_marked_line() {
    let mut found = Vec::new();
    for row in rows() {
        if let Err(what) = bound(&row) {
            found.push(format!("{row} ({}): {what}\n{}", row.what, row.yaml));
        }
    }
    assert_none(&found);
}

/// Returns an error for each operation whose name a handwritten client function has, as the build does.
fn clashes(document: &Document) -> Result<(), Vec<Error>> {
    let package = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let clashes = written_by_hand(&package).unwrap().clashes(document, &Operation::all(document)?);
    if clashes.is_empty() { Ok(()) } else { Err(clashes) }
}

fn bound(row: &Row) -> Result<(), String> {
    let name = row.to_string();
    let parsed = Document::parse(Path::new(&name), &row.yaml).map_err(|error| vec![error]);
    let quick = parsed.clone().and_then(|document| bindable(&document).and_then(|()| clashes(&document)));
    let Some(words) = row.refused else {
        return quick.map_err(|errors| format!("is refused, but should be bound: {errors:?}"));
    };
    let marked: Vec<_> = row.yaml.lines().zip(1..).filter(|(line, _)| line.ends_with("#!")).map(|(_, at)| at).collect();
    let &[line] = marked.as_slice() else {
        return Err(format!("one line has to be marked with `#!`, but these are: {marked:?}"));
    };
    let Err(errors) =
        parsed.and_then(|document| bindings(&document, "api", &BTreeSet::new()).and_then(|_| clashes(&document)))
    else {
        return Err("is not refused".to_owned());
    };

    let is_elsewhere = errors.iter().any(|error| error.position.is_none_or(|position| position.line != line));
    if is_elsewhere || !errors.iter().any(|error| error.to_string().contains(words)) {
        let errors: Vec<_> = errors.iter().map(ToString::to_string).collect();
        return Err(format!("line {line} should be refused with {words:?}, but the errors are {errors:#?}"));
    }
    if quick == Err(errors) { Ok(()) } else { Err(format!("`bindable` returns something else: {quick:?}")) }
}

#[test]
fn row_names_are_unique_and_each_row_is_called_or_refused() {
    let rows = rows();
    let names: BTreeSet<_> = rows.iter().map(ToString::to_string).collect();
    assert_eq!(names.len(), rows.len());
    let works = rows.iter().filter(|row| row.refused.is_none()).map(ToString::to_string);
    assert_eq!(works.collect::<BTreeSet<_>>(), calls().iter().map(|call| call.row.to_owned()).collect());
    assert!(rows.len() >= 150 || !SELECTED.is_empty(), "{}", rows.len());
}
