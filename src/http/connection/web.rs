//! Calls the service through `fetch`, of the platform or of the caller.

use js_sys::Function;

use url::Url;

use crate::error::{Error, ErrorKind, Result};

/// Holds the `fetch` of the caller.
pub(crate) type Configure = Function;

/// Holds the function that sends requests. Without one, that is the platform's `fetch` at the time of the call.
#[derive(Clone)]
pub(crate) struct Connection(pub(crate) Option<Function>);

/// Lists the ports to which `fetch` sends nothing (Fetch Standard, section 2.9, "Port blocking").
#[rustfmt::skip]
const BLOCKED: [u16; 83] = [
    0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109, 110,
    111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530, 531, 532, 540,
    548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566,
    6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
];

impl Connection {
    /// Takes the caller's `fetch`. Whether a proxy is used is for the platform to decide.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] for a port that the platform's `fetch` refuses. A call could not tell that error from
    /// one of a request that was sent.
    pub(super) fn new(base: &Url, _direct: bool, configure: Option<Configure>) -> Result<Self> {
        match base.port().filter(|port| configure.is_none() && BLOCKED.contains(port)) {
            None => Ok(Self(configure)),
            Some(port) => {
                let what = format!("the base URL has the port {port}, to which `fetch` sends nothing: use another one");
                Err(Error::new(ErrorKind::Configuration, what))
            }
        }
    }
}
