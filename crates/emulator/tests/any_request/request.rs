//! Generates requests: valid ones, valid ones with one mutation, and random bytes.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Value, json};

/// Describes a request. It is rendered when the ids and tokens of an emulator are known.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) method: Option<String>,
    pub(crate) target: Index,
    pub(crate) path_form: PathForm,
    pub(crate) query: String,
    pub(crate) token: Token,
    pub(crate) headers: Vec<(String, Vec<u8>)>,
    pub(crate) body: Body,
    pub(crate) framing: Framing,
}

/// Is the path of a request.
#[derive(Clone, Debug)]
pub(crate) enum PathForm {
    /// Is the target's path, with another text for one of its ids, and with this number of trailing slashes.
    Template {
        other: Option<(usize, String)>,
        slashes: usize,
    },
    Any(Vec<u8>),
}

/// Is the token of a request.
#[derive(Clone, Debug)]
pub(crate) enum Token {
    None,
    /// Is a valid token; the number selects its scope.
    Scoped(usize),
    Raw(Vec<u8>),
}

#[derive(Clone, Debug)]
pub(crate) enum Body {
    Valid,
    /// Is the valid body with another value for one of its fields, at any depth.
    Mutated(Index, Value),
    Raw(Vec<u8>),
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Framing {
    Length,
    Chunked,
    /// Adds this number to the correct `Content-Length`.
    Wrong(i8),
    Missing,
}

/// Generates path segments that are no valid id, or the id of something else.
fn odd_segment() -> impl Strategy<Value = String> {
    let fixed = [
        "",
        ".",
        "..",
        "%2e%2e",
        "nowhere",
        "%ff",
        "%00",
        "%2F",
        "%",
        "%zz",
        "%F0%9F%94%91",
        "+12125550101",
        "{lockHolder}",
    ];
    prop_oneof![
        select(fixed.to_vec()).prop_map(str::to_owned),
        "[ -~]{0,20}",
        "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}",
        (1..4000_usize).prop_map(|length| "x".repeat(length)),
    ]
}

fn path_form() -> impl Strategy<Value = PathForm> {
    let other = proptest::option::weighted(0.3, (0..8_usize, odd_segment()));
    let fixed = [
        "*",
        "",
        "//",
        "/integrators/v1",
        "/v2/nothing",
        "/_emulator/nothing",
        "/openapi/none",
        "http://a.example/_emulator/",
        "a:80",
    ];
    let noise = vec(any::<u8>(), 0..60).prop_map(PathForm::Any);
    prop_oneof![
        12 => (other, select(&[1_usize, 1, 1, 0, 2][..])).prop_map(|(other, slashes)| PathForm::Template { other, slashes }),
        1 => select(fixed.to_vec()).prop_map(|text| PathForm::Any(text.into())),
        1 => "(/[!-~]{0,12}){0,6}".prop_map(|text| PathForm::Any(text.into_bytes())),
        1 => noise,
    ]
}

fn query() -> impl Strategy<Value = String> {
    let fixed = [
        "?limit=1",
        "?limit=2501",
        "?appUserId=",
        "?lockId=&excludeStates=,",
        "?confirmationCode=x",
        "?limit=1&limit=0",
        "?limit=%ff",
        "?startAfterId=%00",
        "?days=-1",
        "?",
        "?&&=",
        "?settled",
    ];
    prop_oneof![4 => Just(String::new()), 2 => select(fixed.to_vec()).prop_map(str::to_owned), 1 => "\\?[!-~]{0,40}"]
}

fn token() -> impl Strategy<Value = Token> {
    prop_oneof![
        8 => (0..10_usize).prop_map(Token::Scoped),
        1 => Just(Token::None),
        1 => select(&["Bearer", "Bearer ", "Basic eDp5", "bearer a.b.c"][..]).prop_map(|text| Token::Raw(text.into())),
        1 => vec(prop_oneof![Just(b'.'), 0x20..=0x7e_u8, 0x80..=0xff_u8], 0..200).prop_map(Token::Raw),
    ]
}

fn headers() -> impl Strategy<Value = Vec<(String, Vec<u8>)>> {
    let known = select(
        &[
            ("content-type", "text/plain"),
            ("content-type", "application/problem+json"),
            ("content-type", ""),
            ("expect", "100-continue"),
            ("upgrade", "h2c"),
            ("origin", "http://a.example"),
            ("origin", "http://localhost"),
            ("sec-fetch-site", "cross-site"),
            ("range", "bytes=0-1"),
            ("access-control-request-method", "PATCH"),
            ("access-control-request-headers", "authorization"),
            ("accept-encoding", "br"),
            ("transfer-encoding", "gzip"),
            ("content-length", "x"),
            ("host", "["),
        ][..],
    );
    let known = known.prop_map(|(name, value)| (name.to_owned(), value.as_bytes().to_vec()));
    let noise = ("[a-z-]{1,12}", vec(any::<u8>(), 0..40));
    let huge = (1..40_000_usize).prop_map(|length| ("x-huge".to_owned(), vec![b'x'; length]));
    vec(prop_oneof![6 => known, 2 => noise, 1 => huge], 0..3)
}

/// Returns values at or beyond the limits of fields.
pub(crate) fn odd_values() -> Vec<Value> {
    vec![
        json!(null),
        json!(true),
        json!(-1),
        json!(0),
        json!(i64::MIN),
        json!(u64::MAX),
        json!(1e308),
        json!(1.5),
        json!(""),
        json!("\u{0}"),
        json!("+"),
        json!("🔑".repeat(1025)),
        json!("virtual"),
        json!("true"),
        json!("revoked"),
        json!("0000-01-01T00:00:00+14:00"),
        json!("9999-12-31T23:59:59-14:00"),
        json!("2030-06-30T23:59:60Z"),
        json!(60.0),
        json!(60.5),
        json!("http://a:b@localhost:70000/ø"),
        json!("1969-12-31T23:59:59.999999999Z"),
        json!("http://[::1]:99999/"),
        json!("http://localhost:1"),
        json!([]),
        json!([[{}]]),
        json!({}),
        json!({ "mon": null }),
        json!(["string-booleans", "silence"]),
        json!({ "sun": { "startHour": 24, "startMinute": 59, "endHour": 0, "endMinute": 0 } }),
    ]
}

fn odd_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    let tree = leaf.prop_recursive(4, 24, 4, |inner| {
        let object = proptest::collection::btree_map("[a-zA-Z]{1,8}", inner.clone(), 0..4);
        let object = object.prop_map(|fields| Value::Object(fields.into_iter().collect()));
        prop_oneof![vec(inner, 0..4).prop_map(Value::Array), object]
    });
    prop_oneof![3 => select(odd_values()), 1 => tree]
}

fn body() -> impl Strategy<Value = Body> {
    let deep = (1..5000_usize, select(&["[", "{\"a\":", "[{\"b\":["][..])).prop_map(|(depth, text)| text.repeat(depth));
    prop_oneof![
        8 => (any::<Index>(), odd_value()).prop_map(|(field, value)| Body::Mutated(field, value)),
        4 => Just(Body::Valid),
        1 => odd_value().prop_map(|value| Body::Raw(value.to_string().into_bytes())),
        1 => deep.prop_map(|text| Body::Raw(text.into_bytes())),
        1 => vec(any::<u8>(), 0..200).prop_map(Body::Raw),
    ]
}

pub(crate) fn plan() -> impl Strategy<Value = Plan> {
    let method = prop_oneof![
        10 => Just(None),
        2 => select(&["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "get"][..])
            .prop_map(|method| Some(method.to_owned())),
        1 => "[!-~]{1,20}".prop_map(Some),
    ];
    let framing = prop_oneof![
        8 => Just(Framing::Length), 2 => Just(Framing::Chunked), 1 => any::<i8>().prop_map(Framing::Wrong), 1 => Just(Framing::Missing),
    ];
    (method, any::<Index>(), path_form(), query(), token(), headers(), body(), framing).prop_map(
        |(method, target, path_form, query, token, headers, body, framing)| Plan {
            method,
            target,
            path_form,
            query,
            token,
            headers,
            body,
            framing,
        },
    )
}
