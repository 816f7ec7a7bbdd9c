//! Tests that responses with quirks stay within the tolerances of the specs.

use serde_json::Value;
use unloc_emulator::Quirk;
use unloc_emulator::chrono::{DateTime, Utc};

use crate::scenarios::scenarios;
use crate::spec::TestResponse;
use crate::world::World;

/// Lists the quirks that do not change responses. Each has a test in [`behaviour`](crate::behaviour) or in
/// `tests/service/browser.rs`.
const WITHOUT_RESPONSE_CHANGE: [Quirk; 6] = [
    Quirk::StrictSlashes,
    Quirk::NullDatesRefused,
    Quirk::RevokingExpiredConflicts,
    Quirk::BrokenRollback,
    Quirk::WebhooksTwice,
    Quirk::NarrowCors,
];

/// Holds status, content type and body, for comparisons that ignore the order of fields.
type ComparedResponse = (u16, Option<String>, Result<Value, String>);

/// Returns the responses of all scenarios, or a list of those outside of the tolerances.
async fn responses(now: DateTime<Utc>, quirks: &[Quirk]) -> Result<Vec<ComparedResponse>, String> {
    let world = World::start(now).await;
    world.emulator.set_quirks(quirks.iter().copied());
    let (mut responses, mut wrong) = (Vec::new(), Vec::new());
    for scenario in scenarios() {
        // One call per error status is enough: quirks do not depend on the reason of an error.
        let first = |index: &usize| {
            let status = |index: usize| scenario.calls[index].0;
            status(*index) < 300 || (0..*index).all(|earlier| status(earlier) != status(*index))
        };
        for (status, call) in (0..scenario.calls.len()).filter(first).map(|index| &scenario.calls[index]) {
            let response = world.call(scenario.documented(), call).await;
            let as_wanted =
                if *status < 300 { (200..300).contains(&response.status) } else { response.status == *status };
            if !as_wanted {
                wrong.push(format!("{}: not {status} to {call:?}: {response:?}", scenario.id));
            } else if let Err(difference) = scenario.documented().tolerable(&response) {
                wrong.push(format!("{}: {difference}: {response:?}", scenario.id));
            }
            responses.push(comparable(&world, &response));
        }
    }
    if wrong.is_empty() { Ok(responses) } else { Err(wrong.join("\n")) }
}

/// Removes the parts that differ between two emulators: port and tokens.
fn comparable(world: &World, response: &TestResponse) -> ComparedResponse {
    let body = response.body.replace(world.emulator.base_url(), "");
    let mut body = serde_json::from_str(&body).map_err(|_| body);
    if let Ok(Value::Object(fields)) = &mut body {
        fields.remove("access_token");
    }
    (response.status, response.content_type.clone(), body)
}

#[tokio::test]
async fn without_quirks_the_same_calls_get_the_same_responses() {
    let now = Utc::now();
    assert_eq!(responses(now, &[]).await.unwrap(), responses(now, &[]).await.unwrap());
}

#[tokio::test]
async fn every_quirk_changes_a_response_within_the_tolerances_of_the_specs() {
    let now = Utc::now();
    let usual = responses(now, &[]).await.unwrap();
    let mut wrong = Vec::new();
    for quirk in Quirk::ALL {
        match responses(now, &[*quirk]).await {
            Err(intolerable) => wrong.push(format!("{quirk}: {intolerable}")),
            Ok(responses) if (responses == usual) != WITHOUT_RESPONSE_CHANGE.contains(quirk) => {
                wrong.push(format!(
                    "{quirk}: either no response shows it, or it must not be in WITHOUT_RESPONSE_CHANGE"
                ));
            }
            Ok(_) => {}
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn all_quirks_together_stay_within_the_tolerances_of_the_specs() {
    responses(Utc::now(), Quirk::ALL).await.unwrap_or_else(|wrong| panic!("{wrong}"));
}

#[tokio::test]
async fn bare_objects_unwraps_every_envelope_of_a_single_object() {
    let world = World::start(Utc::now()).await;
    world.emulator.set_quirks([Quirk::BareObjects]);
    let mut seen = 0;
    for scenario in scenarios() {
        let Some(envelope) = scenario.documented().object_envelope() else { continue };
        let response = world.call(scenario.documented(), &scenario.calls[0].1).await;
        let body: Value = serde_json::from_str(&response.body).unwrap();
        assert!(body.get(&envelope).is_none() && body != serde_json::json!({}), "{}: {response:?}", scenario.id);
        seen += 1;
    }
    assert!(seen > 5, "{seen}");
}
