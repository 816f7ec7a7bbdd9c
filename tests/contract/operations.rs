//! Every operation of the Integrator API, called once with plain values, for tests that hold for all of them.

use std::collections::BTreeSet;

use futures_util::future::BoxFuture;
use serde_json::{Value, json};
use unloc::types::{
    Address, CreateKeyForLockHolderRequest, CreateKeyRequest, CreateLockHolderRequest, CreateOrUpdateRoleRequest,
    CreateVendorAccountRequest, CreateVendorConnectionRequest, CreateWebhookRequest, UpdateKeyRequest,
    UpdateLockHolderRequest, UpdateLockRequest, UpdateVendorConnectionPasswordRequest,
};
use unloc::{Handle, LockHolder, Operation, PhoneNumber, Result, Unloc};

use crate::support::{Answer, Server, lock_holder, unchecked, unloc};

pub(crate) const PERSON: &str = "+12125550100";
pub(crate) const PASSWORD: &str = "EXAMPLE-PASSWORD";

/// What stands in the paths of the calls.
#[derive(Clone)]
pub(crate) struct Ids {
    pub(crate) home: String,
    pub(crate) lock: String,
    pub(crate) key: String,
    pub(crate) user: PhoneNumber,
    pub(crate) connection: String,
    pub(crate) webhook: String,
    pub(crate) integrator: String,
}

impl Ids {
    pub(crate) fn plain() -> Self {
        let [home, lock, key, connection, webhook, integrator] =
            ["home", "door", "key", "account", "hook", "me"].map(str::to_owned);
        Self { home, lock, key, user: unchecked(PERSON), connection, webhook, integrator }
    }

    pub(crate) fn get(&self, parameter: &str) -> &str {
        match parameter {
            "lockHolderId" => &self.home,
            "lockId" => &self.lock,
            "keyId" => &self.key,
            "userId" => self.user.expose(),
            "vendorConnectionId" => &self.connection,
            "webhookId" => &self.webhook,
            "integratorId" => &self.integrator,
            other => panic!("a new path parameter: {other}"),
        }
    }

    pub(crate) fn with(mut self, parameter: &str, value: &str) -> Self {
        let value = value.to_owned();
        match parameter {
            "lockHolderId" => self.home = value,
            "lockId" => self.lock = value,
            "keyId" => self.key = value,
            "userId" => self.user = unchecked(&value),
            "vendorConnectionId" => self.connection = value,
            "webhookId" => self.webhook = value,
            "integratorId" => self.integrator = value,
            other => panic!("a new path parameter: {other}"),
        }
        self
    }
}

pub(crate) type Run = fn(Unloc, LockHolder, Ids) -> BoxFuture<'static, Result<Value>>;

/// One operation, and how it is called.
pub(crate) struct Call {
    pub(crate) operation: &'static Operation,
    pub(crate) handle: Handle,
    pub(crate) run: Run,
}

impl Call {
    /// Calls the operation; gives the answer as the SDK would write it.
    pub(crate) async fn run(&self, unloc: &Unloc, ids: &Ids) -> Result<Value> {
        let home = unloc.lock_holder(&lock_holder(&ids.home))?;
        (self.run)(unloc.clone(), home, ids.clone()).await
    }

    /// The names of the parameters in the path.
    pub(crate) fn parameters(&self) -> impl Iterator<Item = &'static str> {
        self.operation.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
    }
}

macro_rules! call_each {
    ($($handle:ident $id:literal: |$of:ident, $ids:ident| $call:expr;)*) => {
        vec![$(Call {
            operation: Operation::find($id).expect($id),
            handle: Handle::$handle,
            run: |unloc, home, $ids| Box::pin(async move {
                // The two handles share one signature here; each call uses the one that its line names.
                let (_unloc, _home) = (&unloc, &home);
                let $of = call_each!(@ $handle _unloc _home);
                let _ = &$ids;
                Ok(serde_json::to_value($call.send().await?.into_inner()).expect("an answer can be written"))
            }),
        }),*]
    };
    (@ Unloc $unloc:ident $home:ident) => { $unloc };
    (@ LockHolder $unloc:ident $home:ident) => { $home };
}

pub(crate) use call_each;

/// A call of every operation.
pub(crate) fn calls() -> Vec<Call> {
    call_each! {
        Unloc "getIntegrator": |unloc, ids| unloc.get_integrator().integrator_id(ids.integrator);
        Unloc "getLockHolders": |unloc, ids| unloc.get_lock_holders();
        Unloc "createLockHolder": |unloc, ids| unloc.create_lock_holder().body(
            CreateLockHolderRequest::builder().name("Harbour Flats").country_iso("NO").organization_id("harbour-flats"),
        );
        Unloc "createVendorAccount": |unloc, ids| unloc.create_vendor_account().body(
            CreateVendorAccountRequest::builder().vendor("danalock").email("me@example.com").password(PASSWORD),
        );
        LockHolder "updateLockHolder": |home, ids| home.update_lock_holder()
            .body(UpdateLockHolderRequest::builder().name("Harbour Flats South"));
        LockHolder "getKeyEvents": |home, ids| home.get_key_events();
        LockHolder "getWebhooks": |home, ids| home.get_webhooks();
        LockHolder "createWebhook": |home, ids| home.create_webhook()
            .body(CreateWebhookRequest::builder().webhook_url("https://hooks.example.com/"));
        LockHolder "deleteWebhook": |home, ids| home.delete_webhook().webhook_id(ids.webhook);
        LockHolder "getKeys": |home, ids| home.get_keys();
        LockHolder "createKeyForLockHolder": |home, ids| home.create_key_for_lock_holder()
            .body(CreateKeyForLockHolderRequest::builder().lock_id("door").user_id(PERSON));
        LockHolder "getLocks": |home, ids| home.get_locks();
        LockHolder "getLock": |home, ids| home.get_lock().lock_id(ids.lock);
        LockHolder "updateLock": |home, ids| home.update_lock().lock_id(ids.lock)
            .body(UpdateLockRequest::builder().address(Address::builder().city("Oslo")));
        LockHolder "getKeyEventsForLock": |home, ids| home.get_key_events_for_lock().lock_id(ids.lock);
        LockHolder "createWebhookForLock": |home, ids| home.create_webhook_for_lock().lock_id(ids.lock)
            .body(CreateWebhookRequest::builder().webhook_url("https://hooks.example.com/"));
        LockHolder "getKeysForLock": |home, ids| home.get_keys_for_lock().lock_id(ids.lock);
        LockHolder "createKey": |home, ids| home.create_key().lock_id(ids.lock)
            .body(CreateKeyRequest::builder().user_id(PERSON));
        LockHolder "getKey": |home, ids| home.get_key().lock_id(ids.lock).key_id(ids.key);
        LockHolder "updateKey": |home, ids| home.update_key().lock_id(ids.lock).key_id(ids.key)
            .body(UpdateKeyRequest::builder().state("revoked"));
        LockHolder "getRolesForLock": |home, ids| home.get_roles_for_lock().lock_id(ids.lock);
        LockHolder "createOrUpdateRole": |home, ids| home.create_or_update_role().lock_id(ids.lock).user_id(ids.user)
            .body(CreateOrUpdateRoleRequest::builder().can_share(true));
        LockHolder "deleteSharedKeysForLock": |home, ids| home.delete_shared_keys_for_lock()
            .lock_id(ids.lock).user_id(ids.user);
        LockHolder "getRoles": |home, ids| home.get_roles();
        LockHolder "getKeysForUser": |home, ids| home.get_keys_for_user().user_id(ids.user);
        LockHolder "getRolesForUser": |home, ids| home.get_roles_for_user().user_id(ids.user);
        LockHolder "deleteSharedKeysForUser": |home, ids| home.delete_shared_keys_for_user().user_id(ids.user);
        LockHolder "getVendorConnections": |home, ids| home.get_vendor_connections();
        LockHolder "createVendorConnection": |home, ids| home.create_vendor_connection().body(
            CreateVendorConnectionRequest::builder().vendor("danalock").username("me").password(PASSWORD),
        );
        LockHolder "getVendorConnection": |home, ids| home.get_vendor_connection()
            .vendor_connection_id(ids.connection);
        LockHolder "refreshVendorConnection": |home, ids| home.refresh_vendor_connection()
            .vendor_connection_id(ids.connection);
        LockHolder "updateVendorConnectionPassword": |home, ids| home.update_vendor_connection_password()
            .vendor_connection_id(ids.connection)
            .body(UpdateVendorConnectionPasswordRequest::builder().password(PASSWORD));
    }
}

#[test]
fn the_list_of_calls_has_every_operation_once() {
    let calls = calls();
    let distinct: BTreeSet<_> = calls.iter().map(|call| call.operation.id).collect();
    assert_eq!(distinct.len(), calls.len());
    // The SDK makes the call for tokens by itself.
    assert_eq!(calls.len(), Operation::all().count() - 1);
}

#[tokio::test]
async fn every_operation_goes_where_its_template_says_and_carries_its_handles_token() {
    let server = Server::always(Answer::json(404, &json!({"error": "NotFound"}))).await;
    let (unloc, ids) = (unloc(&server), Ids::plain());
    for call in calls() {
        let operation = call.operation;
        let error = call.run(&unloc, &ids).await.unwrap_err();
        assert_eq!(error.operation(), Some(operation));
        let [request] = &server.take()[..] else { panic!("{} was not sent once", operation.id) };
        let mut path = operation.path.to_owned();
        for parameter in call.parameters() {
            path = path.replace(&format!("{{{parameter}}}"), &ids.get(parameter).replace('+', "%2B"));
        }
        let wanted = (operation.method, format!("/integrators/v1{path}"));
        assert_eq!((request.method.as_str(), request.target.clone()), wanted, "{}", operation.id);
        assert!(request.target.ends_with('/') && !request.target.contains("//"), "{}", request.target);
        assert_eq!(operation.handle, Some(call.handle), "{}", operation.id);
        let bearer = request.header("authorization").unwrap();
        let scopes: Vec<_> = server.token_requests().iter().map(|request| request.json()["scope"].clone()).collect();
        let number: usize = bearer["Bearer eyJhbGciOi.".len()..][..10].parse().unwrap();
        let home = json!("lockHolder.identifier:NO.harbour-flats.");
        let scope = if call.handle == Handle::Unloc { Value::Null } else { home };
        assert_eq!(scopes[number - 1], scope, "{}", operation.id);
    }
    assert_eq!(server.token_requests().len(), 2);
}
