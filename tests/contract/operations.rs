//! Tests that each operation is sent to its path with the token of its client.

use std::collections::BTreeSet;

use serde_json::{Value, json};

pub(crate) use crate::calls::{Call, Ids, PASSWORD, PERSON, Seen, call_each, calls};
use crate::support::{Response, Server, unloc};

#[test]
fn calls_lists_each_operation_once() {
    let calls = calls();
    let called: BTreeSet<_> = calls.iter().map(|call| call.operation.id).collect();
    assert_eq!(called.len(), calls.len());
}

#[tokio::test]
async fn every_operation_is_sent_to_its_path_with_its_clients_token() {
    let server = Server::always(Response::json(404, &json!({"error": "NotFound"}))).await;
    let (unloc, ids) = (unloc(&server), Ids::plain());
    for call in calls() {
        let operation = call.operation;
        let error = call.run(&unloc, &ids).await.unwrap_err();
        assert_eq!(error.operation(), Some(operation));
        let [request] = &server.take()[..] else { panic!("{} was not sent exactly once", operation.id) };
        let mut path = operation.path.to_owned();
        for parameter in call.parameters() {
            path = path.replace(&format!("{{{parameter}}}"), &ids.get(parameter).replace('+', "%2B"));
        }
        let wanted = (operation.method, format!("/integrators/v1{path}"));
        // Lists send a page size in the query.
        let target = request.target.split('?').next().unwrap_or_default();
        assert_eq!((request.method.as_str(), target.to_owned()), wanted, "{}", operation.id);
        assert!(target.ends_with('/') && !target.contains("//"), "{target}");
        assert_eq!(operation.client, Some(call.client), "{}", operation.id);
        let bearer = request.header("authorization").unwrap();
        let scopes: Vec<_> = server.token_requests().iter().map(|request| request.json()["scope"].clone()).collect();
        let number: usize = bearer["Bearer eyJhbGciOi.".len()..][..10].parse().unwrap();
        let home = json!("lockHolder.identifier:NO.harbour-flats.");
        let scope = if call.client == "Unloc" { Value::Null } else { home };
        assert_eq!(scopes[number - 1], scope, "{}", operation.id);
    }
    assert_eq!(server.token_requests().len(), 2);
}
