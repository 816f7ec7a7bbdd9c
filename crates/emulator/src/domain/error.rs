//! Defines the errors of the domain. The API layers turn them into responses.

/// A value breaks a rule; the text names the field and the limit.
#[derive(Debug, PartialEq)]
pub(crate) struct Invalid(pub(crate) String);

/// The lock holder has nothing with this id.
#[derive(Debug, PartialEq)]
pub(crate) struct NotFound(pub(crate) String);

/// An action of a person or a vendor was refused, because the state of the emulator's data does not allow it.
///
/// The text names no person and quotes no argument: if arguments are swapped, any of them may be a phone number.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refused(pub(crate) String);
