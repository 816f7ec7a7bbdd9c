//! How the service says no, and whether it wants its slashes: found by reads that do no harm.

use super::compare::{Deviation, compare};
use super::report::Report;
use super::walk::Service;

/// An id that nothing has.
const NOTHING: &str = "00000000-0000-4000-8000-000000000000";

impl Service {
    pub(super) async fn refusals(&mut self) {
        self.refusal("getLock", "lockId").await;
        self.slash().await;
    }

    /// Holds the error for an unknown id to the documented one.
    async fn refusal(&mut self, id: &str, parameter: &str) {
        let Some((place, operation)) = self.find(id) else { return };
        if !self.can_call(&operation) {
            return;
        }
        let earlier = self.known.insert(parameter.to_owned(), NOTHING.to_owned());
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
                    let text = format!("{status} for an id that nothing has, where an error was to be expected");
                    found.insert(Deviation::new("status", "", text));
                }
                found
            }
            Err(why) => [Deviation::new("answer", "", format!("{why} (for an id that nothing has)"))].into(),
        };
        self.deviate(id, found);
    }

    /// The documents write paths with a slash at their end and without: one that is there with it should be without.
    /// The first list that was read stands for all.
    async fn slash(&mut self) {
        let is_there = |report: &&Report| matches!(report.outcome, Ok(..300));
        let there = self.reports.iter().filter(is_there).filter_map(|report| self.find(&report.operation));
        let read = there.filter(|(_, operation)| operation.method == "GET").find_map(|(place, operation)| {
            let path = self.fill(&operation.path).ok().filter(|path| path.ends_with('/'))?;
            Some((place, path, operation))
        });
        let Some((place, path, operation)) = read else { return };
        let text = match self.send(place, &operation, path.trim_end_matches('/'), None).await {
            Ok((404 | 405, _)) => "leads nowhere without the slash at its end".to_owned(),
            Ok((status @ 300..400, _)) => format!("leads elsewhere ({status}) without the slash at its end"),
            Ok((status @ 400.., _)) => format!("is answered with {status} without the slash at its end"),
            Ok(_) => return,
            Err(why) => format!("{why} (without the slash at its end)"),
        };
        self.deviate(&operation.id, [Deviation::new("path", "", text)]);
    }
}
