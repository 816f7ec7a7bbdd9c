//! Defines the routes of both versions.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::routing::{MethodRouter, delete, get, patch, post, put};
use axum::{Router, middleware};

use crate::api::{
    auth, integrator, key_events, keys, lock_holders, locks, roles, specs, v2, vendor_connections, webhooks,
};
use crate::domain::version::ApiVersion;
use crate::faults::middleware::{Context, Operation, inject};
use crate::service::App;

const BASE: &str = "/integrators/v1";
const LOCK_HOLDER: &str = "/integrators/v1/lock-holders/{lockHolderId}";

/// Lists every operation of version 1 with its path, without the trailing slash. A test compares this list with the specs.
fn operations() -> Vec<(&'static str, String, MethodRouter<App>)> {
    let at = |path: &str| format!("{LOCK_HOLDER}{path}");
    vec![
        ("getToken", "/auth/v1/token".to_owned(), post(auth::token)),
        ("getLockHolders", format!("{BASE}/lock-holders"), get(lock_holders::list)),
        ("createLockHolder", format!("{BASE}/lock-holders"), post(lock_holders::create)),
        ("updateLockHolder", at(""), patch(lock_holders::update)),
        ("getLocks", at("/locks"), get(locks::list)),
        ("getLock", at("/locks/{lockId}"), get(locks::read)),
        ("updateLock", at("/locks/{lockId}"), patch(locks::update)),
        ("getKeys", at("/keys"), get(keys::list)),
        ("createKeyForLockHolder", at("/keys"), post(keys::create_for_lock_holder)),
        ("getKeysForLock", at("/locks/{lockId}/keys"), get(keys::list_for_lock)),
        ("createKey", at("/locks/{lockId}/keys"), post(keys::create)),
        ("getKey", at("/locks/{lockId}/keys/{keyId}"), get(keys::read)),
        ("updateKey", at("/locks/{lockId}/keys/{keyId}"), put(keys::update)),
        ("getRoles", at("/roles"), get(roles::list)),
        ("getRolesForLock", at("/locks/{lockId}/roles"), get(roles::list_for_lock)),
        ("createOrUpdateRole", at("/locks/{lockId}/roles/{userId}"), put(roles::create_or_update)),
        ("getKeysForUser", at("/users/{userId}/keys"), get(keys::list_for_user)),
        ("getRolesForUser", at("/users/{userId}/roles"), get(roles::list_for_user)),
        ("deleteSharedKeysForUser", at("/users/{userId}/shared-keys"), delete(keys::delete_shared)),
        (
            "deleteSharedKeysForLock",
            at("/locks/{lockId}/users/{userId}/shared-keys"),
            delete(keys::delete_shared_for_lock),
        ),
        ("getVendorConnections", at("/vendor-connections"), get(vendor_connections::list)),
        ("createVendorConnection", at("/vendor-connections"), post(vendor_connections::create)),
        ("getVendorConnection", at("/vendor-connections/{vendorConnectionId}"), get(vendor_connections::read)),
        (
            "refreshVendorConnection",
            at("/vendor-connections/{vendorConnectionId}/refresh"),
            put(vendor_connections::refresh),
        ),
        (
            "updateVendorConnectionPassword",
            at("/vendor-connections/{vendorConnectionId}/update-password"),
            put(vendor_connections::update_password),
        ),
        ("createVendorAccount", format!("{BASE}/lock-vendors/account"), post(vendor_connections::create_account)),
        ("getKeyEvents", at("/key-events"), get(key_events::list)),
        ("getKeyEventsForLock", at("/locks/{lockId}/key-events"), get(key_events::list_for_lock)),
        ("createWebhookForLock", at("/locks/{lockId}/key-events/webhooks"), post(webhooks::create_for_lock)),
        ("getWebhooks", at("/key-events/webhooks"), get(webhooks::list)),
        ("createWebhook", at("/key-events/webhooks"), post(webhooks::create)),
        ("deleteWebhook", at("/key-events/webhooks/{webhookId}"), delete(webhooks::delete)),
        ("getIntegrator", format!("{BASE}/integrator/{{integratorId}}"), get(integrator::read)),
    ]
}

/// Returns the names of all operations.
pub(crate) fn names() -> Vec<&'static str> {
    let names = operations().into_iter().chain(v2::routes::operations()).map(|(name, ..)| name);
    // Operations that do the same in both versions have the same name, and a fault applies to both.
    names.collect::<BTreeSet<_>>().into_iter().collect()
}

/// Builds the router of both versions.
///
/// Each route exists with and without its trailing slash. There are no redirects, because many HTTP clients drop the
/// body or the token when they follow one.
pub(crate) fn router(context: &Arc<Context>) -> Router<App> {
    let mut router = Router::new().route("/images/{name}", get(locks::image_file)).merge(specs::routes());
    let first = operations().into_iter().map(|operation| (ApiVersion::V1, operation));
    let second = v2::routes::operations().into_iter().map(|operation| (ApiVersion::V2, operation));
    for (version, (name, path, methods)) in first.chain(second) {
        let operation = Operation { name, version, context: Arc::clone(context) };
        let methods = methods.layer(middleware::from_fn_with_state(operation, inject));
        router = router.route(&path, methods.clone()).route(&format!("{path}/"), methods);
    }
    router
}
