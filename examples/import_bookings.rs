//! Imports bookings from a CSV file: creates exactly one key for each booking, even if the import is interrupted.
//!
//! `cargo run --example import_bookings` imports 500 invented bookings into an emulator inside this program.
//! `cargo run --example import_bookings -- bookings.csv`, with `UNLOC_ENVIRONMENT`, `UNLOC_CLIENT_ID` and
//! `UNLOC_CLIENT_SECRET` set, imports a file into that service. The file starts with the header
//! `booking,lock,guest,from,until`. A row has the name of a lock, a mobile number and times such as
//! `2030-05-01T12:00:00Z`.
//!
//! The journal `bookings.csv.journal`, next to the file, records the progress. If the import is interrupted or the
//! network fails, run it again. It skips finished bookings. If the outcome of a booking is unknown, it looks for the
//! key first.
//!
//! ```sh
//! cargo add unloc --path ../unloc
//! cargo add unloc-emulator --path ../unloc/crates/emulator
//! cargo add tokio --features macros,rt-multi-thread
//! cargo add futures-util csv
//! cargo add serde --features derive
//! ```

use std::collections::{HashMap, HashSet};
use std::env;
use std::error::Error;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Mutex;

use futures_util::{StreamExt, TryStreamExt, stream};
use serde::{Deserialize, Serialize};
use unloc::chrono::{DateTime, TimeDelta, Utc};
use unloc::types::{CreateKeyRequest, Lock, LockId};
use unloc::{CreateKeyResolution, LockHolderClient, Outcome, Unloc};
use unloc_emulator::Emulator;

/// Limits how many keys are created concurrently.
const CONCURRENCY: usize = 8;

/// Holds one row of the file.
#[derive(Deserialize, Serialize)]
struct Booking {
    booking: String,
    lock: String,
    guest: String,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
}

/// Holds one row of the journal. The last row of a booking counts.
#[derive(Clone, Deserialize, Serialize)]
struct Entry {
    booking: String,
    step: Step,
    at: DateTime<Utc>,
}

#[derive(Clone, Copy, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Step {
    /// The request is about to be sent.
    Started,
    /// The key exists.
    Created,
    /// The service rejected the request, or the request was not sent. No key was created.
    Refused,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(&mut io::stdout()).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            let _ = writeln!(io::stderr(), "error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Imports the bookings and returns whether every booking has its key.
async fn run(out: &mut impl Write) -> Result<bool, Box<dyn Error>> {
    let configured = env::var_os("UNLOC_ENVIRONMENT").is_some();
    let emulator = if configured { None } else { Some(Emulator::start().await?) };
    let unloc = match &emulator {
        None => Unloc::from_env()?,
        Some(emulator) => Unloc::builder()
            .environment(emulator.base_url())
            .client_credentials(emulator.client_id(), emulator.client_secret())
            .build()?,
    };
    let lock_holders = unloc.get_lock_holders().send().await?;
    let home = unloc.lock_holder(lock_holders.first().ok_or("these credentials manage no lock holder")?)?;
    let locks: Vec<Lock> = home.get_locks().items().try_collect().await?;
    let file = match env::args_os().nth(1) {
        Some(file) => PathBuf::from(file),
        None => write_sample(&locks)?,
    };
    let bookings = read(&file, &locks)?;
    let (journal, done) = Journal::open(&file)?;
    let imported = stream::iter(&bookings).map(|(booking, lock, request)| {
        let (home, journal, last) = (&home, &journal, done.get(&booking.booking));
        async move { (booking, import(home, lock, &booking.booking, request, last, journal).await) }
    });
    let (mut created, mut skipped, mut failed) = (0, 0, 0);
    let mut imported = imported.buffer_unordered(CONCURRENCY);
    while let Some((booking, result)) = imported.next().await {
        match result {
            Ok(true) => created += 1,
            Ok(false) => skipped += 1,
            Err(error) => {
                failed += 1;
                writeln!(out, "booking {}: {error}", booking.booking)?;
            }
        }
    }
    writeln!(out, "{created} keys created, {skipped} bookings skipped as already imported, {failed} failed")?;
    if failed > 0 {
        writeln!(out, "run the import again: it skips the bookings that are imported")?;
    }
    Ok(failed == 0)
}

/// Creates the key of a booking unless it exists, and returns whether this call created it.
async fn import(
    home: &LockHolderClient,
    lock: &LockId,
    name: &str,
    request: &CreateKeyRequest,
    last: Option<&Entry>,
    journal: &Journal,
) -> Result<bool, Box<dyn Error>> {
    match last {
        Some(Entry { step: Step::Created, .. }) => return Ok(false),
        // An earlier run stopped between these two journal entries, so the key may exist.
        Some(Entry { step: Step::Started, at, .. }) if is_created(home, lock, request, *at).await? => {
            journal.record(name, Step::Created)?;
            return Ok(false);
        }
        _ => {}
    }
    let since = journal.record(name, Step::Started)?;
    let Err(error) = home.create_key().lock_id(lock).body(request.clone()).send().await else {
        journal.record(name, Step::Created)?;
        return Ok(true);
    };
    match error.outcome() {
        Outcome::Unknown | Outcome::Accepted if is_created(home, lock, request, since).await? => {
            journal.record(name, Step::Created)?;
            Ok(true)
        }
        Outcome::Rejected | Outcome::NotSent => {
            journal.record(name, Step::Refused)?;
            Err(error.into())
        }
        // The last journal entry stays `Started`: the next run looks for the key again.
        _ => Err(error.into()),
    }
}

/// Returns whether a call that started at `since` has created the key.
async fn is_created(
    home: &LockHolderClient,
    lock: &LockId,
    request: &CreateKeyRequest,
    since: DateTime<Utc>,
) -> Result<bool, Box<dyn Error>> {
    match home.resolve_create_key(lock, request, since).await? {
        CreateKeyResolution::Created(_) => Ok(true),
        CreateKeyResolution::NotCreated => Ok(false),
        CreateKeyResolution::Unknown { reason, .. } => {
            Err(format!("cannot tell whether the key was created: {reason}").into())
        }
        _ => Err("cannot tell whether the key was created".into()),
    }
}

/// Holds a booking, the id of its lock and the request for its key.
type Planned = (Booking, LockId, CreateKeyRequest);

/// Reads the bookings, looks up their locks and builds the requests. One invalid row rejects the whole file.
fn read(file: &Path, locks: &[Lock]) -> Result<Vec<Planned>, Box<dyn Error>> {
    let shown = file.display();
    let mut reader = csv::Reader::from_path(file).map_err(|error| format!("{shown}: {error}"))?;
    let (mut bookings, mut names) = (Vec::new(), HashSet::new());
    for (row, line) in reader.deserialize::<Booking>().zip(2..) {
        // The parser's error can quote a phone number, so the message names the line only.
        let booking = row.map_err(|_| format!("{shown}, line {line}: a column is missing or cannot be read"))?;
        let Booking { booking: name, lock, guest, from, until } = &booking;
        let mut same = locks.iter().filter(|other| other.name == *lock);
        let lock = match (same.next(), same.next()) {
            (Some(lock), None) => lock.id.clone(),
            (None, _) => return Err(format!("{shown}, line {line}: no lock is named `{lock}`").into()),
            (Some(_), Some(_)) => return Err(format!("{shown}, line {line}: two locks are named `{lock}`").into()),
        };
        if !names.insert(name.clone()) {
            return Err(format!("{shown}, line {line}: duplicate booking `{name}`").into());
        }
        let request = CreateKeyRequest::builder().user_id(guest).start(*from).end(*until).build();
        let request = request.map_err(|error| format!("{shown}, line {line}: {error}"))?;
        bookings.push((booking, lock, request));
    }
    Ok(bookings)
}

/// Records the steps of each booking in a file, before and after its call.
struct Journal(Mutex<csv::Writer<File>>);

impl Journal {
    /// Opens the journal of a file and returns the last entry of each booking.
    fn open(file: &Path) -> Result<(Self, HashMap<String, Entry>), Box<dyn Error>> {
        let mut path = file.as_os_str().to_owned();
        path.push(".journal");
        let journal = File::options().create(true).append(true).read(true).open(&path)?;
        // A killed program can leave half a row. It is dropped, so that the next row starts on a line of its own.
        let text = fs::read_to_string(&path)?;
        let whole = text.rfind('\n').map_or(0, |end| end + 1);
        journal.set_len(whole.try_into()?)?;
        let mut entries = HashMap::new();
        for entry in csv::Reader::from_reader(&text.as_bytes()[..whole]).deserialize::<Entry>() {
            let entry = entry.map_err(|error| format!("{}: {error}", path.display()))?;
            entries.insert(entry.booking.clone(), entry);
        }
        let writer = csv::WriterBuilder::new().has_headers(whole == 0).from_writer(journal);
        Ok((Self(Mutex::new(writer)), entries))
    }

    /// Writes a step to the disk and returns its time. Callers record a step before they take it.
    fn record(&self, booking: &str, step: Step) -> Result<DateTime<Utc>, Box<dyn Error>> {
        let at = Utc::now();
        let mut writer = self.0.lock().map_err(|_| "the journal is not usable: another write to it panicked")?;
        writer.serialize(Entry { booking: booking.to_owned(), step, at })?;
        writer.flush()?;
        writer.get_ref().sync_data()?;
        Ok(at)
    }
}

/// Writes 500 bookings to a new file and returns its path.
fn write_sample(locks: &[Lock]) -> Result<PathBuf, Box<dyn Error>> {
    let folder = env::temp_dir().join(format!("unloc-bookings-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    let file = folder.join("bookings.csv");
    let mut writer = csv::Writer::from_path(&file)?;
    let start = Utc::now() + TimeDelta::days(1);
    for (number, lock) in (0..500_i32).zip(locks.iter().cycle()) {
        let from = start + TimeDelta::hours(number.into());
        writer.serialize(Booking {
            booking: format!("B-{number:04}"),
            lock: lock.name.clone(),
            guest: format!("+1212555{:04}", 100 + number % 100),
            from,
            until: from + TimeDelta::days(2),
        })?;
    }
    writer.flush()?;
    Ok(file)
}
