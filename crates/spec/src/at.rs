//! Navigates a document and keeps track of the place.

use serde_json::Value;

use crate::load::{Target, escape, followed, reference};

/// Refers to a node of a document, together with its JSON pointer.
#[derive(Clone, Debug)]
pub struct At<'a> {
    /// Is the node.
    pub value: &'a Value,
    /// Is the JSON pointer of the node.
    pub pointer: String,
}

impl<'a> At<'a> {
    /// Refers to the whole document.
    #[must_use]
    pub fn root(root: &'a Value) -> Self {
        Self { value: root, pointer: String::new() }
    }

    /// Finds the node at a JSON pointer of a document.
    #[must_use]
    pub fn find(root: &'a Value, pointer: &str) -> Option<Self> {
        Some(Self { value: root.pointer(pointer)?, pointer: pointer.to_owned() })
    }

    /// Returns the value under a key of a mapping.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<Self> {
        Some(Self { value: self.value.get(key)?, pointer: format!("{}/{}", self.pointer, escape(key)) })
    }

    /// Returns the string under a key.
    #[must_use]
    pub fn text(&self, key: &str) -> Option<&'a str> {
        self.value.get(key)?.as_str()
    }

    /// Returns whether the value under a key is `true`.
    #[must_use]
    pub fn is(&self, key: &str) -> bool {
        self.value.get(key) == Some(&Value::Bool(true))
    }

    /// Returns the entries of a mapping; none if the node is no mapping.
    pub fn entries(&self) -> impl Iterator<Item = (&'a str, Self)> + use<'a> {
        let pointer = self.pointer.clone();
        let map = self.value.as_object().into_iter().flatten();
        map.map(move |(key, value)| (key.as_str(), Self { value, pointer: format!("{pointer}/{}", escape(key)) }))
    }

    /// Returns the items of a list; none if the node is no list.
    pub fn list(&self) -> impl Iterator<Item = Self> + use<'a> {
        let pointer = self.pointer.clone();
        let list = self.value.as_array().into_iter().flatten().enumerate();
        list.map(move |(place, value)| Self { value, pointer: format!("{pointer}/{place}") })
    }

    /// Returns the target of a `$ref`, if the node has one.
    #[must_use]
    pub fn reference(&self) -> Option<&'a str> {
        reference(self.value)
    }

    /// Follows references and returns the node at their end, with its own place.
    ///
    /// Returns `None` if a reference does not resolve, or if references form a circle.
    #[must_use]
    pub fn follow(self, root: &'a Value) -> Option<Self> {
        match followed(root, self.value) {
            // Without a reference there is no other place: the node keeps its own.
            (Target::Node(value), place) => Some(Self { value, pointer: place.map_or(self.pointer, str::to_owned) }),
            (Target::Nowhere | Target::Circle, _) => None,
        }
    }
}
