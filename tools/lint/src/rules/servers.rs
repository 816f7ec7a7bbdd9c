//! Checks the variables of server URLs.

use serde_json::Value;
use unloc_spec::{PathTemplate, escape};

use crate::finding::{Findings, Rule, Severity};
use crate::shape::Object;
use crate::spec::{Spec, entries};
use unloc_spec::words::nearest;

const VARIABLES: Rule = Rule {
    id: "server-variables",
    severity: Severity::Error,
    reason: "A server URL with an undefined variable, or with a default that the enum does not list, leads nowhere.",
    example: "`url: https://{region}.example.com` without a variable `region`, `default: mars` with `enum: [eu, us]`",
};

const USED: Rule = Rule {
    id: "server-variable-used",
    severity: Severity::Warning,
    reason: "A variable that the URL does not contain has no effect.",
    example: "a variable `stage` of `url: https://api.example.com`",
};

pub(crate) const RULES: &[&Rule] = &[&VARIABLES, &USED];

pub(crate) fn check(spec: &Spec<'_>, findings: &mut Findings<'_>) {
    for server in spec.all(Object::Server) {
        let url = server.text("url").unwrap_or_default();
        let names: Vec<_> = PathTemplate::of(url).names().collect();
        let declared = || entries(server.value.get("variables")).map(|(name, _)| name);
        for name in names.iter().filter(|name| declared().all(|other| other != **name)) {
            findings.value(
                &VARIABLES,
                &format!("{}/url", server.pointer),
                format!("undefined variable `{{{name}}}` in the server URL"),
                format!("add `{name}` to `variables`"),
            );
        }
        for (name, variable) in entries(server.value.get("variables")).filter(|(name, _)| !name.starts_with("x-")) {
            let pointer = format!("{}/variables/{}", server.pointer, escape(name));
            // A misspelt name is reported once, at the URL.
            let is_slip = names.iter().any(|other| declared().all(|name| name != *other))
                && nearest(name, names.iter().copied()).is_some();
            if !names.contains(&name) && !is_slip {
                let message = format!("variable `{name}` does not occur in the server URL");
                findings.key(&USED, &pointer, message, format!("add `{{{name}}}` to the URL, or remove the variable"));
            }
            // `list-not-empty` reports an empty enum.
            let values = variable.get("enum").and_then(Value::as_array).filter(|values| !values.is_empty());
            let Some((default, values)) = variable.get("default").filter(|default| default.is_string()).zip(values)
            else {
                continue;
            };
            // OpenAPI 3.0.3, Server Variable Object: the default should exist in the enum.
            if !values.contains(default) {
                let names: Vec<_> = values.iter().filter_map(Value::as_str).collect();
                let message = format!("the default {default} of `{name}` is not in its `enum`");
                let help = format!("choose one of {}, or add it to `enum`", names.join(", "));
                findings.value(&VARIABLES, &format!("{pointer}/default"), message, help);
            }
        }
    }
}
