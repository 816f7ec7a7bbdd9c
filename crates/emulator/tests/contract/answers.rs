//! Answers as they are documented, with all quirks off.

use unloc_emulator::chrono::Utc;

use crate::scenarios::scenarios;
use crate::world::World;

#[tokio::test]
async fn every_answer_of_every_operation_is_one_that_the_spec_describes_to_the_letter() {
    let world = World::begin(Utc::now()).await;
    let mut wrong = Vec::new();
    for scenario in scenarios() {
        for (status, call) in &scenario.calls {
            let answer = world.call(scenario.documented(), call).await;
            if answer.status != *status {
                wrong.push(format!("{}: not {status} to {call:?}: {answer:?}", scenario.id));
            } else if let Err(difference) = scenario.documented().exact(&answer) {
                wrong.push(format!("{}: {difference}: {answer:?}", scenario.id));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn the_journal_knows_every_call_by_the_name_that_the_spec_gives_to_its_method_and_path() {
    let world = World::begin(Utc::now()).await;
    for scenario in scenarios() {
        for (_, call) in &scenario.calls {
            let answer = world.call(scenario.documented(), call).await;
            let journal = world.emulator.requests();
            let entry = journal.last().expect("an entry");
            assert_eq!(entry.operation, Some(scenario.id));
            assert_eq!(entry.method, scenario.documented().operation.method, "{}", scenario.id);
            assert_eq!(entry.status, answer.status, "{}", scenario.id);
        }
    }
}
