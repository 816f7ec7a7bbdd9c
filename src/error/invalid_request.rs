//! Defines the error of request builders, to which the caller adds kind and operation.

/// Says why a request could not be built: a parameter or a property is missing, or its value cannot be sent.
// Only a text: `Error::unbuilt` redacts it and adds the kind in one place, and not in each generated builder.
#[derive(Clone, Debug)]
pub(crate) struct Unbuilt(pub(crate) String);
