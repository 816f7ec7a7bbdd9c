//! Envelopes are not part of the public API.

use unloc::types::{KeyEnvelope, LockList};

fn main() {}
