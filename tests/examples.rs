//! Runs the examples as programs, as their readers do.
#![allow(clippy::unwrap_used)]

mod programs;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use unloc::Unloc;
use unloc::types::Key;
use unloc_emulator::{Emulator, Fault};

use crate::programs::example;

fn against(emulator: &Emulator, name: &str) -> Command {
    let mut command = example(name);
    command.env("UNLOC_ENVIRONMENT", emulator.base_url()).env("UNLOC_CLIENT_ID", emulator.client_id());
    command.env("UNLOC_CLIENT_SECRET", emulator.client_secret());
    command
}

/// Returns the standard output. Asserts that the program succeeded, wrote no error and showed no phone number.
#[track_caller]
fn success(output: &Output) -> String {
    let (out, err) = texts(output);
    assert!(output.status.success() && err.is_empty(), "{out}\n{err}");
    out
}

#[track_caller]
fn texts(output: &Output) -> (String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    for hidden in ["emulator-secret", "eyJ", "1212555", "44770090", "2125550142"] {
        assert!(!out.contains(hidden) && !err.contains(hidden), "{hidden} shows:\n{out}\n{err}");
    }
    (out, err)
}

/// Returns the keys of the emulator's first lock holder.
async fn keys(emulator: &Emulator) -> Vec<Key> {
    let unloc = Unloc::builder().environment(emulator.base_url());
    let unloc = unloc.client_credentials(emulator.client_id(), emulator.client_secret()).build().unwrap();
    let lock_holders = unloc.get_lock_holders().send().await.unwrap();
    unloc.lock_holder(&lock_holders[0]).unwrap().get_keys().limit(2500).send().await.unwrap().into_items()
}

/// Counts the keys of each phone number.
fn by_number(keys: &[Key]) -> BTreeMap<&str, usize> {
    let mut counts = BTreeMap::new();
    keys.iter().for_each(|key| *counts.entry(key.to_user.id.expose()).or_default() += 1);
    counts
}

#[test]
fn stay_creates_extends_and_revokes_a_key() {
    let text = success(&example("stay").output().unwrap());
    assert!(text.contains("Checked in: the key is active"), "{text}");
    assert!(text.contains("a new key is active") && text.contains("Checked out: the key is revoked"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn stay_requires_yes_for_a_real_service_and_creates_no_second_key_after_a_lost_response() {
    let emulator = Emulator::start().await.unwrap();
    let before = keys(&emulator).await.len();
    let (_, err) = texts(&against(&emulator, "stay").output().unwrap());
    assert!(err.contains("--yes"), "{err}");
    assert_eq!(keys(&emulator).await.len(), before);
    emulator.faults().add(Fault::reset().carried_out().on("createKey").times(1)).unwrap();
    success(&against(&emulator, "stay").arg("--yes").output().unwrap());
    let after = keys(&emulator).await;
    assert_eq!(after.len(), before + 2);
    assert_eq!(by_number(&after)["+12125550142"], 2);
}

#[test]
fn who_has_access_selects_locks_by_a_part_of_their_name() {
    let text = success(&example("who_has_access").output().unwrap());
    for expected in ["Main entrance\n", "opens it until", "may let others in"] {
        assert!(text.contains(expected), "{expected} is not in\n{text}");
    }
    let gates = success(&example("who_has_access").arg("GATE").output().unwrap());
    assert!(gates.contains("Parking garage gate\n") && !gates.contains("Main entrance"), "{gates}");
}

#[test]
fn webhook_receiver_prints_the_event_of_a_delivery() {
    let text = success(&example("webhook_receiver").output().unwrap());
    assert!(text.starts_with("+1••••••••42 unlocked Main entrance at "), "{text}");
    assert!(!text.contains("ignored a delivery") && text.lines().count() == 1, "{text}");
}

/// Writes a file with `count` bookings to a new folder and returns its path.
fn bookings(name: &str, count: usize) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    let row = |number: usize| {
        let (day, guest) = (1 + number % 28, 100 + number);
        format!("B-{number},Main entrance,+1212555{guest:04},2090-01-{day:02}T12:00:00Z,2090-02-{day:02}T12:00:00Z")
    };
    let rows: Vec<_> = (0..count).map(row).collect();
    let file = folder.join("bookings.csv");
    fs::write(&file, format!("booking,lock,guest,from,until\n{}\n", rows.join("\n"))).unwrap();
    file
}

#[test]
fn import_bookings_creates_five_hundred_keys() {
    let text = success(&example("import_bookings").output().unwrap());
    assert_eq!(text, "500 keys created, 0 bookings skipped as already imported, 0 failed\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupted_import_that_is_run_again_creates_one_key_for_each_booking() {
    let emulator = Emulator::start().await.unwrap();
    let (before, file) = (keys(&emulator).await.len(), bookings("interrupted", 60));
    let faults = emulator.faults();
    // Lost responses, lost requests, refusals, and an outage that ends the first import early.
    faults.add(Fault::reset().carried_out().on("createKey").times(2)).unwrap();
    faults.add(Fault::reset().on("createKey").after(5).times(2)).unwrap();
    faults.add(Fault::status(500).on("createKey").after(10).times(2)).unwrap();
    faults.add(Fault::status(403).on("createKey").after(20).always()).unwrap();
    let (out, _) = texts(&against(&emulator, "import_bookings").arg(&file).output().unwrap());
    assert!(out.contains("failed\nrun the import again"), "{out}");
    faults.clear();
    // A killed program leaves the journal like this: a booking that was started, and half a row.
    let journal = file.with_extension("csv.journal");
    let recorded = fs::read_to_string(&journal).unwrap();
    let started = recorded.lines().find(|line| line.contains(",started,")).unwrap();
    fs::write(&journal, format!("{recorded}{started}\nB-5")).unwrap();
    let mut runs = 0;
    while !against(&emulator, "import_bookings").arg(&file).output().unwrap().status.success() {
        runs += 1;
        assert!(runs < 5);
    }
    let again = success(&against(&emulator, "import_bookings").arg(&file).output().unwrap());
    assert_eq!(again, "0 keys created, 60 bookings skipped as already imported, 0 failed\n");
    let after = keys(&emulator).await;
    assert_eq!(after.len(), before + 60);
    let counts = by_number(&after);
    assert!((100..160).all(|guest| counts[format!("+1212555{guest:04}").as_str()] >= 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invalid_file_is_refused_with_its_line_and_without_phone_numbers() {
    let emulator = Emulator::start().await.unwrap();
    let before = keys(&emulator).await.len();
    let file = bookings("mistaken", 3);
    let text = fs::read_to_string(&file).unwrap();
    for (from, to, words) in [
        ("B-1,Main entrance", "B-1,No such door", "line 3: no lock is named `No such door`"),
        ("2090-01-02T12:00:00Z", "tomorrow", "line 3: a column is missing or cannot be read"),
        ("booking,lock", "booking,door", "line 2: a column is missing"),
        ("B-1,", "B-0,", "line 3: duplicate booking `B-0`"),
        ("+12125550101", "2125550101", "line 3: CreateKeyRequest: `userId`: not a phone number"),
    ] {
        fs::write(&file, text.replacen(from, to, 1)).unwrap();
        let (out, err) = texts(&against(&emulator, "import_bookings").arg(&file).output().unwrap());
        assert!(err.contains(words) && out.is_empty(), "{out}{err}");
    }
    assert_eq!(keys(&emulator).await.len(), before);
}
