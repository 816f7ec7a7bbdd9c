//! Holds the JSON text that is written while a response is read.

use serde::Serialize;
use serde_path_to_error::Segment;

/// Holds the text, and where in the response an error is.
pub(super) struct Output {
    text: Vec<u8>,
    /// Holds the way to the error, from the inside out.
    pub(super) trail: Vec<Segment>,
}

impl Output {
    pub(super) fn with_capacity(length: usize) -> Self {
        Self { text: Vec::with_capacity(length), trail: Vec::new() }
    }

    pub(super) fn into_text(self) -> String {
        // serde_json writes UTF-8.
        String::from_utf8(self.text).unwrap_or_default()
    }

    /// Writes a value.
    pub(super) fn value(&mut self, value: &(impl Serialize + ?Sized)) {
        // Writing to memory cannot fail, and neither can serializing text, numbers, times and JSON.
        let _ = serde_json::to_writer(&mut self.text, value);
    }

    /// Writes a value, if there is one; returns whether there is.
    pub(super) fn optional(&mut self, value: Option<impl Serialize>) -> bool {
        if let Some(value) = &value {
            self.value(value);
        }
        value.is_some()
    }

    /// Writes the name of a property.
    pub(super) fn name(&mut self, name: &str) {
        self.separate();
        self.value(name);
        self.text.push(b':');
    }

    /// Separates an item from the one before.
    pub(super) fn separate(&mut self) {
        // A string ends with a quote: these two can only begin a list or an object.
        if !matches!(self.text.last(), Some(b'[' | b'{')) {
            self.text.push(b',');
        }
    }

    pub(super) fn open(&mut self, bracket: u8) {
        self.text.push(bracket);
    }

    pub(super) fn close(&mut self, bracket: u8) {
        self.text.push(bracket);
    }

    pub(super) fn place(&self) -> usize {
        self.text.len()
    }

    /// Returns what was written since a place.
    pub(super) fn since(&self, place: usize) -> &[u8] {
        self.text.get(place..).unwrap_or_default()
    }

    /// Removes what was written since a place, and with it the way to an error that is tolerated there.
    pub(super) fn truncate(&mut self, place: usize) {
        self.text.truncate(place);
        self.trail.clear();
    }

    /// Notes a step on the way to an error, which it returns.
    pub(super) fn at<E>(&mut self, step: Segment, error: E) -> E {
        self.trail.push(step);
        error
    }
}
