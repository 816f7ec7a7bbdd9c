use chrono::{DateTime, Datelike};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::subsequence;
use proptest::test_runner::TestCaseError;
use serde_json::{Value, json};
use unloc_emulator::chrono;
use unloc_emulator::{Emulator, Quirk};

use crate::answer::{Answer, exchange, send};
use crate::render::fields;
use crate::request::{Plan, Token, odd_values, plan};
use crate::targets::{Names, targets};

/// What the emulator answers with, and what HTTP itself has for requests that are none.
const KNOWN: [u16; 9] = [200, 204, 400, 401, 403, 404, 405, 409, 413];
const OF_HTTP: [u16; 3] = [400, 414, 431];

pub(crate) fn start(quirks: &[Quirk]) -> Emulator {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    // The clock stands still, so that what happens does not depend on how busy the machine is.
    let builder = Emulator::builder().speed(0.0).quirks(quirks.iter().copied());
    runtime.block_on(builder.start()).expect("the emulator starts")
}

/// The head of a good request.
pub(crate) fn head(method: &str, path: &str, token: &[u8], length: usize) -> Vec<u8> {
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nauthorization: "
    );
    [head.as_bytes(), token, b"\r\n\r\n"].concat()
}

/// A token with one of the scopes there are; which, is up to the number.
pub(crate) fn token(emulator: &Emulator, scope: usize) -> Vec<u8> {
    let holders = emulator.town().lock_holders;
    let admin = |place: usize| format!("lockHolder.admin:{}", holders[place].id);
    let scope = match scope {
        0 | 1 => admin(0),
        2 => format!("{} integrator.admin {}", admin(0), admin(1)),
        3 => holders[0].scope.clone(),
        _ => String::new(),
    };
    let body = json!({
        "grant_type": "client_credentials", "client_id": emulator.client_id(),
        "client_secret": emulator.client_secret(), "scope": scope,
    });
    let body = body.to_string();
    let head = head("POST", "/auth/v1/token/", b"none", body.len());
    let answer = exchange(emulator, &[head, body.into_bytes()].concat()).expect("a token");
    let answer = answer.json();
    format!("Bearer {}", answer["access_token"].as_str().unwrap_or_else(|| panic!("{answer}"))).into_bytes()
}

fn ask(emulator: &Emulator, plan: &Plan) -> Option<Answer> {
    let token = match &plan.token {
        Token::None => None,
        Token::Scoped(scope) => Some(token(emulator, *scope)),
        Token::Raw(bytes) => Some(bytes.clone()),
    };
    send(emulator, &plan.bytes(&targets(), &Names::of(emulator), token.as_deref()), !plan.is_whole())
}

/// The error forms are those of the API that a path is of; quirks have others.
fn check_error(path: &str, answer: &Answer) -> Result<(), TestCaseError> {
    let text = if path.starts_with("/auth/") { "error_description" } else { "errorDescription" };
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let has = |name: &str| body[name].as_str().is_some_and(|text| !text.is_empty());
    prop_assert!(has("error") && has(text), "{path}: {answer:?}");
    prop_assert_eq!(answer.header("content-type"), Some("application/json"));
    if answer.status == 401 && !path.starts_with("/auth/") {
        prop_assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
    }
    Ok(())
}

/// Whatever dates were sent: those that come back have the documented form.
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

/// The path of the request, as far as one can be read out of its bytes.
fn path_of(bytes: &[u8]) -> String {
    let line = bytes.split(|byte| *byte == b'\r').next().unwrap_or_default();
    let line = String::from_utf8_lossy(line);
    line.split(' ').nth(1).unwrap_or_default().to_owned()
}

fn check(emulator: &Emulator, plan: &Plan) -> Result<(), TestCaseError> {
    let Some(answer) = ask(emulator, plan) else {
        prop_assert!(!plan.is_plain(), "no answer");
        return Ok(());
    };
    let is_quirky = !emulator.quirks().is_empty();
    let of_http = OF_HTTP.contains(&answer.status) && !plan.is_plain() && answer.header("content-type").is_none();
    let created = answer.status == 201 && is_quirky;
    prop_assert!(KNOWN.contains(&answer.status) || of_http || created, "{answer:?}");
    if plan.is_head() || of_http || is_quirky {
        return Ok(());
    }
    if answer.status >= 400 {
        return check_error(&path_of(&plan.bytes(&targets(), &Names::of(emulator), None)), &answer);
    }
    if answer.header("content-type") == Some("application/json") && !answer.body.is_empty() {
        return check_dates(&answer.json());
    }
    Ok(())
}

/// The emulator is as good as it was, once what was asked for is taken back.
fn is_well(emulator: &Emulator) -> Result<(), TestCaseError> {
    emulator.faults().clear();
    emulator.set_quirks([]);
    let token = token(emulator, 0);
    let answer = exchange(emulator, &head("GET", "/integrators/v1/lock-holders/", &token, 0))
        .ok_or_else(|| TestCaseError::fail("no answer any more"))?;
    prop_assert_eq!(answer.status, 200);
    prop_assert!(!answer.json()["lockHolders"].as_array().is_none_or(Vec::is_empty));
    Ok(())
}

/// So many cases, unless `PROPTEST_CASES` says how many.
fn config(cases: u32) -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").map_or(cases, |cases| cases.parse().expect("a number of cases"));
    // Each step of shrinking starts an emulator; this is enough to read what is left.
    ProptestConfig { max_shrink_iters: 1000, failure_persistence: None, ..ProptestConfig::with_cases(cases) }
}

/// Faults are asked for, and so are their answers: each request finds none in force.
fn check_all(emulator: &Emulator, plans: &[Plan]) -> Result<(), TestCaseError> {
    for plan in plans {
        check(emulator, plan)?;
        emulator.faults().clear();
    }
    is_well(emulator)
}

#[test]
fn any_requests_get_documented_answers_and_leave_the_emulator_well() {
    proptest!(config(100), |(plans in vec(plan(), 1..8))| {
        let emulator = start(&[]);
        check_all(&emulator, &plans)?;
    });
}

#[test]
fn any_requests_are_answered_under_any_quirks() {
    proptest!(config(50), |(plans in vec(plan(), 1..8), quirks in subsequence(Quirk::ALL, 1..=Quirk::ALL.len()))| {
        check_all(&start(&quirks), &plans)?;
    });
}

#[test]
fn every_target_is_a_good_request_in_itself() {
    // Without this, the requests with one thing wrong could all be wrong for another reason.
    for (method, template, body) in targets() {
        let emulator = start(&[]);
        let (names, token) = (Names::of(&emulator), token(&emulator, 2));
        let (path, mut body) = (names.fill(template, None), body.map(|body| names.fill_body(&body)));
        if let Some(body) = body.as_mut().and_then(Value::as_object_mut)
            && body.contains_key("durationMinutes")
        {
            // The two exclude each other; what goes wrong with both is for the properties.
            body.remove("end");
        }
        let body = body.map(|body| body.to_string()).unwrap_or_default();
        let head = head(method, &path, &token, body.len());
        let answer = exchange(&emulator, &[head, body.into_bytes()].concat());
        let status = answer.expect("an answer").status;
        let is_unknown = template.contains("{id}") || template.ends_with("/faults/1");
        assert!(matches!(status, 200 | 204) || is_unknown && status == 404, "{method} {template}: {status}");
    }
}

#[test]
fn no_field_of_no_request_takes_a_value_that_makes_the_emulator_fail() {
    for (method, template, body) in targets().into_iter().filter(|(.., body)| body.is_some()) {
        let emulator = start(&[]);
        let (names, token) = (Names::of(&emulator), token(&emulator, 2));
        let good = names.fill_body(&body.unwrap_or_default());
        for value in odd_values() {
            for place in 0..fields(&mut good.clone()).len() {
                let mut body = good.clone();
                *fields(&mut body).swap_remove(place) = value.clone();
                let body = body.to_string();
                let head = head(method, &names.fill(template, None), &token, body.len());
                let answer = exchange(&emulator, &[head, body.into_bytes()].concat()).expect("an answer");
                assert!(KNOWN.contains(&answer.status), "{method} {template} {value}: {answer:?}");
                if answer.status == 200 {
                    check_dates(&answer.json()).unwrap_or_else(|wrong| panic!("{method} {template} {value}: {wrong}"));
                }
                emulator.faults().clear();
                emulator.set_quirks([]);
            }
        }
        is_well(&emulator).unwrap_or_else(|wrong| panic!("{method} {template}: {wrong}"));
    }
}
