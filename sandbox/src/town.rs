//! The seeded town: three lock holders, their doors and gates, and the people with keys to them.
//!
//! Everything here is invented. Phone numbers come only from the ranges that numbering authorities keep for fiction.
//! Ids are the same at each start; dates are counted from the start.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use crate::ids::Ids;
use crate::model::{Address, Key, Lock, LockHolder, Period, Role, User};
use crate::state::Town;

const SEED: u64 = 0x0075_6e6c_6f63;

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

/// Builds the town as it is at the start.
pub(crate) fn seeded(now: DateTime<Utc>) -> Town {
    let mut town = Seeding::new(now);

    let utleie = town.lock_holder("Fjordgløtt Utleie", "NO", "demo-fjordglott", "");
    let street = |floor| address("Solgløttveien 15", "0001", "Fjordvik", "NO", floor);
    let main = town.lock(&utleie, "Main entrance", "danalock", street(None));
    let garage = town.lock(&utleie, "Parking garage gate", "danalock", street(Some("-1")));
    let flat = town.lock(&utleie, "Apartment 3B", "danalock", street(Some("3")));
    let bicycles = town.lock(&utleie, "Bicycle room", "danalock", street(Some("0")));
    let terrace = town.lock(&utleie, "Roof terrace", "virtual", None);

    let lager = town.lock_holder("Nordlys Selvlager", "NO", "demo-nordlys", "tromso");
    let yard = |floor| address("Lagerstien 7", "0002", "Nordlysbyen", "NO", floor);
    let north = town.lock(&lager, "North gate", "danalock", yard(None));
    let dock = town.lock(&lager, "Loading dock", "danalock", yard(Some("0")));
    let row_a = town.lock(&lager, "Storage row A", "danalock", yard(Some("1")));
    let row_b = town.lock(&lager, "Storage row B", "virtual", None);

    let bolig = town.lock_holder("Havneby Lejeboliger", "DK", "demo-havneby", "");
    let quay = |floor| address("Mågekajen 12", "0003", "Havneby", "DK", floor);
    let front = town.lock(&bolig, "Front door", "danalock", quay(None));
    let garden = town.lock(&bolig, "Garden gate", "danalock", quay(None));
    let laundry = town.lock(&bolig, "Laundry room", "virtual", quay(Some("-1")));

    for (lock, user, can_share) in [
        (&main, ASTRID, true),
        (&main, BJORN, true),
        (&garage, ASTRID, true),
        (&flat, CAMILLA, true),
        (&bicycles, BJORN, false),
        (&north, DAVID, true),
        (&dock, DAVID, true),
        (&row_a, EMMA, true),
        (&front, FREDRIK, true),
        (&garden, FREDRIK, true),
        (&laundry, GRETE, false),
    ] {
        town.role(lock, user, can_share);
    }

    // Made through the API: lock, receiver, start and end in days from now.
    for (lock, user, start, end) in [
        (&main, CAMILLA, Some(-90), None),
        (&main, HENRIK, Some(-3), Some(4)),
        (&main, IDA, Some(6), Some(9)),
        (&garage, CAMILLA, Some(-90), None),
        (&flat, HENRIK, Some(-3), Some(4)),
        (&flat, JONAS, Some(-30), Some(-23)),
        (&bicycles, CAMILLA, None, None),
        (&terrace, IDA, Some(6), Some(9)),
        (&north, EMMA, Some(-200), None),
        (&dock, JONAS, Some(-1), Some(1)),
        (&row_a, IDA, Some(-60), Some(-1)),
        (&row_b, HENRIK, Some(14), Some(44)),
        (&front, GRETE, Some(-400), None),
        (&garden, GRETE, Some(-400), None),
        (&laundry, JONAS, Some(-7), Some(7)),
    ] {
        town.key(lock, user, start, end);
    }
    let revoked = town.key(&main, JONAS, Some(-30), None);
    revoked.revoked = true;
    let cleaner = town.key(&front, HENRIK, Some(-20), None);
    let morning = Period { start_hour: 8, start_minute: 0, end_hour: 11, end_minute: 30 };
    cleaner.recurrence = Some(["mon", "thu"].map(|day| (day.to_owned(), morning.clone())).into());

    // Shared from the app by people with a role: the API does not list these, it only counts and deletes them.
    for (lock, sharer, user) in [
        (&main, ASTRID, DAVID),
        (&main, ASTRID, EMMA),
        (&main, BJORN, FREDRIK),
        (&garage, ASTRID, DAVID),
        (&north, DAVID, JONAS),
        (&front, FREDRIK, IDA),
    ] {
        town.key(lock, user, Some(-10), None).shared_by = Some(sharer.to_owned());
    }
    town.finish()
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

/// A lock that was just made, as far as keys and roles need to know it.
struct Made {
    id: String,
    lock_holder_id: String,
}

struct Seeding {
    now: DateTime<Utc>,
    town: Town,
}

impl Seeding {
    fn new(now: DateTime<Utc>) -> Self {
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
        let people = people.map(|(phone, name)| (phone.to_owned(), name.to_owned())).into();
        let town = Town {
            ids: Ids::seeded(SEED),
            lock_holders: Vec::new(),
            locks: Vec::new(),
            keys: Vec::new(),
            roles: Vec::new(),
            people,
            images: BTreeMap::new(),
        };
        Self { now, town }
    }

    fn finish(self) -> Town {
        self.town
    }

    /// When the town was built: long enough ago that every seeded thing can be younger.
    fn founding(&self) -> DateTime<Utc> {
        self.now - TimeDelta::days(500)
    }

    fn lock_holder(&mut self, name: &str, country_iso: &str, organization_id: &str, suffix: &str) -> String {
        let id = self.town.ids.next();
        let code = self.town.ids.next_invite_code();
        self.town.lock_holders.push(LockHolder {
            id: id.clone(),
            name: name.to_owned(),
            country_iso: country_iso.to_owned(),
            organization_id: organization_id.to_owned(),
            organization_id_suffix: suffix.to_owned(),
            active_installer_invite_codes: vec![code],
        });
        id
    }

    fn lock(&mut self, lock_holder_id: &str, name: &str, vendor: &'static str, address: Option<Address>) -> Made {
        let id = self.town.ids.next();
        let is_virtual = vendor == "virtual";
        let created = self.founding() + TimeDelta::days(self.town.locks.len() as i64);
        // A name with a blank and quotes, because the documentation has such names.
        let auth = if name == "Main entrance" { [("\"Post\" Couriers", "opt-in")].into() } else { BTreeMap::new() };
        self.town.locks.push(Lock {
            id: id.clone(),
            lock_holder_id: lock_holder_id.to_owned(),
            name: name.to_owned(),
            vendor,
            // The service leaves the field out for virtual locks and has it empty for others without a picture.
            image_url: (!is_virtual).then(String::new),
            auth,
            address,
            created,
            duplicate_lock: is_virtual.then_some(false),
        });
        Made { id, lock_holder_id: lock_holder_id.to_owned() }
    }

    fn role(&mut self, lock: &Made, user_id: &str, can_share: bool) {
        let created = self.founding() + TimeDelta::days(20 + self.town.roles.len() as i64);
        self.town.roles.push(Role {
            user_id: user_id.to_owned(),
            user_name: self.town.people.get(user_id).cloned(),
            lock_holder_id: lock.lock_holder_id.clone(),
            lock_id: lock.id.clone(),
            can_share,
            created,
        });
    }

    /// A key whose dates are days from now. It was made a day before it starts, and never later than yesterday.
    fn key(&mut self, lock: &Made, user_id: &str, start: Option<i64>, end: Option<i64>) -> &mut Key {
        let days = |days: i64| self.now + TimeDelta::days(days);
        let key = Key {
            id: self.town.ids.next(),
            lock_holder_id: lock.lock_holder_id.clone(),
            lock_id: lock.id.clone(),
            to_user: User { id: user_id.to_owned(), name: self.town.people.get(user_id).cloned() },
            start: start.map(days),
            end: end.map(days),
            created: days(start.unwrap_or(0).min(0) - 1),
            recurrence: None,
            app_switch_only: None,
            revoked: false,
            shared_by: None,
        };
        let place = self.town.keys.len();
        self.town.keys.push(key);
        &mut self.town.keys[place]
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
        let first = ids(seeded(now));
        assert_eq!(first, ids(seeded(now + TimeDelta::days(1))));
        let mut distinct = first.clone();
        distinct.sort();
        distinct.dedup();
        assert_eq!(distinct.len(), first.len());
    }

    #[test]
    fn everybody_has_a_number_from_the_ranges_for_fiction() {
        let town = seeded(DateTime::UNIX_EPOCH);
        let in_keys = town.keys.iter().map(|key| key.to_user.id.clone());
        let sharers = town.keys.iter().filter_map(|key| key.shared_by.clone());
        let in_roles = town.roles.iter().map(|role| role.user_id.clone());
        for number in in_keys.chain(sharers).chain(in_roles).chain(town.people.keys().cloned()) {
            let fictional = number.starts_with("+121255501") && number.len() == 12
                || number.starts_with("+447700900") && number.len() == 13;
            assert!(fictional, "{number}");
        }
    }

    #[test]
    fn every_state_a_key_can_rest_in_occurs() {
        let now = DateTime::UNIX_EPOCH;
        let town = seeded(now);
        for state in ["active", "scheduled", "expired", "revoked"] {
            assert!(town.keys.iter().any(|key| key.state(now) == state), "{state}");
        }
    }
}
