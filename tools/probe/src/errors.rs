//! Probes errors and trailing slashes, by reading only.

use super::compare::{Deviation, compare};
use super::report::Report;
use super::walk::Service;

/// Is an id that does not exist.
const UNKNOWN_ID: &str = "00000000-0000-4000-8000-000000000000";

impl Service {
    /// Probes the error for an unknown id and a path without its trailing slash.
    pub(super) async fn errors(&mut self) {
        self.error_for_unknown_id("getLock", "lockId").await;
        self.trailing_slash().await;
    }

    /// Compares the error for an unknown id with the documented one.
    async fn error_for_unknown_id(&mut self, id: &str, parameter: &str) {
        let Some((place, operation)) = self.find(id) else { return };
        if !self.can_call(&operation) {
            return;
        }
        let earlier = self.known.insert(parameter.to_owned(), UNKNOWN_ID.to_owned());
        let path = self.fill(&operation.path);
        match earlier {
            Some(earlier) => self.known.insert(parameter.to_owned(), earlier),
            None => self.known.remove(parameter),
        };
        let Ok(path) = path else { return };
        let found = match self.send(place, &operation, &path, None).await {
            Ok((status, text)) => {
                let mut found = compare(&self.specs[place].0, &operation, status, &text);
                if status < 400 {
                    let text = format!("{status} for an unknown id, but an error was expected");
                    found.insert(Deviation::new("status", "", text));
                }
                found
            }
            Err(why) => [Deviation::new("response", "", format!("{why} (for an unknown id)"))].into(),
        };
        self.deviate(id, found);
    }

    /// Checks that a path also works without its trailing slash, because the vendor's documents write paths in both
    /// ways. The first successful read with a trailing slash stands for all operations.
    async fn trailing_slash(&mut self) {
        let is_there = |report: &&Report| matches!(report.outcome, Ok(..300));
        let there = self.reports.iter().filter(is_there).filter_map(|report| self.find(&report.operation));
        let read = there.filter(|(_, operation)| operation.method == "GET").find_map(|(place, operation)| {
            let path = self.fill(&operation.path).ok().filter(|path| path.ends_with('/'))?;
            Some((place, path, operation))
        });
        let Some((place, path, operation)) = read else { return };
        let text = match self.send(place, &operation, path.trim_end_matches('/'), None).await {
            Ok((404 | 405, _)) => "not found without the trailing slash".to_owned(),
            Ok((status @ 300..400, _)) => format!("redirects ({status}) without the trailing slash"),
            Ok((status @ 400.., _)) => format!("fails with {status} without the trailing slash"),
            Ok(_) => return,
            Err(why) => format!("{why} (without the trailing slash)"),
        };
        self.deviate(&operation.id, [Deviation::new("path", "", text)]);
    }
}
