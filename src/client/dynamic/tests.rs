//! Tests that a dynamic call sends the same request as the call with types, and returns the same.
#![allow(clippy::unwrap_used, reason = "in a test, a panic is the failure")]

mod arguments;

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ::http::header::HeaderMap;
use axum::extract::Request;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde::Serialize;

use super::*;
use crate::RetryPolicy;
use crate::auth::token::Token;
use crate::http::decode::table::tests::{in_short, random_bodies};
use crate::http::dynamic::known;
use crate::model::Operation;
use crate::runtime::platform::BoxFuture;
pub(crate) use arguments::Arguments;

/// Makes a call with types. Generated code has one for each operation.
pub(crate) type TypedCall = fn(Arc<ApiClient>, Arguments) -> TypedResponse;
pub(crate) type TypedResponse = BoxFuture<'static, Result<Response<Value>>>;

/// Serializes the value of a response.
pub(crate) fn json(response: Response<impl Serialize>) -> Response<Value> {
    response.map(|value| serde_json::to_value(value).unwrap())
}

/// Holds a request as the service received it.
#[derive(Debug, PartialEq)]
struct Received {
    method: String,
    uri: String,
    headers: HeaderMap,
    body: Value,
}

/// Responds to each request with one body, and remembers the requests.
#[derive(Clone, Default)]
struct Service(Arc<Mutex<(Vec<u8>, Vec<Received>)>>);

impl Service {
    fn state(&self) -> MutexGuard<'_, (Vec<u8>, Vec<Received>)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts the service; returns its URL.
    async fn start(&self) -> String {
        let service = self.clone();
        let handle = move |request: Request| async move {
            let (parts, body) = request.into_parts();
            let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
            let received = Received {
                method: parts.method.to_string(),
                uri: parts.uri.to_string(),
                headers: parts.headers,
                body: serde_json::from_slice(&body).unwrap_or_default(),
            };
            let mut state = service.state();
            state.1.push(received);
            state.0.clone()
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async { axum::serve(listener, axum::Router::new().fallback(handle)).await });
        url
    }

    /// Returns the only request since the last call of this.
    fn received(&self) -> Received {
        let mut requests = std::mem::take(&mut self.state().1);
        assert_eq!(requests.len(), 1, "{requests:?}");
        requests.remove(0)
    }
}

async fn client(service: &Service) -> Unloc {
    let source = |_| async { Ok(Token::new("EXAMPLE").expires_in(Duration::from_secs(3600))) };
    let options = RequestOptions::new().retry(RetryPolicy::never());
    let builder = Unloc::builder().environment(service.start().await).token_source(source).options(options);
    builder.build().unwrap()
}

/// Returns the dynamic call of an operation, by the client that offers it.
fn dynamic_call(tables: &'static [Table], table: &Table, client: Arc<ApiClient>, arguments: &Value) -> DynamicCall {
    let filled_in = table.parameters.iter().filter(|parameter| parameter.filled_in);
    let filled_in = filled_in.map(|parameter| (parameter.name, arguments::LOCK_HOLDER.to_owned())).collect();
    let name = table.operation.client.unwrap_or_default();
    Caller::new(name, tables, client, filled_in).call(table.operation.id, arguments.clone())
}

/// Holds the tables of an API, and its calls with types.
type Api = (&'static [Table], &'static [(&'static Operation, TypedCall)]);

/// Returns each API with clients.
fn apis() -> Vec<Api> {
    vec![
        (TABLES, crate::client::integrator::builder::__CALLS),
        #[cfg(feature = "v2")]
        (crate::model::v2::TABLES, crate::client::v2::builder::__CALLS),
    ]
}

#[test]
fn a_dynamic_call_sends_and_returns_what_the_call_with_types_does() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (service, bodies) = (Service::default(), random_bodies());
    let unloc = runtime.block_on(client(&service));
    let apis = apis();
    assert!(apis.iter().all(|(tables, calls)| tables.len() == calls.len()));
    let all = || {
        apis.iter()
            .flat_map(|(tables, calls)| tables.iter().zip(*calls).map(move |(table, call)| (*tables, table, call)))
    };
    let random = proptest::collection::vec(any::<u8>(), 0..200);
    let config = Config { failure_persistence: None, cases: 32, ..Config::default() };
    let result = TestRunner::new(config).run(&random, |bytes| {
        // No client offers the calls by which the SDK gets tokens.
        for (tables, table, (operation, typed)) in all().filter(|(_, table, _)| table.operation.client.is_some()) {
            assert!(std::ptr::eq(table.operation, *operation));
            let arguments = arguments::random(table, &bytes);
            service.state().0 =
                bodies.get(&(operation.id, operation.path)).map(|body| body(&bytes)).unwrap_or_default();
            let client = unloc.client();
            let dynamic = dynamic_call(tables, table, Arc::clone(&client), &arguments);
            let by_name = runtime.block_on(dynamic.send_with_response());
            let first = service.received();
            let with_types = runtime.block_on(typed(client, Arguments::of(table, &arguments)));
            assert_eq!(first, service.received(), "{}: {arguments}", operation.id);
            assert_same(table, by_name, with_types);
        }
        Ok(())
    });
    result.unwrap_or_else(|error| panic!("{error}"));
}

/// Asserts that two results agree on all that the spec knows.
fn assert_same(table: &Table, by_name: Result<Response<DynamicValue>>, with_types: Result<Response<Value>>) {
    let id = table.operation.id;
    match (by_name, with_types) {
        (Ok(by_name), Ok(with_types)) => {
            assert_eq!(by_name.status(), with_types.status(), "{id}");
            let value = without_unknown(table, by_name.into_value().to_json());
            assert_eq!(in_short(value), in_short(with_types.into_value()), "{id}");
        }
        (Err(by_name), Err(with_types)) => {
            let facts = |error: &Error| (error.kind(), error.outcome(), error.status(), error.attempts());
            assert_eq!(facts(&by_name), facts(&with_types), "{id}: {by_name} {with_types}");
        }
        (by_name, with_types) => panic!("{id}: by name {by_name:?}, with types {with_types:?}"),
    }
}

/// Returns a result without the properties that the spec does not know.
fn without_unknown(table: &Table, value: Value) -> Value {
    let (Some(shape), Some(unwrapped)) = (&table.response, &table.unwrapped) else {
        return table.response.as_ref().map_or(value.clone(), |shape| known(shape, value));
    };
    let mut page = value;
    let inside = if unwrapped.cursor.is_some() && unwrapped.is_list { page["items"].take() } else { page.take() };
    let wrapped = Map::from_iter([(unwrapped.property.to_owned(), inside)]);
    let inside = known(shape, wrapped.into())[unwrapped.property].take();
    if page.is_object() {
        page["items"] = inside;
        return page;
    }
    inside
}

#[tokio::test]
async fn refuses_a_call_that_does_not_fit_and_names_what() {
    let service = Service::default();
    let unloc = client(&service).await;
    let home = unloc.lock_holder_by_id("home", crate::Scopes::unscoped());
    let ids = json!({"lockId": "door", "keyId": "key"});
    for (call, why) in [
        (unloc.call("getKeyz", Value::Null), "`getKeyz`: no operation has this name"),
        (unloc.call("getkey", Value::Null), "(getKey)"),
        (unloc.call("getKey", ids.clone()), "`getKey` is an operation of `LockHolderClient`"),
        (home.call("getLockHolders", Value::Null), "`getLockHolders` is an operation of `Unloc`"),
        (home.call("getKey", json!([1])), "the arguments are no object"),
        (home.call("getKey", json!({"lockId": "door"})), "required, and not set: `keyId`"),
        (home.call("createKey", json!({})), "required, and not set: `lockId`, `userId`"),
        (home.call("getKey", json!({"lockId": "door", "keyid": "key"})), "`keyid` is no argument"),
        (home.call("getKey", json!({"lockId": "door", "keyId": 7})), "`keyId`: a number where a string is expected"),
        (home.call("getKey", json!({"lockId": "..", "keyId": "key"})), "`lockId` is `.` or `..`"),
        (home.call("getKey", json!({"lockId": null, "keyId": "key"})), "`lockId` must not be null"),
        (home.call("getLocks", json!({"limit": 1.5})), "`limit`: a number where a whole number is expected"),
        (home.call("getLocks", json!({"limit": 3_000_000_000_u32})), "`limit` is out of range"),
        (home.call("createKey", json!({"lockId": "door", "userId": "12125550142"})), "`userId`: not a phone number"),
        (
            home.call("createKey", json!({"lockId": "door", "userId": "+12125550142", "end": "tomorrow"})),
            "`end`: not a time in RFC 3339 form",
        ),
        (
            home.call(
                "createKey",
                json!({"lockId": "door", "userId": "+12125550142", "recurrence": {"mon": {"startHour": "8"}}}),
            ),
            "`recurrence.mon.",
        ),
    ] {
        let error = call.send().await.unwrap_err();
        assert_eq!((error.kind(), error.outcome()), (ErrorKind::Request, crate::Outcome::NotSent), "{error}");
        assert!(error.to_string().contains(why) && !error.to_string().contains("12125550142"), "{why}: {error}");
    }
    assert!(service.state().1.is_empty());
}

#[tokio::test]
async fn shows_no_argument_and_no_value() {
    let service = Service::default();
    service.state().0 = br#"{"key":{"toUser":{"id":"+12125550142"},"state":"active"}}"#.to_vec();
    let home = client(&service).await.lock_holder_by_id("home", crate::Scopes::unscoped());
    let call = home.call("createKey", json!({"lockId": "door", "userId": "+12125550142"}));
    let shown = format!("{call:?}");
    let key = call.send().await.unwrap();
    let shown = format!("{shown} {key:?}");
    assert!(shown.contains("createKey") && !shown.contains("12125550142"), "{shown}");
    assert_eq!(key.to_json()["toUser"]["id"], "+12125550142");
    assert_eq!(key.parse::<crate::types::Key>().unwrap().state, crate::types::KeyState::Active);
}

#[tokio::test]
async fn lists_pages_and_waits() {
    let service = Service::default();
    let home = client(&service).await.lock_holder_by_id("home", crate::Scopes::unscoped());
    service.state().0 = br#"{"locks":[],"startAfterId":""}"#.to_vec();
    assert_eq!(home.call("getLocks", Value::Null).send().await.unwrap().to_json(), json!({"items": []}));
    let error = home.call("getLocks", Value::Null).wait_for("active").await.unwrap_err();
    assert!(error.to_string().contains("nothing to wait for"), "{error}");
    service.state().0 = br#"{"key":{"toUser":{"id":"+12125550142"},"state":"revoked"}}"#.to_vec();
    let key = json!({"lockId": "door", "keyId": "key"});
    assert_eq!(home.call("getKey", key.clone()).wait_for("revoked").await.unwrap().to_json()["state"], "revoked");
    let error = home.call("getKey", key.clone()).wait_for("active").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::State, "{error}");
    let pages = futures_util::TryStreamExt::try_collect::<Vec<_>>(home.call("getKey", key).pages()).await;
    assert!(pages.unwrap_err().to_string().contains("it has no pages"));
    // Nothing is sent: the operation creates something.
    service.state().1.clear();
    let key = home.call("createKey", json!({"lockId": "door", "userId": "+12125550142"}));
    let items = futures_util::TryStreamExt::try_collect::<Vec<_>>(key.items()).await;
    assert!(items.unwrap_err().to_string().contains("it has no pages") && service.state().1.is_empty());
    let pages = futures_util::TryStreamExt::try_collect::<Vec<_>>(home.call("getKeyz", Value::Null).pages()).await;
    assert!(pages.unwrap_err().to_string().contains("no operation has this name"));
}

#[tokio::test]
async fn waits_for_no_state_that_the_spec_does_not_list() {
    let service = Service::default();
    let home = client(&service).await.lock_holder_by_id("home", crate::Scopes::unscoped());
    for (operation, arguments, state, known) in [
        ("getKey", json!({"lockId": "door", "keyId": "key"}), "actve", "`active`"),
        ("getKey", json!({"lockId": "door", "keyId": "key"}), "Active", "`active`"),
        ("getVendorConnection", json!({"vendorConnectionId": "a"}), "active", "`connected`"),
        ("getVendorConnection", json!({"vendorConnectionId": "a"}), "", "`connected`"),
    ] {
        let error = home.call(operation, arguments).wait_for(state).await.unwrap_err();
        assert_eq!((error.kind(), error.outcome()), (ErrorKind::Request, crate::Outcome::NotSent), "{error}");
        let said = error.to_string();
        assert!(said.contains(&format!("`{state}` is no state")) && said.contains(known), "{said}");
        assert!(said.contains(&format!("`{operation}`")), "{said}");
    }
    assert!(service.state().1.is_empty());
}
