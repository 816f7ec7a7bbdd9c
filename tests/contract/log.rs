//! Records everything that is logged, at any level and by any crate.

use std::collections::HashMap;
use std::fmt::{Debug, Write};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::DefaultGuard;
use tracing::{Event, Metadata, Subscriber};

/// Holds a line for each event, for the start of each span, and for the fields that a span records later.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Lines>>);

#[derive(Default)]
struct Lines {
    text: String,
    names: HashMap<u64, &'static str>,
}

impl Log {
    /// Returns the log of all threads of this test program, which all tests share.
    pub(crate) fn of_everything() -> Self {
        static LOG: OnceLock<Log> = OnceLock::new();
        let install = || {
            let log = Self::default();
            tracing::subscriber::set_global_default(Recorder(log.clone())).unwrap();
            log
        };
        LOG.get_or_init(install).clone()
    }

    /// Records what this thread logs until the guard is dropped.
    pub(crate) fn of_this_thread() -> (Self, DefaultGuard) {
        let log = Self::default();
        let guard = tracing::subscriber::set_default(Recorder(log.clone()));
        (log, guard)
    }

    /// Returns what was logged so far.
    pub(crate) fn text(&self) -> String {
        self.lines().text.clone()
    }

    fn lines(&self) -> MutexGuard<'_, Lines> {
        self.0.lock().unwrap()
    }

    fn write(&self, what: &str, record: impl FnOnce(&mut dyn Visit)) {
        let mut line = Line(what.to_owned());
        record(&mut line);
        writeln!(self.lines().text, "{}", line.0).unwrap();
    }
}

struct Line(String);

impl Visit for Line {
    fn record_str(&mut self, field: &Field, value: &str) {
        write!(self.0, " {field}={value}").unwrap();
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        write!(self.0, " {field}={value:?}").unwrap();
    }
}

struct Recorder(Log);

impl Subscriber for Recorder {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let metadata = span.metadata();
        self.0.write(&format!("{} span {}:", metadata.target(), metadata.name()), |line| span.record(line));
        let mut lines = self.0.lines();
        let id = lines.names.len() as u64 + 1;
        lines.names.insert(id, metadata.name());
        Id::from_u64(id)
    }

    fn record(&self, id: &Id, values: &Record<'_>) {
        let name = self.0.lines().names[&id.into_u64()];
        self.0.write(&format!("{name} records:"), |line| values.record(line));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let metadata = event.metadata();
        self.0.write(&format!("{} {}:", metadata.target(), metadata.level()), |line| event.record(line));
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}
