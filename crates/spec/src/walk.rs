//! The paths and operations of any OpenAPI 3.0 document, sound or not: what the bindings refuse can still be looked at.

use std::ops::Deref;

use serde_json::{Map, Value};

use crate::at::At;
use crate::template::PathTemplate;

/// Where the paths of a document stand.
pub const PATHS: &str = "/paths";

/// The paths of a document, in the order of their names; extensions are none.
pub fn paths(root: &Value) -> impl Iterator<Item = (&str, At<'_>)> {
    let mut paths: Vec<_> = At::find(root, PATHS).iter().flat_map(At::entries).collect();
    paths.retain(|(path, _)| !path.starts_with("x-"));
    paths.sort_by_key(|(path, _)| *path);
    paths.into_iter()
}

/// What describes each operation of a document, to change it.
pub fn operations_mut(root: &mut Value) -> impl Iterator<Item = &mut Map<String, Value>> {
    let paths = root.pointer_mut(PATHS).and_then(Value::as_object_mut).into_iter().flatten();
    let keys = paths.filter_map(|(_, item)| item.as_object_mut()).flatten();
    keys.filter(|(key, _)| method(key).is_some()).filter_map(|(_, operation)| operation.as_object_mut())
}

/// An operation as it stands in a document. It is the part of the document that describes it, to which it dereferences.
#[derive(Clone, Debug)]
pub struct RawOperation<'a> {
    /// Its path.
    pub path: &'a str,
    /// Its method, in small letters.
    pub method: &'a str,
    /// What describes it, of whatever kind that is.
    pub at: At<'a>,
    /// The path that it is an operation of.
    pub item: At<'a>,
}

impl<'a> Deref for RawOperation<'a> {
    type Target = At<'a>;

    fn deref(&self) -> &At<'a> {
        &self.at
    }
}

impl<'a> RawOperation<'a> {
    /// The operations of a document, in the order of their paths.
    pub fn all(root: &'a Value) -> impl Iterator<Item = Self> {
        paths(root).flat_map(|(path, item)| Self::of(path, &item).collect::<Vec<_>>())
    }

    /// The operations of one path.
    pub fn of<'p>(path: &'a str, item: &'p At<'a>) -> impl Iterator<Item = Self> + use<'a, 'p> {
        let keys = item.entries().filter(|(key, _)| method(key).is_some());
        keys.map(move |(method, at)| Self { path, method, at, item: item.clone() })
    }

    /// The operation with this path and method, in letters of any case.
    #[must_use]
    pub fn find(root: &'a Value, path: &str, method: &str) -> Option<Self> {
        let (path, item) = paths(root).find(|(other, _)| *other == path)?;
        Self::of(path, &item).find(|operation| operation.method.eq_ignore_ascii_case(method))
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> Option<&'a str> {
        self.text("operationId")
    }

    /// Method and path: `GET /locks/`.
    #[must_use]
    pub fn address(&self) -> String {
        format!("{} {}", self.method.to_uppercase(), self.path)
    }

    /// Its id, or else its address.
    #[must_use]
    pub fn name(&self) -> String {
        self.id().map_or_else(|| self.address(), str::to_owned)
    }

    /// The same in a sentence, in which an id stands in backticks.
    #[must_use]
    pub fn called(&self) -> String {
        self.id().map_or_else(|| self.address(), |id| format!("`{id}`"))
    }

    /// Its path as a template.
    #[must_use]
    pub fn template(&self) -> PathTemplate<'a> {
        PathTemplate::of(self.path)
    }

    /// Its parameters and those of its path that it does not describe itself, references followed. What it describes
    /// twice is here twice.
    #[must_use]
    pub fn parameters(&self, root: &'a Value) -> Vec<At<'a>> {
        let of = |owner: &At<'a>| owner.get("parameters").into_iter().flat_map(|list| list.list());
        let mut all: Vec<_> = of(&self.at).filter_map(|at| at.follow(root)).collect();
        for parameter in of(&self.item).filter_map(|at| at.follow(root)) {
            if !all.iter().any(|other| is_same(other, &parameter)) {
                all.push(parameter);
            }
        }
        all
    }
}

/// Whether two parameters are one: they have name and place in common. Names of headers are one in any case of letters.
pub(crate) fn is_same(one: &At<'_>, other: &At<'_>) -> bool {
    let (here, there) = (one.value.get("name"), other.value.get("name"));
    one.value.get("in") == other.value.get("in")
        && match (here.and_then(Value::as_str), there.and_then(Value::as_str)) {
            (Some(here), Some(there)) if one.text("in") == Some("header") => here.eq_ignore_ascii_case(there),
            _ => here == there,
        }
}

/// The method that a key of a path stands for, in upper case.
#[must_use]
pub fn method(key: &str) -> Option<&'static str> {
    ["GET", "PUT", "POST", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE"]
        .into_iter()
        .find(|method| method.to_ascii_lowercase() == key)
}
