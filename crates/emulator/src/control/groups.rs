//! Copies subprojects and access groups, which only version 2 shows.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use crate::domain::model::Index;
use crate::domain::store::Store;

/// Describes a subproject.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SubprojectSnapshot {
    /// Is the subproject's id.
    pub id: String,
    /// Is the id of its lock holder, which is its project.
    pub lock_holder_id: String,
    /// Is the subproject's name.
    pub name: String,
    /// Lists the ids of its locks.
    pub lock_ids: Vec<String>,
}

/// Describes an access group. `Debug` shows neither the people nor the texts of the caller.
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct AccessGroupSnapshot {
    /// Is the group's id.
    pub id: String,
    /// Is the id of its lock holder, which is its project.
    pub lock_holder_id: String,
    /// Is the group's name.
    pub name: String,
    /// Is the group's description, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Lists the ids of its locks.
    pub lock_ids: Vec<String>,
    /// Lists the phone numbers of its people.
    pub user_ids: Vec<String>,
    /// Holds what was stored with the group.
    pub metadata: BTreeMap<String, String>,
}

impl fmt::Debug for AccessGroupSnapshot {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("AccessGroupSnapshot")
            .field("id", &self.id)
            .field("lock_ids", &self.lock_ids)
            .finish_non_exhaustive()
    }
}

fn lock_ids(store: &Store, locks: &[Index]) -> Vec<String> {
    locks.iter().map(|lock| store.locks[*lock as usize].id.to_string()).collect()
}

fn lock_holder_id(store: &Store, index: Index) -> String {
    store.lock_holders[index as usize].id.to_string()
}

/// Copies the subprojects of the included lock holders.
pub(super) fn subprojects(store: &Store, included: impl Fn(Index) -> bool) -> Vec<SubprojectSnapshot> {
    let subprojects = store.subprojects.iter().filter(|subproject| included(subproject.lock_holder));
    let copied = subprojects.map(|subproject| SubprojectSnapshot {
        id: subproject.id.to_string(),
        lock_holder_id: lock_holder_id(store, subproject.lock_holder),
        name: subproject.name.clone(),
        lock_ids: lock_ids(store, &subproject.locks),
    });
    copied.collect()
}

/// Copies the access groups of the included lock holders.
pub(super) fn access_groups(store: &Store, included: impl Fn(Index) -> bool) -> Vec<AccessGroupSnapshot> {
    let groups = store.access_groups.iter().filter(|group| included(group.lock_holder));
    let copied = groups.map(|group| AccessGroupSnapshot {
        id: group.id.to_string(),
        lock_holder_id: lock_holder_id(store, group.lock_holder),
        name: group.name.clone(),
        description: group.description.clone(),
        lock_ids: lock_ids(store, &group.locks),
        user_ids: group.people.iter().map(|person| store.person_at(*person).number.clone()).collect(),
        metadata: group.metadata.clone(),
    });
    copied.collect()
}
