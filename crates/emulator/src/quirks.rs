//! Quirks on demand: each contradiction between the documents of the service, as a switch.

use std::fmt;
use std::str::FromStr;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::extract::Request;
use axum::response::{IntoResponse, Response};

use crate::error::ApiError;

macro_rules! quirks {
    ($($(#[doc = $text:literal])+ $variant:ident = $name:literal,)+) => {
        /// Something the documents of the service say in two ways. The emulator does the usual thing until a quirk is
        /// switched on.
        ///
        /// Written as a text, as the program and the control interface take it, a quirk has the name that stands first
        /// in its description.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Quirk {
            $(
                #[doc = concat!("`", $name, "`:")]
                $(#[doc = $text])+
                $variant,
            )+
        }

        impl Quirk {
            /// Every quirk there is.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The quirk's name.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }

            /// What it does, in a line.
            pub fn description(self) -> &'static str {
                match self {
                    $(Self::$variant => concat!($($text),+),)+
                }
            }
        }
    };
}

quirks! {
    /// `canShare` is the string `"true"`.
    StringBooleans = "string-booleans",
    /// `userId` and `toUser.id` are numbers, and so without their plus.
    NumericUsers = "numeric-users",
    /// `postalCode` is a number.
    NumericPostalCodes = "numeric-postal-codes",
    /// Lists are under `lock-holders` and `vendor-connections`.
    HyphenatedEnvelopes = "hyphenated-envelopes",
    /// Key events are under `events`.
    EventsEnvelope = "events-envelope",
    /// The list of lock holders is a bare array.
    BareLists = "bare-lists",
    /// Single things come without an envelope.
    BareObjects = "bare-objects",
    /// The token's `scope` is one string.
    ScopeText = "scope-text",
    /// The token comes without its `scope`.
    NoScope = "no-scope",
    /// Errors of the Integrator API have `error_description`.
    SnakeErrors = "snake-errors",
    /// Errors of the Integrator API are problem JSON, as version 2 has them.
    ProblemErrors = "problem-errors",
    /// Errors of the Integrator API are pages of HTML, as a gateway sends them.
    HtmlErrors = "html-errors",
    /// A path without its trailing slash leads nowhere.
    StrictSlashes = "strict-slashes",
    /// `vendor` begins with a capital.
    CapitalVendors = "capital-vendors",
    /// `countryIso` of addresses is in lower case.
    LowerCountries = "lower-countries",
    /// Fields that one document or the other leaves out are left out, ids of listed keys among them.
    SparseFields = "sparse-fields",
    /// `imageUrl` is the word `url`.
    OddImageUrls = "odd-image-urls",
    /// `start` and `end` are left out in place of null.
    MissingDates = "missing-dates",
    /// A request with null for `start` or `end` is refused.
    NullDatesRefused = "null-dates-refused",
    /// Keys without a recurrence have an empty one.
    EmptyRecurrences = "empty-recurrences",
    /// Recurrences have the form of version 2.
    TimeSpans = "time-spans",
    /// At the end of a list, `startAfterId` is empty.
    EmptyCursors = "empty-cursors",
    /// At the end of a list, `startAfterId` is null.
    NullCursors = "null-cursors",
    /// Enums have values that no document knows.
    UnknownValues = "unknown-values",
    /// Objects have fields that no document knows.
    UnknownFields = "unknown-fields",
    /// What creates answers 201, and what has no documented answer answers 200 with an empty object.
    OtherSuccesses = "other-successes",
    /// Revoking a key that has expired is a conflict.
    RevokingExpiredConflicts = "revoking-expired-conflicts",
    /// A lock holder whose vendor account could not be opened cannot be taken back either.
    BrokenRollback = "broken-rollback",
    /// Webhooks are called twice for each event.
    WebhooksTwice = "webhooks-twice",
    /// Pages of other origins may send the headers `authorization` and `content-type` only, and not `accept`.
    NarrowCors = "narrow-cors",
}

impl fmt::Display for Quirk {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// There is no quirk with this name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no quirk {0:?}: choose among {all}", all = Quirk::ALL.iter().map(|quirk| quirk.name()).collect::<Vec<_>>().join(", "))]
pub struct UnknownQuirk(String);

impl FromStr for Quirk {
    type Err = UnknownQuirk;

    fn from_str(text: &str) -> Result<Self, UnknownQuirk> {
        let found = Self::ALL.iter().find(|quirk| quirk.name() == text);
        found.copied().ok_or_else(|| UnknownQuirk(text.chars().take(100).collect()))
    }
}

/// Those that are switched on.
#[derive(Default)]
pub(crate) struct Quirks(AtomicU64);

impl Quirks {
    pub(crate) fn has(&self, quirk: Quirk) -> bool {
        self.0.load(Ordering::Relaxed) & 1 << quirk as u64 != 0
    }

    pub(crate) fn any(&self) -> bool {
        self.0.load(Ordering::Relaxed) != 0
    }

    pub(crate) fn set(&self, quirks: impl IntoIterator<Item = Quirk>) {
        self.0.store(quirks.into_iter().fold(0, |bits, quirk| bits | 1 << quirk as u64), Ordering::Relaxed);
    }

    pub(crate) fn list(&self) -> Vec<Quirk> {
        Quirk::ALL.iter().copied().filter(|quirk| self.has(*quirk)).collect()
    }
}

/// What is refused before it is looked at.
pub(crate) fn refuse(quirks: &Quirks, request: &Request) -> Option<Response> {
    let path = request.uri().path();
    if quirks.has(Quirk::StrictSlashes) && !path.ends_with('/') && path.starts_with("/integrators/") {
        return Some(ApiError::not_found("There is nothing at this path without its trailing slash").into_response());
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quirk_is_called_by_its_name() {
        for quirk in Quirk::ALL {
            assert_eq!(quirk.to_string().parse(), Ok(*quirk));
            assert!(quirk.description().trim().ends_with('.'), "{quirk}");
        }
        let unknown = "sting-booleans".parse::<Quirk>().unwrap_err().to_string();
        assert!(unknown.contains("sting-booleans") && unknown.contains("string-booleans"), "{unknown}");
        assert!(Quirk::ALL.len() <= 64);
    }
}
