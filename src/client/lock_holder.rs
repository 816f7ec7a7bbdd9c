//! The client of one lock holder.

use std::fmt;
use std::sync::Arc;

use crate::http::{ApiClient, RequestOptions};
use crate::model::integrator::types::LockHolderId;

/// What belongs to one lock holder: its locks, keys, roles, vendor connections, key events and webhooks.
///
/// Made by [`Unloc::lock_holder`](crate::Unloc::lock_holder). The lock holder's id and a token for its scope are filled
/// in, so that nobody else's data can be reached through it. Clones are cheap.
#[derive(Clone)]
pub struct LockHolderClient {
    client: Arc<ApiClient>,
    id: LockHolderId,
}

impl LockHolderClient {
    pub(crate) fn new(client: Arc<ApiClient>, id: LockHolderId) -> Self {
        Self { client, id }
    }

    /// The lock holder's id.
    #[must_use]
    pub fn id(&self) -> &LockHolderId {
        &self.id
    }

    /// Returns this client with other options for all its calls; what they leave open is as before.
    #[must_use]
    pub fn with_options(&self, options: RequestOptions) -> Self {
        Self { client: Arc::new(self.client.with_options(options)), id: self.id.clone() }
    }

    /// What the bindings fill in for the path parameter of this name.
    pub(crate) fn lock_holder_id(&self) -> &LockHolderId {
        &self.id
    }

    pub(crate) fn client(&self) -> Arc<ApiClient> {
        Arc::clone(&self.client)
    }
}

impl fmt::Debug for LockHolderClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LockHolderClient").field("id", &self.id).finish_non_exhaustive()
    }
}
