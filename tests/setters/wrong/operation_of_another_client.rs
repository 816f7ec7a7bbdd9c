//! Locks belong to a lock holder, and need its token.

fn main() {
    let _ = |unloc: unloc::Unloc| unloc.get_locks();
}
