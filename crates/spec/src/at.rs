//! A part of a document, and where it stands.

use serde_json::Value;

use crate::load::{Target, escape, followed, reference};

/// A part of a document, and where it stands.
#[derive(Clone, Debug)]
pub struct At<'a> {
    /// The part.
    pub value: &'a Value,
    /// Its JSON pointer.
    pub pointer: String,
}

impl<'a> At<'a> {
    /// The whole document.
    #[must_use]
    pub fn root(root: &'a Value) -> Self {
        Self { value: root, pointer: String::new() }
    }

    /// What stands at a JSON pointer of a document.
    #[must_use]
    pub fn find(root: &'a Value, pointer: &str) -> Option<Self> {
        Some(Self { value: root.pointer(pointer)?, pointer: pointer.to_owned() })
    }

    /// The entry of a mapping with this key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<Self> {
        Some(Self { value: self.value.get(key)?, pointer: format!("{}/{}", self.pointer, escape(key)) })
    }

    /// The text under this key.
    #[must_use]
    pub fn text(&self, key: &str) -> Option<&'a str> {
        self.value.get(key)?.as_str()
    }

    /// Whether `true` stands under this key.
    #[must_use]
    pub fn is(&self, key: &str) -> bool {
        self.value.get(key) == Some(&Value::Bool(true))
    }

    /// The entries of a mapping; nothing if it is none.
    pub fn entries(&self) -> impl Iterator<Item = (&'a str, Self)> + use<'a> {
        let pointer = self.pointer.clone();
        let map = self.value.as_object().into_iter().flatten();
        map.map(move |(key, value)| (key.as_str(), Self { value, pointer: format!("{pointer}/{}", escape(key)) }))
    }

    /// The items of a list; nothing if it is none.
    pub fn list(&self) -> impl Iterator<Item = Self> + use<'a> {
        let pointer = self.pointer.clone();
        let list = self.value.as_array().into_iter().flatten().enumerate();
        list.map(move |(place, value)| Self { value, pointer: format!("{pointer}/{place}") })
    }

    /// What it refers to, if it is a reference.
    #[must_use]
    pub fn reference(&self) -> Option<&'a str> {
        reference(self.value)
    }

    /// What it leads to once references are followed, with the place where that stands; nothing if they lead nowhere or
    /// in a circle.
    #[must_use]
    pub fn follow(self, root: &'a Value) -> Option<Self> {
        match followed(root, self.value) {
            (Target::Node(value), place) => Some(Self { value, pointer: place.map_or(self.pointer, str::to_owned) }),
            (Target::Nowhere | Target::Circle, _) => None,
        }
    }
}
