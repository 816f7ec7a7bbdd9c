//! The id of a key is not the id of a lock.

fn main() {
    let _ = |home: unloc::LockHolderClient, key: unloc::types::KeyId| home.get_lock().lock_id(&key);
}
