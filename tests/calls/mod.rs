//! Calls each operation of the Integrator API once with simple values, for tests of all operations.
//!
//! A new operation needs no entry here, because `tests/awkward/` calls it with values from the YAML.

use std::collections::BTreeMap;

use futures_util::future::BoxFuture;
use serde_json::Value;
use unloc::types::{self, Address};
use unloc::{LockHolderClient, Operation, PhoneNumber, Result, Unloc};
use unloc_spec::PathTemplate;

pub(crate) const PERSON: &str = "+12125550100";
pub(crate) const PASSWORD: &str = "EXAMPLE-PASSWORD";

/// Holds the values of path parameters by name. Any other parameter's value is its own name.
#[derive(Clone)]
pub(crate) struct Ids(BTreeMap<String, String>);

impl Ids {
    pub(crate) fn plain() -> Self {
        let values = [("lockHolderId", "home"), ("lockId", "door"), ("keyId", "key"), ("userId", PERSON)];
        Self(values.map(|(name, value)| (name.to_owned(), value.to_owned())).into())
    }

    pub(crate) fn get<'a>(&'a self, parameter: &'a str) -> &'a str {
        self.0.get(parameter).map_or(parameter, String::as_str)
    }

    pub(crate) fn with(mut self, parameter: &str, value: &str) -> Self {
        self.0.insert(parameter.to_owned(), value.to_owned());
        self
    }

    /// Returns the value of a parameter as a phone number, without checking it.
    pub(crate) fn person(&self, parameter: &str) -> PhoneNumber {
        unchecked(self.get(parameter))
    }
}

/// Holds a decoded response in two forms.
pub(crate) struct Seen {
    /// Is the value serialized to JSON.
    pub(crate) written: Value,
    /// Is the value's `Debug` output.
    pub(crate) shown: String,
}

pub(crate) type Run = fn(Unloc, LockHolderClient, Ids) -> BoxFuture<'static, Result<Seen>>;

/// Describes an operation and how it is called.
pub(crate) struct Call {
    pub(crate) operation: &'static Operation,
    /// Names the client that has the operation.
    pub(crate) client: &'static str,
    pub(crate) run: Run,
}

impl Call {
    /// Calls the operation and returns the decoded response as JSON.
    pub(crate) async fn run(&self, unloc: &Unloc, ids: &Ids) -> Result<Value> {
        Ok(self.see(unloc, ids).await?.written)
    }

    /// Calls the operation and returns the decoded response as JSON and as its `Debug` output.
    pub(crate) async fn see(&self, unloc: &Unloc, ids: &Ids) -> Result<Seen> {
        let home = unloc.lock_holder(&lock_holder(ids.get("lockHolderId")))?;
        (self.run)(unloc.clone(), home, ids.clone()).await
    }

    /// Returns the names of the path parameters.
    pub(crate) fn parameters(&self) -> Vec<&'static str> {
        PathTemplate::of(self.operation.path).names().collect()
    }
}

macro_rules! call_each {
    ($($handle:ident $id:literal: |$of:ident, $ids:ident| $call:expr;)*) => {
        vec![$(Call {
            operation: Operation::find($id).expect($id),
            client: stringify!($handle),
            run: |unloc, home, $ids| Box::pin(async move {
                // All calls have the same signature, with both clients. Each uses the one that its line names.
                let (_unloc, _home) = (&unloc, &home);
                let $of = call_each!(@ $handle _unloc _home);
                let _ = &$ids;
                let response = $call.send().await?;
                let written = serde_json::to_value(&response).expect("a response can be serialized");
                Ok(Seen { written, shown: format!("{response:?}") })
            }),
        }),*]
    };
    (@ Unloc $unloc:ident $home:ident) => { $unloc };
    (@ LockHolderClient $unloc:ident $home:ident) => { $home };
}

pub(crate) use call_each;

/// Returns a call of each operation.
pub(crate) fn calls() -> Vec<Call> {
    call_each! {
        Unloc "getIntegrator": |unloc, ids| unloc.get_integrator().integrator_id(ids.get("integratorId"));
        Unloc "getLockHolders": |unloc, ids| unloc.get_lock_holders();
        Unloc "createLockHolder": |unloc, ids| unloc.create_lock_holder()
            .name("Harbour Flats").country_iso("NO").organization_id("harbour-flats");
        Unloc "createVendorAccount": |unloc, ids| unloc.create_vendor_account()
            .vendor("danalock").email("me@example.com").password(PASSWORD);
        LockHolderClient "updateLockHolder": |home, ids| home.update_lock_holder().name("Harbour Flats South");
        LockHolderClient "getKeyEvents": |home, ids| home.get_key_events();
        LockHolderClient "getWebhooks": |home, ids| home.get_webhooks();
        LockHolderClient "createWebhook": |home, ids| home.create_webhook().webhook_url("https://hooks.example.com/");
        LockHolderClient "deleteWebhook": |home, ids| home.delete_webhook().webhook_id(ids.get("webhookId"));
        LockHolderClient "getKeys": |home, ids| home.get_keys();
        LockHolderClient "createKeyForLockHolder": |home, ids| home.create_key_for_lock_holder()
            .lock_id("door").user_id(PERSON);
        LockHolderClient "getLocks": |home, ids| home.get_locks();
        LockHolderClient "getLock": |home, ids| home.get_lock().lock_id(ids.get("lockId"));
        LockHolderClient "updateLock": |home, ids| home.update_lock().lock_id(ids.get("lockId"))
            .address(Address::builder().city("Oslo").build()?);
        LockHolderClient "getKeyEventsForLock": |home, ids| home.get_key_events_for_lock().lock_id(ids.get("lockId"));
        LockHolderClient "createWebhookForLock": |home, ids| home.create_webhook_for_lock().lock_id(ids.get("lockId"))
            .webhook_url("https://hooks.example.com/");
        LockHolderClient "getKeysForLock": |home, ids| home.get_keys_for_lock().lock_id(ids.get("lockId"));
        LockHolderClient "createKey": |home, ids| home.create_key().lock_id(ids.get("lockId")).user_id(PERSON);
        LockHolderClient "getKey": |home, ids| home.get_key().lock_id(ids.get("lockId")).key_id(ids.get("keyId"));
        LockHolderClient "updateKey": |home, ids| home.update_key()
            .lock_id(ids.get("lockId")).key_id(ids.get("keyId")).state("revoked");
        LockHolderClient "getRolesForLock": |home, ids| home.get_roles_for_lock().lock_id(ids.get("lockId"));
        LockHolderClient "createOrUpdateRole": |home, ids| home.create_or_update_role()
            .lock_id(ids.get("lockId")).user_id(ids.person("userId")).can_share(true);
        LockHolderClient "deleteSharedKeysForLock": |home, ids| home.delete_shared_keys_for_lock()
            .lock_id(ids.get("lockId")).user_id(ids.person("userId"));
        LockHolderClient "getRoles": |home, ids| home.get_roles();
        LockHolderClient "getKeysForUser": |home, ids| home.get_keys_for_user().user_id(ids.person("userId"));
        LockHolderClient "getRolesForUser": |home, ids| home.get_roles_for_user().user_id(ids.person("userId"));
        LockHolderClient "deleteSharedKeysForUser": |home, ids| home.delete_shared_keys_for_user()
            .user_id(ids.person("userId"));
        LockHolderClient "getVendorConnections": |home, ids| home.get_vendor_connections();
        LockHolderClient "createVendorConnection": |home, ids| home.create_vendor_connection()
            .vendor("danalock").username("me").password(PASSWORD);
        LockHolderClient "getVendorConnection": |home, ids| home.get_vendor_connection()
            .vendor_connection_id(ids.get("vendorConnectionId"));
        LockHolderClient "refreshVendorConnection": |home, ids| home.refresh_vendor_connection()
            .vendor_connection_id(ids.get("vendorConnectionId"));
        LockHolderClient "updateVendorConnectionPassword": |home, ids| home.update_vendor_connection_password()
            .vendor_connection_id(ids.get("vendorConnectionId")).password(PASSWORD);
    }
}

pub(crate) fn lock_holder(id: &str) -> types::LockHolder {
    let builder = types::LockHolder::builder().id(id).name("Harbour Flats").country_iso("NO");
    builder.organization_id("harbour-flats").build().expect("a lock holder")
}

/// Returns an unchecked phone number, as the service may have sent it.
pub(crate) fn unchecked(text: &str) -> PhoneNumber {
    serde_json::from_value(text.into()).expect("any text is taken")
}
