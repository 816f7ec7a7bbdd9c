//! Provides tasks, time and jitter, on native targets and in a browser.

#[cfg_attr(not(feature = "test-util"), allow(unreachable_pub, reason = "it is public with `test-util`"))]
pub(crate) mod clock;
#[cfg_attr(not(feature = "test-util"), allow(unreachable_pub, reason = "it is public with `test-util`"))]
pub(crate) mod moment;
pub(crate) mod platform;
pub(crate) mod timeout;
