fn main() {
    let _ = |home: unloc::LockHolderClient| home.get_keys().limit("5");
}
