//! Waits for jobs.

use crate::client::v2::clients::ProjectClient;
use crate::error::{Result, redact};
use crate::http::poller::{Poller, Progress};
use crate::model::v2::operations::GET_JOB_STATUS;
use crate::model::v2::types::{Job, JobId, JobKey, JobStatus, KeyId};

/// Holds what a job that creates keys has done.
///
/// ```no_run
/// # fn example(created: unloc::v2::CreatedKeys) {
/// for key in &created.created {
///     println!("created {key}");
/// }
/// if !created.is_complete() {
///     eprintln!("{} failed, {} are still being created", created.failed, created.unfinished);
/// }
/// # }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use = "some of the keys may have failed: check `is_complete()`"]
#[non_exhaustive]
pub struct CreatedKeys {
    /// Lists the keys that were created, without those whose id the service left out.
    pub created: Vec<KeyId>,
    /// Lists the keys that the vendor is still creating, without those whose id the service left out.
    pub creating: Vec<KeyId>,
    /// Counts the keys that the vendor is still creating.
    // It is not documented what an entry holds, so that it may have no id.
    pub unfinished: usize,
    /// Counts the keys that could not be created.
    pub failed: usize,
}

impl CreatedKeys {
    /// Returns whether every key was created.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.failed == 0 && self.unfinished == 0
    }
}

impl From<Job> for CreatedKeys {
    fn from(job: Job) -> Self {
        let result = job.result_data.unwrap_or_default();
        // The id is in one of two places. A key without one can be found by `get_keys`.
        let ids = |keys: Vec<JobKey>| keys.into_iter().filter_map(|key| key.id.or_else(|| key.key?.id)).collect();
        let (unfinished, failed) = (result.creating_keys.len(), result.failed_keys.len());
        Self { created: ids(result.created_keys), creating: ids(result.creating_keys), unfinished, failed }
    }
}

impl ProjectClient {
    /// Waits until a job has succeeded, and returns it.
    ///
    /// This polls the job with exponential backoff and jitter, from 0.4 s up to 5 s, within the operation timeout of this
    /// client; [`with_options`](Self::with_options) sets another. Waiting again is safe.
    ///
    /// A job can succeed although some of its keys failed: [`CreatedKeys`] counts them.
    ///
    /// ```no_run
    /// # async fn example(project: unloc::v2::ProjectClient) -> unloc::Result<()> {
    /// use unloc::v2::CreatedKeys;
    /// use unloc::v2::types::NewKey;
    ///
    /// let key = NewKey::builder().lock_id("front-door").app_user_id("+12125550142").build()?;
    /// let job = project.create_keys().keys([key]).send().await?;
    /// let keys = CreatedKeys::from(project.wait_for_job(job.id).await?);
    /// assert!(keys.is_complete());
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// * [`ErrorKind::State`](crate::ErrorKind::State) if the job has failed; the message has its reason, redacted.
    /// * [`ErrorKind::Timeout`](crate::ErrorKind::Timeout) if it has not ended within the operation timeout.
    /// * Any error of [`get_job_status`](Self::get_job_status).
    ///
    /// # Evidence
    /// Observed: a public program that calls the service polls jobs after 0.4 s, and then every 0.8 s.
    pub async fn wait_for_job(&self, job_id: impl Into<JobId>) -> Result<Job> {
        let (client, id) = (self.client(), job_id.into());
        let fetch = |options| self.get_job_status().job_id(id.as_str()).options(options).send();
        Poller::new(&client, &GET_JOB_STATUS).poll(fetch, progress).await
    }
}

/// Judges the status of a job.
fn progress(job: &Job) -> Progress {
    match &job.status {
        JobStatus::Succeeded => Progress::Reached,
        JobStatus::FailedJob | JobStatus::FailedValidation | JobStatus::Timeout => {
            let why = job.failure_reason.as_deref().map_or_else(String::new, |why| format!(": {}", redact(why)));
            Progress::Never(format!("the job ended with the status `{}`{why}", job.status.as_str()))
        }
        // A status that this version does not know may be one of a job that goes on.
        status => Progress::Pending(format!("the job has the status `{}`", status.as_str())),
    }
}
