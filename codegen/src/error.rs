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
    pub(crate) fn new(line: usize, column: usize) -> Self {
        Self { line, column }
    }
}

/// A reason why no bindings can be made of a spec.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// The file.
    pub file: PathBuf,
    /// The place, where one is known.
    pub position: Option<Position>,
    /// What is wrong and how to mend it.
    pub message: String,
}

impl Error {
    pub(crate) fn new(file: &Path, position: Option<Position>, message: impl Into<String>) -> Self {
        Self { file: file.to_path_buf(), position, message: message.into() }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file.display())?;
        if let Some(Position { line, column }) = self.position {
            write!(f, ":{line}:{column}")?;
        }
        write!(f, ": {}", self.message)
    }
}

impl std::error::Error for Error {}
