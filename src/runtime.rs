//! What a call runs on: tasks, time and chance, on a machine with threads and in a browser.

pub(crate) mod clock;
pub(crate) mod moment;
pub(crate) mod platform;
pub(crate) mod timeout;
