use std::time::Duration;

use chrono::{DateTime, Datelike, TimeDelta, Timelike, Utc};
use serde_json::{Value, json};
use unloc_emulator::Emulator;
use unloc_emulator::chrono;

use crate::listener::Listener;
use crate::support::{Home, Service, list, text};

const CLEANER: &str = "+12125550142";
const GUEST: &str = "+447700900042";
/// Tokens follow the clock as well; these outlive every jump.
const YEAR: Duration = Duration::from_secs(365 * 24 * 3600);

async fn key(home: &Home<'_>, lock: &str, body: Value) -> String {
    text(&home.post(&format!("/locks/{lock}/keys/"), body).await.ok()["key"], "id")
}

/// A week, hour by hour: a guest has a key for two days of it, and a cleaner one for Tuesday and Friday mornings. Each
/// tries the door every hour.
#[tokio::test]
async fn in_a_week_keys_start_and_recur_and_expire_and_every_use_is_told_to_a_listener() {
    // A Monday; Oslo is two hours ahead.
    let monday: DateTime<Utc> = "2030-06-03T00:00:00Z".parse().expect("a date");
    let service = Service::with(Emulator::builder().starts_at(monday).speed(0.0).token_lifetime(YEAR)).await;
    let (home, listener) = (service.home(0).await, Listener::start().await);
    let lock = home.lock("Main entrance").await;
    let url = json!({ "webhookUrl": listener.url("/events") });
    home.post(&format!("/locks/{lock}/key-events/webhooks/"), url).await.ok();
    let morning = json!({ "startHour": 8, "startMinute": 0, "endHour": 12, "endMinute": 0 });
    let cleaner = json!({ "userId": CLEANER, "recurrence": { "tue": morning, "fri": morning } });
    let cleaner = key(&home, &lock, cleaner).await;
    let guest = json!({ "userId": GUEST, "start": "2030-06-04T13:00:00Z", "durationMinutes": 2 * 24 * 60 });
    let guest = key(&home, &lock, guest).await;

    let (clock, people) = (service.emulator.clock(), service.emulator.people());
    let mut states = [String::new(), String::new()];
    let mut seen = [Vec::new(), Vec::new()];
    let mut opened = 0;
    for _ in 0..7 * 24 {
        clock.advance(Duration::from_secs(3600));
        let keys = list(&home.get(&format!("/locks/{lock}/keys/")).await.ok(), "keys");
        for (place, (id, user)) in [(&cleaner, CLEANER), (&guest, GUEST)].into_iter().enumerate() {
            let state = text(keys.iter().find(|key| key["id"] == id.as_str()).expect("the key"), "state");
            assert_eq!(people.unlock(&lock, user).is_ok(), state == "active", "a door opens if the key says so");
            opened += usize::from(state == "active");
            if state != states[place] {
                let local = clock.now() + TimeDelta::hours(2);
                seen[place].push(format!("{} {} {state}", local.weekday(), local.hour()));
                states[place] = state;
            }
        }
    }
    let mornings =
        ["Mon 3 inactive", "Tue 8 active", "Tue 12 inactive", "Fri 8 active", "Fri 12 inactive"].map(str::to_owned);
    assert_eq!(seen[0], mornings);
    assert_eq!(seen[1], ["Mon 3 scheduled", "Tue 15 active", "Thu 15 expired"].map(str::to_owned));
    assert_eq!(opened, 2 * 4 + 48);

    service.emulator.deliveries_settled().await;
    let told: Vec<_> = listener.calls().into_iter().map(|(_, event)| event).collect();
    let listed = list(&home.get("/key-events/").await.ok(), "keyEvents");
    assert_eq!(told, listed);
    assert_eq!(told.len(), opened);
}

/// On days on which the clocks are changed, too: the hour that is skipped, and the one that comes twice.
#[tokio::test]
async fn the_timeline_draws_what_the_door_does() {
    for day in ["2030-03-31", "2030-10-27"] {
        let midnight: DateTime<Utc> = format!("{day}T00:00:00Z").parse().expect("a date");
        let builder = Emulator::builder().starts_at(midnight - TimeDelta::hours(3)).speed(0.0);
        let service = Service::with(builder.token_lifetime(YEAR)).await;
        let home = service.home(0).await;
        let lock = home.lock("Main entrance").await;
        for (place, [start, end]) in [[(2, 15), (2, 45)], [(2, 30), (4, 0)], [(1, 0), (2, 30)]].into_iter().enumerate()
        {
            let hours = json!({ "startHour": start.0, "startMinute": start.1, "endHour": end.0, "endMinute": end.1 });
            let body = json!({ "userId": format!("+1212555015{place}"), "recurrence": { "sun": hours } });
            key(&home, &lock, body).await;
        }
        for _ in 0..9 * 4 {
            service.emulator.clock().advance(Duration::from_secs(900));
            let now = service.emulator.clock().now();
            let path = format!("/_emulator/lock-holders/{}/timeline", home.id);
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
    let home = service.home(0).await;
    service.emulator.clock().advance(Duration::from_secs(3599));
    home.get("/locks/").await.ok();
    service.emulator.clock().advance(Duration::from_secs(1));
    assert_eq!(home.get("/locks/").await.refused(401), "JWT expired");
}

#[tokio::test]
async fn the_same_seed_and_clock_give_the_same_answers() {
    let begin = || {
        let start = "2030-06-03T00:00:00Z".parse().expect("a date");
        Service::with(Emulator::builder().seed(7).starts_at(start).speed(0.0).token_lifetime(YEAR).locks(20).keys(50))
    };
    let mut lives = Vec::new();
    for _ in 0..2 {
        let service = begin().await;
        let home = service.home(1).await;
        let lock = home.lock("North gate").await;
        let made = home.post(&format!("/locks/{lock}/keys/"), json!({ "userId": GUEST })).await.ok();
        service.emulator.clock().advance(Duration::from_secs(3600));
        let opened = service.emulator.people().unlock(&lock, GUEST).expect("a key");
        let town = serde_json::to_value(service.emulator.town()).expect("JSON");
        lives.push((made, opened, town, home.locks().await, home.keys().await, home.roles().await));
    }
    assert!(lives[0] == lives[1]);
}

#[tokio::test]
async fn a_running_clock_runs_as_fast_as_it_is_told_to() {
    let service = Service::with(Emulator::builder().speed(0.0)).await;
    let clock = service.emulator.clock();
    let begun = clock.now();
    clock.run(1e6);
    crate::support::eventually("a day passes", async || (clock.now() - begun > TimeDelta::days(1)).then_some(())).await;
    clock.stop();
    assert_eq!(clock.now(), clock.now());
    assert!(!clock.advance_to(begun) && clock.advance_to(clock.now() + TimeDelta::days(1)));
}
