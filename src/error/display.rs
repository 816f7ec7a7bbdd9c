//! Implements the standard traits of the error type: formatting, conversions, and its source.

use std::convert::Infallible;
use std::error::Error as StdError;
use std::fmt;

use super::{Error, ErrorKind, Inner};
use crate::model::sensitive::InvalidPhoneNumber;

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // getLocks: the service responded with 502 Bad Gateway: busy, sent 3 times (hint)
        let Inner { operation, message, code, description, attempts, hint, .. } = &*self.0;
        if let Some(operation) = operation {
            write!(f, "{}: ", operation.id)?;
        }
        f.write_str(message)?;
        for part in [code, description].into_iter().flatten() {
            write!(f, ": {part}")?;
        }
        if *attempts > 1 {
            write!(f, ", sent {attempts} times")?;
        }
        match hint {
            Some(hint) => write!(f, " ({hint})"),
            None => Ok(()),
        }
    }
}

/// Writes the line of `Display`, since `main() -> unloc::Result<()>` and `unwrap()` print it; `{:#?}` adds the parts.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !f.alternate() {
            return fmt::Display::fmt(self, f);
        }
        // Not `derive`: headers and body are left out, since both may hold what must not get into a log.
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("outcome", &self.0.outcome)
            .field("operation", &self.0.operation.map(|operation| operation.id))
            .field("status", &self.0.status)
            .field("attempts", &self.0.attempts)
            .field("message", &format_args!("{self}"))
            .finish_non_exhaustive()
    }
}

/// Lets `?` return a string that is not a phone number as an error of the call.
impl From<InvalidPhoneNumber> for Error {
    fn from(error: InvalidPhoneNumber) -> Self {
        Self::new(ErrorKind::Request, error.to_string())
    }
}

/// Lets builders take an [`Environment`](crate::Environment) through `TryInto`, although that conversion cannot fail.
impl From<Infallible> for Error {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_ref().map(|source| &**source as &(dyn StdError + 'static))
    }
}
