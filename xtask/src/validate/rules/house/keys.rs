//! The `x-` keys: where each may stand, and what it may say. The table is that of `openapi/README.md`.

use serde_json::Value;
use unloc_spec::escape;

use crate::validate::finding::{Findings, Rule, Severity};
use crate::validate::shape::Object;
use crate::validate::spec::{Node, Spec, entries};
use crate::validate::text::nearest;

pub(super) const KEY: Rule = Rule {
    id: "house-key",
    severity: Severity::Error,
    reason: "A key of ours that is misspelt, at the wrong place or of the wrong value is ignored in silence.",
    example: "`x-pagenation`, `x-sensitive` at an object, `x-idempotent: yes`",
};

/// Where a key may stand.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Server,
    Operation,
    /// A schema with a name.
    Component,
    /// A property of one.
    Property,
}

/// What a value should be; nothing if it is.
type Holds = fn(&Spec<'_>, &Node<'_>, &Value) -> Option<String>;

const KEYS: [(&str, Place, Holds); 13] = [
    ("x-environment", Place::Server, |_, _, value| one_of(value, &["production", "sandbox"])),
    ("x-evidence", Place::Operation, |_, _, value| one_of(value, &["documented", "inferred"])),
    ("x-evidence-note", Place::Operation, |_, _, value| text(value)),
    ("x-response-evidence", Place::Operation, |_, _, value| one_of(value, &["documented", "inferred"])),
    ("x-pagination", Place::Operation, pagination),
    ("x-idempotent", Place::Operation, |_, _, value| (!value.is_boolean()).then(|| "`true` or `false`".to_owned())),
    ("x-envelope", Place::Component, |_, node, value| {
        let named = value.as_str().and_then(|name| node.value.get("properties")?.get(name));
        named.is_none().then(|| "the name of a property of this schema".to_owned())
    }),
    ("x-aliases", Place::Property, |_, _, value| {
        let names = value.as_array().filter(|names| !names.is_empty() && names.iter().all(Value::is_string));
        names.is_none().then(|| "a list of names".to_owned())
    }),
    ("x-echoes", Place::Property, |_, _, value| text(value)),
    ("x-tolerate", Place::Property, |_, node, value| {
        let other = match node.value.get("type").and_then(Value::as_str) {
            Some("string") => "number",
            Some("boolean" | "integer" | "array") => "string",
            _ => return Some("at a text, a boolean, an integer or a list".to_owned()),
        };
        let forms = [Value::from(vec![other]), Value::from(vec![other, "any"])];
        (!forms.contains(value)).then(|| format!("`[{other}]` or `[{other}, any]` for this type"))
    }),
    ("x-sensitive", Place::Component, |_, node, value| {
        let is_text = node.value.get("type").is_some_and(|kind| kind == "string");
        let kind = one_of(value, &["phone-number", "secret", "cursor"]);
        kind.or_else(|| (!is_text).then(|| "at a schema of type `string`".to_owned()))
    }),
    ("x-case-insensitive", Place::Component, |_, node, value| {
        let is_enum = node.value.get("enum").is_some();
        (*value != Value::Bool(true) || !is_enum).then(|| "`true`, at an enum".to_owned())
    }),
    ("x-enum-descriptions", Place::Component, |_, node, value| {
        let values = node.value.get("enum").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let listed = |value: &str| values.iter().any(|other| other == value);
        let strange = entries(Some(value)).find(|(value, text)| !listed(value) || !text.is_string());
        match strange {
            Some((value, _)) => Some(format!("a text for each value of the enum, and there is no value `{value}`")),
            None => (!value.is_object()).then(|| "a text for each value of the enum".to_owned()),
        }
    }),
];

pub(super) fn check(spec: &Spec<'_>, findings: &mut Findings<'_>) {
    for (object, node) in spec.every() {
        for (key, value) in entries(Some(node.value)).filter(|(key, _)| key.starts_with("x-")) {
            // A property, a path or a scope may be called whatever it is called.
            if object.entries().is_some() && object != Object::Paths && object != Object::Responses {
                continue;
            }
            one(spec, (object, node), (key, value), findings);
        }
    }
}

fn one(
    spec: &Spec<'_>,
    (object, node): (Object, &Node<'_>),
    (key, value): (&str, &Value),
    findings: &mut Findings<'_>,
) {
    let pointer = format!("{}/{}", node.pointer, escape(key));
    if key == "x-lint-allow" {
        for (rule, _) in entries(Some(value)).filter(|(_, reason)| text(reason).is_some()) {
            let message = format!("the exception of `{rule}` has no reason");
            findings.key(&KEY, &format!("{pointer}/{rule}"), message, "write why it is right here");
        }
        return;
    }
    let Some((_, at, holds)) = KEYS.iter().find(|(name, ..)| *name == key) else {
        let near = nearest(key, KEYS.iter().map(|(name, ..)| *name));
        let help = near.map_or_else(
            || "take it out; those that there are stand in openapi/README.md".to_owned(),
            |near| format!("did you mean `{near}`?"),
        );
        findings.key(&KEY, &pointer, format!("nothing reads a key `{key}`"), help);
        return;
    };
    if place(object, &node.pointer) != Some(*at) {
        let wanted = match at {
            Place::Server => "a server",
            Place::Operation => "an operation",
            Place::Component => "a schema under `components/schemas`",
            Place::Property => "a property",
        };
        findings.key(&KEY, &pointer, format!("`{key}` says nothing here"), format!("it stands at {wanted}"));
    } else if let Some(wanted) = holds(spec, node, value) {
        findings.key(&KEY, &pointer, format!("`{key}` cannot be this"), format!("it is {wanted}"));
    }
}

fn place(object: Object, pointer: &str) -> Option<Place> {
    let steps: Vec<_> = pointer.split('/').collect();
    match (object, steps.as_slice()) {
        (Object::Server, _) => Some(Place::Server),
        (Object::Operation, _) => Some(Place::Operation),
        (Object::Schema, ["", "components", "schemas", _]) => Some(Place::Component),
        (Object::Schema, [.., "properties", _]) => Some(Place::Property),
        _ => None,
    }
}

fn one_of(value: &Value, among: &[&str]) -> Option<String> {
    let is_one = value.as_str().is_some_and(|text| among.contains(&text));
    let names: Vec<_> = among.iter().map(|name| format!("`{name}`")).collect();
    (!is_one).then(|| names.join(" or "))
}

fn text(value: &Value) -> Option<String> {
    let is_text = value.as_str().is_some_and(|text| !text.trim().is_empty());
    (!is_text).then(|| "a text that is not empty".to_owned())
}

/// The list and the cursor of an answer, the cursor's parameter and the one beside it.
fn pagination(spec: &Spec<'_>, node: &Node<'_>, value: &Value) -> Option<String> {
    let name = |key: &str| value.get(key).and_then(Value::as_str);
    let size = value.get("size").and_then(Value::as_u64).filter(|size| *size > 0);
    let (Some(items), Some(cursor), Some(_), 3) =
        (name("items"), name("cursor"), size, value.as_object().map_or(0, serde_json::Map::len))
    else {
        return Some("`{items: name, cursor: name, size: number}`".to_owned());
    };
    let operation = spec.operations().into_iter().find(|operation| operation.pointer == node.pointer)?;
    let parameters = operation.parameters(spec);
    let is_parameter = |name: &str| {
        parameters.iter().any(|(_, one)| {
            one.get("name").is_some_and(|own| own == name) && one.get("in").is_some_and(|place| place == "query")
        })
    };
    for name in ["limit", cursor] {
        if !is_parameter(name) {
            return Some(format!("for operations with a query parameter `{name}`"));
        }
    }
    let (_, answer) = entries(node.value.get("responses")).find(|(status, _)| status.starts_with('2'))?;
    let schema = spec.resolve(answer)?.pointer("/content/application~1json/schema")?;
    let properties = spec.resolve(schema)?.get("properties")?;
    let is_list = |list: &Value| list.get("type").is_some_and(|kind| kind == "array");
    if !properties.get(items).is_some_and(is_list) {
        return Some(format!("to name the list of the answer, and it has no list `{items}`"));
    }
    (properties.get(cursor).is_none()).then(|| format!("to name the cursor of the answer, and it has no `{cursor}`"))
}
