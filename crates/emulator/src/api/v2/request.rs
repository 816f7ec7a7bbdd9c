//! Reads bodies and queries of requests.

use axum::extract::{FromRequest, FromRequestParts, Query, Request};
use axum::http::request::Parts;

use crate::api::paging::Paging;
use crate::domain::error::Invalid;
use crate::domain::formats::phone;
use crate::domain::revocation::{Part, Selection};
use crate::domain::store::Store;
use crate::http::fields::Fields;
use crate::http::problem::Problem;
use crate::http::request_body::read_fields;

/// Lists the states of keys.
const KEY_STATES: [&str; 7] = ["creating", "scheduled", "active", "inactive", "expired", "revoked", "error"];

/// Extracts the fields of a JSON object.
pub(crate) struct JsonFields(pub(crate) Fields);

impl<S: Sync> FromRequest<S> for JsonFields {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        Ok(Self(read_fields(request).await?))
    }
}

/// Holds the parameters of a query. Unknown ones are ignored.
pub(crate) struct Parameters(Vec<(String, String)>);

impl<S: Sync> FromRequestParts<S> for Parameters {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let Query(pairs) = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri)
            .map_err(|_| Problem::invalid("The query is not valid: it must be name=value pairs, percent-encoded"))?;
        Ok(Self(pairs))
    }
}

impl Parameters {
    /// Returns the parameter's value. Of several values, the last one counts.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.0.iter().rev().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }

    fn boolean(&self, name: &str) -> Result<bool, Invalid> {
        match self.text(name) {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(_) => Err(Invalid::field(name, "must be true or false")),
        }
    }

    pub(crate) fn paging(&self) -> Result<Paging, Invalid> {
        Paging::parse(&self.0).map(Paging::with_default_limit)
    }

    /// Returns the states to leave out, which are separated by commas or in several parameters.
    ///
    /// Only one state is documented. The service's encoding of several is unknown, so the emulator accepts both usual
    /// ones.
    pub(crate) fn excluded_states(&self) -> Result<Vec<&str>, Invalid> {
        let values = self.0.iter().filter(|(name, _)| name == "excludeStates");
        let states: Vec<_> = values.flat_map(|(_, value)| value.split(',')).collect();
        match states.iter().all(|state| KEY_STATES.contains(state)) {
            true => Ok(states),
            false => Err(Invalid::field("excludeStates", format!("must be one of {}", KEY_STATES.join(", ")))),
        }
    }

    /// Returns the filter of a call for a project. `exclude` is the parameter that leaves subprojects out.
    pub(crate) fn selection(&self, store: &Store, exclude: &str) -> Result<Selection, Invalid> {
        let part = if self.boolean(exclude)? { Part::WithoutSubprojects } else { Part::Whole };
        self.selection_in(store, part)
    }

    /// Returns the filter of a call for a part of a project.
    pub(crate) fn selection_in(&self, store: &Store, part: Part) -> Result<Selection, Invalid> {
        let number = self.text("appUserId").map(|number| phone("appUserId", number)).transpose()?;
        let (person, lock) = (store.only_person(number.as_deref()), store.only_lock(self.text("lockId")));
        Ok(Selection { person, lock, part })
    }
}
