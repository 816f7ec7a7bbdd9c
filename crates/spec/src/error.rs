//! Describes errors of specs, with their places.

use std::fmt;
use std::path::{Path, PathBuf};

/// Is a place in a file. Lines and columns are counted from one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Is the line.
    pub line: usize,
    /// Is the column, in characters.
    pub column: usize,
}

impl Position {
    /// Creates a position.
    #[must_use]
    pub fn new(line: usize, column: usize) -> Self {
        Self { line, column }
    }
}

/// Describes a mistake at a JSON pointer of a document. The document knows the position.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// Is the JSON pointer of the mistake.
    pub pointer: String,
    /// Says what is wrong.
    pub message: String,
    /// Says what to do.
    pub help: String,
}

/// Says why no bindings can be generated from a spec.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// Is the file.
    pub file: PathBuf,
    /// Is the position, if it is known.
    pub position: Option<Position>,
    /// Says what is wrong.
    pub message: String,
    /// Says what to do, unless the message says it already.
    pub help: String,
}

impl Error {
    /// Creates an error in this file, at this position.
    pub fn new(file: &Path, position: Option<Position>, message: impl Into<String>) -> Self {
        Self { file: file.to_path_buf(), position, message: message.into(), help: String::new() }
    }

    /// Creates an error in a text whose file is not known here. The caller sets the file.
    pub(crate) fn nowhere(position: Option<Position>, message: impl Into<String>) -> Self {
        Self::new(Path::new(""), position, message)
    }

    /// Adds what to do.
    #[must_use]
    pub fn helped(self, help: impl Into<String>) -> Self {
        Self { help: help.into(), ..self }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // `file:line:column:` is the form that editors and CI systems recognize.
        write!(f, "{}", self.file.display())?;
        if let Some(Position { line, column }) = self.position {
            write!(f, ":{line}:{column}")?;
        }
        write!(f, ": {}", self.message)?;
        if self.help.is_empty() { Ok(()) } else { write!(f, "; {}", self.help) }
    }
}

impl std::error::Error for Error {}
