//! `IntoField` is sealed.

struct Door;

impl unloc::IntoField<unloc::types::LockId> for Door {
    fn into_field(self, _: ()) -> Result<unloc::types::LockId, ()> {
        Ok("door".into())
    }
}

fn main() {}
