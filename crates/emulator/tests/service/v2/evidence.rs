//! Sends the documented and observed requests in `tests/evidence/unloc-v2`.

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::support::Service;

/// Returns a payload. Ids in it are replaced: they are those of other data.
fn payload(file: &str, ids: &[(&str, &str)]) -> Value {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/evidence/unloc-v2");
    let text = std::fs::read_to_string(folder.join(file)).expect("a payload");
    let mut value: Value = text.parse().expect("JSON");
    replace(&mut value, ids);
    value
}

fn replace(value: &mut Value, ids: &[(&str, &str)]) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                match ids.iter().find(|(known, _)| known == name) {
                    Some((_, id)) if field.is_string() => *field = json!(id),
                    Some((_, id)) => *field = json!([id]),
                    None => replace(field, ids),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| replace(item, ids)),
        _ => {}
    }
}

#[tokio::test]
async fn accepts_the_documented_requests() {
    let service = Service::start().await;
    let api = service.project(0).await;
    let lock = api.lock("Main entrance").await;
    let (client, secret) = (service.emulator.client_id(), service.emulator.client_secret());
    let ids = [
        ("client_id", client),
        ("client_secret", secret),
        ("project_id", api.id.as_str()),
        ("organization_id", service.emulator.organization_id()),
        ("lockId", lock.as_str()),
        ("lockIds", lock.as_str()),
    ];
    let wrapped = |name: &str, file: &str| {
        let item = payload(file, &ids);
        // A fragment of a key needs the rest of the key.
        let mut key = json!({ "lockId": lock, "appUserId": "+12125550150" });
        key.as_object_mut().expect("an object").extend(item.as_object().cloned().unwrap_or_default());
        json!({ name: [key] })
    };
    for (path, body, status) in [
        ("/v2/auth/token/", payload("token-request-organization.json", &ids), 200),
        ("/v2/auth/token/", payload("token-request-project.json", &ids), 200),
        ("/v2/auth/resources-discovery/", payload("resources-discovery-request.json", &ids), 200),
        ("/keys", payload("create-keys-request.json", &ids), 202),
        ("/keys", payload("create-keys-request-full.json", &ids), 202),
        ("/keys", wrapped("keys", "recurrence-definition.json"), 202),
        ("/keys", wrapped("keys", "recurrence-example-lowercase.json"), 202),
        ("/access-groups", payload("create-access-group-request.json", &ids), 204),
        ("/webhooks", payload("register-webhook-request.json", &ids), 204),
    ] {
        let response = api.post(path, body.clone()).await;
        assert_eq!(response.status, status, "{path} {body}: {response:?}");
    }
}
