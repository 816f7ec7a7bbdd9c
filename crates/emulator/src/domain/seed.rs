//! Builds the sample data: three lock holders with locks, people, roles and keys, and generated records on request.
//!
//! Everything here is fictional. Phone numbers come only from the ranges that numbering authorities reserve for
//! fiction. Ids depend on the seed only; dates are relative to the start.

use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::ids::Ids;
use crate::domain::model::{Address, ConnectionState, Index, Key, KeySource, Person, Role, Subproject};
use crate::domain::recurrence::Recurrence;
use crate::domain::store::{NewLock, Store};
use crate::domain::vendors::VIRTUAL;

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

/// Selects the seed and the size of the sample data.
#[derive(Clone, Debug)]
pub(crate) struct SeedOptions {
    pub(crate) seed: u64,
    /// Is the number of lock holders: first those of the sample data, then generated ones. `None` means the sample
    /// data.
    pub(crate) lock_holders: Option<usize>,
    pub(crate) locks: Option<usize>,
    pub(crate) keys: Option<usize>,
    pub(crate) vendor_latency: TimeDelta,
}

impl Default for SeedOptions {
    fn default() -> Self {
        let vendor_latency = TimeDelta::milliseconds(200);
        Self { seed: 0x0075_6e6c_6f63, lock_holders: None, locks: None, keys: None, vendor_latency }
    }
}

impl SeedOptions {
    /// Rejects counts that contradict each other, which would silently give less data than requested.
    pub(crate) fn check(&self) -> Result<(), String> {
        let (none, some) = (|count| count == Some(0), |count: Option<usize>| count.filter(|count| *count > 0));
        if let (true, Some(locks)) = (none(self.lock_holders), some(self.locks)) {
            return Err(format!("{locks} locks need a lock holder, but the number of lock holders is 0"));
        }
        if let (true, Some(keys)) = (none(self.lock_holders) || none(self.locks), some(self.keys)) {
            let missing = if none(self.locks) { "lock" } else { "lock holder" };
            return Err(format!("{keys} keys need a {missing}, but the number of {missing}s is 0"));
        }
        Ok(())
    }
}

/// Builds the store as it is at the start.
pub(crate) fn build(options: &SeedOptions, now: DateTime<Utc>) -> Store {
    let mut seeder =
        Seeder { now, store: Store::empty(Ids::seeded(options.seed), options.vendor_latency), options, keys: 0 };
    seeder.people();
    let Some(utleie) = seeder.lock_holder("Fjordgløtt Utleie", "NO", "demo-fjordglott", "") else {
        return seeder.store;
    };
    let street = |floor| address("Solgløttveien 15", "0001", "Fjordvik", "NO", floor);
    let main = seeder.lock(utleie, "Main entrance", street(None));
    let garage = seeder.lock(utleie, "Parking garage gate", street(Some("-1")));
    let flat = seeder.lock(utleie, "Apartment 3B", street(Some("3")));
    let bicycles = seeder.lock(utleie, "Bicycle room", street(Some("0")));
    let terrace = seeder.virtual_lock(utleie, "Roof terrace", None);
    if let Some(main) = main {
        // A name with a space and quotes, because an example of the documentation has one.
        seeder.store.locks[main as usize].auth = [("\"Post\" Couriers", "opt-in")].into();
    }

    let lager = seeder.lock_holder("Nordlys Selvlager", "NO", "demo-nordlys", "tromso");
    let yard = |floor| address("Lagerstien 7", "0002", "Nordlysbyen", "NO", floor);
    let north = lager.and_then(|lager| seeder.lock(lager, "North gate", yard(None)));
    let dock = lager.and_then(|lager| seeder.lock(lager, "Loading dock", yard(Some("0"))));
    let row_a = lager.and_then(|lager| seeder.lock(lager, "Storage row A", yard(Some("1"))));
    let row_b = lager.and_then(|lager| seeder.virtual_lock(lager, "Storage row B", None));

    let bolig = seeder.lock_holder("Havneby Lejeboliger", "DK", "demo-havneby", "");
    let quay = |floor| address("Mågekajen 12", "0003", "Havneby", "DK", floor);
    let front = bolig.and_then(|bolig| seeder.lock(bolig, "Front door", quay(None)));
    let garden = bolig.and_then(|bolig| seeder.lock(bolig, "Garden gate", quay(None)));
    let laundry = bolig.and_then(|bolig| seeder.virtual_lock(bolig, "Laundry room", quay(Some("-1"))));

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
        seeder.role(lock, user, can_share);
    }

    // Keys made through the API: lock, user, start and end in days from now.
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
        seeder.api_key(lock, user, start, end);
    }
    if seeder.api_key(main, JONAS, Some(-30), None).is_some() {
        seeder.store.revoke(seeder.store.keys.len() as Index - 1);
    }
    if let Some(cleaner) = seeder.api_key(front, HENRIK, Some(-20), None) {
        let mut mornings = Recurrence::on(0, [8, 0, 11, 30]);
        mornings
            .set(3, crate::domain::recurrence::Period { start_hour: 8, start_minute: 0, end_hour: 11, end_minute: 30 });
        cleaner.recurrence = Some(Box::new(mornings));
    }

    // Keys shared from the app by people with a role. The API counts and deletes them, but does not list them.
    for (lock, sharer, user) in [
        (main, ASTRID, DAVID),
        (main, ASTRID, EMMA),
        (main, BJORN, FREDRIK),
        (garage, ASTRID, DAVID),
        (north, DAVID, JONAS),
        (front, FREDRIK, IDA),
    ] {
        if options.keys.is_none()
            && let Some(lock) = lock
        {
            let sharer = seeder.store.find_or_add_person(sharer);
            seeder.key(lock, user, Some(-10), None).shared_by = Some(sharer);
        }
    }
    // Before the generated keys, which belong to the lock holders as a whole.
    seeder.subproject(utleie, "Garage and bicycles", [garage, bicycles]);
    if let Some(lager) = lager {
        seeder.subproject(lager, "Outdoor gates", [north, dock]);
    }
    seeder.add_generated();
    seeder.store
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

/// Builds the sample data without generated records, for tests.
#[cfg(test)]
pub(crate) fn sample_data(now: DateTime<Utc>) -> Store {
    build(&SeedOptions::default(), now)
}

struct Seeder<'a> {
    now: DateTime<Utc>,
    store: Store,
    options: &'a SeedOptions,
    keys: usize,
}

impl Seeder<'_> {
    fn people(&mut self) {
        // Henrik and Jonas have no name, so that responses without `toUser.name` occur.
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
            let person = self.store.find_or_add_person(number);
            self.store.people[person as usize] = Person { number: number.to_owned(), name: Some(name.to_owned()) };
        }
    }

    /// Returns the date of the oldest records, early enough that all other dates can be later.
    fn oldest_date(&self) -> DateTime<Utc> {
        self.now - TimeDelta::days(500)
    }

    /// Adds a lock holder with a connection to `danalock` and one for virtual locks, unless the requested number is
    /// reached.
    fn lock_holder(&mut self, name: &str, country_iso: &str, organization_id: &str, suffix: &str) -> Option<Index> {
        let store = &mut self.store;
        if self.options.lock_holders.is_some_and(|max| store.lock_holders.len() >= max) {
            return None;
        }
        let index = store.add_lock_holder(name.to_owned(), country_iso, organization_id, suffix);
        let password = "EXAMPLE-PASSWORD";
        let account = store.open_account("danalock", &format!("{organization_id}@example.com"), password);
        for (vendor, login) in [("danalock", Some((account, password.to_owned()))), (VIRTUAL, None)] {
            let connection = store.add_connection(index, vendor, login);
            store.connections[connection as usize].state = ConnectionState::Connected;
        }
        Some(index)
    }

    fn lock(&mut self, lock_holder: Index, name: &str, address: Option<Address>) -> Option<Index> {
        self.lock_on_connection(lock_holder * 2, name, address)
    }

    fn virtual_lock(&mut self, lock_holder: Index, name: &str, address: Option<Address>) -> Option<Index> {
        self.lock_on_connection(lock_holder * 2 + 1, name, address)
    }

    fn lock_on_connection(&mut self, connection: Index, name: &str, address: Option<Address>) -> Option<Index> {
        let count = self.store.locks.len();
        if self.options.locks.is_some_and(|max| count >= max) {
            return None;
        }
        // One day apart. Lock 400 and all later ones get the same date, because `oldest_date` is 500 days ago.
        let created = self.oldest_date() + TimeDelta::days(count.min(400) as i64);
        Some(self.store.add_lock(NewLock { connection, name: name.to_owned(), address, created }))
    }

    fn role(&mut self, lock: Option<Index>, user: &str, can_share: bool) {
        let Some(lock) = lock else { return };
        let created = self.oldest_date() + TimeDelta::days(20 + self.store.roles.len() as i64);
        let person = self.store.find_or_add_person(user);
        let user_name = self.store.person_at(person).name.clone();
        self.store.add_role(Role { person, user_name, lock, can_share, created });
    }

    /// Adds a key made through the API, unless the requested number is reached.
    fn api_key(&mut self, lock: Option<Index>, user: &str, start: Option<i64>, end: Option<i64>) -> Option<&mut Key> {
        let lock = lock?;
        if self.options.keys.is_some_and(|max| self.keys >= max) {
            return None;
        }
        self.keys += 1;
        Some(self.key(lock, user, start, end))
    }

    /// Adds a key. `start` and `end` are days from now. It was created one day before its start, yesterday at the
    /// latest.
    fn key(&mut self, lock: Index, user: &str, start: Option<i64>, end: Option<i64>) -> &mut Key {
        let days = |days: i64| self.now + TimeDelta::days(days);
        let created = days(start.unwrap_or(0).min(0) - 1);
        let (id, person) = (self.store.ids.next(), self.store.find_or_add_person(user));
        let key = Key { start: start.map(days), end: end.map(days), ..Key::new(id, lock, person, created, created) };
        let index = self.store.add_key(key);
        &mut self.store.keys[index as usize]
    }

    /// Adds a subproject with these locks. Their keys become keys of the subproject.
    fn subproject(&mut self, lock_holder: Index, name: &str, locks: [Option<Index>; 2]) {
        let locks: Vec<Index> = locks.into_iter().flatten().collect();
        if locks.is_empty() {
            return;
        }
        let index = self.store.subprojects.len() as Index;
        // From a seed of its own, so that the ids of all other records do not depend on subprojects.
        let id = Ids::seeded(self.options.seed ^ 0x7375_6270 ^ u64::from(lock_holder)).next();
        for key in &mut self.store.keys {
            if locks.contains(&key.lock) {
                key.source = KeySource::Subproject(index);
            }
        }
        self.store.subprojects.push(Subproject { id, lock_holder, name: name.to_owned(), locks });
    }

    /// Adds generated records until the requested numbers are reached.
    fn add_generated(&mut self) {
        for number in self.store.lock_holders.len()..self.options.lock_holders.unwrap_or(0) {
            self.lock_holder(&format!("Housing {number:04}"), "NO", &format!("demo-housing-{number:04}"), "");
        }
        let holders = self.store.lock_holders.len();
        for number in self.store.locks.len()..self.options.locks.filter(|_| holders > 0).unwrap_or(0) {
            self.lock((number % holders) as Index, &format!("Door {number:04}"), None);
        }
        for _ in self.keys..self.options.keys.unwrap_or(0) {
            if self.store.locks.is_empty() {
                return;
            }
            let lock = self.store.ids.next_below(self.store.locks.len()) as Index;
            let user = format!("+447700900{:03}", self.store.ids.next_below(1000));
            let start = self.store.ids.next_below(120) as i64 - 60;
            let end = [None, Some(start + 1 + self.store.ids.next_below(30) as i64)][self.store.ids.next_below(2)];
            self.api_key(Some(lock), &user, Some(start), end);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_ids() {
        let ids = |store: Store| {
            let locks = store.locks.into_iter().map(|lock| lock.id);
            locks.chain(store.keys.into_iter().map(|key| key.id)).collect::<Vec<_>>()
        };
        let now = DateTime::UNIX_EPOCH;
        let first = ids(sample_data(now));
        assert_eq!(first, ids(sample_data(now + TimeDelta::days(1))));
        let mut distinct = first.clone();
        distinct.sort();
        distinct.dedup();
        assert_eq!(distinct.len(), first.len());
        assert_ne!(first, ids(build(&SeedOptions { seed: 7, ..SeedOptions::default() }, now)));
    }

    #[test]
    fn all_phone_numbers_are_reserved_for_fiction() {
        let large = SeedOptions { keys: Some(2000), ..SeedOptions::default() };
        for person in build(&large, DateTime::UNIX_EPOCH).people {
            let number = person.number;
            let fictional = number.starts_with("+121255501") && number.len() == 12
                || number.starts_with("+447700900") && number.len() == 13;
            assert!(fictional, "{number}");
        }
    }

    #[test]
    fn the_sample_data_has_keys_in_every_lasting_state() {
        let now = DateTime::UNIX_EPOCH;
        let store = sample_data(now);
        for state in ["active", "scheduled", "expired", "revoked"] {
            assert!(store.keys.iter().any(|key| store.key_state(key, now) == state), "{state}");
        }
    }

    #[test]
    fn rejects_contradicting_counts() {
        let check = |numbers: [Option<usize>; 3]| {
            let [lock_holders, locks, keys] = numbers;
            SeedOptions { lock_holders, locks, keys, ..SeedOptions::default() }.check()
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
    fn has_the_requested_size_whether_smaller_or_larger_than_the_sample_data() {
        for (lock_holders, locks, keys) in [(0, 0, 0), (1, 2, 1), (2, 7, 0), (5, 200, 5000)] {
            let options = SeedOptions {
                lock_holders: Some(lock_holders),
                locks: Some(locks),
                keys: Some(keys),
                ..SeedOptions::default()
            };
            let store = build(&options, DateTime::UNIX_EPOCH);
            assert_eq!([store.lock_holders.len(), store.locks.len(), store.keys.len()], [lock_holders, locks, keys]);
        }
    }
}
