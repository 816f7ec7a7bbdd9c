//! Validates every request that the SDK sends against the specs, with no optional values and with all of them.
//!
//! The requests are compared with the YAML itself, not with the types that are generated from it. The calls are written
//! by hand, as users write them. `tests/awkward/` calls the operations that are missing here.

use std::collections::BTreeSet;
use std::path::PathBuf;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};
use unloc::types::{
    Address, CreateKeyForLockHolderRequest, CreateKeyRequest, CreateLockHolderRequest, CreateOrUpdateRoleRequest,
    CreateVendorConnectionRequest, Recurrence, RecurrencePeriod, UpdateLockRequest, builder,
};
use unloc::{Operation, Unloc, Url};
use unloc_spec::json_schema::{JsonSchemas, Reading};
use unloc_spec::{Document, Operation as Documented, schema_name};

use crate::operations::{Call, Ids, PASSWORD, PERSON, Seen, call_each, calls};
use crate::support::{Request, Response, Server, lock_holder, unloc};

/// Lists properties that the types have but that no caller should send.
const NEVER: [&str; 1] = ["recurrence.timeSpans"];

/// Holds a spec and the base path of its API.
struct Api {
    document: Document,
    base: &'static str,
}

impl Api {
    fn read(name: &str, base: &'static str) -> Self {
        let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("openapi/{name}.yaml"));
        Self { document: Document::read(&file).unwrap(), base }
    }

    fn auth() -> Self {
        Self::read("auth", "/auth/v1")
    }

    fn integrator() -> Self {
        Self::read("integrator", "/integrators/v1")
    }

    fn operations(&self) -> Vec<Documented> {
        Documented::all(&self.document).unwrap()
    }

    /// Panics unless the request matches this operation's description in the spec.
    fn validate(&self, operation: &Documented, request: &Request) {
        let id = &operation.id;
        let schemas = JsonSchemas::new(&self.document, Reading::Exact);
        let url: Url = format!("http://127.0.0.1{}", request.target).parse().unwrap();
        assert_eq!(request.method, operation.method, "{id}");
        let path = url.path().strip_prefix(self.base).unwrap_or_else(|| panic!("{id}: {url}"));
        let (parts, template): (Vec<_>, _) = (path.split('/').collect(), operation.template());
        assert_eq!(parts.len(), template.segments().len(), "{id}: {path}");
        for (part, segment) in parts.into_iter().zip(template.segments()) {
            match segment.whole() {
                None => assert_eq!(part, segment.text(), "{id}"),
                Some(name) => {
                    assert!(!part.is_empty(), "{id}: {name}");
                    assert_valid(&decoded(part).into(), &schemas.parameter(operation, name).unwrap(), id);
                }
            }
        }
        for (name, value) in url.query_pairs() {
            let known = operation.parameters.iter().any(|one| one.place == "query" && one.name == name);
            assert!(known, "{id}: {name} is not documented");
            let schema = schemas.parameter(operation, &name).unwrap();
            // Query parameters are text, so a number has to be parsed before it is validated.
            let is_number = schema["allOf"][0]["type"] == "integer";
            let value = if is_number { value.parse().unwrap() } else { Value::from(value.into_owned()) };
            assert_valid(&value, &schema, id);
        }
        match schemas.request(operation) {
            Some(schema) => {
                assert_eq!(request.header("content-type"), Some("application/json"), "{id}");
                assert_valid(&request.json(), &schema, id);
            }
            None => {
                assert_eq!((request.body.len(), request.header("content-type")), (0, None), "{id}");
            }
        }
        let bearer = request.header("authorization").is_some_and(|value| value.starts_with("Bearer ey"));
        assert_eq!(bearer, operation.client.is_some(), "{id}");
        assert_eq!(request.header("authorization").is_some(), bearer, "{id}");
    }

    /// Returns the optional query parameters and body properties, as paths.
    fn optional(&self, operation: &Documented) -> BTreeSet<String> {
        let query = operation.parameters.iter().filter(|one| one.place == "query" && !one.required);
        let mut names: BTreeSet<_> = query.map(|one| one.name.clone()).collect();
        if let Some((schema, _)) = &operation.body {
            self.properties(schema, "", &mut names);
        }
        names.retain(|name| !NEVER.iter().any(|never| name.starts_with(never)));
        names
    }

    fn properties(&self, schema: &str, prefix: &str, names: &mut BTreeSet<String>) {
        let schema = &self.document.value["components"]["schemas"][schema];
        let required = |name: &str| schema["required"].as_array().is_some_and(|all| all.iter().any(|one| one == name));
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            if !required(name) {
                names.insert(format!("{prefix}{name}"));
            }
            if let Some(inner) = schema_name(property) {
                self.properties(inner, &format!("{prefix}{name}."), names);
            }
        }
    }
}

fn decoded(part: &str) -> String {
    let url: Url = format!("http://127.0.0.1/?{part}").parse().unwrap();
    url.query_pairs().next().unwrap().0.into_owned()
}

#[track_caller]
fn assert_valid(value: &Value, schema: &Value, id: &str) {
    let validator = jsonschema::options().should_validate_formats(true).build(schema).unwrap();
    let wrong: Vec<_> = validator.iter_errors(value).map(|error| error.to_string()).collect();
    assert!(wrong.is_empty(), "{id}: {wrong:?} in {value}");
}

/// Returns the query parameters and body properties that a request sends, as paths.
fn sent(request: &Request) -> BTreeSet<String> {
    fn walk(fields: &Map<String, Value>, prefix: &str, names: &mut BTreeSet<String>) {
        for (name, value) in fields {
            names.insert(format!("{prefix}{name}"));
            if let Value::Object(inner) = value {
                walk(inner, &format!("{prefix}{name}."), names);
            }
        }
    }
    let url: Url = format!("http://127.0.0.1{}", request.target).parse().unwrap();
    let mut names: BTreeSet<_> = url.query_pairs().map(|(name, _)| name.into_owned()).collect();
    if let Ok(Value::Object(fields)) = serde_json::from_slice(&request.body) {
        walk(&fields, "", &mut names);
    }
    names
}

fn may() -> DateTime<Utc> {
    "2024-05-01T12:00:00Z".parse().unwrap()
}

fn week() -> builder::Recurrence {
    let day = || RecurrencePeriod::builder().start_hour(8).start_minute(0).end_hour(24).end_minute(59);
    Recurrence::builder().mon(day()).tue(day()).wed(day()).thu(day()).fri(day()).sat(day()).sun(day())
}

fn address() -> builder::Address {
    let address = Address::builder().street("1 Quay Street").postal_code("0101").city("Oslo").country_iso("NO");
    address.floor("2").visitor_instructions("Second entrance")
}

/// Returns calls that complete those of [`calls`]: with all optional values, and without any where `calls` sends some.
///
/// Null counts as a value.
fn more_calls() -> Vec<Call> {
    call_each! {
        Unloc "createLockHolder": |unloc, ids| unloc.create_lock_holder().body(
            CreateLockHolderRequest::builder().name("Harbour Flats").country_iso("NO").organization_id("harbour-flats")
                .organization_id_suffix("b").create_vendor_account(true).vendor("danalock").email("me@example.com")
                .password(PASSWORD),
        );
        LockHolderClient "getKeyEvents": |home, ids| home.get_key_events().limit(2500).start_after_id("event");
        LockHolderClient "getKeyEventsForLock": |home, ids| home.get_key_events_for_lock().lock_id(ids.get("lockId")).limit(1)
            .start_after_id("event");
        LockHolderClient "getKeys": |home, ids| home.get_keys().limit(1).start_after_id("key");
        LockHolderClient "getLocks": |home, ids| home.get_locks().limit(1).start_after_id("lock");
        LockHolderClient "getRoles": |home, ids| home.get_roles().limit(1).start_after_id("+12125550100.door");
        LockHolderClient "createKeyForLockHolder": |home, ids| home.create_key_for_lock_holder().body(
            CreateKeyForLockHolderRequest::builder().lock_id("door").user_id(PERSON).start(may()).end(may())
                .duration_minutes(60).skip_invite_notification(true).recurrence(week()).app_switch_only(false),
        );
        LockHolderClient "createKey": |home, ids| home.create_key().lock_id(ids.get("lockId")).body(
            CreateKeyRequest::builder().user_id(PERSON).start(may()).end(may()).duration_minutes(60)
                .skip_invite_notification(true).recurrence(week()).app_switch_only(false),
        );
        LockHolderClient "createKey": |home, ids| home.create_key().lock_id(ids.get("lockId")).body(
            CreateKeyRequest::builder().user_id(PERSON).start(None).end(None).skip_invite_notification(None),
        );
        LockHolderClient "updateLock": |home, ids| home.update_lock().lock_id(ids.get("lockId")).body(
            UpdateLockRequest::builder().name("Door").image("data:image/png;base64,iVBORw0KGgo=".to_owned())
                .address(address()),
        );
        LockHolderClient "updateLock": |home, ids| home.update_lock().lock_id(ids.get("lockId"))
            .body(UpdateLockRequest::builder().image(None).address(None));
        LockHolderClient "updateLock": |home, ids| home.update_lock().lock_id(ids.get("lockId"))
            .body(UpdateLockRequest::builder());
        LockHolderClient "createOrUpdateRole": |home, ids| home.create_or_update_role()
            .lock_id(ids.get("lockId")).user_id(ids.person("userId"))
            .body(CreateOrUpdateRoleRequest::builder().can_share(false).user_name("Kim"));
        LockHolderClient "createVendorConnection": |home, ids| home.create_vendor_connection()
            .body(CreateVendorConnectionRequest::builder().vendor("virtual"));
        LockHolderClient "createVendorConnection": |home, ids| home.create_vendor_connection().body(
            CreateVendorConnectionRequest::builder().vendor("danalock").username("me").password(PASSWORD)
                .locks_to_create(1),
        );
    }
}

/// Returns the requests of all calls with their operations. The responses are ignored.
async fn requests(server: &Server, unloc: &Unloc) -> Vec<(&'static str, Request)> {
    let mut requests = Vec::new();
    for call in calls().into_iter().chain(more_calls()) {
        let id = call.operation.id;
        let outcome = call.run(unloc, &Ids::plain()).await;
        let [request] = &server.take()[..] else { panic!("{id} was not sent exactly once: {outcome:?}") };
        requests.push((id, request.clone()));
    }
    requests
}

#[tokio::test]
async fn every_request_matches_the_spec_with_and_without_optional_values() {
    let server = Server::always(Response::new(404, "")).await;
    let unloc = unloc(&server);
    let (requests, api) = (requests(&server, &unloc).await, Api::integrator());
    for operation in api.operations() {
        let of_operation = requests.iter().filter(|(id, _)| *id == operation.id).map(|(_, request)| request);
        let of_operation: Vec<_> = of_operation.collect();
        if of_operation.is_empty() {
            continue;
        }
        for request in &of_operation {
            api.validate(&operation, request);
        }
        let optional = api.optional(&operation);
        let sent: Vec<_> = of_operation.into_iter().map(sent).collect();
        // The SDK always sends a page size, also if the caller sets none.
        let size = |name: &String| operation.pagination.is_some() && name == "limit";
        assert!(
            sent.iter().any(|sent| sent.iter().filter(|name| !size(name)).all(|name| !optional.contains(name))),
            "{}: without {optional:?}",
            operation.id
        );
        assert!(sent.iter().any(|sent| sent.is_superset(&optional)), "{}: with {optional:?}", operation.id);
    }
}

#[tokio::test]
async fn every_token_request_matches_the_spec_with_and_without_a_scope() {
    let server = Server::always(Response::new(404, "")).await;
    let unloc = unloc(&server);
    unloc.get_lock_holders().send().await.unwrap_err();
    unloc.lock_holder(&lock_holder("home")).unwrap().get_locks().send().await.unwrap_err();
    let (requests, api) = (server.token_requests(), Api::auth());
    let [operation] = &api.operations()[..] else {
        panic!("the Auth API has a new operation: add a request for it here")
    };
    for request in &requests {
        api.validate(operation, request);
    }
    let scopes: Vec<_> = requests.iter().map(|request| sent(request).contains("scope")).collect();
    assert_eq!((scopes, api.optional(operation)), (vec![false, true], BTreeSet::from(["scope".to_owned()])));
}
