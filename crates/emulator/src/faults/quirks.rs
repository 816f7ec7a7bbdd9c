//! Defines the quirks: one switch for each contradiction in the service's documentation.

use std::fmt;
use std::str::FromStr;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::extract::Request;
use axum::response::{IntoResponse, Response};

use crate::http::error::ApiError;

macro_rules! quirks {
    ($($(#[doc = $text:literal])+ $variant:ident = $name:literal,)+) => {
        /// Selects the less common behavior where the service's documentation contradicts itself. All quirks are off by
        /// default.
        ///
        /// The name at the start of each description is the quirk's name on the command line and in the control
        /// interface.
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
            /// Lists all quirks.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// Returns the quirk's name.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }

            /// Returns the quirk's description, one sentence.
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
    /// `userId`, `appUserId`, `toUser.id` and `appUser.id` are numbers, and so lack their plus.
    NumericUsers = "numeric-users",
    /// `postalCode` is a number.
    NumericPostalCodes = "numeric-postal-codes",
    /// Lists are in the properties `lock-holders` and `vendor-connections`.
    HyphenatedEnvelopes = "hyphenated-envelopes",
    /// Key events and access events are in the property `events`.
    EventsEnvelope = "events-envelope",
    /// The list of lock holders is an array without an envelope.
    BareLists = "bare-lists",
    /// Single objects have no envelope.
    BareObjects = "bare-objects",
    /// The `scope` of a token response is one string.
    ScopeText = "scope-text",
    /// Token responses have no `scope`.
    NoScope = "no-scope",
    /// Errors of the Integrator API have `error_description` instead of `errorDescription`.
    SnakeErrors = "snake-errors",
    /// Errors of the Integrator API are `application/problem+json`, as in version 2.
    ProblemErrors = "problem-errors",
    /// Errors are HTML pages, as a gateway sends them, except for token requests.
    HtmlErrors = "html-errors",
    /// A path of version 1 without its trailing slash is a 404.
    StrictSlashes = "strict-slashes",
    /// `vendor` begins with a capital letter.
    CapitalVendors = "capital-vendors",
    /// `countryIso` of addresses is in lower case.
    LowerCountries = "lower-countries",
    /// Fields that are missing in one of the documents are missing, including the ids of listed keys.
    SparseFields = "sparse-fields",
    /// `imageUrl` is the word `url`.
    OddImageUrls = "odd-image-urls",
    /// `start` and `end` are missing instead of null.
    MissingDates = "missing-dates",
    /// Version 1 refuses null for `start` and `end`, as version 2 always does.
    NullDatesRefused = "null-dates-refused",
    /// Keys without a recurrence have an empty one.
    EmptyRecurrences = "empty-recurrences",
    /// Recurrences of version 1 have the format of version 2.
    TimeSpans = "time-spans",
    /// Version 2 calls the time spans of a recurrence `timespans`.
    LowerTimeSpans = "lower-time-spans",
    /// On the last page of a list, `startAfterId` is empty.
    EmptyCursors = "empty-cursors",
    /// On the last page of a list, `startAfterId` is null.
    NullCursors = "null-cursors",
    /// Enums have values that are not documented.
    UnknownValues = "unknown-values",
    /// Objects have fields that are not documented.
    UnknownFields = "unknown-fields",
    /// Creating responds with 201, and operations without a documented body respond with 200 and an empty object.
    OtherSuccesses = "other-successes",
    /// Revoking an expired key is a conflict in version 1, as it always is in version 2.
    RevokingExpiredConflicts = "revoking-expired-conflicts",
    /// If a lock holder's vendor account cannot be opened, the lock holder is not removed again.
    BrokenRollback = "broken-rollback",
    /// Webhooks are called twice for each event.
    WebhooksTwice = "webhooks-twice",
    /// Pages of other origins may send the headers `authorization` and `content-type`, but not `accept`.
    NarrowCors = "narrow-cors",
}

impl fmt::Display for Quirk {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// No quirk has this name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown quirk {0:?}: use one of {all}", all = Quirk::ALL.iter().map(|quirk| quirk.name()).collect::<Vec<_>>().join(", "))]
pub struct UnknownQuirk(String);

impl FromStr for Quirk {
    type Err = UnknownQuirk;

    fn from_str(text: &str) -> Result<Self, UnknownQuirk> {
        let found = Self::ALL.iter().find(|quirk| quirk.name() == text);
        found.copied().ok_or_else(|| UnknownQuirk(text.chars().take(100).collect()))
    }
}

/// Holds which quirks are on, one bit for each.
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

/// Returns the refusal of a request that a quirk rejects before its handler runs.
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
    fn every_quirk_parses_from_its_name_and_has_a_description() {
        for quirk in Quirk::ALL {
            assert_eq!(quirk.to_string().parse(), Ok(*quirk));
            assert!(quirk.description().trim().ends_with('.'), "{quirk}");
        }
        let unknown = "sting-booleans".parse::<Quirk>().unwrap_err().to_string();
        assert!(unknown.contains("sting-booleans") && unknown.contains("string-booleans"), "{unknown}");
        assert!(Quirk::ALL.len() <= 64);
    }

    #[test]
    fn the_readme_lists_every_quirk_with_its_description() {
        let readme = include_str!("../../README.md");
        for quirk in Quirk::ALL {
            let row = format!("| `{quirk}` | {} |", quirk.description().trim());
            assert!(readme.contains(&row), "README.md lacks the row {row}");
        }
    }
}
