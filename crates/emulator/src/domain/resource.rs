//! Grants the scopes of version 2, each for one organization or one project.

use crate::domain::error::Invalid;
use crate::domain::scope::{Granted, Resource};
use crate::domain::store::Store;

pub(crate) const ORGANIZATION_ADMIN: &str = "organization.admin";
pub(crate) const PROJECT_ADMIN: &str = "project.admin";
pub(crate) const PROJECT_INSTALLER: &str = "project.installer";

/// Identifies the only organization, which has all lock holders as its projects.
///
/// It differs from the client id, which version 1 uses as the integrator's id: a client that confuses the two must
/// fail.
pub(crate) const ORGANIZATION_ID: &str = "5a0db0c5-0000-4000-8000-000000000002";

/// Checks a scope and the id that it calls for.
pub(crate) fn grant(
    scope: &str,
    organization_id: Option<&str>,
    project_id: Option<&str>,
    store: &Store,
) -> Result<Granted, Invalid> {
    let not_allowed = |name: &str| Invalid::field(name, format!("is not allowed with the scope {scope}"));
    let missing = |name: &str| Invalid::field(name, "is missing");
    let resource = match scope {
        ORGANIZATION_ADMIN => {
            if project_id.is_some() {
                return Err(not_allowed("project_id"));
            }
            let id = organization_id.ok_or_else(|| missing("organization_id"))?;
            if id != ORGANIZATION_ID {
                return Err(Invalid::field("organization_id", "is no organization that the credentials can access"));
            }
            Resource::Organization(id.to_owned())
        }
        PROJECT_ADMIN | PROJECT_INSTALLER => {
            if organization_id.is_some() {
                return Err(not_allowed("organization_id"));
            }
            let id = project_id.ok_or_else(|| missing("project_id"))?;
            if store.lock_holder(id).is_none() {
                return Err(Invalid::field("project_id", "is no project that the credentials can access"));
            }
            Resource::Project(id.to_owned())
        }
        _ => {
            return Err(Invalid::field(
                "scope",
                format!("must be one of {ORGANIZATION_ADMIN}, {PROJECT_ADMIN} and {PROJECT_INSTALLER}"),
            ));
        }
    };
    Ok(Granted { scope: vec![scope.to_owned()], resource: Some(resource), ..Granted::default() })
}
