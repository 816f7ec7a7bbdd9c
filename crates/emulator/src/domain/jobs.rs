//! Models the jobs of version 2, which report on work that takes longer than a call.
//!
//! Like the state of a key, the status of a job follows from facts and the clock.

use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::error::NotFound;
use crate::domain::ids::Id;
use crate::domain::model::{Index, Job, JobWork};
use crate::domain::store::Store;

/// Limits the duration of a job. Keys that take longer are listed as still being created.
const MAX_DURATION: TimeDelta = TimeDelta::seconds(60);

/// Is the status of a job at one moment.
#[derive(Debug, PartialEq)]
pub(crate) enum JobStatus {
    Pending,
    InProgress,
    Succeeded,
    /// Holds the reason.
    Failed(&'static str),
}

/// Lists the keys of a job by what became of them until its end.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct CreatedKeys {
    pub(crate) created: Vec<Id>,
    pub(crate) failed: Vec<Id>,
    pub(crate) creating: Vec<Id>,
}

impl Job {
    pub(crate) fn status(&self, now: DateTime<Utc>) -> JobStatus {
        match &self.work {
            JobWork::Refresh(Some(Ok(()))) => JobStatus::Succeeded,
            JobWork::Refresh(Some(Err(reason))) => JobStatus::Failed(reason),
            _ if now < self.starts_at => JobStatus::Pending,
            JobWork::CreateKeys(_) if now >= self.ends_at => JobStatus::Succeeded,
            _ => JobStatus::InProgress,
        }
    }
}

impl Store {
    /// Adds a job. Its first quarter is `pending`, so that a client sees every status even with a short latency.
    fn add_job(&mut self, lock_holder: Index, work: JobWork, now: DateTime<Utc>) -> Index {
        let (id, index) = (self.ids.next(), self.jobs.len() as Index);
        let duration = self.vendor_latency.min(MAX_DURATION);
        let (starts_at, ends_at) = (now + duration / 4, now + duration);
        self.job_of.insert(id, index);
        self.jobs.push(Job { id, lock_holder, created: now, work, starts_at, ends_at });
        index
    }

    /// Adds the job that created the keys from this index on.
    pub(crate) fn add_creation_job(&mut self, lock_holder: Index, first_key: Index, now: DateTime<Utc>) -> Index {
        let end = self.keys.len() as Index;
        self.add_job(lock_holder, JobWork::CreateKeys(first_key..end), now)
    }

    /// Starts to refresh a connection, with a job.
    pub(crate) fn start_refresh_job(&mut self, connection: Index, now: DateTime<Utc>) -> Index {
        let holder = self.connections[connection as usize].lock_holder;
        let job = self.add_job(holder, JobWork::Refresh(None), now);
        self.start_refresh(connection, Some(job), now);
        job
    }

    pub(super) fn finish_refresh(&mut self, job: Index, outcome: Result<(), &'static str>) {
        self.jobs[job as usize].work = JobWork::Refresh(Some(outcome));
    }

    /// Returns a job of this lock holder.
    pub(crate) fn job(&self, lock_holder: Index, id: &str) -> Result<Index, NotFound> {
        let index = Id::parse(id).and_then(|id| self.job_of.get(&id)).copied();
        let found = index.filter(|index| self.jobs[*index as usize].lock_holder == lock_holder);
        found.ok_or_else(|| NotFound(format!("This project has no job {id:?}")))
    }

    /// Returns the result of a job that creates keys.
    pub(crate) fn created_keys(&self, job: &Job) -> Option<CreatedKeys> {
        let JobWork::CreateKeys(keys) = &job.work else { return None };
        let mut result = CreatedKeys::default();
        for key in &self.keys[keys.start as usize..keys.end as usize] {
            let list = match key {
                // The result is that of the job's end and does not change afterwards.
                key if key.ready_at > job.ends_at => &mut result.creating,
                key if key.failed => &mut result.failed,
                _ => &mut result.created,
            };
            list.push(key.id);
        }
        Some(result)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::model::Key;
    use crate::domain::seed::sample_data;

    /// Creates two keys in a job, of which the second fails, with this latency of the vendor in seconds.
    fn job(latency: i64) -> (Store, Index) {
        let now = DateTime::UNIX_EPOCH;
        let mut store = sample_data(now);
        store.vendor_latency = TimeDelta::seconds(latency);
        let first = store.keys.len() as Index;
        for failed in [false, true] {
            let id = store.ids.next();
            store.add_key(Key { failed, ..Key::new(id, 0, 0, now, now + TimeDelta::seconds(latency)) });
        }
        let index = store.add_creation_job(0, first, now);
        (store, index)
    }

    #[test]
    fn a_job_is_pending_then_in_progress_then_succeeded() {
        let (store, index) = job(4);
        let at = |seconds| store.jobs[index as usize].status(DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds));
        assert_eq!(
            [0, 1, 3, 4].map(at),
            [JobStatus::Pending, JobStatus::InProgress, JobStatus::InProgress, JobStatus::Succeeded]
        );
        let result = store.created_keys(&store.jobs[index as usize]).unwrap();
        assert_eq!([result.created.len(), result.failed.len(), result.creating.len()], [1, 1, 0]);
    }

    #[test]
    fn a_job_ends_after_a_minute_even_if_the_vendor_needs_longer() {
        let (store, index) = job(3600);
        let job = &store.jobs[index as usize];
        assert_eq!(job.status(DateTime::UNIX_EPOCH + TimeDelta::seconds(60)), JobStatus::Succeeded);
        assert_eq!(store.created_keys(job).unwrap().creating.len(), 2);
    }
}
