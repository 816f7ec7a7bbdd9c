//! Words that are close to each other.

pub(crate) use unloc_spec::words::nearest;
