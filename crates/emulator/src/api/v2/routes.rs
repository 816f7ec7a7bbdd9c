//! Defines the routes of version 2.

use axum::routing::{MethodRouter, delete, get, post, put};

use crate::api::v2::{
    access_groups, access_log, auth, jobs, keys, lock_connections, locks, projects, sharing_rights, subprojects,
    webhooks,
};
use crate::service::App;

/// Lists every operation with its path, without a trailing slash. A test compares this list with the spec.
pub(crate) fn operations() -> Vec<(&'static str, String, MethodRouter<App>)> {
    let project = |path: &str| format!("/v2/projects/{{projectId}}{path}");
    let subproject = |path: &str| format!("/v2/subprojects/{{subprojectId}}{path}");
    vec![
        ("getToken", "/v2/auth/token".to_owned(), post(auth::token)),
        ("discoverResources", "/v2/auth/resources-discovery".to_owned(), post(auth::discover)),
        ("getProjects", "/v2/organization/{organizationId}/projects".to_owned(), get(projects::list)),
        ("getProject", project(""), get(projects::read)),
        ("getLocks", project("/locks"), get(locks::list)),
        ("getKeys", project("/keys"), get(keys::list)),
        ("createKeys", project("/keys"), post(keys::create)),
        ("revokeKeys", project("/keys"), delete(keys::revoke_all)),
        ("getKey", project("/keys/{keyId}"), get(keys::read)),
        ("revokeKey", project("/keys/{keyId}"), delete(keys::revoke)),
        ("revokeSharedKeys", project("/shared-keys"), delete(keys::revoke_shared)),
        ("getSharingRights", project("/sharing-rights"), get(sharing_rights::list)),
        ("createSharingRights", project("/sharing-rights"), post(sharing_rights::create)),
        ("revokeSharingRights", project("/sharing-rights"), delete(sharing_rights::revoke)),
        ("createAccessGroup", project("/access-groups"), post(access_groups::create)),
        ("getJobStatus", project("/jobs/{jobId}"), get(jobs::read)),
        ("getLockConnections", project("/lock-connections"), get(lock_connections::list)),
        (
            "refreshLockConnection",
            project("/lock-connections/{lockConnectionId}/refresh"),
            put(lock_connections::refresh),
        ),
        (
            "offboardLockConnection",
            project("/lock-connections/{lockConnectionId}/offboard"),
            post(lock_connections::offboard),
        ),
        ("getAccessLog", project("/logs/access"), get(access_log::list)),
        ("registerWebhook", project("/webhooks"), post(webhooks::register)),
        ("getKeysInSubproject", subproject("/keys"), get(subprojects::list_keys)),
        ("revokeKeysInSubproject", subproject("/keys"), delete(subprojects::revoke_keys)),
        ("revokeSharedKeysInSubproject", subproject("/shared-keys"), delete(subprojects::revoke_shared_keys)),
    ]
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use unloc_spec::{Document, Operation};

    use super::*;

    #[test]
    fn the_routes_are_the_operations_of_the_spec() {
        let file = Path::new(env!("UNLOC_OPENAPI")).join("unloc-v2.yaml");
        let specified = Operation::all(&Document::read(&file).unwrap()).unwrap();
        let path = |path: &str| format!("/v2{}", path.trim_end_matches('/'));
        let specified: BTreeSet<_> = specified.into_iter().map(|one| (one.id, path(&one.path))).collect();
        let routed: BTreeSet<_> = operations().into_iter().map(|(name, path, _)| (name.to_owned(), path)).collect();
        assert_eq!(routed, specified);
    }
}
