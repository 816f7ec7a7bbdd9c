fn main() {
    let _ = |home: unloc::LockHolderClient| home.get_lock().lock_id(7);
}
