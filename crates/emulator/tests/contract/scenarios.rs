//! Defines the calls of each operation: those that succeed, and one or more for each documented error.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use unloc_spec::PathTemplate;

use crate::scenarios_v2::{NEVER_V2, scenarios_v2, with_common_errors_v2};
use crate::spec::{Documented, OPERATIONS, documented};
use crate::world::Call;

const ASTRID: &str = "+12125550101";
const NOBODY: &str = "+12125550199";

/// Lists the documented errors that the emulator never returns, with the reason.
pub(crate) const NEVER: &[(&str, u16, &str)] = &[
    ("getLockHolders", 403, "tokens of every scope list lock holders"),
    ("createVendorAccount", 403, "the spec lists every scope, as none is documented"),
    ("createKey", 409, "no document says what a new key could contradict"),
    ("createKeyForLockHolder", 409, "no document says what a new key could contradict"),
    ("updateKey", 409, "needs the quirk revoking-expired-conflicts, which has a test of its own"),
];

/// Holds the calls of an operation, in order, with the expected status of each.
pub(crate) struct Scenario {
    pub(crate) id: &'static str,
    pub(crate) calls: Vec<(u16, Call)>,
}

impl Scenario {
    pub(crate) fn documented(&self) -> &'static Documented {
        documented(self.id)
    }

    pub(crate) fn good(mut self, call: Call) -> Self {
        self.calls.push((self.documented().success(), call));
        self
    }

    pub(crate) fn bad(mut self, status: u16, call: Call) -> Self {
        self.calls.push((status, call));
        self
    }

    /// Adds calls with an invalid body, with an array as body, and without a body.
    pub(crate) fn bad_body(self, body: Value) -> Self {
        self.bad(400, Call::body(body)).bad(400, Call::body(json!([]))).bad(400, Call::new())
    }

    pub(crate) fn paged(self) -> Self {
        self.good(Call::new())
            .good(Call::new().query("limit", "1"))
            .bad(400, Call::new().query("limit", "0"))
            .bad(400, Call::new().query("startAfterId", "nowhere"))
    }

    /// Adds the errors of every operation with a token (401, 403) and of every id in a path (404).
    fn with_common_errors(mut self) -> Self {
        let (documented, call) = (self.documented(), self.calls[0].1.clone());
        let operation = &documented.operation;
        if documented.is_v2() {
            return with_common_errors_v2(self, &call);
        }
        if operation.client.is_some() {
            for token in ["none", "garbage", "expired"] {
                self = self.bad(401, call.clone().by(token));
            }
        }
        if operation.client_name() == Some("LockHolderClient") {
            for token in ["foreign", "unscoped", "admin"] {
                self = self.bad(403, call.clone().by(token));
            }
        }
        // An unknown user has no keys, which is not an error.
        for parameter in PathTemplate::of(&operation.path).names().filter(|name| *name != "userId") {
            self = self.bad(404, call.clone().with(parameter, "nothing"));
        }
        self
    }
}

pub(crate) fn on(id: &'static str) -> Scenario {
    Scenario { id, calls: Vec::new() }
}

/// Returns the scenarios of all operations of all specs.
///
/// Those of version 2 come first: version 1 leaves the vendor connection in the middle of a refresh.
pub(crate) fn scenarios() -> Vec<Scenario> {
    let all =
        [scenarios_v2(), token(), lock_holders(), locks(), keys(), roles_and_users(), vendors(), events_and_webhooks()];
    all.into_iter().flatten().map(Scenario::with_common_errors).collect()
}

fn token() -> Vec<Scenario> {
    let ask = |change: Value| {
        let mut body = json!({
            "grant_type": "client_credentials", "client_id": "{integratorId}", "client_secret": "{secret}",
        });
        for (name, value) in change.as_object().into_iter().flatten() {
            body[name] = value.clone();
        }
        Call::body(body)
    };
    let admins = json!(["lockHolder.admin:{lockHolderId}", "lockHolder.admin:{foreignLockHolderId}"]);
    let twice = "lockHolder.identifier:NO.demo-fjordglott. lockHolder.identifier:NO.demo-nordlys.tromso";
    vec![
        on("getToken")
            .good(ask(json!({})))
            .good(ask(json!({ "scope": "integrator.admin" })))
            .good(ask(json!({ "scope": "lockHolder.identifier:NO.demo-fjordglott." })))
            .good(ask(json!({ "scope": admins })))
            .bad(400, ask(json!({ "scope": twice })))
            .bad(400, ask(json!({ "scope": "lockHolder.admin:nobody" })))
            .bad(400, ask(json!({ "scope": 7 })))
            .bad(400, ask(json!({ "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange" })))
            .bad(401, ask(json!({ "client_id": "somebody" })))
            .bad(401, ask(json!({ "client_secret": "wrong" })))
            .bad_body(json!({ "grant_type": "client_credentials" })),
    ]
}

fn lock_holders() -> Vec<Scenario> {
    let create = json!({ "name": "Harbour Flats", "countryIso": "NO", "organizationId": "harbour-flats" });
    let mut with_account = create.clone();
    with_account["organizationIdSuffix"] = json!("b");
    for (name, value) in [("vendor", "danalock"), ("email", "b@example.com"), ("password", "EXAMPLE")] {
        with_account[name] = json!(value);
    }
    with_account["createVendorAccount"] = json!(true);
    vec![
        on("getLockHolders").good(Call::new()).good(Call::new().by("admin")).good(Call::new().by("lockHolder")),
        on("createLockHolder")
            .good(Call::body(create.clone()))
            .good(Call::body(with_account).by("admin"))
            .bad(403, Call::body(create.clone()).by("lockHolder"))
            .bad(409, Call::body(create))
            .bad_body(json!({ "name": "abc" })),
        on("updateLockHolder").good(Call::body(json!({ "name": "Harbour Flats South" }))).bad_body(json!({})),
        on("getIntegrator").good(Call::new()).good(Call::new().by("admin")).bad(403, Call::new().by("lockHolder")),
    ]
}

fn locks() -> Vec<Scenario> {
    let address = json!({
        "street": "1 Quay Street", "postalCode": "0101", "city": "Oslo", "countryIso": "no", "floor": "2",
        "visitorInstructions": "Second entrance",
    });
    let update = json!({ "name": "Front door", "image": "data:image/png;base64,iVBORw0KGgo=", "address": address });
    vec![
        on("getLocks").paged(),
        on("getLock").good(Call::new()).good(Call::new().with("lockId", "{virtualLockId}")),
        on("updateLock")
            .good(Call::body(update))
            .good(Call::body(json!({ "address": null })).with("lockId", "{virtualLockId}"))
            .bad_body(json!({ "image": "http://example.com/a.png" })),
    ]
}

fn keys() -> Vec<Scenario> {
    let day = json!({ "startHour": 8, "startMinute": 0, "endHour": 12, "endMinute": 30 });
    let create = json!({
        "userId": NOBODY, "durationMinutes": 60, "skipInviteNotification": true, "appSwitchOnly": false,
        "recurrence": { "tue": day },
    });
    vec![
        on("getKeys").paged(),
        on("createKeyForLockHolder")
            .good(Call::body(json!({ "lockId": "{lockId}", "userId": NOBODY })))
            .bad(404, Call::body(json!({ "lockId": "nowhere", "userId": NOBODY })))
            .bad_body(json!({ "userId": NOBODY })),
        on("getKeysForLock").good(Call::new()),
        on("createKey").good(Call::body(json!({ "userId": NOBODY }))).good(Call::body(create)).bad_body(json!({})),
        on("getKey").good(Call::new()),
        on("updateKey").good(Call::body(json!({ "state": "revoked" }))).bad_body(json!({ "state": "active" })),
    ]
}

fn roles_and_users() -> Vec<Scenario> {
    let nobody = || Call::new().with("userId", "somebody");
    vec![
        on("getRoles").paged(),
        on("getRolesForLock").good(Call::new()),
        on("createOrUpdateRole")
            .good(Call::body(json!({ "canShare": true })).with("userId", NOBODY))
            .good(Call::body(json!({ "canShare": false, "userName": "Kim" })).with("userId", NOBODY))
            .bad(400, Call::body(json!({ "canShare": true })).with("userId", "somebody"))
            .bad_body(json!({ "canShare": "true" })),
        on("getKeysForUser").good(Call::new()).good(Call::new().with("userId", NOBODY)).bad(400, nobody()),
        on("getRolesForUser").good(Call::new()).good(Call::new().with("userId", ASTRID)).bad(400, nobody()),
        on("deleteSharedKeysForUser").good(Call::new()).bad(400, nobody()),
        on("deleteSharedKeysForLock").good(Call::new().with("userId", ASTRID)).bad(400, nobody()),
    ]
}

fn vendors() -> Vec<Scenario> {
    let open = json!({ "vendor": "danalock", "email": "new@example.com", "password": "EXAMPLE" });
    let account = |name: &str| json!({ "vendor": "danalock", "username": name, "password": "EXAMPLE" });
    let password = || Call::body(json!({ "password": "EXAMPLE" }));
    vec![
        on("getVendorConnections").good(Call::new()),
        on("createVendorConnection")
            .good(Call::body(account("other@example.com")))
            .good(Call::body(json!({ "vendor": "virtual", "locksToCreate": 2 })))
            .bad(409, Call::body(account("other@example.com")))
            .bad_body(json!({ "vendor": "virtual", "locksToCreate": 101 })),
        on("getVendorConnection").good(Call::new()),
        // The clock is stopped, so the first refresh is still in progress when the second is requested.
        on("refreshVendorConnection").good(Call::new()).bad(409, Call::new()),
        on("updateVendorConnectionPassword")
            .good(password())
            .bad(400, password().with("vendorConnectionId", "{virtualConnectionId}"))
            .bad_body(json!({ "password": 7 })),
        on("createVendorAccount")
            .good(Call::body(open.clone()))
            .bad(409, Call::body(open))
            .bad_body(json!({ "vendor": "virtual" })),
    ]
}

fn events_and_webhooks() -> Vec<Scenario> {
    let webhook = || Call::body(json!({ "webhookUrl": "{base}/hook" }));
    vec![
        on("getKeyEvents").paged(),
        on("getKeyEventsForLock").paged(),
        on("createWebhookForLock").good(webhook()).bad(409, webhook()).bad_body(json!({ "webhookUrl": "hook" })),
        on("getWebhooks").good(Call::new()),
        on("createWebhook").good(webhook()).bad(409, webhook()).bad_body(json!({})),
        on("deleteWebhook").good(Call::new()),
    ]
}

#[test]
fn every_operation_of_the_specs_has_one_scenario_and_there_is_no_other() {
    let specs: Vec<_> = OPERATIONS.iter().map(|documented| documented.key.as_str()).collect();
    let (specs, mut ours) = (specs.into_iter().collect::<BTreeSet<_>>(), BTreeSet::new());
    for scenario in scenarios() {
        assert!(ours.insert(scenario.id), "{} has two scenarios", scenario.id);
        let success = scenario.documented().success();
        assert!(scenario.calls.iter().any(|(status, _)| *status == success), "{} never succeeds", scenario.id);
    }
    assert_eq!(ours, specs);
}

#[test]
fn every_documented_error_is_provoked_or_listed_as_never_returned() {
    for scenario in scenarios() {
        let documented: BTreeSet<_> = scenario.documented().statuses().collect();
        let provoked: BTreeSet<_> = scenario.calls.iter().map(|(status, _)| *status).collect();
        let never = NEVER.iter().chain(NEVER_V2).filter(|(id, ..)| *id == scenario.id).map(|(_, status, _)| *status);
        let never: BTreeSet<_> = never.collect();
        assert!(provoked.is_disjoint(&never), "{}: {never:?} can be provoked", scenario.id);
        assert_eq!(&provoked | &never, documented, "{}", scenario.id);
    }
}
