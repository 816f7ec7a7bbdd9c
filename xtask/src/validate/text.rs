//! Words that are close to each other.

pub(crate) use unloc_codegen::words::nearest;
