//! Implements one of many concurrent clients, which checks responses against its own record.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::shared::Shared;
use crate::support::{LockHolderApi, encoded, list, text};

/// Is a client with a user of its own. No other client changes this user's data, so every read must match the record
/// here.
pub(crate) struct Client<'a> {
    number: u64,
    api: &'a LockHolderApi<'a>,
    shared: &'a Shared,
    random_state: u64,
    user: String,
    locks: Vec<String>,
    /// Maps each key to its lock and to whether it was revoked.
    keys: BTreeMap<String, (String, bool)>,
    /// Maps each lock to whether the user may share keys for it, and to the number of shared keys that are not revoked.
    roles: BTreeMap<String, (bool, usize)>,
    webhooks: BTreeMap<String, String>,
    connections: Vec<String>,
    result: ClientResult,
}

/// Holds what a client has created.
#[derive(Default)]
pub(crate) struct ClientResult {
    pub(crate) keys: Vec<String>,
    pub(crate) virtual_locks: usize,
    pub(crate) lock_holders: usize,
}

impl<'a> Client<'a> {
    pub(crate) async fn new(number: u64, api: &'a LockHolderApi<'a>, shared: &'a Shared) -> Self {
        let locks = api.locks().await.iter().map(|lock| text(lock, "id")).take(5).collect();
        Self {
            number,
            api,
            shared,
            random_state: number + 1,
            user: format!("+4477009008{number:02}"),
            locks,
            keys: BTreeMap::new(),
            roles: BTreeMap::new(),
            webhooks: BTreeMap::new(),
            connections: Vec::new(),
            result: ClientResult::default(),
        }
    }

    /// Returns a pseudo-random number below `below`. The sequence is the same in every run.
    fn random(&mut self, below: usize) -> usize {
        self.random_state =
            self.random_state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.random_state >> 33) as usize % below
    }

    /// Returns a word that no other client uses.
    fn unique_word(&mut self) -> String {
        let number = self.random(1_000_000_000);
        format!("c{}-{number}", self.number)
    }

    pub(crate) async fn step(&mut self) {
        match self.random(20) {
            0..=3 => self.create_key().await,
            4 | 5 => self.revoke_key().await,
            6 | 7 => self.give_role().await,
            8 | 9 => self.share().await,
            10 => self.delete_shared().await,
            11 => self.create_webhook().await,
            12 => self.delete_webhook().await,
            13 => self.connect().await,
            14 => self.create_lock_holder().await,
            15 => {
                let name = self.unique_word();
                self.shared.rename_holder(self.api, &name).await;
            }
            16 => {
                let name = self.unique_word();
                self.shared.rename_lock(self.api, &self.locks[0], &name).await;
            }
            17 => self.shared.check_names(self.api, &self.locks[0]).await,
            18 if self.random(3) == 0 => {
                let limit = 40 + self.random(100);
                self.shared.page_through_keys(self.api, limit).await;
            }
            _ => self.check_one().await,
        }
    }

    fn any_lock(&mut self) -> String {
        let index = self.random(self.locks.len());
        self.locks[index].clone()
    }

    /// Creates a key by either of the two operations.
    async fn create_key(&mut self) {
        let lock = self.any_lock();
        let mut body = json!({ "userId": self.user });
        let path = if self.random(2) == 0 {
            body["lockId"] = json!(lock);
            "/keys/".to_owned()
        } else {
            format!("/locks/{lock}/keys/")
        };
        let made = self.api.post(&path, body).await.ok();
        let id = text(&made["key"], "id");
        assert!(self.keys.insert(id.clone(), (lock, false)).is_none(), "the id occurred before");
        self.shared.made(&id);
        self.result.keys.push(id);
    }

    async fn revoke_key(&mut self) {
        if self.keys.is_empty() {
            return;
        }
        let index = self.random(self.keys.len());
        let Some((id, (lock, revoked))) = self.keys.iter_mut().nth(index) else { return };
        let path = format!("/locks/{lock}/keys/{id}/");
        assert_eq!(self.api.put(&path, json!({ "state": "revoked" })).await.ok()["key"]["state"], "revoked");
        *revoked = true;
    }

    async fn give_role(&mut self) {
        let (lock, can_share) = (self.any_lock(), self.random(3) > 0);
        let path = format!("/locks/{lock}/roles/{}/", encoded(&self.user));
        assert_eq!(self.api.put(&path, json!({ "canShare": can_share })).await.ok()["role"]["canShare"], can_share);
        self.roles.entry(lock).or_default().0 = can_share;
    }

    /// Shares a key from the app as the user.
    async fn share(&mut self) {
        let lock = self.any_lock();
        let body = json!({ "lockId": lock, "fromUserId": self.user, "toUserId": "+12125550150" });
        let response = self.api.service.post("/_emulator/people/share", "", body).await;
        match self.roles.get_mut(&lock) {
            Some((true, shared)) => {
                response.ok();
                *shared += 1;
            }
            _ => _ = response.api_error(409),
        }
    }

    async fn delete_shared(&mut self) {
        let (lock, user) = (self.any_lock(), encoded(&self.user));
        let everywhere = self.random(2) == 0;
        let index = if everywhere { String::new() } else { format!("/locks/{lock}") };
        assert_eq!(self.api.delete(&format!("{index}/users/{user}/shared-keys/")).await.status, 204);
        for (_, (_, shared)) in self.roles.iter_mut().filter(|(at, _)| everywhere || **at == lock) {
            *shared = 0;
        }
    }

    async fn create_webhook(&mut self) {
        let url = format!("http://127.0.0.1:9/{}/", self.unique_word());
        let made = self.api.post("/key-events/webhooks/", json!({ "webhookUrl": url })).await.ok();
        self.webhooks.insert(text(&made["webhook"], "id"), url);
    }

    async fn delete_webhook(&mut self) {
        let Some((id, _)) = self.webhooks.pop_first() else { return };
        let path = format!("/key-events/webhooks/{id}/");
        assert_eq!(self.api.delete(&path).await.status, 204);
        self.api.delete(&path).await.api_error(404);
    }

    async fn connect(&mut self) {
        let count = self.random(3) + 1;
        // Half of the connections are virtual; each other account has two locks.
        let body = if self.random(2) == 0 {
            self.result.virtual_locks += count;
            json!({ "vendor": "virtual", "locksToCreate": count })
        } else {
            self.result.virtual_locks += 2;
            json!({ "vendor": "danalock", "username": self.unique_word(), "password": "EXAMPLE-PASSWORD" })
        };
        let made = self.api.post("/vendor-connections/", body).await.ok();
        self.connections.push(text(&made["vendorConnection"], "id"));
    }

    async fn create_lock_holder(&mut self) {
        let service = self.api.service;
        let token = service.token(Value::Null).await;
        let body = json!({ "name": "Invented Homes", "countryIso": "NO", "organizationId": self.unique_word() });
        let path = crate::support::LOCK_HOLDERS;
        let made = service.post(path, &token, body.clone()).await.ok();
        service.post(path, &token, body).await.api_error(409);
        let id = &made["lockHolder"]["id"];
        assert!(service.lock_holders().await.iter().any(|holder| holder["id"] == *id));
        self.result.lock_holders += 1;
    }

    async fn check_one(&mut self) {
        match self.random(4) {
            0 => self.check_keys().await,
            1 => self.check_roles().await,
            2 => self.check_webhooks().await,
            _ => self.check_connections().await,
        }
    }

    pub(crate) async fn check_all(&self) {
        self.check_keys().await;
        self.check_roles().await;
        self.check_webhooks().await;
        self.check_connections().await;
    }

    async fn check_keys(&self) {
        let listed = list(&self.api.get(&format!("/users/{}/keys/", encoded(&self.user))).await.ok(), "keys");
        let seen = listed.iter().map(|key| (text(key, "id"), (text(key, "lockId"), key["state"] == "revoked")));
        assert_eq!(seen.collect::<BTreeMap<_, _>>(), self.keys);
        assert_eq!(listed.len(), self.keys.len());
        if let Some((id, (lock, revoked))) = self.keys.last_key_value() {
            let read = self.api.get(&format!("/locks/{lock}/keys/{id}/")).await.ok();
            assert_eq!(read["key"]["state"] == "revoked", *revoked);
        }
    }

    async fn check_roles(&self) {
        let listed = list(&self.api.get(&format!("/users/{}/roles/", encoded(&self.user))).await.ok(), "roles");
        let seen: BTreeMap<_, _> =
            listed.iter().map(|role| (text(role, "lockId"), role["createdKeys"].as_u64())).collect();
        let can_share = self.roles.iter().filter(|(_, (can_share, _))| *can_share);
        assert_eq!(seen, can_share.map(|(lock, (_, shared))| (lock.clone(), Some(*shared as u64))).collect());
    }

    async fn check_webhooks(&self) {
        let listed = list(&self.api.get("/key-events/webhooks/").await.ok(), "webhooks");
        let own = |url: &String| url.starts_with(&format!("http://127.0.0.1:9/c{}-", self.number));
        let seen = listed.iter().map(|hook| (text(hook, "id"), text(hook, "webhookUrl"))).filter(|(_, url)| own(url));
        assert_eq!(seen.collect::<BTreeMap<_, _>>(), self.webhooks);
    }

    async fn check_connections(&self) {
        let listed = list(&self.api.get("/vendor-connections/").await.ok(), "vendorConnections");
        for id in &self.connections {
            let times = listed.iter().filter(|connection| connection["id"] == **id).collect::<Vec<_>>();
            assert!(matches!(times[..], [connection] if connection["state"] == "connected"), "{times:?}");
        }
    }

    pub(crate) fn into_result(self) -> ClientResult {
        self.result
    }
}
