//! Contains the client of one lock holder.

use std::fmt;
use std::sync::Arc;

use crate::http::{ApiClient, RequestOptions};
use crate::model::integrator::types::LockHolderId;

/// Calls the operations of one lock holder: its locks, keys, roles, vendor connections, key events and webhooks.
///
/// A lock holder is an organization that owns locks. [`Unloc::lock_holder`](crate::Unloc::lock_holder) returns the
/// client. Each call uses the lock holder's id and a token for its scope, so that the data of other lock holders cannot
/// be reached through it. Clones are cheap.
#[derive(Clone)]
pub struct LockHolderClient {
    client: Arc<ApiClient>,
    id: LockHolderId,
}

impl LockHolderClient {
    pub(crate) fn new(client: Arc<ApiClient>, id: LockHolderId) -> Self {
        Self { client, id }
    }

    /// Returns the lock holder's id.
    #[must_use]
    pub fn id(&self) -> &LockHolderId {
        &self.id
    }

    /// Returns this client with other options for all its calls. Options that are not set stay as they are. Tokens,
    /// connections and the retry budget are shared.
    #[must_use]
    pub fn with_options(&self, options: RequestOptions) -> Self {
        Self { client: Arc::new(self.client.with_options(options)), id: self.id.clone() }
    }

    /// Returns the value that the bindings fill in for the path parameter of this name.
    // The build derives the name from `x-clients` of the spec; a generated client has such a function as well.
    pub(crate) fn lock_holder_id(&self) -> &LockHolderId {
        &self.id
    }

    /// Returns the client that the generated builders send through.
    pub(crate) fn client(&self) -> Arc<ApiClient> {
        Arc::clone(&self.client)
    }
}

impl fmt::Debug for LockHolderClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LockHolderClient").field("id", &self.id).finish_non_exhaustive()
    }
}
