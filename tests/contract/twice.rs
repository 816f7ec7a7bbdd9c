//! Objects in which a property stands twice, under one name or under two.

use serde_json::{Value, json};

use crate::envelopes::{Bench, given, sample};
use crate::operations::{PERSON, calls};
use crate::support::{Answer, Server, home};

#[tokio::test]
async fn a_list_under_two_names_is_read_once_and_from_the_name_that_says_something() {
    let bench = Bench::new().await;
    for call in calls() {
        let id = call.operation.id;
        let Some((&[name, alias], list)) = sample(id) else { continue };
        let wanted = given(name, &list);
        let pairs = [
            (&list, &list),
            (&list, &Value::Null),
            (&Value::Null, &list),
            (&json!([]), &list),
            (&list, &json!([])),
            // Contradictions: the documented name counts.
            (&list, &json!([{"id": "another"}])),
            (&list, &json!("nonsense")),
        ];
        for (named, aliased) in pairs {
            for body in [
                format!(r#"{{"{name}": {named}, "{alias}": {aliased}}}"#),
                format!(r#"{{"{alias}": {aliased}, "{name}": {named}}}"#),
                format!(r#"{{"{alias}": {aliased}, "{alias}": {aliased}, "{name}": {named}}}"#),
            ] {
                let read = bench.answered(&call, Answer::new(200, body.clone())).await;
                assert_eq!(read.unwrap_or_else(|error| panic!("{body}: {error}")), wanted, "{body}");
            }
        }
        let body = format!(r#"{{"{name}": 7, "{alias}": {list}}}"#);
        let error = bench.answered(&call, Answer::new(200, body)).await.unwrap_err();
        assert!(
            error.to_string().contains(&format!("`{name}`")) && !error.to_string().contains("duplicate"),
            "{error}"
        );
    }
}

#[tokio::test]
async fn a_recurrence_under_two_names_deep_in_a_list_is_read() {
    let span = json!({"weekday": "fri", "startHour": 8});
    let week = format!(r#"{{"timeSpans": [{span}], "timespans": [{span}], "mon": null, "mon": null}}"#);
    let key = format!(r#"{{"toUser": {{"id": "{PERSON}"}}, "state": "active", "recurrence": {week}}}"#);
    let body = format!(r#"{{"keys": [{key}, {key}], "startAfterId": "a", "startAfterId": "a"}}"#);
    let server = Server::always(Answer::new(200, body)).await;
    let page = home(&server).get_keys().send().await.unwrap();
    assert_eq!(page.len(), 2);
    for key in page {
        assert_eq!(key.recurrence.unwrap().time_spans.len(), 1);
    }
}

#[tokio::test]
async fn a_property_that_stands_twice_is_read_in_every_response() {
    let bench = Bench::new().await;
    for call in calls() {
        let Some((names, value)) = sample(call.operation.id) else { continue };
        let wanted = given(names[0], &value);
        let object = if value.is_array() { &value[0] } else { &value };
        // Each property of the object once more, as it is and as null.
        for again in [object.clone(), object.as_object().unwrap().keys().map(|name| (name, Value::Null)).collect()] {
            let (first, second) = (object.to_string(), again.to_string());
            let twice = format!("{}, {}", &first[..first.len() - 1], &second[1..]);
            let twice = if value.is_array() { format!("[{twice}]") } else { twice };
            let body = format!(r#"{{"{}": {twice}}}"#, names[0]);
            let read = bench.answered(&call, Answer::new(200, body.clone())).await;
            assert_eq!(read.unwrap_or_else(|error| panic!("{body}: {error}")), wanted, "{body}");
        }
    }
}
