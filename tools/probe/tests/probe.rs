//! Probes emulators: one that conforms to the specs, some with injected faults, some that deviate in one place.
#![allow(clippy::unwrap_used, reason = "in a test, a panic is the failure")]

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::json;
use unloc_emulator::{Emulator, Fault, Quirk};
use unloc_probe::{Access, Probed, Report, probe};

/// Probes an emulator from another thread, because `probe` runs its own Tokio runtime.
async fn run_probe(emulator: &Emulator, write: bool) -> Probed {
    let access = Access {
        base_url: emulator.base_url().to_owned(),
        client_id: emulator.client_id().to_owned(),
        client_secret: emulator.client_secret().to_owned(),
        write,
    };
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap().to_path_buf();
    std::thread::spawn(move || probe(&root, access).unwrap()).join().unwrap()
}

/// Returns the `operationId`s of the specs, read without any of our own code.
fn documented() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../openapi");
    let texts = ["auth", "integrator"].map(|api| std::fs::read_to_string(folder.join(format!("{api}.yaml"))).unwrap());
    let ids = texts.iter().flat_map(|text| text.lines()).filter_map(|line| line.trim().strip_prefix("operationId: "));
    ids.map(str::to_owned).collect()
}

fn block<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

/// Returns kind and place of all deviations, by operation.
fn deviations(probed: &Probed) -> Vec<String> {
    let of = |report: &Report| {
        let operation = report.operation.clone();
        let list =
            report.deviations.iter().map(move |deviation| format!("{operation}: {} {}", deviation.kind, deviation.at));
        list.collect::<Vec<_>>()
    };
    probed.reports.iter().flat_map(of).collect()
}

#[test]
fn a_conforming_service_has_no_deviations_and_is_left_unchanged() {
    block(async {
        let emulator = Emulator::builder().speed(0.0).start().await.unwrap();
        let before = serde_json::to_value(emulator.snapshot()).unwrap();
        let probed = run_probe(&emulator, false).await;
        assert_eq!(deviations(&probed), Vec::<String>::new());
        assert_eq!(serde_json::to_value(emulator.snapshot()).unwrap(), before);
        let reported: Vec<_> = probed.reports.iter().map(|report| report.operation.as_str()).collect();
        for id in &documented() {
            assert_eq!(reported.iter().filter(|reported| *reported == id).count(), 1, "{id}");
        }

        let probed = run_probe(&emulator, true).await;
        assert_eq!(deviations(&probed), Vec::<String>::new());
        let keys = emulator.snapshot().keys;
        let made = keys.iter().filter(|key| key.user_id == "+12125550199");
        assert!(made.clone().count() == 2 && made.clone().all(|key| key.state == "revoked"));
        // The keys and the role stay, and are listed.
        assert_eq!(probed.left.len(), 3, "{:#?}", probed.left);
        for key in made {
            assert!(probed.left.iter().any(|what| what.contains(&key.id) && what.contains("revoked")), "{}", key.id);
        }
        assert!(probed.left[2].starts_with("a role"), "{:?}", probed.left);
        assert_eq!(webhooks(&emulator), 0);
    });
}

/// Returns how many webhooks exist.
fn webhooks(emulator: &Emulator) -> i32 {
    let done = |operation: &str| {
        let of = |request: &&unloc_emulator::Request| {
            request.operation == Some(operation) && (200..300).contains(&request.status)
        };
        i32::try_from(emulator.requests().iter().filter(of).count()).unwrap()
    };
    done("createWebhook") - done("deleteWebhook")
}

/// Returns how many keys of the probe are not revoked.
fn live_keys(emulator: &Emulator) -> usize {
    let is_live = |key: &&unloc_emulator::KeySnapshot| key.user_id == "+12125550199" && key.state != "revoked";
    emulator.snapshot().keys.iter().filter(is_live).count()
}

#[test]
fn created_resources_are_cleaned_up_despite_faults() {
    block(async {
        for (fault, names) in [
            (Fault::status(503).on("deleteWebhook"), "deleteWebhook"),
            (Fault::reset().on("deleteWebhook"), "deleteWebhook"),
            (Fault::status(500).on("updateKey"), "updateKey"),
            (Fault::reset().on("updateKey").times(2), "updateKey"),
            (Fault::reset().on("createKey").carried_out(), "createKey"),
            (Fault::status(502).on("createKeyForLockHolder").carried_out(), "createKeyForLockHolder"),
            (Fault::half_body().on("createKey").carried_out(), "createKey"),
            (Fault::reset().on("createOrUpdateRole"), "createOrUpdateRole"),
            (Fault::reset().on("deleteSharedKeysForLock"), "deleteSharedKeysForLock"),
        ] {
            let emulator = Emulator::builder().speed(0.0).start().await.unwrap();
            emulator.faults().add(fault).unwrap();
            let probed = run_probe(&emulator, true).await;
            assert_eq!((live_keys(&emulator), webhooks(&emulator)), (0, 0), "{names}: {:#?}", probed.left);
            assert!(probed.left.iter().all(|what| what.contains("no way to delete")), "{names}: {:#?}", probed.left);
            let found = deviations(&probed);
            assert!(found.iter().any(|deviation| deviation.starts_with(names)), "{names}: {found:#?}");
        }
    });
}

#[test]
fn a_webhook_whose_response_was_lost_is_found_and_deleted() {
    block(async {
        let emulator = Emulator::builder().speed(0.0).start().await.unwrap();
        emulator.faults().add(Fault::reset().on("createWebhook").carried_out()).unwrap();
        let probed = run_probe(&emulator, true).await;
        let deleted =
            |request: &unloc_emulator::Request| request.operation == Some("deleteWebhook") && request.status == 204;
        assert!(emulator.requests().iter().any(deleted), "{:#?}", probed.left);
        assert!(probed.left.iter().all(|what| !what.contains("webhook")), "{:#?}", probed.left);
    });
}

#[test]
fn resources_that_cannot_be_cleaned_up_are_listed() {
    block(async {
        for (faults, wanted) in [
            (vec![Fault::status(503).on("deleteWebhook").always()], "which could not be deleted (503)"),
            (vec![Fault::reset().on("updateKey").always()], "which could not be revoked (no response)"),
            (
                vec![Fault::reset().on("createWebhook").carried_out(), Fault::status(500).on("getWebhooks").always()],
                "perhaps a webhook to https://hooks.example.com/",
            ),
            (
                vec![Fault::reset().on("createKey").carried_out(), Fault::status(500).on("getKeysForUser").always()],
                "perhaps a key",
            ),
        ] {
            let emulator = Emulator::builder().speed(0.0).start().await.unwrap();
            faults.into_iter().for_each(|fault| _ = emulator.faults().add(fault).unwrap());
            let probed = run_probe(&emulator, true).await;
            assert!(probed.left.iter().any(|what| what.contains(wanted)), "{wanted}: {:#?}", probed.left);
            for text in [probed.markdown(), probed.json()] {
                assert!(text.contains(wanted) && !text.contains("+1212"), "{text}");
            }
        }
    });
}

#[test]
fn a_call_without_a_response_does_not_stop_the_probe() {
    block(async {
        for (fault, operation) in [
            (Fault::reset().on("getLocks"), "getLocks"),
            (Fault::half_body().on("getKeys"), "getKeys"),
            (Fault::reset().on("getIntegrator"), "getIntegrator"),
            (Fault::reset().on("getLockHolders"), "getLockHolders"),
        ] {
            let emulator = Emulator::start().await.unwrap();
            emulator.faults().add(fault).unwrap();
            let probed = run_probe(&emulator, false).await;
            assert_eq!(probed.reports.len(), documented().len(), "{operation}");
            let report = probed.reports.iter().find(|report| report.operation == operation).unwrap();
            assert!(report.outcome.clone().unwrap_err().starts_with("no "), "{operation}: {:?}", report.outcome);
            assert_eq!(deviations(&probed), [format!("{operation}: response ")]);
        }
        // Without a token, the operations that need one are not called.
        let emulator = Emulator::start().await.unwrap();
        emulator.faults().add(Fault::reset().on("getToken").always()).unwrap();
        let probed = run_probe(&emulator, false).await;
        assert!(!probed.has_token() && probed.reports.len() == documented().len());
        assert!(probed.reports.iter().all(|report| report.outcome.is_err()));
    });
}

/// Lists quirks, and where each must be found.
const PLANTED: &[(Quirk, &str)] = &[
    (Quirk::StringBooleans, "getRoles: type /roles/*/canShare"),
    (Quirk::NumericUsers, "getKeys: type /keys/*/toUser/id"),
    (Quirk::NumericPostalCodes, "getLocks: type /locks/*/address/postalCode"),
    (Quirk::HyphenatedEnvelopes, "getLockHolders: missing /lockHolders"),
    (Quirk::HyphenatedEnvelopes, "getLockHolders: field /lock-holders"),
    (Quirk::EventsEnvelope, "getKeyEvents: field /events"),
    (Quirk::BareLists, "getLockHolders: type "),
    (Quirk::BareObjects, "getLock: missing /lock"),
    (Quirk::ScopeText, "getToken: type /scope"),
    (Quirk::UnknownValues, "getKeys: value /keys/*/state"),
    (Quirk::UnknownValues, "getLocks: value /locks/*/vendor"),
    (Quirk::UnknownFields, "getLock: field /emulatorNews"),
    (Quirk::SnakeErrors, "getLock: field /error_description"),
    (Quirk::ProblemErrors, "getLock: missing /error"),
    (Quirk::HtmlErrors, "getLock: body "),
    (Quirk::StrictSlashes, "getLockHolders: path "),
];

#[test]
fn each_quirk_of_the_emulator_is_found() {
    block(async {
        for (quirk, expected) in PLANTED {
            let emulator = Emulator::builder().quirks([*quirk]).start().await.unwrap();
            let found = deviations(&run_probe(&emulator, false).await);
            assert!(found.iter().any(|deviation| deviation == expected), "{quirk}: {expected} is not in {found:#?}");
        }
    });
}

#[test]
fn unexpected_responses_are_reported_without_personal_data() {
    block(async {
        let emulator = Emulator::start().await.unwrap();
        emulator.faults().add(Fault::html(502).on("getLocks")).unwrap();
        emulator.faults().add(Fault::status(200).body("{}", "application/json").on("getRoles")).unwrap();
        emulator.faults().add(Fault::status(418).on("getIntegrator")).unwrap();
        emulator.faults().add(Fault::status(405).on("getKeyEvents")).unwrap();
        let probed = run_probe(&emulator, false).await;
        let found = deviations(&probed);
        for expected in ["getLocks: status ", "getRoles: missing /roles", "getIntegrator: status "] {
            assert!(found.iter().any(|deviation| deviation == expected), "{expected} is not in {found:#?}");
        }
        let (markdown, json) = (probed.markdown(), probed.json());
        assert!(markdown.contains("| getKeyEvents | inferred | inferred wrongly | 405 |"), "{markdown}");
        assert!(markdown.contains("| getKey | inferred | inferred rightly | 200 |"), "{markdown}");
        for text in [markdown, json] {
            assert!(
                !text.contains("+1212") && !text.contains("eyJ") && !text.contains(emulator.client_secret()),
                "{text}"
            );
        }
    });
}

#[test]
fn refuses_a_base_url_without_tls() {
    let access = Access {
        base_url: "http://api.example.com".to_owned(),
        client_id: "id".to_owned(),
        client_secret: "secret".to_owned(),
        write: false,
    };
    let refused = probe(Path::new("."), access).unwrap_err().to_string();
    assert!(refused.starts_with("`--base-url` must begin with https://"), "{refused}");
}

#[test]
fn names_that_may_be_personal_data_are_replaced_and_table_cells_escaped() {
    block(async {
        for name in ["+12125550142", "Ola Nordmann 91234567", "a|b", "`x`", "91 23 45 67", "x\u{202e}y\nz"] {
            let auth = json!({"id": "a", "name": "A", "auth": {name: 5}});
            let news = json!({"id": "a", "name": "A", name: {name: 5, "id": 6}, "batteryLevel": 3});
            for (lock, wanted) in [(auth, "`/lock/auth/[name]`"), (news, "field: `/lock/batteryLevel`")] {
                let emulator = Emulator::start().await.unwrap();
                let body = json!({"lock": lock}).to_string();
                emulator.faults().add(Fault::status(200).body(&body, "application/json").on("getLock")).unwrap();
                let probed = run_probe(&emulator, false).await;
                let markdown = probed.markdown();
                for text in [&markdown, &probed.json()] {
                    assert!(!text.contains(name) && text.contains("[name]"), "{text}");
                }
                assert!(markdown.lines().all(|line| cells(line) == 5), "{markdown}");
                assert!(markdown.contains(wanted), "{markdown}");
            }
        }
    });
    let report = Report {
        operation: "getLock".to_owned(),
        evidence: "documented".to_owned(),
        outcome: Err("no response: a|b\nc".to_owned()),
        deviations: BTreeSet::new(),
    };
    let probed = Probed { reports: vec![report], left: Vec::new(), tokens: 1 };
    assert!(probed.markdown().contains("| no response: a\\|b c |"));
}

/// Returns how many cells a row has.
fn cells(row: &str) -> usize {
    row.replace("\\|", "").matches('|').count() - 1
}
