//! Walks the paths and operations of any OpenAPI 3.0 document, including documents that cannot be bound.

use std::ops::Deref;

use serde_json::{Map, Value};

use crate::at::At;
use crate::template::PathTemplate;

/// Is the JSON pointer of a document's paths.
pub const PATHS: &str = "/paths";

/// Returns the paths of a document, sorted, without extensions.
pub fn paths(root: &Value) -> impl Iterator<Item = (&str, At<'_>)> {
    let mut paths: Vec<_> = At::find(root, PATHS).iter().flat_map(At::entries).collect();
    // A key of the Paths Object that begins with `x-` is an extension (OpenAPI 3.0.3, 4.7.8).
    paths.retain(|(path, _)| !path.starts_with("x-"));
    // The order of the JSON library depends on its features, and placeholders are numbered by it.
    paths.sort_by_key(|(path, _)| *path);
    paths.into_iter()
}

/// Returns the operations of a document, to change them.
pub fn operations_mut(root: &mut Value) -> impl Iterator<Item = &mut Map<String, Value>> {
    let paths = root.pointer_mut(PATHS).and_then(Value::as_object_mut).into_iter().flatten();
    let keys = paths.filter_map(|(_, item)| item.as_object_mut()).flatten();
    keys.filter(|(key, _)| method(key).is_some()).filter_map(|(_, operation)| operation.as_object_mut())
}

/// Is an operation as it is written. It dereferences to the node that describes it.
#[derive(Clone, Debug)]
pub struct RawOperation<'a> {
    /// Is its path.
    pub path: &'a str,
    /// Is its method in lower case.
    pub method: &'a str,
    /// Is the node that describes it, which may be of any type.
    pub at: At<'a>,
    /// Is the path item that it belongs to.
    pub item: At<'a>,
}

impl<'a> Deref for RawOperation<'a> {
    type Target = At<'a>;

    fn deref(&self) -> &At<'a> {
        &self.at
    }
}

impl<'a> RawOperation<'a> {
    /// Returns the operations of a document, in the order of their paths.
    pub fn all(root: &'a Value) -> impl Iterator<Item = Self> {
        paths(root).flat_map(|(path, item)| Self::of(path, &item).collect::<Vec<_>>())
    }

    /// Returns the operations of one path.
    pub fn of<'p>(path: &'a str, item: &'p At<'a>) -> impl Iterator<Item = Self> + use<'a, 'p> {
        let keys = item.entries().filter(|(key, _)| method(key).is_some());
        keys.map(move |(method, at)| Self { path, method, at, item: item.clone() })
    }

    /// Finds the operation with this path and method, in any letter case.
    #[must_use]
    pub fn find(root: &'a Value, path: &str, method: &str) -> Option<Self> {
        let (path, item) = paths(root).find(|(other, _)| *other == path)?;
        Self::of(path, &item).find(|operation| operation.method.eq_ignore_ascii_case(method))
    }

    /// Returns its `operationId`.
    #[must_use]
    pub fn id(&self) -> Option<&'a str> {
        self.text("operationId")
    }

    /// Returns its method and path, such as `GET /locks/`.
    #[must_use]
    pub fn address(&self) -> String {
        format!("{} {}", self.method.to_uppercase(), self.path)
    }

    /// Returns its id, or else its address.
    #[must_use]
    pub fn name(&self) -> String {
        self.id().map_or_else(|| self.address(), str::to_owned)
    }

    /// Returns its name for a sentence: the id in backticks, or else the address.
    #[must_use]
    pub fn called(&self) -> String {
        self.id().map_or_else(|| self.address(), |id| format!("`{id}`"))
    }

    /// Returns its path as a template.
    #[must_use]
    pub fn template(&self) -> PathTemplate<'a> {
        PathTemplate::of(self.path)
    }

    /// Returns its parameters, and those of its path that it does not override. References are followed, and duplicates
    /// are kept for the linter.
    #[must_use]
    pub fn parameters(&self, root: &'a Value) -> Vec<At<'a>> {
        let of = |owner: &At<'a>| owner.get("parameters").into_iter().flat_map(|list| list.list());
        let mut all: Vec<_> = of(&self.at).filter_map(|at| at.follow(root)).collect();
        // A parameter of the operation overrides the same one of its path (OpenAPI 3.0.3, 4.7.10).
        for parameter in of(&self.item).filter_map(|at| at.follow(root)) {
            if !all.iter().any(|other| is_same(other, &parameter)) {
                all.push(parameter);
            }
        }
        all
    }
}

/// Returns whether two parameters are the same: they have the same name and place.
///
/// Names of headers are compared without regard to case (RFC 9110, section 5.1).
pub(crate) fn is_same(one: &At<'_>, other: &At<'_>) -> bool {
    let (here, there) = (one.value.get("name"), other.value.get("name"));
    one.value.get("in") == other.value.get("in")
        && match (here.and_then(Value::as_str), there.and_then(Value::as_str)) {
            (Some(here), Some(there)) if one.text("in") == Some("header") => here.eq_ignore_ascii_case(there),
            _ => here == there,
        }
}

/// Returns the HTTP method that a key of a path item stands for, in upper case.
#[must_use]
pub fn method(key: &str) -> Option<&'static str> {
    // The keys are in lower case (OpenAPI 3.0.3, 4.7.9): `GET:` is an unknown key.
    ["GET", "PUT", "POST", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE"]
        .into_iter()
        .find(|method| method.to_ascii_lowercase() == key)
}
