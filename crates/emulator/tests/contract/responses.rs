//! Tests that responses match the specs exactly while all quirks are off.

use unloc_emulator::chrono::Utc;

use crate::scenarios::scenarios;
use crate::world::World;

#[tokio::test]
async fn every_response_matches_the_spec_exactly() {
    let world = World::start(Utc::now()).await;
    let mut wrong = Vec::new();
    for scenario in scenarios() {
        for (status, call) in &scenario.calls {
            let response = world.call(scenario.documented(), call).await;
            if response.status != *status {
                wrong.push(format!("{}: not {status} to {call:?}: {response:?}", scenario.id));
            } else if let Err(difference) = scenario.documented().exact(&response) {
                wrong.push(format!("{}: {difference}: {response:?}", scenario.id));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn the_journal_names_every_call_by_its_operation_id() {
    let world = World::start(Utc::now()).await;
    for scenario in scenarios() {
        for (_, call) in &scenario.calls {
            let response = world.call(scenario.documented(), call).await;
            let journal = world.emulator.requests();
            let entry = journal.last().expect("an entry");
            assert_eq!(entry.operation, Some(scenario.documented().operation.id.as_str()));
            assert_eq!(entry.method, scenario.documented().operation.method, "{}", scenario.id);
            assert_eq!(entry.status, response.status, "{}", scenario.id);
        }
    }
}
