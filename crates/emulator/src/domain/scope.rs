//! Parses and checks OAuth scopes, in the older form (`lockHolder.identifier`) and the newer ones.

use serde::{Deserialize, Serialize};

use crate::domain::formats::{is_alpha_2, is_organization_text};
use crate::domain::store::Store;

pub(crate) const INTEGRATOR_ADMIN: &str = "integrator.admin";
const IDENTIFIER: &str = "lockHolder.identifier";
const ADMIN: &str = "lockHolder.admin";

/// Is what a token is for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Resource {
    Organization(String),
    Project(String),
}

/// Is the scope of a token request, checked against the emulator's data.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Granted {
    /// Lists the requested claims; empty if the request has no scope.
    pub(crate) scope: Vec<String>,
    /// Is the id of the lock holder in the `lockHolder.identifier:` claim.
    pub(crate) lock_holder_id: Option<String>,
    /// Lists the ids of the lock holders in the `lockHolder.admin:` claims, in the order of the request.
    pub(crate) lock_holder_ids: Vec<String>,
    /// Is what the token is for, in version 2.
    pub(crate) resource: Option<Resource>,
}

/// The scope cannot be granted. The texts are those of the token endpoint's `error_description`.
#[derive(Debug, PartialEq)]
pub(crate) enum ScopeError {
    /// A claim that may occur once occurs several times.
    Duplicate(String),
    /// A claim is malformed or unknown, or names an unknown lock holder.
    Invalid(String),
}

/// Checks each claim and resolves the lock holders that the claims name.
pub(crate) fn grant(scope: Vec<String>, store: &Store) -> Result<Granted, ScopeError> {
    // Before any lookup: the service reports duplicate claims whether or not the lock holders exist.
    reject_duplicates(&scope)?;
    let mut granted = Granted::default();
    for claim in &scope {
        match claim.split_once(':') {
            None if claim == INTEGRATOR_ADMIN => {}
            Some((IDENTIFIER, identifier)) => granted.lock_holder_id = Some(resolve_identifier(identifier, store)?),
            Some((ADMIN, id)) => {
                let Some((_, holder)) = store.lock_holder(id) else {
                    return Err(ScopeError::Invalid(format!("Unknown lock holder in scope: {claim}")));
                };
                let id = holder.id.to_string();
                if !granted.lock_holder_ids.contains(&id) {
                    granted.lock_holder_ids.push(id);
                }
            }
            _ => return Err(ScopeError::Invalid(format!("Unknown scope: {claim}"))),
        }
    }
    granted.scope = scope;
    Ok(granted)
}

/// Rejects duplicate claims. Only `lockHolder.admin` may occur more than once.
fn reject_duplicates(scope: &[String]) -> Result<(), ScopeError> {
    for kind in [IDENTIFIER, INTEGRATOR_ADMIN] {
        let of_kind = |claim: &&String| claim.split(':').next() == Some(kind);
        if scope.iter().filter(of_kind).count() > 1 {
            return Err(ScopeError::Duplicate(format!("May not have multiple of the same claim: {kind}")));
        }
    }
    Ok(())
}

fn resolve_identifier(identifier: &str, store: &Store) -> Result<String, ScopeError> {
    let parts: Vec<&str> = identifier.split('.').collect();
    let [country_iso, organization_id, suffix] = parts[..] else {
        return Err(malformed(identifier));
    };
    let organization_is_fine = !organization_id.is_empty() && is_organization_text(organization_id);
    if !is_alpha_2(country_iso) || !organization_is_fine || !is_organization_text(suffix) {
        return Err(malformed(identifier));
    }
    match store.find_by_identifier(country_iso, organization_id, suffix) {
        Some(holder) => Ok(holder.id.to_string()),
        None => Err(ScopeError::Invalid(format!("Unknown lock holder in scope: {IDENTIFIER}:{identifier}"))),
    }
}

fn malformed(identifier: &str) -> ScopeError {
    ScopeError::Invalid(format!(
        "Malformed scope {IDENTIFIER}:{identifier}: expected {IDENTIFIER}:{{countryIso}}.{{organizationId}}.{{organizationIdSuffix}}, \
         where the suffix may be empty but the final dot stays"
    ))
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::domain::seed::sample_data;

    #[test]
    fn an_identifier_needs_its_final_dot() {
        let store = sample_data(DateTime::UNIX_EPOCH);
        assert_eq!(resolve_identifier("NO.demo-fjordglott.", &store).unwrap(), store.lock_holders[0].id.to_string());
        assert_eq!(resolve_identifier("NO.demo-nordlys.tromso", &store).unwrap(), store.lock_holders[1].id.to_string());
        for bad in [
            "NO.demo-fjordglott",
            "no.demo-fjordglott.",
            "NO. demo-fjordglott.",
            "NO..",
            "",
            "NO.a.b.c",
            "NO.demo-fjordglott.x",
        ] {
            assert!(resolve_identifier(bad, &store).is_err(), "{bad:?}");
        }
    }
}
