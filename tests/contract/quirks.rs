//! Tests that the SDK works with each quirk of the emulator, which are contradictions in the service's documents.

use std::time::Duration;

use unloc::types::{
    CreateKeyForLockHolderRequest, CreateKeyRequest, CreateLockHolderRequest, CreateOrUpdateRoleRequest,
    CreateVendorConnectionRequest, CreateWebhookRequest, KeyState, UpdateKeyRequest, UpdateLockHolderRequest,
    UpdateLockRequest, Vendor,
};
use unloc::{LockHolderClient, Unloc};
use unloc_emulator::{Emulator, Quirk};

use crate::operations::PERSON;

/// Calls the operations of the Integrator API as an integrator would: creates, reads, changes and deletes.
async fn use_every_resource(emulator: &Emulator, unloc: &Unloc) -> unloc::Result<()> {
    let holder = CreateLockHolderRequest::builder().name("Emerald Homes").country_iso("NO").organization_id("emerald");
    unloc.create_lock_holder().body(holder).send().await?;
    unloc.get_integrator().integrator_id(emulator.client_id()).send().await?;
    let holders = unloc.get_lock_holders().send().await?;
    assert_eq!(holders.len(), 4);
    let home = unloc.lock_holder(&holders[0])?;
    home.update_lock_holder().body(UpdateLockHolderRequest::builder().name("Fjord Homes")).send().await?;

    let locks = home.get_locks().send().await?.into_items();
    let lock = locks[0].id.as_str();
    home.get_lock().lock_id(lock).send().await?;
    home.update_lock().lock_id(lock).body(UpdateLockRequest::builder().name("Gate")).send().await?;
    keys(&home, lock).await?;

    let role = CreateOrUpdateRoleRequest::builder().can_share(true);
    let role = home.create_or_update_role().lock_id(lock).user_id(PERSON).body(role).send().await?;
    assert!(role.can_share && role.user_id.expose() == PERSON);
    assert!(home.get_roles().send().await?.into_items().iter().any(|role| role.user_id.expose() == PERSON));
    home.get_roles_for_lock().lock_id(lock).send().await?;
    home.get_roles_for_user().user_id(PERSON).send().await?;
    home.delete_shared_keys_for_user().user_id(PERSON).send().await?;
    home.delete_shared_keys_for_lock().lock_id(lock).user_id(PERSON).send().await?;

    let virtual_locks = CreateVendorConnectionRequest::builder().vendor(Vendor::Virtual).locks_to_create(2);
    home.create_vendor_connection().body(virtual_locks).send().await?;
    assert_eq!(home.get_vendor_connections().send().await?.len(), 3);

    let hook = CreateWebhookRequest::builder().webhook_url("http://127.0.0.1:9/");
    home.create_webhook_for_lock().lock_id(lock).body(hook.clone()).send().await?;
    home.create_webhook().body(hook).send().await?;
    assert_eq!(home.get_webhooks().send().await?.len(), 1);
    emulator.people().unlock(lock, PERSON).expect("a key that opens the lock");
    assert_eq!(home.get_key_events().send().await?.into_items().len(), 1);
    assert_eq!(home.get_key_events_for_lock().lock_id(lock).send().await?.into_items().len(), 1);
    Ok(())
}

async fn keys(home: &LockHolderClient, lock: &str) -> unloc::Result<()> {
    let key = CreateKeyRequest::builder().user_id(PERSON);
    home.create_key().lock_id(lock).body(key).send().await?;
    let other = CreateKeyForLockHolderRequest::builder().lock_id(lock).user_id(PERSON);
    let other = home.create_key_for_lock_holder().body(other).send().await?;
    let id = other.id.expect("all documents have the id in this response");
    home.get_key().lock_id(lock).key_id(&id).send().await?;
    let revoke = UpdateKeyRequest::builder().state(KeyState::Revoked);
    home.update_key().lock_id(lock).key_id(&id).body(revoke).send().await?;
    let listed = home.get_keys().send().await?.into_items();
    assert!(listed.iter().filter(|key| key.to_user.id.expose() == PERSON).count() >= 2);
    assert_eq!(count_paged(home).await?, listed.len());
    home.get_keys_for_lock().lock_id(lock).send().await?;
    home.get_keys_for_user().user_id(PERSON).send().await?;
    Ok(())
}

async fn count_paged(home: &LockHolderClient) -> unloc::Result<usize> {
    use futures_util::TryStreamExt;
    home.get_keys().limit(3).items().try_fold(0, |count, _| async move { Ok(count + 1) }).await
}

async fn run(quirks: &[Quirk]) -> unloc::Result<()> {
    let emulator = Emulator::builder().vendor_latency(Duration::ZERO).quirks(quirks.iter().copied()).start().await;
    let emulator = emulator.expect("the emulator starts");
    let unloc = Unloc::builder()
        .environment(emulator.base_url())
        .client_credentials(emulator.client_id(), emulator.client_secret())
        .build()?;
    use_every_resource(&emulator, &unloc).await
}

#[tokio::test]
async fn calls_succeed_with_each_quirk_and_with_all_of_them() {
    run(&[]).await.expect("without quirks");
    for quirk in Quirk::ALL {
        run(&[*quirk]).await.unwrap_or_else(|error| panic!("{quirk}: {error}"));
    }
    run(Quirk::ALL).await.expect("all quirks at once");
}
