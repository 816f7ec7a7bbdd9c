//! Defines the calls of each operation of version 2.

use serde_json::{Value, json};
use unloc_spec::PathTemplate;

use crate::scenarios::{Scenario, on};
use crate::world::{Call, credentials};

const ASTRID: &str = "+12125550101";
const NOBODY: &str = "+12125550199";

/// Lists the documented errors that the emulator never returns, with the reason.
pub(crate) const NEVER_V2: &[(&str, u16, &str)] = &[
    ("v2:getProjects", 404, ANOTHER),
    ("v2:getProject", 404, ANOTHER),
    ("v2:getLocks", 404, ANOTHER),
    ("v2:getKeys", 404, ANOTHER),
    ("v2:createKeys", 404, ANOTHER),
    ("v2:revokeKeys", 404, ANOTHER),
    ("v2:revokeSharedKeys", 404, ANOTHER),
    ("v2:getSharingRights", 404, ANOTHER),
    ("v2:createSharingRights", 404, ANOTHER),
    ("v2:revokeSharingRights", 404, ANOTHER),
    ("v2:createAccessGroup", 404, ANOTHER),
    ("v2:getLockConnections", 404, ANOTHER),
    ("v2:getAccessLog", 404, ANOTHER),
    ("v2:registerWebhook", 404, ANOTHER),
];

const ANOTHER: &str = "a path with another id than the token's is a 403, and an unknown lock in a body a 400";

/// Adds the errors of every operation with a token (401, 403) and of every id in a path (403, 404).
pub(crate) fn with_common_errors_v2(mut scenario: Scenario, call: &Call) -> Scenario {
    let operation = &scenario.documented().operation;
    if operation.client.is_none() {
        return scenario;
    }
    for token in ["none", "garbage", "expired"] {
        scenario = scenario.bad(401, call.clone().by(token));
    }
    // Tokens of version 1 are valid, but for nothing here.
    for token in ["foreignProject", "unscoped", "lockHolder"] {
        scenario = scenario.bad(403, call.clone().by(token));
    }
    for (token, scope) in
        [("organization", "organization.admin"), ("project", "project.admin"), ("installer", "project.installer")]
    {
        if !operation.scopes.iter().any(|known| known == scope) {
            scenario = scenario.bad(403, call.clone().by(token));
        }
    }
    for parameter in PathTemplate::of(&operation.path).names() {
        let status = if ["organizationId", "projectId"].contains(&parameter) { 403 } else { 404 };
        scenario = scenario.bad(status, call.clone().with(parameter, "nothing"));
    }
    scenario
}

/// Returns the scenarios of all operations of version 2. Revocations have filters, so that data for others remains.
pub(crate) fn scenarios_v2() -> Vec<Scenario> {
    let all = [tokens(), projects(), keys(), sharing(), jobs_and_connections(), log_and_webhooks(), subprojects()];
    all.into_iter().flatten().collect()
}

fn tokens() -> Vec<Scenario> {
    let ask = |change: Value| {
        let mut body = credentials();
        body.as_object_mut().expect("an object").extend(change.as_object().cloned().unwrap_or_default());
        Call::body(body)
    };
    let organization = json!({ "scope": "organization.admin", "organization_id": "{organizationId}" });
    let project = |scope: &str| json!({ "scope": scope, "project_id": "{projectId}" });
    let discovery = |secret: &str| Call::body(json!({ "client_id": "{integratorId}", "client_secret": secret }));
    let with = |name: &str, value: &str| {
        let mut body = project("project.admin");
        body[name] = json!(value);
        ask(body)
    };
    vec![
        on("v2:getToken")
            .good(ask(organization))
            .good(ask(project("project.admin")))
            .good(ask(project("project.installer")))
            .bad(400, ask(project("subproject.admin")))
            .bad(400, ask(project("organization.admin")))
            .bad(400, ask(json!({ "scope": "organization.admin", "organization_id": "{projectId}" })))
            .bad(400, with("project_id", "nothing"))
            .bad(400, with("organization_id", "{organizationId}"))
            .bad(400, with("grant_type", "password"))
            .bad(401, with("client_id", "somebody"))
            .bad(401, with("client_secret", "wrong"))
            .bad_body(json!({ "grant_type": "client_credentials" })),
        on("v2:discoverResources")
            .good(discovery("{secret}"))
            .bad(401, discovery("wrong"))
            .bad_body(json!({ "client_id": "{integratorId}" })),
    ]
}

fn projects() -> Vec<Scenario> {
    vec![on("v2:getProjects").good(Call::new()), on("v2:getProject").good(Call::new()), on("v2:getLocks").paged()]
}

fn keys() -> Vec<Scenario> {
    let span = json!({ "weekday": "mon", "startHour": 9, "startMinute": 0, "endHour": 24, "endMinute": 0 });
    let full = json!({
        "lockId": "{lockId}", "appUserId": NOBODY, "start": "2030-01-01T08:00:00.000Z",
        "end": "2030-02-01T08:00:00.000Z", "recurrence": { "timeSpans": [span] }, "metadata": { "bookingId": "42" },
    });
    let filters = || Call::new().query("appUserId", NOBODY).query("lockId", "{lockId}");
    vec![
        on("v2:getKeys")
            .paged()
            .good(filters().query("excludeStates", "revoked,expired").query("excludeSubprojectKeys", "true"))
            .bad(400, Call::new().query("appUserId", "somebody"))
            .bad(400, Call::new().query("excludeStates", "lost"))
            .bad(400, Call::new().query("excludeSubprojectKeys", "maybe")),
        on("v2:createKeys")
            .good(Call::body(json!({ "keys": [full] })))
            .bad(400, Call::body(json!({ "keys": [{ "lockId": "nowhere", "appUserId": NOBODY }] })))
            .bad_body(json!({ "keys": [] })),
        on("v2:revokeKeys").good(filters()).bad(400, Call::new().query("appUserId", "")),
        on("v2:getKey").good(Call::new()).good(Call::new().with("keyId", "{expiredKeyId}")),
        on("v2:revokeKey").good(Call::new()).bad(409, Call::new().with("keyId", "{expiredKeyId}")),
        on("v2:revokeSharedKeys").good(filters()).bad(400, Call::new().query("appUserId", "12125550101")),
    ]
}

fn sharing() -> Vec<Scenario> {
    let right = |user: &str| json!({ "lockId": "{lockId}", "appUserId": user });
    let filters = || Call::new().query("appUserId", NOBODY).query("lockId", "{lockId}");
    let group = json!({
        "name": "Cleaning crew", "description": "Opens every door", "lockIds": ["{lockId}", "{virtualLockId}"],
        "appUserIds": [NOBODY], "metadata": { "crew": "7" }, "recurrence": { "timeSpans": [
            { "weekday": "sun", "startHour": 0, "startMinute": 0, "endHour": 24, "endMinute": 0 },
        ] },
    });
    vec![
        on("v2:getSharingRights").paged().bad(400, Call::new().query("appUserId", "somebody")),
        on("v2:createSharingRights")
            .good(Call::body(json!({ "sharingRights": [right(NOBODY)] })))
            .bad(400, Call::body(json!({ "sharingRights": [right(ASTRID)] })))
            .bad_body(json!({ "sharingRights": [{}] })),
        on("v2:revokeSharingRights").good(filters()).bad(400, Call::new().query("appUserId", "somebody")),
        on("v2:createAccessGroup").good(Call::body(group)).bad_body(json!({ "name": "Nobody", "lockIds": [] })),
    ]
}

fn jobs_and_connections() -> Vec<Scenario> {
    let virtual_one = || Call::new().with("lockConnectionId", "{virtualConnectionId}");
    vec![
        on("v2:getJobStatus").good(Call::new()),
        on("v2:getLockConnections").good(Call::new()),
        // The clock is stopped, so the first refresh is still in progress when the second is requested.
        on("v2:refreshLockConnection").good(virtual_one().by("installer")).bad(409, virtual_one()),
        on("v2:offboardLockConnection")
            .good(Call::new())
            .bad(400, Call::new().query("confirmationCode", "wrong"))
            .bad(409, virtual_one()),
    ]
}

fn log_and_webhooks() -> Vec<Scenario> {
    let webhook = || json!({ "trigger": "accessEvent", "url": "{base}/hook" });
    let mut for_lock = webhook();
    for_lock["lockId"] = json!("{lockId}");
    vec![
        on("v2:getAccessLog").paged().bad(400, Call::new().query("excludeSubprojectEvents", "yes")),
        on("v2:registerWebhook")
            .good(Call::body(webhook()))
            .good(Call::body(for_lock))
            .bad_body(json!({ "trigger": "doorbell", "url": "{base}/hook" })),
    ]
}

fn subprojects() -> Vec<Scenario> {
    let filters = || Call::new().query("appUserId", NOBODY);
    let nobody = || Call::new().query("appUserId", "somebody");
    vec![
        on("v2:getKeysInSubproject").paged(),
        on("v2:revokeKeysInSubproject").good(filters()).bad(400, nobody()),
        on("v2:revokeSharedKeysInSubproject").good(filters()).bad(400, nobody()),
    ]
}
