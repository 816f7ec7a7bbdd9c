//! Lists every operation of the specs and the control interface, with a valid body.

use serde_json::{Value, json};
use unloc_emulator::Emulator;

/// Holds a method, a path with placeholders for ids, and a valid body.
pub(crate) type Target = (&'static str, &'static str, Option<Value>);

const LOCK_HOLDER: &str = "/integrators/v1/lock-holders/{lockHolder}";

/// Returns all operations and all routes of the control interface and the page.
pub(crate) fn targets() -> Vec<Target> {
    let key = json!({
        "userId": "+12125550150",
        "start": "2030-01-15T14:08:47.000Z",
        "end": null,
        "durationMinutes": 90,
        "recurrence": { "mon": { "startHour": 8, "startMinute": 0, "endHour": 24, "endMinute": 0 } },
        "appSwitchOnly": true,
        "skipInviteNotification": false,
    });
    let mut key_with_lock = key.clone();
    key_with_lock["lockId"] = "{lock}".into();
    let hook = json!({ "webhookUrl": "http://127.0.0.1:9/events" });
    let account = json!({ "vendor": "danalock", "email": "doors@example.com", "password": "EXAMPLE-PASSWORD" });
    let holder = json!({
        "name": "Invented Homes", "countryIso": "NO", "organizationId": "demo-invented",
        "organizationIdSuffix": "north", "createVendorAccount": true,
        "vendor": "danalock", "email": "homes@example.com", "password": "EXAMPLE-PASSWORD",
    });
    let token = json!({
        "grant_type": "client_credentials", "client_id": "{client}", "client_secret": "{secret}",
        "scope": ["lockHolder.admin:{lockHolder}"],
    });
    let lock = json!({
        "name": "Cellar door",
        "image": "data:image/png;base64,AAAA",
        "address": { "street": "Solgløttveien 15", "postalCode": "0001", "city": "Fjordvik", "countryIso": "NO", "floor": "1" },
    });
    let mut targets = vec![
        ("POST", "/auth/v1/token/", Some(token)),
        ("GET", "/integrators/v1/lock-holders/", None),
        ("POST", "/integrators/v1/lock-holders/", Some(holder)),
        ("POST", "/integrators/v1/lock-vendors/account/", Some(account)),
        ("GET", "/integrators/v1/integrator/{id}/", None),
        ("GET", "/images/{id}", None),
    ];
    let below_lock_holder = [
        ("PATCH", "/", Some(json!({ "name": "Renamed Homes" }))),
        ("GET", "/locks/", None),
        ("GET", "/locks/{lock}/", None),
        ("PATCH", "/locks/{lock}/", Some(lock)),
        ("GET", "/keys/", None),
        ("POST", "/keys/", Some(key_with_lock)),
        ("GET", "/locks/{lock}/keys/", None),
        ("POST", "/locks/{lock}/keys/", Some(key)),
        ("GET", "/locks/{lock}/keys/{key}/", None),
        ("PUT", "/locks/{lock}/keys/{key}/", Some(json!({ "state": "revoked" }))),
        ("GET", "/roles/", None),
        ("GET", "/locks/{lock}/roles/", None),
        ("PUT", "/locks/{lock}/roles/{user}/", Some(json!({ "canShare": true, "userName": "Nobody Real" }))),
        ("GET", "/users/{user}/keys/", None),
        ("GET", "/users/{user}/roles/", None),
        ("DELETE", "/users/{user}/shared-keys/", None),
        ("DELETE", "/locks/{lock}/users/{user}/shared-keys/", None),
        ("GET", "/vendor-connections/", None),
        ("POST", "/vendor-connections/", Some(json!({ "vendor": "virtual", "locksToCreate": 2 }))),
        ("POST", "/vendor-connections/", Some(json!({ "vendor": "danalock", "username": "a", "password": "b" }))),
        ("GET", "/vendor-connections/{connection}/", None),
        ("PUT", "/vendor-connections/{connection}/refresh/", None),
        ("PUT", "/vendor-connections/{connection}/update-password/", Some(json!({ "password": "EXAMPLE-OTHER" }))),
        ("GET", "/key-events/", None),
        ("GET", "/locks/{lock}/key-events/", None),
        ("POST", "/locks/{lock}/key-events/webhooks/", Some(hook.clone())),
        ("GET", "/key-events/webhooks/", None),
        ("POST", "/key-events/webhooks/", Some(hook)),
        ("DELETE", "/key-events/webhooks/{id}/", None),
    ];
    // Leaking is fine here: the test process is short-lived.
    targets
        .extend(below_lock_holder.map(|(method, path, body)| (method, &*format!("{LOCK_HOLDER}{path}").leak(), body)));
    targets.extend(version_2());
    targets.extend(control());
    targets
}

fn version_2() -> Vec<Target> {
    const PROJECT: &str = "/v2/projects/{lockHolder}";
    let credentials = json!({ "client_id": "{client}", "client_secret": "{secret}" });
    let mut token = credentials.clone();
    for (name, value) in
        [("grant_type", "client_credentials"), ("scope", "project.admin"), ("project_id", "{lockHolder}")]
    {
        token[name] = value.into();
    }
    let span = json!({ "weekday": "mon", "startHour": 8, "startMinute": 0, "endHour": 24, "endMinute": 0 });
    let key = json!({
        "lockId": "{lock}", "appUserId": "+12125550150", "start": "2030-01-15T14:08:47.000Z",
        "end": "2031-01-15T14:08:47.000Z", "recurrence": { "timeSpans": [span] }, "metadata": { "bookingId": "42" },
    });
    let right = json!({ "lockId": "{lock}", "appUserId": "+12125550150" });
    let group = json!({
        "name": "Cleaning crew", "description": "Opens all doors", "lockIds": ["{lock}"],
        "appUserIds": ["+12125550150"], "recurrence": { "timeSpans": [span] }, "metadata": { "crew": "7" },
    });
    let hook = json!({ "trigger": "accessEvent", "url": "http://127.0.0.1:9/events", "lockId": "{lock}" });
    let below_project = [
        ("GET", "", None),
        ("GET", "/locks", None),
        ("GET", "/keys?appUserId={user}&lockId={lock}&excludeStates=revoked&excludeSubprojectKeys=true&limit=1", None),
        ("POST", "/keys", Some(json!({ "keys": [key] }))),
        ("DELETE", "/keys", None),
        ("DELETE", "/keys?appUserId={user}&lockId={lock}", None),
        ("GET", "/keys/{key}", None),
        ("DELETE", "/keys/{key}", None),
        ("DELETE", "/shared-keys?appUserId={user}", None),
        ("GET", "/sharing-rights?appUserId={user}", None),
        ("POST", "/sharing-rights", Some(json!({ "sharingRights": [right] }))),
        ("DELETE", "/sharing-rights", None),
        ("POST", "/access-groups", Some(group)),
        ("GET", "/jobs/{id}", None),
        ("GET", "/lock-connections", None),
        ("PUT", "/lock-connections/{connection}/refresh", None),
        ("POST", "/lock-connections/{connection}/offboard", None),
        ("GET", "/logs/access?excludeSubprojectEvents=false", None),
        ("POST", "/webhooks", Some(hook)),
    ];
    let mut targets = vec![
        ("POST", "/v2/auth/token/", Some(token)),
        ("POST", "/v2/auth/resources-discovery/", Some(credentials)),
        ("GET", "/v2/organization/{organization}/projects", None),
        ("GET", "/v2/subprojects/{subproject}/keys", None),
        ("DELETE", "/v2/subprojects/{subproject}/keys", None),
        ("DELETE", "/v2/subprojects/{subproject}/shared-keys", None),
    ];
    // Leaking is fine here: the test process is short-lived.
    targets.extend(below_project.map(|(method, path, body)| (method, &*format!("{PROJECT}{path}").leak(), body)));
    targets
}

fn control() -> Vec<Target> {
    let someone = json!({ "lockId": "{lock}", "userId": "+12125550103" });
    let share = json!({ "lockId": "{lock}", "fromUserId": "+12125550101", "toUserId": "+12125550150" });
    let fault = json!({
        "kind": "status", "status": 418, "operation": "getLock", "times": 2, "after": 1, "carriedOut": true,
        "body": "{}", "contentType": "application/json", "retryAfter": 3,
    });
    let connection = json!({ "connectionId": "{connection}" });
    let installed = json!({ "connectionId": "{connection}", "name": "Cellar door" });
    let changed = json!({ "connectionId": "{connection}", "password": "EXAMPLE-OTHER" });
    let post = |path, body: &Value| ("POST", path, Some(body.clone()));
    vec![
        ("GET", "/", None),
        ("GET", "/openapi/auth.yaml", None),
        ("GET", "/openapi/integrator.yaml", None),
        ("GET", "/openapi/unloc-v2.yaml", None),
        ("GET", "/_emulator/", None),
        ("GET", "/_emulator/clock", None),
        ("PUT", "/_emulator/clock", Some(json!({ "speed": 60, "advanceSeconds": 86_400 }))),
        ("PUT", "/_emulator/clock", Some(json!({ "advanceTo": "9999-12-31T23:59:59Z" }))),
        ("GET", "/_emulator/snapshot?lockHolderId={lockHolder}", None),
        ("GET", "/_emulator/lock-holders/{lockHolder}/timeline?days=60", None),
        post("/_emulator/people/unlock", &someone),
        post("/_emulator/people/lock", &someone),
        post("/_emulator/people/view-code", &someone),
        post("/_emulator/people/share", &share),
        post("/_emulator/vendors/install", &installed),
        post("/_emulator/vendors/remove", &json!({ "lockId": "{lock}" })),
        post("/_emulator/vendors/fail", &connection),
        post("/_emulator/vendors/recover", &connection),
        post("/_emulator/vendors/disconnect", &connection),
        post("/_emulator/vendors/change-password", &changed),
        ("GET", "/_emulator/faults", None),
        ("POST", "/_emulator/faults", Some(fault)),
        ("DELETE", "/_emulator/faults", None),
        ("DELETE", "/_emulator/faults/1", None),
        ("GET", "/_emulator/quirks", None),
        ("PUT", "/_emulator/quirks", Some(json!({ "on": ["string-booleans", "other-successes"] }))),
        ("POST", "/_emulator/tokens/expire", None),
        ("GET", "/_emulator/requests", None),
        ("GET", "/_emulator/deliveries?settled", None),
        ("GET", "/_emulator/changes", None),
    ]
}

/// Maps each placeholder to a valid id.
pub(crate) struct Names(Vec<(&'static str, String)>);

impl Names {
    pub(crate) fn of(emulator: &Emulator) -> Self {
        let snapshot = emulator.snapshot();
        let holder = &snapshot.lock_holders[0].id;
        let key = snapshot.keys.iter().find(|key| key.state == "active" && !key.shared).expect("a key");
        let connection = snapshot.connections.iter().find(|connection| connection.lock_holder_id == *holder);
        Self(vec![
            ("{lockHolder}", holder.clone()),
            ("{lock}", key.lock_id.clone()),
            ("{key}", key.id.clone()),
            ("{id}", key.id.clone()),
            ("{user}", "%2B12125550101".to_owned()),
            ("{connection}", connection.expect("a connection").id.clone()),
            ("{subproject}", snapshot.subprojects[0].id.clone()),
            ("{organization}", emulator.organization_id().to_owned()),
            ("{client}", emulator.client_id().to_owned()),
            ("{secret}", emulator.client_secret().to_owned()),
        ])
    }

    /// Replaces all placeholders in a text by valid ids. `other` has the index of a placeholder and a value for it
    /// instead.
    pub(crate) fn fill(&self, text: &str, other: Option<(usize, &str)>) -> String {
        let mut text = text.to_owned();
        for (index, (name, valid)) in self.0.iter().enumerate() {
            let other = other.filter(|(at, _)| *at == index).map(|(_, other)| other);
            text = text.replace(name, other.unwrap_or(valid));
        }
        text
    }

    pub(crate) fn fill_body(&self, body: &Value) -> Value {
        self.fill(&body.to_string(), None).parse().expect("JSON")
    }
}
