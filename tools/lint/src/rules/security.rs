//! Checks security schemes, security requirements and TLS.

use serde_json::Value;
use unloc_spec::{escape, keys};

use crate::finding::{Findings, Rule, Severity};
use crate::shape::Object;
use crate::spec::{Spec, entries, suggestion};

// OpenAPI 3.0.3, 4.7.30.1: each name must be that of a declared security scheme.
const DEFINED: Rule = Rule {
    id: "security-defined",
    severity: Severity::Error,
    reason: "A security scheme that does not exist secures nothing.",
    example: "`security: [{ integrater: [] }]`",
};

const SCOPE: Rule = Rule {
    id: "scope-declared",
    severity: Severity::Error,
    reason: "Clients cannot request a scope that no flow declares.",
    example: "`integrator: [integrator.admni]`",
};

const COMPLETE: Rule = Rule {
    id: "security-scheme-complete",
    severity: Severity::Error,
    reason: "Clients cannot use a security scheme that lacks a field of its type.",
    example: "`type: apiKey` without `name` and `in`, a `clientCredentials` flow without `tokenUrl`",
};

const OFF: Rule = Rule {
    id: "operation-secured",
    severity: Severity::Warning,
    reason: "An operation without authentication, where nearly all others require it, is probably a slip.",
    example: "`security: []`",
};

const HTTPS: Rule = Rule {
    id: "server-https",
    severity: Severity::Error,
    reason: "Without TLS, tokens and passwords are readable on the network.",
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
        let help = "write `openapi: 3.0.3`, and use only what OpenAPI 3.0 defines";
        findings.value(&VERSION, "/openapi", "unsupported version: this is not OpenAPI 3.0", help);
    }
    requirements(spec, findings);
    for scheme in spec.all(Object::SecurityScheme) {
        let kind = scheme.text("type").unwrap_or_default();
        // OpenAPI 3.0.3, 4.7.27.1.
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
                format!("missing field `{name}`: a security scheme of type `{kind}` requires it"),
                format!("add `{name}`"),
            );
        }
    }
    for flow in spec.all(Object::OAuthFlow) {
        let kind = flow.pointer.rsplit('/').next().unwrap_or_default();
        // OpenAPI 3.0.3, 4.7.29.1. The remaining flows, `password` and `clientCredentials`, need the token URL only.
        let needs: &[&str] = match kind {
            "implicit" => &["authorizationUrl"],
            "authorizationCode" => &["authorizationUrl", "tokenUrl"],
            _ => &["tokenUrl"],
        };
        for name in needs.iter().filter(|name| flow.value.get(**name).is_none()) {
            findings.key(
                &COMPLETE,
                &flow.pointer,
                format!("missing field `{name}`: the flow `{kind}` requires it"),
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
                findings.value(&HTTPS, &pointer, "this endpoint for tokens is without TLS", "use `https://`");
            }
        }
    }
    // An API without any secret may be public over plain HTTP: the rule protects tokens and passwords.
    let is_secret = |schema: &Value| {
        schema.get(keys::SENSITIVE).is_some() || schema.get("format").is_some_and(|format| format == "password")
    };
    let has_secrets = !spec.all(Object::SecurityScheme).is_empty()
        || spec.all(Object::Schema).iter().any(|node| is_secret(node.value));
    for server in spec.all(Object::Server).iter().filter(|_| has_secrets) {
        let url = server.text("url").unwrap_or_default();
        let pointer = format!("{}/url", server.pointer);
        // A loopback address stays on the machine.
        let is_loopback = ["localhost", "127.0.0.1", "[::1]"].iter().any(|host| {
            let rest = url.strip_prefix("http://").and_then(|rest| rest.strip_prefix(host));
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '/']))
        });
        if url.starts_with("http://") && !is_loopback {
            findings.value(&HTTPS, &pointer, "this server is without TLS", "use `https://`");
        }
    }
}

/// Checks the schemes and scopes of all security requirements, and that operations are secured as their neighbours are.
fn requirements(spec: &Spec<'_>, findings: &mut Findings<'_>) {
    let schemes = spec.root.pointer("/components/securitySchemes");
    for requirement in spec.all(Object::SecurityRequirement) {
        for (name, scopes) in entries(Some(requirement.value)) {
            let pointer = format!("{}/{}", requirement.pointer, escape(name));
            let Some(scheme) = schemes.and_then(|schemes| schemes.get(name)) else {
                let near = suggestion(name, entries(schemes).map(|(name, _)| name));
                let help = near.unwrap_or_else(|| "add it to `components/securitySchemes`".to_owned());
                findings.key(&DEFINED, &pointer, format!("unknown security scheme `{name}`"), help);
                continue;
            };
            let scheme = spec.resolve(scheme).unwrap_or(scheme);
            let kind = scheme.get("type").and_then(Value::as_str).unwrap_or_default();
            // Its scopes are in the discovery document (OpenID Connect Discovery 1.0); OpenAPI has no field for them.
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
                    let near = suggestion(scope, declared.iter().copied());
                    let message = format!("unknown scope `{scope}`: no flow of `{name}` declares it");
                    (message, near.unwrap_or_else(|| "declare it under `scopes` of the flow".to_owned()))
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
    // Where most operations are open, the API is public on purpose.
    if open.len() * 2 < operations.len() {
        for operation in open {
            let (pointer, help) = (&operation.pointer, "add `security` with the scheme that it requires");
            findings.key(&OFF, pointer, format!("{} requires no authentication", operation.called()), help);
        }
    }
}
