//! Sends a request through the bindings of each awkward spec and compares its bytes with those in the table, and checks
//! that specs that cannot be bound are refused at their line. [`table`] documents the rows.
#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test, a panic is the failure")]

mod server;
mod table;

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;
use server::Server;
use table::Row;
use unloc_awkward::calls::{At, Call, Given, calls, own};
use unloc_codegen::{bindings, written_by_hand};
use unloc_lint::bindable;
use unloc_spec::{Document, Error, Operation, apis};

/// The rows that the build compiled.
const SELECTED: &str = env!("AWKWARD_ROWS");

fn rows() -> Vec<Row> {
    table::rows().into_iter().filter(|row| row.is_selected(SELECTED)).collect()
}

/// Fails if anything was found, and shows all of it.
fn none(found: &[String]) {
    assert!(found.is_empty(), "{} rows:\n\n{}\n", found.len(), found.join("\n\n"));
}

#[tokio::test]
async fn what_works_sends_what_its_row_says_and_reads_what_is_answered() {
    all(calls()).await;
}

/// What is not held to bytes that are written by hand is held to what the YAML says at least.
#[tokio::test]
async fn every_operation_of_our_own_specs_sends_and_reads_what_they_say() {
    let called: BTreeSet<_> = own().iter().map(|call| call.row.to_owned()).collect();
    let package = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let described = apis(&package).unwrap().into_iter().map(|api| {
        let file = package.join(format!("openapi/{api}.yaml"));
        Operation::all(&Document::read(&file).unwrap()).unwrap()
    });
    assert_eq!(called, described.flatten().map(|operation| operation.id).collect());
    all(own()).await;
}

async fn all(calls: Vec<Call>) {
    let server = Server::start().await;
    let at = At::new(&server.base);
    let mut found = Vec::new();
    for call in calls {
        server.answer(call.responses);
        let given = (call.make)(&at).await;
        let (sent, last) = server.requests();
        if let Err(what) = judge(&call, &given, &sent, last.as_deref()) {
            found.push(format!("{}: {what}", call.row));
        }
    }
    none(&found);
}

fn judge(call: &Call, given: &Given, sent: &str, last: Option<&str>) -> Result<(), String> {
    if let Some(words) = call.sent.strip_prefix("error: ") {
        let is_refused = matches!(given, Err(error) if error.contains(words));
        return if is_refused && sent.is_empty() { Ok(()) } else { Err(format!("gave {given:?} and sent {sent:?}")) };
    }
    if sent != call.sent {
        return Err(format!("sent\n{sent}\nin place of\n{}\nand gave {given:?}", call.sent));
    }
    let Some(json) = call.decoded.or(last) else { return Err("was not answered".to_owned()) };
    match given {
        Err(error) => Err(format!("was answered {json:?}, and gave {error}")),
        Ok(None) if call.responses.is_empty() => Ok(()),
        Ok(None) => Err(format!("gave nothing in place of {json}")),
        Ok(Some(decoded)) => {
            let wanted = serde_json::from_str(json).map_err(|error| format!("{json:?}: {error}"))?;
            let is_right = without_nulls(decoded) == without_nulls(&wanted);
            if is_right { Ok(()) } else { Err(format!("gave {decoded} in place of {wanted}")) }
        }
    }
}

/// Removes nulls, which the bindings read as absent.
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
fn what_is_refused_is_refused_at_the_line_that_is_marked() {
    let mut found = Vec::new();
    for row in rows() {
        if let Err(what) = bound(&row) {
            found.push(format!("{row} ({}): {what}\n{}", row.what, row.yaml));
        }
    }
    none(&found);
}

/// What the build asks beside the bindings: whether a client has a function of that name already.
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
        return quick.map_err(|errors| format!("is refused: {errors:?}"));
    };
    let marked: Vec<_> = row.yaml.lines().zip(1..).filter(|(line, _)| line.ends_with("#!")).map(|(_, at)| at).collect();
    let &[line] = marked.as_slice() else { return Err(format!("lines {marked:?} are marked in place of one")) };
    let Err(errors) =
        parsed.and_then(|document| bindings(&document, "api", &BTreeSet::new()).and_then(|_| clashes(&document)))
    else {
        return Err("is not refused".to_owned());
    };

    let is_elsewhere = errors.iter().any(|error| error.position.is_none_or(|position| position.line != line));
    if is_elsewhere || !errors.iter().any(|error| error.to_string().contains(words)) {
        let errors: Vec<_> = errors.iter().map(ToString::to_string).collect();
        return Err(format!("line {line} is to be refused with {words:?}, and is by {errors:#?}"));
    }
    if quick == Err(errors) { Ok(()) } else { Err(format!("`bindable` finds something else: {quick:?}")) }
}

#[test]
fn every_row_has_a_name_of_its_own_and_is_either_called_or_refused() {
    let rows = rows();
    let names: BTreeSet<_> = rows.iter().map(ToString::to_string).collect();
    assert_eq!(names.len(), rows.len());
    let works = rows.iter().filter(|row| row.refused.is_none()).map(ToString::to_string);
    assert_eq!(works.collect::<BTreeSet<_>>(), calls().iter().map(|call| call.row.to_owned()).collect());
    assert!(rows.len() >= 150 || !SELECTED.is_empty(), "{}", rows.len());
}
