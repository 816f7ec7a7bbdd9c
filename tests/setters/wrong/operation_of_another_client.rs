//! Locks belong to a lock holder, so their operations need its token.

fn main() {
    let _ = |unloc: unloc::Unloc| unloc.get_locks();
}
