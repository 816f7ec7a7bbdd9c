//! A request that could not be built.

/// Why a request could not be built: a parameter or a property is missing, or its value cannot be sent.
#[derive(Clone, Debug)]
pub(crate) struct Unbuilt(pub(crate) String);
