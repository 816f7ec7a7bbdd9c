//! Scopes of both generations.

use serde_json::Value;

use crate::error::{Invalid, OAuthError};
use crate::fields::{Fields, is_alpha_2, is_organization_text};
use crate::town::Town;

pub(crate) const INTEGRATOR_ADMIN: &str = "integrator.admin";
const IDENTIFIER: &str = "lockHolder.identifier";
const ADMIN: &str = "lockHolder.admin";

/// What a token was asked for, checked against the town.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Granted {
    /// The scope as asked, one string for each claim. Empty when none was asked for.
    pub(crate) scope: Vec<String>,
    /// The lock holder of the `lockHolder.identifier:` claim.
    pub(crate) identified: Option<String>,
    /// The lock holders of the `lockHolder.admin:` claims, in the order they were asked for.
    pub(crate) administered: Vec<String>,
}

/// Reads the field `scope`: absent, a space-delimited string or an array of strings.
pub(crate) fn requested(fields: &Fields) -> Result<Vec<String>, Invalid> {
    let wrong = || fields.wrong("scope", "must be an array of strings or a space-delimited string");
    match fields.value("scope", "string or array")? {
        None => Ok(Vec::new()),
        Some(Value::String(text)) => Ok(text.split(' ').filter(|claim| !claim.is_empty()).map(str::to_owned).collect()),
        Some(Value::Array(items)) => {
            items.iter().map(|item| item.as_str().map(str::to_owned).ok_or_else(wrong)).collect()
        }
        Some(_) => Err(wrong()),
    }
}

/// Checks the claims one by one and resolves the lock holders they name.
pub(crate) fn grant(scope: Vec<String>, town: &Town) -> Result<Granted, OAuthError> {
    // Before anything is looked up: this is what the service says about two claims, known or not.
    refuse_doubles(&scope)?;
    let mut granted = Granted::default();
    for claim in &scope {
        match claim.split_once(':') {
            None if claim == INTEGRATOR_ADMIN => {}
            Some((IDENTIFIER, identifier)) => granted.identified = Some(identified(identifier, town)?),
            Some((ADMIN, id)) => {
                let Some((_, holder)) = town.lock_holder(id) else {
                    return Err(OAuthError::invalid_scope(format!("Unknown lock holder in scope: {claim}")));
                };
                let id = holder.id.to_string();
                if !granted.administered.contains(&id) {
                    granted.administered.push(id);
                }
            }
            _ => return Err(OAuthError::invalid_scope(format!("Unknown scope: {claim}"))),
        }
    }
    granted.scope = scope;
    Ok(granted)
}

/// Only `lockHolder.admin` may be asked for more than once.
fn refuse_doubles(scope: &[String]) -> Result<(), OAuthError> {
    for kind in [IDENTIFIER, INTEGRATOR_ADMIN] {
        let of_kind = |claim: &&String| claim.split(':').next() == Some(kind);
        if scope.iter().filter(of_kind).count() > 1 {
            return Err(OAuthError::invalid_request(format!("May not have multiple of the same claim: {kind}")));
        }
    }
    Ok(())
}

fn identified(identifier: &str, town: &Town) -> Result<String, OAuthError> {
    let parts: Vec<&str> = identifier.split('.').collect();
    let [country_iso, organization_id, suffix] = parts[..] else {
        return Err(malformed(identifier));
    };
    let organization_is_fine = !organization_id.is_empty() && is_organization_text(organization_id);
    if !is_alpha_2(country_iso) || !organization_is_fine || !is_organization_text(suffix) {
        return Err(malformed(identifier));
    }
    match town.identified(country_iso, organization_id, suffix) {
        Some(holder) => Ok(holder.id.to_string()),
        None => Err(OAuthError::invalid_scope(format!("Unknown lock holder in scope: {IDENTIFIER}:{identifier}"))),
    }
}

fn malformed(identifier: &str) -> OAuthError {
    OAuthError::invalid_scope(format!(
        "Malformed scope {IDENTIFIER}:{identifier}: expected {IDENTIFIER}:{{countryIso}}.{{organizationId}}.{{organizationIdSuffix}}, \
         where the suffix may be empty but the final dot stays"
    ))
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::seed::handmade;

    fn ask(json: &str) -> Result<Vec<String>, Invalid> {
        requested(&Fields::parse(json.as_bytes()).unwrap())
    }

    #[test]
    fn a_scope_is_absent_a_string_or_an_array() {
        for none in ["{}", r#"{"scope":""}"#, r#"{"scope":[]}"#] {
            assert!(ask(none).unwrap().is_empty(), "{none}");
        }
        assert_eq!(ask(r#"{"scope":"a  b"}"#).unwrap(), ["a", "b"]);
        assert_eq!(ask(r#"{"scope":["a","b"]}"#).unwrap(), ["a", "b"]);
        for bad in [
            r#"{"scope":null}"#,
            r#"{"scope":7}"#,
            r#"{"scope":[null]}"#,
            r#"{"scope":[7]}"#,
            r#"{"scope":{"lock_holder_org_id":"1"}}"#,
        ] {
            assert!(ask(bad).unwrap_err().0.starts_with("scope must be"), "{bad}");
        }
    }

    #[test]
    fn the_final_dot_stays_and_nothing_else_passes() {
        let town = handmade(DateTime::UNIX_EPOCH);
        assert_eq!(identified("NO.demo-fjordglott.", &town).unwrap(), town.lock_holders[0].id.to_string());
        assert_eq!(identified("NO.demo-nordlys.tromso", &town).unwrap(), town.lock_holders[1].id.to_string());
        for bad in [
            "NO.demo-fjordglott",
            "no.demo-fjordglott.",
            "NO. demo-fjordglott.",
            "NO..",
            "",
            "NO.a.b.c",
            "NO.demo-fjordglott.x",
        ] {
            assert!(identified(bad, &town).is_err(), "{bad:?}");
        }
    }
}
