use chrono::{DateTime, Datelike};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::subsequence;
use proptest::test_runner::TestCaseError;
use serde_json::{Value, json};
use unloc_emulator::chrono;
use unloc_emulator::{Emulator, Quirk};

use crate::render::fields;
use crate::request::{Plan, Token, odd_values, plan};
use crate::response::{TestResponse, exchange, send};
use crate::targets::{Names, targets};

/// Lists the statuses of the emulator.
const EXPECTED_STATUSES: [u16; 10] = [200, 202, 204, 400, 401, 403, 404, 405, 409, 413];
/// Lists the statuses of hyper, for requests that are not valid HTTP.
const HTTP_LEVEL_STATUSES: [u16; 3] = [400, 414, 431];

pub(crate) fn start(quirks: &[Quirk]) -> Emulator {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    // The clock is stopped, so that results do not depend on the load of the machine.
    let builder = Emulator::builder().speed(0.0).quirks(quirks.iter().copied());
    runtime.block_on(builder.start()).expect("the emulator starts")
}

/// Returns the head of a valid request.
pub(crate) fn head(method: &str, path: &str, token: &[u8], length: usize) -> Vec<u8> {
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nauthorization: "
    );
    [head.as_bytes(), token, b"\r\n\r\n"].concat()
}

/// Is the number of a token for the first project, in version 2.
const PROJECT_TOKEN: usize = 5;
/// Is the number of a token for the organization, in version 2.
const ORGANIZATION_TOKEN: usize = 9;

/// Fetches a token. The number selects the kind of scope.
pub(crate) fn token(emulator: &Emulator, scope: usize) -> Vec<u8> {
    let holders = emulator.snapshot().lock_holders;
    if scope >= PROJECT_TOKEN {
        let (name, field, id) = match scope {
            7 => ("project.admin", "project_id", holders[1].id.as_str()),
            8 => ("project.installer", "project_id", holders[0].id.as_str()),
            ORGANIZATION_TOKEN => ("organization.admin", "organization_id", emulator.organization_id()),
            _ => ("project.admin", "project_id", holders[0].id.as_str()),
        };
        return token_of(emulator, "/v2/auth/token/", json!({ "scope": name, field: id }));
    }
    let admin = |index: usize| format!("lockHolder.admin:{}", holders[index].id);
    let scope = match scope {
        0 | 1 => admin(0),
        2 => format!("{} integrator.admin {}", admin(0), admin(1)),
        3 => holders[0].scope.clone(),
        _ => String::new(),
    };
    token_of(emulator, "/auth/v1/token/", json!({ "scope": scope }))
}

/// Returns the number of a token with which all operations at a path can be called.
pub(crate) fn admin_for(path: &str) -> usize {
    match path {
        path if path.starts_with("/v2/organization/") => ORGANIZATION_TOKEN,
        path if path.starts_with("/v2/") => PROJECT_TOKEN,
        _ => 2,
    }
}

fn token_of(emulator: &Emulator, path: &str, mut body: Value) -> Vec<u8> {
    for (name, value) in [
        ("grant_type", "client_credentials"),
        ("client_id", emulator.client_id()),
        ("client_secret", emulator.client_secret()),
    ] {
        body[name] = value.into();
    }
    let body = body.to_string();
    let head = head("POST", path, b"none", body.len());
    let response = exchange(emulator, &[head, body.into_bytes()].concat()).expect("a token");
    let response = response.json();
    format!("Bearer {}", response["access_token"].as_str().unwrap_or_else(|| panic!("{response}"))).into_bytes()
}

fn execute(emulator: &Emulator, plan: &Plan) -> Option<TestResponse> {
    let token = match &plan.token {
        Token::None => None,
        Token::Scoped(scope) => Some(token(emulator, *scope)),
        Token::Raw(bytes) => Some(bytes.clone()),
    };
    send(emulator, &plan.bytes(&targets(), &Names::of(emulator), token.as_deref()), !plan.is_whole())
}

/// Checks that an error has the format of the API to which the path belongs. Not for emulators with quirks.
fn check_error(path: &str, response: &TestResponse) -> Result<(), TestCaseError> {
    let (title, text) = match path {
        path if path.starts_with("/auth/") => ("error", "error_description"),
        path if path.starts_with("/v2/") && response.status != 401 => ("title", "detail"),
        _ => ("error", "errorDescription"),
    };
    let body: Value = serde_json::from_slice(&response.body).unwrap_or_default();
    let has = |body: &Value, name: &str| body[name].as_str().is_some_and(|text| !text.is_empty());
    prop_assert!(has(&body, title) && has(&body, text), "{path}: {response:?}");
    let invalid = body["invalidParams"].as_array().cloned().unwrap_or_default();
    prop_assert!(invalid.iter().all(|one| has(one, "name") && has(one, "reason")), "{path}: {response:?}");
    prop_assert_eq!(response.header("content-type"), Some("application/json"));
    if response.status == 401 && !path.starts_with("/auth/") && !path.starts_with("/v2/auth/") {
        prop_assert_eq!(response.header("www-authenticate"), Some("Bearer"));
    }
    Ok(())
}

/// Checks that all dates in a response have the documented format.
fn check_dates(body: &Value) -> Result<(), TestCaseError> {
    match body {
        Value::Array(items) => items.iter().try_for_each(check_dates),
        Value::Object(fields) => fields.iter().try_for_each(|(name, value)| {
            if let (true, Value::String(text)) =
                (["start", "end", "created", "at", "now"].contains(&name.as_str()), value)
            {
                let date = DateTime::parse_from_rfc3339(text);
                let is_good = text.ends_with('Z') && date.is_ok_and(|date| (0..=9999).contains(&date.year()));
                prop_assert!(is_good, "{name} is {text}");
            }
            check_dates(value)
        }),
        _ => Ok(()),
    }
}

/// Returns the path of a raw request, or an empty text if there is none.
fn path_of(bytes: &[u8]) -> String {
    let line = bytes.split(|byte| *byte == b'\r').next().unwrap_or_default();
    let line = String::from_utf8_lossy(line);
    line.split(' ').nth(1).unwrap_or_default().to_owned()
}

fn check(emulator: &Emulator, plan: &Plan) -> Result<(), TestCaseError> {
    let Some(response) = execute(emulator, plan) else {
        prop_assert!(!plan.is_plain(), "no response");
        return Ok(());
    };
    let is_quirky = !emulator.quirks().is_empty();
    let is_http_level =
        HTTP_LEVEL_STATUSES.contains(&response.status) && !plan.is_plain() && response.header("content-type").is_none();
    let created = response.status == 201 && is_quirky;
    prop_assert!(EXPECTED_STATUSES.contains(&response.status) || is_http_level || created, "{response:?}");
    if plan.is_head() || is_http_level || is_quirky {
        return Ok(());
    }
    if response.status >= 400 {
        return check_error(&path_of(&plan.bytes(&targets(), &Names::of(emulator), None)), &response);
    }
    if response.header("content-type") == Some("application/json") && !response.body.is_empty() {
        return check_dates(&response.json());
    }
    Ok(())
}

/// Checks that the emulator works normally after its faults and quirks are removed.
fn check_still_works(emulator: &Emulator) -> Result<(), TestCaseError> {
    emulator.faults().clear();
    emulator.set_quirks([]);
    let token = token(emulator, 0);
    let response = exchange(emulator, &head("GET", "/integrators/v1/lock-holders/", &token, 0))
        .ok_or_else(|| TestCaseError::fail("no response any more"))?;
    prop_assert_eq!(response.status, 200);
    prop_assert!(!response.json()["lockHolders"].as_array().is_none_or(Vec::is_empty));
    Ok(())
}

/// Returns a configuration with this number of cases, unless `PROPTEST_CASES` sets another one.
fn config(cases: u32) -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").map_or(cases, |cases| cases.parse().expect("a number of cases"));
    // Each step of shrinking starts an emulator; this many steps give a readable failure.
    ProptestConfig { max_shrink_iters: 1000, failure_persistence: None, ..ProptestConfig::with_cases(cases) }
}

/// Runs all plans. Requests may add faults, so they are cleared after each one.
fn check_all(emulator: &Emulator, plans: &[Plan]) -> Result<(), TestCaseError> {
    for plan in plans {
        check(emulator, plan)?;
        emulator.faults().clear();
    }
    check_still_works(emulator)
}

#[test]
fn any_requests_get_documented_responses_and_leave_the_emulator_working() {
    proptest!(config(100), |(plans in vec(plan(), 1..8))| {
        let emulator = start(&[]);
        check_all(&emulator, &plans)?;
    });
}

#[test]
fn any_requests_get_a_response_under_any_quirks() {
    proptest!(config(50), |(plans in vec(plan(), 1..8), quirks in subsequence(Quirk::ALL, 1..=Quirk::ALL.len()))| {
        check_all(&start(&quirks), &plans)?;
    });
}

#[test]
fn every_target_is_a_valid_request() {
    // Otherwise the mutated requests could all be refused for a reason other than the mutation.
    for (method, template, body) in targets() {
        let emulator = start(&[]);
        let (names, token) = (Names::of(&emulator), token(&emulator, admin_for(template)));
        let (path, mut body) = (names.fill(template, None), body.map(|body| names.fill_body(&body)));
        if let Some(body) = body.as_mut().and_then(Value::as_object_mut)
            && body.contains_key("durationMinutes")
        {
            // `end` and `durationMinutes` exclude each other. The property tests send both.
            body.remove("end");
        }
        let body = body.map(|body| body.to_string()).unwrap_or_default();
        let head = head(method, &path, &token, body.len());
        let response = exchange(&emulator, &[head, body.into_bytes()].concat());
        let status = response.expect("a response").status;
        let is_unknown = template.contains("{id}") || template.ends_with("/faults/1");
        assert!(matches!(status, 200 | 202 | 204) || is_unknown && status == 404, "{method} {template}: {status}");
    }
}

#[test]
fn no_value_in_any_field_makes_the_emulator_fail() {
    for (method, template, body) in targets().into_iter().filter(|(.., body)| body.is_some()) {
        let emulator = start(&[]);
        let (names, token) = (Names::of(&emulator), token(&emulator, admin_for(template)));
        let valid = names.fill_body(&body.unwrap_or_default());
        for value in odd_values() {
            for index in 0..fields(&mut valid.clone()).len() {
                let mut body = valid.clone();
                *fields(&mut body).swap_remove(index) = value.clone();
                let body = body.to_string();
                let head = head(method, &names.fill(template, None), &token, body.len());
                let response = exchange(&emulator, &[head, body.into_bytes()].concat()).expect("a response");
                assert!(EXPECTED_STATUSES.contains(&response.status), "{method} {template} {value}: {response:?}");
                if response.status == 200 {
                    check_dates(&response.json())
                        .unwrap_or_else(|wrong| panic!("{method} {template} {value}: {wrong}"));
                }
                emulator.faults().clear();
                emulator.set_quirks([]);
            }
        }
        check_still_works(&emulator).unwrap_or_else(|wrong| panic!("{method} {template}: {wrong}"));
    }
}
