fn main() {
    let _ = |home: unloc::LockHolderClient, limit: Option<i32>| home.get_keys().limit(limit);
}
