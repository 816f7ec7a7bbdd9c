//! What is wrong with a spec, and where.

use std::fmt;
use std::path::{Path, PathBuf};

/// A place in a file; both counted from one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line.
    pub line: usize,
    /// Column, in characters.
    pub column: usize,
}

impl Position {
    /// This place.
    #[must_use]
    pub fn new(line: usize, column: usize) -> Self {
        Self { line, column }
    }
}

/// What is wrong with a part of a document, which knows the place of each part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// JSON pointer of the part.
    pub pointer: String,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: String,
}

/// A reason why no bindings can be made of a spec.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// The file.
    pub file: PathBuf,
    /// The place, where one is known.
    pub position: Option<Position>,
    /// What is wrong.
    pub message: String,
    /// What to do, where the message does not say it.
    pub help: String,
}

impl Error {
    /// In this file, at this place.
    pub fn new(file: &Path, position: Option<Position>, message: impl Into<String>) -> Self {
        Self { file: file.to_path_buf(), position, message: message.into(), help: String::new() }
    }

    /// For a text of which it is not known here where it came from.
    pub(crate) fn nowhere(position: Option<Position>, message: impl Into<String>) -> Self {
        Self::new(Path::new(""), position, message)
    }

    /// Says what to do.
    #[must_use]
    pub fn helped(self, help: impl Into<String>) -> Self {
        Self { help: help.into(), ..self }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file.display())?;
        if let Some(Position { line, column }) = self.position {
            write!(f, ":{line}:{column}")?;
        }
        write!(f, ": {}", self.message)?;
        if self.help.is_empty() { Ok(()) } else { write!(f, "; {}", self.help) }
    }
}

impl std::error::Error for Error {}
