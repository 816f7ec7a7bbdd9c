//! Tests that errors, `Debug` and logs redact secrets, tokens, passwords, invite codes and phone numbers.

use std::error::Error as StdError;
use std::fmt::Debug;
use std::time::Duration;

use futures_util::{StreamExt, TryStreamExt};
use serde_json::json;
use unloc::types::{
    CreateLockHolderRequest, CreateVendorAccountRequest, CreateVendorConnectionRequest, UpdateLockHolderRequest,
    UpdateVendorConnectionPasswordRequest,
};
use unloc::{ClientCredentials, Environment, Error, ErrorKind, RequestOptions, RetryPolicy, Token, Unloc, Url};

use crate::faults::connection::{never, raw, reset};
use crate::log::Log;
use crate::operations::{Ids, PASSWORD, PERSON, calls};
use crate::support::{
    CLIENT_ID, Response, SECRET, Server, builder, home, lock_holder, retrying, serving, token, unloc,
};

const CODE: &str = "EXAMPLE-CODE";

/// Lists texts that must not appear. Tokens and phone numbers are listed by a part, so that other formats are found
/// too.
const HIDDEN: [&str; 7] = [SECRET, "eyJhbGciOi", "c2lnbmF0dXJl", PASSWORD, CODE, "2125550", "7700900"];

fn assert_hidden(text: &str) {
    for hidden in HIDDEN {
        assert!(!text.contains(hidden), "{hidden} shows in {text}");
    }
}

/// Asserts the same, and that no seven consecutive digits of `PERSON` appear, whatever separates them.
fn assert_no_digits(text: &str) {
    assert_hidden(text);
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let person: Vec<char> = PERSON.chars().skip(1).collect();
    for seven in person.windows(7) {
        assert!(!digits.contains(&seven.iter().collect::<String>()), "a number shows in {text}");
    }
}

/// Asserts that neither the error nor its causes show anything hidden, in any format in which they can be printed.
pub(crate) fn assert_secret(error: &Error) {
    let mut link: Option<&dyn StdError> = Some(error);
    while let Some(error) = link {
        assert_hidden(&format!("{error} {error:#} {error:?} {error:#?}"));
        link = error.source();
    }
    assert_hidden(error.code().unwrap_or_default());
    assert_hidden(error.description().unwrap_or_default());
}

fn assert_debug(value: &impl Debug) {
    assert_hidden(&format!("{value:?} {value:#?}"));
}

/// Returns texts in which a service quotes phone numbers and tokens.
fn quoting_texts() -> Vec<String> {
    let token = token(1);
    vec![
        format!("no user {PERSON}"),
        "12125550100 is unknown".to_owned(),
        "cannot find /users/%2B12125550100/roles/ or /users/%2b12125550100".to_owned(),
        format!("tel:{PERSON}, user={PERSON};'{PERSON}'(+447700900123)"),
        format!("cursor {PERSON}.4c8e1b7a-93d2"),
        format!("jwt malformed: {token}"),
        format!("Bearer {token}."),
        format!("https://example.com/?access_token={token}&x=1#token={token}"),
        format!("{{\"token\":\"{token}\"}} ({token}) <{token}>"),
        format!("jwt malformed: {}", token.replace('.', "%2E")),
        format!("jwt malformed: {}", &token[..24]),
        "no user +1 (212) 555.0100, or 00 1 212 555 0100".to_owned(),
        "no user (212) 555-0100, +1\u{2011}212\u{2011}555\u{2011}0100 or 12125550100-abc".to_owned(),
        "no user \u{202e}+1212\u{200b}5550100\u{202c}".to_owned(),
    ]
}

/// Returns the phone number of `PERSON` in the formats in which a service might write it.
fn phone_number_formats() -> Vec<String> {
    let separators =
        ["", " ", "-", ".", "/", "\u{a0}", "\u{202f}", "\u{2011}", "\u{2013}", "%20", ") (", "\u{200b}", "_"];
    let groups: [&[&str]; 6] = [
        &["1", "212", "555", "0100"],
        &["212", "555", "0100"],
        &["12", "12", "55", "50", "10", "0"],
        &["5550100"],
        &["1212", "5550100"],
        &["1", "2", "1", "2", "5", "5", "5", "0", "1", "0", "0"],
    ];
    let prefixes = ["+", "", "00", "%2B", "00 ", "0", "id-"];
    let mut all = Vec::new();
    for (separator, groups) in separators.iter().flat_map(|separator| groups.map(|groups| (separator, groups))) {
        all.extend(prefixes.map(|prefix| format!("{prefix}{}", groups.join(separator))));
    }
    all
}

/// Returns responses with hidden texts in every place that the SDK reads.
fn leaking_responses() -> Vec<Response> {
    let mut responses = vec![Response::HangUp, Response::new(200, "<html>+12125550100"), Response::new(302, "")];
    for quote in quoting_texts() {
        let problem = json!({"title": quote, "detail": quote, "invalidParams": [{"name": quote, "reason": quote}]});
        responses
            .push(Response::json(400, &json!({"error": quote, "errorDescription": quote})).header("x-quote", &quote));
        responses.push(Response::json(409, &problem));
        responses.push(Response::new(502, format!("<html><title>{quote}</title></html>")));
    }
    let (number, text) = (json!(12125550100_u64), json!(PERSON));
    let names = ["lockHolder", "lock", "key", "role", "vendorConnection", "webhook", "integrator"];
    let lists = ["lockHolders", "locks", "keys", "roles", "vendorConnections", "webhooks", "keyEvents"];
    for value in [number.clone(), text.clone(), json!([text]), json!({PERSON: 5}), json!(-12125550100_i64)] {
        let mut body = json!({});
        names.iter().for_each(|name| body[*name] = value.clone());
        lists.iter().for_each(|name| body[*name] = json!([value]));
        responses.extend([Response::ok(&body), Response::ok(&value), Response::json(401, &value)]);
    }
    responses
}

#[tokio::test]
async fn no_failure_shows_a_secret_in_errors_or_logs() {
    let log = Log::of_everything();
    for response in leaking_responses() {
        let server = Server::always(response.clone()).await;
        // With retries, so that their events and that of an empty retry budget are logged.
        let unloc = retrying(&server.url()).options(no_backoff()).build().unwrap();
        for call in calls() {
            match call.run(&unloc, &Ids::plain()).await {
                Ok(_) => {}
                Err(error) => assert_secret(&error),
            }
        }
        // The token endpoint sends the same response.
        server.on_token(move |_| response.clone());
        let error = home(&server).get_locks().send().await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Token | ErrorKind::Connection), "{error}");
        assert_secret(&error);
    }
    // A repeated cursor is logged, and this one contains a phone number.
    let (_server, home) = serving(json!({"startAfterId": PERSON, "roles": [
        {"userId": PERSON, "lockId": "door", "canShare": true},
    ]}))
    .await;
    home.get_roles().items().take(9).try_collect::<Vec<_>>().await.unwrap();
    let kinds = every_kind().await;
    let missing: Vec<_> = KINDS.iter().filter(|kind| !kinds.contains(*kind)).collect();
    assert!(missing.is_empty(), "{missing:?}");
    let log = log.text();
    for part in ["getRoles", "hyper_util", "the retry budget is exhausted", "the call is retried", "token fetch failed"]
    {
        assert!(log.contains(part), "the log lacks an event of ours or of another crate: {part}");
    }
    assert_hidden(&log);
}

fn no_backoff() -> RequestOptions {
    RequestOptions::new().retry(RetryPolicy::default().initial_backoff(Duration::ZERO).max_backoff(Duration::ZERO))
}

/// Lists the kinds that `every_kind` produces. `Certificate` is tested in `tls`.
const KINDS: [ErrorKind; 8] = [
    ErrorKind::Configuration,
    ErrorKind::Scope,
    ErrorKind::Request,
    ErrorKind::Token,
    ErrorKind::Service,
    ErrorKind::Connection,
    ErrorKind::Timeout,
    ErrorKind::Decode,
];

/// Provokes errors of every kind, with hidden texts in all inputs, and returns their kinds.
async fn every_kind() -> Vec<ErrorKind> {
    let mut errors = Vec::new();
    let invalid_name = format!("{PERSON} x");
    errors.push(unloc::Scope::lock_holder_identifier("NO", &invalid_name, "").unwrap_err());
    errors.push(Unloc::builder().environment(format!("http://me:{SECRET}@example.com").as_str()).build().unwrap_err());
    errors.push(
        Unloc::builder().client_credentials(CLIENT_ID, SECRET).user_agent(format!("{SECRET}\n")).build().unwrap_err(),
    );
    errors.push(Error::token_later(format!("{PERSON} {}", token(1)), Duration::from_secs(1)));
    for (response, timeout) in [
        (Response::expired(), 60_000),
        (Response::new(503, "").header("retry-after", "99"), 60_000),
        (Response::new(200, PERSON), 60_000),
        (reset(), 60_000),
        (raw("no HTTP"), 60_000),
        // Only this response has to run into the timeout, so only its timeout is short.
        (never(), 5),
    ] {
        let server = Server::always(response.clone()).await;
        let brief = no_backoff().attempt_timeout(Duration::from_millis(timeout)).header("x-secret", SECRET);
        let unloc = retrying(&server.url()).options(brief).build().unwrap();
        let home = unloc.lock_holder(&lock_holder("home")).unwrap();
        let connection =
            CreateVendorConnectionRequest::builder().vendor("danalock").username(PERSON).password(PASSWORD);
        // The token is fetched before, since the timeout is meant for the operation.
        let scope = unloc::lock_holder_scope(&lock_holder("home")).unwrap();
        unloc.tokens().prefetch([scope.into()]).await.unwrap();
        errors.push(home.create_vendor_connection().body(connection).send().await.unwrap_err());
        errors.push(home.get_keys_for_user().user_id(PERSON).send().await.unwrap_err());
        errors.push(home.get_lock().lock_id("..").send().await.unwrap_err());
        let refused = RequestOptions::new().header("authorization", token(1)).header("x-a", format!("{SECRET}\n"));
        errors.push(home.get_locks().options(refused).send().await.unwrap_err());
        server.on_token(move |_| response.clone());
        let hasty = RequestOptions::new().operation_timeout(Duration::from_millis(timeout));
        errors.extend(unloc.get_lock_holders().options(hasty).send().await.err());
    }
    for error in &errors {
        assert_secret(error);
    }
    errors.iter().map(Error::kind).collect()
}

#[tokio::test]
async fn secrets_that_the_service_quotes_are_redacted() {
    let words = format!("no account with the password {PASSWORD} and the secret {SECRET}");
    let response = Response::json(400, &json!({"error": words, "errorDescription": words}));
    let server = Server::always(response.clone()).await;
    let home = home(&server);
    let connection = CreateVendorConnectionRequest::builder().vendor("danalock").username(PERSON).password(PASSWORD);
    let error = home.create_vendor_connection().body(connection).send().await.unwrap_err();
    assert!(!format!("{error} {error:?} {:?}", error.description()).contains(PASSWORD), "{error}");
    assert!(error.description().unwrap().contains("the password [secret] and"), "{error}");
    server.on_token(move |_| response.clone());
    let error = unloc(&server).get_lock_holders().send().await.unwrap_err();
    assert!(!format!("{error} {error:?} {:?}", error.description()).contains(SECRET), "{error}");
}

#[tokio::test]
async fn a_phone_number_that_the_call_sent_is_redacted_in_any_format() {
    let server = Server::always(Response::new(204, "")).await;
    let home = home(&server);
    for format in phone_number_formats() {
        let words = format!("there is no {format}-abc here");
        server.respond_with(Response::json(409, &json!({"error": words, "errorDescription": words})));
        // The number is sent in a path, in a phone number property, in properties of plain text, and in a cursor.
        let key = unloc::types::CreateKeyRequest::builder().user_id(PERSON);
        let account = CreateVendorConnectionRequest::builder().vendor("danalock").username(PERSON).password(PASSWORD);
        let holder = UpdateLockHolderRequest::builder().name(format!("The house of {PERSON}"));
        for error in [
            home.get_keys_for_user().user_id(PERSON).send().await.unwrap_err(),
            home.create_key().lock_id("door").body(key).send().await.unwrap_err(),
            home.create_vendor_connection().body(account).send().await.unwrap_err(),
            home.update_lock_holder().body(holder).send().await.unwrap_err(),
            home.get_roles().start_after_id(format!("{PERSON}.door")).send().await.unwrap_err(),
        ] {
            assert_no_digits(&format!("{error} {error:?}"));
            assert!(error.description().unwrap().starts_with("there is no "), "{error}");
        }
    }
}

#[tokio::test]
async fn an_opaque_token_is_redacted_whole_encoded_and_truncated() {
    let token = "EXAMPLE/opaque+0123456789~abc.def";
    let server = Server::always(Response::new(204, "")).await;
    server.on_token(move |_| Response::ok(&json!({"access_token": token, "token_type": "bearer", "expires_in": 3600})));
    let home = home(&server);
    for quoted in [
        token,
        "EXAMPLE%2Fopaque%2B0123456789~abc%2Edef",
        "EXAMPLE%252Fopaque%252B0123456789~abc%252Edef",
        "EXAMPLE/opaque+01",
        "9~abc.def",
        "EXAMPLE\\/opaque+0123456789~abc.def",
        "EXAM\u{200b}PLE/opaque+0123456789~abc.def",
    ] {
        server.respond_with(Response::json(
            403,
            &json!({"error": "Forbidden", "errorDescription": format!("no <{quoted}>")}),
        ));
        let error = home.get_locks().send().await.unwrap_err();
        assert_eq!(error.description(), Some("no <[secret]>"), "{quoted}");
    }
}

#[tokio::test]
async fn a_cursor_that_the_call_sent_is_redacted() {
    for (cursor, words) in [
        ("19398e97-cef8-4e3e-90a2-43162f319356", "no 19398e97-cef8-4e3e-90a2-43162f319356 in this list"),
        ("front-door", "no front-door in this list"),
        ("front-door", "no front%2Ddoor in this list"),
    ] {
        let server = Server::always(Response::json(400, &json!({"error": "E", "errorDescription": words}))).await;
        let error = home(&server).get_locks().start_after_id(cursor).send().await.unwrap_err();
        assert_eq!(error.description(), Some("no [cursor] in this list"));
    }
}

#[tokio::test]
async fn invisible_characters_of_the_service_are_removed() {
    let words = "\u{feff}a\u{202e}b\u{200b}c\u{2066}d\u{ad}e\u{e0041}f\r\n\u{1b}[31mg\u{85}\u{2028}h";
    let server = Server::always(Response::json(400, &json!({"error": words, "errorDescription": words}))).await;
    let error = home(&server).get_locks().send().await.unwrap_err();
    assert_eq!((error.code(), error.description()), (Some("abcdef   [31mg  h"), Some("abcdef   [31mg  h")));
}

#[tokio::test]
async fn digits_that_are_no_phone_number_are_not_redacted() {
    for words in [
        "no lock 19398e97-cef8-4e3e-90a2-431623193561 of organization 919424508",
        "end 2026-01-15T14:08:47.123+01:00 is before 1700000000, see RFC 9110 15.5.1",
        "version 10.0.19045.3803 from 192.168.100.200:54321 sent 5368709120 bytes",
        "at most 2500, and 2147483647 were asked for",
    ] {
        let server = Server::always(Response::json(400, &json!({"error": "E", "errorDescription": words}))).await;
        let error = home(&server).get_keys_for_user().user_id(PERSON).send().await.unwrap_err();
        assert_eq!(error.description(), Some(words));
    }
}

#[tokio::test]
async fn a_secret_with_digits_or_token_prefixes_is_redacted_whole() {
    let long = format!("tail{}", "of-secret-".repeat(60));
    for secret in ["abc0123456789def-tail-of-secret", "x+12345678-tail-of-secret", "eyJabc.tail/of+secret", &long] {
        let server = Server::always(Response::new(204, "")).await;
        let words = format!("wrong secret: {secret}");
        server.on_token(move |_| Response::json(401, &json!({"error": "invalid_client", "error_description": words})));
        let builder = Unloc::builder().environment(server.url()).client_credentials(CLIENT_ID, secret);
        let error = builder.build().unwrap().get_lock_holders().send().await.unwrap_err();
        assert_eq!(error.description(), Some("wrong secret: [secret]"));
    }
}

#[tokio::test]
async fn a_decode_error_does_not_quote_the_value() {
    let user = json!({"id": PERSON});
    for key in [
        json!({"toUser": user, "state": 12125550100_u64}),
        json!({"toUser": user, "state": "active", "end": PERSON}),
        json!({"toUser": user, "state": "active", "appSwitchOnly": PERSON}),
        json!({"toUser": user, "state": "active", "recurrence": {"mon": PERSON}}),
        json!({"toUser": user, "state": "active", "recurrence": {"mon": {"startHour": 12125550100_u64}}}),
        json!({"toUser": {"id": [PERSON]}, "state": "active"}),
        json!({"toUser": {"id": -12125550100_i64}, "state": "active"}),
        json!({"toUser": {"id": 12125550100.5}, "state": "active"}),
        json!({"toUser": {"id": PERSON, "name": 12125550100_u64}, "state": "active"}),
        json!({"toUser": PERSON, "state": "active"}),
        json!({"toUser": format!("{PERSON}, expected {PERSON} `{PERSON}"), "state": "active"}),
    ] {
        let (_server, home) = serving(json!({"keys": [key]})).await;
        let error = home.get_keys().send().await.expect_err(&key.to_string());
        assert_eq!(error.kind(), ErrorKind::Decode);
        assert_secret(&error);
    }
    let (_server, home) = serving(json!({"lock": {"id": "a", "name": "A", "auth": {PERSON: 5}}})).await;
    let error = home.get_lock().lock_id("a").send().await.unwrap_err();
    assert!(error.to_string().contains("`lock.auth.[name]`"), "{error}");
    for name in ["Ola Nordmann 91234567", "91 23 45 67", "ola", "a|b`c", "\u{202e}x", ""] {
        let (_server, home) = serving(json!({"lock": {"id": "a", "name": "A", "auth": {name: 5}}})).await;
        let error = home.get_lock().lock_id("a").send().await.unwrap_err();
        assert!(error.to_string().contains("at `lock.auth.[name]`: "), "{error}");
    }
}

#[tokio::test]
async fn debug_of_requests_redacts_their_contents() {
    let server = Server::always(Response::HangUp).await;
    let (unloc, home) = (unloc(&server), home(&server));
    home.get_locks().send().await.unwrap_err();
    assert_debug(&unloc);
    assert_debug(&home);
    assert_debug(&builder(&server.url()));
    let with_password: Url = format!("https://me:{PASSWORD}@example.com/?token={CODE}").parse().unwrap();
    let refused = Unloc::builder().environment(with_password.clone()).client_credentials(CLIENT_ID, SECRET);
    assert_debug(&refused);
    assert_debug(&Environment::Custom(with_password));
    assert_secret(&refused.build().unwrap_err());
    assert_debug(&ClientCredentials::new(&Environment::Sandbox, CLIENT_ID, SECRET).unwrap());
    assert_debug(&Token::new(token(1)));
    let account = CreateVendorAccountRequest::builder().vendor("danalock").email("me@example.com").password(PASSWORD);
    assert_debug(&account);
    assert_debug(&unloc.create_vendor_account().body(account));
    let holder = CreateLockHolderRequest::builder().name("N").password(PASSWORD);
    assert_debug(&holder);
    let connection = CreateVendorConnectionRequest::builder().vendor("danalock").password(PASSWORD);
    assert_debug(&home.create_vendor_connection().body(connection));
    let password = UpdateVendorConnectionPasswordRequest::builder().password(PASSWORD);
    assert_debug(&home.update_vendor_connection_password().vendor_connection_id("a").body(password));
    let key = unloc::types::CreateKeyRequest::builder().user_id(PERSON);
    assert_debug(&home.create_key().lock_id("door").body(key));
    assert_debug(&home.get_keys_for_user().user_id(PERSON));
    // An invalid number is hidden as well.
    assert_debug(&home.get_keys_for_user().user_id("12125550100"));
    assert_secret(&home.get_keys_for_user().user_id("12125550100").send().await.unwrap_err());
    assert_debug(&home.get_roles().start_after_id(format!("{PERSON}.door")));
    let named = UpdateLockHolderRequest::builder().name("Harbour Flats");
    assert!(
        format!("{:?}", home.update_lock_holder().body(named)).contains("Harbour Flats"),
        "other properties are shown"
    );
}

#[tokio::test]
async fn debug_of_responses_redacts_personal_data() {
    let holder = json!({"id": "home", "name": "N", "countryIso": "NO", "organizationId": "o",
        "activeInstallerInviteCodes": [CODE]});
    let event = json!({"id": "e", "action": "locked", "created": "2024-05-02T10:35:24Z", "userId": PERSON});
    let (_server, home) = serving(json!({
        "lockHolder": holder,
        "roles": [{"userId": PERSON, "lockId": "door", "canShare": true}],
        "keys": [{"toUser": {"id": 12125550100_u64}, "state": "active"}],
        "keyEvents": [event],
        "startAfterId": format!("{PERSON}.door"),
    }))
    .await;
    let roles = home.get_roles().send().await.unwrap();
    let keys = home.get_keys().send().await.unwrap();
    let events = home.get_key_events().send().await.unwrap();
    let body = UpdateLockHolderRequest::builder().name("Name");
    let holder = home.update_lock_holder().body(body).send().await.unwrap();
    assert_eq!(holder.active_installer_invite_codes[0].expose(), CODE);
    assert_eq!(roles.cursor().unwrap().expose(), format!("{PERSON}.door"));
    assert_debug(&roles);
    assert_debug(&keys);
    assert_debug(&events);
    assert_debug(&holder);
    assert_debug(&(roles, keys, events, holder));
}

#[test]
fn errors_of_a_token_source_are_redacted() {
    for quote in quoting_texts() {
        let error = Error::token(&quote);
        assert_secret(&error);
        assert!(error.to_string().contains('['), "{quote} was not redacted: {error}");
    }
    let error = unloc::Scope::lock_holder_identifier("NO", &format!("{PERSON} x"), "").unwrap_err();
    assert_secret(&error);
}
