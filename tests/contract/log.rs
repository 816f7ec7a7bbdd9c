//! Everything that is logged, at any level and by any crate, while the tests of this binary run.

use std::fmt::{Debug, Write};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

static TEXT: Mutex<String> = Mutex::new(String::new());
static SPANS: AtomicU64 = AtomicU64::new(1);

/// Begins to record.
pub(crate) fn record() {
    tracing::subscriber::set_global_default(Recorder).unwrap();
}

/// What was logged so far.
pub(crate) fn text() -> String {
    TEXT.lock().unwrap().clone()
}

fn write(metadata: &Metadata<'_>, record: impl FnOnce(&mut dyn Visit)) {
    let mut line = Line(format!("{} {}:", metadata.target(), metadata.name()));
    record(&mut line);
    writeln!(TEXT.lock().unwrap(), "{}", line.0).unwrap();
}

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        write!(self.0, " {field}={value:?}").unwrap();
    }
}

struct Recorder;

impl Subscriber for Recorder {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        write(span.metadata(), |line| span.record(line));
        Id::from_u64(SPANS.fetch_add(1, Ordering::SeqCst))
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        let mut line = Line("record:".to_owned());
        values.record(&mut line);
        writeln!(TEXT.lock().unwrap(), "{}", line.0).unwrap();
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        write(event.metadata(), |line| event.record(line));
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}
