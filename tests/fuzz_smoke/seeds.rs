//! Generates inputs from the specs, so that they follow each change of a spec.

use std::path::Path;

use serde_json::{Map, Value, json};
use unloc_spec::{At, Document, Operation, PATHS, paths, reached};

use crate::targets;

/// Returns the inputs for a target.
pub(crate) fn of(target: &str) -> Vec<Vec<u8>> {
    match target {
        "response" => examples(|status| status.starts_with('2')),
        "error" => examples(|status| !status.starts_with('2')),
        "bindings" => specs().iter().flat_map(parts).collect(),
        "yaml" => specs().into_iter().map(|spec| spec.text.into_bytes()).take(1).collect(),
        _ => Vec::new(),
    }
}

fn specs() -> [Document; 2] {
    ["auth", "integrator"].map(|name| {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("openapi/{name}.yaml"));
        Document::read(&file).unwrap()
    })
}

/// Returns every example of a response whose status is wanted.
fn examples(wanted: fn(&str) -> bool) -> Vec<Vec<u8>> {
    let mut inputs = Vec::new();
    for spec in specs() {
        let root = &spec.value;
        for operation in Operation::all(&spec).unwrap() {
            let responses = operation.raw(&spec).unwrap().get("responses").unwrap();
            for (status, response) in responses.entries() {
                let content = &response.follow(root).unwrap().value["content"]["application/json"];
                let several = content["examples"].as_object().into_iter().flatten().map(|(_, one)| &one["value"]);
                let one = content.get("example").into_iter().chain(several);
                inputs.extend(one.filter(|_| wanted(status)).map(|one| targets::input(&operation.id, status, one)));
            }
        }
    }
    inputs
}

/// Returns a spec for each path, with the components that it refers to. It is JSON, which is YAML, on several lines for
/// the mutator.
fn parts(spec: &Document) -> Vec<Vec<u8>> {
    let root = &spec.value;
    let path = |(path, item): (&str, At<'_>)| {
        let mut part = root.clone();
        *part.pointer_mut(PATHS).unwrap() = json!({ path: item.value });
        let needed = reached(root, [item.value]);
        for (kind, components) in part["components"].as_object_mut().into_iter().flatten() {
            if kind != "securitySchemes" {
                let all = std::mem::take(components);
                let some = all.as_object().cloned().unwrap_or_default().into_iter();
                let some = some.filter(|(name, _)| needed.contains(format!("/components/{kind}/{name}").as_str()));
                *components = Value::Object(some.collect::<Map<_, _>>());
            }
        }
        serde_json::to_vec_pretty(&part).unwrap()
    };
    paths(root).map(path).collect()
}
