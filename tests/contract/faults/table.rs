//! Runs the rows of `tests/faults.json`, which the JavaScript package runs as well (`js/test/faults.test.mjs`).
//!
//! The types of this module, of [`options`] and of [`script`] are the format of that file.

mod options;
mod script;

use std::collections::{BTreeMap, HashSet};
use std::fmt::Debug;

use serde::Deserialize;
use serde_json::{Value, json};
use unloc::types::CreateKeyRequest;
use unloc::{Error, Scopes, Token};

use super::{Scenario, redirects};
use crate::operations::PERSON;
use crate::support::{SECRET, Server};
use options::Options;
use script::{Responses, Script, Step};

/// Is how every token begins that the server issues.
const TOKEN_START: &str = "eyJhbGciOi";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Table {
    /// Is the bound of the first wait in rows that do not set it.
    initial_backoff_ms: u64,
    /// Holds steps under names, by which rows refer to them.
    responses: BTreeMap<String, Step>,
    rows: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Row {
    name: String,
    call: Call,
    /// Handles the requests of operations in order. Status 418 is the response to any further one.
    #[serde(default)]
    server: Vec<Step>,
    /// Handles the token requests in order. Each further one gets a new token.
    #[serde(default)]
    tokens: Vec<Step>,
    /// Is false if the server's port refuses connections.
    #[serde(default = "listens")]
    listens: bool,
    #[serde(default)]
    token_source: Source,
    #[serde(default)]
    options: Options,
    /// Is compared as a whole: the `value` or `error`, and the numbers of `requests` and `tokenRequests`.
    ///
    /// The value of getLocks is the list of the locks' ids, and that of createKey the key's state. Of an error,
    /// `retryAfterMs` may be left out, and so may `says`, which is a part of the message.
    expect: Value,
    javascript: Option<Difference>,
}

fn listens() -> bool {
    true
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Call {
    /// Lists the locks, which is idempotent.
    GetLocks,
    /// Creates a key, which is not idempotent.
    CreateKey,
}

/// Says where the client's tokens come from.
#[derive(Clone, Copy, Default, Deserialize, PartialEq)]
#[serde(rename_all = "camelCase")]
enum Source {
    /// Uses client credentials, so the tokens come from the server.
    #[default]
    Credentials,
    /// Uses a function of the caller that needs no server.
    Caller,
}

/// Says how the JavaScript package differs, for a reason that cannot be removed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Difference {
    because: String,
    /// Replaces what the row expects. The JavaScript package skips the row if there is none.
    expect: Option<Value>,
}

impl Row {
    /// Returns what happened, in the form of `expect`.
    async fn run(&self, responses: &Responses, initial_backoff_ms: u64) -> Value {
        let elsewhere = redirects::elsewhere().await;
        let scenario = Scenario::at(Server::closed(|_| unreachable!("the script is set below")), |builder| {
            let builder = match self.token_source {
                Source::Credentials => builder,
                Source::Caller => builder.token_source(|_: Scopes| async { Ok(Token::new("EXAMPLE")) }),
            };
            self.options.configure(builder, initial_backoff_ms)
        });
        let script = Script::new(responses, &scenario.clock, elsewhere.url());
        scenario.server.on_request(script.play("operation", &self.server));
        scenario.server.on_token(script.play("token", &self.tokens));
        if self.listens {
            scenario.server.open();
        }
        let result = self.call.send(&scenario).await;
        let (requests, token_requests) = scenario.counts();
        let mut seen = json!({"requests": requests, "tokenRequests": token_requests});
        match result {
            Ok(value) => seen["value"] = value,
            Err(error) => seen["error"] = described(&error, &self.expect["error"]),
        }
        // What no row may do is in no row's `expect`, so it makes the row fail.
        if !(elsewhere.requests().is_empty() && elsewhere.token_requests().is_empty()) {
            seen["followedRedirect"] = true.into();
        }
        let waits = scenario.clock.waits();
        // The client pauses before each retry, and only then: a fresh token is used at once. The clock does not record
        // waits of zero, and the server does not see a refused connection.
        if self.listens && self.options.retry.initial_backoff_ms != Some(0) && waits.len() != script.retries() {
            seen["waits"] = waits.into();
        }
        seen
    }
}

impl Call {
    async fn send(self, scenario: &Scenario) -> unloc::Result<Value> {
        match self {
            Self::GetLocks => scenario.get_locks().await.map(Value::from),
            Self::CreateKey => {
                let body = CreateKeyRequest::builder().user_id(PERSON);
                let key = scenario.home.create_key().lock_id("door").body(body).send().await?;
                Ok(json!(key.state))
            }
        }
    }
}

/// Returns the fields of an error. Those that `expected` may leave out are there only if it has them.
fn described(error: &Error, expected: &Value) -> Value {
    let text = error.to_string();
    let mut seen = json!({
        "kind": camel_case(error.kind()),
        "outcome": camel_case(error.outcome()),
        "retryable": error.is_retryable(),
        "attempts": error.attempts(),
    });
    if let Some(status) = error.status() {
        seen["status"] = status.as_u16().into();
    }
    if let Some(code) = error.code() {
        seen["code"] = code.into();
    }
    if expected.get("retryAfterMs").is_some() {
        seen["retryAfterMs"] = json!(error.retry_after().map(|time| time.as_millis()));
    }
    if let Some(words) = expected.get("says").and_then(Value::as_str) {
        seen["says"] = if text.contains(words) { words.into() } else { text.as_str().into() };
    }
    if [SECRET, PERSON, TOKEN_START].iter().any(|sensitive| text.contains(sensitive)) {
        seen["shows"] = text.into();
    }
    seen
}

fn camel_case(variant: impl Debug) -> String {
    let name = format!("{variant:?}");
    name[..1].to_lowercase() + &name[1..]
}

fn table() -> Table {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/faults.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

#[tokio::test]
async fn every_row_of_the_table_ends_as_it_says() {
    let table = table();
    let mut failed = Vec::new();
    for row in &table.rows {
        // A panic or a hang shows which row it was in.
        eprintln!("{}", row.name);
        let seen = row.run(&table.responses, table.initial_backoff_ms).await;
        if seen != row.expect {
            failed.push(format!("{}\n  expected {}\n  got      {seen}", row.name, row.expect));
        }
    }
    assert!(failed.is_empty(), "{} rows failed:\n{}", failed.len(), failed.join("\n"));
}

#[test]
fn rows_have_unique_names_and_state_real_differences_of_javascript() {
    let table = table();
    let mut names = HashSet::new();
    for row in &table.rows {
        assert!(names.insert(&row.name), "two rows are named `{}`", row.name);
        if let Some(difference) = &row.javascript {
            assert!(!difference.because.is_empty() && difference.expect.as_ref() != Some(&row.expect), "{}", row.name);
        }
    }
}
