//! Tests changes of security, servers and success statuses.

use unloc_diff::{Verdict, on_the_wire};

use crate::foreign::FOREIGN;
use crate::{document, on_the_wire_of, summary};

/// Returns a spec whose only operation requires this scheme.
fn secured(scheme: &str, scopes: &str) -> String {
    format!(
        "openapi: 3.0.3\ninfo: {{title: T, version: '1'}}\npaths:\n  /doors/:\n    get:\n      operationId: getDoors\n      \
         security: [{{s: {scopes}}}]\n      responses: {{'204': {{description: it}}}}\ncomponents:\n  securitySchemes:\n    s: {scheme}\n"
    )
}

#[test]
fn compares_everything_of_a_scheme_that_is_sent() {
    let flow =
        |kind: &str, urls: &str| format!("{{type: oauth2, flows: {{{kind}: {{{urls}, scopes: {{r: Reads.}}}}}}}}");
    let (at, token) = ("authorizationUrl: 'https://id.example.com/a'", "tokenUrl: 'https://id.example.com/t'");
    let both = format!("{at}, {token}");
    let code = flow("authorizationCode", &both);
    let more = |kind: &str, urls: &str| {
        code.replace(
            "{type: oauth2, flows: {",
            &format!("{{type: oauth2, flows: {{{kind}: {{{urls}, scopes: {{r: Reads.}}}}, "),
        )
    };
    let refresh = |url: &str| flow("authorizationCode", &format!("{both}, refreshUrl: 'https://id.example.com/{url}'"));
    let oidc = |url: &str| format!("{{type: openIdConnect, openIdConnectUrl: 'https://id.example.com/{url}'}}");
    let key = |place: &str, name: &str| format!("{{type: apiKey, in: {place}, name: {name}}}");
    let (breaking, compatible) = (Some(Verdict::Breaking), Some(Verdict::Compatible));
    for (old, new, verdict, part) in [
        (oidc("one"), oidc("two"), breaking, "from https://id.example.com/one to https://id.example.com/two"),
        (code.clone(), code.replace("example.com/a", "example.com/b"), breaking, "`authorizationUrl` of the flow"),
        (
            code.clone(),
            code.replace("example.com/t", "example.com/u"),
            breaking,
            "`tokenUrl` of the flow `authorizationCode`",
        ),
        (
            refresh("r"),
            refresh("q"),
            breaking,
            "`refreshUrl` of the flow `authorizationCode` from https://id.example.com/r to https://id.example.com/q",
        ),
        (code.clone(), more("clientCredentials", token), compatible, "now has the flow `clientCredentials`"),
        (code.clone(), more("implicit", at), compatible, "now has the flow `implicit`"),
        (more("password", token), code.clone(), breaking, "no longer has the flow `password`"),
        // The refresh URL defaults to the token URL.
        (refresh("t"), code.clone(), None, ""),
        (key("query", "Key"), key("query", "key"), breaking, "from the query key `Key` to the query key `key`"),
        (key("cookie", "Key"), key("cookie", "key"), breaking, "the cookie key `key`"),
        (key("header", "X-Key"), key("header", "x-key"), None, ""),
        (key("header", "X-Key"), key("query", "X-Key"), breaking, "the query key"),
        ("{type: http, scheme: Bearer}".into(), "{type: http, scheme: bearer}".into(), None, ""),
        ("{type: http, scheme: basic}".into(), "{type: http, scheme: bearer}".into(), breaking, "to HTTP bearer"),
        (
            "{type: http, scheme: bearer}".into(),
            oidc("one"),
            breaking,
            "now requires OpenID Connect instead of HTTP bearer",
        ),
    ] {
        let scopes = if old.contains("oauth2") { "[r]" } else { "[]" };
        let (found, messages) = on_the_wire_of(&secured(&old, scopes), &secured(&new, scopes));
        assert_eq!(found, verdict, "{old} to {new}: {messages}");
        assert!(messages.contains(part), "{part}: {messages}");
        assert!(!messages.contains("requires r instead of r"), "{messages}");
    }
    // The name of a scheme is not sent; its scopes are.
    let named = secured(&code, "[r]");
    assert_eq!(on_the_wire_of(&named, &named.replace("{s: [r]}", "{t: [r]}").replace("    s: {", "    t: {")).0, None);
    assert_eq!(on_the_wire_of(&named, &secured(&code, "[r, w]")).0, breaking);
}

#[test]
fn reports_a_scheme_of_several_operations_once() {
    let spec = secured("{type: openIdConnect, openIdConnectUrl: 'https://id.example.com/1'}", "[]");
    let two = spec.replace("components:", "  /keys/:\n    get:\n      operationId: getKeys\n      security: [{s: []}]\n      responses: {'204': {description: it}}\ncomponents:");
    let changes = on_the_wire(&document("doors.yaml", &two), &document("doors.yaml", &two.replace("com/1", "com/2")));
    assert_eq!(changes.len(), 1);
    assert_eq!(changes[0].operations.iter().collect::<Vec<_>>(), ["getDoors", "getKeys"]);
}

fn served(servers: &str, paths: &[&str]) -> String {
    let paths: String = paths
        .iter()
        .enumerate()
        .map(|(place, path)| {
            format!("  {path}:\n    get: {{operationId: get{place}, responses: {{'204': {{description: it}}}}}}\n")
        })
        .collect();
    format!("openapi: 3.0.3\ninfo: {{title: T, version: '1'}}\n{servers}paths:\n{paths}")
}

#[test]
fn a_path_segment_may_move_between_server_and_operations() {
    let at = |urls: &[&str]| {
        let list: String = urls.iter().map(|url| format!("  - {{url: '{url}'}}\n")).collect();
        format!("servers:\n{list}")
    };
    let (short, long) = (["/doors/", "/doors/{id}"], ["/v1/doors/", "/v1/doors/{doorId}"]);
    let (breaking, a) = (Some(Verdict::Breaking), "https://api.example.com");
    let v1 = format!("{a}/v1");
    for (old, new, verdict) in [
        (served(&at(&[&v1]), &short), served(&at(&[a]), &long), None),
        (served(&at(&[&format!("{v1}/")]), &short), served(&at(&[&format!("{a}/")]), &long), None),
        (served(&at(&[a]), &long), served(&at(&[&v1]), &short), None),
        (served(&at(&["/v1"]), &short), served("", &long), None),
        (
            served(&at(&["https://a.example.com/v1", "https://b.example.com/v1"]), &short),
            served(&at(&["https://a.example.com", "https://b.example.com/"]), &long),
            None,
        ),
        // In these rows not everything moved, or not to the same place.
        (served(&at(&[&v1]), &short), served(&at(&[a]), &[long[0], short[1]]), breaking),
        (served(&at(&[&v1]), &short), served(&at(&[a]), &short), breaking),
        (served(&at(&[&v1]), &short), served(&at(&["https://other.example.com"]), &long), breaking),
        (
            served(&at(&["https://a.example.com/v1", "https://b.example.com/v2"]), &short),
            served(&at(&["https://a.example.com", "https://b.example.com"]), &long),
            breaking,
        ),
        (served(&at(&[&v1]), &short), served(&at(&[&format!("{a}/v2")]), &short), breaking),
    ] {
        let (found, messages) = on_the_wire_of(&old, &new);
        let reported = if found == Some(Verdict::Compatible) { None } else { found };
        assert_eq!(reported, verdict, "{old}\n{new}\n{messages}");
    }
}

#[test]
fn default_is_the_success_response_if_no_2xx_is_documented() {
    let spec = |responses: &str| {
        format!(
            "openapi: 3.0.3\ninfo: {{title: T, version: '1'}}\npaths:\n  /a/:\n    get:\n      operationId: a\n      responses: {{{responses}}}\n"
        )
    };
    let body = |status: &str, kind: &str| {
        format!("{status}: {{description: it, content: {{application/json: {{schema: {{type: {kind}}}}}}}}}")
    };
    let with = |one: String, other: String| spec(&format!("{one}, {other}"));
    let breaking = Some(Verdict::Breaking);
    for (old, new, verdict) in [
        (spec(&body("default", "string")), spec(&body("default", "integer")), breaking),
        (
            with(body("default", "string"), body("'404'", "object")),
            with(body("default", "integer"), body("'404'", "object")),
            breaking,
        ),
        (spec(&body("'200'", "string")), spec(&body("default", "integer")), breaking),
        (spec(&body("default", "string")), spec(&body("'200'", "string")), Some(Verdict::Compatible)),
        // Next to a 2xx status, `default` is for errors.
        (
            with(body("'200'", "string"), body("default", "string")),
            with(body("'200'", "string"), body("default", "integer")),
            Some(Verdict::Compatible),
        ),
        (
            with(body("2XX", "string"), body("default", "string")),
            with(body("2XX", "string"), body("default", "integer")),
            Some(Verdict::Compatible),
        ),
    ] {
        let (found, messages) = on_the_wire_of(&old, &new);
        assert_eq!(found, verdict, "{old}{new}{messages}");
    }
}

#[test]
fn a_changed_error_body_is_compatible() {
    let spec = |field: &str| {
        FOREIGN.replace(
            "components:",
            &format!(
                "        default:\n          description: Why not.\n          content: {{application/json: {{schema: {{type: object, \
                 required: [e], properties: {{e: {{type: {field}}}}}}}}}}}\ncomponents:"
            ),
        )
    };
    let changes = on_the_wire(&document("doors.yaml", &spec("string")), &document("doors.yaml", &spec("integer")));
    assert!(changes.iter().all(|change| change.wire == Verdict::Compatible), "{:?}", summary(&changes));
}
