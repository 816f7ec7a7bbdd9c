//! What all clients write: for each read, there is a write it can be the result of.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Value, json};

use crate::support::{Home, list, text};

/// What is known to all clients.
pub(crate) struct Shared {
    time: AtomicU64,
    holder: Mutex<Vec<Write>>,
    lock: Mutex<Vec<Write>>,
    /// Keys whose making was acknowledged, whoever asked for it.
    keys: Mutex<BTreeSet<String>>,
}

/// A name that was given, at some moment between two. No two writes give the same name.
#[derive(Debug)]
struct Write {
    name: String,
    begun: u64,
    ended: Option<u64>,
}

impl Shared {
    pub(crate) fn new(holder: &Value, lock: &Value, keys: &[String]) -> Self {
        let first = |thing: &Value| Mutex::new(vec![Write { name: text(thing, "name"), begun: 0, ended: Some(0) }]);
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

    pub(crate) async fn rename_holder(&self, home: &Home<'_>, name: &str) {
        self.rename(&self.holder, home, "/", name).await;
    }

    pub(crate) async fn rename_lock(&self, home: &Home<'_>, lock: &str, name: &str) {
        self.rename(&self.lock, home, &format!("/locks/{lock}/"), name).await;
    }

    async fn rename(&self, writes: &Mutex<Vec<Write>>, home: &Home<'_>, path: &str, name: &str) {
        writes.lock().expect("writes").push(Write { name: name.to_owned(), begun: self.now(), ended: None });
        let answer = home.patch(path, json!({ "name": name })).await.ok();
        // Its own answer shows what it did, and not what another did meanwhile.
        let thing = answer.get("lock").or(answer.get("lockHolder")).expect("a thing");
        assert_eq!(thing["name"], name);
        let ended = self.now();
        let mut writes = writes.lock().expect("writes");
        let own = writes.iter_mut().find(|write| write.name == name).expect("this write");
        own.ended = Some(ended);
    }

    pub(crate) async fn check_names(&self, home: &Home<'_>, lock: &str) {
        let begun = self.now();
        let holder = home.service.lock_holders().await.into_iter().find(|holder| holder["id"] == home.id);
        let lock = home.get(&format!("/locks/{lock}/")).await.ok();
        let ended = self.now();
        for (writes, name) in
            [(&self.holder, text(&holder.expect("the lock holder"), "name")), (&self.lock, text(&lock["lock"], "name"))]
        {
            let writes = writes.lock().expect("writes");
            let seen = writes.iter().find(|write| write.name == name).unwrap_or_else(|| panic!("nobody wrote {name}"));
            assert!(seen.begun < ended, "{name} was read before it was written");
            let over = |write: &&Write| {
                seen.ended.is_some_and(|end| end < write.begun) && write.ended.is_some_and(|end| end < begun)
            };
            let later = writes.iter().find(over);
            assert!(later.is_none(), "{name} was read though it was written over: {later:?}");
        }
    }

    pub(crate) fn made(&self, key: &str) {
        self.keys.lock().expect("keys").insert(key.to_owned());
    }

    /// Goes through all pages, while others make keys: whatever was there before is there once, and the order holds.
    pub(crate) async fn page_through_keys(&self, home: &Home<'_>, limit: usize) {
        let before = self.keys.lock().expect("keys").clone();
        let mut listed = Vec::new();
        let mut after = String::new();
        loop {
            let page = home.get(&format!("/keys/?limit={limit}{after}")).await.ok();
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
