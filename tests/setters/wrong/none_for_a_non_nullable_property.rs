//! A property that is not nullable is left out by not calling its setter.

fn main() {
    let _ = |home: unloc::LockHolderClient| home.create_key().duration_minutes(None);
}
