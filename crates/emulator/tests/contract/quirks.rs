//! Answers as quirks have them: still ones that the tolerances of the specs allow for.

use serde_json::Value;
use unloc_emulator::Quirk;
use unloc_emulator::chrono::{DateTime, Utc};

use crate::scenarios::scenarios;
use crate::spec::Answer;
use crate::world::World;

/// Quirks that do not change how an answer looks. Each has a test in [`behaviour`](crate::behaviour), or
/// with what browsers ask.
const OF_BEHAVIOUR: [Quirk; 6] = [
    Quirk::StrictSlashes,
    Quirk::NullDatesRefused,
    Quirk::RevokingExpiredConflicts,
    Quirk::BrokenRollback,
    Quirk::WebhooksTwice,
    Quirk::NarrowCors,
];

/// What there is to see of an answer: status, content type, and body without regard to the order of fields.
type Seen = (u16, Option<String>, Result<Value, String>);

/// The answers of all scenarios, or what is intolerable about them.
async fn answers(now: DateTime<Utc>, quirks: &[Quirk]) -> Result<Vec<Seen>, String> {
    let world = World::begin(now).await;
    world.emulator.set_quirks(quirks.iter().copied());
    let (mut answers, mut wrong) = (Vec::new(), Vec::new());
    for scenario in scenarios() {
        // Quirks care for the status of an error, not for its reason.
        let first = |place: &usize| {
            let status = |place: usize| scenario.calls[place].0;
            status(*place) < 300 || (0..*place).all(|earlier| status(earlier) != status(*place))
        };
        for (status, call) in (0..scenario.calls.len()).filter(first).map(|place| &scenario.calls[place]) {
            let answer = world.call(scenario.documented(), call).await;
            let as_wanted = if *status < 300 { (200..300).contains(&answer.status) } else { answer.status == *status };
            if !as_wanted {
                wrong.push(format!("{}: not {status} to {call:?}: {answer:?}", scenario.id));
            } else if let Err(difference) = scenario.documented().tolerable(&answer) {
                wrong.push(format!("{}: {difference}: {answer:?}", scenario.id));
            }
            answers.push(seen(&world, &answer));
        }
    }
    if wrong.is_empty() { Ok(answers) } else { Err(wrong.join("\n")) }
}

/// The emulator's port and its tokens differ by themselves.
fn seen(world: &World, answer: &Answer) -> Seen {
    let body = answer.body.replace(world.emulator.base_url(), "");
    let mut body = serde_json::from_str(&body).map_err(|_| body);
    if let Ok(Value::Object(fields)) = &mut body {
        fields.remove("access_token");
    }
    (answer.status, answer.content_type.clone(), body)
}

#[tokio::test]
async fn without_quirks_the_same_calls_get_the_same_answers() {
    let now = Utc::now();
    assert_eq!(answers(now, &[]).await.unwrap(), answers(now, &[]).await.unwrap());
}

#[tokio::test]
async fn every_quirk_changes_an_answer_and_stays_within_the_tolerances_of_the_specs() {
    let now = Utc::now();
    let usual = answers(now, &[]).await.unwrap();
    let mut wrong = Vec::new();
    for quirk in Quirk::ALL {
        match answers(now, &[*quirk]).await {
            Err(intolerable) => wrong.push(format!("{quirk}: {intolerable}")),
            Ok(answers) if (answers == usual) != OF_BEHAVIOUR.contains(quirk) => {
                wrong.push(format!("{quirk}: is one of behaviour, or else no answer shows it"));
            }
            Ok(_) => {}
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn all_quirks_together_stay_within_the_tolerances_of_the_specs() {
    answers(Utc::now(), Quirk::ALL).await.unwrap_or_else(|wrong| panic!("{wrong}"));
}

#[tokio::test]
async fn every_single_thing_that_the_specs_wrap_comes_bare_by_the_quirk() {
    let world = World::begin(Utc::now()).await;
    world.emulator.set_quirks([Quirk::BareObjects]);
    let mut seen = 0;
    for scenario in scenarios() {
        let Some(envelope) = scenario.documented().envelope_of_one() else { continue };
        let answer = world.call(scenario.documented(), &scenario.calls[0].1).await;
        let body: Value = serde_json::from_str(&answer.body).unwrap();
        assert!(body.get(&envelope).is_none() && body != serde_json::json!({}), "{}: {answer:?}", scenario.id);
        seen += 1;
    }
    assert!(seen > 5, "{seen}");
}
