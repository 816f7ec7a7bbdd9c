//! The examples as their readers run them: as programs.
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

/// What was printed, if the program succeeded, said nothing else and gave nobody's number away.
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

/// The keys of the emulator's first lock holder.
async fn keys(emulator: &Emulator) -> Vec<Key> {
    let unloc = Unloc::builder().environment(emulator.base_url());
    let unloc = unloc.client_credentials(emulator.client_id(), emulator.client_secret()).build().unwrap();
    let lock_holders = unloc.get_lock_holders().send().await.unwrap();
    unloc.lock_holder(&lock_holders[0]).unwrap().get_keys().limit(2500).send().await.unwrap().into_items()
}

/// How many keys each number has.
fn by_number(keys: &[Key]) -> BTreeMap<&str, usize> {
    let mut counts = BTreeMap::new();
    keys.iter().for_each(|key| *counts.entry(key.to_user.id.expose()).or_default() += 1);
    counts
}

#[test]
fn a_stay_begins_is_extended_and_ends() {
    let text = success(&example("stay").output().unwrap());
    assert!(text.contains("Checked in: the key is active"), "{text}");
    assert!(text.contains("a new key is active") && text.contains("Checked out: the key is revoked"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stay_at_a_service_of_somebody_needs_a_yes_and_has_one_key_when_a_response_is_lost() {
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
fn who_has_access_is_told_for_the_locks_that_are_asked_for() {
    let text = success(&example("who_has_access").output().unwrap());
    for expected in ["Main entrance\n", "opens it until", "may let others in"] {
        assert!(text.contains(expected), "{expected} is not in\n{text}");
    }
    let gates = success(&example("who_has_access").arg("GATE").output().unwrap());
    assert!(gates.contains("Parking garage gate\n") && !gates.contains("Main entrance"), "{gates}");
}

#[test]
fn an_event_reaches_the_receiver_of_webhooks() {
    let text = success(&example("webhook_receiver").output().unwrap());
    assert!(text.starts_with("+1••••••••42 unlocked Main entrance at "), "{text}");
    assert!(!text.contains("knows nothing") && text.lines().count() == 1, "{text}");
}

/// A file of so many bookings, in a folder that is new.
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
fn five_hundred_bookings_are_imported() {
    let text = success(&example("import_bookings").output().unwrap());
    assert_eq!(text, "500 keys created, 0 bookings were done before, 0 failed\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_is_interrupted_and_called_again_gives_each_booking_one_key() {
    let emulator = Emulator::start().await.unwrap();
    let (before, file) = (keys(&emulator).await.len(), bookings("interrupted", 60));
    let faults = emulator.faults();
    // Lost responses, lost requests, refusals, and an outage that ends the first import early.
    faults.add(Fault::reset().carried_out().on("createKey").times(2)).unwrap();
    faults.add(Fault::reset().on("createKey").after(5).times(2)).unwrap();
    faults.add(Fault::status(500).on("createKey").after(10).times(2)).unwrap();
    faults.add(Fault::status(403).on("createKey").after(20).always()).unwrap();
    let (out, _) = texts(&against(&emulator, "import_bookings").arg(&file).output().unwrap());
    assert!(out.contains("failed\ncall this again"), "{out}");
    faults.clear();
    // As a program that is killed leaves it: a booking that was begun, and half a line.
    let journal = file.with_extension("csv.journal");
    let noted = fs::read_to_string(&journal).unwrap();
    let begun = noted.lines().find(|line| line.contains(",begun,")).unwrap();
    fs::write(&journal, format!("{noted}{begun}\nB-5")).unwrap();
    let mut runs = 0;
    while !against(&emulator, "import_bookings").arg(&file).output().unwrap().status.success() {
        runs += 1;
        assert!(runs < 5);
    }
    let again = success(&against(&emulator, "import_bookings").arg(&file).output().unwrap());
    assert_eq!(again, "0 keys created, 60 bookings were done before, 0 failed\n");
    let after = keys(&emulator).await;
    assert_eq!(after.len(), before + 60);
    let counts = by_number(&after);
    assert!((100..160).all(|guest| counts[format!("+1212555{guest:04}").as_str()] >= 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_with_a_mistake_is_refused_by_its_line_and_without_anybodys_number() {
    let emulator = Emulator::start().await.unwrap();
    let before = keys(&emulator).await.len();
    let file = bookings("mistaken", 3);
    let text = fs::read_to_string(&file).unwrap();
    for (from, to, words) in [
        ("B-1,Main entrance", "B-1,No such door", "line 3: no lock is called `No such door`"),
        ("2090-01-02T12:00:00Z", "tomorrow", "line 3: a column is missing or cannot be read"),
        ("booking,lock", "booking,door", "line 2: a column is missing"),
        ("B-1,", "B-0,", "line 3: the booking `B-0` stands there twice"),
        ("+12125550101", "2125550101", "line 3: CreateKeyRequest: `userId`: not a phone number"),
    ] {
        fs::write(&file, text.replacen(from, to, 1)).unwrap();
        let (out, err) = texts(&against(&emulator, "import_bookings").arg(&file).output().unwrap());
        assert!(err.contains(words) && out.is_empty(), "{out}{err}");
    }
    assert_eq!(keys(&emulator).await.len(), before);
}
