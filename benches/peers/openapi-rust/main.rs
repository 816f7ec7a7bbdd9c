//! Does the job with the Rust clients of OpenAPI Generator.

mod home;
#[path = "../measure.rs"]
mod measure;

use home::Home;
use measure::{Access, Peer, Read, Result};

fn main() -> Result<()> {
    measure::run::<Home>()
}

impl Peer for Home {
    fn new(access: &Access) -> Result<Self> {
        Ok(Self::new(access))
    }

    async fn lock(&mut self, id: &str, read: &mut Read) -> Result<()> {
        let lock = Self::lock(self, id).await?;
        read.note(&lock.id, lock.created.map_or(0, |created| created.timestamp_millis()));
        Ok(())
    }

    async fn keys(&mut self, read: &mut Read) -> Result<()> {
        let note = |key: openapi_integrator::models::Key| {
            let created = key.created.map_or(0, |created| created.timestamp_millis());
            read.note(key.id.as_deref().unwrap_or_default(), created);
        };
        Self::keys(self, note).await
    }
}
