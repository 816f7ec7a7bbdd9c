use std::time::Duration;

use chrono::{DateTime, Datelike, TimeDelta, Timelike, Utc};
use serde_json::{Value, json};
use unloc_emulator::Emulator;
use unloc_emulator::chrono;

use crate::listener::Listener;
use crate::support::{LockHolderApi, Service, list, text};

const CLEANER: &str = "+12125550142";
const GUEST: &str = "+447700900042";
/// Is a token lifetime that is longer than every jump of the clock, which tokens follow.
const YEAR: Duration = Duration::from_secs(365 * 24 * 3600);

async fn key(api: &LockHolderApi<'_>, lock: &str, body: Value) -> String {
    text(&api.post(&format!("/locks/{lock}/keys/"), body).await.ok()["key"], "id")
}

/// Simulates a week hour by hour: a guest has a key for two days, a cleaner for Tuesday and Friday mornings. Each tries
/// to unlock every hour.
#[tokio::test]
async fn keys_start_recur_and_expire_in_a_week_and_every_use_calls_the_webhook() {
    // A Monday; Oslo is at UTC+2.
    let monday: DateTime<Utc> = "2030-06-03T00:00:00Z".parse().expect("a date");
    let service = Service::with(Emulator::builder().starts_at(monday).speed(0.0).token_lifetime(YEAR)).await;
    let (api, listener) = (service.lock_holder(0).await, Listener::start().await);
    let lock = api.lock("Main entrance").await;
    let url = json!({ "webhookUrl": listener.url("/events") });
    api.post(&format!("/locks/{lock}/key-events/webhooks/"), url).await.ok();
    let morning = json!({ "startHour": 8, "startMinute": 0, "endHour": 12, "endMinute": 0 });
    let cleaner = json!({ "userId": CLEANER, "recurrence": { "tue": morning, "fri": morning } });
    let cleaner = key(&api, &lock, cleaner).await;
    let guest = json!({ "userId": GUEST, "start": "2030-06-04T13:00:00Z", "durationMinutes": 2 * 24 * 60 });
    let guest = key(&api, &lock, guest).await;

    let (clock, people) = (service.emulator.clock(), service.emulator.people());
    let mut states = [String::new(), String::new()];
    let mut seen = [Vec::new(), Vec::new()];
    let mut opened = 0;
    for _ in 0..7 * 24 {
        clock.advance(Duration::from_secs(3600));
        let keys = list(&api.get(&format!("/locks/{lock}/keys/")).await.ok(), "keys");
        for (index, (id, user)) in [(&cleaner, CLEANER), (&guest, GUEST)].into_iter().enumerate() {
            let state = text(keys.iter().find(|key| key["id"] == id.as_str()).expect("the key"), "state");
            assert_eq!(
                people.unlock(&lock, user).is_ok(),
                state == "active",
                "a lock opens exactly with an active key"
            );
            opened += usize::from(state == "active");
            if state != states[index] {
                let local = clock.now() + TimeDelta::hours(2);
                seen[index].push(format!("{} {} {state}", local.weekday(), local.hour()));
                states[index] = state;
            }
        }
    }
    let mornings =
        ["Mon 3 inactive", "Tue 8 active", "Tue 12 inactive", "Fri 8 active", "Fri 12 inactive"].map(str::to_owned);
    assert_eq!(seen[0], mornings);
    assert_eq!(seen[1], ["Mon 3 scheduled", "Tue 15 active", "Thu 15 expired"].map(str::to_owned));
    assert_eq!(opened, 2 * 4 + 48);

    service.emulator.deliveries_settled().await;
    let delivered: Vec<_> = listener.calls().into_iter().map(|(_, event)| event).collect();
    let listed = list(&api.get("/key-events/").await.ok(), "keyEvents");
    assert_eq!(delivered, listed);
    assert_eq!(delivered.len(), opened);
}

/// Covers both clock changes: the hour that is skipped, and the hour that occurs twice.
#[tokio::test]
async fn timeline_spans_match_key_states_on_days_with_clock_changes() {
    for day in ["2030-03-31", "2030-10-27"] {
        let midnight: DateTime<Utc> = format!("{day}T00:00:00Z").parse().expect("a date");
        let builder = Emulator::builder().starts_at(midnight - TimeDelta::hours(3)).speed(0.0);
        let service = Service::with(builder.token_lifetime(YEAR)).await;
        let api = service.lock_holder(0).await;
        let lock = api.lock("Main entrance").await;
        for (index, [start, end]) in [[(2, 15), (2, 45)], [(2, 30), (4, 0)], [(1, 0), (2, 30)]].into_iter().enumerate()
        {
            let hours = json!({ "startHour": start.0, "startMinute": start.1, "endHour": end.0, "endMinute": end.1 });
            let body = json!({ "userId": format!("+1212555015{index}"), "recurrence": { "sun": hours } });
            key(&api, &lock, body).await;
        }
        for _ in 0..9 * 4 {
            service.emulator.clock().advance(Duration::from_secs(900));
            let now = service.emulator.clock().now();
            let path = format!("/_emulator/lock-holders/{}/timeline", api.id);
            let timeline = service.get(&path, "").await.ok();
            let locks = list(&timeline, "locks");
            let drawn = locks.iter().find(|one| one["id"] == lock.as_str()).expect("the lock");
            let ours = list(drawn, "keys").into_iter().filter(|key| text(key, "userId").starts_with("+1212555015"));
            let ours: Vec<_> = ours.filter(|key| key["start"].is_null() && key["end"].is_null()).collect();
            assert!(ours.len() >= 3, "{drawn}");
            for key in ours {
                let date =
                    |date: &Value| date.as_str().and_then(|date| date.parse::<DateTime<Utc>>().ok()).expect("a date");
                let mut spans = list(&key, "spans").into_iter();
                let is_drawn = spans.any(|span| (date(&span[0])..date(&span[1])).contains(&now));
                assert_eq!(is_drawn, key["state"] == "active", "{now}: {key}");
            }
        }
    }
}

#[tokio::test]
async fn tokens_follow_the_clock_of_the_emulator() {
    let service = Service::with(Emulator::builder().speed(0.0)).await;
    let api = service.lock_holder(0).await;
    service.emulator.clock().advance(Duration::from_secs(3599));
    api.get("/locks/").await.ok();
    service.emulator.clock().advance(Duration::from_secs(1));
    assert_eq!(api.get("/locks/").await.api_error(401), "JWT expired");
}

#[tokio::test]
async fn the_same_seed_and_clock_give_the_same_responses() {
    let begin = || {
        let start = "2030-06-03T00:00:00Z".parse().expect("a date");
        Service::with(Emulator::builder().seed(7).starts_at(start).speed(0.0).token_lifetime(YEAR).locks(20).keys(50))
    };
    let mut lives = Vec::new();
    for _ in 0..2 {
        let service = begin().await;
        let api = service.lock_holder(1).await;
        let lock = api.lock("North gate").await;
        let made = api.post(&format!("/locks/{lock}/keys/"), json!({ "userId": GUEST })).await.ok();
        service.emulator.clock().advance(Duration::from_secs(3600));
        let opened = service.emulator.people().unlock(&lock, GUEST).expect("a key");
        let snapshot = serde_json::to_value(service.emulator.snapshot()).expect("JSON");
        lives.push((made, opened, snapshot, api.locks().await, api.keys().await, api.roles().await));
    }
    assert!(lives[0] == lives[1]);
}

#[tokio::test]
async fn a_running_clock_runs_at_its_speed() {
    let service = Service::with(Emulator::builder().speed(0.0)).await;
    let clock = service.emulator.clock();
    let started = clock.now();
    clock.run(1e6);
    crate::support::eventually("a day passes", async || (clock.now() - started > TimeDelta::days(1)).then_some(()))
        .await;
    clock.stop();
    assert_eq!(clock.now(), clock.now());
    assert!(!clock.advance_to(started) && clock.advance_to(clock.now() + TimeDelta::days(1)));
}
