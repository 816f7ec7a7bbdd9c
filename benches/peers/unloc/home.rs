// The code that a user of `unloc` writes.

use futures_util::TryStreamExt;
use unloc::types::{Key, Lock};
use unloc::{LockHolderClient, Result, Scope, Unloc};

use crate::measure::Access;

pub(crate) struct Home(LockHolderClient);

impl Home {
    pub(crate) fn new(access: &Access) -> Result<Self> {
        let unloc = Unloc::builder()
            .environment(access.url.as_str())
            .client_credentials(access.client_id.as_str(), access.client_secret.as_str())
            .build()?;
        Ok(Self(unloc.lock_holder_by_id(access.lock_holder.as_str(), access.scope.parse::<Scope>()?)))
    }

    pub(crate) async fn lock(&self, id: &str) -> Result<Lock> {
        self.0.get_lock().lock_id(id).send().await
    }

    pub(crate) async fn keys(&self, mut each: impl FnMut(Key)) -> Result<()> {
        let mut keys = self.0.get_keys().limit(100).items();
        while let Some(key) = keys.try_next().await? {
            each(key);
        }
        Ok(())
    }
}
