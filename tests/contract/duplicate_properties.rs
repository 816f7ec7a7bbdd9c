//! Tests objects that have a property twice, under the same name or under two names.

use serde_json::{Value, json};

use crate::envelopes::{Harness, expected, sample};
use crate::operations::{PERSON, calls};
use crate::support::{Response, Server, home};

#[tokio::test]
async fn a_list_under_two_names_is_decoded_from_the_one_that_is_not_null_or_empty() {
    let harness = Harness::new().await;
    for call in calls() {
        let id = call.operation.id;
        let Some((&[name, alias], list)) = sample(id) else { continue };
        let wanted = expected(name, &list);
        let pairs = [
            (&list, &list),
            (&list, &Value::Null),
            (&Value::Null, &list),
            (&json!([]), &list),
            (&list, &json!([])),
            // If the two contradict each other, the documented name wins.
            (&list, &json!([{"id": "another"}])),
            (&list, &json!("nonsense")),
        ];
        for (named, aliased) in pairs {
            for body in [
                format!(r#"{{"{name}": {named}, "{alias}": {aliased}}}"#),
                format!(r#"{{"{alias}": {aliased}, "{name}": {named}}}"#),
                format!(r#"{{"{alias}": {aliased}, "{alias}": {aliased}, "{name}": {named}}}"#),
            ] {
                let read = harness.run(&call, Response::new(200, body.clone())).await;
                assert_eq!(read.unwrap_or_else(|error| panic!("{body}: {error}")), wanted, "{body}");
            }
        }
        let body = format!(r#"{{"{name}": 7, "{alias}": {list}}}"#);
        let error = harness.run(&call, Response::new(200, body)).await.unwrap_err();
        assert!(
            error.to_string().contains(&format!("`{name}`")) && !error.to_string().contains("duplicate"),
            "{error}"
        );
    }
}

#[tokio::test]
async fn a_nested_recurrence_under_two_names_is_decoded() {
    let span = json!({"weekday": "fri", "startHour": 8});
    let week = format!(r#"{{"timeSpans": [{span}], "timespans": [{span}], "mon": null, "mon": null}}"#);
    let key = format!(r#"{{"toUser": {{"id": "{PERSON}"}}, "state": "active", "recurrence": {week}}}"#);
    let body = format!(r#"{{"keys": [{key}, {key}], "startAfterId": "a", "startAfterId": "a"}}"#);
    let server = Server::always(Response::new(200, body)).await;
    let page = home(&server).get_keys().send().await.unwrap();
    assert_eq!(page.len(), 2);
    for key in page {
        assert_eq!(key.recurrence.unwrap().time_spans.len(), 1);
    }
}

#[tokio::test]
async fn a_duplicate_property_is_decoded_in_every_response() {
    let harness = Harness::new().await;
    for call in calls() {
        let Some((names, value)) = sample(call.operation.id) else { continue };
        let wanted = expected(names[0], &value);
        let object = if value.is_array() { &value[0] } else { &value };
        // Each property of the object is repeated, once with its value and once as null.
        for again in [object.clone(), object.as_object().unwrap().keys().map(|name| (name, Value::Null)).collect()] {
            let (first, second) = (object.to_string(), again.to_string());
            let doubled = format!("{}, {}", &first[..first.len() - 1], &second[1..]);
            let doubled = if value.is_array() { format!("[{doubled}]") } else { doubled };
            let body = format!(r#"{{"{}": {doubled}}}"#, names[0]);
            let read = harness.run(&call, Response::new(200, body.clone())).await;
            assert_eq!(read.unwrap_or_else(|error| panic!("{body}: {error}")), wanted, "{body}");
        }
    }
}
