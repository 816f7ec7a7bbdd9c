//! Reads the table of awkward specs for the library: the call of each row that can be bound.

use std::any::TypeId;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::TryStreamExt;
use url::Url;
use ::http::header::HeaderValue;
use serde::Serialize;
use serde_json::Value;

use crate::http::config::{ApiClient, ClientConfig, USER_AGENT};
use crate::http::connection::Connection;
use crate::http::options::RequestOptions;
use crate::http::retry::{Budget, RetryPolicy};
use crate::runtime::clock::{Clock, SystemClock};

/// Holds the decoded response as JSON (`None` if the operation has no response body), or the error.
pub type Outcome = Result<Option<Value>, String>;

/// Describes the call of a row.
pub struct Call {
    /// Names the row.
    pub row: &'static str,
    /// Holds the expected requests, or the expected error.
    pub sent: &'static str,
    /// Lists the response bodies. If there are none, each response has the body of its request.
    pub responses: &'static [&'static str],
    /// Holds the expected decoded value if it differs from the last response body.
    pub decoded: Option<&'static str>,
    /// Makes the call.
    pub make: fn(&At) -> Pin<Box<dyn Future<Output = Outcome>>>,
}

/// Holds the client that sends the calls.
pub struct At {
    client: Arc<ApiClient>,
}

impl At {
    /// Returns a client of the server at this URL.
    #[must_use]
    pub fn new(base: &Url) -> Self {
        let clock = Arc::new(SystemClock);
        let config = ClientConfig {
            base: base.clone(),
            budget: Arc::new(Budget::new(base, 0, clock.now())),
            clock,
            options: RequestOptions::new().retry(RetryPolicy::never()).operation_timeout(Duration::from_secs(5)),
            user_agent: HeaderValue::from_static(USER_AGENT),
        };
        let client = ApiClient { http: Connection(reqwest::Client::new()), config: Arc::new(config), tokens: None };
        Self { client: Arc::new(client) }
    }
}

/// Creates a row's builder. Only this macro and the next name the constructor that the bindings generate.
macro_rules! builder {
    ($group:ident $row:ident $operation:ident $at:ident) => {{
        use crate::client::awkward::$group::$row::builder;
        builder::$operation::__new(Arc::clone(&$at.client))
    }};
}

/// Creates the builder of an operation of the SDK's own specs.
macro_rules! own {
    ($api:ident $operation:ident $at:ident) => {{
        use crate::client::$api::builder;
        builder::$operation::__new(Arc::clone(&$at.client))
    }};
}

async fn sent<T: Serialize + 'static>(call: impl Future<Output = crate::Result<T>>) -> Outcome {
    outcome(&call.await.map_err(|error| error.to_string())?)
}

async fn listed<T: Serialize + 'static>(items: crate::Paged<T>) -> Outcome {
    outcome(&items.try_collect::<Vec<T>>().await.map_err(|error| error.to_string())?)
}

fn outcome<T: Serialize + 'static>(value: &T) -> Outcome {
    if TypeId::of::<T>() == TypeId::of::<()>() {
        return Ok(None);
    }
    serde_json::to_value(value).map(Some).map_err(|error| error.to_string())
}

/// Returns 2026-01-02T03:04:05.678901Z.
fn moment() -> chrono::DateTime<chrono::Utc> {
    chrono::DateTime::from_timestamp_micros(1_767_323_045_678_901).unwrap_or_default()
}

macro_rules! rows {
    ($group:ident: $(
        $row:ident $what:literal { $yaml:expr }
        $(-> $operation:ident $(.$method:ident($($argument:tt)*))* => $sent:literal $(, $response:literal)*
            $(=> $decoded:literal)?)?
        $(! $words:literal)?;
    )*) => {
        fn $group() -> Vec<Call> {
            #[allow(unused_mut, clippy::vec_init_then_push, reason = "refused rows have no call")]
            let mut calls = Vec::new();
            $($(
                #[cfg(not($group = $what))]
                calls.push(Call {
                    row: concat!(stringify!($group), "::", stringify!($row)),
                    sent: $sent,
                    responses: &[$($response),*],
                    decoded: None$(.or(Some($decoded)))?,
                    make: |at| {
                        #[allow(unused_imports, reason = "only some calls name a type")]
                        use crate::model::awkward::$group::$row::types;
                        let builder = builder!($group $row $operation at);
                        Box::pin(sent(builder $(.$method($($argument)*))*.send()))
                    },
                });
            )?)*
            calls
        }
    };
}

macro_rules! names {
    ($group:ident $start:literal: $($row:ident $name:literal $(=> $rest:literal)? $(! $words:literal)?;)*) => {
        fn $group() -> Vec<Call> {
            let mut calls = Vec::new();
            $(name!([$($words)?] calls $group $row $name concat!($start $(, $rest)?));)*
            calls
        }
    };
}

macro_rules! name {
    ([$words:literal] $($row:tt)*) => {};
    ([] $calls:ident $group:ident $row:ident $name:literal $sent:expr) => {
        #[cfg(not($group = $name))]
        $calls.push(Call {
            row: concat!(stringify!($group), "::", stringify!($row)),
            sent: $sent,
            responses: &[],
            decoded: None,
            make: |at| Box::pin(sent(call!($group $row at).send())),
        });
    };
}

/// Creates the builder of a row of `names!` and sets the parameter or property with the row's name.
macro_rules! call {
    (property $row:ident $at:ident) => {{
        use crate::model::awkward::property::$row::types;
        builder!(property $row MakeThing $at).body(types::Thing::builder().$row("v"))
    }};
    (optional $row:ident $at:ident) => {{
        builder!(optional $row MakeThing $at).$row("v")
    }};
    (schema $row:ident $at:ident) => {{
        use crate::model::awkward::schema::$row::types;
        let one = || types::$row::builder().id("v").build().ok();
        let thing = types::Thing::builder()
            .one(types::$row::builder().id("v"))
            .many(one().into_iter().collect::<Vec<_>>())
            .named(one().map(|one| ("k".to_owned(), one)).into_iter().collect::<std::collections::BTreeMap<_, _>>())
            .perhaps(types::$row::builder().id("v"))
            .nothing(crate::Nullable::Null);
        builder!(schema $row MakeThing $at).body(thing)
    }};
    (operation $row:ident $at:ident) => {
        builder!(operation $row $row $at)
    };
    ($parameter:ident $row:ident $at:ident) => {
        builder!($parameter $row GetThing $at).$row("v")
    };
}

macro_rules! paged {
    ($group:ident: $($row:ident $what:literal ($items:literal, $cursor:literal) => $sent:literal;)*) => {
        fn $group() -> Vec<Call> {
            let mut calls = Vec::new();
            $(
                #[cfg(not($group = $what))]
                calls.push(Call {
                    row: concat!(stringify!($group), "::", stringify!($row)),
                    sent: $sent,
                    responses: &[
                        concat!("{\"", $items, "\":[{\"id\":\"a\"},{\"id\":\"b\"}],\"", $cursor, "\":\"n\"}"),
                        concat!("{\"", $items, "\":[{\"id\":\"c\"}]}"),
                    ],
                    decoded: Some(r#"[{"id":"a"},{"id":"b"},{"id":"c"}]"#),
                    make: |at| Box::pin(listed(builder!($group $row GetThings at).items())),
                });
            )*
            calls
        }
    };
}

macro_rules! groups {
    ($($group:ident)*) => {
        [$($group()),*].into_iter().flatten().collect()
    };
}

include!("rows/all.rs");

/// Returns calls of each operation of the SDK's own specs.
#[must_use]
pub fn own() -> Vec<Call> {
    include!(concat!(env!("OUT_DIR"), "/own.rs"))
}

/// Returns the calls of all selected rows that can be bound.
#[must_use]
pub fn calls() -> Vec<Call> {
    all!(groups)
}
