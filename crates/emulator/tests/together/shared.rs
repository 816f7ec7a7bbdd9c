//! Checks data that all clients write: each read must be explained by some write.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Value, json};

use crate::support::{LockHolderApi, list, text};

/// Records the writes of all clients to shared data.
pub(crate) struct Shared {
    time: AtomicU64,
    holder: Mutex<Vec<Write>>,
    lock: Mutex<Vec<Write>>,
    /// Holds the ids of all keys whose creation was acknowledged.
    keys: Mutex<BTreeSet<String>>,
}

/// Is the write of a name, with logical times before and after it. Names are unique.
#[derive(Debug)]
struct Write {
    name: String,
    started: u64,
    ended: Option<u64>,
}

impl Shared {
    pub(crate) fn new(holder: &Value, lock: &Value, keys: &[String]) -> Self {
        let first = |thing: &Value| Mutex::new(vec![Write { name: text(thing, "name"), started: 0, ended: Some(0) }]);
        Self {
            time: AtomicU64::new(1),
            holder: first(holder),
            lock: first(lock),
            keys: Mutex::new(keys.iter().cloned().collect()),
        }
    }

    fn now(&self) -> u64 {
        self.time.fetch_add(1, Ordering::SeqCst)
    }

    pub(crate) async fn rename_holder(&self, api: &LockHolderApi<'_>, name: &str) {
        self.rename(&self.holder, api, "/", name).await;
    }

    pub(crate) async fn rename_lock(&self, api: &LockHolderApi<'_>, lock: &str, name: &str) {
        self.rename(&self.lock, api, &format!("/locks/{lock}/"), name).await;
    }

    async fn rename(&self, writes: &Mutex<Vec<Write>>, api: &LockHolderApi<'_>, path: &str, name: &str) {
        writes.lock().expect("writes").push(Write { name: name.to_owned(), started: self.now(), ended: None });
        let response = api.patch(path, json!({ "name": name })).await.ok();
        // The response shows this write, and not a concurrent one.
        let thing = response.get("lock").or(response.get("lockHolder")).expect("a thing");
        assert_eq!(thing["name"], name);
        let ended = self.now();
        let mut writes = writes.lock().expect("writes");
        let own = writes.iter_mut().find(|write| write.name == name).expect("this write");
        own.ended = Some(ended);
    }

    pub(crate) async fn check_names(&self, api: &LockHolderApi<'_>, lock: &str) {
        let started = self.now();
        let holder = api.service.lock_holders().await.into_iter().find(|holder| holder["id"] == api.id);
        let lock = api.get(&format!("/locks/{lock}/")).await.ok();
        let ended = self.now();
        for (writes, name) in
            [(&self.holder, text(&holder.expect("the lock holder"), "name")), (&self.lock, text(&lock["lock"], "name"))]
        {
            let writes = writes.lock().expect("writes");
            let seen =
                writes.iter().find(|write| write.name == name).unwrap_or_else(|| panic!("no client wrote {name}"));
            assert!(seen.started < ended, "{name} was read before it was written");
            let over = |write: &&Write| {
                seen.ended.is_some_and(|end| end < write.started) && write.ended.is_some_and(|end| end < started)
            };
            let later = writes.iter().find(over);
            assert!(later.is_none(), "{name} was read though it was written over: {later:?}");
        }
    }

    pub(crate) fn made(&self, key: &str) {
        self.keys.lock().expect("keys").insert(key.to_owned());
    }

    /// Reads all pages while other clients create keys. Each key that existed before must occur exactly once.
    pub(crate) async fn page_through_keys(&self, api: &LockHolderApi<'_>, limit: usize) {
        let before = self.keys.lock().expect("keys").clone();
        let mut listed = Vec::new();
        let mut after = String::new();
        loop {
            let page = api.get(&format!("/keys/?limit={limit}{after}")).await.ok();
            let keys = list(&page, "keys");
            listed.extend(keys.iter().map(|key| (text(key, "id"), text(key, "created"))));
            let Some(cursor) = page["startAfterId"].as_str() else { break };
            assert_eq!(keys.len(), limit, "only the last page may be short");
            after = format!("&startAfterId={cursor}");
        }
        let ids: BTreeSet<_> = listed.iter().map(|(id, _)| id.clone()).collect();
        assert_eq!(ids.len(), listed.len(), "no key is listed twice");
        let lost: Vec<_> = before.difference(&ids).collect();
        assert!(lost.is_empty(), "pages left out {lost:?}");
    }
}
