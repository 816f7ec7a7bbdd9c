//! The town at the start: three lock holders, their doors and gates, and the people with keys to them; and as many more
//! as are asked for.
//!
//! Everything here is invented. Phone numbers come only from the ranges that numbering authorities keep for fiction.
//! Ids are the same at each start with the same seed; dates are counted from the start.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;

use crate::ids::Ids;
use crate::model::{Address, ConnectionState, Key, Person, Place, Role};
use crate::recurrence::Recurrence;
use crate::town::{NewLock, Town};
use crate::vendors::VIRTUAL;

const ASTRID: &str = "+12125550101";
const BJORN: &str = "+12125550102";
const CAMILLA: &str = "+12125550103";
const DAVID: &str = "+12125550104";
const EMMA: &str = "+447700900105";
const FREDRIK: &str = "+447700900106";
const GRETE: &str = "+447700900107";
const HENRIK: &str = "+447700900108";
const IDA: &str = "+12125550109";
const JONAS: &str = "+447700900110";

/// How large the town is, and which one it is.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) seed: u64,
    /// If a number is given there are so many, made by hand as far as they go.
    pub(crate) lock_holders: Option<usize>,
    pub(crate) locks: Option<usize>,
    pub(crate) keys: Option<usize>,
    pub(crate) settling: TimeDelta,
}

impl Default for Plan {
    fn default() -> Self {
        let settling = TimeDelta::milliseconds(200);
        Self { seed: 0x0075_6e6c_6f63, lock_holders: None, locks: None, keys: None, settling }
    }
}

impl Plan {
    /// Finds the numbers that contradict each other: the town would be smaller than was asked for, without a word.
    pub(crate) fn check(&self) -> Result<(), String> {
        let (none, some) = (|count| count == Some(0), |count: Option<usize>| count.filter(|count| *count > 0));
        if let (true, Some(locks)) = (none(self.lock_holders), some(self.locks)) {
            return Err(format!("{locks} locks need a lock holder, and there are to be 0"));
        }
        if let (true, Some(keys)) = (none(self.lock_holders) || none(self.locks), some(self.keys)) {
            let missing = if none(self.locks) { "lock" } else { "lock holder" };
            return Err(format!("{keys} keys need a {missing}, and there are to be 0"));
        }
        Ok(())
    }
}

/// Builds the town as it is at the start.
pub(crate) fn build(plan: &Plan, now: DateTime<Utc>) -> Town {
    let mut town = Seeding { now, town: Town::empty(Ids::seeded(plan.seed), plan.settling), plan, keys: 0 };
    town.people();
    let Some(utleie) = town.lock_holder("Fjordgløtt Utleie", "NO", "demo-fjordglott", "") else { return town.town };
    let street = |floor| address("Solgløttveien 15", "0001", "Fjordvik", "NO", floor);
    let main = town.lock(utleie, "Main entrance", street(None));
    let garage = town.lock(utleie, "Parking garage gate", street(Some("-1")));
    let flat = town.lock(utleie, "Apartment 3B", street(Some("3")));
    let bicycles = town.lock(utleie, "Bicycle room", street(Some("0")));
    let terrace = town.virtual_lock(utleie, "Roof terrace", None);
    if let Some(main) = main {
        // A name with a blank and quotes, because the documentation has such names.
        town.town.locks[main as usize].auth = [("\"Post\" Couriers", "opt-in")].into();
    }

    let lager = town.lock_holder("Nordlys Selvlager", "NO", "demo-nordlys", "tromso");
    let yard = |floor| address("Lagerstien 7", "0002", "Nordlysbyen", "NO", floor);
    let north = lager.and_then(|lager| town.lock(lager, "North gate", yard(None)));
    let dock = lager.and_then(|lager| town.lock(lager, "Loading dock", yard(Some("0"))));
    let row_a = lager.and_then(|lager| town.lock(lager, "Storage row A", yard(Some("1"))));
    let row_b = lager.and_then(|lager| town.virtual_lock(lager, "Storage row B", None));

    let bolig = town.lock_holder("Havneby Lejeboliger", "DK", "demo-havneby", "");
    let quay = |floor| address("Mågekajen 12", "0003", "Havneby", "DK", floor);
    let front = bolig.and_then(|bolig| town.lock(bolig, "Front door", quay(None)));
    let garden = bolig.and_then(|bolig| town.lock(bolig, "Garden gate", quay(None)));
    let laundry = bolig.and_then(|bolig| town.virtual_lock(bolig, "Laundry room", quay(Some("-1"))));

    for (lock, user, can_share) in [
        (main, ASTRID, true),
        (main, BJORN, true),
        (garage, ASTRID, true),
        (flat, CAMILLA, true),
        (bicycles, BJORN, false),
        (north, DAVID, true),
        (dock, DAVID, true),
        (row_a, EMMA, true),
        (front, FREDRIK, true),
        (garden, FREDRIK, true),
        (laundry, GRETE, false),
    ] {
        town.role(lock, user, can_share);
    }

    // Made through the API: lock, receiver, start and end in days from now.
    for (lock, user, start, end) in [
        (main, CAMILLA, Some(-90), None),
        (main, HENRIK, Some(-3), Some(4)),
        (main, IDA, Some(6), Some(9)),
        (garage, CAMILLA, Some(-90), None),
        (flat, HENRIK, Some(-3), Some(4)),
        (flat, JONAS, Some(-30), Some(-23)),
        (bicycles, CAMILLA, None, None),
        (terrace, IDA, Some(6), Some(9)),
        (north, EMMA, Some(-200), None),
        (dock, JONAS, Some(-1), Some(1)),
        (row_a, IDA, Some(-60), Some(-1)),
        (row_b, HENRIK, Some(14), Some(44)),
        (front, GRETE, Some(-400), None),
        (garden, GRETE, Some(-400), None),
        (laundry, JONAS, Some(-7), Some(7)),
    ] {
        town.api_key(lock, user, start, end);
    }
    if town.api_key(main, JONAS, Some(-30), None).is_some() {
        town.town.revoke(town.town.keys.len() as Place - 1);
    }
    if let Some(cleaner) = town.api_key(front, HENRIK, Some(-20), None) {
        let mut mornings = Recurrence::on(0, [8, 0, 11, 30]);
        mornings.set(3, crate::recurrence::Period { start_hour: 8, start_minute: 0, end_hour: 11, end_minute: 30 });
        cleaner.recurrence = Some(Box::new(mornings));
    }

    // Shared from the app by people with a role: the API does not list these, it only counts and deletes them.
    for (lock, sharer, user) in [
        (main, ASTRID, DAVID),
        (main, ASTRID, EMMA),
        (main, BJORN, FREDRIK),
        (garage, ASTRID, DAVID),
        (north, DAVID, JONAS),
        (front, FREDRIK, IDA),
    ] {
        if plan.keys.is_none()
            && let Some(lock) = lock
        {
            let sharer = town.town.meet(sharer);
            town.key(lock, user, Some(-10), None).shared_by = Some(sharer);
        }
    }
    town.grow();
    town.town
}

/// Where a lock's clock hangs: the documents have times of the week in the lock's time zone, and nowhere say which that is.
pub(crate) fn time_zone(country_iso: &str) -> Tz {
    match country_iso {
        "NO" => Tz::Europe__Oslo,
        "DK" => Tz::Europe__Copenhagen,
        "SE" => Tz::Europe__Stockholm,
        "FI" => Tz::Europe__Helsinki,
        "GB" => Tz::Europe__London,
        "US" => Tz::America__New_York,
        _ => Tz::UTC,
    }
}

fn address(street: &str, postal_code: &str, city: &str, country_iso: &str, floor: Option<&str>) -> Option<Address> {
    Some(Address {
        street: Some(street.to_owned()),
        postal_code: Some(postal_code.to_owned()),
        city: Some(city.to_owned()),
        country_iso: Some(country_iso.to_owned()),
        floor: floor.map(str::to_owned),
        visitor_instructions: None,
    })
}

/// The town made by hand alone, as tests want it.
#[cfg(test)]
pub(crate) fn handmade(now: DateTime<Utc>) -> Town {
    build(&Plan::default(), now)
}

struct Seeding<'a> {
    now: DateTime<Utc>,
    town: Town,
    plan: &'a Plan,
    keys: usize,
}

impl Seeding<'_> {
    fn people(&mut self) {
        // Henrik and Jonas never set a name in their app.
        let people = [
            (ASTRID, "Astrid Solvang"),
            (BJORN, "Bjørn Lunde"),
            (CAMILLA, "Camilla Myhre"),
            (DAVID, "David Okafor"),
            (EMMA, "Emma Whitlock"),
            (FREDRIK, "Fredrik Holmgaard"),
            (GRETE, "Grete Aagaard"),
            (IDA, "Ida Nymoen"),
        ];
        for (number, name) in people {
            let person = self.town.meet(number);
            self.town.people[person as usize] = Person { number: number.to_owned(), name: Some(name.to_owned()) };
        }
    }

    /// When the town was built: long enough ago that every seeded thing can be younger.
    fn founding(&self) -> DateTime<Utc> {
        self.now - TimeDelta::days(500)
    }

    /// Nothing if there are to be no more. Each has a connected account, and one for virtual locks.
    fn lock_holder(&mut self, name: &str, country_iso: &str, organization_id: &str, suffix: &str) -> Option<Place> {
        let town = &mut self.town;
        if self.plan.lock_holders.is_some_and(|most| town.lock_holders.len() >= most) {
            return None;
        }
        let place = town.add_lock_holder(name.to_owned(), country_iso, organization_id, suffix);
        let password = "EXAMPLE-PASSWORD";
        let account = town.open_account("danalock", &format!("{organization_id}@example.com"), password);
        for (vendor, login) in [("danalock", Some((account, password.to_owned()))), (VIRTUAL, None)] {
            let connection = town.add_connection(place, vendor, login);
            town.connections[connection as usize].state = ConnectionState::Connected;
        }
        Some(place)
    }

    fn lock(&mut self, lock_holder: Place, name: &str, address: Option<Address>) -> Option<Place> {
        self.lock_through(lock_holder * 2, name, address)
    }

    fn virtual_lock(&mut self, lock_holder: Place, name: &str, address: Option<Address>) -> Option<Place> {
        self.lock_through(lock_holder * 2 + 1, name, address)
    }

    fn lock_through(&mut self, connection: Place, name: &str, address: Option<Address>) -> Option<Place> {
        let count = self.town.locks.len();
        if self.plan.locks.is_some_and(|most| count >= most) {
            return None;
        }
        // A day apart as long as days last.
        let created = self.founding() + TimeDelta::days(count.min(400) as i64);
        Some(self.town.add_lock(NewLock { connection, name: name.to_owned(), address, created }))
    }

    fn role(&mut self, lock: Option<Place>, user: &str, can_share: bool) {
        let Some(lock) = lock else { return };
        let created = self.founding() + TimeDelta::days(20 + self.town.roles.len() as i64);
        let person = self.town.meet(user);
        let user_name = self.town.person_at(person).name.clone();
        self.town.add_role(Role { person, user_name, lock, can_share, created });
    }

    /// A key as the API makes them, unless there are enough.
    fn api_key(&mut self, lock: Option<Place>, user: &str, start: Option<i64>, end: Option<i64>) -> Option<&mut Key> {
        let lock = lock?;
        if self.plan.keys.is_some_and(|most| self.keys >= most) {
            return None;
        }
        self.keys += 1;
        Some(self.key(lock, user, start, end))
    }

    /// A key whose dates are days from now. It was made a day before it starts, and never later than yesterday.
    fn key(&mut self, lock: Place, user: &str, start: Option<i64>, end: Option<i64>) -> &mut Key {
        let days = |days: i64| self.now + TimeDelta::days(days);
        let created = days(start.unwrap_or(0).min(0) - 1);
        let key = Key {
            id: self.town.ids.next(),
            lock,
            person: self.town.meet(user),
            start: start.map(days),
            end: end.map(days),
            created,
            settled: created,
            recurrence: None,
            app_switch_only: None,
            revoked: false,
            failed: false,
            shared_by: None,
        };
        let place = self.town.add_key(key);
        &mut self.town.keys[place as usize]
    }

    /// Adds what is missing to the numbers that were asked for.
    fn grow(&mut self) {
        for number in self.town.lock_holders.len()..self.plan.lock_holders.unwrap_or(0) {
            self.lock_holder(&format!("Housing {number:04}"), "NO", &format!("demo-housing-{number:04}"), "");
        }
        let holders = self.town.lock_holders.len();
        for number in self.town.locks.len()..self.plan.locks.filter(|_| holders > 0).unwrap_or(0) {
            self.lock((number % holders) as Place, &format!("Door {number:04}"), None);
        }
        for _ in self.keys..self.plan.keys.unwrap_or(0) {
            if self.town.locks.is_empty() {
                return;
            }
            let lock = self.town.ids.below(self.town.locks.len()) as Place;
            let user = format!("+447700900{:03}", self.town.ids.below(1000));
            let start = self.town.ids.below(120) as i64 - 60;
            let end = [None, Some(start + 1 + self.town.ids.below(30) as i64)][self.town.ids.below(2)];
            self.api_key(Some(lock), &user, Some(start), end);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_town_has_the_same_ids_at_each_start() {
        let ids = |town: Town| {
            let locks = town.locks.into_iter().map(|lock| lock.id);
            locks.chain(town.keys.into_iter().map(|key| key.id)).collect::<Vec<_>>()
        };
        let now = DateTime::UNIX_EPOCH;
        let first = ids(handmade(now));
        assert_eq!(first, ids(handmade(now + TimeDelta::days(1))));
        let mut distinct = first.clone();
        distinct.sort();
        distinct.dedup();
        assert_eq!(distinct.len(), first.len());
        assert_ne!(first, ids(build(&Plan { seed: 7, ..Plan::default() }, now)));
    }

    #[test]
    fn everybody_has_a_number_from_the_ranges_for_fiction() {
        let large = Plan { keys: Some(2000), ..Plan::default() };
        for person in build(&large, DateTime::UNIX_EPOCH).people {
            let number = person.number;
            let fictional = number.starts_with("+121255501") && number.len() == 12
                || number.starts_with("+447700900") && number.len() == 13;
            assert!(fictional, "{number}");
        }
    }

    #[test]
    fn every_state_a_key_can_rest_in_occurs() {
        let now = DateTime::UNIX_EPOCH;
        let town = handmade(now);
        for state in ["active", "scheduled", "expired", "revoked"] {
            assert!(town.keys.iter().any(|key| town.key_state(key, now) == state), "{state}");
        }
    }

    #[test]
    fn numbers_that_contradict_each_other_are_told() {
        let check = |numbers: [Option<usize>; 3]| {
            let [lock_holders, locks, keys] = numbers;
            Plan { lock_holders, locks, keys, ..Plan::default() }.check()
        };
        for (numbers, named) in [
            ([Some(0), Some(5), None], "5 locks need a lock holder"),
            ([Some(0), Some(1), Some(0)], "1 locks need a lock holder"),
            ([None, Some(0), Some(5)], "5 keys need a lock,"),
            ([Some(0), None, Some(7)], "7 keys need a lock holder"),
            ([Some(0), Some(0), Some(7)], "7 keys need a lock,"),
        ] {
            assert!(check(numbers).is_err_and(|text| text.starts_with(named)), "{numbers:?}: {:?}", check(numbers));
        }
        for fine in [
            [None; 3],
            [Some(0), None, None],
            [Some(0), Some(0), Some(0)],
            [None, Some(0), None],
            [None, None, Some(0)],
            [Some(1), Some(5), Some(5)],
        ] {
            assert_eq!(check(fine), Ok(()), "{fine:?}");
        }
    }

    #[test]
    fn the_town_is_as_large_as_was_asked_for_whether_that_is_more_or_less_than_was_made_by_hand() {
        for (lock_holders, locks, keys) in [(0, 0, 0), (1, 2, 1), (2, 7, 0), (5, 200, 5000)] {
            let plan =
                Plan { lock_holders: Some(lock_holders), locks: Some(locks), keys: Some(keys), ..Plan::default() };
            let town = build(&plan, DateTime::UNIX_EPOCH);
            assert_eq!([town.lock_holders.len(), town.locks.len(), town.keys.len()], [lock_holders, locks, keys]);
        }
    }
}
