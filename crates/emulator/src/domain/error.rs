//! Defines the errors of the domain. The API layers turn them into responses.

use std::fmt;

/// A value breaks a rule. As a text, it names the field and the limit.
#[derive(Debug, PartialEq)]
pub(crate) struct Invalid {
    /// Is the place in the request, such as `address.street`; `None` if no single value is wrong.
    pub(crate) field: Option<String>,
    /// Is the broken rule: the rest of a sentence after the field, or else a whole sentence.
    pub(crate) rule: String,
}

impl Invalid {
    pub(crate) fn request(rule: impl Into<String>) -> Self {
        Self { field: None, rule: rule.into() }
    }

    pub(crate) fn field(name: impl Into<String>, rule: impl Into<String>) -> Self {
        Self { field: Some(name.into()), rule: rule.into() }
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.field {
            Some(field) => write!(formatter, "{field} {}", self.rule),
            None => formatter.write_str(&self.rule),
        }
    }
}

/// The lock holder has nothing with this id.
#[derive(Debug, PartialEq)]
pub(crate) struct NotFound(pub(crate) String);

/// The state of the record does not allow the call now.
#[derive(Debug, PartialEq)]
pub(crate) struct Busy(pub(crate) String);

/// An action of a person or a vendor was refused, because the state of the emulator's data does not allow it.
///
/// The text names no person and quotes no argument: if arguments are swapped, any of them may be a phone number.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refused(pub(crate) String);
