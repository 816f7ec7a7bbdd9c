//! Servers, and who may call.

use serde_json::Value;
use unloc_spec::{escape, keys};

use crate::finding::{Findings, Rule, Severity};
use crate::shape::Object;
use crate::spec::{Spec, entries, meant};

const DEFINED: Rule = Rule {
    id: "security-defined",
    severity: Severity::Error,
    reason: "A scheme that does not exist secures nothing.",
    example: "`security: [{ integrater: [] }]`",
};

const SCOPE: Rule = Rule {
    id: "scope-declared",
    severity: Severity::Error,
    reason: "A scope that no flow declares cannot be asked for.",
    example: "`integrator: [integrator.admni]`",
};

const COMPLETE: Rule = Rule {
    id: "security-scheme-complete",
    severity: Severity::Error,
    reason: "A scheme that lacks what its type needs cannot be used.",
    example: "`type: apiKey` without `name` and `in`, a `clientCredentials` flow without `tokenUrl`",
};

const OFF: Rule = Rule {
    id: "operation-secured",
    severity: Severity::Warning,
    reason: "An operation that is open to everybody where all others want a token is a slip more often than not.",
    example: "`security: []`",
};

const HTTPS: Rule = Rule {
    id: "server-https",
    severity: Severity::Error,
    reason: "Tokens and passwords would travel for everybody to read.",
    example: "`url: http://api.example.com`",
};

const VERSION: Rule = Rule {
    id: "version-supported",
    severity: Severity::Error,
    reason: "The generator reads OpenAPI 3.0 only.",
    example: "`openapi: 3.1.0`",
};

pub(crate) const RULES: &[&Rule] = &[&DEFINED, &SCOPE, &COMPLETE, &OFF, &HTTPS, &VERSION];

pub(crate) fn check(spec: &Spec<'_>, findings: &mut Findings<'_>) {
    if spec.root.get("openapi").and_then(Value::as_str).is_some_and(|version| !version.starts_with("3.0.")) {
        findings.value(&VERSION, "/openapi", "this is not OpenAPI 3.0", "write `openapi: 3.0.3`, and what 3.0 can say");
    }
    requirements(spec, findings);
    for scheme in spec.all(Object::SecurityScheme) {
        let kind = scheme.text("type").unwrap_or_default();
        let needs: &[&str] = match kind {
            "apiKey" => &["name", "in"],
            "http" => &["scheme"],
            "oauth2" => &["flows"],
            "openIdConnect" => &["openIdConnectUrl"],
            _ => &[],
        };
        for name in needs.iter().filter(|name| scheme.value.get(**name).is_none()) {
            findings.key(
                &COMPLETE,
                &scheme.pointer,
                format!("a scheme of type `{kind}` needs `{name}`"),
                format!("add `{name}`"),
            );
        }
    }
    for flow in spec.all(Object::OAuthFlow) {
        let kind = flow.pointer.rsplit('/').next().unwrap_or_default();
        let needs: &[&str] = match kind {
            "implicit" => &["authorizationUrl"],
            "authorizationCode" => &["authorizationUrl", "tokenUrl"],
            _ => &["tokenUrl"],
        };
        for name in needs.iter().filter(|name| flow.value.get(**name).is_none()) {
            findings.key(
                &COMPLETE,
                &flow.pointer,
                format!("the flow `{kind}` needs `{name}`"),
                format!("add `{name}`"),
            );
        }
    }
    for (object, keys) in [
        (Object::OAuthFlow, &["authorizationUrl", "tokenUrl", "refreshUrl"] as &[&str]),
        (Object::SecurityScheme, &["openIdConnectUrl"]),
    ] {
        for node in spec.all(object) {
            let urls = keys.iter().filter_map(|key| Some((key, node.value.get(*key)?.as_str()?)));
            for (key, _) in urls.filter(|(_, url)| url.starts_with("http://")) {
                let pointer = format!("{}/{key}", node.pointer);
                findings.value(&HTTPS, &pointer, "tokens are asked for without TLS here", "write `https://`");
            }
        }
    }
    // What asks for nothing secret may be read by everybody, as it is meant to be: the rule is about tokens and passwords.
    let is_secret = |schema: &Value| {
        schema.get(keys::SENSITIVE).is_some() || schema.get("format").is_some_and(|format| format == "password")
    };
    let has_secrets = !spec.all(Object::SecurityScheme).is_empty()
        || spec.all(Object::Schema).iter().any(|node| is_secret(node.value));
    for server in spec.all(Object::Server).iter().filter(|_| has_secrets) {
        let url = server.text("url").unwrap_or_default();
        let pointer = format!("{}/url", server.pointer);
        let is_near = ["localhost", "127.0.0.1", "[::1]"].iter().any(|host| {
            let rest = url.strip_prefix("http://").and_then(|rest| rest.strip_prefix(host));
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '/']))
        });
        if url.starts_with("http://") && !is_near {
            findings.value(&HTTPS, &pointer, "this server is called without TLS", "write `https://`");
        }
    }
}

fn requirements(spec: &Spec<'_>, findings: &mut Findings<'_>) {
    let schemes = spec.root.pointer("/components/securitySchemes");
    for requirement in spec.all(Object::SecurityRequirement) {
        for (name, scopes) in entries(Some(requirement.value)) {
            let pointer = format!("{}/{}", requirement.pointer, escape(name));
            let Some(scheme) = schemes.and_then(|schemes| schemes.get(name)) else {
                let near = meant(name, entries(schemes).map(|(name, _)| name));
                let help = near.unwrap_or_else(|| "add it to `components/securitySchemes`".to_owned());
                findings.key(&DEFINED, &pointer, format!("there is no security scheme `{name}`"), help);
                continue;
            };
            let scheme = spec.resolve(scheme).unwrap_or(scheme);
            let kind = scheme.get("type").and_then(Value::as_str).unwrap_or_default();
            // OpenID Connect Discovery 1.0: its scopes stand at its own address, and OpenAPI has no place for them.
            if kind == "openIdConnect" {
                continue;
            }
            let declared: Vec<_> = entries(scheme.get("flows"))
                .flat_map(|(_, flow)| entries(flow.get("scopes")))
                .map(|(scope, _)| scope)
                .collect();
            for (place, scope) in scopes.as_array().into_iter().flatten().enumerate() {
                let Some(scope) = scope.as_str().filter(|scope| !declared.contains(scope)) else { continue };
                // OpenAPI 3.0.3, Security Requirement Object: for other types the list must be empty.
                let (message, help) = if ["apiKey", "http"].contains(&kind) {
                    let message = format!("`{name}` is of type `{kind}`, which has no scopes");
                    (message, format!("write `{name}: []`"))
                } else {
                    let near = meant(scope, declared.iter().copied());
                    let message = format!("no flow of `{name}` has the scope `{scope}`");
                    (message, near.unwrap_or_else(|| "declare it under the flow's `scopes`".to_owned()))
                };
                findings.value(&SCOPE, &format!("{pointer}/{place}"), message, help);
            }
        }
    }
    let secured = |node: &Value| node.get("security").and_then(Value::as_array).is_some_and(|list| !list.is_empty());
    let operations = spec.operations();
    let open: Vec<_> = operations
        .iter()
        .filter(|operation| {
            !secured(operation.value) && (operation.value.get("security").is_some() || !secured(spec.root))
        })
        .collect();
    // Where most are open, the API is.
    if open.len() * 2 < operations.len() {
        for operation in open {
            let (pointer, help) = (&operation.pointer, "name the scheme that it wants under `security`");
            findings.key(&OFF, pointer, format!("{} can be called by everybody", operation.called()), help);
        }
    }
}
