use std::collections::BTreeSet;

use unloc_sandbox::{Fault, Quirk, Sandbox};

use super::*;

/// Probes a sandbox, from a thread of its own as the program would.
async fn probed(sandbox: &Sandbox, write: bool) -> Service {
    let access = Access {
        base_url: sandbox.base_url().to_owned(),
        client_id: sandbox.client_id().to_owned(),
        client_secret: sandbox.client_secret().to_owned(),
        write,
    };
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap().to_path_buf();
    std::thread::spawn(move || probe(&root, access).unwrap().0).join().unwrap()
}

/// The `operationId`s as they stand in the specs, read without any of our own code.
fn documented() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../openapi");
    let texts = ["auth", "integrator"].map(|api| std::fs::read_to_string(folder.join(format!("{api}.yaml"))).unwrap());
    let ids = texts.iter().flat_map(|text| text.lines()).filter_map(|line| line.trim().strip_prefix("operationId: "));
    ids.map(str::to_owned).collect()
}

fn block<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

/// The kinds and places of all deviations, by operation.
fn deviations(service: &Service) -> Vec<String> {
    let of = |report: &walk::Report| {
        let operation = report.operation.clone();
        let list =
            report.deviations.iter().map(move |deviation| format!("{operation}: {} {}", deviation.kind, deviation.at));
        list.collect::<Vec<_>>()
    };
    service.reports.iter().flat_map(of).collect()
}

#[test]
fn a_service_that_keeps_to_the_specs_has_no_deviation_and_is_left_as_it_was() {
    block(async {
        let sandbox = Sandbox::builder().speed(0.0).start().await.unwrap();
        let before = serde_json::to_value(sandbox.town()).unwrap();
        let service = probed(&sandbox, false).await;
        assert_eq!(deviations(&service), Vec::<String>::new());
        assert_eq!(serde_json::to_value(sandbox.town()).unwrap(), before);
        let reported: Vec<_> = service.reports.iter().map(|report| report.operation.as_str()).collect();
        for id in &documented() {
            assert_eq!(reported.iter().filter(|reported| *reported == id).count(), 1, "{id}");
        }

        let service = probed(&sandbox, true).await;
        assert_eq!(deviations(&service), Vec::<String>::new());
        let keys = sandbox.town().keys;
        let made = keys.iter().filter(|key| key.user_id == "+12125550199");
        assert!(made.clone().count() == 2 && made.clone().all(|key| key.state == "revoked"));
        // What stays is told.
        assert_eq!(service.left.len(), 3, "{:#?}", service.left);
        for key in made {
            assert!(service.left.iter().any(|what| what.contains(&key.id) && what.contains("revoked")), "{}", key.id);
        }
        assert!(service.left[2].starts_with("a role"), "{:?}", service.left);
        assert_eq!(webhooks(&sandbox), 0);
    });
}

/// How many webhooks the lock holders have.
fn webhooks(sandbox: &Sandbox) -> i32 {
    let done = |operation: &str| {
        let of = |request: &&unloc_sandbox::Request| {
            request.operation == Some(operation) && (200..300).contains(&request.status)
        };
        i32::try_from(sandbox.requests().iter().filter(of).count()).unwrap()
    };
    done("createWebhook") - done("deleteWebhook")
}

fn live_keys(sandbox: &Sandbox) -> usize {
    let is_live = |key: &&unloc_sandbox::SeenKey| key.user_id == "+12125550199" && key.state != "revoked";
    sandbox.town().keys.iter().filter(is_live).count()
}

#[test]
fn what_was_made_is_taken_back_whatever_fails_on_the_way() {
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
            let sandbox = Sandbox::builder().speed(0.0).start().await.unwrap();
            sandbox.faults().add(fault).unwrap();
            let service = probed(&sandbox, true).await;
            assert_eq!((live_keys(&sandbox), webhooks(&sandbox)), (0, 0), "{names}: {:#?}", service.left);
            assert!(service.left.iter().all(|what| what.contains("no way to delete")), "{names}: {:#?}", service.left);
            let found = deviations(&service);
            assert!(found.iter().any(|deviation| deviation.starts_with(names)), "{names}: {found:#?}");
        }
    });
}

#[test]
fn a_webhook_whose_answer_was_lost_is_found_and_deleted() {
    block(async {
        let sandbox = Sandbox::builder().speed(0.0).start().await.unwrap();
        sandbox.faults().add(Fault::reset().on("createWebhook").carried_out()).unwrap();
        let service = probed(&sandbox, true).await;
        let deleted =
            |request: &unloc_sandbox::Request| request.operation == Some("deleteWebhook") && request.status == 204;
        assert!(sandbox.requests().iter().any(deleted), "{:#?}", service.left);
        assert!(service.left.iter().all(|what| !what.contains("webhook")), "{:#?}", service.left);
    });
}

#[test]
fn what_cannot_be_taken_back_is_listed() {
    block(async {
        for (faults, wanted) in [
            (vec![Fault::status(503).on("deleteWebhook").always()], "which could not be deleted (503)"),
            (vec![Fault::reset().on("updateKey").always()], "which could not be revoked (no answer)"),
            (
                vec![Fault::reset().on("createWebhook").carried_out(), Fault::status(500).on("getWebhooks").always()],
                "perhaps a webhook to https://hooks.example.com/",
            ),
            (
                vec![Fault::reset().on("createKey").carried_out(), Fault::status(500).on("getKeysForUser").always()],
                "perhaps a key",
            ),
        ] {
            let sandbox = Sandbox::builder().speed(0.0).start().await.unwrap();
            faults.into_iter().for_each(|fault| _ = sandbox.faults().add(fault).unwrap());
            let service = probed(&sandbox, true).await;
            assert!(service.left.iter().any(|what| what.contains(wanted)), "{wanted}: {:#?}", service.left);
            for text in
                [report::markdown(&service.reports, &service.left), report::json(&service.reports, &service.left)]
            {
                assert!(text.contains(wanted) && !text.contains("+1212"), "{text}");
            }
        }
    });
}

#[test]
fn a_call_without_an_answer_is_an_outcome_of_that_call_alone() {
    block(async {
        for (fault, operation) in [
            (Fault::reset().on("getLocks"), "getLocks"),
            (Fault::half_body().on("getKeys"), "getKeys"),
            (Fault::reset().on("getIntegrator"), "getIntegrator"),
            (Fault::reset().on("getLockHolders"), "getLockHolders"),
        ] {
            let sandbox = Sandbox::start().await.unwrap();
            sandbox.faults().add(fault).unwrap();
            let service = probed(&sandbox, false).await;
            assert_eq!(service.reports.len(), documented().len(), "{operation}");
            let report = service.reports.iter().find(|report| report.operation == operation).unwrap();
            assert!(report.outcome.clone().unwrap_err().starts_with("no "), "{operation}: {:?}", report.outcome);
            assert_eq!(deviations(&service), [format!("{operation}: answer ")]);
        }
        // Without a token, nothing can be said of what needs one.
        let sandbox = Sandbox::start().await.unwrap();
        sandbox.faults().add(Fault::reset().on("getToken").always()).unwrap();
        let service = probed(&sandbox, false).await;
        assert!(!service.has_token() && service.reports.len() == documented().len());
        assert!(service.reports.iter().all(|report| report.outcome.is_err()));
    });
}

/// What is planted, and where it must be found.
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
    (Quirk::UnknownFields, "getLock: field /sandboxNews"),
    (Quirk::SnakeErrors, "getLock: field /error_description"),
    (Quirk::ProblemErrors, "getLock: missing /error"),
    (Quirk::HtmlErrors, "getLock: body "),
    (Quirk::StrictSlashes, "getLockHolders: path "),
];

#[test]
fn each_deviation_that_is_planted_is_found_where_it_is() {
    block(async {
        for (quirk, expected) in PLANTED {
            let sandbox = Sandbox::builder().quirks([*quirk]).start().await.unwrap();
            let found = deviations(&probed(&sandbox, false).await);
            assert!(found.iter().any(|deviation| deviation == expected), "{quirk}: {expected} is not in {found:#?}");
        }
    });
}

#[test]
fn answers_that_are_none_are_told_as_such_and_nobody_is_named() {
    block(async {
        let sandbox = Sandbox::start().await.unwrap();
        sandbox.faults().add(Fault::html(502).on("getLocks")).unwrap();
        sandbox.faults().add(Fault::status(200).body("{}", "application/json").on("getRoles")).unwrap();
        sandbox.faults().add(Fault::status(418).on("getIntegrator")).unwrap();
        sandbox.faults().add(Fault::status(405).on("getKeyEvents")).unwrap();
        let service = probed(&sandbox, false).await;
        let found = deviations(&service);
        for expected in ["getLocks: status ", "getRoles: missing /roles", "getIntegrator: status "] {
            assert!(found.iter().any(|deviation| deviation == expected), "{expected} is not in {found:#?}");
        }
        let (markdown, json) = (report::markdown(&service.reports, &[]), report::json(&service.reports, &[]));
        assert!(markdown.contains("| getKeyEvents | inferred | inferred wrongly | 405 |"), "{markdown}");
        assert!(markdown.contains("| getKey | inferred | inferred rightly | 200 |"), "{markdown}");
        for text in [markdown, json] {
            assert!(
                !text.contains("+1212") && !text.contains("eyJ") && !text.contains(sandbox.client_secret()),
                "{text}"
            );
        }
    });
}

#[test]
fn credentials_go_nowhere_without_tls_but_to_this_machine() {
    for good in ["https://api.example.com", "http://127.0.0.1:4010", "http://localhost:4010", "http://[::1]:4010"] {
        assert!(is_safe(good), "{good}");
    }
    for bad in [
        "http://api.example.com",
        "http://localhost.example.com",
        "http://127.0.0.1@example.com",
        "ftp://localhost",
        "x",
    ] {
        assert!(!is_safe(bad), "{bad}");
    }
}

#[test]
fn names_that_could_be_somebodys_are_shown_as_their_shape_and_cells_stay_whole() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap();
    let document = Document::read(&root.join("openapi/integrator.yaml")).unwrap();
    let operations = unloc_spec::Operation::all(&document).unwrap();
    let operation = operations.into_iter().find(|operation| operation.id == "getLock").unwrap();
    for name in ["+12125550142", "Ola Nordmann 91234567", "a|b", "`x`", "91 23 45 67", "x\u{202e}y\nz"] {
        let auth = serde_json::json!({"id": "a", "name": "A", "auth": {name: 5}});
        let news = serde_json::json!({"id": "a", "name": "A", name: {name: 5, "id": 6}, "batteryLevel": 3});
        for lock in [auth, news] {
            let body = serde_json::json!({"lock": lock}).to_string();
            let deviations = compare::compare(&document, &operation, 200, &body);
            assert!(!deviations.is_empty());
            let report = walk::Report {
                operation: "getLock".to_owned(),
                evidence: "documented".to_owned(),
                outcome: Ok(200),
                deviations,
            };
            let reports = [report];
            let markdown = report::markdown(&reports, &[]);
            for text in [markdown.clone(), report::json(&reports, &[])] {
                assert!(!text.contains(name) && text.contains("[name]"), "{text}");
            }
            for line in markdown.lines() {
                assert_eq!(line.replace("\\|", "").matches('|').count(), 6, "{line}");
            }
            let wanted =
                if body.contains("batteryLevel") { "field: `/lock/batteryLevel`" } else { "`/lock/auth/[name]`" };
            assert!(markdown.contains(wanted), "{markdown}");
        }
    }
    let failed = walk::Report {
        operation: "getLock".to_owned(),
        evidence: "documented".to_owned(),
        outcome: Err("no answer: a|b\nc".to_owned()),
        deviations: BTreeSet::new(),
    };
    assert!(report::markdown(&[failed], &[]).contains("| no answer: a\\|b c |"));
}
