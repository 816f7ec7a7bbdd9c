//! Tests what the documentation of operations says about retries, results and evidence.
#![allow(clippy::unwrap_used, reason = "in a test, a panic is the failure")]

use std::collections::BTreeSet;
use std::path::Path;

use unloc_codegen::names;
use unloc_spec::{Document, Operation};

/// Returns the operations of the Integrator API, each with the documentation of its builder, and the documentation and
/// signature of `send`.
fn documented() -> Vec<(Operation, String, String)> {
    let spec = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../openapi/integrator.yaml");
    let document = Document::read(&spec).unwrap();
    let source = unloc_codegen::bindings(&document, "integrator", &BTreeSet::new()).unwrap().client;
    let operations = Operation::all(&document).unwrap().into_iter().map(|operation| {
        let name = names::builder(&operation);
        let (before, _) = source.split_once(&format!("pub struct {name} {{")).unwrap();
        let builder = before.rsplit("/**").next().unwrap().to_owned();
        let (_, block) = source.split_once(&format!("impl {name} {{")).unwrap();
        let (before, signature) = block.split_once("pub async fn send(").unwrap();
        let docs = before.rsplit_once("///Sends `").unwrap().1;
        let send = format!("{docs}{}", signature.split_once("self.send_with_response").unwrap().0);
        (operation, builder, send)
    });
    operations.collect()
}

#[test]
fn says_when_an_operation_is_retried() {
    for (operation, builder, _) in documented() {
        let words = if operation.idempotent {
            "Idempotent: retried after transient failures"
        } else {
            "**Not idempotent**: retried only while no request has reached the service, and once after a 401"
        };
        assert!(builder.contains(&format!(". {words}; see [`RetryPolicy`](crate::RetryPolicy).")), "{builder}");
    }
}

#[test]
fn says_when_an_operation_returns_no_value() {
    let mut found = BTreeSet::new();
    for (operation, builder, send) in documented() {
        let is_optional = send.split_whitespace().collect::<String>().contains("Result<::std::option::Option<");
        let sentence = "`send` returns `None` if the response contains no `";
        assert_eq!(is_optional, builder.contains(sentence), "{send}\n{builder}");
        assert_eq!(is_optional, send.contains(" Returns `None` if the response contains no `"), "{send}");
        if is_optional {
            found.insert(operation.id);
        }
    }
    let ids = ["createWebhook", "createWebhookForLock", "getIntegrator", "updateKey"].map(str::to_owned);
    assert_eq!(found, ids.into());
}

#[test]
fn says_how_much_of_a_list_is_returned() {
    let of = |id: &str| documented().into_iter().find(|(operation, ..)| operation.id == id).unwrap().2;
    assert!(of("getKeys").contains("requests at most 500 items for it"));
    assert!(of("getKeysForLock").contains("The operation takes no cursor, so it has no `items()`"));
    assert!(of("getWebhooks").contains("Returns all items of the response, which has no cursor."));
}

#[test]
fn marks_inferred_operations_and_ends_each_error_with_a_full_stop() {
    for (operation, builder, _) in documented() {
        let (rest, evidence) = builder.split_once("# Evidence\n").unwrap();
        assert_eq!(evidence.starts_with("**Inferred in part.** "), operation.evidence == "inferred", "{evidence}");
        let (_, errors) = rest.split_once("# Errors\n").unwrap();
        let errors: Vec<_> = errors.lines().filter(|line| line.starts_with("* ")).collect();
        assert!(errors.len() >= 2 && errors.iter().all(|error| error.ends_with('.')), "{errors:?}");
    }
}
