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
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf();
    std::thread::spawn(move || probe(&root, access).unwrap()).join().unwrap()
}

/// The `operationId`s as they stand in the specs, read without any of our own code.
fn documented() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../openapi");
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
        assert!(made.clone().count() == 2 && made.into_iter().all(|key| key.state == "revoked"));
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
        let (markdown, json) = (report::markdown(&service.reports), report::json(&service.reports));
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
